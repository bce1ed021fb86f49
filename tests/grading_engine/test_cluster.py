"""A class graded by Dask's workers: a scheduler and three of them on this machine, one slow, one killed at work."""

import contextlib
import json
import os
import subprocess
import sys
import time

import pytest

from grading_engine import results, workers
from grading_engine.course import KIT, CourseError
from tests.grading_engine.tiny_class import RIGHT, TRIPLE, UNCHECKED, TinyClass

STUDENTS = 12
SLOW = "tests.grading_engine.slow_worker"
ANSWERS = (RIGHT, UNCHECKED, TRIPLE)


@contextlib.contextmanager
def cluster(folder, *preloads):
    """Start a scheduler, and a worker for each of these modules, which it loads; yields the address and the workers."""
    environment = os.environ | {"PYTHONPATH": str(KIT), "TINY_COURSE": str(folder)}
    file = folder / "scheduler.json"
    with contextlib.ExitStack() as stack:

        def start(*command):
            process = subprocess.Popen([sys.executable, "-P", "-m", "dask", *command], cwd=folder, env=environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        while not file.exists():
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        yield address, [start("worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard",
                              "--preload", "tests.grading_engine.tiny_command", "--preload", module)
                        for module in preloads]


def wait_for_workers(address, number):
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(number, timeout=60)


def class_of(folder, tiny_root, monkeypatch):
    made = TinyClass(folder, tiny_root, monkeypatch)
    for number in range(STUDENTS):
        made.hand_in(f"student{number:02}", ANSWERS[number % len(ANSWERS)])
    return made


def autograde(made, *options):
    return subprocess.Popen([sys.executable, "-P", "-m", "tests.grading_engine.tiny_command", str(made.folder),
                             "autograde", "tiny", *options], cwd=made.folder, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env=os.environ | {"PYTHONPATH": str(KIT), "COLUMNS": "200"})


def graded(made):
    return sorted(made.folder.glob("autograded/*/tiny/tiny.ipynb"))


def everything(made):
    """Marks, notebooks and memory of a class, as they are on disk."""
    return {student: (entry.marks, made.graded(student), results.load(made.workspace, made.exercises, student))
            for student, entry in results.recorded(made.workspace, made.exercises).items()}


def test_a_cluster_gives_the_same_whoever_is_slow_or_killed(tmp_path, tiny_root, monkeypatch, sandbox):
    here = class_of(tmp_path / "here", tiny_root, monkeypatch)
    run = autograde(here, "--workers", "2")
    said = run.communicate()[0]
    assert run.returncode == 0, said
    there = class_of(tmp_path / "there", tiny_root, monkeypatch)
    with cluster(there.folder, SLOW, "json", "json") as (address, processes):
        wait_for_workers(address, len(processes))
        run = autograde(there, "--scheduler", address)
        while len(graded(there)) < 3 and run.poll() is None:
            time.sleep(0.02)
        assert run.poll() is None
        processes[1].kill()
        said = run.communicate()[0]
    assert run.returncode == 0, said
    assert everything(there) == everything(here)
    assert len(everything(there)) == STUDENTS


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 0.5)
    with pytest.raises(CourseError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        workers.in_workers(len, ["eve"], lambda student: ("",), None, scheduler="tcp://127.0.0.1:9")


def test_workers_with_another_kit_are_refused(tmp_path):
    with cluster(tmp_path, "tests.grading_engine.other_kit") as (address, _):
        wait_for_workers(address, 1)
        with pytest.raises(CourseError, match="have another version of the kit"):
            workers.in_workers(len, ["eve"], lambda student: ("",), None, scheduler=address)
