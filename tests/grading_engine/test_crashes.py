"""Whatever is killed, whenever: every submission is graded once, nothing is lost, and the gradebook is whole."""

import contextlib
import errno
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter

import psutil
import pytest

from grading_engine import autograde, results
from grading_engine.course import KIT
from grading_engine.workers import in_workers
from grading_engine.workspace import only_writer
from tests.grading_engine.tiny_class import RIGHT, TRIPLE, UNCHECKED, TinyClass

STUDENTS = 40
KILLS = 30
ANSWERS = (RIGHT, UNCHECKED, TRIPLE)
MARKS = (6.0, 4.0, 0.0)
VICTIMS = ("coordinator", "worker", "sandbox", "forked")


@pytest.fixture
def crowd(tmp_path, tiny_root, monkeypatch):
    """A class of forty."""
    made = TinyClass(tmp_path, tiny_root, monkeypatch)
    for number in range(STUDENTS):
        made.hand_in(f"student{number:02}", ANSWERS[number % len(ANSWERS)])
    return made


def start(crowd, *options):
    """Start grading, as a person would on a terminal of their own."""
    command = [sys.executable, "-P", "-m", "tests.grading_engine.tiny_command", str(crowd.folder), "autograde", "tiny",
               "--workers", "2", *options]
    return subprocess.Popen(command, cwd=crowd.folder, text=True, start_new_session=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env=os.environ | {"PYTHONPATH": str(KIT), "COLUMNS": "200"})


def kill(run, victim, chance):
    """Kill a process of a run at some moment when there is one; returns whether there was."""
    while run.poll() is None:
        found = parts(run).get("worker" if victim == "coordinator" else victim)
        if not found:
            time.sleep(0.01)
            continue
        time.sleep(chance.uniform(0, 0.5))
        with contextlib.suppress(ProcessLookupError):
            os.kill(run.pid if victim == "coordinator" else chance.choice(found), signal.SIGKILL)
            return True
    return False


