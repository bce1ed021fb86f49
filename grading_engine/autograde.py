"""Grading a class: workers compute, one writer records in nbgrader's gradebook."""

import contextlib
import errno
import logging
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, BaseConverter, GenerateAssignment, NbGraderException
from nbgrader.utils import temp_attrs
from sqlalchemy.exc import OperationalError, SAWarning

from grading_engine import grading, logs, pipeline, results, submission
from grading_engine.course import TEST_PREFIX, CourseError, grade_id
from grading_engine.late import AssignLatePenalties
from grading_engine.nbgrader_stages import RecordMarks, drop_other_files
from grading_engine.release import HandOut
from grading_engine.sandbox import flavours
from grading_engine.workers import in_workers

logger = logging.getLogger(__name__)


# What nbgrader's paths, pages and patterns of files take for what it is.
_ID = re.compile(r"\w[\w.@+ -]*", re.ASCII)


class CannotTell:
    """The time of a submission whose folder does not say it."""


class CannotRecord(CourseError):
    """The gradebook or the disk takes nothing more; what is recorded is whole."""


@dataclass(frozen=True)
class Outcome:
    """What became of one student's submission.

    Attributes
    ----------
    grade : Grade or None
        None when a person has to look at it.
    problem : str
        Why there is no grade.
    before : bool
        Whether an earlier run has graded it, and nothing has changed since.
    """

    student: str
    grade: object = None
    problem: str = ""
    before: bool = False


def submitted_students(workspace, problem_set):
    """Return the ids of the students with a submission, sorted."""
    folder = Path(workspace.coursedir.root) / workspace.coursedir.submitted_directory
    return sorted(path.parent.name for path in folder.glob(f"*/{problem_set.name}") if path.is_dir())


def autograde(workspace, problem_set, students, seed, *, force=False, unsafe=False, workers=2, scheduler="",
              on_done=lambda outcome: None):
    """Grade submissions and record them; returns an `Outcome` per student, in the order of ``students``.

    What is recorded already, and was made from what is there now, is not graded again: a run that was ended, however
    hard, is taken up where it stopped.

    Parameters
    ----------
    workspace : Workspace
        Knows the course's folders and gradebook.
    problem_set : ProblemSet
    students : list of str
    seed : int
    force : bool
        Grade everything again.
    unsafe : bool
        Run student code without a sandbox.
    workers : int
        Processes that grade; each loads TensorFlow once.
    scheduler : str
        Address of a Dask scheduler, whose workers grade instead.
    on_done : callable
        Gets each `Outcome` as soon as it is recorded.

    Raises
    ------
    CannotRecord
        When the gradebook is locked or the disk is full.
    """
    update_gradebook(workspace, problem_set)
    known = {} if force else _complete(workspace, problem_set, students)
    outcomes = {student: Outcome(student, problem="the folder's name is no student's id: rename it")
                for student in students if not _ID.fullmatch(student)}

    def take(student, done, problem):
        before = done is None and not problem
        if before:
            functions = {name: result.grade for name, result in known[student].items()}
            grade = grading.Grade(problem_set.name, functions, "none" if unsafe else "bubblewrap", seed, [])
        else:
            problem = problem or record(workspace, problem_set, student, *done)
            grade = None if problem else grading.without_pictures(done[0].grade)
        outcomes[student] = Outcome(student, grade, problem, before)
        if not before:
            _log(workspace, problem_set, outcomes[student])
        on_done(outcomes[student])

    def arguments_of(student):
        origins = {name: result.origin for name, result in known.get(student, {}).items()}
        return handed_in(notebook_path(workspace, problem_set, student)), problem_set.name, seed, unsafe, origins

    for outcome in outcomes.values():
        _log(workspace, problem_set, outcome)
        on_done(outcome)
    in_workers(_grade, [student for student in students if student not in outcomes], arguments_of, take,
               workers=workers, scheduler=scheduler, on_gpu=problem_set.flavour is flavours.KERAS)
    return [outcomes[student] for student in students]


def _log(workspace, problem_set, outcome):
    """Write a submission's log; where that fails nothing else does."""
    try:
        logs.write(workspace, problem_set, outcome)
    except OSError as error:
        logger.error("no log of %r: %s", outcome.student, error)


