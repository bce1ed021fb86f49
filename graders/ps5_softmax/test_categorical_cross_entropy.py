"""Hidden grader of `categorical_cross_entropy`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the array of losses",)

# Adding 1e-7 to a probability instead of clipping it moves a loss by some 1e-7; right programs differ by 1e-15.
TIGHT = {"rtol": 1e-10, "atol": 1e-12}


def reference(y_true, y_pred):
    y_pred = tf.constant(y_pred, tf.float64)
    y_true = tf.ensure_shape(tf.constant(y_true, tf.float64), y_pred.shape)
    return -tf.reduce_sum(y_true * tf.math.log(tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)), axis=-1).numpy()


def keras_loss(y_true, y_pred):
    """Keras divides y_pred by its sum first, which changes nothing where that is 1."""
    return keras.losses.categorical_crossentropy(
        tf.constant(y_true, tf.float64), tf.constant(y_pred, tf.float64)).numpy()


def distributions(rng, m, K):
    """Return m rows of K probabilities, none of them near 0 or 1."""
    rows = rng.uniform(0.2, 1.0, size=(m, K))
    return rows / rows.sum(axis=1, keepdims=True)


def one_hot_rows(rng, m, K):
    """Return m rows with a single 1, in no order; with enough rows, every class occurs."""
    return np.eye(K)[rng.permutation(np.arange(m) % K)]


def test_one_loss_per_sample(student, rng):
    """one-hot labels: one loss for every sample"""
    for m, K in [(2, 3), (4, 2), (3, 3), (12, 5)]:
        student.categorical_cross_entropy.must_match(reference, one_hot_rows(rng, m, K), distributions(rng, m, K),
                                                     **TIGHT)


def test_probabilities_as_labels(student, rng):
    """labels that are probabilities themselves, such as 0.7 and 0.3"""
    for m, K in [(2, 2), (5, 3), (3, 4)]:
        student.categorical_cross_entropy.must_match(reference, distributions(rng, m, K), distributions(rng, m, K),
                                                     **TIGHT)


def test_as_keras(student, rng):
    """the values of Keras's own loss, for one-hot labels and others, probabilities of 0 and 1 included"""
    y_pred = np.vstack([distributions(rng, 3, 4), np.eye(4)])
    for y_true in (one_hot_rows(rng, 7, 4), distributions(rng, 7, 4)):
        student.categorical_cross_entropy.must_match(keras_loss, y_true, y_pred, **TIGHT)


def test_the_lectures_example(student):
    """the lecture's two samples: -ln 0.95 and -ln 0.1"""
    y_true = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    y_pred = np.array([[0.04, 0.95, 0.01], [0.1, 0.8, 0.1]])
    student.categorical_cross_entropy.must_return(np.array([0.05129329438755058, 2.302585092994046]), y_true, y_pred,
                                                  **TIGHT)


def test_certain_predictions(student):
    """probabilities of exactly 0 and 1: clipped at 1e-7 and 1 - 1e-7, without a warning"""
    y_true, y_pred = np.eye(3)[[0, 1, 2, 2]], np.eye(3)[[0, 1, 0, 1]]
    right, wrong = -np.log(1 - 1e-7), -np.log(1e-7)
    student.categorical_cross_entropy.must_return(np.array([right, right, wrong, wrong]), y_true, y_pred, quiet=True,
                                                  **TIGHT)


def test_thin_batches(student, rng):
    """one sample still gives an array; with one class only the loss is 1e-7, from the clipping"""
    student.categorical_cross_entropy.must_match(reference, one_hot_rows(rng, 1, 4), distributions(rng, 1, 4), **TIGHT)
    student.categorical_cross_entropy.must_match(reference, np.ones((3, 1)), np.ones((3, 1)), **TIGHT)


def test_integers(student, rng):
    """one-hot labels of whole numbers"""
    student.categorical_cross_entropy.must_match(reference, one_hot_rows(rng, 5, 3).astype(np.int64),
                                                 distributions(rng, 5, 3), **TIGHT)


def read_only(array):
    array.flags.writeable = False
    return array


def test_views(student, rng):
    """arrays that are read-only, laid out by columns or every other row of a larger one"""
    y_true, y_pred = one_hot_rows(rng, 6, 3), distributions(rng, 6, 3)
    for arguments in [(y_true[::2], y_pred[::2]), (np.asfortranarray(y_true), np.asfortranarray(y_pred)),
                      (read_only(y_true), read_only(y_pred))]:
        student.categorical_cross_entropy.must_match(reference, *arguments, **TIGHT)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.categorical_cross_entropy.must_keep_inputs(one_hot_rows(rng, 4, 3), np.eye(3)[[0, 1, 0, 2]])
    student.categorical_cross_entropy.must_keep_inputs(distributions(rng, 4, 3), distributions(rng, 4, 3))


@known_mistake("This is the mean over the samples; one loss for each of them is asked for.")
def mean_of_losses(y_true, y_pred):
    return float(np.mean(-np.sum(y_true * np.log(np.clip(y_pred, 1e-7, 1 - 1e-7)), axis=-1)))


