"""Hidden grader of `column_range`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(A, start, stop):
    A = np.asarray(A)
    return tf.slice(tf.constant(A), (0, start), (A.shape[0], stop - start)).numpy()


def test_columns_within(student, rng):
    """columns start to stop - 1 with all their rows, of tall matrices and wide ones"""
    for rows, columns, start, stop in [(3, 7, 2, 4), (6, 5, 1, 4), (2, 9, 3, 8), (8, 6, 1, 3)]:
        student.column_range.must_match(reference, rng.normal(size=(rows, columns)), start, stop)


def test_from_the_first(student, rng):
    """from column 0 on, and all columns"""
    for rows, columns, stop in [(3, 4, 2), (5, 3, 2), (4, 3, 3)]:
        student.column_range.must_match(reference, rng.normal(size=(rows, columns)), 0, stop)


def test_to_the_last(student, rng):
    """to the last column"""
    for rows, columns, start in [(3, 4, 2), (5, 3, 1)]:
        student.column_range.must_match(reference, rng.normal(size=(rows, columns)), start, columns)


def test_one_column(student, rng):
    """a single column, and a single row: the answer keeps both axes"""
    for rows, columns, start, stop in [(3, 4, 1, 2), (4, 5, 4, 5), (1, 4, 1, 3), (1, 3, 2, 3)]:
        student.column_range.must_match(reference, rng.normal(size=(rows, columns)), start, stop)


def test_the_lectures_matrix(student):
    """two columns of the matrix with the rows [i, 3i, i * i]: whole numbers stay whole"""
    i = np.arange(1, 9)
    student.column_range.must_return(np.column_stack([3 * i, i * i]), np.column_stack([i, 3 * i, i * i]), 1, 3)


def test_no_column(student, rng):
    """no column at all, where stop is start: the shape is (n, 0)"""
    for rows, columns, start in [(3, 4, 2), (2, 5, 0)]:
        student.column_range.must_match(reference, rng.normal(size=(rows, columns)), start, start)


def test_inputs_untouched(student, rng):
    """leaves the matrix as it is"""
    student.column_range.must_keep_inputs(rng.normal(size=(4, 6)), 2, 5)


@known_mistake("These are rows: the second index counts columns, A[:, start:stop].")
def rows_for_columns(A, start, stop):
    return A[start:stop]


@known_mistake("Column stop is in the answer; it is the first one that is left out.")
def stop_included(A, start, stop):
    return A[:, start:stop + 1]


@known_mistake("The last column is missing: a slice leaves out its stop already, so stop needs no - 1.")
def one_column_too_few(A, start, stop):
    return A[:, start:stop - 1]


@known_mistake("Column start is missing; it is the first one of the answer.")
def start_left_out(A, start, stop):
    return A[:, start + 1:stop]


@known_mistake("The columns are counted from 1; numpy counts them from 0.")
def counted_from_one(A, start, stop):
    return A[:, start - 1:stop - 1]


@known_mistake("stop is taken for the number of columns; it is where they end.")
def stop_as_a_number(A, start, stop):
    return A[:, start:start + stop]


@known_mistake("All columns from start on are there, whatever stop says.")
def stop_ignored(A, start, stop):
    return A[:, start:]


@known_mistake("All columns before stop are there, whatever start says.")
def start_ignored(A, start, stop):
    return A[:, :stop]


@known_mistake("A comma picks two columns, start and stop - 1; a colon takes all from start to stop - 1.")
def ends_only(A, start, stop):
    return A[:, [start, stop - 1]]


@known_mistake("Rows are cut as well as columns; a colon alone, A[:, start:stop], takes all rows.")
def rows_cut_too(A, start, stop):
    return A[start:stop, start:stop]


@known_mistake("The columns come as rows: transpose the answer back.")
def transposed(A, start, stop):
    return A.T[start:stop]


@known_mistake("Where there is only one column or row, the answer loses an axis; leave out the squeeze.")
def axis_lost(A, start, stop):
    return A[:, start:stop].squeeze()


@known_mistake("The columns are copied into an array of float64; they keep the dtype that A has.")
def always_floats(A, start, stop):
    columns = np.zeros((len(A), stop - start))
    columns[:] = A[:, start:stop]
    return columns


@accepted_variant
def with_a_list_of_indices(A, start, stop):
    return A[:, list(range(start, stop))]


@accepted_variant
def through_the_transpose(A, start, stop):
    return A.T[start:stop].T


@accepted_variant
def with_column_stack(A, start, stop):
    return np.column_stack([A[:, :0], *(A[:, j] for j in range(start, stop))])


@accepted_variant
def with_loops(A, start, stop):
    columns = np.empty((A.shape[0], stop - start), A.dtype)
    for i in range(A.shape[0]):
        for j in range(start, stop):
            columns[i, j - start] = A[i, j]
    return columns
