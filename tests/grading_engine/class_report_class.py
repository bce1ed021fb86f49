"""A class of any size as grading would have recorded it, without grading anybody."""

from datetime import datetime, timedelta

from grading_engine.class_report import records
from grading_engine.class_report.records import FUNCTION, PLOT, WRITTEN, Class, Item, Student
from grading_engine.hidden_tests import TestResult

ITEMS = [Item("double", FUNCTION, 6.0), Item("quadruple", FUNCTION, 2.0), Item("plot_line", PLOT, 4.0),
         Item("written_why", WRITTEN, 2.0)]
DUE = datetime(2026, 3, 2, 18)
STATUSES = {6.0: "full", 4.0: "partial", 0.0: "none", None: "waits"}


def student(number, name, double=6.0, quadruple=2.0, *, mistake="", message="", plot=4.0, written=None, **others):
    """Return a graded student; ``mistake`` and ``message`` belong to the function `double`."""
    failed = TestResult("test_values", "doubles every `element`", "failed", message, mistake or None,
                        f"This is {mistake}." if mistake else "")
    given = {"name": name, "graded": True, "handed_in": DUE - timedelta(hours=number),
             "scores": {"double": double, "quadruple": quadruple, "plot_line": plot, "written_why": written},
             "statuses": {"double": STATUSES[double], "quadruple": "full" if quadruple == 2.0 else "none"},
             "unsure": {"written_why": records.UNMARKED} if written is None else {},
             "tests": {"double": [] if double == 6.0 else [failed], "quadruple": []},
             "answered": dict.fromkeys(["double", "quadruple", "plot_line", "written_why"], True), "sources": {}}
    return Student(number, **given | others)


def of(*students, due=DUE):
    """Return the class of these students."""
    return Class("tiny", ITEMS, list(students), due)
