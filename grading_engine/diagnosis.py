"""Naming the mistake: which known mistake gives exactly the values that the student's function gave."""

import copy
import warnings

import numpy as np


def recognise(grader, answers, rtol, atol):
    """Return the one known mistake that reproduces every answer of a failed test, or None.

    Parameters
    ----------
    grader : Grader
    answers : list of Answer
        All calls of the test up to the failure, which is the last one.
    rtol, atol : float
        How close values have to be to count as the same.

    Notes
    -----
    A hint that misfires is worse than none: all answers have to agree, the wrong one included, and when two
    mistakes explain them equally well neither is named.
    """
    agreeing = [mistake for mistake in grader.mistakes
                if all(_agrees(mistake.function, answer, rtol, atol) for answer in answers)]
    return agreeing[0] if len(agreeing) == 1 else None


def _agrees(function, answer, rtol, atol):
    args = copy.deepcopy(answer.args)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = function(*args)
    except Exception as error:  # noqa: BLE001 - a mistake may consist in the exception that it raises
        return (answer.raised is not None and answer.raised["raised"] == type(error).__name__
                and answer.raised["message"] == str(error)[:500])
    if answer.raised is not None or not _same(answer.value, value, rtol, atol):
        return False
    return all(not isinstance(arg, np.ndarray) or np.array_equal(arg, after, equal_nan=True)
               for arg, after in zip(args, answer.after, strict=False))


def _same(one, other, rtol, atol):
    """Whether two answers are alike, nan included, which a comparison with the reference never accepts."""
    if isinstance(one, (tuple, list)):
        return (type(one) is type(other) and len(one) == len(other)
                and all(_same(a, b, rtol, atol) for a, b in zip(one, other, strict=True)))
    numeric = (int, float, np.ndarray, np.generic)
    if not (isinstance(one, numeric) and isinstance(other, numeric)):
        return type(one) is type(other) and one == other
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=rtol, atol=atol, equal_nan=True)
