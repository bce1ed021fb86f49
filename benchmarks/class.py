# ruff: noqa: N999 - it is run by its name, never imported
"""Grades one class in several ways and compares what it costs and what marks come out; see the README beside it."""

import argparse
import ast
import ctypes
import json
import os
import platform
import re
import resource
import shutil
import struct
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
import numpy as np
from nbgrader.api import Gradebook
from rich.console import Console
from rich.table import Column, Table

from demo.submissions import Answers
from grading_engine import results
from grading_engine.course import KIT, TEST_PREFIX, grade_id, problem_set, problem_sets
from grading_engine.grader import Grader, as_solution
from grading_engine.workspace import CONFIG, make_class, open_workspace

THIS_KIT, STOCK, OTTER = "this kit", "stock nbgrader", "otter-grader"
# So many submissions tell the start-up; this kit's workers all start for them.
FEW = WORKERS = 2
STAND_IN = Path(__file__).with_name("stand_in.py")
HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS.*?^### END HIDDEN TESTS", re.DOTALL | re.MULTILINE)

# perf_event_open(2): its number, the clock of tasks, and the bits "inherit" and "exclude_kernel", which lets anybody
# ask; this clock counts the kernel's work all the same.
_SYSTEM_CALL = {"x86_64": 298, "aarch64": 241}
_SOFTWARE, _TASK_CLOCK, _SIZE, _FLAGS = 1, 1, 128, 1 << 1 | 1 << 5

console = Console()


@dataclass(frozen=True)
class Cost:
    """What a run took: CPU seconds of all its processes, and wall seconds."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Measured:
    """One way over one problem set: `Cost` of each submission, of the start-up, and {student: {function: full marks}}.

    ``inherited`` are (student, function) whose marks came from a second try, with right answers for what the function
    builds on.
    """

    way: str
    each: Cost
    start_up: Cost
    full: dict
    inherited: frozenset = frozenset()


# --- submissions


def submissions(exercises, count, seed):
    """Return {student: ({function: source}, what is wrong)}: right, one mistake, untouched, an exception, and so on.

    After the first four, half of the students are right and half have a known mistake, drawn for each of them.
    """
    rng = np.random.default_rng(seed)
    right = {name: re.sub(r"^\s*### (BEGIN|END) SOLUTION\n?", "", exercise.solution, flags=re.MULTILINE)
             for name, exercise in exercises.exercises.items()}
    found = {}
    for number in range(count):
        kind = ("right", "mistake", "untouched", "exception")[number if number < 4 else number % 2]
        name = str(rng.choice(list(right)))
        known = Grader(exercises.exercises[name].grader).mistakes
        mistake = known[rng.integers(len(known))]
        changed, wrong = {
            "right": (right, ""),
            "mistake": (right | {name: as_solution(mistake.function, name)}, f"{name}: {mistake.name}"),
            "untouched": ({}, "untouched"),
            "exception": (right | {name: f"def {name}(*args, **options):\n    return answer\n"}, f"{name}: NameError"),
        }[kind]
        found[f"s{number + 1:02}"] = changed, wrong
    return found


def hand_in(exercises, handed_in, path_of):
    """Write every student's notebook to ``path_of(student)``."""
    for student, (sources, _) in handed_in.items():
        notebook = nbformat.read(KIT / "release" / exercises.name / f"{exercises.name}.ipynb", as_version=4)
        Answers(notebook).functions(sources)
        path_of(student).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path_of(student))


# --- hidden tests for others


def hidden_tests(exercise, seed):
    """Return the source of ``hidden_tests(namespace)``, which raises unless all tests of a function pass.

    It holds the stand-in and the grader's reference and tests, without known mistakes and variants, and draws the
    same kind of inputs as the engine.
    """
    kept = [node for node in ast.parse(exercise.grader.read_text()).body if _is_needed(node)]
    tests = [node for node in kept if isinstance(node, ast.FunctionDef) and node.name.startswith(TEST_PREFIX)]
    calls = [f"{test.name}({', '.join(f'{arg.arg}={arg.arg}' for arg in test.args.args)})" for test in tests]
    seeded = [f"rng = np.random.default_rng([{seed}, zlib.crc32(b'{exercise.name} {test.name}')])" for test in tests]
    body = [STAND_IN.read_text(), "import zlib", *map(ast.unparse, kept), "student = Student(namespace)",
            *(line for pair in zip(seeded, calls, strict=True) for line in pair)]
    return "def hidden_tests(namespace):\n" + textwrap.indent("\n\n".join(body), "    ")


def _is_needed(node):
    """Whether a statement of a grader's file is part of its reference and tests."""
    if isinstance(node, ast.ImportFrom):
        return not node.module.startswith("grading_engine")
    text = "\n".join(map(ast.unparse, node.decorator_list)) if isinstance(node, ast.FunctionDef) else ast.unparse(node)
    return not re.search(r"known_mistake|accepted_variant|slip\(|^EQUIVALENT_MUTANTS|^RETURNS", text)


