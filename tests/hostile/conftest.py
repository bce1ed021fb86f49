"""A class with two students, one of whom attacks."""

import json
import re
import runpy
import tomllib
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell

from grading_engine import autograde, execution, grading, pipeline, student
from grading_engine.course import ProblemSet
from grading_engine.sandbox import bubblewrap, launch, process
from grading_engine.workspace import make_class
from tests.hostile import course

CORPUS = Path(__file__).parent
SEED = 7
_CELL = re.compile(r"^# %%[ ]*(\[markdown\])?[ ]*(\w*)[ ]*\n", re.MULTILINE)


@pytest.fixture(scope="session")
def classroom(tmp_path_factory):
    """The course's folder, with another student's submission and a gradebook that hold the canary."""
    assert not bubblewrap.why_not()
    root = tmp_path_factory.mktemp("class")
    course.write(root)
    make_class(root, 'c.CourseDirectory.source_directory = "source"\n')
    (root / "gradebook.db").write_text(course.CANARY)
    other = root / "submitted" / "bystander" / "attacked"
    other.mkdir(parents=True)
    notebook = course.submission()
    notebook.cells.append(new_code_cell(f"# {course.CANARY}"))
    nbformat.write(notebook, other / "attacked.ipynb")
    return root


@pytest.fixture(scope="session", autouse=True)
def nothing_outlives():
    """Make sure that no process of a sandbox is left, but for the servers that new ones are forked from."""
    yield
    launch.launcher().close()
    left = [child for child in psutil.Process().children(recursive=True)
            if child.name() == "bwrap" and "fork_server" not in " ".join(child.cmdline())]
    assert not left


@pytest.fixture(params=["warm"])
def attack(request, classroom, tmp_path, monkeypatch):
    """Hand in one case of the corpus and grade it as a worker does; returns what became of it.

    With "cold" as its parameter, students' processes are started one by one instead of being forked.
    """
    if request.param == "cold":
        monkeypatch.setattr(launch, "_launcher", lambda flavour, unsafe: launch.Cold(flavour))
    exercises = ProblemSet("attacked", classroom)
    monkeypatch.setattr(grading, "which_problem_set", lambda stem, sources: exercises)
    monkeypatch.setenv("STAFF_SECRET", course.CANARY)
    # An endless loop is as endless after a second.
    monkeypatch.setattr(student, "TEST_SECONDS", 1.5)
    monkeypatch.setattr(student, "LOAD_SECONDS", 1.5)
    monkeypatch.setattr(execution, "CELL_SECONDS", 1.5)
    monkeypatch.setattr(student, "SUBMISSION_SECONDS", 15)
    monkeypatch.setattr(execution, "NOTEBOOK_SECONDS", 6)
    monkeypatch.setattr(process, "ENDING_SECONDS", 1)

    def run(case):
        folder = tmp_path / "submitted" / "attacker" / "attacked"
        folder.mkdir(parents=True)
        hand_in(case, folder)
        handed_in, assembled = autograde.opened(autograde.handed_in(folder / "attacked.ipynb"), "attacked")
        return pipeline.grade_assembled(handed_in, assembled, SEED)

    return run


def outcome(case):
    """What a case has to come to."""
    return tomllib.loads((CORPUS / case / "outcome.toml").read_text())


def hand_in(case, folder):
    """Write a case's submission into a folder."""
    notebook = course.submission()
    if (CORPUS / case / "make.py").exists():
        runpy.run_path(str(CORPUS / case / "make.py"))["make"](folder, json.loads(nbformat.writes(notebook)))
        return
    put_in(notebook, (CORPUS / case / "submission.py").read_text())
    nbformat.write(notebook, folder / "attacked.ipynb")


def put_in(notebook, text):
    """Put the cells of a percent-format file into a notebook."""
    parts = _CELL.split(text)[1:]
    waiting = []
    for markdown, name, source in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if not name:
            make = nbformat.v4.new_markdown_cell if markdown else new_code_cell
            waiting.append(make(source.strip("\n")))
            continue
        place = next(i for i, cell in enumerate(notebook.cells) if cell.id == name)
        notebook.cells[place].source = source.strip("\n")
        notebook.cells[place:place], waiting = waiting, []
    notebook.cells += waiting
