"""Hidden grader of `half_mse_cost`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(X, y, w):
    X, y, w = (tf.constant(array, tf.float64) for array in (X, y, w))
    y, w = tf.ensure_shape(y, X.shape[:1]), tf.ensure_shape(w, X.shape[1:])
    return float(tf.reduce_sum((tf.linalg.matvec(X, w) - y) ** 2) / (2 * X.shape[0]))


def samples(rng, m, d):
    """Return X of m samples with a column of ones and d features, and y and w to go with it."""
    return np.column_stack([np.ones(m), rng.normal(size=(m, d))]), rng.normal(size=m), rng.normal(size=d + 1)


def test_several_features(student, rng):
    """half of the mean squared error, for 1 to 5 features"""
    for m, d in [(3, 1), (4, 2), (10, 4), (30, 5)]:
        student.half_mse_cost.must_match(reference, *samples(rng, m, d))


def test_few_samples(student, rng):
    """a single sample, and fewer samples than features"""
    for m, d in [(1, 2), (2, 3)]:
        student.half_mse_cost.must_match(reference, *samples(rng, m, d))


def test_the_eight_houses(student):
    """the eight houses, with three lines of the lecture"""
    size = np.array([0.2, 1, 2, 3, 5, 7, 10, 9])
    price = np.array([0.2, 1.8, 4, 7, 11, 12, 13, 14])
    for cost, w in [(10.79365, [0.92, 0.7]), (4.364626, [1.2, 0.98]), (47.7396125, [2.83, 2.85])]:
        student.half_mse_cost.must_return(cost, np.column_stack([np.ones(8), size]), price, np.array(w))


def test_perfect_predictions(student, rng):
    """no error at all costs 0"""
    X, _, w = samples(rng, 6, 3)
    student.half_mse_cost.must_match(reference, X, X @ w, w)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.half_mse_cost.must_keep_inputs(*samples(rng, 6, 2))


@known_mistake("The half is missing: the sum of the squared errors is divided by 2m, not by m.")
def half_missing(X, y, w):
    error = X @ w - y
    return float(error @ error / len(y))


@known_mistake("The sum is halved but not divided by the number of samples m.")
def mean_missing(X, y, w):
    error = X @ w - y
    return float(error @ error / 2)


@known_mistake("The sum is multiplied by m, as by `0.5 * m *` or `/ 2 * m`, and the cost is m**2 times too large: "
               "write `/ (2 * m)`.")
def multiplied_by_m(X, y, w):
    error = X @ w - y
    return float(error @ error / 2 * len(y))


@known_mistake("The sum is divided by the number of columns of X; m is the number of its rows, the samples.")
def divided_by_columns(X, y, w):
    error = X @ w - y
    return float(error @ error / (2 * X.shape[1]))


@known_mistake("The intercept w[0] is left out: X has a column of ones for it, so X @ w is the prediction.")
def intercept_left_out(X, y, w):
    error = X[:, 1:] @ w[1:] - y
    return float(error @ error / (2 * len(y)))


@known_mistake("The errors are added before they are squared, so that positive and negative ones cancel.")
def squared_sum(X, y, w):
    return float(np.sum(X @ w - y) ** 2 / (2 * len(y)))


@known_mistake("The errors are not squared but taken without their sign.")
def absolute_errors(X, y, w):
    return float(np.sum(np.abs(X @ w - y)) / (2 * len(y)))


@known_mistake("The errors are written into y, so the caller's data are lost.")
def overwrites_input(X, y, w):
    y -= X @ w
    return float(y @ y / (2 * len(y)))


@accepted_variant
def half_of_the_mean(X, y, w):
    return np.mean((np.dot(X, w) - y) ** 2) / 2


@accepted_variant
def with_columns(X, y, w):
    m = X.shape[0]
    error = X @ w.reshape(-1, 1) - y.reshape(-1, 1)
    return (error.T @ error / (2 * m)).item()


@accepted_variant
def with_einsum(X, y, w):
    error = np.einsum("ij,j->i", X, w) - y
    return np.einsum("i,i->", error, error) / len(X) / 2


@accepted_variant
def with_a_norm(X, y, w):
    return 0.5 / len(y) * np.linalg.norm(y - np.sum(X * w, axis=1)) ** 2


EQUIVALENT_MUTANTS = {
    "error = X @ w - y  ->  error = y - X @ w":
        "the error is squared: its sign does not matter",
}
