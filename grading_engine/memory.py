"""What a function of the staff answered to some arguments is not computed again.

Every submission of a class is tested with the same inputs: references, which TensorFlow answers more slowly than the
student's code, and known mistakes are asked for the same again and again.
"""

import hashlib
from types import FunctionType

from grading_engine import models, references
from grading_engine.copies import copied, through_copies
from grading_engine.sandbox import wire

# Inputs of a search for the smallest counterexample differ from one wrong submission to the next.
MOST = 5_000

_known = {}


def expected(reference, args, through=None):
    """Return the reference's answer to ``args``, or what ``through`` makes of it; the caller must not change it."""

    def answer():
        # One by one: two equal arguments are two arrays for the student's function as well.
        own = map(copied, args)
        return through(through_copies(reference), *own) if through else reference(*own)

    return remembered(answer, (reference, through), args, on_disk=True)


def remembered(compute, functions, args, on_disk=False):
    """Return ``compute()``, which follows from these functions and arguments alone, and keep it, on disk if asked to.

    An argument that is a function counts by its name, where it stands in the same file; with others it is computed
    every time.
    """
    key = _key(functions, args)
    if key is None:
        return compute()
    if key not in _known:
        answer = references.remembered(functions, key[-1], compute) if on_disk else compute()
        if len(_known) >= MOST:
            _known.clear()
        _known[key] = answer
    return _known[key]


def _key(functions, args):
    modules = {function.__module__ for function in functions if function is not None}
    if not all(map(_stands_alone, filter(None, functions))):
        return None

    def name(function):
        if not isinstance(function, FunctionType) or function.__module__ not in modules or not _stands_alone(
                function):
            raise _NoName
        return function.__qualname__

    try:
        frame = wire.encode({"args": models.crossing(args)}, name)
    except _NoName:
        return None
    return (*functions, hashlib.sha256(frame).digest())


def _stands_alone(function):
    """Whether a function was not made inside of another one, where it may hide a state."""
    return "<" not in function.__qualname__


class _NoName(Exception):
    pass
