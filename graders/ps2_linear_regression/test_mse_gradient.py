"""Hidden grader of `mse_gradient`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("dm", "db")


def reference(x, y, m, b):
    x, y, m, b = (tf.constant(value, tf.float64) for value in (x, y, float(m), float(b)))
    with tf.GradientTape() as tape:
        tape.watch([m, b])
        cost = tf.reduce_mean((m * x + b - tf.ensure_shape(y, x.shape)) ** 2)
    dm, db = tape.gradient(cost, [m, b])
    return float(dm), float(db)


def test_any_number_of_samples(student, rng):
    """both partial derivatives of the mean squared error, for 2 to 50 samples"""
    for n in (3, 2, 7, 50):
        student.mse_gradient.must_match(reference, rng.normal(size=n), rng.normal(scale=3, size=n),
                                        rng.normal(), rng.normal())


def test_one_sample(student, rng):
    """a single sample"""
    student.mse_gradient.must_match(reference, rng.normal(size=1), rng.normal(size=1), rng.normal(), rng.normal())


def test_the_lectures_points(student):
    """the points (1, 3) and (2, 5), where the gradient is (5m + 3b - 13, 3m + 2b - 8)"""
    for m, b in [(-1.0, 4.0), (0.0, 4.0), (-0.7, 5.1), (5.0, 7.0)]:
        student.mse_gradient.must_return((5 * m + 3 * b - 13, 3 * m + 2 * b - 8),
                                         np.array([1.0, 2.0]), np.array([3.0, 5.0]), m, b)


def test_the_minimum(student):
    """zero for the line that runs through all points"""
    x = np.array([-2.0, 0.0, 1.0, 4.0])
    student.mse_gradient.must_return((0.0, 0.0), x, 2 * x + 1, 2.0, 1.0)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.mse_gradient.must_keep_inputs(rng.normal(size=6), rng.normal(size=6), rng.normal(), rng.normal())


@known_mistake("The factor 2 is missing: the derivative of a square is twice the error, so the factor is 2/n.")
def factor_two_missing(x, y, m, b):
    error = m * x + b - y
    return float(np.mean(error * x)), float(np.mean(error))


@known_mistake("The sums are not divided by the number of samples: the factor is 2/n.")
def sum_for_mean(x, y, m, b):
    error = m * x + b - y
    return float(2 * np.sum(error * x)), float(2 * np.sum(error))


@known_mistake("dm and db are swapped: return the derivative with respect to the slope first.")
def swapped(x, y, m, b):
    error = m * x + b - y
    return float(2 * np.mean(error)), float(2 * np.mean(error * x))


@known_mistake("The signs are flipped: the error is prediction minus target, and the gradient points uphill.")
def sign_flipped(x, y, m, b):
    error = y - (m * x + b)
    return float(2 * np.mean(error * x)), float(2 * np.mean(error))


@known_mistake("dm lacks the factor x: the inner derivative of m * x + b with respect to m is x.")
def dm_without_x(x, y, m, b):
    error = m * x + b - y
    return float(2 * np.mean(error)), float(2 * np.mean(error))


@known_mistake("db has a factor x: the inner derivative of m * x + b with respect to b is 1.")
def db_with_x(x, y, m, b):
    error = m * x + b - y
    return float(2 * np.mean(error * x)), float(2 * np.mean(error * x))


@known_mistake("The mean error is multiplied by the mean x; dm is the mean of the products error * x.")
def product_of_means(x, y, m, b):
    error = m * x + b - y
    return float(2 * np.mean(error) * np.mean(x)), float(2 * np.mean(error))


@known_mistake("The errors leave out the intercept b; the prediction is m * x + b.")
def error_without_intercept(x, y, m, b):
    error = m * x - y
    return float(2 * np.mean(error * x)), float(2 * np.mean(error))


@known_mistake("The errors are written into y, so the caller's data are lost.")
def overwrites_input(x, y, m, b):
    y -= m * x + b
    return float(-2 * np.mean(y * x)), float(-2 * np.mean(y))


@accepted_variant
def with_a_loop(x, y, m, b):
    dm = db = 0.0
    for x_i, y_i in zip(x, y, strict=True):
        error = m * x_i + b - y_i
        dm += 2 / len(x) * error * x_i
        db += 2 / len(x) * error
    return dm, db


@accepted_variant
def with_a_matrix_product(x, y, m, b):
    X = np.column_stack([x, np.ones(len(x))])
    dm, db = 2 / len(x) * X.T @ (X @ np.array([m, b]) - y)
    return dm, db


@accepted_variant
def multiplied_out(x, y, m, b):
    dm = 2 * (m * np.mean(x**2) + b * np.mean(x) - np.mean(x * y))
    db = 2 * (m * np.mean(x) + b - np.mean(y))
    return dm, db


EQUIVALENT_MUTANTS = {
    "error = predict_line(x, m, b) - y  ->  error = predict_line(m, x, b) - y":
        "m * x is x * m",
}
