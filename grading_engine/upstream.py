"""Right answers for functions that the one under test builds on, while a mistake in those is set aside.

The answers come from the graders' references on the trusted side; no solution's code enters the student's
process.  Only functions that come earlier in the notebook are ever served, so two functions cannot vouch for each
other.
"""

import re

import numpy as np

from grading_engine.language import texts
from grading_engine.sandbox.wire import Folder, Model

_ = texts.gettext

MAX_COUNT = 2_000
MAX_ELEMENTS = 20_000  # some references multiply shapes
# What a function's options are called; a path, which a reference might open, is none.
_OPTION = re.compile(r"\w{0,40}", re.ASCII)


class Upstream:
    """Answers calls of served functions: ``upstream(name, args, kwargs)``."""

    def __init__(self, served, graders):
        self._served = served
        self._graders = graders

    def __call__(self, name, args, kwargs):
        """Return the reference's answer; raises ValueError for arguments that no honest call has."""
        if name not in self._served:
            raise ValueError(_("this function is not served"))
        leaves = list(_leaves([args, kwargs]))
        if any(isinstance(value, (Folder, Model)) or (isinstance(value, str) and not _OPTION.fullmatch(value))
               for value in leaves):
            raise ValueError(_("a served function takes no files, models or texts"))
        # The arguments are a student's and the reference runs on the trusted side: a count may not be large either.
        if any(abs(count) > MAX_COUNT for count in filter(_is_count, leaves)):
            raise ValueError(_("an argument is larger than {number:,}").format(number=MAX_COUNT))
        if sum(np.size(value) for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray)) > MAX_ELEMENTS:
            raise ValueError(_("the arguments have more than {number:,} numbers").format(number=MAX_ELEMENTS))
        return self._graders[name].reference(*args, **kwargs)


def _leaves(value):
    """Yield what is in lists and dicts, however they are nested."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _is_count(value):
    """Whether an argument may say how often or how many: all numbers that are no arrays."""
    return isinstance(value, (int, float, np.number)) or (isinstance(value, np.ndarray) and value.ndim == 0)
