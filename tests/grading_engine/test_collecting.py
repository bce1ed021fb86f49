import io
import os
import subprocess
import sys
import zipfile

import pytest

from grading_engine import collecting
from grading_engine.course import CourseError, problem_set
from grading_engine.workspace import make_class, open_workspace

NAME = "ps2_linear_regression"


def notebook(word):
    return f'{{"cells": [{{"cell_type": "code", "source": "{word}"}}]}}'


def zipped(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture
def collect(tmp_path):
    """Collect {name: content} from a platform; returns `Collected` and {student: word in the notebook}."""
    make_class(tmp_path / "class")
    workspace = open_workspace(tmp_path / "class")

    # A name that could be a student's, as Canvas gives them: it must not be taken for one.
    def run(platform, files, roster="", archive="biology_101_2024_submissions.zip"):
        (tmp_path / archive).write_bytes(zipped(files))
        if roster:
            (tmp_path / "roster.csv").write_text(roster)
        done = collecting.collect(workspace, problem_set(NAME), tmp_path / archive, platform,
                                  str(tmp_path / "roster.csv") if roster else None)
        found = (tmp_path / "class" / "submitted").glob(f"*/{NAME}/{NAME}.ipynb")
        return done, {path.parent.parent.name: path.read_text().split('"')[-2] for path in found}

    run.workspace = workspace
    return run


def test_canvas_names(collect):
    done, found = collect("canvas", {
        f"lovelaceada_501_9001_{NAME}.ipynb": notebook("ada"),
        f"müllerjörg_LATE_502_9002_{NAME}-2.ipynb": notebook("jörg"),
        f"kimcho_503_9003_{NAME}-1.ipynb": notebook("old"),
        f"kimcho_503_9103_{NAME}-2.ipynb": notebook("new"),
        f"kimcho_504_9004_{NAME} (1).ipynb": notebook("the other Cho"),
        "roedan_505_9005_homework.ipynb": notebook("dan"),
        "roedan_505_9006_notes.pdf": "",
        "zipzoe_506_9007_all.zip": zipped({f"all/{NAME}.ipynb": notebook("zoe"),
                                           f"__MACOSX/all/._{NAME}.ipynb": "", "all/data.csv": "",
                                           f"all/.ipynb_checkpoints/{NAME}-checkpoint.ipynb": notebook("no")}),
        "readme.txt": "",
    })
    assert found == {"501": "ada", "502": "jörg", "503": "new", "504": "the other Cho", "505": "dan", "506": "zoe"}
    assert done.late == ["502"]
    assert done.remarks == [f"505: homework.ipynb was taken for {NAME}.ipynb"]
    assert done.left_out == []


@pytest.mark.parametrize("prefix", ["{who}_assignsubmission_file_/", "{who}_assignsubmission_file/",
                                    "{who}_assignsubmission_file_", "{who}_assignsubmission_file_/sub folder/"])
def test_moodle_names(collect, prefix):
    def at(who):
        return prefix.format(who=who)

    done, found = collect("moodle", {
        at("Ada Lovelace_501") + f"{NAME}.ipynb": notebook("ada"),
        at("Jörg Müller-Lüdenscheidt_502") + f"{NAME}.ipynb": notebook("jörg"),
        at("Group 1-Cho Kim_503") + f"{NAME}.ipynb": notebook("cho"),
        at("Cho Kim_504") + f"{NAME}.ipynb": notebook("the other Cho"),
        at("Cho Kim_504") + "draft.ipynb": notebook("draft"),
        at("Zoe_505") + "all.zip": zipped({f"{NAME}.ipynb": notebook("zoe")}),
        "Ada Lovelace_501_assignsubmission_onlinetext_/onlinetext.html": "hello",
    })
    assert found == {"501": "ada", "502": "jörg", "503": "cho", "504": "the other Cho", "505": "zoe"}
    assert done.left_out == []


def test_what_a_student_packs_never_becomes_another_students(collect):
    _, found = collect("canvas", {
        "mallory_666_1_all.zip": zipped({f"lovelaceada_501_9999_{NAME}.ipynb": notebook("forged")}),
        f"lovelaceada_501_9001_{NAME}.ipynb": notebook("ada"),
    })
    assert found == {"501": "ada", "666": "forged"}
    _, found = collect("moodle", {
        f"Mallory_667_assignsubmission_file_/Ada Lovelace_501_assignsubmission_file_/{NAME}.ipynb": notebook("forged"),
    })
    assert found["501"] == "ada"


def test_a_name_that_can_be_read_in_two_ways_is_nobodys(collect):
    # The student 666 is called "mallory_501".
    done, found = collect("canvas", {f"mallory_501_666_1_{NAME}.ipynb": notebook("forged"),
                                     f"ben_502_2_{NAME}.ipynb": notebook("ben")})
    assert found == {"502": "ben"}
    assert done.left_out == [f"mallory_501_666_1_{NAME}.ipynb: whose it is cannot be told from its name"]


def test_numbers_become_the_ids_of_the_roster(collect):
    roster = "Student,ID,SIS Login ID,Section\nA,501,ada@uni.edu,S\nB,502,ben@uni.edu,S\nC,503,../x,S\n"
    files = {f"a_501_1_{NAME}.ipynb": notebook("ada"), f"b_502_2_{NAME}.ipynb": notebook("ben"),
             f"c_503_3_{NAME}.ipynb": notebook("c"), f"d_504_4_{NAME}.ipynb": notebook("d")}
    done, found = collect("canvas", files, roster)
    assert found == {"ada@uni.edu": "ada", "ben@uni.edu": "ben"}
    assert done.left_out == ["c (503) has the id '../x', which cannot be the name of a folder",
                             "d (504) is not in the roster"]


def test_ids_that_the_class_has_already_are_used_again(collect):
    folder = collect.workspace.coursedir.root
    os.makedirs(f"{folder}/submitted/ada/ps1_arrays")
    _, found = collect("moodle", {f"Ada_501_assignsubmission_file_/{NAME}.ipynb": notebook("ada")},
                       "Identifier,Email address\nParticipant 501,ada@uni.edu\nParticipant 502,ben@uni.edu\n")
    assert found == {"ada": "ada"}


def test_which_notebook_is_meant_is_not_guessed(collect):
    done, found = collect("moodle", {
        "Ada_501_assignsubmission_file_/a.ipynb": notebook("a"),
        "Ada_501_assignsubmission_file_/b.ipynb": notebook("b"),
        f"Ben_502_assignsubmission_file_/one/{NAME}.ipynb": notebook("one"),
        f"Ben_502_assignsubmission_file_/two/{NAME}.ipynb": notebook("two"),
        f"Cho_503_assignsubmission_file_/{NAME}.ipynb": notebook("top"),
        f"Cho_503_assignsubmission_file_/old/{NAME}.ipynb": notebook("old"),
    })
    assert found == {"503": "top"}
    assert [sentence.partition("?")[0] for sentence in done.left_out] == [
        "Ada (501): which of a.ipynb, b.ipynb is meant", f"Ben (502): which of {NAME}.ipynb is meant"]


def test_a_second_download_tells_what_is_new(collect):
    first = {f"a_1_10_{NAME}.ipynb": notebook("a"), f"b_2_20_{NAME}.ipynb": notebook("b")}
    done, _ = collect("canvas", first)
    assert (done.new, done.changed, done.unchanged) == (["1", "2"], [], [])
    folder = collecting.notebook_path(collect.workspace, problem_set(NAME), "2").parent
    (folder / "timestamp.txt").write_text("2025-01-01 00:00:00 UTC")
    done, found = collect("canvas", first | {f"b_2_30_{NAME}-1.ipynb": notebook("b again"),
                                             f"c_3_40_{NAME}.ipynb": notebook("c")})
    assert (done.new, done.changed, done.unchanged) == (["3"], ["2"], ["1"])
    assert found["2"] == "b again"
    assert [path.name for path in folder.iterdir()] == [f"{NAME}.ipynb"]


def test_a_folder_that_was_unpacked_already(collect, tmp_path):
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / f"a_1_10_{NAME}.ipynb").write_text(notebook("a"))
    (folder / "b_2_20_all.zip").write_bytes(zipped({f"{NAME}.ipynb": notebook("b")}))
    done = collecting.collect(collect.workspace, problem_set(NAME), folder, "canvas")
    assert done.new == ["1", "2"]


