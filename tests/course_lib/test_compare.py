"""Every rung of the comparison ladder, with an answer that fails there and one that passes."""

import numpy as np
import pytest

from course_lib.compare import describe, find_mismatch, kind_of

VECTOR = np.array([1.0, 2.0, 3.0])
MATRIX = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (2.5, 2.5),
        (np.float64(2.5), 2.5),
        (np.array(2.5), 2.5),
        (2.5 * (1 + 1e-9), 2.5),
        (1e-12, 0.0),
        (float("inf"), float("inf")),
        (3, 3),
        (np.int64(3), 3),
        ("relu", "relu"),
        (None, None),
        (True, True),
        (VECTOR.copy(), VECTOR),
        (VECTOR * (1 + 1e-9), VECTOR),
        (MATRIX.T.copy().T, MATRIX),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        ([1.0, 2.0], (1.0, 2.0)),
        ((1.0, [VECTOR, 2.0]), (1.0, (VECTOR, 2.0))),
        ({"a": 1.0, "b": VECTOR}, {"b": VECTOR, "a": 1.0}),
    ],
)
def test_agreement(got, expected):
    assert find_mismatch(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "rung", "words"),
    [
        # type
        (None, 2.5, "type", "return"),
        (None, VECTOR, "type", "return"),
        ("2.5", 2.5, "type", "a str"),
        (True, 1.0, "type", "a bool"),
        (2, 2.0, "type", "return a float"),
        (2.0, 2, "type", "return an int"),
        ([1.0, 2.0, 3.0], VECTOR, "type", "a list of 3 values"),
        (2.0, VECTOR, "type", "numpy array of shape (3,)"),
        (2.5, (2.5, 1.0), "type", "return 2 values"),
        (VECTOR, (1.0, 2.0, 3.0), "type", "an array of shape (3,)"),
        ((1.0,), (1.0, 2.0), "type", "1 values"),
        ([("a", 1.0)], {"a": 1.0}, "type", "return a dict"),
        ({"b": 1.0}, {"a": 1.0}, "type", "keys ['b']"),
        # shape
        (np.array([2.5]), 2.5, "shape", "(1,)"),
        (np.array(2.5), np.array([2.5]), "shape", "()"),
        (VECTOR[:, None], VECTOR, "shape", "(3, 1)"),
        (MATRIX.T, MATRIX, "shape", "(3, 2)"),
        (VECTOR[:2], VECTOR, "shape", "(2,)"),
        # dtype
        (np.float32(2.5), 2.5, "dtype", "float32"),
        (VECTOR.astype(np.float32), VECTOR, "dtype", "float32"),
        (VECTOR.astype(int), VECTOR, "dtype", "int64"),
        (VECTOR.astype(object), VECTOR, "dtype", "object"),
        (VECTOR.astype(complex), VECTOR, "dtype", "complex128"),
        # finite
        (float("nan"), 2.5, "finite", "nan"),
        (float("inf"), 2.5, "finite", "inf"),
        (np.array([1.0, np.nan, 9.0]), VECTOR, "finite", "index 1"),
        (np.array([1.0, 2.0, -np.inf]), VECTOR, "finite", "index 2"),
        # values
        (2.4, 2.5, "values", "2.4"),
        (2.5 * (1 + 1e-5), 2.5, "values", "2.500025"),
        (float("nan"), float("nan"), "values", "nan"),
        (4, 3, "values", "expected 3"),
        ("tanh", "relu", "values", "'relu'"),
        (0, None, "values", "None"),
        ((1.0, 3.0), (1.0, 2.0), "values", "value 2"),
        ({"a": 2.0}, {"a": 1.0}, "values", "['a']"),
        (np.zeros(3), VECTOR, "values", "3 of 3"),
        (VECTOR[::-1].copy(), VECTOR, "values", "2 of 3"),
    ],
)
def test_the_first_rung_that_fails(got, expected, rung, words):
    mismatch = find_mismatch(got, expected)
    assert mismatch.rung == rung
    assert words in mismatch.message


@pytest.mark.parametrize("got", [-np.inf, 0.0, 1e300])
def test_only_infinity_passes_for_infinity(got):
    assert find_mismatch(got, np.inf) is not None
    assert find_mismatch(np.array([got]), np.array([np.inf])) is not None


def test_a_scalar_does_not_pass_for_an_array_of_its_value():
    assert find_mismatch(0.0, np.zeros(3)).rung == "type"
    assert find_mismatch(np.zeros(()), np.zeros(3)).rung == "shape"


def test_the_message_names_the_first_and_the_worst_element():
    got = np.array([[0.0, 1.5, 2.0], [3.0, 4.0, -20.0]])
    message = find_mismatch(got, MATRIX).message
    assert "1.5 at index (0, 1)" in message
    assert "2 of 6" in message
    assert "worst at index (1, 2): -20 instead of 5" in message


def test_one_wrong_element_is_both_first_and_worst():
    message = find_mismatch(np.array([1.0, 2.0, 4.0]), VECTOR).message
    assert "index 2" in message
    assert "worst" not in message


def test_huge_values_do_not_warn():
    huge = np.array([1e308, -1e308])
    assert find_mismatch(-huge, huge).rung == "values"


def test_labels_name_the_answers():
    assert "db is 2" in find_mismatch((1.0, 2.0), (1.0, 3.0), labels=("dm", "db")).message
    assert "(dm, db)" in find_mismatch(1.0, (1.0, 3.0), labels=("dm", "db")).message
    assert find_mismatch(VECTOR, MATRIX, labels=("w (features + 1,)",)).message.startswith("w (features")


def test_tolerances_are_those_of_the_call():
    assert find_mismatch(1.01, 1.0, rtol=0.1) is None
    assert find_mismatch(0.01, 0.0, atol=0.1) is None
    assert find_mismatch(VECTOR + 0.01, VECTOR, rtol=0, atol=0.001).rung == "values"


def test_describe_is_short():
    assert describe(0.1 + 0.2) == "0.3"
    assert describe((1.0, VECTOR)) == "(1, [1., 2., 3.])"
    assert "shape (100,)" in describe(np.zeros(100))
    assert describe(describe) == "describe"
    assert len(describe("x" * 999, limit=50)) == 50


def test_kind_of_reads_well():
    assert kind_of(1) == "an int"
    assert kind_of(1.0) == "a float"
    assert kind_of([1, 2]) == "a list of 2 values"
    assert "return" in kind_of(None)
