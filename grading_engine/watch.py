"""Watching a class while it works: what arrives is graded within seconds, and each student gets a page about it.

How often hidden results were shown is kept in one JSON file per problem set below ``.course/watch/``.  Losing it costs
no mark: students of that day see some results more.
"""

import contextlib
import glob
import hashlib
import json
import os
import time
from datetime import datetime
from html import escape
from pathlib import Path

from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import temp_attrs
from sqlalchemy.exc import SQLAlchemyError
from traitlets import Enum, Float, Integer, TraitError
from traitlets.config import LoggingConfigurable

from course_lib import language
from grading_engine import autograde, report, results, submission
from grading_engine.course import CourseError
from grading_engine.files import write_whole
from grading_engine.language import texts
from grading_engine.workers import kept_warm, what_went_wrong
from grading_engine.workspace import CONFIG, only_writer

_ = texts.gettext

FOLDER = ".course/watch"
_UNGRADED = '<main class="ungraded">'

# What is no submission's fault: the next round tries again.
_OF_THE_CLASS = (CourseError, SQLAlchemyError)


class Watch(LoggingConfigurable):
    """Looks again and again at what is handed in for a problem set.

    Parameters
    ----------
    workspace : Workspace
        Its configuration sets the traits below.
    problem_set : ProblemSet
    seed : int
    unsafe : bool
        Run student code without a sandbox.
    workers : int
        Processes that grade.
    clock, sleep : callable
        As in the module `time`.
    on_done : callable
        ``on_done(outcome, shown)`` gets each `Outcome` that was graded now, and whether its page was written.
    on_trouble : callable
        Gets a sentence about what hinders the watch; it goes on all the same.
    """

    disclosure = Enum(["nothing", "marks", "messages"], "marks", help=(
        "What a student's page shows: `nothing` but when the submission was graded, `marks`, which are the points of "
        "each function, or `messages`, which are the reports. Holds for pages that are written from then on."
    )).tag(config=True)
    results_per_day = Integer(3, min=0, help=(
        "How many hidden results of a problem set a student sees per day. What is handed in beyond that is graded and "
        "recorded all the same; the last result is shown the next day, as one of that day's."
    )).tag(config=True)
    interval = Float(2.0, min=0.1, help="Seconds from one look at the class to the next.").tag(config=True)
    quiet_seconds = Float(2.0, min=0.0, help=(
        "Seconds that a submission's files have to stay as they are before it is graded: it may be half written."
    )).tag(config=True)

    def __init__(self, workspace, problem_set, seed, *, unsafe=False, workers=2, clock=time.time, sleep=time.sleep,
                 on_done=lambda outcome, shown: None, on_trouble=lambda sentence: None):
        try:
            super().__init__(parent=workspace)
        except TraitError as error:
            raise CourseError(f"{CONFIG}, c.Watch: {error}") from None
        self.workspace, self.problem_set = workspace, problem_set
        self.how = {"seed": seed, "unsafe": unsafe, "workers": workers}
        self.clock, self.sleep, self.on_done, self.on_trouble = clock, sleep, on_done, on_trouble
        self._seen = {}  # folder: what it looked like, and since when
        self._settled = {}  # folder: what it looked like when it was dealt with
        self._owed = {}  # student: the outcome to show, and the day that had no more results
        self._troubles, self._known_troubles = set(), set()

    def run(self):
        """Watch until somebody presses Ctrl-C; what is recorded by then is whole, what is not is graded next time."""
        with contextlib.suppress(KeyboardInterrupt), kept_warm():
            while True:
                self.round()
                self.sleep(self.interval)

    def round(self):
        """Look once: collect, grade what is new and quiet, and show what may be shown by now."""
        self._known_troubles, self._troubles = self._troubles, set()
        try:
            collector, inbound = self._exchange()
            if arrived := self._arrived(inbound.glob(f"*+{self.problem_set.name}+*") if inbound else ()):
                # Other commands may write between rounds.
                with only_writer(self.workspace):
                    self._collect(collector, inbound, arrived)
            students = autograde.submitted_students(self.workspace, self.problem_set)
            if arrived := self._arrived([self._folder(student) for student in students]):
                with only_writer(self.workspace):
                    self._grade([student for student in students if self._folder(student) in arrived], arrived)
            for outcome, day in list(self._owed.values()):
                if day != self._today():
                    self._show_or_owe(outcome)
        except (*_OF_THE_CLASS, OSError) as error:
            self._complain(str(error))

    def _complain(self, sentence):
        """Tell what is wrong, once for as long as every round meets it."""
        if sentence not in self._known_troubles | self._troubles:
            self.on_trouble(sentence)
        self._troubles.add(sentence)

    def _folder(self, student, stage="submitted"):
        return autograde.notebook_path(self.workspace, self.problem_set, student, stage).parent

    def _arrived(self, folders):
        """Return {folder: looks} of those that are new, or look otherwise, and are quiet."""
        now, arrived = self.clock(), {}
        for folder in folders:
            looks = tuple(map(_look, (folder, folder / f"{self.problem_set.name}.ipynb", folder / "timestamp.txt")))
            if self._settled.get(folder) == looks:
                continue
            if folder not in self._seen or self._seen[folder][0] != looks:
                # By our own clock: a file brings any time of change along, also one of tomorrow.
                self._seen[folder] = looks, now
            if now - self._seen[folder][1] >= self.quiet_seconds:
                arrived[folder] = looks
        return arrived

    def _exchange(self):
        """Return nbgrader's collector and the folder that it collects from, None where there is none."""
        collector = ExchangeFactory(parent=self.workspace).Collect(coursedir=self.workspace.coursedir,
                                                                   parent=self.workspace)
        if not isinstance(collector, ExchangeCollect):
            return collector, None
        inbound = Path(collector.root, self.workspace.coursedir.course_id, "inbound")
        return collector, inbound if inbound.is_dir() else None

    def _collect(self, collector, inbound, arrived):
        """Let nbgrader collect from those who have handed in; one at a time, since one bad folder would stop it."""
        collector.update = True
        # Where nbgrader finds the name, too.
        for student in sorted({folder.name.rsplit("+", 3)[0] for folder in arrived}):
            try:
                irregular = [found for folder in inbound.glob(f"{glob.escape(student)}+{self.problem_set.name}+*")
                             if (found := submission.what_is_irregular(folder))]
                if irregular:
                    # nbgrader copies what links lead to, such as solutions, with the rights of the staff.
                    raise submission.BadSubmission(irregular[0][1])
                if not student.strip("."):
                    raise submission.BadSubmission("this is no student's id")
                with temp_attrs(self.workspace.coursedir, assignment_id=self.problem_set.name,
                                student_id=glob.escape(student)):
                    collector.start()
            except _OF_THE_CLASS:
                raise
            except Exception as error:  # noqa: BLE001 - whatever one folder causes, the others are collected
                self._complain(f"{student!r} cannot be collected: {error}")
        self._settled |= arrived

    def _grade(self, students, arrived):
        """Grade and show; what breaks all of it is told, and not tried again before something changes."""
        def take(outcome):
            shown = self._show_or_owe(outcome)
            if not outcome.before:
                self.on_done(outcome, shown)

        try:
            autograde.autograde(self.workspace, self.problem_set, students, on_done=take, **self.how)
        except _OF_THE_CLASS:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of our own must not end the watch
            self._complain(what_went_wrong(", ".join(students), error))
        self._settled |= {folder: arrived[folder] for folder in map(self._folder, students)}

    def _show_or_owe(self, outcome):
        """Write the page of one outcome, or keep it for a day that has results left; returns whether it was written."""
        self._owed.pop(outcome.student, None)
        try:
            shown = self._show(outcome)
        except OSError as error:
            self._owed[outcome.student] = outcome, None
            self._complain(f"{outcome.student!r} gets no page: {error}")
            return False
        if shown is None:
            self._owed[outcome.student] = outcome, self._today()
        return bool(shown)

    def _show(self, outcome):
        """Write the page; returns False where the present one is newer, and None where the day has no result left."""
        page_path = self._folder(outcome.student, "feedback") / f"{self.problem_set.name}.html"
        recorded = _look(autograde.notebook_path(self.workspace, self.problem_set, outcome.student, "autograded"))
        there = _look(page_path)
        if outcome.before and there and recorded and there[0] >= recorded[0] and _UNGRADED not in page_path.read_text():
            return False
        left = 0
        if outcome.grade is not None and self.disclosure != "nothing":
            left = self._left_after(outcome.student)
            if left is None:
                return None
        when = recorded[0] / 1e9 if outcome.grade is not None and recorded else self.clock()
        write_whole(page_path, page(self.problem_set.name, outcome.grade, self.disclosure, when, left))
        return True

    def _left_after(self, student):
        """Count one more result of a student; returns how many are left today, or None when it may not be shown."""
        path = Path(self.workspace.coursedir.root) / FOLDER / f"{self.problem_set.name}.json"
        try:
            shown = json.loads(path.read_bytes())
        except (FileNotFoundError, ValueError):
            shown = {}
        entry = shown.get(student, {})
        count = entry["results"] if entry.get("day") == self._today() else 0
        # The result of the very same functions is known already, and may be shown again.
        origins = {name: result.origin for name, result in results.load(self.workspace, self.problem_set,
                                                                       student).items()}
        of = hashlib.sha256(repr((self.disclosure, origins)).encode()).hexdigest()
        if entry.get("of") != of:
            if count >= self.results_per_day:
                return None
            count += 1
            # Before the page: an end between the two must not give a result for nothing.
            counted = {student: {"day": self._today(), "results": count, "of": of}}
            write_whole(path, json.dumps(shown | counted, indent=1))
        return max(0, self.results_per_day - count)

    def _today(self):
        return datetime.fromtimestamp(self.clock()).date().isoformat()


