"""Hidden grader of `binary_counts`."""

import keras
import numpy as np

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("tp", "fp", "fn", "tn")
# A student's code may call this with a matrix of its own.
MOST_CLASSES = 100


def reference(cm, k):
    cm = np.asarray(cm)
    size = len(cm)
    if cm.shape != (size, size) or size > MOST_CLASSES:
        raise ValueError(f"cm has shape {cm.shape}; it is square, of at most {MOST_CLASSES} classes")
    if not 0 <= k < size:
        raise ValueError(f"k is {k}; cm has the classes 0 to {size - 1}")
    # One sample for each cell of the matrix, with its count as the weight.
    actual, predicted = np.indices(cm.shape).reshape(2, -1) == k
    counts = []
    for metric in (keras.metrics.TruePositives, keras.metrics.FalsePositives,
                   keras.metrics.FalseNegatives, keras.metrics.TrueNegatives):
        count = metric(dtype="float64")
        count.update_state(actual, predicted, sample_weight=cm.ravel())
        counts.append(int(count.result()))
    return tuple(counts)


def matrix(rng, size):
    """Return a confusion matrix without zeros, in which no two rows or columns have the same sum."""
    while True:
        cm = rng.integers(1, 30, size=(size, size))
        if len(set(cm.sum(axis=0)) | set(cm.sum(axis=1))) == 2 * size:
            return cm


def test_several_classes(student, rng):
    """true positives, false positives, false negatives and true negatives of one of 3 to 5 classes"""
    for size, k in [(3, 1), (4, 3), (5, 0)]:
        student.binary_counts.must_match(reference, matrix(rng, size), k)


def test_two_classes(student, rng):
    """two classes, and either of them as the positive one"""
    cm = matrix(rng, 2)
    for k in (0, 1):
        student.binary_counts.must_return((cm[k, k], cm[1 - k, k], cm[k, 1 - k], cm[1 - k, 1 - k]), cm, k)


def test_the_lectures_report(student):
    """each of the lecture's three classes"""
    cm = np.array([[95, 2, 3], [10, 71, 19], [12, 23, 65]])
    for k, expected in [(0, (95, 22, 5, 178)), (2, (65, 22, 35, 178)), (1, (71, 25, 29, 175))]:
        student.binary_counts.must_return(expected, cm, k)


