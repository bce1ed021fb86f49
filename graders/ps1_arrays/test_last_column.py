"""Hidden grader of `last_column`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the column",)


def reference(A):
    A = np.asarray(A)
    return tf.slice(tf.constant(A), (0, A.shape[1] - 1), (A.shape[0], 1)).numpy()


def test_any_matrix(student, rng):
    """the last column as a matrix (n, 1), of wide matrices, tall ones and square ones"""
    for shape in [(4, 6), (3, 2), (2, 3), (3, 3), (9, 5)]:
        student.last_column.must_match(reference, rng.normal(size=shape))


def test_the_lectures_matrix(student):
    """the squares in the matrix with the rows [i, 3i, i * i]: whole numbers stay whole"""
    i = np.arange(1, 9)
    student.last_column.must_return(np.array([[1], [4], [9], [16], [25], [36], [49], [64]]),
                                    np.column_stack([i, 3 * i, i * i]))


def test_one_column(student, rng):
    """a matrix with a single column, or a single row: the answer keeps both axes"""
    for shape in [(4, 1), (1, 3), (1, 1)]:
        student.last_column.must_match(reference, rng.normal(size=shape))


def test_inputs_untouched(student, rng):
    """leaves the matrix as it is"""
    student.last_column.must_keep_inputs(rng.normal(size=(4, 3)))


@known_mistake("A[:, -1] takes the axis away and leaves shape (n,): write A[:, [-1]] or A[:, -1:].")
def axis_lost(A):
    return A[:, -1]


@known_mistake("This is the last row: the second index counts columns.")
def last_row(A):
    return A[[-1]]


@known_mistake("This is the last row, without its second axis: the second index counts columns.")
def last_row_without_axis(A):
    return A[-1]


@known_mistake("This is the first column: index -1 is the last one, 0 the first.")
def first_column(A):
    return A[:, [0]]


@known_mistake("The colon is on the wrong side: A[:, :-1] is everything but the last column.")
def all_but_the_last(A):
    return A[:, :-1]


@known_mistake("The column comes as a row (1, n); it has shape (n, 1).")
def as_a_row(A):
    return A[:, [-1]].T


@known_mistake("The index 2 is written into the code: the last column of three, but not of others.")
def always_the_third(A):
    return A[:, [2]]


@known_mistake("The column is looked up by the number of rows; A.shape[1] is the number of columns.")
def rows_counted(A):
    return A[:, [len(A) - 1]]


@known_mistake("This is a single element, the one in the last row and the last column.")
def last_element(A):
    return A[-1, -1]


@known_mistake("The column is copied into an array of float64; it keeps the dtype that A has.")
def always_floats(A):
    column = np.zeros((len(A), 1))
    column[:, 0] = A[:, -1]
    return column


@accepted_variant
def with_a_slice(A):
    return A[:, -1:]


@accepted_variant
def with_reshape(A):
    return A[:, A.shape[1] - 1].reshape(-1, 1)


@accepted_variant
def with_a_new_axis(A):
    return A.T[-1][:, None]


@accepted_variant
def with_a_comprehension(A):
    return np.array([[row[-1]] for row in A])


EQUIVALENT_MUTANTS = {
    "return A[:, A.shape[1] - 1].reshape(-1, 1)  ->  return A[:, A.shape[1] - 1].reshape(-2, 1)":
        "reshape takes any negative length as the one to be found",
    "return A[:, A.shape[1] - 1].reshape(-1, 1)  ->  return A[:, A.shape[1] - 1].reshape(~1, 1)":
        "~1 is -2, and reshape takes any negative length as the one to be found",
}
