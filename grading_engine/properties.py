"""Properties that hold for all inputs, checked with hypothesis; a failure is told on the smallest input."""

import contextlib
from contextvars import ContextVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from grading_engine.language import texts
from grading_engine.student import Failure

_phases = ContextVar("phases", default=(Phase.generate, Phase.shrink))


@contextlib.contextmanager
def any_counterexample():
    """Inside, the first input that fails is good enough: for whoever only asks whether there is one."""
    token = _phases.set((Phase.generate,))
    try:
        yield
    finally:
        _phases.reset(token)


class _Ended(BaseException):
    """Leaves hypothesis at once: a process that is gone has no smaller counterexample."""


def for_all(rng, *strategies, examples=50):
    """Check a property on inputs drawn from strategies, at once.

    ::

        @for_all(rng, arrays(np.float64, 3, elements=st.floats(-5, 5)))
        def shifting_changes_nothing(z):
            student.softmax.must_return(reference(z), z + 1000)

    Parameters
    ----------
    rng : numpy.random.Generator
        The test's own, so that inputs are drawn from the course's secret seed.
    *strategies : hypothesis.strategies.SearchStrategy
        One for each argument of the property.
    examples : int
        How many inputs are tried.
    """
    def check(property_):
        def one(args):
            try:
                property_(*args)
            except Failure as failure:
                if failure.outcome == "failed" and not failure.unwritten:
                    raise
                raise _Ended(failure) from None

        # Nothing is kept between submissions, and a student's function takes the time that the test allows.
        options = settings(max_examples=examples, database=None, deadline=None, print_blob=False,
                           suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
                           phases=_phases.get())
        try:
            seed(int(rng.integers(2**62)))(options(given(st.tuples(*strategies))(one)))()
        except _Ended as end:
            raise end.args[0] from None
        except Flaky:
            raise Failure(texts.gettext("gives different answers for the same input")) from None
    return check