def _complete(workspace, problem_set, students):
    """Return {student: {function: Result}} of those whose record is whole: gradebook, notebook and memory agree."""
    found = {}
    for student, entry in results.recorded(workspace, problem_set).items():
        if student not in students or not notebook_path(workspace, problem_set, student, "autograded").is_file():
            continue
        remembered = results.load(workspace, problem_set, student)
        marks = {name: entry.marks.get(TEST_PREFIX + name) for name in problem_set.exercises}
        whole = remembered.keys() == marks.keys() and all(
            mark is not None and result.grade.score is not None and mark.auto == result.grade.score
            for mark, result in ((marks[name], remembered[name]) for name in marks))
        if whole and entry.handed_in == _handed_in(workspace, problem_set, student):
            found[student] = remembered
    return found


def _handed_in(workspace, problem_set, student):
    """When a submission was handed in, as nbgrader reads it; `CannotTell` for a file that it should not read."""
    folder = notebook_path(workspace, problem_set, student).parent
    if submission.what_is_irregular(folder):
        return CannotTell
    try:
        return workspace.coursedir.get_existing_timestamp(str(folder))
    except Exception:  # noqa: BLE001 - nbgrader fails in many ways on a file that holds no time
        return CannotTell


def handed_in(path):
    """Return the bytes of the notebook that a student handed in.

    Raises
    ------
    BadSubmission
        When it is not there, or lies beside what nobody should touch.
    """
    irregular = submission.what_is_irregular(path.parent)
    if irregular:
        raise submission.BadSubmission(f"the submission cannot be read: {irregular[1]}")
    others = sorted(other.name for other in path.parent.glob("*.ipynb"))
    if not path.exists() and others:
        raise submission.BadSubmission(f"there is no {path.name} in the submission, but {', '.join(others)}: "
                                       "rename what was meant")
    return submission.content(path)


def opened(content, name):
    """Put what was handed in for the problem set ``name`` together.

    Returns
    -------
    (ProblemSet, Assembled)

    Raises
    ------
    BadSubmission
        When it cannot be graded.
    """
    problem_set, assembled = grading.opened(content, f"{name}.ipynb")
    if problem_set.name != name:
        raise submission.BadSubmission(f"the notebook belongs to {problem_set.name}")
    return problem_set, assembled


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
        results.save(workspace, problem_set, student, found)
    except (NbGraderException, OSError) as error:
        _refuse_when_full_or_locked(error)
        return f"nbgrader could not record it: {_cause(error)}"
    return ""


def _refuse_when_full_or_locked(error):
    """What stops one record stops all of them: raise `CannotRecord` instead of blaming the submissions."""
    causes = [error]
    while causes[-1] is not None:
        causes.append(causes[-1].__cause__ or causes[-1].__context__)
    for cause in causes[:-1]:
        if isinstance(cause, OperationalError):
            raise CannotRecord(f"the gradebook cannot be written ({cause.orig}); what is recorded is whole. Close what "
                               "else uses it, or make room, and run the command again: it goes on from here") from None
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise CannotRecord(f"nothing more can be written ({cause.strerror}); what is recorded is whole. Make room "
                               "and run the command again: it goes on from here") from None


def _grade(content, name, seed, unsafe, known):
    """Grade a notebook's bytes in a worker; None when ``known``, {function: Origin}, was made from the same."""
    problem_set, assembled = opened(content, name)
    origins = results.origins(problem_set, assembled, seed, unsafe)
    if origins == known:
        return None
    graded = pipeline.grade_assembled(problem_set, assembled, seed, unsafe)
    return graded, {function: results.Result(grade, origins[function])
                    for function, grade in graded.grade.functions.items()}


class _Remembering:
    """What makes one of nbgrader's converters remember why it failed; it only logs that."""

    why = None

    def init_assignment(self, assignment_id, student_id):
        """As nbgrader does."""
        with self._remembering():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename):
        """As nbgrader does."""
        with self._remembering():
            super().convert_single_notebook(notebook_filename)

    @contextlib.contextmanager
    def _remembering(self):
        try:
            yield
        except Exception as error:
            self.why = error
            raise

    def start(self):
        """Convert; a failure is raised with its cause."""
        try:
            super().start()
        except NbGraderException as error:
            raise error from self.why


