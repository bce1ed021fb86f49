"""Hidden grader of `sparse_categorical_cross_entropy`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the array of losses",)

# Adding 1e-7 to a probability instead of clipping it moves a loss by some 1e-7; right programs differ by 1e-15.
TIGHT = {"rtol": 1e-10, "atol": 1e-12}


def reference(y_true, y_pred):
    chosen = tf.gather(tf.constant(y_pred, tf.float64), tf.constant(y_true, tf.int64), batch_dims=1)
    return -tf.math.log(tf.clip_by_value(chosen, 1e-7, 1 - 1e-7)).numpy()


def keras_loss(y_true, y_pred):
    """Keras normalises the clipped row again, which changes nothing where no probability is clipped."""
    return keras.losses.sparse_categorical_crossentropy(
        tf.constant(y_true, tf.int64), tf.constant(y_pred, tf.float64)).numpy()


def distributions(rng, m, K):
    """Return m rows of K probabilities, none of them near 0 or 1."""
    rows = rng.uniform(0.2, 1.0, size=(m, K))
    return rows / rows.sum(axis=1, keepdims=True)


def labels(rng, m, K):
    """Return m class numbers, in no order; with enough samples, every class occurs."""
    return rng.permutation(np.arange(m) % K)


def test_one_loss_per_sample(student, rng):
    """class numbers as labels: one loss for every sample"""
    for m, K in [(2, 3), (4, 2), (3, 3), (12, 5)]:
        student.sparse_categorical_cross_entropy.must_match(reference, labels(rng, m, K), distributions(rng, m, K),
                                                            **TIGHT)


def test_as_keras(student, rng):
    """the values of Keras's own loss"""
    for m, K in [(5, 3), (4, 7)]:
        student.sparse_categorical_cross_entropy.must_match(keras_loss, labels(rng, m, K), distributions(rng, m, K),
                                                            **TIGHT)


def test_the_lectures_example(student):
    """the lecture's two samples: -ln 0.95 and -ln 0.1"""
    y_pred = np.array([[0.04, 0.95, 0.01], [0.1, 0.8, 0.1]])
    student.sparse_categorical_cross_entropy.must_return(np.array([0.05129329438755058, 2.302585092994046]),
                                                         np.array([1, 2]), y_pred, **TIGHT)


def test_certain_predictions(student):
    """probabilities of exactly 0 and 1: clipped at 1e-7 and 1 - 1e-7, without a warning"""
    right, wrong = -np.log(1 - 1e-7), -np.log(1e-7)
    student.sparse_categorical_cross_entropy.must_return(
        np.array([right, right, wrong, wrong]), np.array([0, 1, 2, 2]), np.eye(3)[[0, 1, 0, 1]], quiet=True, **TIGHT)


def test_classes_that_do_not_occur(student, rng):
    """labels that are all the same, and more classes than samples"""
    student.sparse_categorical_cross_entropy.must_match(reference, np.full(4, 2), distributions(rng, 4, 3), **TIGHT)
    student.sparse_categorical_cross_entropy.must_match(reference, np.array([5, 3]), distributions(rng, 2, 7), **TIGHT)


def test_thin_batches(student, rng):
    """one sample still gives an array; with one class only the loss is 1e-7, from the clipping"""
    student.sparse_categorical_cross_entropy.must_match(reference, np.array([2]), distributions(rng, 1, 4), **TIGHT)
    student.sparse_categorical_cross_entropy.must_match(reference, np.zeros(3, np.int64), np.ones((3, 1)), **TIGHT)


def read_only(array):
    array.flags.writeable = False
    return array


def test_views(student, rng):
    """arrays that are read-only, laid out by columns or every other row of a larger one"""
    y_true, y_pred = labels(rng, 6, 3), distributions(rng, 6, 3)
    for arguments in [(y_true[::2], y_pred[::2]), (y_true.copy(), np.asfortranarray(y_pred)),
                      (read_only(y_true), read_only(y_pred))]:
        student.sparse_categorical_cross_entropy.must_match(reference, *arguments, **TIGHT)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.sparse_categorical_cross_entropy.must_keep_inputs(labels(rng, 4, 3), np.eye(3)[[0, 1, 0, 2]])
    student.sparse_categorical_cross_entropy.must_keep_inputs(labels(rng, 4, 3), distributions(rng, 4, 3))


@known_mistake("This is the mean over the samples; one loss for each of them is asked for.")
def mean_of_losses(y_true, y_pred):
    chosen = y_pred[np.arange(len(y_true)), y_true]
    return float(np.mean(-np.log(np.clip(chosen, 1e-7, 1 - 1e-7))))


@known_mistake("The minus is missing: logarithms of probabilities are negative, and a loss is positive.")
def minus_missing(y_true, y_pred):
    chosen = y_pred[np.arange(len(y_true)), y_true]
    return np.log(np.clip(chosen, 1e-7, 1 - 1e-7))


