"""Right answers for functions that the one under test builds on, while a mistake in those is set aside.

The answers come from the graders' references on the trusted side; no solution's code enters the student's
process.  Only functions that come earlier in the notebook are ever served, so two functions cannot vouch for each
other.
"""

import numpy as np

MAX_COUNT = 2_000
MAX_ELEMENTS = 20_000  # some references multiply shapes


class Upstream:
    """Answers calls of served functions: ``upstream(name, args, kwargs)``."""

    def __init__(self, served, graders):
        self._served = served
        self._graders = graders

    def __call__(self, name, args, kwargs):
        """Return the reference's answer; raises ValueError for arguments that no honest call has."""
        if name not in self._served:
            raise ValueError("this function is not served")
        # The arguments are a student's and the reference runs on the trusted side: a count may not be large either.
        if any(abs(count) > MAX_COUNT for count in _counts([args, kwargs])):
            raise ValueError(f"an argument is larger than {MAX_COUNT:,}")
        if sum(np.size(value) for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray)) > MAX_ELEMENTS:
            raise ValueError(f"the arguments have more than {MAX_ELEMENTS:,} numbers")
        return self._graders[name].reference(*args, **kwargs)


def _counts(value):
    """Yield the numbers among arguments that may say how often or how many: all that are no arrays."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from _counts(item)
    elif isinstance(value, (int, float, np.number)) or (isinstance(value, np.ndarray) and value.ndim == 0):
        yield value
