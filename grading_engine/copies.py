"""Copies of a call's arguments, as like the originals as those that cross into a student's process."""

import copy

import numpy as np


def copied(arg):
    """Return a copy of an argument; an array also keeps its layout, and its flag where it must not be written to."""
    if not isinstance(arg, np.ndarray):
        return copy.deepcopy(arg)
    contiguous = arg.flags.c_contiguous or arg.flags.f_contiguous
    fresh = arg.copy(order="K") if contiguous else np.repeat(arg, 2, axis=-1)[..., ::2]
    fresh.flags.writeable = arg.flags.writeable
    return fresh


def through_copies(function):
    """Let a function get copies of its arguments at each call, as a student's function does."""

    def called(*args):
        return function(*map(copied, args))

    return called
