"""Hidden grader of `matmul_loops`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the product",)

PRODUCTS = ("@", "@=", ".dot", ".vdot", ".vecdot", ".matmul", ".__matmul__", ".einsum", ".inner", ".tensordot",
            ".multi_dot")


def reference(A, B):
    if np.ndim(A) != 2 or np.ndim(B) != 2 or np.shape(A)[1] != np.shape(B)[0]:
        raise ValueError(f"B has shape {np.shape(B)}, which does not fit A of shape {np.shape(A)}")
    # Submissions' code may ask for products too: keep them small.
    if np.size(A) * np.shape(B)[1] > 1_000_000:
        raise ValueError("A and B are too large")
    return tf.matmul(tf.constant(A, tf.float64), tf.constant(B, tf.float64)).numpy()


def test_any_sizes(student, rng):
    """the product of matrices whose three sizes differ, summed in loops of your own"""
    for n, k, m in [(2, 4, 3), (4, 3, 2), (3, 2, 5), (2, 3, 5), (5, 2, 3)]:
        student.matmul_loops.must_match(reference, rng.normal(size=(n, k)), rng.normal(size=(k, m)))
    student.matmul_loops.must_not_use(*PRODUCTS, because="Here the sums are yours to write, in loops.")


def test_square_matrices(student, rng):
    """square matrices, where no size tells rows from columns and AB is not BA"""
    for n in (2, 3):
        student.matmul_loops.must_match(reference, rng.normal(size=(n, n)), rng.normal(size=(n, n)))


def test_thin_matrices(student, rng):
    """rows, columns and single numbers, always as matrices"""
    for n, k, m in [(1, 3, 1), (3, 1, 2), (1, 2, 3), (3, 2, 1), (1, 1, 1)]:
        student.matmul_loops.must_match(reference, rng.normal(size=(n, k)), rng.normal(size=(k, m)))


def test_smallest_sizes(student, rng):
    """all sizes from 1 to 4"""
    @for_all(rng, *[st.integers(1, 4)] * 3, st.integers(0, 99), examples=30)
    def product_of_small_whole_numbers(n, k, m, seed):
        draw = np.random.default_rng(seed)
        student.matmul_loops.must_match(reference, draw.integers(-3, 4, (n, k)) / 2, draw.integers(-3, 4, (k, m)) / 2)


def test_whole_numbers(student, rng):
    """whole numbers give floats too, also when only one of the matrices has them"""
    student.matmul_loops.must_match(reference, rng.integers(-9, 9, size=(2, 3)), rng.normal(size=(3, 4)))
    student.matmul_loops.must_match(reference, rng.normal(size=(4, 2)), rng.integers(-9, 9, size=(2, 3)))
    student.matmul_loops.must_return(np.array([[19.0, 22.0], [43.0, 50.0]]),
                                     np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]]))


def test_shapes_that_do_not_fit(student, rng):
    """refuses matrices whose inner sizes differ, also when one of these sizes is 1"""
    for first, second in [((2, 3), (4, 2)), ((2, 3), (2, 3)), ((3, 2), (3, 2)), ((2, 1), (3, 4)), ((3, 4), (1, 2))]:
        student.matmul_loops.must_raise(ValueError, rng.normal(size=first), rng.normal(size=second), naming=("A", "B"))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.matmul_loops.must_keep_inputs(rng.normal(size=(3, 2)), rng.normal(size=(2, 4)))


@known_mistake("The product is right, but numpy's own: here the sums are yours to write, in three loops.")
def numpys_own_product(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"B has {B.shape[0]} rows, A has {A.shape[1]} columns")
    return (A @ B).astype(float)


@known_mistake("Each product replaces the sum so far, so the last one stands there: add with +=.")
def last_product_only(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] = A[i, p] * B[p, j]
    return C


@known_mistake("The sum goes on from element to element: set it back to 0 for every i and j.")
def sum_not_reset(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C, total = np.zeros((A.shape[0], B.shape[1])), 0.0
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                total += A[i, p] * B[p, j]
            C[i, j] = total
    return C


@known_mistake("The product is transposed: the row comes from A and the column from B.")
def transposed(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((B.shape[1], A.shape[0]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[j, i] += A[i, p] * B[p, j]
    return C


@known_mistake("B is read along its rows, B[j, p]: go down column j, B[p, j].")
def rows_of_both(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[j, p]
    return C


@known_mistake("A is read down its columns, A[p, i]: go along row i, A[i, p].")
def columns_of_both(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[p, i] * B[p, j]
    return C


@known_mistake("The inner loop runs over the rows of A; it has to run over the columns of A, which are as many as "
               "the rows of B.")
def inner_loop_over_rows(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[0]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@known_mistake("The inner loop ends one step early: range(k) leaves out k already.")
def last_product_missing(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1] - 1):
                C[i, j] += A[i, p] * B[p, j]
    return C


@known_mistake("The result has the shape of A: it has the rows of A and the columns of B.")
def shape_of_a(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros(A.shape)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@known_mistake("A * B multiplies element by element; that is the Hadamard product.")
def element_by_element(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    return 1.0 * A * B


@known_mistake("The factors are added; multiply A[i, p] by B[p, j], and add the products.")
def sum_of_sums(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] + B[p, j]
    return C


@known_mistake("The result takes its dtype from A: where A has whole numbers, fractions are cut off.")
def dtype_of_a(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]), dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@known_mistake("The result is an array of integers, so that fractions are cut off: np.zeros makes floats unless told "
               "otherwise.")
def integer_result(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]), dtype=int)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@known_mistake("Where B has more rows than A has columns, the rest of B is left out silently: compare the inner sizes "
               "first, with !=.")
def shapes_unchecked(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@known_mistake("Nothing compares the inner sizes, so that the loop over the rows of B leaves A: compare them first.")
def runs_out_of_a(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(B.shape[0]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@known_mistake("Matrices that do not fit give None: raise a ValueError, which nobody can overlook.")
def none_for_an_error(A, B):
    if A.shape[1] != B.shape[0]:
        return None
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@known_mistake("The products are collected in B, so the caller's data are lost.")
def overwrites_input(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    B[:] = C[0]
    return C


@accepted_variant
def with_a_sum(A, B):
    n, inner = A.shape
    if inner != len(B):
        raise ValueError(f"A has {inner} columns, but B has {len(B)} rows")
    C = np.empty((n, B.shape[1]))
    for i in range(n):
        for j in range(B.shape[1]):
            dot = 0
            for p in range(inner):
                dot += A[i, p] * B[p, j]
            C[i, j] = dot
    return C


@accepted_variant
def with_a_comprehension(A, B):
    if len(A[0]) != len(B):
        raise ValueError("the columns of A are not as many as the rows of B")
    return np.array([[float(sum(a * b for a, b in zip(row, column, strict=True))) for column in B.T] for row in A])


@accepted_variant
def sums_of_outer_products(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes of A and B differ")
    C = np.zeros((A.shape[0], B.shape[1]))
    for p in range(A.shape[1]):
        C += A[:, [p]] * B[[p], :]
    return C


@accepted_variant
def inner_loop_first(A, B):
    (n, k), (rows, m) = A.shape, B.shape
    if k != rows:
        raise ValueError(f"B has {rows} rows; A has {k} columns")
    C = np.zeros([n, m], dtype=np.float64)
    for p in range(k):
        for j in range(m):
            for i in range(n):
                C[i][j] += A[i][p] * B[p][j]
    return C


@accepted_variant
def while_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A does not fit B")
    C = np.zeros((A.shape[0], B.shape[1]))
    i = 0
    while i < A.shape[0]:
        j = 0
        while j < B.shape[1]:
            C[i, j] = np.sum(A[i, :] * B[:, j])
            j += 1
        i += 1
    return C
