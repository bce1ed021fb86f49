"""Hidden grader of `softmax_cross_entropy_gradient`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the gradient",)


def reference(logits, y_true):
    logits = tf.constant(logits, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.constant(y_true, tf.int64), logits=logits))
    return tape.gradient(loss, logits).numpy()


def labels(rng, m, K):
    """Return m class numbers, in no order; with enough samples, every class occurs."""
    return rng.permutation(np.arange(m) % K)


def test_any_batch(student, rng):
    """the gradient of the mean loss for several samples and classes, as GradientTape has it"""
    for m, K in [(2, 3), (5, 2), (4, 4), (3, 7), (20, 5)]:
        student.softmax_cross_entropy_gradient.must_match(reference, rng.normal(scale=2, size=(m, K)),
                                                          labels(rng, m, K))


def test_one_sample(student, rng):
    """one sample: its probabilities, with 1 subtracted at its class"""
    for K in (2, 5):
        student.softmax_cross_entropy_gradient.must_match(reference, rng.normal(size=(1, K)), rng.integers(K, size=1))


def test_classes_that_do_not_occur(student, rng):
    """labels that are all the same, and more classes than samples"""
    student.softmax_cross_entropy_gradient.must_match(reference, rng.normal(size=(4, 3)), np.full(4, 2))
    student.softmax_cross_entropy_gradient.must_match(reference, rng.normal(size=(2, 6)), np.array([5, 3]))


def test_scores_at_thousands(student, rng):
    """scores at thousands, up and down: no overflow and no warning"""
    for loc, scale, (m, K) in [(1000, 1, (2, 3)), (-3000, 1, (3, 2)), (0, 3000, (6, 4))]:
        student.softmax_cross_entropy_gradient.must_match(reference, rng.normal(loc, scale, size=(m, K)),
                                                          labels(rng, m, K), quiet=True)


def test_equal_scores(student):
    """equal scores: every class has the probability 1/K"""
    gradient = np.array([[-3.0, 1, 1, 1], [1, 1, -3, 1]]) / 8
    student.softmax_cross_entropy_gradient.must_return(gradient, np.zeros((2, 4)), np.array([0, 2]))


def test_one_class(student, rng):
    """one class only: nothing can be learned, and the gradient is 0"""
    student.softmax_cross_entropy_gradient.must_match(reference, rng.normal(size=(3, 1)), np.zeros(3, np.int64))


def test_integers(student, rng):
    """whole numbers as scores give fractions too"""
    student.softmax_cross_entropy_gradient.must_match(reference, rng.integers(-3, 4, size=(4, 3)), labels(rng, 4, 3))


def read_only(array):
    array.flags.writeable = False
    return array


def test_views(student, rng):
    """arrays that are read-only, laid out by columns or every other row of a larger one"""
    logits, y_true = rng.normal(size=(6, 4)), labels(rng, 6, 4)
    for arguments in [(logits[::2], y_true[::2]), (np.asfortranarray(logits), y_true.copy()),
                      (read_only(logits), read_only(y_true))]:
        student.softmax_cross_entropy_gradient.must_match(reference, *arguments)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.softmax_cross_entropy_gradient.must_keep_inputs(rng.normal(size=(4, 3)), labels(rng, 4, 3))


@known_mistake("1/m is missing: this is the gradient of the sum of the losses, not of their mean.")
def gradient_of_the_sum(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y_true)), y_true] -= 1
    return p


@known_mistake("The gradient is divided by the number of classes; the mean is over the m samples.")
def divided_by_classes(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y_true)), y_true] -= 1
    return p / logits.shape[1]


@known_mistake("The gradient is divided by the number of its elements; the mean is over the m samples only.")
def divided_by_elements(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y_true)), y_true] -= 1
    return p / p.size


@known_mistake("The sign is turned around: the one-hot labels are subtracted from the probabilities.")
def sign_flipped(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (np.eye(logits.shape[1])[y_true] - p) / len(y_true)


@known_mistake("The softmax is missing: the labels are subtracted from the probabilities, not from the scores.")
def softmax_forgotten(logits, y_true):
    return (logits - np.eye(logits.shape[1])[y_true]) / len(y_true)


@known_mistake("The softmax is applied twice: logits are the scores, and one softmax makes them probabilities.")
def softmax_applied_twice(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = np.exp(p / p.sum(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y_true)), y_true] -= 1
    return p / len(y_true)


@known_mistake("p[:, y_true] -= 1 subtracts in whole columns; pair row i with label i: p[np.arange(m), y_true] -= 1.")
def whole_columns(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[:, y_true] -= 1
    return p / len(y_true)


@known_mistake("The class numbers are subtracted from the probabilities; subtract the one-hot rows.")
def class_numbers_subtracted(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (p - y_true[:, np.newaxis]) / len(y_true)


@known_mistake("These are the probabilities divided by m: the one-hot labels have yet to be subtracted.")
def labels_forgotten(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return p / len(y_true)


@known_mistake("The labels are taken as if they began at 1; they begin at 0.")
def labels_from_1(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y_true)), y_true - 1] -= 1
    return p / len(y_true)


@known_mistake("The 1 is subtracted after the division by m: subtract it first, then divide.")
def divided_too_early(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p /= len(y_true)
    p[np.arange(len(y_true)), y_true] -= 1
    return p


@known_mistake("Only the entry of the label's class is filled, with p - 1; the other classes have the gradient p.")
def label_entries_only(logits, y_true):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    one_hot = np.eye(logits.shape[1])[y_true]
    return one_hot * (p - 1) / len(y_true)


@known_mistake("The softmax runs down the columns; a sample is a row: use axis=-1.")
def softmax_of_columns(logits, y_true):
    p = np.exp(logits - logits.max(axis=0))
    p /= p.sum(axis=0)
    p[np.arange(len(y_true)), y_true] -= 1
    return p / len(y_true)


@known_mistake("exp overflows at thousands: subtract each row's maximum first, as softmax does.")
def without_shift(logits, y_true):
    p = np.exp(logits)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y_true)), y_true] -= 1
    return p / len(y_true)


@known_mistake("The work is done in the array of the scores, so that the caller's logits are lost.")
def overwrites_input(logits, y_true):
    p = logits if logits.dtype.kind == "f" else logits.astype(float)
    p -= p.max(axis=1, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y_true)), y_true] -= 1
    return p / len(y_true)


@accepted_variant
def with_one_hot_rows(logits, y_true):
    m, K = logits.shape
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    p = powers / np.sum(powers, axis=1, keepdims=True)
    return (p - np.eye(K)[y_true]) / m


@accepted_variant
def sample_by_sample(logits, y_true):
    gradient = np.zeros(logits.shape)
    for i, label in enumerate(y_true):
        powers = np.exp(logits[i] - max(logits[i]))
        gradient[i] = powers / sum(powers)
        gradient[i, label] -= 1
    return gradient / len(y_true)


@accepted_variant
def with_a_comparison(logits, y_true):
    powers = np.exp(logits - logits.max(1)[:, None])
    one_hot = (y_true[:, None] == np.arange(logits.shape[1])).astype(float)
    return powers / powers.sum(1)[:, None] / len(logits) - one_hot / len(logits)


@accepted_variant
def with_the_jacobian(logits, y_true):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    jacobian = np.eye(p.shape[1]) - p[:, :, None]
    return -jacobian[np.arange(len(p)), :, y_true] / len(p)