@known_mistake("A probability of 0 has no logarithm: clip it to [1e-7, 1 - 1e-7] first.")
def without_clipping(y_true, y_pred):
    return -np.log(y_pred[np.arange(len(y_true)), y_true])


@known_mistake("The probability is clipped below only; clip it at 1 - 1e-7 too.")
def clipped_below_only(y_true, y_pred):
    return -np.log(np.maximum(y_pred[np.arange(len(y_true)), y_true], 1e-7))


@known_mistake("1e-7 is added to every probability, which changes all of them; clip instead: np.clip.")
def small_number_added(y_true, y_pred):
    return -np.log(y_pred[np.arange(len(y_true)), y_true] + 1e-7)


@known_mistake("The logarithm is the one to base 2; use the natural one, np.log.")
def base_2(y_true, y_pred):
    chosen = y_pred[np.arange(len(y_true)), y_true]
    return -np.log2(np.clip(chosen, 1e-7, 1 - 1e-7))


@known_mistake("y_pred[:, y_true] takes every sample's column from all rows; pair row i with label i: "
               "y_pred[np.arange(m), y_true].")
def all_pairs(y_true, y_pred):
    return -np.log(np.clip(y_pred[:, y_true], 1e-7, 1 - 1e-7))


@known_mistake("The label chooses the row and the sample the column; it is the other way round.")
def rows_for_columns(y_true, y_pred):
    chosen = y_pred[y_true, np.arange(len(y_true))]
    return -np.log(np.clip(chosen, 1e-7, 1 - 1e-7))


@known_mistake("The probability of class 0 is taken for every sample; its label says which one counts.")
def always_class_0(y_true, y_pred):
    return -np.log(np.clip(y_pred[:, 0], 1e-7, 1 - 1e-7))


@known_mistake("The largest probability is taken, whatever the label says.")
def largest_probability(y_true, y_pred):
    return -np.log(np.clip(np.max(y_pred, axis=1), 1e-7, 1 - 1e-7))


@known_mistake("The labels are taken as if they began at 1; they begin at 0.")
def labels_from_1(y_true, y_pred):
    chosen = y_pred[np.arange(len(y_true)), y_true - 1]
    return -np.log(np.clip(chosen, 1e-7, 1 - 1e-7))


@known_mistake("The logarithms of all classes are added up; only the one of the label's class counts.")
def all_classes(y_true, y_pred):
    return -np.sum(np.log(np.clip(y_pred, 1e-7, 1 - 1e-7)), axis=1)


@known_mistake("The class number multiplies the logarithms, as in the one-hot form; here it chooses one of them.")
def label_as_a_factor(y_true, y_pred):
    return -np.sum(y_true[:, np.newaxis] * np.log(np.clip(y_pred, 1e-7, 1 - 1e-7)), axis=1)


@known_mistake("Softmax is applied to y_pred, which holds probabilities already.")
def softmax_applied_twice(y_true, y_pred):
    powers = np.exp(y_pred)
    p = powers / powers.sum(axis=-1, keepdims=True)
    return -np.log(p[np.arange(len(y_true)), y_true])


@known_mistake("The losses come as a column (m, 1); the shape asked for is (m,).")
def column_of_losses(y_true, y_pred):
    chosen = np.take_along_axis(y_pred, y_true[:, np.newaxis], axis=1)
    return -np.log(np.clip(chosen, 1e-7, 1 - 1e-7))


@known_mistake("y_pred is clipped in place, so the caller's probabilities are changed.")
def clips_input(y_true, y_pred):
    np.clip(y_pred, 1e-7, 1 - 1e-7, out=y_pred)
    return -np.log(y_pred[np.arange(len(y_true)), y_true])


@accepted_variant
def with_a_loop(y_true, y_pred):
    losses = []
    for label, row in zip(y_true, y_pred, strict=True):
        losses.append(-np.log(min(max(row[label], 1e-7), 1 - 1e-7)))
    return np.array(losses)


@accepted_variant
def with_one_hot_rows(y_true, y_pred):
    one_hot = np.eye(y_pred.shape[1])[y_true]
    return -(one_hot * np.log(y_pred.clip(1e-7, 1 - 1e-7))).sum(axis=1)


@accepted_variant
def along_an_axis(y_true, y_pred):
    safe = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return -np.log(np.take_along_axis(safe, y_true.reshape(-1, 1), axis=1)).ravel()


@accepted_variant
def with_a_mask(y_true, y_pred):
    # One True in every row, so that the rows stay in their order.
    mask = y_true[:, None] == np.arange(y_pred.shape[1])
    return -np.log(np.clip(y_pred[mask], 1e-7, 1 - 1e-7))


EQUIVALENT_MUTANTS = {
    "return -np.log(np.clip(chosen, 1e-07, 1 - 1e-07))  ->  return -np.log(np.clip(1e-07, chosen, 1 - 1e-07))":
        "the larger of 1e-7 and the probability, whichever is named first",
}
