import csv
import shutil
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import ExportApp

from grading_engine import export, groups, roster, tables
from grading_engine.course import CourseError
from grading_engine.workspace import make_class, open_workspace

# nbgrader makes a submission's rows before it adds them; SQLAlchemy says so, and nothing is lost.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

NAME = "ps2_linear_regression"

CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Problem Set 1 (11),ps2_linear_regression (77),Final Score
,,,,,,Manual Posting,
    Points Possible,,,,,10.00,100.00,(read only)
"Lovelace, Ada",501,u1,ada@uni.edu,Section 1,9.00,,90
"=HYPERLINK(""http://x"")",502,u2,ben@uni.edu,Section 1,8.00,12.00,80
"Kim, Cho",503,u3,cho@uni.edu,Section 2,7.00,EX,70
"Kim, Cho",504,u4,cho2@uni.edu,Section 2,7.00,55.50,70
"Student, Test",999,,af3b,Section 1,,,
"""

MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 31,Ada Lovelace,ada@uni.edu,Submitted for grading,,100.00,Yes,"Sunday, 4 May 2025, 9:00 PM",-,
Participant 32,"-2+3+cmd|' /C calc'!A0",ben@uni.edu,Submitted for grading,7.00,100.00,Yes,-,-,Well done
Participant 33,Cho Kim,cho@uni.edu,No submission,,100.00,Yes,-,-,
"""


