"""Hidden grader of `logistic_gradient`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the gradient",)


def reference(X, y, w):
    X, y, w = (tf.constant(array, tf.float64) for array in (X, y, w))
    y, w = tf.ensure_shape(y, X.shape[:1]), tf.ensure_shape(w, X.shape[1:])
    with tf.GradientTape() as tape:
        tape.watch(w)
        # From X @ w, without the sigmoid's rounding to 0 or 1 in between.
        cost = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, tf.linalg.matvec(X, w)))
    return tape.gradient(cost, w).numpy()


def samples(rng, m, d):
    """Return X of m samples with a column of ones and d features, and y and w to go with it."""
    X = np.column_stack([np.ones(m), rng.normal(size=(m, d))])
    return X, rng.permutation(np.arange(m) % 2).astype(float), rng.normal(size=d + 1)


def test_several_features(student, rng):
    """all derivatives of the mean cross-entropy, for 1 to 5 features"""
    for m, d in [(3, 1), (4, 2), (10, 4), (30, 5)]:
        student.logistic_gradient.must_match(reference, *samples(rng, m, d))


def test_without_a_loop(student, rng):
    """no loop of Python's"""
    student.logistic_gradient.must_match(reference, *samples(rng, 5, 2))
    student.logistic_gradient.must_not_use("for", "while", "map(", "sum(",
                                           because="One product with X.T adds up over the samples.")


def test_few_samples(student, rng):
    """a single sample of either class, and fewer samples than features"""
    X, _, w = samples(rng, 1, 2)
    for kind in (1.0, 0.0):
        student.logistic_gradient.must_match(reference, X, np.array([kind]), w)
    student.logistic_gradient.must_match(reference, *samples(rng, 2, 4))


def test_known_gradients(student):
    """at w = 0, where all probabilities are 1/2, and where they are 3/4 and 1/4"""
    X, y = np.array([[1.0, 2.0], [1.0, 4.0]]), np.array([1.0, 0.0])
    student.logistic_gradient.must_return(np.array([0.0, 0.5]), X, y, np.zeros(2))
    student.logistic_gradient.must_return(np.array([0.5, 1.25]), X, np.zeros(2), np.log(3) * np.array([3.0, -1.0]))


def test_far_out(student):
    """probabilities that are 0 and 1 to the last digit, right ones and wrong ones"""
    X = np.array([[1.0, 60.0, -3.0], [1.0, -90.0, 2.0], [1.0, 200.0, 7.0], [1.0, -300.0, 5.0]])
    for y in ([1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]):
        student.logistic_gradient.must_match(reference, X, np.array(y), np.array([0.5, 1.0, 0.25]))


def test_whole_numbers(student, rng):
    """classes as integers"""
    X, y, w = samples(rng, 7, 2)
    student.logistic_gradient.must_match(reference, X, y.astype(int), w)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.logistic_gradient.must_keep_inputs(*samples(rng, 6, 2))


@known_mistake("The sums are not divided by the number of samples: the factor is 1/m.")
def mean_missing(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return X.T @ (p - y)


@known_mistake("The gradient is doubled: the factor 2 belongs to the mean squared error; here it is 1/m alone.")
def doubled(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return 2 * X.T @ (p - y) / len(y)


@known_mistake("The gradient is halved: the factor is 1/m, not 1/(2m).")
def halved(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return X.T @ (p - y) / (2 * len(y))


@known_mistake("The signs are flipped: the error is the probability minus the class.")
def sign_flipped(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return X.T @ (y - p) / len(y)


@known_mistake("The sigmoid is missing: X @ w - y is the error of linear regression, sigmoid(X @ w) - y the one here.")
def sigmoid_forgotten(X, y, w):
    return X.T @ (X @ w - y) / len(y)


@known_mistake("The sigmoid's slope p * (1 - p) is left in: that is the gradient of a squared error; "
               "with cross-entropy the slope cancels.")
def slope_left_in(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return X.T @ ((p - y) * p * (1 - p)) / len(y)


@known_mistake("The slope p * (1 - p) is divided out of itself, which is 0/0 where p is 0 or 1: "
               "the error is p - y, without any division.")
def slope_not_cancelled(X, y, w):
    p = 1 / (1 + np.exp(-(X @ w)))
    return X.T @ ((p - y) / (p * (1 - p)) * (p * (1 - p))) / len(y)


@known_mistake("The errors are taken from classes: use the probabilities, without a threshold.")
def classes_for_probabilities(X, y, w):
    return X.T @ ((X @ w >= 0) - y) / len(y)


@known_mistake("The sums are divided by the number of columns of X; m is the number of its rows, the samples.")
def divided_by_columns(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return X.T @ (p - y) / X.shape[1]


@known_mistake("The derivative with respect to the intercept w[0] is left at 0; its column in X, the ones, counts too.")
def intercept_left_out(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    gradient = X.T @ (p - y) / len(y)
    gradient[0] = 0
    return gradient


@known_mistake("All entries are the mean error: each error is multiplied by its feature before the mean is taken.")
def errors_without_features(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return np.full(X.shape[1], np.mean(p - y))


@known_mistake("The products of feature and error are not added up: this is one row per sample, not the gradient.")
def products_not_added(X, y, w):
    p = 0.5 * (1 + np.tanh(X @ w / 2))
    return X * (p - y)[:, None] / len(y)


@known_mistake("The errors are written into y, so the caller's data are lost.")
def overwrites_input(X, y, w):
    y -= 0.5 * (1 + np.tanh(X @ w / 2))
    return -(X.T @ y) / len(y)


@accepted_variant
def mean_over_samples(X, y, w):
    p = 1 / (1 + np.exp(-(X @ w)))
    return np.mean((p - y)[:, np.newaxis] * X, axis=0)


@accepted_variant
def with_columns(X, y, w):
    p = 1 / (1 + np.exp(-X.dot(w.reshape(-1, 1))))
    return (X.T.dot(p - y.reshape(-1, 1)) / X.shape[0]).ravel()


@accepted_variant
def with_einsum(X, y, w):
    z = np.einsum("mj,j->m", X, w)
    small = np.exp(-np.abs(z))
    error = np.where(z >= 0, 1.0, small) / (1 + small) - y
    return np.einsum("mj,m->j", X, error) / len(X)
