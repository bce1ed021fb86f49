"""Grading a class: workers compute, one writer records in nbgrader's gradebook."""

import logging
import multiprocessing
import signal
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from nbgrader.converters import Autograde, GenerateAssignment, NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import temp_attrs
from sqlalchemy.exc import SAWarning

from grading_engine import grading, pipeline, results, submission
from grading_engine.course import CourseError
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
    workspace : Workspace
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
    update_gradebook(workspace, problem_set)
    outcomes = {}

    def take(student, done, problem):
        problem = problem or record(workspace, problem_set, student, *done)
        outcomes[student] = Outcome(student, problem=problem) if problem else Outcome(student, done[0].grade)
        on_done(outcomes[student])

    jobs = {student: (notebook_path(workspace, problem_set, student), problem_set.name, seed, unsafe)
            for student in students}
    in_workers(_grade, jobs, workers, take)
    return [outcomes[student] for student in students]


def in_workers(function, jobs, workers, take):
    """Call ``function(*jobs[student])`` for every student in worker processes.

    Parameters
    ----------
    function : callable
        Found by its name in the workers.
    jobs : dict of str to tuple
        Its arguments, by student.
    workers : int
    take : callable
        ``take(student, answer, problem)`` gets each answer as it comes, one at a time; where there is none,
        ``problem`` says in words why.
    """
    # Spawned, not forked: TensorFlow does not survive a fork.
    executor = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"),
                                   initializer=_leave_interrupts_to_the_coordinator)
    try:
        futures = {executor.submit(function, *arguments): student for student, arguments in jobs.items()}
        for future in as_completed(futures):
            student, error = futures[future], future.exception()
            if error is None:
                take(student, future.result(), "")
            else:
                take(student, None, what_went_wrong(student, error))
    finally:
        # Whoever stops a run waits for the submissions in work, not for the rest of the class.
        executor.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_coordinator():
    """Ctrl-C reaches every process of the terminal; a worker ends what it is at.

    A handler, unlike a signal that is ignored, is not passed on to the students' processes.
    """
    signal.signal(signal.SIGINT, lambda *_: None)


def open_handed_in(path, name):
    """Read the notebook that a student handed in for the problem set ``name``.

    Returns
    -------
    (ProblemSet, Assembled)

    Raises
    ------
    BadSubmission
        When it cannot be graded.
    """
    irregular = submission.what_is_irregular(path.parent)
    if irregular:
        raise submission.BadSubmission(f"{irregular.name!r} in the submission is no regular file")
    problem_set, assembled = grading.open_submission(path)
    if problem_set.name != name:
        raise submission.BadSubmission(f"the notebook belongs to {problem_set.name}")
    return problem_set, assembled


def what_went_wrong(student, error):
    """Say in words why a submission has no grade; the log keeps the rest of a fault of our own."""
    if isinstance(error, submission.BadSubmission):
        return str(error)
    logger.error("grading %s broke", student, exc_info=error)
    return f"the engine failed ({type(error).__name__}); the log says more"


def record(workspace, problem_set, student, graded, found):
    """Write one student's marks and remember what they were made from; returns "" or what went wrong.

    Parameters
    ----------
    workspace : Workspace
    problem_set : ProblemSet
    student : str
    graded : Graded
    found : dict of str to Result
        What `results` is to remember.
    """
    try:
        write(workspace, problem_set, student, graded)
    except NbGraderException as error:
        return f"nbgrader could not record it: {error}"
    results.save(workspace, problem_set, student, found)
    return ""


def _grade(path, name, seed, unsafe):
    """Grade one file in a worker."""
    problem_set, assembled = open_handed_in(path, name)
    graded = pipeline.grade_assembled(problem_set, assembled, seed, unsafe)
    origins = results.origins(problem_set, assembled, seed, unsafe)
    return graded, {function: results.Result(grade, origins[function])
                    for function, grade in graded.grade.functions.items()}


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


def update_gradebook(workspace, problem_set):
    """Let the gradebook know the notebook's present cells and points; nothing is written to ``release/``."""
    with temp_attrs(workspace.coursedir, assignment_id=problem_set.name, student_id=".", notebook_id="*",
                    release_directory=".course/gradebook"):
        converter = GenerateAssignment(coursedir=workspace.coursedir, parent=workspace)
        converter.force = True
        try:
            converter.start()
        except NbGraderException as error:
            raise CourseError(f"nbgrader's gradebook could not take over {problem_set.name}: {error}") from None


def notebook_path(workspace, problem_set, student):
    """Where a student's notebook was handed in."""
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
