"""Hidden grader of `normal_equation`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("w",)


def reference(X, y):
    X, y = tf.constant(X, tf.float64), tf.constant(y, tf.float64)
    # fast=False: of all best weights those of smallest norm, also where columns depend on each other.
    return tf.linalg.lstsq(X, y[:, None], fast=False)[:, 0].numpy()


def design_matrix(rng, m, d):
    """Return m samples with a column of ones and d features."""
    return np.column_stack([np.ones(m), rng.normal(size=(m, d))])


def test_several_features(student, rng):
    """the weights of least squared error, for 1 to 5 features"""
    for m, d in [(4, 1), (6, 2), (12, 4), (30, 5)]:
        student.normal_equation.must_match(reference, design_matrix(rng, m, d), rng.normal(size=m))


def test_exact_data(student, rng):
    """the very weights that the targets were made with"""
    for m, d in [(5, 1), (9, 3)]:
        X, w = design_matrix(rng, m, d), rng.normal(size=d + 1)
        student.normal_equation.must_return(w, X, X @ w)


def test_no_column_of_ones(student, rng):
    """uses X as it is: where it has no column of ones, there is no intercept"""
    student.normal_equation.must_match(reference, rng.normal(size=(7, 2)), 3 + rng.normal(size=7))


def test_repeated_column(student, rng):
    """a feature that stands in X twice: X.T @ X has no inverse, and the smallest of all best weights are meant"""
    # Whole numbers, so that X.T @ X is exactly singular.
    for m in (5, 8):
        size, age = rng.permutation(np.arange(4.0, 4 + m)), rng.permutation(np.arange(-2.0, m - 2))
        student.normal_equation.must_match(reference, np.column_stack([np.ones(m), size, age, size]),
                                           rng.normal(size=m))


def test_more_columns_than_rows(student, rng):
    """fewer samples than weights: many weights fit exactly, and the smallest of them are meant"""
    for m, d in [(2, 2), (3, 5)]:
        student.normal_equation.must_match(reference, design_matrix(rng, m, d), rng.normal(size=m))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.normal_equation.must_keep_inputs(design_matrix(rng, 6, 2), rng.normal(size=6))


@known_mistake("X.T @ X has no inverse when a column repeats another: use np.linalg.pinv or np.linalg.lstsq.")
def inverse_of_singular(X, y):
    return np.linalg.inv(X.T @ X) @ X.T @ y


@known_mistake("A small number on the diagonal makes X.T @ X invertible but changes the weights: use pinv or lstsq.")
def small_ridge(X, y):
    return np.linalg.solve(X.T @ X + 1e-3 * np.eye(X.shape[1]), X.T @ y)


@known_mistake("Columns that depend on others got the weight 0: that fits equally well, "
               "but of all best weights those of smallest norm are meant.")
def zero_for_dependent_columns(X, y):
    kept = []
    for j in range(X.shape[1]):
        if np.linalg.matrix_rank(X[:, [*kept, j]]) > len(kept):
            kept.append(j)
    w = np.zeros(X.shape[1])
    w[kept] = np.linalg.pinv(X[:, kept]) @ y
    return w


@known_mistake("The column of ones is dropped and the intercept left at 0: X[:, 0] is a column like any other.")
def intercept_left_out(X, y):
    return np.concatenate([[0.0], np.linalg.pinv(X[:, 1:]) @ y])


@known_mistake("A column of ones is added, but X is used as it is: where an intercept is meant, it has that column.")
def ones_added(X, y):
    return np.linalg.pinv(np.column_stack([np.ones(len(y)), X])) @ y


@known_mistake("np.linalg.lstsq returns four things: the weights are the first, `[0]`.")
def whole_answer_of_lstsq(X, y):
    return np.linalg.lstsq(X, y, rcond=None)


@known_mistake("The inverse of X.T @ X is missing: X.T @ y alone is the right side of the normal equation.")
def right_side_only(X, y):
    return X.T @ y


@known_mistake("The weights come as a column (d + 1, 1); the shape asked for is (d + 1,).")
def column_of_weights(X, y):
    return np.linalg.pinv(X) @ y.reshape(-1, 1)


@known_mistake("X is scaled in place, so the caller's data are lost.")
def scales_input(X, y):
    scale = np.abs(X).max()
    X /= scale
    return np.linalg.pinv(X) @ y / scale


@accepted_variant
def pseudo_inverse_of_the_product(X, y):
    return np.linalg.pinv(X.T @ X) @ X.T @ y


@accepted_variant
def pseudo_inverse_of_the_data(X, y):
    return np.linalg.pinv(X).dot(y)


@accepted_variant
def least_squares(X, y):
    w, _, _, _ = np.linalg.lstsq(X, y, rcond=None)
    return w


@accepted_variant
def singular_values(X, y):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    kept = s > 1e-10 * s[0]
    return Vt[kept].T @ ((U[:, kept].T @ y) / s[kept])