class _Autograde(_Remembering, Autograde):
    """nbgrader's converter for what a worker has graded already: nothing of the student's file is read again."""

    graded = None

    def convert_single_notebook(self, notebook_filename):
        """Write the graded notebook, and its marks."""
        self._init_preprocessors()
        with self._remembering():
            BaseConverter.convert_single_notebook(self, notebook_filename)


class _Graded(NotebookExporter):
    """Hands nbgrader's stages the notebook that a worker has made."""

    def from_filename(self, filename, resources=None, **kwargs):
        """Convert the graded notebook in the place of the file's."""
        names = resources["nbgrader"]
        drop_other_files(Path(self.parent._format_dest(names["assignment"], names["student"])))
        resources["grade"] = self.parent.graded.grade
        return self.from_notebook_node(self.parent.graded.notebook, resources, **kwargs)


class _GenerateAssignment(_Remembering, GenerateAssignment):
    pass


def write(workspace, problem_set, student, graded):
    """Let nbgrader's own converter write the graded notebook and the gradebook's entries."""
    with temp_attrs(workspace.coursedir, assignment_id=problem_set.name, student_id=student,
                    notebook_id=problem_set.name):
        converter = _Autograde(coursedir=workspace.coursedir, parent=workspace)
        converter.force = True
        converter.graded = graded
        converter.exporter_class = _Graded
        converter.sanitize_preprocessors = [RecordMarks, AssignLatePenalties]
        with warnings.catch_warnings():
            # nbgrader makes a submission's rows before it adds them; SQLAlchemy says so, and nothing is lost.
            warnings.simplefilter("ignore", SAWarning)
            converter.start()


def update_gradebook(workspace, problem_set):
    """Let the gradebook know the notebook's present cells and points; nothing is written to ``release/``."""
    try:
        if _knows_the_cells(workspace, problem_set):
            return
    except OperationalError as error:
        _refuse_when_full_or_locked(error)
        raise
    with temp_attrs(workspace.coursedir, assignment_id=problem_set.name, student_id=".", notebook_id="*",
                    release_directory=".course/gradebook"):
        converter = _GenerateAssignment(coursedir=workspace.coursedir, parent=workspace)
        converter.preprocessors = [stage for stage in converter.preprocessors if stage is not HandOut]
        converter.force = True
        try:
            converter.start()
        except NbGraderException as error:
            _refuse_when_full_or_locked(error)
            raise CourseError(f"nbgrader's gradebook could not take over {problem_set.name}: {_cause(error)}") from None


def _knows_the_cells(workspace, problem_set):
    """Whether the gradebook has all cells of the notebook, with their points: taking them over takes half a second."""
    marked = {grade_id(cell): cell.metadata.nbgrader for cell in problem_set.source.cells if grade_id(cell)}
    with Gradebook(workspace.coursedir.db_url, workspace.coursedir.course_id) as gradebook:
        try:
            notebook = gradebook.find_notebook(problem_set.name, problem_set.name)
        except MissingEntry:
            return False
        grades = {cell.name: cell.max_score for cell in notebook.grade_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
    return (grades == {name: float(marks.points) for name, marks in marked.items() if marks.grade}
            and solutions == {name for name, marks in marked.items() if marks.solution})


def _cause(error):
    """The first line of what was behind an error of nbgrader's."""
    return next(iter(str(error.__cause__ or error).splitlines()), type(error.__cause__ or error).__name__)


def notebook_path(workspace, problem_set, student, stage="submitted"):
    """Where a student's notebook lies: as it was handed in, or at another stage, such as "autograded"."""
    folder = workspace.coursedir.format_path(getattr(workspace.coursedir, f"{stage}_directory"), student,
                                             problem_set.name)
    return Path(folder) / f"{problem_set.name}.ipynb"


def needs_a_person(outcome):
    """Whether a submission, or one of its functions, has no mark because the engine could not decide."""
    return outcome.grade is None or any(function.status == "error" for function in outcome.grade.functions.values())


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
    said += ["graded before"] if outcome.before else []
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
