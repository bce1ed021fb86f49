"""Hidden grader of `predict_proba`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(X, w):
    X, w = tf.constant(X, tf.float64), tf.constant(w, tf.float64)
    return keras.activations.sigmoid(tf.linalg.matvec(X, tf.ensure_shape(w, X.shape[1:]))).numpy()


def samples(rng, m, d):
    """Return X of m samples with a column of ones and d features, and w to go with it."""
    return np.column_stack([np.ones(m), rng.normal(size=(m, d))]), rng.normal(size=d + 1)


def test_several_features(student, rng):
    """the probability of class 1 for every sample, for 1 to 5 features"""
    for m, d in [(5, 1), (4, 2), (2, 4), (20, 5)]:
        student.predict_proba.must_match(reference, *samples(rng, m, d))


def test_far_out(student):
    """scores far from the boundary: probabilities as near to 0 and 1 as the sigmoid has them"""
    X = np.array([[1.0, 40.0], [1.0, -40.0], [1.0, -60.0], [1.0, 60.0]])
    student.predict_proba.must_match(reference, X, np.array([0.5, 1.0]))


def test_one_sample(student, rng):
    """a single sample: the answer has shape (1,)"""
    student.predict_proba.must_match(reference, *samples(rng, 1, 3))


def test_known_probabilities(student):
    """1/2 on the boundary, and 3/4 and 1/4 where X @ w is ln 3 and -ln 3"""
    X = np.array([[1.0, 1.0, 2.0], [1.0, 3.0, 0.0], [1.0, 3.0, 1.0], [1.0, 0.0, 2.0], [1.0, -1.0, 4.0]])
    student.predict_proba.must_return(np.array([0.5, 0.5, 0.75, 0.25, 0.5]), X, np.log(3) * np.array([-3.0, 1.0, 1.0]))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.predict_proba.must_keep_inputs(*samples(rng, 5, 2))


@known_mistake("The sigmoid is missing: X @ w is any number, the probability is its sigmoid.")
def sigmoid_forgotten(X, w):
    return X @ w


@known_mistake("This is the probability of class 0: the sigmoid takes X @ w with its own sign.")
def sign_flipped(X, w):
    return 1 / (1 + np.exp(X @ w))


@known_mistake("These are classes already: return the probabilities, without a threshold.")
def classes(X, w):
    return (X @ w >= 0).astype(float)


@known_mistake("The probabilities are rounded: return them as they are.")
def rounded(X, w):
    return np.round(1 / (1 + np.exp(-(X @ w))), 2)


@known_mistake("The answer is a column, (m, 1): return shape (m,).")
def as_a_column(X, w):
    return 1 / (1 + np.exp(-(X @ w.reshape(-1, 1))))


@known_mistake("There is one column for each class: return the probability of class 1 only, shape (m,).")
def both_classes(X, w):
    p = 1 / (1 + np.exp(-(X @ w)))
    return np.column_stack([1 - p, p])


@known_mistake("The intercept w[0] is left out: it belongs to the column of ones.")
def intercept_left_out(X, w):
    return 1 / (1 + np.exp(-(X[:, 1:] @ w[1:])))


@known_mistake("A column of ones is added, but X has it already.")
def ones_added(X, w):
    X = np.column_stack([np.ones(len(X)), X])
    return 1 / (1 + np.exp(-(X @ w)))


@accepted_variant
def written_out(X, w):
    return 1 / (1 + np.exp(-X.dot(w)))


@accepted_variant
def with_a_loop(X, w):
    return np.array([0.5 + 0.5 * np.tanh(sum(w[j] * row[j] for j in range(len(w))) / 2) for row in X])


@accepted_variant
def intercept_apart(X, w):
    z = w[0] * X[:, 0] + np.einsum("mj,j->m", X[:, 1:], w[1:])
    return np.exp(z) / (1 + np.exp(z))
