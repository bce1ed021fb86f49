"""Expected values: a reference that was asked once for some arguments is not asked again.

Every submission of a class is tested with the same inputs, and TensorFlow takes longer to answer than the student's
code.
"""

import copy
import hashlib

from grading_engine.sandbox import wire

# Inputs of a search for the smallest counterexample differ from one wrong submission to the next.
MOST = 5_000

_known = {}


def expected(reference, args, through=None):
    """Return the reference's answer to ``args``, or what ``through`` makes of it.

    The caller must not change it.  Functions made inside another one may hide a state, and arguments that are
    functions have no value to compare: both are asked every time.
    """
    key = _key(reference, args, through)
    if key in _known:
        return _known[key]
    # One by one: two equal arguments are two arrays for the student's function as well.
    own = [copy.deepcopy(arg) for arg in args]
    answer = through(reference, *own) if through else reference(*own)
    if key is not None:
        if len(_known) >= MOST:
            _known.clear()
        _known[key] = answer
    return answer


def _key(reference, args, through):
    functions = [reference] if through is None else [reference, through]
    if any("<" in function.__qualname__ for function in functions):
        return None
    try:
        frame = wire.encode({"args": list(args)}, _refuse)
    except _Function:
        return None
    return (*functions, hashlib.sha256(frame).digest())


class _Function(Exception):
    pass


def _refuse(function):
    raise _Function
