"""Naming the mistake: which known mistake gives exactly the values that the student's function gave."""

import copy
import functools
import warnings
from collections.abc import Iterator

import numpy as np

from course_lib.compare import ATOL, RTOL
from grading_engine.copies import copied, through_copies
from grading_engine.grader import Mistake
from grading_engine.memory import remembered


def recognise(mistakes, answers, rtol, atol):
    """Return the one known mistake that reproduces everything a function did so far, or None.

    Parameters
    ----------
    mistakes : list of Mistake
    answers : list of Answer
        The values up to the failure, and what the failed test got instead of a value.
    rtol, atol : float
        How close values have to be to count as the same.

    Notes
    -----
    A hint that misfires is worse than none: all answers have to agree, the wrong one included, and when two
    mistakes explain them equally well neither is named.
    """
    agreeing = [mistake for mistake in mistakes
                if all(agrees(mistake.function, answer, rtol, atol) for answer in answers)]
    if agreeing:
        return agreeing[0] if len(agreeing) == 1 else None
    return _pair(mistakes, answers, rtol, atol)


def _pair(mistakes, answers, rtol, atol):
    """Two mistakes that explain one of two returned values each, where neither explains both."""
    if any(type(answer.value) is not tuple or len(answer.value) != 2 for answer in answers):
        return None
    found = []
    for part in range(2):
        agreeing = [mistake for mistake in mistakes
                    if all(_same_part(mistake.function, answer, part, rtol, atol) for answer in answers)]
        if len(agreeing) != 1:
            return None
        found += agreeing
    first, second = found
    return Mistake(f"{first.name} + {second.name}", f"{first.sentence} {second.sentence}",
                   lambda *args: (first.function(*args)[0], second.function(*args)[1]))


def _same_part(function, answer, part, rtol, atol):
    value = _outcome(function, answer)[0]
    return isinstance(value, tuple) and len(value) == 2 and _same(answer.value[part], value[part], rtol, atol)


def agrees(function, answer, rtol=RTOL, atol=ATOL):
    """Whether a function does with the same arguments what the student's did: value, exception, changed inputs."""
    key = function, rtol, atol
    if key not in answer.agreements:
        answer.agreements[key] = _agrees(function, answer, rtol, atol)
    return answer.agreements[key]


def _agrees(function, answer, rtol, atol):
    value, args, error, warned = _outcome(function, answer)
    if answer.warned is not None and bool(answer.warned) != warned:
        return False
    if error is not None:
        return answer.raised is not None and answer.raised["raised"] == type(error).__name__ and _said(
            str(error)[:500], answer.naming) == _said(answer.raised["message"], answer.naming)
    if answer.raised is not None or not _same(answer.value, value, rtol, atol):
        return False
    return all(_same(arg, after, rtol=0, atol=0) for arg, after in zip(args, answer.after, strict=False)
               if isinstance(arg, (np.ndarray, tuple, list, dict)))


def _outcome(function, answer):
    """Call a function as an answer came about: the value, the arguments afterwards, the exception, any warning."""
    return remembered(lambda: _called(function, answer), (function, answer.through, _called), answer.args)


def _called(function, answer):
    # One by one: in the student's process two equal arguments were two arrays as well.
    args = [copied(arg) for arg in answer.args]
    call = functools.partial(answer.through, through_copies(function)) if answer.through else function
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = call(*args)
            value = [copy.deepcopy(item) for item in value] if isinstance(value, Iterator) else value
        except Exception as error:  # noqa: BLE001 - a mistake may consist in the exception that it raises
            return None, args, error, bool(caught)
    return value, () if answer.through else args, None, bool(caught)


def _said(message, naming):
    """What matters about a message: whether it names one of these, or else its very words."""
    return any(name in message for name in naming) if naming else message


def _same(one, other, rtol, atol):
    """Whether two answers are alike, nan included, which a comparison with the reference never accepts."""
    if isinstance(one, (tuple, list)):
        return (type(one) is type(other) and len(one) == len(other)
                and all(_same(a, b, rtol, atol) for a, b in zip(one, other, strict=True)))
    if isinstance(one, dict):
        return (isinstance(other, dict) and one.keys() == other.keys()
                and all(_same(one[key], other[key], rtol, atol) for key in one))
    numeric = (int, float, np.ndarray, np.generic)
    if not (isinstance(one, numeric) and isinstance(other, numeric)):
        return type(one) is type(other) and one == other
    if np.shape(one) != np.shape(other) or _kind(one) != _kind(other):
        return False
    # Small is small beside the answer's own size: otherwise all answers near zero would look alike.
    size = np.max(np.abs(other), initial=0.0, where=np.isfinite(other))
    return np.allclose(one, other, rtol=rtol, atol=atol * size + 1e-12 * bool(rtol), equal_nan=True)


def _kind(value):
    """What tells float32 from float64 and both from whole numbers; Python's own numbers are numpy's largest."""
    dtype = np.asarray(value).dtype
    return dtype.kind, dtype.itemsize if dtype.kind == "f" else 0
