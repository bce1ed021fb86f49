"""Hidden grader of `classification_report`."""

import numpy as np
import sklearn
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

# Entries are called by their keys.
RETURNS = ("",)
NUMBERS = (np.integer, np.float64)
# A student's code may call this with a matrix of its own.
MOST_CLASSES = 100


def reference(cm):
    cm = np.asarray(cm)
    if cm.ndim != 2 or cm.shape[0] != cm.shape[1] or len(cm) > MOST_CLASSES:
        raise ValueError(f"cm has shape {cm.shape}; it is square, of at most {MOST_CLASSES} classes")
    # As scikit-learn does it with zero_division=0.
    if not cm.any():
        # scikit-learn refuses to report on nothing; by its rule for 0/0 all is 0.
        nothing = np.zeros(len(cm))
        return {"precision": nothing, "recall": nothing, "f1": nothing, "support": cm.sum(axis=1), "accuracy": 0.0,
                "macro": np.zeros(3), "weighted": np.zeros(3)}
    # Every cell is one sample, weighed by its count.
    actual, predicted = (index.ravel() for index in np.indices(cm.shape))
    scores = {average: sklearn.metrics.precision_recall_fscore_support(
        actual, predicted, labels=range(len(cm)), sample_weight=cm.ravel(), average=average, zero_division=0)[:3]
        for average in (None, "macro", "weighted")}
    precision, recall, f1 = scores[None]
    return {
        "precision": precision, "recall": recall, "f1": f1, "support": cm.sum(axis=1),
        "accuracy": float(sklearn.metrics.accuracy_score(actual, predicted, sample_weight=cm.ravel())),
        "macro": np.array(scores["macro"]), "weighted": np.array(scores["weighted"]),
    }


def matrix(rng, size):
    """Return a confusion matrix without zeros, in which no two rows or columns have the same sum."""
    while True:
        cm = rng.integers(1, 30, size=(size, size)) + 20 * np.eye(size, dtype=int)
        if len(set(cm.sum(axis=0)) | set(cm.sum(axis=1))) == 2 * size:
            return cm


def test_several_classes(student, rng):
    """all entries of the report, for 2 to 6 classes with samples and predictions of every class"""
    for size in (2, 3, 4, 6):
        student.classification_report.must_match(reference, matrix(rng, size), dtypes=NUMBERS)


def whole_support(classification_report, cm):
    return {"the support holds whole numbers": np.issubdtype(classification_report(cm)["support"].dtype, np.integer)}


def test_support_is_counted(student, rng):
    """the support is an array of whole numbers"""
    student.classification_report.must_match(reference, matrix(rng, 3), through=whole_support)


def test_the_lectures_reports(student):
    """the lecture's reports on three classes: accuracies of .9967 in training and .7700 in the test"""
    train = np.array([[500, 0, 0], [3, 495, 2], [0, 0, 500]])
    precision, recall = np.array([500 / 503, 1, 500 / 502]), np.array([1, 0.99, 1])
    f1 = np.array([1000 / 1003, 990 / 995, 1000 / 1002])
    means = np.array([precision.mean(), recall.mean(), f1.mean()])
    student.classification_report.must_return(
        {"precision": precision, "recall": recall, "f1": f1, "support": np.array([500, 500, 500]),
         "accuracy": 1495 / 1500, "macro": means, "weighted": means}, train, dtypes=NUMBERS)
    test = np.array([[95, 2, 3], [10, 71, 19], [12, 23, 65]])
    precision, recall = np.array([95 / 117, 71 / 96, 65 / 87]), np.array([0.95, 0.71, 0.65])
    f1 = np.array([190 / 217, 142 / 196, 130 / 187])
    means = np.array([precision.mean(), recall.mean(), f1.mean()])
    student.classification_report.must_return(
        {"precision": precision, "recall": recall, "f1": f1, "support": np.array([100, 100, 100]),
         "accuracy": 231 / 300, "macro": means, "weighted": means}, test, dtypes=NUMBERS)


def test_nothing_by_nothing(student):
    """0 for classes without a prediction, without a sample, and without a hit, and no warning of numpy's"""
    for cm in ([[4, 0, 1], [2, 0, 3], [1, 0, 6]], [[4, 1, 1], [0, 0, 0], [1, 2, 6]], [[5, 0, 2], [0, 0, 0], [1, 0, 3]],
               [[4, 1, 2], [3, 0, 0], [1, 5, 6]], [[0, 3], [2, 0]], [[0, 7], [0, 0]], [[1, 0], [0, 0]]):
        student.classification_report.must_match(reference, np.array(cm), dtypes=NUMBERS, quiet=True)


def test_no_samples(student):
    """no samples at all: zeros everywhere, and no warning of numpy's"""
    for size in (3, 2):
        student.classification_report.must_match(reference, np.zeros((size, size), dtype=int), dtypes=NUMBERS,
                                                 quiet=True)


