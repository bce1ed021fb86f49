"""Hidden grader of `evaluate_report`."""

import keras
import numpy as np
import sklearn
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

# Entries are called by their keys.
RETURNS = ("",)
NUMBERS = (np.integer, np.float64)


def reference(model, x, y, num_classes):
    # Submissions' code may call it with a model of its own.
    predicted = np.argmax(np.asarray(model(x)), axis=1)
    scores = {average: sklearn.metrics.precision_recall_fscore_support(
        y, predicted, labels=range(num_classes), average=average, zero_division=0)[:3]
        for average in (None, "macro", "weighted")}
    precision, recall, f1 = scores[None]
    return {
        "precision": precision, "recall": recall, "f1": f1, "support": np.bincount(y, minlength=num_classes),
        "accuracy": float(sklearn.metrics.accuracy_score(y, predicted)),
        "macro": np.array(scores["macro"]), "weighted": np.array(scores["weighted"]),
    }


def confusion_matrix(y_true, y_pred, num_classes):
    """What the notebook's function of this name does: known mistakes call it."""
    cm = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(cm, (y_true, y_pred), 1)
    return cm


def classification_report(cm):
    """What the notebook's function of this name does."""
    hits, support, predicted = np.diag(cm), cm.sum(axis=1), cm.sum(axis=0)
    scores = np.array([hits / np.maximum(predicted, 1), hits / np.maximum(support, 1),
                       2 * hits / np.maximum(predicted + support, 1)])
    return {"precision": scores[0], "recall": scores[1], "f1": scores[2], "support": support,
            "accuracy": float(hits.sum() / cm.sum()), "macro": scores.mean(axis=1),
            "weighted": scores @ support / cm.sum()}


def case(rng, cm, shape):
    """Return a model, images of this shape and labels that have the confusion matrix cm.

    The model's probabilities are small: the winner of many classes has little more than the others.  The numbers of
    the images themselves would lead to other classes.
    """
    actual, predicted = (np.repeat(index.ravel(), np.ravel(cm)) for index in np.indices(np.shape(cm)))
    order = rng.permutation(len(actual))
    scores = rng.uniform(size=(len(order), len(cm)))
    scores[np.arange(len(order)), predicted] = 1.2
    bias = 3 * rng.permutation(len(cm))
    pixels = np.prod(shape)
    weights = np.linalg.qr(rng.normal(size=(pixels, pixels)))[0][:, :len(cm)]
    # With names: numbered ones would make another model of it each time, whose answers nobody remembers.
    model = keras.Sequential([keras.Input(shape, name="image"), keras.layers.Flatten(name="pixels"),
                              keras.layers.Dense(len(cm), "softmax", name="classes")], name="classifier")
    model.set_weights([weights, bias])
    images = (scores - bias) @ weights.T
    return model, images.reshape(-1, *shape).astype(np.float32)[order], actual[order], len(cm)


def matrix(rng, size):
    """Return a confusion matrix without zeros, in which no two rows or columns have the same sum."""
    while True:
        cm = rng.integers(1, 9, size=(size, size)) + 3 * np.eye(size, dtype=int)
        if len(set(cm.sum(axis=0)) | set(cm.sum(axis=1))) == 2 * size:
            return cm


def test_report(student, rng):
    """all entries of the report, for images in colour of five classes"""
    student.evaluate_report.must_match(reference, *case(rng, matrix(rng, 5), (2, 4, 3)), dtypes=NUMBERS)


def test_classes_that_never_occur(student, rng):
    """classes without a sample, without a prediction and without both: they stand in the report, with 0"""
    cm = np.array([[4, 1, 0, 2, 0], [0, 0, 0, 0, 0], [3, 2, 0, 1, 0], [1, 1, 0, 5, 0], [0, 0, 0, 0, 0]])
    student.evaluate_report.must_match(reference, *case(rng, cm, (3, 3, 1)), dtypes=NUMBERS)


def test_inputs_untouched(student, rng):
    """leaves the model, the images and the labels as they are"""
    student.evaluate_report.must_keep_inputs(*case(rng, matrix(rng, 2), (1, 3, 1)))


@known_mistake("Rows and columns of the confusion matrix are swapped: the right classes come first, then the answers.")
def rows_and_columns_swapped(model, x, y, num_classes):
    answers = np.argmax(model(x), axis=1)
    return classification_report(confusion_matrix(answers, y, num_classes))


@known_mistake("The probabilities are rounded first, and where none of them is above one half class 0 wins: take the "
               "argmax of the probabilities.")
def rounded_probabilities(model, x, y, num_classes):
    answers = np.argmax(np.round(model(x)), axis=1)
    return classification_report(confusion_matrix(y, answers, num_classes))


@known_mistake("The number of classes is taken from what occurs: classes that never occur have their place too, so use "
               "num_classes.")
def num_classes_ignored(model, x, y, num_classes):
    answers = np.argmax(model(x), axis=1)
    return classification_report(confusion_matrix(y, answers, int(max(y.max(), answers.max())) + 1))


@known_mistake("The confusion matrix is returned; classification_report makes the report of it.")
def matrix_returned(model, x, y, num_classes):
    answers = np.argmax(model(x), axis=1)
    return confusion_matrix(y, answers, num_classes)


@known_mistake("The images are divided by 255 once more; prepare_images has done it.")
def scaled_again(model, x, y, num_classes):
    answers = np.argmax(model(x / 255), axis=1)
    return classification_report(confusion_matrix(y, answers, num_classes))


@accepted_variant
def in_one_call(model, x, y, num_classes):
    return classification_report(confusion_matrix(y, model(x).numpy().argmax(axis=1), num_classes))


@accepted_variant
def image_by_image(model, x, y, num_classes):
    cm = np.zeros((num_classes, num_classes), dtype=np.int64)
    for actual, probabilities in zip(y.tolist(), model.predict(x, batch_size=8, verbose=0), strict=True):
        cm[actual, int(np.argmax(probabilities))] += 1
    return classification_report(cm)


@accepted_variant
def by_tensorflow(model, x, y, num_classes):
    answers = tf.argmax(model.predict_on_batch(x), axis=1)
    return classification_report(tf.math.confusion_matrix(y, answers, num_classes).numpy())


_WRITTEN = "answers = np.argmax(model.predict(x, verbose={}), axis=1)"

EQUIVALENT_MUTANTS = {
    f"{_WRITTEN.format(0)}  ->  {_WRITTEN.format(1)}":
        "prints a progress bar and returns the same",
    f"{_WRITTEN.format(0)}  ->  {_WRITTEN.format(-1)}":
        "prints a progress bar and returns the same",
}
