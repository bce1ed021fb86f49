"""What grading has recorded of a class, gathered from the gradebook, the results, the logs and the graded notebooks."""

import math
import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import quote

import nbformat.v4
from nbgrader.api import Gradebook

from course_lib.answers import is_stub, normal
from course_lib.language import texts as texts_of_repairs
from grading_engine import assembly, autograde, logs, results
from grading_engine.course import TEST_PREFIX, CourseError, grade_id, is_manual
from grading_engine.language import texts
from grading_engine.text import plain

FUNCTION, PLOT, WRITTEN = KINDS = "function", "plot", "written"
FULL, PARTIAL, NONE, MISSING, WAITS = STATUSES = "full", "partial", "none", "missing", "waits"

_WAITS, _REPAIRED = "needs a person: ", "repaired: "
_FROM_STATUS = {"pass": FULL, "partial": PARTIAL, "fail": NONE, "missing": MISSING, "error": WAITS}


@dataclass(frozen=True)
class Item:
    """Something that gives points.

    Attributes
    ----------
    name : str
        The function, or the `grade_id` of a plot or a written answer.
    kind : str
        `FUNCTION`, `PLOT` or `WRITTEN`.
    points : float
    """

    name: str
    kind: str
    points: float

    @property
    def cell(self):
        """The `grade_id` of the cell that its mark stands at."""
        return TEST_PREFIX + self.name if self.kind == FUNCTION else self.name

    @property
    def anchor(self):
        """Where it is on a page of feedback."""
        return f"part-{self.name}"

    @property
    def title(self):
        """A function's name, or what the others are called in words."""
        return self.name if self.kind == FUNCTION else self.name.removeprefix(f"{self.kind}_").replace("_", " ")


@dataclass
class Student:
    """What is recorded of one student.

    Attributes
    ----------
    number : int
        Their place in the class, which the page's anchors are made of: an id may be anything.
    name : str
        The id, fit to be shown.
    graded : bool
        Whether there are marks.
    problem : str
        Why the last submission could not be graded, or "".
    handed_in : datetime or None
        In UTC, as nbgrader keeps it.
    late : float
        Seconds after the due date, extensions included.
    penalty : float
        Points that nbgrader takes off for that.
    scores : dict of str to float or None
        By item; None while a person has to decide.
    statuses : dict of str to str
        By function; one of `STATUSES`.
    unsure : dict of str to str
        By item: why a person has to look at the mark.
    tests : dict of str to list of TestResult
        By function, as far as what is remembered agrees with the gradebook.
    answered : dict of str to bool
        By item: whether anything was handed in for it.
    sources : dict of str to str
        Code of the functions that were written.
    repairs : list of str
    likely : list of str
        Those among the repairs that may be wrong.
    unboxed : bool
        Whether their code ran without a sandbox.
    page : str
        Where their feedback is, as a link from the report; "" while there is none.
    """

    number: int
    name: str
    graded: bool = False
    problem: str = ""
    handed_in: object = None
    late: float = 0.0
    penalty: float = 0.0
    scores: dict = None
    statuses: dict = None
    unsure: dict = None
    tests: dict = None
    answered: dict = None
    sources: dict = None
    repairs: list = ()
    likely: list = ()
    unboxed: bool = False
    page: str = ""


@dataclass(frozen=True)
class Class:
    """A class as far as it is graded.

    Attributes
    ----------
    items : list of Item
        In the notebook's order.
    students : list of Student
        Everybody who handed in or has marks, by id.
    due : datetime or None
        In UTC.
    """

    name: str
    items: list
    students: list
    due: object

    @property
    def graded(self):
        """Students with marks."""
        return [student for student in self.students if student.graded]

    def of_kind(self, kind):
        """Items of one kind."""
        return [item for item in self.items if item.kind == kind]


# Why a mark waits for a person.
FAULT, UNMARKED, TO_CONFIRM = "fault", "unmarked", "to confirm"


def read(workspace, problem_set, folder, on_done=lambda student: None):
    """Gather what is recorded of a class.

    Parameters
    ----------
    workspace : Workspace
    problem_set : ProblemSet
    folder : Path
        Where the report will lie: links start there.
    on_done : callable
        Gets each student's id.

    Raises
    ------
    CourseError
        While nobody is graded.
    """
    recorded = results.recorded(workspace, problem_set)
    if not recorded:
        raise CourseError(f"nobody's {problem_set.name} is graded yet: run `course autograde {problem_set.name}` first")
    items = items_of(problem_set)
    due, lateness = _lateness(workspace, problem_set)
    students = []
    for number, name in enumerate(sorted(recorded.keys() | set(autograde.submitted_students(workspace, problem_set)))):
        student = Student(number, plain(name) or repr(name), page=_link(workspace, problem_set, name, folder))
        student.problem, repairs = _log(workspace, problem_set, name)
        readable = _take_sources(student, workspace, problem_set, name)
        if name in recorded:
            student.late, student.penalty = lateness.get(name, (0.0, 0.0))
            student.repairs = repairs
            student.likely = [repair for repair in repairs if _is_likely(repair)]
            _take_marks(student, recorded[name], items, results.load(workspace, problem_set, name), readable)
        elif not student.problem:
            student.problem = texts.gettext("not graded yet")
        students.append(student)
        on_done(name)
    return Class(problem_set.name, items, students, due)


