"""Grading a class: workers compute, one writer records in nbgrader's gradebook."""

import logging
import multiprocessing
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from nbgrader.converters import Autograde, GenerateAssignment, NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import temp_attrs
from sqlalchemy.exc import SAWarning

from grading_engine import pipeline, submission
from grading_engine.nbgrader_stages import GradeSubmission, RebuildNotebook, RecordMarks

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one student's submission.

    Attributes
    ----------
    grade : Grade or None
        None when a person has to look at it.
    problem : str
        Why there is no grade.
    """

    student: str
    grade: object = None
    problem: str = ""


def submitted_students(workspace, problem_set):
    """Return the ids of the students with a submission, sorted."""
    folder = Path(workspace.coursedir.root) / workspace.coursedir.submitted_directory
    return sorted(path.parent.name for path in folder.glob(f"*/{problem_set.name}") if path.is_dir())


def autograde(workspace, problem_set, students, seed, *, unsafe=False, workers=2, on_done=lambda outcome: None):
    """Grade submissions and record them; returns an `Outcome` per student, in the order of ``students``.

    Parameters
    ----------
    workspace : nbgrader.apps.NbGraderAPI
        Knows the course's folders and gradebook.
    problem_set : ProblemSet
    students : list of str
    seed : int
    unsafe : bool
        Run student code without a sandbox.
    workers : int
        Processes that grade; each loads TensorFlow once.
    on_done : callable
        Gets each `Outcome` as soon as it is recorded.
    """
    _ensure_in_gradebook(workspace, problem_set)
    outcomes = {}
    # Spawned, not forked: TensorFlow does not survive a fork.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as executor:
        futures = {executor.submit(_work, str(_notebook_path(workspace, problem_set, student)), seed, unsafe): student
                   for student in students}
        for future in as_completed(futures):
            student = futures[future]
            outcomes[student] = _record(workspace, problem_set, student, future)
            on_done(outcomes[student])
    return [outcomes[student] for student in students]


def _work(path, seed, unsafe):
    """Grade one file in a worker; what a person should read instead comes back as text."""
    try:
        irregular = submission.what_is_irregular(Path(path).parent)
        if irregular:
            raise submission.BadSubmission(f"{irregular.name!r} in the submission is no regular file")
        return pipeline.grade_file(path, seed, unsafe)
    except submission.BadSubmission as error:
        return str(error)


def _record(workspace, problem_set, student, future):
    try:
        result = future.result()
    except Exception as error:
        logger.exception("grading %s broke", student)
        return Outcome(student, problem=f"the engine failed ({type(error).__name__}); the log says more")
    if isinstance(result, str):
        return Outcome(student, problem=result)
    if result.grade.problem_set != problem_set.name:
        return Outcome(student, problem=f"the notebook belongs to {result.grade.problem_set}")
    try:
        write(workspace, problem_set, student, result)
    except NbGraderException as error:
        return Outcome(student, problem=f"nbgrader could not record it: {error}")
    return Outcome(student, result.grade)


def write(workspace, problem_set, student, graded):
    """Let nbgrader's own converter write the graded notebook and the gradebook's entries."""
    with temp_attrs(workspace.coursedir, assignment_id=problem_set.name, student_id=student,
                    notebook_id=problem_set.name):
        converter = Autograde(coursedir=workspace.coursedir, parent=workspace)
        converter.force = True
        converter.sanitize_preprocessors = [RebuildNotebook]
        converter.autograde_preprocessors = [GradeSubmission(graded=graded, parent=workspace), RecordMarks,
                                             AssignLatePenalties]
        with warnings.catch_warnings():
            # nbgrader makes a submission's rows before it adds them; SQLAlchemy says so, and nothing is lost.
            warnings.simplefilter("ignore", SAWarning)
            converter.start()


def _ensure_in_gradebook(workspace, problem_set):
    """Let the gradebook know the notebook's present cells and points; nothing is written to ``release/``."""
    with temp_attrs(workspace.coursedir, assignment_id=problem_set.name, student_id=".", notebook_id="*",
                    release_directory=".course/gradebook"):
        converter = GenerateAssignment(coursedir=workspace.coursedir, parent=workspace)
        converter.force = True
        converter.start()


def _notebook_path(workspace, problem_set, student):
    folder = workspace.coursedir.format_path(workspace.coursedir.submitted_directory, student, problem_set.name)
    return Path(folder) / f"{problem_set.name}.ipynb"


def what_happened(outcome):
    """One line about a submission for the people who look through a class."""
    if outcome.grade is None:
        return f"needs a person: {outcome.problem}"
    functions = outcome.grade.functions.values()
    lost = [function for function in functions if function.status != "pass"]
    if not lost:
        said = ["all right"]
    elif all(function.status == "missing" for function in functions):
        said = ["untouched"]
    else:
        said = [f"{function.name}: {_reason(function)}" for function in lost[:3]]
        said += [f"and {len(lost) - 3} more"] if len(lost) > 3 else []
    said += [f"{len(outcome.grade.repairs)} repairs"] if outcome.grade.repairs else []
    return "; ".join(said)


def _reason(function):
    failed = [test for test in function.tests if test.outcome != "passed"]
    mistake = next((test.mistake for test in failed if test.mistake), None)
    if mistake:
        return mistake.replace("_", " ")
    if function.status in ("missing", "error"):
        return "not written" if function.status == "missing" else "needs a person"
    if failed[0].outcome != "failed":
        return failed[0].outcome
    return shorten(failed[0].message.splitlines()[-1], 60, placeholder="…")