def page(name, grade, disclosure, when, left):
    """Return a student's page as HTML; it says nothing about what a person marks.

    Parameters
    ----------
    name : str
        Of the problem set.
    grade : Grade or None
        None when the submission could not be graded.
    disclosure : str
        As in `Watch`.
    when : float
        When it was graded, in seconds since the epoch.
    left : int
        How many results are left to show on the day of the page.
    """
    time_of_day = f"<time>{datetime.fromtimestamp(when):%Y-%m-%d %H:%M}</time>"
    if grade is None:
        said = _("Received, but it could not be graded ({time}). What is graded is the notebook {name}: see that it "
                 "opens, and hand it in again, or ask.")
    else:
        said = _("Received and graded: {time}.")
    said = f"<p>{escape(said).format(time=time_of_day, name=f'<code>{escape(name)}.ipynb</code>')}</p>"
    if grade is not None and disclosure != "nothing":
        said += (f'<p class="total">{escape(report.points(grade))}</p>'
                 + (_reports(grade) if disclosure == "messages" else _marks(grade))
                 + f"<p>{escape(_results_left(left))}</p>")
    code = escape(language.current())
    return f"""<!doctype html>
<html lang="{code}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(name)}</title><style>{_STYLE}</style></head>
<body>{_UNGRADED if grade is None else '<main>'}<h1>{escape(name)}</h1>{said}</main></body></html>
"""


_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; }
table { border-collapse: collapse; }
table.marks { width: 100%; }
.marks td { border-bottom: 1px solid #8886; padding: .35rem 0; }
.marks td + td { text-align: right; white-space: nowrap; padding-left: 1rem; }
.total { font-size: 1.3rem; font-weight: 600; }
figure { margin: 0; overflow-x: auto; }
@media (prefers-color-scheme: dark) { [role=group] span[style] { filter: brightness(1.6); } }
"""


def _marks(grade):
    rows = "".join(f"<tr><td><code>{escape(function.name)}</code></td><td>{escape(report.points(function))}</td></tr>"
                   for function in grade.functions.values())
    return f'<table class="marks">{rows}</table>'


def _reports(grade):
    return "".join(report.as_html(function, grade.sandbox != "none") for function in grade.functions.values())


def _results_left(left):
    if left:
        return texts.ngettext("{n} more result can be shown today.", "{n} more results can be shown today.",
                              left).format(n=left)
    return _("No more results are shown today: what is handed in now is graded all the same, and shown tomorrow.")


def _look(path):
    """What a file or folder looks like without being opened: time of change, size, place; None where it is not."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
