"""Right answers for functions that the one under test builds on, while a mistake in those is set aside.

The answers come from the graders' references on the trusted side; no solution's code enters the student's
process.  Only functions that come earlier in the notebook are ever served, so two functions cannot vouch for each
other.
"""

import numpy as np

MAX_COUNT = 2_000


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
        for value in (*args, *kwargs.values()):
            if isinstance(value, (int, np.integer)) and abs(value) > MAX_COUNT:
                raise ValueError(f"an argument is larger than {MAX_COUNT:,}")
        return self._graders[name].reference(*args, **kwargs)