# --- the ways


def this_kit(exercises, handed_in, folder, clock, seed):
    """Grade with ``course autograde``; returns cost, full marks and what was inherited."""
    make_class(folder)
    hand_in(exercises, handed_in, lambda student: _submitted(folder, exercises, student))
    cost = clock.of([sys.executable, "-P", "-m", "grading_engine", "autograde", exercises.name,
                     "--workers", str(WORKERS)], folder)
    workspace = open_workspace(folder)
    inherited = frozenset((student, name) for student in handed_in
                          for name, result in results.load(workspace, exercises, student).items()
                          if any(test.inherited for test in result.grade.tests))
    return cost, gradebook(folder, exercises), inherited


def stock_nbgrader(exercises, handed_in, folder, clock, seed):
    """Grade with nbgrader as it comes, hidden tests in the kernel; returns cost and full marks."""
    (folder / CONFIG).write_text("c = get_config()\nc.CourseDirectory.course_id = 'stock'\n")
    notebook = nbformat.from_dict(exercises.source)
    for cell in notebook.cells:
        function = exercises.exercises.get(grade_id(cell).removeprefix(TEST_PREFIX))
        if grade_id(cell).startswith(TEST_PREFIX):
            hidden = f"### BEGIN HIDDEN TESTS\n{hidden_tests(function, seed)}\n\n\nhidden_tests(globals())\n"
            cell.source = HIDDEN.sub(lambda _, hidden=hidden: f"{hidden}### END HIDDEN TESTS", cell.source)
    path = folder / "source" / exercises.name / f"{exercises.name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    hand_in(exercises, handed_in, lambda student: _submitted(folder, exercises, student))
    nbgrader = [sys.executable, "-P", "-m", "nbgrader"]
    clock.of([*nbgrader, "generate_assignment", exercises.name], folder)
    return clock.of([*nbgrader, "autograde", exercises.name], folder), gradebook(folder, exercises), frozenset()


def otter_grader(exercises, handed_in, folder, clock, seed):
    """Grade with ``otter run``, one submission after the other; returns cost and full marks."""
    tests = folder / "tests"
    tests.mkdir()
    for name, exercise in exercises.exercises.items():
        (tests / f"{name}.py").write_text(
            f"OK_FORMAT = False\nfrom otter.test_files import test_case\nname = {name!r}\npoints = {exercise.points}\n"
            f"{hidden_tests(exercise, seed)}\n@test_case()\ndef all_of_them(env):\n    hidden_tests(env)\n")
    hand_in(exercises, handed_in, lambda student: folder / student / f"{exercises.name}.ipynb")
    clock.of(["otter", "generate", "-t", "tests"], folder)
    costs = [clock.of(["otter", "run", "--no-logo", "-a", "../autograder.zip", f"{exercises.name}.ipynb"],
                      folder / student) for student in handed_in]
    full = {}
    for student in handed_in:
        found = {test["name"].split(" ")[0]: test for test in
                 json.loads((folder / student / "results.json").read_text())["tests"]}
        full[student] = {name: name in found and found[name]["score"] == exercise.points
                         for name, exercise in exercises.exercises.items()}
    return Cost(sum(cost.cpu for cost in costs), sum(cost.wall for cost in costs)), full, frozenset()


WAYS = {THIS_KIT: this_kit, STOCK: stock_nbgrader, OTTER: otter_grader}


def gradebook(folder, exercises):
    """Return {student: {function: whether it has full marks}} from a course's gradebook."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        return {entry.student.id: {grade.name.removeprefix(TEST_PREFIX): grade.auto_score == grade.max_score
                                   for notebook in entry.notebooks for grade in notebook.grades
                                   if grade.name.startswith(TEST_PREFIX)}
                for entry in book.assignment_submissions(exercises.name)}


def _submitted(folder, exercises, student):
    return folder / "submitted" / student / exercises.name / f"{exercises.name}.ipynb"


# --- measuring


class Clock:
    """Measures commands.

    ``resource.getrusage`` knows of a child only what somebody waited for: not this kit's workers, which belong to
    Python's fork server, nor students' processes, which nobody waits for.  A counter of the kernel's that is
    inherited counts them; where it cannot be had, ``whole`` is False and such processes are missing.
    """

    def __init__(self):
        attributes = bytearray(_SIZE)
        struct.pack_into("=IIQ", attributes, 0, _SOFTWARE, _SIZE, _TASK_CLOCK)
        struct.pack_into("=Q", attributes, 40, _FLAGS)
        number = _SYSTEM_CALL.get(platform.machine(), -1)
        self._counter = ctypes.CDLL(None).syscall(number, (ctypes.c_char * _SIZE).from_buffer(attributes), 0, -1, -1, 0)
        self.whole = self._counter >= 0

    def of(self, command, folder):
        """Run a command in a folder and return its `Cost`; ends the benchmark when it fails."""
        scripts = sysconfig.get_path("scripts")
        environment = os.environ | {"PATH": os.pathsep.join([scripts, os.environ["PATH"]])}
        cpu, wall = self._cpu(), time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        cost = Cost(self._cpu() - cpu, time.perf_counter() - wall)
        if done.returncode:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
        return cost

    def _cpu(self):
        """CPU seconds so far; this process itself is idle while a command runs."""
        if self.whole:
            return struct.unpack("=Q", os.read(self._counter, 8))[0] / 1e9
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime


def measure(way, exercises, handed_in, clock, seed):
    """Grade a few submissions, then all of them, each in a fresh folder: the difference is the others' cost."""
    few = dict(list(handed_in.items())[:FEW])
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first, *_ = WAYS[way](exercises, few, Path(one), clock, seed)
        whole, full, inherited = WAYS[way](exercises, handed_in, Path(two), clock, seed)
    others = len(handed_in) - len(few)
    each = Cost((whole.cpu - first.cpu) / others, (whole.wall - first.wall) / others)
    return Measured(way, each, Cost(first.cpu - FEW * each.cpu, first.wall - FEW * each.wall), full, inherited)


