"""Hidden grader of `predict_line`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(x, m, b):
    # Submissions' code may ask for predictions too, of several lines at once: keep it small.
    if np.broadcast(x, m, b).size > 1_000_000:
        raise ValueError("x, m and b are too large")
    return (m * tf.constant(x, tf.float64) + b).numpy()


def test_any_number_of_samples(student, rng):
    """the line's height over every sample, for 1 to 50 samples"""
    for n in (3, 1, 2, 50):
        student.predict_line.must_match(reference, rng.normal(size=n), rng.normal(), rng.normal(scale=3))


def test_special_lines(student, rng):
    """flat lines and lines through the origin: still one prediction for each sample"""
    x = rng.normal(size=5)
    student.predict_line.must_match(reference, x, 0.0, rng.normal())
    student.predict_line.must_match(reference, x, rng.normal(), 0.0)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.predict_line.must_keep_inputs(rng.normal(size=6), rng.normal(), rng.normal())


@known_mistake("Slope and intercept are swapped: m multiplies x, and b is added.")
def swapped_parameters(x, m, b):
    return b * x + m


@known_mistake("The intercept is subtracted; a line is m * x + b.")
def intercept_subtracted(x, m, b):
    return m * x - b


@known_mistake("The intercept is missing: without b every line runs through the origin.")
def no_intercept(x, m, b):
    return m * x


@known_mistake("The slope multiplies the intercept as well: m * (x + b) is m * x + m * b.")
def intercept_in_brackets(x, m, b):
    return m * (x + b)


@known_mistake("The predictions come as a column (n, 1); one for each element of x has the shape of x, (n,).")
def column_of_predictions(x, m, b):
    return (m * x + b).reshape(-1, 1)


@known_mistake("The predictions are written into x, so the caller's data are lost.")
def overwrites_input(x, m, b):
    x *= m
    x += b
    return x


@accepted_variant
def with_a_loop(x, m, b):
    return np.array([m * value + b for value in x])


@accepted_variant
def with_a_matrix_product(x, m, b):
    return np.column_stack([x, np.ones(len(x))]) @ np.array([m, b])


@accepted_variant
def as_a_polynomial(x, m, b):
    return np.polyval([m, b], x)
