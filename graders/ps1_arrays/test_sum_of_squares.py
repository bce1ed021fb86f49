"""Hidden grader of `sum_of_squares`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the sum",)


def reference(v):
    return float(tf.reduce_sum(tf.square(tf.constant(v, tf.float64))))


def test_any_length(student, rng):
    """the sum of the squares of 1 to 50 numbers, without a loop"""
    for n in (3, 2, 1, 50):
        student.sum_of_squares.must_match(reference, rng.normal(scale=2, size=n))
    student.sum_of_squares.must_not_use("for", "while", "map(", "sum(",
                                        because="That is a loop of Python's: let numpy go through the elements.")


def test_columns(student, rng):
    """columns (n, 1) give a float as well"""
    for n in (3, 1, 8):
        student.sum_of_squares.must_match(reference, rng.normal(size=(n, 1)))


def test_rows(student, rng):
    """rows (1, n) give a float as well"""
    for n in (2, 6):
        student.sum_of_squares.must_match(reference, rng.normal(size=(1, n)))


def test_whole_numbers(student, rng):
    """whole numbers give a float too: 30.0 for 1, 2, 3, 4"""
    student.sum_of_squares.must_return(30.0, np.array([1, 2, 3, 4]))
    for shape in (5, (3, 1), (1, 4)):
        student.sum_of_squares.must_match(reference, rng.integers(-9, 9, size=shape))


def test_nothing_to_add(student):
    """no numbers at all give 0.0"""
    student.sum_of_squares.must_return(0.0, np.array([]))


def test_parts_of_an_array(student, rng):
    """a column of a larger array and a read-only one: the vector need not lie in one piece"""
    table = rng.normal(size=(5, 4))
    student.sum_of_squares.must_match(reference, table[:, 1])
    student.sum_of_squares.must_match(reference, table[:, [2]])
    table.flags.writeable = False
    student.sum_of_squares.must_match(reference, table[0])


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.sum_of_squares.must_keep_inputs(rng.normal(size=6))


@known_mistake("The value is right, but Python goes through the elements: write it with numpy alone, as np.sum(v**2).")
def with_a_loop(v):
    total = 0.0
    for number in v.ravel():
        total += number**2
    return float(total)


@known_mistake("The sum is squared; square each number first, then add.")
def square_of_sum(v):
    return float(np.sum(v) ** 2)


@known_mistake("The numbers are added up but not squared.")
def not_squared(v):
    return float(np.sum(v))


@known_mistake("The numbers are doubled, not squared: write v ** 2.")
def doubled(v):
    return float(np.sum(v * 2))


@known_mistake("This is the mean of the squares; the sum is asked for.")
def mean_for_sum(v):
    return float(np.mean(v**2))


@known_mistake("The root of the sum is taken: that is the length of the vector, its norm.")
def root_taken(v):
    return float(np.linalg.norm(v))


@known_mistake("The numbers are taken without their sign, but not squared.")
def absolute_values(v):
    return float(np.sum(np.abs(v)))


@known_mistake("This is an array of the squares; they are not added up.")
def squares_not_added(v):
    return v**2


@known_mistake("The answer is an integer where the input is; `float(...)` makes one number of float64 of it.")
def integer_for_integers(v):
    return np.sum(v**2)


@known_mistake("v @ v works with one axis only: a column or a row has two, so flatten it first.")
def one_axis_only(v):
    return float(v @ v)


@known_mistake("np.dot(v, v) adds the products for one axis only: a column or a row has two, so flatten it first.")
def dot_of_one_axis(v):
    return float(np.dot(v, v))


@known_mistake("v.T @ v is one number for a vector, but a (1, 1) matrix for a column and a table for a row: "
               "flatten v first.")
def transpose_times_v(v):
    return 1.0 * v.T @ v


@known_mistake("The sum is taken along the first axis only: a row (1, n) has its numbers along the second.")
def first_axis_only(v):
    return np.sum(1.0 * v**2, axis=0)


@known_mistake("The squares are written into v, so the caller's data are lost.")
def overwrites_input(v):
    v **= 2
    return float(np.sum(v))


@accepted_variant
def with_a_product(v):
    flat = v.ravel()
    return float(flat @ flat)


@accepted_variant
def with_a_norm(v):
    return np.linalg.norm(v) ** 2


@accepted_variant
def with_einsum(v):
    flat = v.reshape(-1).astype(float)
    return np.einsum("i,i->", flat, flat)


@accepted_variant
def with_a_matrix_product(v):
    column = v.reshape(-1, 1)
    return float((column.T @ column).item())


@accepted_variant
def with_vdot(v):
    return float(np.vdot(v, v))