class Class:
    """A class whose gradebook is written here; nothing is graded."""

    def __init__(self, folder, empty):
        self.folder = shutil.copytree(empty, folder)
        self.workspace = open_workspace(folder)
        self.gradebook = Gradebook(self.workspace.coursedir.db_url, self.workspace.coursedir.course_id)

    def mark(self, student, auto, manual=None, penalty=None, timestamp=None, **about):
        """Record a mark; without one by hand it waits for a person."""
        book = self.gradebook
        book.update_or_create_student(student, **about)
        submission = book.add_submission(NAME, student)
        submission.timestamp = timestamp
        book.find_submission_notebook(NAME, NAME, student).late_submission_penalty = penalty
        for name, score in (("test_mse", auto), ("written_why", manual)):
            grade = book.find_grade(name, NAME, NAME, student)
            grade.auto_score = score if name == "test_mse" else None
            grade.manual_score = manual if name == "written_why" else None
            grade.needs_manual_grade = score is None
        book.db.commit()

    def export(self, kind, to="out.csv", **options):
        """Export, and return the rows and the sentences."""
        plugin = export.EXPORTERS[kind](parent=self.workspace, to=str(self.folder / to), assignment=[NAME], **options)
        plugin.log.setLevel("CRITICAL")
        plugin.export(self.gradebook)
        with open(self.folder / to, newline="", encoding="utf-8-sig") as file:
            return list(csv.reader(file)), plugin.sentences

    def file(self, name, text):
        (self.folder / name).write_text(text)
        return str(self.folder / name)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A class in whose gradebook nobody is; nbgrader takes seconds to make one."""
    folder = tmp_path_factory.mktemp("classes") / "empty"
    make_class(folder)
    coursedir = open_workspace(folder).coursedir
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.add_assignment(NAME)
        gradebook.add_notebook(NAME, NAME)
        for name, points in (("test_mse", 60), ("written_why", 40)):
            gradebook.add_grade_cell(name, NAME, NAME, cell_type="code", max_score=points)
    return folder


@pytest.fixture
def klass(tmp_path, empty):
    made = Class(tmp_path / "class", empty)
    yield made
    made.gradebook.close()


@pytest.fixture
def marked(klass):
    klass.mark("ada", 60, 38.5)
    klass.mark("ben", 30.25, 0, penalty=10)
    return klass


def test_canvas_gets_its_own_ids_back_and_nothing_else_changes(marked):
    rows, sentences = marked.export("canvas", roster=marked.file("canvas.csv", CANVAS))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ps2_linear_regression (77)"],
        ["", "", "", "", "", "Manual Posting"],
        ["    Points Possible", "", "", "", "", "100"],
        ["Lovelace, Ada", "501", "u1", "ada@uni.edu", "Section 1", "98.5"],
        ["'=HYPERLINK(\"http://x\")", "502", "u2", "ben@uni.edu", "Section 1", "20.25"],
        ["Kim, Cho", "503", "u3", "cho@uni.edu", "Section 2", "EX"],
        ["Kim, Cho", "504", "u4", "cho2@uni.edu", "Section 2", "55.50"],
        ["Student, Test", "999", "", "af3b", "Section 1", ""],
    ]
    assert any("ben" in sentence and "late" in sentence for sentence in sentences)
    assert (marked.folder / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_moodle_gets_its_worksheet_back(marked):
    rows, _ = marked.export("moodle", roster=marked.file("moodle.csv", MOODLE))
    assert [(row[0], row[4], row[9]) for row in rows[1:]] == [
        ("Participant 31", "98.5", ""), ("Participant 32", "20.25", "10 points were taken off for handing in late."),
        ("Participant 33", "", "")]
    assert rows[1][7:9] == ["Sunday, 4 May 2025, 9:00 PM", "-"]
    assert rows[2][1] == "'-2+3+cmd|' /C calc'!A0"


def test_moodle_without_a_worksheet_gets_what_its_grade_import_maps(marked):
    marked.mark("cho", 1, 0, email="=1+1")
    rows, _ = marked.export("moodle")
    assert rows[0] == ["ID number", "Email address", "Grade", "Feedback comments"]
    assert rows[3][:3] == ["cho", "'=1+1", "1"]


@pytest.mark.parametrize("kind", ["canvas", "moodle"])
def test_a_mark_that_waits_for_a_person_is_not_exported_unasked(marked, kind):
    marked.mark("cho", 44)
    table = marked.file("roster.csv", CANVAS if kind == "canvas" else MOODLE)
    with pytest.raises(CourseError, match=r"1 of 3 marks .* wait for a person: cho"):
        marked.export(kind, roster=table)
    assert not (marked.folder / "out.csv").exists()
    rows, sentences = marked.export(kind, roster=table, unfinished=True)
    assert "exported unfinished: cho" in sentences
    row = next(row for row in rows if "cho@uni.edu" in row)
    assert "44" in row
    assert kind == "canvas" or row[-1] == "So far: 1 answer waits for a person."


@pytest.mark.parametrize(("kind", "table"), [
    ("canvas", CANVAS.replace(",100.00,", ",10.00,")), ("moodle", MOODLE.replace("100.00", "20.00"))])
def test_another_number_of_points_on_the_platform_is_refused(marked, kind, table):
    with pytest.raises(CourseError, match="points are possible, but there are 100"):
        marked.export(kind, roster=marked.file("roster.csv", table))


def test_who_is_not_in_the_roster_is_named(marked):
    marked.mark("zoe", 10, 10)
    _, sentences = marked.export("canvas", roster=marked.file("canvas.csv", CANVAS))
    assert any("zoe" in sentence and "not exported" in sentence for sentence in sentences)
    with pytest.raises(CourseError, match="none of the 3 students"):
        marked.export("canvas", roster=marked.file("other.csv", CANVAS.replace("uni.edu", "else.where").replace(
            "ada@", "x@").replace("ben@", "y@")))


def test_an_id_is_never_taken_for_one_of_another_kind(klass):
    # The class knows people by their numbers at the university; another one's number in Moodle is the same.
    klass.mark("31", 10, 0)
    klass.mark("77", 20, 0)
    table = ("Identifier,ID number,Email address,Grade\nParticipant 31,77,a@x,\nParticipant 32,31,b@x,\n"
             "Participant 33,99,c@x,\n")
    rows, _ = klass.export("moodle", roster=klass.file("moodle.csv", table))
    assert [row[3] for row in rows[1:]] == ["20", "10", ""]


def test_one_student_in_two_rows_is_refused(marked):
    table = MOODLE.replace("cho@uni.edu", "ada@other.edu")
    with pytest.raises(CourseError, match=r"ada could be any of Ada Lovelace \S+ .*Cho Kim"):
        marked.export("moodle", roster=marked.file("moodle.csv", table))


def test_semicolons_and_a_new_assignment(marked):
    table = "Student;ID;SIS Login ID;Section\nAda;501;ada;S\n"
    marked.export("canvas", roster=marked.file("canvas.csv", table))
    assert (marked.folder / "out.csv").read_text().splitlines() == [
        "Student;ID;SIS Login ID;Section;ps2_linear_regression", "    Points Possible;;;;100", "Ada;501;ada;S;98.5"]


def test_the_column_is_found_by_part_of_its_name_or_is_asked_for(marked):
    table = CANVAS.replace("ps2_linear_regression (77)", "Homework 2 (77)")
    path = marked.file("canvas.csv", table)
    _, sentences = marked.export("canvas", roster=path)
    assert any("make a new one" in sentence for sentence in sentences)
    rows, _ = marked.export("canvas", roster=path, column="homework 2")
    assert rows[0][-1] == "Homework 2 (77)"
    assert marked.export("canvas", roster=path, column="77")[0] == rows
    with pytest.raises(CourseError, match="no assignment Homework 3; there are: Problem Set 1"):
        marked.export("canvas", roster=path, column="Homework 3")


def test_whom_canvas_has_not_assigned_it_to_is_named(marked):
    _, sentences = marked.export("canvas", roster=marked.file("c.csv", CANVAS.replace("Section 1,9.00,,",
                                                                                      "Section 1,9.00,N/A,")))
    assert any("leave these marks out" in sentence and "ada" in sentence for sentence in sentences)


@pytest.mark.parametrize(("table", "sentence"), [
    ("", "is empty"), ("a,b\n1,2\n", "is no gradebook of Canvas"), ("Student,ID\nx,1,2\n", r"line 2: 3 cells"),
    ("Student,ID\n\"\0", "no CSV|cells|none")])
def test_a_roster_that_is_none_is_one_sentence(marked, table, sentence):
    with pytest.raises(CourseError, match=sentence):
        marked.export("canvas", roster=marked.file("c.csv", table))
    with pytest.raises(CourseError, match="cannot be read"):
        marked.export("canvas", roster="absent.csv")
    with pytest.raises(CourseError, match="--roster"):
        marked.export("canvas")


def test_csv_tells_raw_marks_penalties_and_waiting_answers_apart(marked):
    marked.mark("cho", 44, last_name="Kim, junior", first_name="+1")
    marked.gradebook.update_or_create_student("dan")
    rows, sentences = marked.export("csv")
    table = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [(row["student_id"], row["raw_score"], row["late_submission_penalty"], row["score"],
             row["waiting_for_a_person"]) for row in table] == [
        ("ada", "98.5", "0", "98.5", "0"), ("ben", "30.25", "10", "20.25", "0"), ("cho", "44", "0", "44", "1"),
        ("dan", "", "", "", "")]
    assert table[2]["last_name"] == "Kim, junior"
    assert sentences == [f"1 of 3 marks of {NAME} still wait for a person: see the column waiting_for_a_person"]
    assert rows[0][:11] == ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
                            "raw_score", "late_submission_penalty", "score", "max_score"]


def test_what_was_handed_in_and_has_no_mark_is_said(marked):
    # One submission that could not be read, and one where nbgrader stopped before it came to a mark.
    (marked.folder / "submitted" / "zoe" / NAME).mkdir(parents=True)
    marked.gradebook.update_or_create_student("yan")
    marked.gradebook.add_submission(NAME, "yan")
    with pytest.raises(CourseError, match=r"1 of 3 marks .* wait for a person: yan"):
        marked.export("moodle")
    _, sentences = marked.export("moodle", unfinished=True)
    assert "handed in, but without a mark: zoe" in sentences


def test_a_penalty_never_makes_a_mark_negative(klass):
    klass.mark("ada", 5, 0, penalty=20)
    rows, _ = klass.export("moodle")
    assert rows[1][2:] == ["0", "5 points were taken off for handing in late."]


def test_all_of_a_group_get_what_it_handed_in_last(klass):
    klass.file("groups.csv", "group,student\npair,ada\npair,ben\n")
    klass.mark("ada", 10, 0, timestamp=datetime(2025, 5, 1))
    klass.mark("ben", 50, 0, timestamp=datetime(2025, 5, 2))
    klass.mark("cho", 7, 0)
    rows, sentences = klass.export("moodle")
    assert [(row[0], row[2]) for row in rows[1:]] == [("ada", "50"), ("ben", "50"), ("cho", "7")]
    assert sentences == ["ada of pair handed in too; what ben handed in later counts for all of the group"]


def test_a_group_may_hand_in_under_its_own_name(klass):
    klass.file("groups.csv", "group,student\npair,ada\npair,ben\n")
    klass.mark("pair", 33, 0)
    rows, sentences = klass.export("csv")
    assert [(row[3], row[9], row[11]) for row in rows[1:]] == [("ada", "33", "pair"), ("ben", "33", "pair")]
    assert sentences == []


def test_which_of_two_counts_is_not_guessed(klass):
    klass.file("groups.csv", "group,student\npair,ada\npair,ben\n")
    klass.mark("ada", 10, 0)
    klass.mark("ben", 50, 0, timestamp=datetime(2025, 5, 2))
    with pytest.raises(CourseError, match="pair handed in 2 times, as ada, ben"):
        klass.export("moodle")


@pytest.mark.parametrize(("text", "sentence"), [
    ("group,student\na,x\nb,x\n", "line 3: x is in a already"), ("who,what\n", "no column group, student"),
    ("group,student\na,\n", "line 2: a group and a student"),
    ("group,student\na,b\nb,c\n", "b is the name of a group")])
def test_a_list_of_groups_that_makes_no_sense_is_one_sentence(tmp_path, text, sentence):
    (tmp_path / "groups.csv").write_text(text)
    with pytest.raises(CourseError, match=sentence):
        groups.read(tmp_path)


@pytest.mark.parametrize(("cell", "written"), [
    ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-cmd", "'-cmd"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
    ("  =1", "'  =1"), ("-", "-"), ("-5", "-5"), (2.5, "2.5"), (100.0, "100"), ("a=1", "a=1"), ("", "")])
def test_no_cell_is_a_formula(cell, written):
    assert tables.harmless(cell) == written


def test_nbgraders_own_command_writes_the_same_file(marked, monkeypatch):
    path = marked.file("moodle.csv", MOODLE)
    wanted = marked.export("moodle", roster=path)[0]
    monkeypatch.chdir(marked.folder)
    app = ExportApp()
    app.initialize(["--exporter=grading_engine.export.MoodleExportPlugin", f"--assignment={NAME}", "--to=stock.csv",
                    f"--MoodleExportPlugin.roster={path}"])
    app.start()
    with open("stock.csv", newline="") as file:
        assert list(csv.reader(file)) == wanted
    app.plugin_class = export.CanvasExportPlugin
    with pytest.raises(SystemExit):
        app.start()
    assert roster.READERS.keys() == {"canvas", "moodle"}
