"""Hidden grader of `column`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the column",)


def reference(values):
    return tf.reshape(tf.constant(values, tf.float64), (-1, 1)).numpy()


def numbers(rng, n):
    """Return a list of n floats."""
    return rng.normal(scale=3, size=n).tolist()


def test_any_number_of_values(student, rng):
    """one row for each value, in their order, for 1 to 17 values"""
    for n in (3, 2, 1, 4, 17):
        student.column.must_match(reference, numbers(rng, n))


def test_large_and_small_numbers(student, rng):
    """numbers as large and as small as float64 holds"""
    student.column.must_match(reference, [rng.uniform(1, 9) * 1e300, -1e-300, 0.0, 16777217.0, 1e200])


def test_whole_numbers(student, rng):
    """whole numbers become floats too"""
    student.column.must_return(np.array([[1.0], [2.0], [3.0], [4.0]]), [1, 2, 3, 4])
    student.column.must_match(reference, rng.integers(-9, 9, size=5).tolist())


def test_mixed_numbers(student, rng):
    """whole numbers and fractions in one list"""
    student.column.must_match(reference, [2, rng.uniform(0.1, 0.9), -7])


def test_inputs_untouched(student, rng):
    """leaves the list as it is"""
    student.column.must_keep_inputs(numbers(rng, 5))


@known_mistake("The array has one axis only, and transposing it changes nothing: a column has two axes, (n, 1).")
def one_axis(values):
    return np.array(values, dtype=float).T


@known_mistake("This is a row (1, n); the values of a column stand below each other, (n, 1).")
def row(values):
    return np.array([values], dtype=float)


@known_mistake("The column takes its dtype from the values: a list of whole numbers gives an integer array. "
               "Ask for float64.")
def integer_dtype(values):
    return np.array(values).reshape(-1, 1)


@known_mistake("The fractions are cut off, as `dtype=int` does it.")
def fractions_cut_off(values):
    return np.array(values).astype(int).astype(float).reshape(-1, 1)


@known_mistake("This is single precision, float32; numpy's float is float64.")
def single_precision(values):
    with np.errstate(over="ignore"):
        return np.array(values, dtype=np.float32).reshape(-1, 1)


@known_mistake("This is a list of lists: np.array makes an array of it.")
def list_of_lists(values):
    return [[float(value)] for value in values]


@known_mistake("The length 4 is written into the code: np.reshape finds the number of rows where it says -1.")
def always_four(values):
    return np.array(values, dtype=float).reshape(4, 1)


@known_mistake("There is one axis too many: the shape is (n, 1, 1).")
def three_axes(values):
    return np.array([[values]], dtype=float).T


@known_mistake("The values come in ascending order; keep the order of the list.")
def sorted_values(values):
    return np.sort(np.array(values, dtype=float)).reshape(-1, 1)


@known_mistake("The values are taken out of the caller's list, which is empty afterwards.")
def empties_input(values):
    rows = []
    while values:
        rows.append([float(values.pop(0))])
    return np.array(rows)


@accepted_variant
def transposed_row(values):
    return np.array([values], dtype=np.float64).T


@accepted_variant
def with_a_new_axis(values):
    return np.asarray(values, dtype=float)[:, np.newaxis]


@accepted_variant
def with_a_comprehension(values):
    return np.array([[float(value)] for value in values])


@accepted_variant
def with_a_loop(values):
    result = np.zeros((len(values), 1))
    for i in range(len(values)):
        result[i, 0] = values[i]
    return result


@accepted_variant
def stacked(values):
    return np.vstack(values).astype(float)


EQUIVALENT_MUTANTS = {
    "return np.array(values, dtype=np.float64).reshape(-1, 1)  ->  "
    "return np.array(values, dtype=np.float64).reshape(-2, 1)":
        "reshape takes any negative length as the one to be found",
    "return np.array(values, dtype=np.float64).reshape(-1, 1)  ->  "
    "return np.array(values, dtype=np.float64).reshape(~1, 1)":
        "~1 is -2, and reshape takes any negative length as the one to be found",
}
