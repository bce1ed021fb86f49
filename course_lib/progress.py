"""How far a student got since Python was started: which functions pass their checks, and how often a check failed."""

from collections import Counter

from course_lib import handed_out
from course_lib.cards import FAIL, PASS, Progress

_status = {}
_failures = Counter()


def note(name, status):
    """Take note of one run of a function's check; returns how often it failed so far, this run included."""
    _status[name] = status
    _failures[name] += status == FAIL
    return _failures[name]


def so_far():
    """Return the `Progress`, or None while there is none; the set's functions are known where `handed_out` lies."""
    passing = {name for name, status in _status.items() if status == PASS}
    given = handed_out.read()
    if given is None or _status.keys().isdisjoint(given.functions):
        return Progress(len(passing)) if passing else None
    return Progress(len(passing.intersection(given.functions)), len(given.functions))


def forget():
    """Start over, as a fresh Python does."""
    _status.clear()
    _failures.clear()
