"""Naming the mistake: which known mistake gives exactly the values that the student's function gave."""

import copy
import warnings

import numpy as np

from course_lib.compare import ATOL, RTOL
from grading_engine.grader import Mistake


def recognise(grader, answers, rtol, atol):
    """Return the one known mistake that reproduces everything a function did so far, or None.

    Parameters
    ----------
    grader : Grader
    answers : list of Answer
        The values of the tests before, and all calls of the failed test up to the failure, which is the last one.
    rtol, atol : float
        How close values have to be to count as the same.

    Notes
    -----
    A hint that misfires is worse than none: all answers have to agree, the wrong one included, and when two
    mistakes explain them equally well neither is named.
    """
    agreeing = [mistake for mistake in grader.mistakes
                if all(agrees(mistake.function, answer, rtol, atol) for answer in answers)]
    if agreeing:
        return agreeing[0] if len(agreeing) == 1 else None
    return _pair(grader, answers, rtol, atol)


def _pair(grader, answers, rtol, atol):
    """Two mistakes that explain one of two returned values each, where neither explains both."""
    if any(type(answer.value) is not tuple or len(answer.value) != 2 for answer in answers):
        return None
    found = []
    for part in range(2):
        agreeing = [mistake for mistake in grader.mistakes
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
    value, args, error = _outcome(function, answer)
    if error is not None:
        return (answer.raised is not None and answer.raised["raised"] == type(error).__name__
                and answer.raised["message"] == str(error)[:500])
    if answer.raised is not None or not _same(answer.value, value, rtol, atol):
        return False
    return all(not isinstance(arg, np.ndarray) or np.array_equal(arg, after, equal_nan=True)
               for arg, after in zip(args, answer.after, strict=False))


def _outcome(function, answer):
    """Call a function with an answer's arguments: the value, the arguments afterwards, the exception."""
    # One by one: in the student's process two equal arguments were two arrays as well.
    args = [copy.deepcopy(arg) for arg in answer.args]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args), args, None
    except Exception as error:  # noqa: BLE001 - a mistake may consist in the exception that it raises
        return None, args, error


def _same(one, other, rtol, atol):
    """Whether two answers are alike, nan included, which a comparison with the reference never accepts."""
    if isinstance(one, (tuple, list)):
        return (type(one) is type(other) and len(one) == len(other)
                and all(_same(a, b, rtol, atol) for a, b in zip(one, other, strict=True)))
    numeric = (int, float, np.ndarray, np.generic)
    if not (isinstance(one, numeric) and isinstance(other, numeric)):
        return type(one) is type(other) and one == other
    if np.shape(one) != np.shape(other):
        return False
    # Small is small beside the answer's own size: otherwise all answers near zero would look alike.
    size = np.max(np.abs(other), initial=0.0, where=np.isfinite(other))
    return np.allclose(one, other, rtol=rtol, atol=atol * size + 1e-12, equal_nan=True)
