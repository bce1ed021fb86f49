import numpy as np
import pytest
from hypothesis import strategies as st

from grading_engine.properties import for_all
from grading_engine.student import Failure


def rng():
    return np.random.default_rng(3)


def test_a_failure_is_told_on_the_smallest_input():
    with pytest.raises(Failure) as raised:
        @for_all(rng(), st.integers(0, 10_000), examples=500)
        def small_enough(n):
            if n >= 100:
                raise Failure(f"wrong for {n}")
    assert str(raised.value) == "wrong for 100"


def test_a_property_that_holds_says_nothing():
    seen = []
    for_all(rng(), st.integers(), st.booleans(), examples=20)(lambda n, flag: seen.append((n, flag)))
    assert len(seen) >= 15


def test_the_seed_decides_what_is_tried():
    def tried(generator):
        seen = []
        for_all(generator, st.integers())(seen.append)
        return seen

    assert tried(rng()) == tried(rng())
    assert tried(rng()) != tried(np.random.default_rng(4))


@pytest.mark.parametrize("failure", [Failure("gone", "timeout"), Failure("gone", "exit"), Failure("x", unwritten=True)])
def test_what_has_no_smaller_input_ends_at_once(failure):
    calls = []
    with pytest.raises(Failure) as raised:
        @for_all(rng(), st.integers())
        def ends(n):
            calls.append(n)
            raise failure
    assert raised.value is failure
    assert len(calls) == 1


def test_a_function_that_changes_its_mind_is_told_so():
    answers = iter([True] + [False] * 1000)
    with pytest.raises(Failure, match="different answers"):
        @for_all(rng(), st.integers())
        def flips(n):
            if next(answers):
                raise Failure("wrong")
