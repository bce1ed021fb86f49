"""Hidden grader of `hadamard`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the product",)


def reference(A, B):
    if np.shape(A) != np.shape(B):
        raise ValueError(f"B has shape {np.shape(B)}, but A has shape {np.shape(A)}")
    dtype = np.result_type(A, B)
    return tf.multiply(tf.constant(A, dtype), tf.constant(B, dtype)).numpy()


def pair(rng, first, second=None):
    """Return two arrays of these shapes, or of the same shape."""
    return rng.normal(size=first), rng.normal(size=second or first)


def test_any_matrices(student, rng):
    """the products of elements in the same place, for tall matrices, wide ones and square ones"""
    for shape in [(2, 3), (4, 2), (3, 3), (1, 4), (5, 1)]:
        student.hadamard.must_match(reference, *pair(rng, shape))


def test_other_numbers_of_axes(student, rng):
    """vectors, and arrays of three axes"""
    for shape in [(4,), (1,), (2, 3, 4)]:
        student.hadamard.must_match(reference, *pair(rng, shape))


def test_whole_numbers(student, rng):
    """whole numbers, alone or together with fractions"""
    student.hadamard.must_return(np.array([[5, 12], [21, 32]]), np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]]),
                                 dtypes=(np.integer, np.floating))
    student.hadamard.must_match(reference, rng.integers(-9, 9, size=(2, 3)), rng.normal(size=(2, 3)))
    student.hadamard.must_match(reference, rng.normal(size=(3, 2)), rng.integers(-9, 9, size=(3, 2)))


def test_shapes_that_broadcast(student, rng):
    """refuses shapes that differ although numpy would broadcast them"""
    for first, second in [((4, 3), (1, 3)), ((3, 4), (3, 1)), ((2, 1), (1, 2)), ((3,), (3, 1)), ((1, 1), (2, 3)),
                          ((4,), (3, 4)), ((2, 3, 4), (2, 3, 1)), ((2, 3, 1), (2, 3, 4))]:
        student.hadamard.must_raise(ValueError, *pair(rng, first, second), naming=("A", "B"))


def test_shapes_that_do_not_fit(student, rng):
    """refuses shapes that do not fit, also with as many elements, and names the arguments"""
    for first, second in [((2, 3), (3, 2)), ((2, 4), (2, 3)), ((3, 2), (2, 2)), ((2, 6), (3, 4))]:
        student.hadamard.must_raise(ValueError, *pair(rng, first, second), naming=("A", "B"))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.hadamard.must_keep_inputs(*pair(rng, (3, 2)))


@known_mistake("The elements are added; multiply them.")
def added(A, B):
    if A.shape != B.shape:
        raise ValueError("A and B must have the same shape")
    return A + B


@known_mistake("The elements are divided; multiply them.")
def divided(A, B):
    if A.shape != B.shape:
        raise ValueError("A and B must have the same shape")
    return A / B


@known_mistake("This is the matrix product; the Hadamard product is written A * B.")
def matrix_product(A, B):
    if A.shape != B.shape:
        raise ValueError("A and B must have the same shape")
    return A @ B


@known_mistake("The products are added up; the answer keeps them all, each in its place.")
def added_up(A, B):
    if A.shape != B.shape:
        raise ValueError("A and B must have the same shape")
    return np.sum(A * B)


@known_mistake("B is not used: this is A with itself.")
def a_squared(A, B):
    if A.shape != B.shape:
        raise ValueError("A and B must have the same shape")
    return A * A


@known_mistake("Shapes that differ go through: numpy stretches an axis of length 1 until they fit.")
def shapes_unchecked(A, B):
    return A * B


@known_mistake("Only the rows are counted, as len does it: compare the whole shapes, or a column is stretched.")
def rows_counted_only(A, B):
    if len(A) != len(B):
        raise ValueError("A and B must have the same length")
    return A * B


@known_mistake("Only the numbers of elements are compared: (2, 1) and (1, 2) have as many, and become (2, 2).")
def sizes_compared_only(A, B):
    if A.size != B.size:
        raise ValueError("A and B must have the same size")
    return A * B


@known_mistake("Shapes that differ give None: raise a ValueError, which nobody can overlook.")
def none_for_an_error(A, B):
    return A * B if A.shape == B.shape else None


@known_mistake("The products take their dtype from A: where A has whole numbers, fractions are cut off.")
def dtype_of_a(A, B):
    if A.shape != B.shape:
        raise ValueError("A and B must have the same shape")
    C = np.zeros(A.shape, dtype=A.dtype)
    C[...] = A * B
    return C


@known_mistake("The products are written into A, so the caller's data are lost.")
def overwrites_input(A, B):
    if A.shape != B.shape:
        raise ValueError("A and B must have the same shape")
    A *= B
    return A


@accepted_variant
def with_loops(A, B):
    if A.shape != B.shape:
        raise ValueError(f"A has shape {A.shape} and B has shape {B.shape}")
    C = np.zeros(A.shape)
    for index in np.ndindex(A.shape):
        C[index] = A[index] * B[index]
    return C


@accepted_variant
def with_multiply(A, B):
    if not np.array_equal(np.shape(A), np.shape(B)):
        raise ValueError("A and B differ in shape")
    return np.multiply(A, B)


@accepted_variant
def with_einsum(A, B):
    if A.ndim != B.ndim or any(a != b for a, b in zip(A.shape, B.shape, strict=True)):
        raise ValueError("A does not have the shape of B")
    return np.einsum("...,...->...", A, B)
