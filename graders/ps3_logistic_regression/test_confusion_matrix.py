"""Hidden grader of `confusion_matrix`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the matrix",)
WHOLE = (np.integer,)
# A student's code may call this with any number of classes, and the matrix has its square.
MOST_CLASSES = 500


def reference(y_true, y_pred, num_classes):
    if num_classes > MOST_CLASSES:
        raise ValueError(f"num_classes is larger than {MOST_CLASSES}")
    y_true, y_pred = tf.constant(y_true, tf.int64), tf.constant(y_pred, tf.int64)
    return tf.math.confusion_matrix(y_true, y_pred, num_classes, dtype=tf.int64).numpy()


def labels(rng, m, num_classes):
    """Return classes of m >= num_classes samples, all of which occur, and predictions that are often wrong."""
    y_true = rng.permutation(np.arange(m) % num_classes)
    return y_true, np.where(rng.random(m) < 0.6, y_true, rng.permutation(y_true))


def test_several_classes(student, rng):
    """counts of samples, actual classes in rows and predicted ones in columns, for 2 to 5 classes"""
    for m, num_classes in [(6, 3), (9, 2), (20, 4), (60, 5)]:
        y_true, y_pred = labels(rng, m, num_classes)
        # At least one pair is not symmetric.
        y_true, y_pred = np.append(y_true, [1, 1, 1]), np.append(y_pred, [0, 0, 0])
        student.confusion_matrix.must_match(reference, y_true, y_pred, num_classes, dtypes=WHOLE)


def test_the_lectures_report(student, rng):
    """the 300 test pictures of the lecture's three classes, in any order"""
    expected = np.array([[95, 2, 3], [10, 71, 19], [12, 23, 65]])
    pairs = rng.permutation(np.repeat(np.arange(9), expected.ravel()))
    student.confusion_matrix.must_return(expected, pairs // 3, pairs % 3, 3, dtypes=WHOLE)


def test_classes_that_do_not_occur(student):
    """classes without a sample, without a prediction, or without both, have rows and columns all the same"""
    for y_true, y_pred in [([0, 2, 4, 2], [2, 2, 4, 0]), ([0, 1, 1], [1, 0, 1]), ([0, 0, 1], [0, 4, 4]),
                           ([3, 4, 3], [0, 0, 0])]:
        student.confusion_matrix.must_match(reference, np.array(y_true), np.array(y_pred), 5, dtypes=WHOLE)


def test_large_counts(student):
    """one pair more often than 8 bits can count"""
    none = np.zeros(300, dtype=int)
    student.confusion_matrix.must_match(reference, none + 1, none, 2, dtypes=WHOLE)


def test_one_sample(student):
    """a single sample, and a single class"""
    student.confusion_matrix.must_match(reference, np.array([2]), np.array([0]), 3, dtypes=WHOLE)
    student.confusion_matrix.must_match(reference, np.array([0, 0, 0, 0]), np.array([0, 0, 0, 0]), 1, dtypes=WHOLE)


def test_no_samples(student):
    """no samples: zeros"""
    none = np.array([], dtype=int)
    student.confusion_matrix.must_match(reference, none, none, 3, dtypes=WHOLE)


def sums(confusion_matrix, y_true, y_pred, num_classes):
    cm = confusion_matrix(y_true, y_pred, num_classes)
    return {
        "the row sums": cm.sum(axis=1),
        "the column sums": cm.sum(axis=0),
        "the sum of the diagonal": int(np.trace(cm)),
    }


def test_sums(student, rng):
    """rows add up to the samples of a class, columns to its predictions, the diagonal to the right answers"""
    pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)

    @for_all(rng, pairs, st.integers(4, 6), examples=20)
    def add_up(pairs, num_classes):
        y_true, y_pred = np.array(pairs).T
        student.confusion_matrix.must_match(reference, y_true, y_pred, num_classes, through=sums, dtypes=WHOLE)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.confusion_matrix.must_keep_inputs(*labels(rng, 8, 3), 3)


