"""Hidden grader of `half_mse_gradient`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the gradient",)


def reference(X, y, w):
    X, y, w = (tf.constant(array, tf.float64) for array in (X, y, w))
    y, w = tf.ensure_shape(y, X.shape[:1]), tf.ensure_shape(w, X.shape[1:])
    with tf.GradientTape() as tape:
        tape.watch(w)
        cost = tf.reduce_mean((tf.linalg.matvec(X, w) - y) ** 2) / 2
    return tape.gradient(cost, w).numpy()


def samples(rng, m, d):
    """Return X of m samples with a column of ones and d features, and y and w to go with it."""
    return np.column_stack([np.ones(m), rng.normal(size=(m, d))]), rng.normal(size=m), rng.normal(size=d + 1)


def test_several_features(student, rng):
    """all derivatives of the halved cost, for 1 to 5 features"""
    for m, d in [(3, 1), (4, 2), (10, 4), (30, 5)]:
        student.half_mse_gradient.must_match(reference, *samples(rng, m, d))


def test_few_samples(student, rng):
    """a single sample, and fewer samples than features"""
    for m, d in [(1, 2), (2, 3)]:
        student.half_mse_gradient.must_match(reference, *samples(rng, m, d))


def test_the_lectures_points(student):
    """the points (1, 3) and (2, 5), where the gradient is half of (3m + 2b - 8, 5m + 3b - 13)"""
    X, y = np.array([[1.0, 1.0], [1.0, 2.0]]), np.array([3.0, 5.0])
    for b, m in [(4.0, -1.0), (4.0, 0.0), (7.0, 5.0), (1.0, 2.0)]:
        expected = np.array([3 * m + 2 * b - 8, 5 * m + 3 * b - 13]) / 2
        student.half_mse_gradient.must_return(expected, X, y, np.array([b, m]))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.half_mse_gradient.must_keep_inputs(*samples(rng, 6, 2))


@known_mistake("The gradient is doubled: the derivative of a square brings a 2, which the half in the cost cancels.")
def doubled(X, y, w):
    return 2 * X.T @ (X @ w - y) / len(y)


@known_mistake("The half is taken twice: it cancels against the 2 of the square, so the factor is 1/m.")
def halved_again(X, y, w):
    return X.T @ (X @ w - y) / (2 * len(y))


@known_mistake("The sums are not divided by the number of samples: the factor is 1/m.")
def mean_missing(X, y, w):
    return X.T @ (X @ w - y)


@known_mistake("The signs are flipped: the error is X @ w - y, prediction minus target.")
def sign_flipped(X, y, w):
    return X.T @ (y - X @ w) / len(y)


@known_mistake("The sums are divided by the number of columns of X; m is the number of its rows, the samples.")
def divided_by_columns(X, y, w):
    return X.T @ (X @ w - y) / X.shape[1]


@known_mistake("The derivative with respect to the intercept w[0] is left at 0; its column in X, the ones, counts too.")
def intercept_left_out(X, y, w):
    gradient = X.T @ (X @ w - y) / len(y)
    gradient[0] = 0
    return gradient


@known_mistake("All entries are the mean error: each error is multiplied by its feature before the mean is taken.")
def errors_without_features(X, y, w):
    return np.full(X.shape[1], np.mean(X @ w - y))


@known_mistake("The products of feature and error are not added up: this is one row per sample, not the gradient.")
def products_not_added(X, y, w):
    return X * (X @ w - y)[:, None] / len(y)


@known_mistake("The targets are left out: this is the gradient for y = 0.")
def targets_left_out(X, y, w):
    return X.T @ (X @ w) / len(y)


@known_mistake("The errors are written into y, so the caller's data are lost.")
def overwrites_input(X, y, w):
    y -= X @ w
    return -(X.T @ y) / len(y)


@accepted_variant
def mean_over_samples(X, y, w):
    return np.mean((X @ w - y)[:, np.newaxis] * X, axis=0)


@accepted_variant
def with_columns(X, y, w):
    error = X.dot(w.reshape(-1, 1)) - y.reshape(-1, 1)
    return (X.T.dot(error) / X.shape[0]).ravel()


@accepted_variant
def one_derivative_after_another(X, y, w):
    error = X @ w - y
    return np.array([error @ X[:, j] / len(error) for j in range(X.shape[1])])


@accepted_variant
def multiplied_out(X, y, w):
    return (X.T @ X @ w - X.T @ y) / len(y)
