"""Hidden grader of `first_rows`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(A, n):
    A = np.asarray(A)
    return tf.slice(tf.constant(A), (0, 0), (n, A.shape[1])).numpy()


def test_some_rows(student, rng):
    """the first n rows with all their columns, of tall matrices and wide ones"""
    for rows, columns, n in [(4, 3, 2), (6, 2, 5), (3, 5, 1), (9, 4, 6)]:
        student.first_rows.must_match(reference, rng.normal(size=(rows, columns)), n)


def test_the_lectures_matrix(student):
    """five rows of the matrix with the rows [i, 3i, i * i]: whole numbers stay whole"""
    i = np.arange(1, 9)
    student.first_rows.must_return(np.array([[1, 3, 1], [2, 6, 4], [3, 9, 9], [4, 12, 16], [5, 15, 25]]),
                                   np.column_stack([i, 3 * i, i * i]), 5)


def test_all_rows(student, rng):
    """as many rows as there are"""
    for rows, columns in [(3, 2), (1, 4)]:
        student.first_rows.must_match(reference, rng.normal(size=(rows, columns)), rows)


def test_no_rows(student, rng):
    """no rows at all: the shape is (0, d)"""
    student.first_rows.must_match(reference, rng.normal(size=(4, 3)), 0)


def test_inputs_untouched(student, rng):
    """leaves the matrix as it is"""
    student.first_rows.must_keep_inputs(rng.normal(size=(5, 3)), 2)


@known_mistake("These are the first columns: the first index counts rows, A[:n].")
def first_columns(A, n):
    return A[:, :n]


@known_mistake("There is one row too many: the stop of a slice is left out, so A[:n] has n rows.")
def one_row_too_many(A, n):
    return A[:n + 1]


@known_mistake("There is one row too few: A[:n] ends before row n, so it has n rows already.")
def one_row_too_few(A, n):
    return A[:n - 1]


@known_mistake("Row 0 is left out: rows are counted from 0.")
def counted_from_one(A, n):
    return A[1:n + 1]


@known_mistake("A single row is looked up, A[n]; a slice, A[:n], has all rows before it.")
def one_row(A, n):
    return A[n]


@known_mistake("These are the last rows; without a minus the slice begins at the top.")
def last_rows(A, n):
    return A[-n:]


@known_mistake("The rows are strung together to one axis; the answer has two.")
def strung_together(A, n):
    return A[:n].ravel()


@known_mistake("Each row has its first n columns only; all columns are asked for.")
def corner(A, n):
    return A[:n, :n]


@known_mistake("The number of rows is always 5; take n of them.")
def always_five(A, n):
    return A[:5]


@known_mistake("The rows come as columns; leave out the transpose.")
def transposed(A, n):
    return A[:n].T


@known_mistake("The rows are copied into an array of float64; they keep the dtype that A has.")
def always_floats(A, n):
    rows = np.zeros((n, A.shape[1]))
    rows[:] = A[:n]
    return rows


@known_mistake("The other rows are set to 0 in A itself, so the caller's data are lost.")
def overwrites_input(A, n):
    A[n:] = 0
    return A[:n]


@accepted_variant
def with_both_indices(A, n):
    return A[0:n, :].copy()


@accepted_variant
def with_a_list_of_indices(A, n):
    return np.take(A, range(n), axis=0) if n else A[:0]


@accepted_variant
def with_a_mask(A, n):
    return A[np.arange(len(A)) < n]


@accepted_variant
def with_a_loop(A, n):
    rows = np.empty((n, A.shape[1]), dtype=A.dtype)
    for i in range(n):
        rows[i] = A[i]
    return rows
