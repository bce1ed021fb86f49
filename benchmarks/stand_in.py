"""What stands in for the engine's `student` in the hidden-test cells of a stock course.

This source is written into those cells and runs in the kernel, beside the student's code.  It compares by the same
ladder as the engine, but only asserts: no walls, no time limits, no hints, no partial credit.
"""

import copy
import inspect
import io
import tokenize
import warnings

import numpy as np

from course_lib.compare import ATOL, RTOL, find_mismatch


class Student:
    """The functions of a namespace, a dict of {name: value}: ``student.mse`` is a `StudentFunction`."""

    def __init__(self, namespace):
        self._namespace = namespace

    def __getattr__(self, name):
        return StudentFunction(self._namespace[name])

    def show(self, *args, **options):
        """Draw nothing: there is no report."""


class StudentFunction:
    """One function, with the statements that hidden tests consist of; arguments are as in the engine's own."""

    def __init__(self, function):
        self._function = function

    def _call(self, *args):
        return self._function(*map(copy.deepcopy, args))

    def must_match(self, reference, *args, through=None, **options):
        """Compare an answer with the reference's."""
        own = map(copy.deepcopy, args)
        expected = through(reference, *own) if through else reference(*own)
        return self.must_return(expected, *args, through=through, **options)

    def must_return(self, expected, *args, part=None, rtol=RTOL, atol=ATOL, dtypes=(), quiet=False, through=None):
        """Compare an answer with a value that is known."""
        with warnings.catch_warnings():
            warnings.simplefilter("error" if quiet else "ignore")
            value = through(self._call, *args) if through else self._call(*args)
        got = value
        if part is not None and isinstance(value, (tuple, list)) and len(value) == len(expected):
            got, expected = value[part], expected[part]
        mismatch = find_mismatch(got, expected, rtol=rtol, atol=atol, dtypes=dtypes)
        assert mismatch is None, mismatch.message
        return value

    def returned(self, *args):
        """Call the function and return what it returns."""
        return self._call(*args)

    def must_raise(self, exception, *args, naming):
        """Arguments have to be refused, in a message that names one of ``naming``."""
        try:
            self._call(*args)
            told = ""
        except exception as error:
            told = str(error)
        assert any(name in told for name in naming), f"{exception.__name__} naming {naming}, not {told!r}"

    def must_keep_inputs(self, *args):
        """The arguments have to be afterwards what they were."""
        own = list(map(copy.deepcopy, args))
        self._function(*own)
        np.testing.assert_equal(own, list(args))

    def must_not_use(self, *names, because):
        """The function's source must have no such syntax."""
        tokens = tokenize.generate_tokens(io.StringIO(inspect.getsource(self._function)).readline)
        skipped = (tokenize.COMMENT, tokenize.STRING)
        source = " ".join(token.string for token in tokens if token.type not in skipped)
        for name in names:
            spaced = name.replace("(", " (").replace(".", ". ")
            assert f" {spaced} " not in f" {source} ", because


def expected(reference, args):
    """Ask the reference."""
    return reference(*map(copy.deepcopy, args))


def for_all(rng, *inputs, examples=50):
    """Check a property on inputs drawn from strategies, at once."""
    import hypothesis  # few graders need it

    def check(property_):
        options = hypothesis.settings(max_examples=examples, database=None, deadline=None,
                                      suppress_health_check=list(hypothesis.HealthCheck))
        drawn = hypothesis.given(hypothesis.strategies.tuples(*inputs))(lambda args: property_(*args))
        hypothesis.seed(int(rng.integers(2**62)))(options(drawn))()

    return check