@known_mistake("The minus is missing: logarithms of probabilities are negative, and a loss is positive.")
def minus_missing(y_true, y_pred):
    return np.sum(y_true * np.log(np.clip(y_pred, 1e-7, 1 - 1e-7)), axis=-1)


@known_mistake("A probability of 0 has no logarithm: clip y_pred to [1e-7, 1 - 1e-7] first.")
def without_clipping(y_true, y_pred):
    return -np.sum(y_true * np.log(y_pred), axis=-1)


@known_mistake("y_pred is clipped below only; clip it at 1 - 1e-7 too.")
def clipped_below_only(y_true, y_pred):
    return -np.sum(y_true * np.log(np.maximum(y_pred, 1e-7)), axis=-1)


@known_mistake("1e-7 is added to every probability, which changes all of them; clip instead: np.clip.")
def small_number_added(y_true, y_pred):
    return -np.sum(y_true * np.log(y_pred + 1e-7), axis=-1)


@known_mistake("The logarithm is the one to base 2; use the natural one, np.log.")
def base_2(y_true, y_pred):
    return -np.sum(y_true * np.log2(np.clip(y_pred, 1e-7, 1 - 1e-7)), axis=-1)


@known_mistake("The sum goes over the samples, down the columns; sum over the classes: axis=-1.")
def summed_over_samples(y_true, y_pred):
    return -np.sum(y_true * np.log(np.clip(y_pred, 1e-7, 1 - 1e-7)), axis=0)


@known_mistake("The terms of a sample are averaged over the classes; add them up.")
def mean_over_classes(y_true, y_pred):
    return -np.mean(y_true * np.log(np.clip(y_pred, 1e-7, 1 - 1e-7)), axis=-1)


@known_mistake("The terms are not added up: every sample has one loss, the sum over its classes.")
def terms_only(y_true, y_pred):
    return -y_true * np.log(np.clip(y_pred, 1e-7, 1 - 1e-7))


@known_mistake("Softmax is applied to y_pred, which holds probabilities already.")
def softmax_applied_twice(y_true, y_pred):
    powers = np.exp(y_pred)
    return -np.sum(y_true * np.log(powers / powers.sum(axis=-1, keepdims=True)), axis=-1)


@known_mistake("Only the likeliest class of a label counts here; in a label like (0.7, 0.3) every class counts.")
def likeliest_class_only(y_true, y_pred):
    safe = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return -np.log(safe[np.arange(len(safe)), np.argmax(y_true, axis=-1)])


@known_mistake("The labels are swapped with the predictions: the logarithm is taken of y_pred.")
def swapped_arguments(y_true, y_pred):
    return -np.sum(y_pred * np.log(np.clip(y_true, 1e-7, 1 - 1e-7)), axis=-1)


@known_mistake("This is the binary cross-entropy, summed over the classes; (1 - y) ln(1 - p) is not part of this loss.")
def binary_terms_added(y_true, y_pred):
    safe = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return -np.sum(y_true * np.log(safe) + (1 - y_true) * np.log(1 - safe), axis=-1)


@known_mistake("The losses come as a column (m, 1); the shape asked for is (m,).")
def column_of_losses(y_true, y_pred):
    return -np.sum(y_true * np.log(np.clip(y_pred, 1e-7, 1 - 1e-7)), axis=-1, keepdims=True)


@known_mistake("y_pred is clipped in place, so the caller's probabilities are changed.")
def clips_input(y_true, y_pred):
    np.clip(y_pred, 1e-7, 1 - 1e-7, out=y_pred)
    return -np.sum(y_true * np.log(y_pred), axis=-1)


@accepted_variant
def with_a_loop(y_true, y_pred):
    losses = np.zeros(len(y_true))
    for i in range(len(y_true)):
        for k in range(y_true.shape[1]):
            p = min(max(y_pred[i, k], 1e-7), 1 - 1e-7)
            losses[i] -= y_true[i, k] * np.log(p)
    return losses


@accepted_variant
def with_einsum(y_true, y_pred):
    return np.einsum("mk,mk->m", y_true, -np.log(np.clip(y_pred, 1e-7, 1 - 1e-7)))


@accepted_variant
def with_a_product(y_true, y_pred):
    safe = np.minimum(np.maximum(y_pred, 1e-7), 1 - 1e-7)
    return -np.diag(y_true @ np.log(safe).T)


@accepted_variant
def classes_one_by_one(y_true, y_pred):
    return sum(-t * np.log(p.clip(1e-7, 1 - 1e-7)) for t, p in zip(y_true.T, y_pred.T, strict=True))


EQUIVALENT_MUTANTS = {
    "return -np.sum(y_true * np.log(safe), axis=-1)  ->  return -np.sum(y_true * np.log(safe), axis=1)":
        "the labels have two axes: the last one is number 1",
    "return -np.sum(y_true * np.log(safe), axis=-1)  ->  return -np.sum(y_true * np.log(safe), axis=+1)":
        "the labels have two axes: the last one is number 1",
    "safe = np.clip(np.asarray(y_pred, dtype=np.float64), 1e-07, 1 - 1e-07)  ->  "
    "safe = np.clip(1e-07, np.asarray(y_pred, dtype=np.float64), 1 - 1e-07)":
        "the larger of 1e-7 and y_pred, whichever is named first",
}
