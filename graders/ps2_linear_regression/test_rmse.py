"""Hidden grader of `rmse`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(y_true, y_pred):
    metric = keras.metrics.RootMeanSquaredError(dtype="float64")
    y_true, y_pred = tf.constant(y_true, tf.float64), tf.constant(y_pred, tf.float64)
    return float(metric(y_true, tf.ensure_shape(y_pred, y_true.shape)))


def test_any_number_of_samples(student, rng):
    """the root of the mean of the squared errors, for 1 to 50 samples"""
    for n in (3, 1, 2, 50):
        student.rmse.must_match(reference, rng.normal(size=n), rng.normal(scale=3, size=n))


def test_perfect_predictions(student, rng):
    """no error at all gives 0"""
    y = rng.normal(size=4)
    student.rmse.must_match(reference, y, y)


def test_integers(student, rng):
    """whole numbers give a float too"""
    student.rmse.must_match(reference, rng.integers(-9, 9, size=6), rng.integers(-9, 9, size=6))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.rmse.must_keep_inputs(rng.normal(size=6), rng.normal(size=6))


@known_mistake("The root is missing: this is the mean squared error.")
def root_forgotten(y_true, y_pred):
    return float(np.mean((y_true - y_pred) ** 2))


@known_mistake("The root is taken of the sum of the squared errors; take it of their mean.")
def root_of_sum(y_true, y_pred):
    return float(np.sqrt(np.sum((y_true - y_pred) ** 2)))


@known_mistake("The sum is divided after its root was taken; divide first, then take the root of the mean.")
def divided_after_root(y_true, y_pred):
    return float(np.sqrt(np.sum((y_true - y_pred) ** 2)) / len(y_true))


@known_mistake("Each error is squared and rooted by itself, which gives the mean absolute error; "
               "the mean comes between the square and the root.")
def root_before_mean(y_true, y_pred):
    return float(np.mean(np.sqrt((y_true - y_pred) ** 2)))


@known_mistake("This is the root of half of the mean squared error; there is no factor 1/2 in it.")
def halved(y_true, y_pred):
    return float(np.sqrt(np.mean((y_true - y_pred) ** 2) / 2))


@known_mistake("This is the standard deviation of the errors: it subtracts their mean, so a constant error counts 0.")
def standard_deviation(y_true, y_pred):
    return float(np.std(y_true - y_pred))


@known_mistake("A small number is added under the root: perfect predictions then have an error.")
def number_under_root(y_true, y_pred):
    return float(np.sqrt(np.mean((y_true - y_pred) ** 2) + 1e-12))


@known_mistake("The difference is written into the first argument, so the caller's data are lost.")
def overwrites_input(y_true, y_pred):
    y_true -= y_pred
    return float(np.sqrt(np.mean(y_true**2)))


@accepted_variant
def with_a_loop(y_true, y_pred):
    total = 0.0
    for t, p in zip(y_true, y_pred, strict=True):
        total += (t - p) ** 2
    return (total / len(y_true)) ** 0.5


@accepted_variant
def with_a_norm(y_true, y_pred):
    return np.linalg.norm(y_true - y_pred) / np.sqrt(len(y_true))


EQUIVALENT_MUTANTS = {
    "return float(np.sqrt(mse(y_true, y_pred)))  ->  return float(np.sqrt(mse(y_pred, y_true)))":
        "the mean squared error is the same from either side",
    "for t, p in zip(y_true, y_pred, strict=True):  ->  for t, p in zip(y_true, y_pred, strict=False):":
        "samples that differ in number are not among what rmse is asked for",
    "for t, p in zip(y_true, y_pred, strict=True):  ->  for t, p in zip(y_pred, y_true, strict=True):":
        "the error is squared: its sign does not matter",
    "total += (t - p) ** 2  ->  total += (p - t) ** 2":
        "the error is squared: its sign does not matter",
}