@pytest.mark.parametrize(("files", "platform", "sentence"), [
    ({"a.ipynb": "{}"}, "canvas", "no name in it is one of Canvas's"), ({}, "moodle", "no notebook")])
def test_a_download_of_something_else_is_one_sentence(collect, tmp_path, files, platform, sentence):
    with pytest.raises(CourseError, match=sentence):
        collect(platform, files)
    (tmp_path / "no.zip").write_text("no archive")
    with pytest.raises(CourseError, match="cannot be unpacked"):
        collecting.collect(collect.workspace, problem_set(NAME), tmp_path / "no.zip", platform)
    with pytest.raises(CourseError, match="does not exist"):
        collecting.collect(collect.workspace, problem_set(NAME), tmp_path / "absent.zip", platform)


@pytest.mark.parametrize(("collector", "name"), [
    ("CanvasCollector", f"lovelaceada_LATE_501_9001_{NAME}-1.ipynb"),
    ("MoodleCollector", f"Ada Lovelace_501_assignsubmission_file_/{NAME}.ipynb")])
def test_nbgraders_own_command_takes_the_plugins(tmp_path, collector, name):
    make_class(tmp_path)
    folder = tmp_path / "downloaded" / NAME / "archive"
    folder.mkdir(parents=True)
    (folder / "submissions.zip").write_bytes(zipped({name: notebook("ada"), "notes.txt": ""}))
    done = subprocess.run([sys.executable, "-P", "-m", "nbgrader", "zip_collect", NAME,
                           f"--collector=grading_engine.collecting.{collector}"], text=True, cwd=tmp_path,
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [str(path.relative_to(tmp_path / "submitted")) for path in (tmp_path / "submitted").rglob("*.*")] == [
        f"501/{NAME}/{NAME}.ipynb"]
