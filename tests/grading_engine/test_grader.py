import numpy as np
import pytest

from grading_engine.grader import accepted_variant, as_solution, known_mistake, slip


@accepted_variant
def mean_of_squares(x):
    """Right."""
    total = np.sum(x**2)
    return total / len(x)


def test_a_slip_differs_in_one_place_and_can_be_handed_in():
    wrong = known_mistake("The sum is not divided.")(slip(mean_of_squares, " / len(x)", ""))
    assert wrong(np.array([1.0, 3.0])) == 10.0
    assert mean_of_squares(np.array([1.0, 3.0])) == 5.0
    namespace = {}
    exec(as_solution(wrong, "handed_in"), namespace)
    assert namespace["handed_in"](np.array([1.0, 3.0])) == 10.0
    assert "known_mistake" not in as_solution(wrong, "handed_in")


@pytest.mark.parametrize("before", ["x", "no such text"])
def test_a_slip_that_is_not_in_one_place_is_refused(before):
    with pytest.raises(ValueError, match="times in mean_of_squares"):
        slip(mean_of_squares, before, "y")