def test_all_right(student):
    """all predictions right: 1 everywhere, also for a single class"""
    for hits in ([3, 8, 1, 20], [6]):
        student.classification_report.must_match(reference, np.diag(hits), dtypes=NUMBERS)


def laws(classification_report, cm):
    report = classification_report(cm)
    scores = np.array([report["precision"], report["recall"], report["f1"]])
    low, high = np.minimum(scores[0], scores[1]), np.maximum(scores[0], scores[1])
    outside = (scores[2] < low - 1e-9) | (scores[2] > high + 1e-9)
    return {
        "scores below 0 or above 1": int(np.sum((scores < 0) | (scores > 1))),
        "classes whose f1 is not between precision and recall": int(np.sum(outside)),
        "the sum of the support": float(np.sum(report["support"])),
        "macro averages minus the means over the classes": report["macro"] - scores.mean(axis=1),
        "weighted recall minus accuracy": float(report["weighted"][1] - report["accuracy"]),
    }


def test_laws(student, rng):
    """what holds for every matrix: macro averages are means, weighted recall is accuracy, f1 lies between the two"""
    sizes = st.integers(2, 4)

    @for_all(rng, sizes.flatmap(lambda size: arrays(np.int64, (size, size), elements=st.integers(0, 9))), examples=20)
    def hold(cm):
        student.classification_report.must_match(reference, cm, through=laws)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.classification_report.must_keep_inputs(matrix(rng, 3))


@known_mistake("Precision and recall have changed places: precision divides by the column's sum, what was predicted "
               "as the class, recall by the row's sum, what is of the class.")
