"""What a function of the staff answered to some arguments is not computed again.

Every submission of a class is tested with the same inputs: references, which TensorFlow answers more slowly than the
student's code, and known mistakes are asked for the same again and again.
"""

import hashlib

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

    Functions made inside another one may hide a state, and arguments that are functions have no value to compare:
    with these it is computed every time.
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
    if any("<" in function.__qualname__ for function in functions if function is not None):
        return None
    try:
        frame = wire.encode({"args": models.crossing(args)}, _refuse)
    except _Function:
        return None
    return (*functions, hashlib.sha256(frame).digest())


class _Function(Exception):
    pass


def _refuse(function):
    raise _Function
