"""Grades a large class and tells how much memory all processes of the run hold while it goes on."""

import argparse
import importlib
import os
import tempfile
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from grading_engine import autograde
from grading_engine.course import problem_set, problem_sets
from grading_engine.workspace import make_class, open_workspace

WORKERS = 2
SEED = 1

console = Console()


def held():
    """MiB that this process, and what it started, hold: shared pages count in parts."""
    total = 0
    for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 2**20


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--set", choices=problem_sets(), default="ps2_linear_regression")
    options = parser.parse_args()
    # The class of the other benchmark; its module's name is a keyword.
    course = importlib.import_module("benchmarks.class")
    exercises = problem_set(options.set)
    table = Table("submissions graded", "MiB held by all processes", "of these by the coordinator")
    done = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_class(folder)
        course.hand_in(exercises, course.submissions(exercises, options.students, SEED),
                       lambda student: folder / "submitted" / student / exercises.name / f"{exercises.name}.ipynb")
        workspace = open_workspace(folder)

        def show(outcome):
            nonlocal done
            done += 1
            if done % max(1, options.students // 10) == 0:
                table.add_row(str(done), f"{held():.0f}", f"{psutil.Process().memory_full_info().pss / 2**20:.0f}")

        with console.status(f"grading {options.students} submissions"):
            autograde.autograde(workspace, exercises, autograde.submitted_students(workspace, exercises), SEED,
                                workers=WORKERS, on_done=show)
    console.print(table)
    console.print(f"{WORKERS} workers on {os.cpu_count()} cores", highlight=False)


if __name__ == "__main__":
    main()
