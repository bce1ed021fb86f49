"""Late days: some are free, each further one takes a share of the points; through nbgrader's own plugin.

The free days of a course are used up in the order in which a student hands in, so that what is handed in later, or
graded first, never changes what an earlier submission costs.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties as NbGraderAssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets import Float, Integer

from grading_engine import submission, tables
from grading_engine.course import CourseError

EXTENSIONS = "extensions.csv"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class HandedIn:
    """One submission of a student.

    Attributes
    ----------
    when : datetime
        In UTC.
    days : int
        How many days it is late, extensions counted; each that has begun is one.
    """

    problem_set: str
    when: datetime
    days: int


def charged(submissions, free):
    """Return {problem set: days that cost points} of a student's submissions (`HandedIn`)."""
    left, costs = free, {}
    for one in sorted(submissions, key=lambda one: (one.when, one.problem_set)):
        used = min(left, one.days)
        left -= used
        costs[one.problem_set] = one.days - used
    return costs


def days_late(when, due, extension=0.0):
    """How many days after ``due`` something was handed in; each that has begun is one."""
    return max(0, math.ceil((when - due) / _DAY - extension))


def extensions(root):
    """Return {(student, problem set): days} from ``extensions.csv`` (student,problem_set,days) of a class.

    A problem set may be called by the beginning of its name: ``ps2``.

    Raises
    ------
    CourseError
        For a line that makes no sense.
    """
    path, found = Path(root) / EXTENSIONS, {}
    if not path.exists():
        return found
    for where, line in tables.read_with(path, "student", "problem_set", "days"):
        key = line["student"], line["problem_set"]
        try:
            days = float(line["days"])
        except ValueError:
            days = math.nan
        if not all(key) or not 0 <= days < math.inf:
            raise CourseError(f"{where}: a student, a problem set and a number of days, please")
        if key in found:
            raise CourseError(f"{where}: {key[0]} has an extension of {key[1]} already")
        found[key] = days
    return found


def extension_of(found, student, problem_set):
    """The days that a student has more for a problem set, from what `extensions` returned."""
    return sum(days for (who, name), days in found.items()
               if who == student and (name == problem_set or problem_set.startswith(f"{name}_")))


class LateDays(LateSubmissionPlugin):
    """nbgrader asks it how many points come off a submission that is late."""

    free = Integer(0, min=0, help="Days that a student may be late over the whole course at no cost.").tag(config=True)
    penalty_per_day = Float(0.0, min=0.0, max=1.0, help=(
        "What each further day takes, as a share of the points that a problem set is worth: 0.1 is ten of a hundred."
    )).tag(config=True)

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """Return the points that come off; None where there is nothing to say."""
        stage = self.parent
        notebook = stage.gradebook.find_submission_notebook(stage.notebook_id, stage.assignment_id, student_id)
        return self.points_off(stage.gradebook, _coursedir(stage), stage.assignment_id, student_id, notebook.max_score)

    def points_off(self, gradebook, coursedir, problem_set, student, points):
        """Return what comes off a submission that is worth so many points; None for nothing."""
        submissions = _submissions(gradebook, coursedir, student, problem_set)
        days = charged(submissions, self.free).get(problem_set, 0)
        # Of all points: what a person has still to mark is not in the score yet.
        return min(1.0, days * self.penalty_per_day) * points or None


class AssignLatePenalties(NbGraderAssignLatePenalties):
    """As nbgrader's, but a penalty may be larger than the score so far: a person may still add to that.

    Whoever shows a mark takes 0 for what is below it.
    """

    def _check_late_penalty(self, notebook, penalty):
        return max(0.0, penalty)


def settle(workspace, problem_set):
    """Put right what comes off for handing in late, of everybody who is in the gradebook; marks stay as they are.

    An extension may be granted, and an earlier submission collected, after a set was graded.
    """
    if workspace.config.AssignLatePenalties.get("plugin_class") is not LateDays:
        return
    plugin = LateDays(parent=workspace)
    with Gradebook(workspace.coursedir.db_url, workspace.coursedir.course_id) as gradebook:
        for entry in gradebook.assignment_submissions(problem_set.name):
            for notebook in entry.notebooks:
                notebook.late_submission_penalty = plugin.points_off(
                    gradebook, workspace.coursedir, problem_set.name, entry.student_id, notebook.max_score)
        gradebook.db.commit()


def _submissions(gradebook, coursedir, student, graded):
    """Everything that a student has handed in and that has a due date, also what is not graded yet."""
    more, found = extensions(coursedir.root), []
    for assignment in gradebook.assignments:
        if assignment.duedate is None:
            continue
        try:
            entry = gradebook.find_submission(assignment.name, student)
        except MissingEntry:
            entry = None
        recorded = entry and entry.timestamp
        # Of the one that is graded now the gradebook says what counts.
        when = recorded if assignment.name == graded else _when(coursedir, student, assignment.name) or recorded
        if when is not None:
            due = assignment.duedate + ((entry and entry.extension) or timedelta())
            extension = extension_of(more, student, assignment.name)
            found.append(HandedIn(assignment.name, when, days_late(when, due, extension)))
    return found


def _coursedir(plugin):
    """The course's folders, which whoever converts knows."""
    while not hasattr(plugin, "coursedir"):
        plugin = plugin.parent
    return plugin.coursedir


def _when(coursedir, student, problem_set):
    """When a submission that may not be graded yet was handed in; None where that is not said."""
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, problem_set))
    try:
        return parse_utc(submission.content(folder / "timestamp.txt").decode().strip())
    except (submission.BadSubmission, ValueError, OverflowError):
        return None