def precision_and_recall_swapped(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(support, 1), hits / np.maximum(predicted, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("f1 is the plain mean of precision and recall here; it is their harmonic mean, 2 * p * r / (p + r).")
def f1_is_the_mean(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = (precision + recall) / 2
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("f1 is half of what it should be: 2 * p * r / (p + r).")
def f1_without_the_2(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("The macro f1 is computed from the macro precision and recall; it is the mean of the f1 of all classes.")
def macro_f1_of_macro_scores(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    macro = scores.mean(axis=1)
    macro[2] = 2 * macro[0] * macro[1] / max(macro[0] + macro[1], 1e-300)
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": macro, "weighted": scores @ support / total}


@known_mistake("The weighted f1 is computed from the weighted precision and recall; it is the weighted mean of the "
               "f1 of all classes.")
def weighted_f1_of_weighted_scores(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    weighted = scores @ support / total
    weighted[2] = 2 * weighted[0] * weighted[1] / max(weighted[0] + weighted[1], 1e-300)
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1), "weighted": weighted}


@known_mistake("The weights are the numbers of predictions of each class; they are the support, its samples.")
def weighted_by_predictions(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ predicted / total}


@known_mistake("The weighted averages are plain means: each class counts by its support.")
def weighted_is_macro(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1), "weighted": scores.mean(axis=1)}


@known_mistake("The macro averages are weighted by the support: each class counts alike in them.")
def macro_is_weighted(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores @ support / total,
            "weighted": scores @ support / total}


@known_mistake("The weighted sums are not divided by the number of samples.")
def weighted_not_divided(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1), "weighted": scores @ support}


@known_mistake("The macro averages are taken over all samples together, which gives the accuracy three times: take "
               "the mean over the classes.")
def macro_is_accuracy(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": np.full(3, hits.sum() / total),
            "weighted": scores @ support / total}


@known_mistake("Classes without samples are left out of the macro averages; they count with their zeros.")
def macro_of_classes_with_samples(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total),
            "macro": scores[:, support > 0].mean(axis=1) if support.any() else np.zeros(3),
            "weighted": scores @ support / total}


@known_mistake("Where nothing was predicted or nothing is of a class, 0/0 gives nan and a warning: such scores are "
               "0. Divide only where the divisor is not 0.")
def nan_for_0_by_0(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / predicted, hits / support
    f1 = 2 * precision * recall / (precision + recall)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("f1 is 0/0, which is nan, where precision and recall are both 0: it is 0 there.")
def nan_f1(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * precision * recall / (precision + recall)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("Without any sample the accuracy and the weighted averages are 0/0, which is nan: they are 0.")
def nothing_by_no_samples(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = cm.sum()
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("Where nothing was predicted as a class, its precision is 1 here; whatever is 0/0 is 0.")
def one_for_0_by_0(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = np.where(predicted > 0, hits / np.maximum(predicted, 1), 1.0), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("This accuracy is the mean of the recalls; it is the share of all samples that are right.")
def accuracy_is_mean_recall(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(recall.mean()), "macro": scores.mean(axis=1), "weighted": scores @ support / total}


@known_mistake("This accuracy counts the true negatives of every class: with several classes it is the sum of the "
               "diagonal divided by the number of samples.")
def accuracy_with_true_negatives(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(np.mean((total - support - predicted + 2 * hits) / total)),
            "macro": scores.mean(axis=1), "weighted": scores @ support / total}


@known_mistake("This accuracy is that of class 0 alone: all the right answers count, the whole diagonal.")
def accuracy_of_first_class(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits[0] / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("The accuracy is in per cent; it is a share, from 0 to 1.")
def accuracy_in_percent(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(100 * hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("The support counts predictions; it is the number of samples of each class, the sum of its row.")
def support_of_predictions(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": predicted,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@known_mistake("The averages are in another order: precision, recall, f1.")
def f1_first(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1)[::-1],
            "weighted": (scores @ support / total)[::-1]}


@known_mistake("The hits are taken out of cm itself, so the caller's matrix is lost.")
def overwrites_input(cm):
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    total = max(cm.sum(), 1)
    hits = hits.copy()
    np.fill_diagonal(cm, 0)
    precision, recall = hits / np.maximum(predicted, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(predicted + support, 1)
    scores = np.array([precision, recall, f1])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support,
            "accuracy": float(hits.sum() / total), "macro": scores.mean(axis=1),
            "weighted": scores @ support / total}


@accepted_variant
def with_divide(cm):
    hits, support, predicted = cm.diagonal().astype(float), cm.sum(axis=1), cm.sum(axis=0)
    precision = np.divide(hits, predicted, out=np.zeros(len(cm)), where=predicted > 0)
    recall = np.divide(hits, support, out=np.zeros(len(cm)), where=support > 0)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros(len(cm)), where=both > 0)
    scores, total = (precision, recall, f1), cm.sum()
    return {
        "precision": precision, "recall": recall, "f1": f1, "support": support,
        "accuracy": hits.sum() / total if total else 0.0,
        "macro": np.mean(scores, axis=1),
        "weighted": np.average(scores, axis=1, weights=support) if total else np.zeros(3),
    }


@accepted_variant
def class_by_class(cm):
    size, total = len(cm), int(cm.sum())
    report = {"precision": np.zeros(size), "recall": np.zeros(size), "f1": np.zeros(size),
              "support": np.zeros(size, dtype=int)}
    for k in range(size):
        tp, predicted, actual = cm[k, k], sum(cm[:, k]), sum(cm[k, :])
        p = tp / predicted if predicted else 0.0
        r = tp / actual if actual else 0.0
        report["precision"][k], report["recall"][k], report["support"][k] = p, r, actual
        report["f1"][k] = 2 * p * r / (p + r) if p + r else 0.0
    names = ("precision", "recall", "f1")
    report["macro"] = np.array([sum(report[name]) / size for name in names])
    report["weighted"] = np.array([sum(report[name] * report["support"]) / total if total else 0.0 for name in names])
    report["accuracy"] = float(sum(cm[k, k] for k in range(size)) / total) if total else 0.0
    return report


@accepted_variant
def nan_to_zero(cm):
    with np.errstate(divide="ignore", invalid="ignore"):
        tp, support = np.diag(cm), cm.sum(axis=1)
        precision = np.nan_to_num(tp / cm.sum(axis=0))
        recall = np.nan_to_num(tp / support)
        f1 = np.nan_to_num(2 * precision * recall / (precision + recall))
        share = np.nan_to_num(support / cm.sum())
        accuracy = float(np.nan_to_num(tp.sum() / cm.sum()))
    macro = np.array([precision.mean(), recall.mean(), f1.mean()])
    weighted = np.array([np.dot(share, precision), np.dot(share, recall), np.dot(share, f1)])
    return {"precision": precision, "recall": recall, "f1": f1, "support": support, "accuracy": accuracy,
            "macro": macro, "weighted": weighted}


_SCORES = "scores = np.array([hits / np.maximum({}), hits / np.maximum({}), 2 * hits / np.maximum({})])"
_WRITTEN = _SCORES.format("predicted, 1", "support, 1", "predicted + support, 1")

EQUIVALENT_MUTANTS = {
    "total = max(int(cm.sum()), 1)  ->  total = max(1, int(cm.sum()))":
        "the larger of two numbers is the same either way round",
    "total = max(int(cm.sum()), 1)  ->  total = max(cm.sum(), 1)":
        "numpy's integers are integers too",
    f"{_WRITTEN}  ->  " + _SCORES.format("1, predicted", "support, 1", "predicted + support, 1"):
        "the larger of two numbers is the same either way round",
    f"{_WRITTEN}  ->  " + _SCORES.format("predicted, 1", "1, support", "predicted + support, 1"):
        "the larger of two numbers is the same either way round",
    f"{_WRITTEN}  ->  " + _SCORES.format("predicted, 1", "support, 1", "1, predicted + support"):
        "the larger of two numbers is the same either way round",
    f"{_WRITTEN}  ->  " + _SCORES.format("predicted, 1", "support, 1", "predicted + support, 2"):
        "where the sum is 1 there are no hits",
}
