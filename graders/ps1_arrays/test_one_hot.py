"""Hidden grader of `one_hot`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the rows (samples, classes)",)
NUMBERS = (np.integer, np.floating)


def reference(labels, num_classes):
    # Submissions' code may ask for rows too: keep it small.
    if np.size(labels) * num_classes > 1_000_000:
        raise ValueError("labels and num_classes are too large")
    if np.size(labels) and not 0 <= np.min(labels) <= np.max(labels) < num_classes:
        raise ValueError(f"labels must lie between 0 and {num_classes - 1}")
    return tf.one_hot(tf.constant(labels, tf.int64), num_classes, dtype=tf.float64).numpy()


def test_any_number_of_labels(student, rng):
    """a row with a single one for every label, for 2 to 30 labels of 2 to 10 classes"""
    for m, num_classes in [(3, 2), (2, 4), (5, 3), (30, 10)]:
        labels = np.append(rng.integers(0, num_classes, size=m - 1), num_classes - 1)
        student.one_hot.must_match(reference, rng.permutation(labels), num_classes, dtypes=NUMBERS)


def test_classes_without_labels(student, rng):
    """a class that does not occur has its column all the same, also the last ones"""
    for labels, num_classes in [([0, 1], 4), ([2, 2, 2], 5), ([0], 3), ([1, 3, 3, 1], 6)]:
        student.one_hot.must_match(reference, rng.permutation(labels), num_classes, dtypes=NUMBERS)


def test_as_many_labels_as_classes(student, rng):
    """as many labels as classes: rows belong to labels, columns to classes"""
    for labels in ([1, 2, 0], [3, 0, 0, 1], [4, 0, 2, 1, 3]):
        student.one_hot.must_match(reference, np.array(labels), len(labels), dtypes=NUMBERS)


def test_single_labels_and_classes(student):
    """one label only, or one class only"""
    for labels, num_classes in [([2], 3), ([0, 0, 0], 1), ([0], 1)]:
        student.one_hot.must_match(reference, np.array(labels), num_classes, dtypes=NUMBERS)


def test_no_labels(student):
    """no labels give no rows, but all columns"""
    for num_classes in (3, 7):
        student.one_hot.must_match(reference, np.array([], dtype=int), num_classes, dtypes=NUMBERS)


def test_labels_too_large(student, rng):
    """refuses a label that is not below num_classes"""
    # By what comes first, with a negative label besides, checks of one end are told from no check.
    for labels, num_classes in [([-1, 0, 4], 3), ([5, 0, 1, 1], 2), ([0, 3], 3), ([1], 1)]:
        student.one_hot.must_raise(ValueError, rng.permutation(labels), num_classes, naming=("labels", "num_classes"))


def test_negative_labels(student, rng):
    """refuses a negative label, which would quietly become one of the last classes"""
    for labels, num_classes in [([-1, 0, 4], 3), ([0, -1, 1], 3), ([2, 2, 0, -3], 4), ([-1], 1)]:
        student.one_hot.must_raise(ValueError, rng.permutation(labels), num_classes, naming=("labels", "num_classes"))


def test_other_whole_numbers(student, rng):
    """labels of other integer types, as data sets come with them"""
    for dtype in (np.uint8, np.int32):
        student.one_hot.must_match(reference, rng.integers(0, 4, size=6).astype(dtype), 5, dtypes=NUMBERS)


def test_inputs_untouched(student, rng):
    """leaves the labels as they are, and works with ones that must not be written to"""
    student.one_hot.must_keep_inputs(rng.integers(0, 4, size=6), 4)
    labels = rng.integers(0, 4, size=9)
    labels.flags.writeable = False
    student.one_hot.must_match(reference, labels[::-2], 4, dtypes=NUMBERS)


@known_mistake("The array is transposed: every label has a row, every class a column.")
def transposed(labels, num_classes):
    if np.any((labels < 0) | (labels >= num_classes)):
        raise ValueError("labels must be below num_classes")
    return np.eye(num_classes)[:, labels]


@known_mistake("The ones stand one place too far to the left, as if the classes were counted from 1; "
               "label 0 belongs to column 0.")
def counted_from_one(labels, num_classes):
    if np.any((labels < 0) | (labels >= num_classes)):
        raise ValueError("labels must be below num_classes")
    return np.eye(num_classes)[labels.astype(int) - 1]


@known_mistake("Negative labels go through: -1 counts from the end and becomes the last class.")
def negative_labels_wrap(labels, num_classes):
    if np.any(labels >= num_classes):
        raise ValueError("labels must be below num_classes")
    return np.eye(num_classes)[labels]


@known_mistake("Labels of num_classes and more go through: check both ends.")
def large_labels_unchecked(labels, num_classes):
    if np.any(labels < 0):
        raise ValueError("labels must not be negative")
    return (labels[:, None] == np.arange(num_classes)).astype(float)


@known_mistake("The label num_classes itself goes through: the largest label is num_classes - 1, since the first is 0.")
def one_label_too_many(labels, num_classes):
    if np.any((labels < 0) | (labels > num_classes)):
        raise ValueError("labels must be below num_classes")
    return (labels[:, None] == np.arange(num_classes)).astype(float)


@known_mistake("Labels out of range get a row of zeros; refuse them with a ValueError.")
def zeros_for_wrong_labels(labels, num_classes):
    return (labels[:, None] == np.arange(num_classes)).astype(float)


@known_mistake("The range is left to numpy, which raises IndexError for a large label and takes a negative one: "
               "check the labels and raise ValueError.")
def left_to_numpy(labels, num_classes):
    return np.eye(num_classes)[labels]


@known_mistake("Labels out of range are moved into it; refuse them with a ValueError.")
def wrong_labels_moved(labels, num_classes):
    return np.eye(num_classes)[np.clip(labels, 0, num_classes - 1)]


@known_mistake("The number of columns comes from the largest label; num_classes says how many there are.")
def columns_from_labels(labels, num_classes):
    if np.any((labels < 0) | (labels >= num_classes)):
        raise ValueError("labels must be below num_classes")
    return np.eye(int(labels.max(initial=0)) + 1)[labels]


@known_mistake("`rows[:, labels] = 1` sets the columns of all labels in every row; each row has its own column: "
               "rows[np.arange(m), labels] = 1.")
def whole_columns(labels, num_classes):
    if np.any((labels < 0) | (labels >= num_classes)):
        raise ValueError("labels must be below num_classes")
    rows = np.zeros((len(labels), num_classes))
    rows[:, labels] = 1
    return rows


@known_mistake("The labels are returned as a column of floats; each becomes a row of num_classes numbers.")
def column_of_labels(labels, num_classes):
    if np.any((labels < 0) | (labels >= num_classes)):
        raise ValueError("labels must be below num_classes")
    return labels[:, None].astype(float)


@known_mistake("The rows hold the label instead of a one: label 2 would weigh twice as much as label 1.")
def label_for_one(labels, num_classes):
    if np.any((labels < 0) | (labels >= num_classes)):
        raise ValueError("labels must be below num_classes")
    return np.eye(num_classes)[labels] * labels[:, None]


@known_mistake("Ones and zeros are exchanged: the single one stands at the label's place.")
def zero_for_one(labels, num_classes):
    if np.any((labels < 0) | (labels >= num_classes)):
        raise ValueError("labels must be below num_classes")
    return 1 - np.eye(num_classes)[labels]


@known_mistake("The smallest and the largest label are asked for even where there are none: no labels give no rows.")
def labels_expected(labels, num_classes):
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError("labels must be below num_classes")
    return np.eye(num_classes)[labels]


@accepted_variant
def with_a_loop(labels, num_classes):
    rows = np.zeros((len(labels), num_classes))
    for i, label in enumerate(labels):
        if label < 0 or label >= num_classes:
            raise ValueError(f"labels[{i}] is {label}, but num_classes is {num_classes}")
        rows[i, label] = 1
    return rows


@accepted_variant
def rows_of_the_identity(labels, num_classes):
    if labels.size and (labels.min() < 0 or labels.max() > num_classes - 1):
        raise ValueError("num_classes is too small for these labels")
    return np.eye(num_classes)[labels]


@accepted_variant
def with_integers(labels, num_classes):
    if not np.all(np.isin(labels, range(num_classes))):
        raise ValueError("labels: out of range")
    rows = np.zeros((labels.shape[0], num_classes), dtype=int)
    rows[np.arange(labels.shape[0]), labels] = 1
    return rows


_MESSAGE = "raise ValueError(f'labels must lie between 0 and num_classes - 1 = {{{}}}')"
EQUIVALENT_MUTANTS = {
    f"{_MESSAGE.format('num_classes - 1')}  ->  {_MESSAGE.format(changed)}": "only the number in the message differs"
    for changed in ("num_classes - 2", "num_classes - 0", "num_classes + 1", "num_classes / 1", "num_classes // 1",
                    "num_classes % 1", "num_classes * 1", "num_classes ** 1", "1 - num_classes")
}
