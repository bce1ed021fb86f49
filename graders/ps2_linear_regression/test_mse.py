"""Hidden grader of `mse`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError(f"y_pred has shape {np.shape(y_pred)}, but y_true has shape {np.shape(y_true)}")
    loss = keras.losses.MeanSquaredError(dtype="float64")
    return float(loss(tf.constant(y_true, tf.float64), tf.constant(y_pred, tf.float64)))


def test_any_number_of_samples(student, rng):
    """the mean of the squared errors, for 1 to 50 samples"""
    for n in (3, 1, 2, 50):
        student.mse.must_match(reference, rng.normal(size=n), rng.normal(scale=3, size=n))


def test_integers(student, rng):
    """whole numbers give a float too"""
    student.mse.must_match(reference, rng.integers(-9, 9, size=6), rng.integers(-9, 9, size=6))


def test_shapes_that_differ(student, rng):
    """refuses shapes that differ, also (n,) against (n, 1), which numpy would broadcast to (n, n)"""
    for first, second in [((4,), (4, 1)), ((4, 1), (4,)), ((3,), (5,)), ((6,), (1,))]:
        student.mse.must_raise(ValueError, rng.normal(size=first), rng.normal(size=second),
                               naming=("y_true", "y_pred"))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.mse.must_keep_inputs(rng.normal(size=6), rng.normal(size=6))


@known_mistake("The squared errors are added up but not divided by their number: mean squared error takes the mean.")
def sum_for_mean(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_pred must have the shape of y_true")
    return float(np.sum((y_true - y_pred) ** 2))


@known_mistake("This is half of the mean squared error: the factor 1/2 belongs to the halved cost only.")
def halved(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_pred must have the shape of y_true")
    return float(np.mean((y_true - y_pred) ** 2) / 2)


@known_mistake("The errors are not squared but taken without their sign: that is the mean absolute error.")
def absolute_errors(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_pred must have the shape of y_true")
    return float(np.mean(np.abs(y_true - y_pred)))


@known_mistake("The mean is squared, not the errors: positive and negative errors cancel before the square.")
def square_of_mean(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_pred must have the shape of y_true")
    return float(np.mean(y_true - y_pred) ** 2)


@known_mistake("This is the root of the mean squared error, which is the next function.")
def root_taken(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_pred must have the shape of y_true")
    return float(np.sqrt(np.mean((y_true - y_pred) ** 2)))


@known_mistake("Shapes that differ go through: (n,) minus (n, 1) silently becomes an (n, n) table of all pairs.")
def shapes_unchecked(y_true, y_pred):
    return float(np.mean((y_true - y_pred) ** 2))


@known_mistake("The difference is written into the first argument, so the caller's data are lost.")
def overwrites_input(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_pred must have the shape of y_true")
    y_true -= y_pred
    return float(np.mean(y_true**2))


@accepted_variant
def with_a_loop(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError(f"y_pred has shape {np.shape(y_pred)}, y_true has {np.shape(y_true)}")
    total = 0.0
    for t, p in zip(y_true, y_pred, strict=True):
        total += (t - p) ** 2
    return total / len(y_true)


@accepted_variant
def with_a_dot_product(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred must have the same shape")
    error = np.ravel(y_true) - np.ravel(y_pred)
    return error @ error / error.size


EQUIVALENT_MUTANTS = {
    "return float(np.mean((y_true - y_pred) ** 2))  ->  return float(np.mean((y_pred - y_true) ** 2))":
        "the error is squared: its sign does not matter",
}
