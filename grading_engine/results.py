"""What was recorded of every student and function, and what it was made from: so a later grading knows what changed.

One JSON file per student below ``.course/results/`` of the class.  Losing one costs a grading, never a mark: the marks
are nbgrader's gradebook's.
"""

import ast
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from nbgrader.api import Gradebook

from course_lib import language
from grading_engine.course import is_manual
from grading_engine.files import write_whole
from grading_engine.grading import FunctionGrade
from grading_engine.hidden_tests import TestResult

FOLDER = ".course/results"
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Origin:
    """Everything that a function's mark and report are made from; where two are equal, so are these.

    Attributes
    ----------
    graders : str
        Digest of the function's hidden grader, of the graders whose references may stand in for what the function
        builds on, and of the functions that the notebook gives.
    points : float
    seed : str
        Digest of the course's seed, which itself stays where it is.
    submission : str
        Digest of everything that the student wrote.
    sandboxed : bool
    language : str
        What the report is written in.  It says what a test computed and cannot be translated later.
    """

    graders: str
    points: float
    seed: str
    submission: str
    sandboxed: bool
    language: str = language.ENGLISH


@dataclass(frozen=True)
class Result:
    """What was recorded of one function."""

    grade: FunctionGrade
    origin: Origin


@dataclass(frozen=True)
class Mark:
    """What the gradebook holds for one cell: the engine's mark, a person's, and whether it waits for a person."""

    auto: float | None
    manual: float | None
    waits: bool


@dataclass(frozen=True)
class Recorded:
    """What the gradebook holds for one submission: when it was handed in (a datetime in UTC) and its `Mark` by cell."""

    handed_in: object
    marks: dict


def recorded(workspace, problem_set):
    """Return {student: Recorded} of everybody whose submission is in the gradebook, sorted."""
    with Gradebook(workspace.coursedir.db_url, workspace.coursedir.course_id) as gradebook:
        found = {entry.student_id: Recorded(entry.timestamp, {
            grade.name: Mark(grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for notebook in entry.notebooks for grade in notebook.grades})
            for entry in gradebook.assignment_submissions(problem_set.name)}
    return dict(sorted(found.items()))


def origins(problem_set, assembled, seed, unsafe=False):
    """Return {function: Origin} of a submission as it would be graded now."""
    given = [ast.unparse(node) for node in problem_set.given]
    graders = {name: exercise.grader.read_text() for name, exercise in problem_set.exercises.items()}
    marked_by_hand = [cell.source for cell in assembled.notebook.cells if is_manual(cell)]
    submission = _digest([assembled.solutions, assembled.added, marked_by_hand])
    found = {}
    for name, exercise in problem_set.exercises.items():
        involved = [graders[other] for other in (name, *_foundations(problem_set, assembled, name))]
        found[name] = Origin(_digest([*given, *involved]), exercise.points, _digest(seed), submission, not unsafe,
                             language.current())
    return found


def load(workspace, problem_set, student):
    """Return {function: Result} as it was saved; a missing or damaged file is as good as none."""
    try:
        saved = json.loads(file_of(workspace, FOLDER, problem_set, student, "json").read_bytes())
        if saved["sha256"] != _digest(saved["functions"]):
            return {}
        return {name: _from_json(raw) for name, raw in saved["functions"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def save(workspace, problem_set, student, results):
    """Keep {function: Result} of one student."""
    path = file_of(workspace, FOLDER, problem_set, student, "json")
    functions = {name: asdict(result) for name, result in results.items()}
    write_whole(path, json.dumps({"sha256": _digest(functions), "functions": functions}, indent=1))


def _foundations(problem_set, assembled, function):
    """What a function builds on, and what that builds on, in the notebook's order."""
    found, new = set(), {function}
    while new := {name for one in new for name in assembled.built_on(one, problem_set.exercises)} - found:
        found |= new
    return [name for name in problem_set.exercises if name in found]


def _from_json(raw):
    tests = [TestResult(**{**test, "inherited": tuple(test["inherited"])}) for test in raw["grade"]["tests"]]
    return Result(FunctionGrade(**{**raw["grade"], "tests": tests}), Origin(**raw["origin"]))


def _digest(content):
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def file_of(workspace, folder, problem_set, student, ending):
    """Where a file about a student lies: students are called after folders, whose names may be almost anything."""
    name = quote(student, safe="@+", errors="surrogateescape")
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return Path(workspace.coursedir.root) / folder / problem_set.name / f"{name}.{ending}"