@known_mistake("Rows and columns have changed places: rows are the actual classes, columns the predicted ones.")
def transposed(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(cm, (y_pred, y_true), 1)
    return cm


@known_mistake("No pair counts more than once: `cm[y_true, y_pred] += 1` adds to each cell once, however often it is "
               "named. np.add.at adds every time.")
def pairs_counted_once(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), dtype=int)
    cm[y_true, y_pred] += 1
    return cm


@known_mistake("The rows are divided by their sums: the matrix holds counts.")
def shares_of_rows(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes))
    np.add.at(cm, (y_true, y_pred), 1)
    return cm / np.maximum(cm.sum(axis=1, keepdims=True), 1)


@known_mistake("The matrix is divided by the number of samples: it holds counts.")
def shares_of_all(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes))
    np.add.at(cm, (y_true, y_pred), 1)
    return cm / max(len(y_true), 1)


@known_mistake("The counts are right, but they are floats: make the array with dtype=int.")
def floats(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes))
    np.add.at(cm, (y_true, y_pred), 1)
    return cm


@known_mistake("The size is taken from the largest label: with num_classes, classes that do not occur count too.")
def size_of_largest_label(y_true, y_pred, num_classes):
    size = int(np.max(np.concatenate([y_true, y_pred]), initial=-1)) + 1
    cm = np.zeros((size, size), dtype=int)
    np.add.at(cm, (y_true, y_pred), 1)
    return cm


@known_mistake("Only classes that occur have a row and a column: there are num_classes of each.")
def classes_that_occur_only(y_true, y_pred, num_classes):
    kinds = np.unique(np.concatenate([y_true, y_pred]))
    return np.array([[np.sum((y_true == i) & (y_pred == j)) for j in kinds] for i in kinds],
                    dtype=int).reshape(len(kinds), len(kinds))


@known_mistake("Only right answers are counted: what was taken for something else belongs off the diagonal.")
def diagonal_only(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), dtype=int)
    for k in range(num_classes):
        cm[k, k] = np.sum((y_true == k) & (y_pred == k))
    return cm


@known_mistake("Right answers are left out: they are counted on the diagonal.")
def errors_only(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), dtype=int)
    wrong = y_true != y_pred
    np.add.at(cm, (y_true[wrong], y_pred[wrong]), 1)
    return cm


@known_mistake("The classes are counted from 1; they go from 0 to num_classes - 1.")
def counted_from_1(y_true, y_pred, num_classes):
    kinds = range(1, num_classes + 1)
    return np.array([[np.sum((y_true == i) & (y_pred == j)) for j in kinds] for i in kinds], dtype=int)


@known_mistake("The pairs are numbered in y_true, so the caller's data are lost.")
def overwrites_input(y_true, y_pred, num_classes):
    y_true *= num_classes
    y_true += y_pred
    return np.bincount(y_true, minlength=num_classes**2).reshape(num_classes, num_classes)


@accepted_variant
def with_a_loop(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), dtype=int)
    for actual, predicted in zip(y_true, y_pred, strict=True):
        cm[actual, predicted] += 1
    return cm


@accepted_variant
def with_bincount(y_true, y_pred, num_classes):
    pairs = y_true * num_classes + y_pred
    return np.bincount(pairs, minlength=num_classes**2).reshape(num_classes, num_classes)


@accepted_variant
def with_one_hot(y_true, y_pred, num_classes):
    eye = np.eye(num_classes, dtype=int)
    return eye[y_true].T @ eye[y_pred]


@accepted_variant
def cell_by_cell(y_true, y_pred, num_classes):
    cm = np.zeros((num_classes, num_classes), dtype=np.int32)
    for i in range(num_classes):
        for j in range(num_classes):
            cm[i, j] = np.count_nonzero((y_true == i) & (y_pred == j))
    return cm


EQUIVALENT_MUTANTS = {
    "for actual, predicted in zip(y_true, y_pred, strict=True):  ->  "
    "for actual, predicted in zip(y_true, y_pred, strict=False):":
        "there are as many predictions as samples",
}
