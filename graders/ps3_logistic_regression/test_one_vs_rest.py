"""Hidden grader of `one_vs_rest`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

# Booleans are no numbers.
NUMBERS = (np.integer, np.floating)


def reference(labels, k):
    labels = tf.constant(labels, tf.int64)
    return tf.cast(tf.equal(labels, tf.constant(k, tf.int64)), tf.int64).numpy()


def classes(rng, m, num_classes):
    """Return the classes of m >= num_classes samples, in any order; each class occurs."""
    return rng.permutation(np.arange(m) % num_classes)


def test_several_classes(student, rng):
    """1 for samples of class k, 0 for all others, for 3 to 10 classes"""
    for m, num_classes, k in [(5, 3, 2), (8, 4, 1), (40, 10, 7)]:
        student.one_vs_rest.must_match(reference, classes(rng, m, num_classes), k, dtypes=NUMBERS)


def test_every_class(student, rng):
    """each class in its turn, the first and the last included"""
    for k in (1, 2, 3, 0):
        student.one_vs_rest.must_match(reference, classes(rng, 9, 4), k, dtypes=NUMBERS)


def test_one_sided(student):
    """zeros where no sample is of class k, ones where all are"""
    for labels, k in [([0, 2, 1], 3), ([2, 2, 2, 2], 2), ([0, 0], 0), ([4], 4), ([4], 1)]:
        student.one_vs_rest.must_match(reference, np.array(labels), k, dtypes=NUMBERS)


def test_no_samples(student):
    """no samples: the answer is empty"""
    student.one_vs_rest.must_match(reference, np.array([], dtype=int), 1, dtypes=NUMBERS)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.one_vs_rest.must_keep_inputs(classes(rng, 7, 3), 2)


@known_mistake("0 and 1 have changed places: 1 is for samples of class k.")
def the_rest_is_1(labels, k):
    return (labels != k).astype(int)


@known_mistake("The comparison gives booleans: turn them into numbers, with `.astype(int)` for example.")
def booleans(labels, k):
    return labels == k


@known_mistake("Samples of class k keep their number k: they become 1.")
def k_for_1(labels, k):
    return np.where(labels == k, k, 0)


@known_mistake("These are the positions of the samples of class k: return one 0 or 1 for each sample.")
def positions(labels, k):
    return np.flatnonzero(labels == k)


@known_mistake("All classes from k upwards become 1: only class k does.")
def k_and_above(labels, k):
    return (labels >= k).astype(int)


@known_mistake("Samples of class 1 stay 1 although k is another class: first k was replaced by 1, "
               "then all that is not 1 by 0. Do both in one comparison.")
def replaced_in_two_steps(labels, k):
    answer = labels.copy()
    answer[answer == k] = 1
    answer[answer != 1] = 0
    return answer


@known_mistake("The rest is -1 here; it is 0.")
def minus_one(labels, k):
    return np.where(labels == k, 1, -1)


@known_mistake("The argument k is ignored: the answer is always about class 1.")
def always_class_1(labels, k):
    return (labels == 1).astype(int)


@known_mistake("The answer is written into labels, so the caller's classes are lost.")
def overwrites_input(labels, k):
    labels[:] = labels == k
    return labels


@accepted_variant
def with_where(labels, k):
    return np.where(labels == k, 1, 0)


@accepted_variant
def as_floats(labels, k):
    answer = np.zeros(len(labels))
    answer[labels == k] = 1
    return answer


@accepted_variant
def with_a_loop(labels, k):
    return np.array([1 if label == k else 0 for label in labels], dtype=int)


@accepted_variant
def column_of_one_hot(labels, k):
    size = max(int(np.max(labels, initial=0)), k) + 1
    return np.eye(size, dtype=np.uint8)[labels, k]


EQUIVALENT_MUTANTS = {
    "return np.where(labels == k, 1, 0)  ->  return np.where(1, labels == k, 0)":
        "the comparison's booleans become ints beside the 0",
}
