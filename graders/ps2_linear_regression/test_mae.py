"""Hidden grader of `mae`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(y_true, y_pred):
    loss = keras.losses.MeanAbsoluteError(dtype="float64")
    y_true, y_pred = tf.constant(y_true, tf.float64), tf.constant(y_pred, tf.float64)
    return float(loss(y_true, tf.ensure_shape(y_pred, y_true.shape)))


def test_any_number_of_samples(student, rng):
    """the mean of the absolute errors, for 1 to 50 samples"""
    for n in (3, 1, 2, 50):
        student.mae.must_match(reference, rng.normal(size=n), rng.normal(scale=3, size=n))


def test_errors_of_both_signs(student):
    """errors of opposite signs do not cancel"""
    student.mae.must_return(1.75, np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 1.0, 6.0, 3.0]))


def test_integers(student, rng):
    """whole numbers give a float too"""
    student.mae.must_match(reference, rng.integers(-9, 9, size=6), rng.integers(-9, 9, size=6))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.mae.must_keep_inputs(rng.normal(size=6), rng.normal(size=6))


@known_mistake("The absolute errors are added up but not divided by their number.")
def sum_for_mean(y_true, y_pred):
    return float(np.sum(np.abs(y_true - y_pred)))


@known_mistake("The absolute value is taken of the mean: positive and negative errors have cancelled by then.")
def absolute_of_mean(y_true, y_pred):
    return float(np.abs(np.mean(y_true - y_pred)))


@known_mistake("The absolute value is missing: positive and negative errors cancel.")
def signed_errors(y_true, y_pred):
    return float(np.mean(y_true - y_pred))


@known_mistake("The errors are squared: this is the mean squared error.")
def squared_errors(y_true, y_pred):
    return float(np.mean((y_true - y_pred) ** 2))


@known_mistake("This is the median of the absolute errors; their mean is asked for.")
def median_for_mean(y_true, y_pred):
    return float(np.median(np.abs(y_true - y_pred)))


@known_mistake("The difference is written into the first argument, so the caller's data are lost.")
def overwrites_input(y_true, y_pred):
    y_true -= y_pred
    return float(np.mean(np.abs(y_true)))


@accepted_variant
def with_a_loop(y_true, y_pred):
    total = 0.0
    for t, p in zip(y_true, y_pred, strict=True):
        total += abs(t - p)
    return total / len(y_true)


@accepted_variant
def larger_minus_smaller(y_true, y_pred):
    return np.sum(np.maximum(y_true, y_pred) - np.minimum(y_true, y_pred)) / len(y_true)


EQUIVALENT_MUTANTS = {
    "return float(np.mean(np.abs(y_true - y_pred)))  ->  return float(np.mean(np.abs(y_pred - y_true)))":
        "only the size of the error counts, not its sign",
    "for t, p in zip(y_true, y_pred, strict=True):  ->  for t, p in zip(y_true, y_pred, strict=False):":
        "samples that differ in number are not among what mae is asked for",
    "for t, p in zip(y_true, y_pred, strict=True):  ->  for t, p in zip(y_pred, y_true, strict=True):":
        "only the size of the error counts, not its sign",
    "total += abs(t - p)  ->  total += abs(p - t)":
        "only the size of the error counts, not its sign",
}