def differences(exercises, ours, other, handed_in):
    """Return (student, function, who gives full marks, why) wherever two ways disagree."""
    checks = {grade_id(cell).removeprefix(TEST_PREFIX): cell.source for cell in exercises.source.cells
              if grade_id(cell).startswith(TEST_PREFIX)}

    def why(student, name):
        wrong = handed_in[student][1]
        if (student, name) in ours.inherited:
            return f"builds on a wrong function; {wrong}"
        function = wrong.partition(":")[0]
        called = function not in ("", name) and re.search(rf"\b{function}\b", checks[name])
        return f"the visible check in its cell calls a wrong function; {wrong}" if called else wrong

    return [(student, name, THIS_KIT if mark else other.way, why(student, name))
            for student, marks in ours.full.items() for name, mark in marks.items()
            if mark != other.full[student][name]]


# --- what is printed


def show(exercises, measured, handed_in):
    """Print one problem set's table, and wherever marks disagree."""
    ours = measured[0]
    pairs = sum(map(len, ours.full.values()))
    table = Table(Column(no_wrap=True), "CPU", "wall", "start CPU", "start wall", "CPU ratio", "wall ratio",
                  "same marks", title=f"{exercises.name}: {len(handed_in)} submissions, seconds for each")
    for one in measured:
        same = pairs - len(differences(exercises, ours, one, handed_in))
        numbers = [one.each.cpu, one.each.wall, one.start_up.cpu, one.start_up.wall,
                   one.each.cpu / ours.each.cpu, one.each.wall / ours.each.wall]
        table.add_row(one.way, *(f"{number:.2f}" for number in numbers), f"{same} of {pairs}")
    console.print(table)
    for one in measured[1:]:
        for student, function, who, why in differences(exercises, ours, one, handed_in):
            other = one.way if who == THIS_KIT else THIS_KIT
            console.print(f"{student}, {function}: full marks from {who}, not from {other} ({why})", highlight=False)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=40, help=f"more than {FEW}")
    parser.add_argument("--sets", nargs="+", choices=problem_sets(), metavar="SET",
                        default=["ps2_linear_regression", "ps3_logistic_regression"])
    parser.add_argument("--seed", type=int, default=1, help="what mistakes and others' hidden inputs are drawn from")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there too")
    options = parser.parse_args()
    if options.students <= FEW:
        parser.error(f"--students has to be more than {FEW}")
    clock, everything = Clock(), {}
    ways = [way for way in WAYS if way != OTTER or shutil.which("otter")]
    for name in options.sets:
        exercises = problem_set(name)
        handed_in = submissions(exercises, options.students, options.seed)
        measured = []
        for way in ways:
            with console.status(f"{name}: {way}"):
                measured.append(measure(way, exercises, handed_in, clock, options.seed))
        show(exercises, measured, handed_in)
        everything[name] = {one.way: asdict(one) | {
            "differences": differences(exercises, measured[0], one, handed_in)} for one in measured}
    console.print(f"\nFor each: (all - the first {FEW}) / (number - {FEW}). At start: what the first {FEW} took beyond "
                  "that.\nSame marks: pairs of student and function in which both give full marks, or both do not.\n"
                  f"This kit grades with {WORKERS} workers, the others one by one, on {os.cpu_count()} cores.",
                  highlight=False)
    if OTTER not in ways:
        console.print("otter-grader is not installed")
    if not clock.whole:
        console.print("CPU seconds are too low: the kernel counts no processes that nobody waits for (as an ordinary "
                      "user, set the sysctl kernel.perf_event_paranoid to 2).", style="red")
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1, default=sorted))


if __name__ == "__main__":
    main()