def test_zeros(student):
    """classes without samples, without predictions, and without both"""
    cm = np.array([[4, 0, 2, 0], [3, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    for k, expected in [(1, (0, 0, 4, 6)), (2, (0, 3, 0, 7)), (3, (0, 0, 0, 10)), (0, (4, 3, 2, 1))]:
        student.binary_counts.must_return(expected, cm, k)


def test_one_class(student):
    """a single class: all samples are true positives"""
    student.binary_counts.must_return((7, 0, 0, 0), np.array([[7]]), 0)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.binary_counts.must_keep_inputs(matrix(rng, 3), 2)


@known_mistake("False positives and false negatives have changed places: column k holds what was taken for class k, "
               "row k what is of class k.")
def false_ones_swapped(cm, k):
    tp = int(cm[k, k])
    fp, fn = int(cm[k].sum()) - tp, int(cm[:, k].sum()) - tp
    return tp, fp, fn, int(cm.sum()) - tp - fp - fn


@known_mistake("The true negatives are the rest of the diagonal; samples of other classes are true negatives wherever "
               "they were put, except in column k.")
def negatives_of_the_diagonal(cm, k):
    tp = int(cm[k, k])
    fp, fn = int(cm[:, k].sum()) - tp, int(cm[k].sum()) - tp
    return tp, fp, fn, int(np.trace(cm)) - tp


@known_mistake("The true positives are counted among the false positives: take them from the column's sum.")
def positives_include_hits(cm, k):
    tp = int(cm[k, k])
    fp, fn = int(cm[:, k].sum()), int(cm[k].sum()) - tp
    return tp, fp, fn, int(cm.sum()) - tp - (fp - tp) - fn


@known_mistake("The true positives are counted among the false negatives: take them from the row's sum.")
def negatives_include_hits(cm, k):
    tp = int(cm[k, k])
    fp, fn = int(cm[:, k].sum()) - tp, int(cm[k].sum())
    return tp, fp, fn, int(cm.sum()) - tp - fp - (fn - tp)


@known_mistake("The true negatives are all samples but the true positives: false positives and false negatives are "
               "none of them either.")
def negatives_include_errors(cm, k):
    tp = int(cm[k, k])
    fp, fn = int(cm[:, k].sum()) - tp, int(cm[k].sum()) - tp
    return tp, fp, fn, int(cm.sum()) - tp


@known_mistake("The true negatives are missing: return tp, fp, fn and tn.")
def true_negatives_missing(cm, k):
    tp = int(cm[k, k])
    return tp, int(cm[:, k].sum()) - tp, int(cm[k].sum()) - tp


@known_mistake("The order is tp, fp, fn, tn; here the true negatives come first.")
def negatives_first(cm, k):
    tp = int(cm[k, k])
    fp, fn = int(cm[:, k].sum()) - tp, int(cm[k].sum()) - tp
    return int(cm.sum()) - tp - fp - fn, fp, fn, tp


@known_mistake("The order is tp, fp, fn, tn; here the true ones come before the false ones.")
def true_ones_first(cm, k):
    tp = int(cm[k, k])
    fp, fn = int(cm[:, k].sum()) - tp, int(cm[k].sum()) - tp
    return tp, int(cm.sum()) - tp - fp - fn, fp, fn


@known_mistake("One other class is looked at: with more than two classes, add up the whole row and column.")
def two_classes_only(cm, k):
    return int(cm[k, k]), int(cm[1 - k, k]), int(cm[k, 1 - k]), int(cm[1 - k, 1 - k])


@known_mistake("The argument k is ignored: the positive class is always class 1.")
def always_class_1(cm, k):
    k = min(1, len(cm) - 1)
    tp = int(cm[k, k])
    fp, fn = int(cm[:, k].sum()) - tp, int(cm[k].sum()) - tp
    return tp, fp, fn, int(cm.sum()) - tp - fp - fn


@known_mistake("These are shares of all samples; return the counts.")
def shares(cm, k):
    tp = cm[k, k]
    fp, fn, total = cm[:, k].sum() - tp, cm[k].sum() - tp, cm.sum()
    return tp / total, fp / total, fn / total, (total - tp - fp - fn) / total


@known_mistake("The true positives are set to 0 in cm, so the caller's matrix is lost.")
def overwrites_input(cm, k):
    tp, total = int(cm[k, k]), int(cm.sum())
    cm[k, k] = 0
    fp, fn = int(cm[:, k].sum()), int(cm[k].sum())
    return tp, fp, fn, total - tp - fp - fn


@accepted_variant
def rest_of_the_matrix(cm, k):
    others = np.arange(len(cm)) != k
    return cm[k, k], cm[others, k].sum(), cm[k, others].sum(), cm[others][:, others].sum()


@accepted_variant
def with_loops(cm, k):
    tp = fp = fn = tn = 0
    for i in range(cm.shape[0]):
        for j in range(cm.shape[1]):
            if i == k and j == k:
                tp += int(cm[i, j])
            elif j == k:
                fp += int(cm[i, j])
            elif i == k:
                fn += int(cm[i, j])
            else:
                tn += int(cm[i, j])
    return tp, fp, fn, tn


@accepted_variant
def with_delete(cm, k):
    rest = np.delete(cm, k, axis=0)
    return [int(cm[k, k]), int(rest[:, k].sum()), int(np.delete(cm[k], k).sum()), int(np.delete(rest, k, axis=1).sum())]


EQUIVALENT_MUTANTS = {
    "tp = int(cm[k, k])  ->  tp = cm[k, k]":
        "numpy's integers are integers too",
    "fp = int(cm[:, k].sum()) - tp  ->  fp = cm[:, k].sum() - tp":
        "numpy's integers are integers too",
    "fn = int(cm[k].sum()) - tp  ->  fn = cm[k].sum() - tp":
        "numpy's integers are integers too",
    "return (tp, fp, fn, int(cm.sum()) - tp - fp - fn)  ->  return (tp, fp, fn, cm.sum() - tp - fp - fn)":
        "numpy's integers are integers too",
}