def items_of(problem_set):
    """Return the `Item`s of a problem set, in the notebook's order."""
    found = []
    for cell in problem_set.source.cells:
        name = grade_id(cell)
        if is_manual(cell):
            kind = PLOT if cell.cell_type == "code" else WRITTEN
            found.append(Item(name, kind, float(cell.metadata.nbgrader.points)))
        elif name.removeprefix(TEST_PREFIX) in problem_set.exercises and name.startswith(TEST_PREFIX):
            exercise = problem_set.exercises[name.removeprefix(TEST_PREFIX)]
            found.append(Item(exercise.name, FUNCTION, exercise.points))
    return found


def _lateness(workspace, problem_set):
    """Return the due date and {student: (seconds late, points taken off)}, as nbgrader reckons them."""
    with Gradebook(workspace.coursedir.db_url, workspace.coursedir.course_id) as gradebook:
        found = {entry.student_id: (entry.total_seconds_late, entry.late_submission_penalty or 0.0)
                 for entry in gradebook.assignment_submissions(problem_set.name)}
        return gradebook.find_assignment(problem_set.name).duedate, found


def _link(workspace, problem_set, student, folder):
    """Where a student's feedback is, seen from a folder; "" while there is none."""
    page = autograde.notebook_path(workspace, problem_set, student, "feedback").with_suffix(".html")
    with suppress(OSError, ValueError):  # a gradebook's id need not be a folder's name
        if page.is_file():
            return quote(os.path.relpath(page, folder), errors="surrogateescape")
    return ""


def _log(workspace, problem_set, student):
    """Return why the last submission could not be graded, "" where it could, and the repairs."""
    path = results.file_of(workspace, logs.FOLDER, problem_set, student, "txt")
    notebook = autograde.notebook_path(workspace, problem_set, student, "autograded")
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[1:]
        if lines and lines[0].startswith(_WAITS):
            # nbgrader's own command may have graded it since; it writes no log.
            older = notebook.is_file() and path.stat().st_mtime_ns < notebook.stat().st_mtime_ns
            return "" if older else plain(lines[0].removeprefix(_WAITS)), []
    except (OSError, ValueError):
        return "", []
    return "", [plain(line.removeprefix(_REPAIRED))
                for line in takewhile(lambda line: line.startswith(_REPAIRED), lines[1:])]


def _is_likely(repair):
    return repair.endswith(("(likely)", texts_of_repairs.gettext("(likely)")))


def _take_sources(student, workspace, problem_set, name):
    """Read a student's graded notebook: code of the functions that were written, and what is answered at all.

    Returns whether it could be read.
    """
    student.sources, student.answered = {}, {}
    try:
        path = autograde.notebook_path(workspace, problem_set, name, "autograded")
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        written = assembly.reopen(problem_set, notebook, []).solutions
        answers = {grade_id(cell): cell.source for cell in notebook.cells if is_manual(cell)}
    except (OSError, ValueError, KeyError):
        return False  # missing or cut off: the gradebook still tells what has marks
    student.sources = {function: source for function, source in written.items()
                       if source.strip() and not is_stub(source, function)}
    student.answered = {grade_id(cell): normal(answers.get(grade_id(cell), "")) not in ("", normal(cell.source))
                        for cell in problem_set.cleared.cells if is_manual(cell)}
    return True


def _take_marks(student, recorded, items, remembered, readable):
    student.graded, student.handed_in = True, recorded.handed_in
    student.scores, student.statuses, student.unsure, student.tests = {}, {}, {}, {}
    for item in items:
        mark = recorded.marks.get(item.cell)
        auto, manual = (mark.auto, mark.manual) if mark else (None, None)
        score = student.scores[item.name] = _finite(auto if manual is None else manual)
        result = remembered.get(item.name)
        if item.kind == FUNCTION:
            # The gradebook is right where the two differ: another command graded since.
            known = result if result and result.grade.score == auto else None
            student.tests[item.name] = known.grade.tests if known else []
            student.unboxed |= bool(known) and not known.origin.sandboxed
            status = _FROM_STATUS[known.grade.status] if known and manual is None else _by_score(score, item.points)
            if status == NONE and not known and readable and item.name not in student.sources:
                status = MISSING
            student.statuses[item.name] = status
            student.answered[item.name] = status != MISSING
        elif auto == 0:
            # nbgrader's way to say that the cell came back as it was handed out.
            student.answered[item.name] = False
        else:
            student.answered.setdefault(item.name, mark is not None)
        if mark and mark.waits:
            unsure = FAULT if item.kind == FUNCTION else UNMARKED
            student.unsure[item.name] = unsure if manual is None else TO_CONFIRM


def _finite(score):
    return score if score is not None and math.isfinite(score) else None


def _by_score(score, points):
    if score is None:
        return WAITS
    return FULL if score >= points else PARTIAL if score > 0 else NONE