def parts(run):
    """The processes of a run by the part that they play: {part: [process id, ...]}."""
    found = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in psutil.Process(run.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                found.setdefault(kind(process), []).append(process.pid)
    return found


def kind(process):
    """What part a process of a run plays."""
    if process.name() == "bwrap":
        return "sandbox"
    line = " ".join(process.cmdline())
    if "/engine/fork_server.py" in line:
        return "forked"
    # The workers are forked from multiprocessing's own server and have its command line.
    return "worker" if "forkserver" in line and "forkserver" in " ".join(process.parent().cmdline()) else "other"


def content(crowd):
    """Everything that the gradebook says of submissions, without when and under which key."""
    with contextlib.closing(sqlite3.connect(crowd.folder / "gradebook.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return sorted(database.execute("""
            SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
                   grade.needs_manual_grade, grade.extra_credit
            FROM grade JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
            JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
            JOIN base_cell ON grade.cell_id = base_cell.id"""))


def whole(crowd):
    """Students whose record is whole, so that the next run leaves it as it is."""
    students = autograde.submitted_students(crowd.workspace, crowd.exercises)
    return set(autograde._complete(crowd.workspace, crowd.exercises, students))


def test_a_class_survives_thirty_kills(crowd):
    chance = random.Random(5)
    kills = Counter()
    done = set()
    while kills.total() < KILLS:
        run = start(crowd)
        for victim in chance.choices(VICTIMS, k=6):
            kills[victim] += kill(run, victim, chance)
        said = run.communicate()[0]
        assert "Traceback" not in said
        assert done <= whole(crowd)  # nothing is lost
        assert said.count("graded before") in (0, len(done))  # and nothing is done twice
        done = whole(crowd)
        if run.returncode == 0:
            assert len(done) == STUDENTS
            crowd.start_over()
            done = set()
    said = start(crowd).communicate()[0]
    assert said.count("graded before") == len(done)
    rows = content(crowd)
    assert len({row[:2] for row in rows}) == len(rows) == STUDENTS * 3
    assert {(row[0], row[2]) for row in rows if row[1] == "test_double"} == {
        (f"student{n:02}", MARKS[n % len(MARKS)]) for n in range(STUDENTS)}
    assert all(kills[victim] for victim in VICTIMS), kills


def test_whoever_stops_a_run_is_told_how_to_go_on(crowd):
    run = start(crowd)
    # The first log says that workers are at it, and there are thirty-nine more to go.
    while run.poll() is None and not list((crowd.folder / ".course" / "logs" / "tiny").glob("*")):
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)
    said = run.communicate()[0]
    assert run.returncode == 130, said
    assert "the same command goes on from here" in said
    assert "Traceback" not in said


def test_every_submission_has_a_log_and_machines_get_json(crowd):
    (crowd.folder / "submitted" / "student01" / "tiny" / "tiny.ipynb").write_text("no notebook")
    run = start(crowd, "--json", "--student", "student00", "--student", "student01")
    said = json.loads(run.communicate()[0].splitlines()[-1])
    assert run.returncode == 1
    assert said["students"]["student00"]["score"] == 8.0
    assert "not JSON" in said["students"]["student01"]["needs_a_person"]
    logs = crowd.folder / ".course" / "logs" / "tiny"
    assert "8 of 8 points" in (logs / "student00.txt").read_text()
    assert "not JSON" in (logs / "student01.txt").read_text()


def test_a_locked_gradebook_ends_in_a_line_and_loses_nothing(crowd):
    crowd.autograde("student00", "student01")
    crowd.hand_in("student00", TRIPLE)
    with contextlib.closing(sqlite3.connect(crowd.folder / "gradebook.db")) as database:
        database.execute("BEGIN EXCLUSIVE")
        run = start(crowd, "--student", "student00")
        said = run.communicate()[0]
    assert run.returncode == 2
    assert "locked" in said
    assert "Traceback" not in said
    assert [outcome.before for outcome in crowd.autograde("student00", "student01")] == [False, True]


def test_a_full_disk_ends_in_a_line_and_loses_nothing(crowd, monkeypatch):
    crowd.autograde("student00")

    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(results, "save", full)
        with pytest.raises(autograde.CannotRecord, match="No space left on device"):
            crowd.autograde("student00", "student01")
    with monkeypatch.context() as patch:
        patch.setattr("nbconvert.writers.FilesWriter.write", full)
        with pytest.raises(autograde.CannotRecord, match="No space left on device"):
            crowd.autograde("student00", "student01")
    outcomes = crowd.autograde("student00", "student01")
    assert [outcome.before for outcome in outcomes] == [True, False]


@pytest.mark.parametrize("timestamp", ["FIFO", "some day", "\0\x80"])
def test_a_time_that_cannot_be_read_is_one_students_alone(crowd, timestamp):
    crowd.autograde("student00", "student01")
    path = crowd.folder / "submitted" / "student00" / "tiny" / "timestamp.txt"
    os.mkfifo(path) if timestamp == "FIFO" else path.write_text(timestamp)
    bad, good = crowd.autograde("student00", "student01")
    assert bad.problem
    assert good.before


def test_one_command_at_a_time_writes_into_a_class(crowd):
    with only_writer(crowd.workspace):
        run = start(crowd)
        assert "another `course` command is writing" in run.communicate()[0]
    assert run.returncode == 2


def test_a_submission_that_ends_its_grader_costs_nobody_else_anything():
    taken = {}
    in_workers(end_at_three, [f"student{n}" for n in range(6)], lambda student: (int(student[-1]),),
               lambda student, answer, problem: taken.update({student: (answer, problem)}), workers=2)
    assert taken.pop("student3") == (None, "the process that graded it was ended 3 times")
    assert taken == {f"student{n}": (n, "") for n in range(6) if n != 3}


def end_at_three(number):
    """What a worker does here."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_changed_answer_that_a_person_marks_is_graded_again(crowd):
    crowd.autograde("student00")
    path = crowd.folder / "submitted" / "student00" / "tiny" / "tiny.ipynb"
    path.write_text(path.read_text().replace("Two pairs.", "Two pairs of shoes."))
    assert [outcome.before for outcome in crowd.autograde("student00")] == [False]
    assert "Two pairs of shoes." in (crowd.folder / "autograded" / "student00" / "tiny" / "tiny.ipynb").read_text()
