"""Hidden grader of `output_weight_gradient`."""
# ruff: noqa: E741 - I and O are the lecture's letters for input and output

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(I, O, T):
    I, O, T = (tf.constant(value, tf.float64) for value in (I, O, T))
    # Of all the unit's weights one is looked at: what the others add makes the output O.
    w = tf.zeros((), tf.float64)
    others = tf.math.log(O) - tf.math.log1p(-O)
    with tf.GradientTape() as tape:
        tape.watch(w)
        E = (tf.sigmoid(w * I + others) - T) ** 2 / 2
    return float(tape.gradient(E, w))


def test_any_numbers(student, rng):
    """the slope of (O - T) ** 2 / 2 in the weight, for inputs of both signs and targets on both sides of the output"""
    for _ in range(6):
        student.output_weight_gradient.must_match(
            reference, float(rng.normal(scale=2)), float(rng.uniform(0.05, 0.95)), float(rng.uniform(-0.5, 1.5)))


def test_lectures_network(student):
    """the lecture's example: -0.01626625 with rounded numbers, and -0.016311717995 with exact ones"""
    student.output_weight_gradient.must_return(-0.01626625, 0.13, 0.35, 0.9)
    hidden = 1 / (1 + np.exp([1.9, -3.1, 0.4]))
    output = float(1 / (1 + np.exp(3 * hidden[0] - hidden[1] + 3 * hidden[2])))
    for I, gradient in zip(hidden.tolist(), (-0.016311717995, -0.119965779978, -0.050312585311), strict=True):
        student.output_weight_gradient.must_return(gradient, I, output, 0.9)


def test_no_error_no_gradient(student, rng):
    """0 where the output is the target, and where the input is 0"""
    for _ in range(2):
        I, O = float(rng.normal()), float(rng.uniform(0.1, 0.9))
        student.output_weight_gradient.must_return(0.0, I, O, O)
        student.output_weight_gradient.must_return(0.0, 0.0, O, 0.5)


def test_classes(student, rng):
    """targets 0 and 1, and an input of 1, as whole numbers"""
    for T in (0, 1):
        student.output_weight_gradient.must_match(reference, 1, float(rng.uniform(0.2, 0.8)), T)


def test_saturated(student):
    """outputs near 0 and 1, where the sigmoid is nearly flat and the gradient nearly 0"""
    for O in (0.001, 0.999):
        # Down to 1e-9: a right answer has ten digits all the same.
        student.output_weight_gradient.must_match(reference, -1.5, O, 0.0, atol=1e-15)
        student.output_weight_gradient.must_match(reference, 2.5, O, 1.0, atol=1e-15)


@known_mistake("The sign is flipped: the slope in the output is O - T.")
def sign_flipped(I, O, T):
    return I * (T - O) * O * (1 - O)


@known_mistake("The result is doubled: the error is halved, (O - T) ** 2 / 2, so that no factor 2 is left.")
def doubled(I, O, T):
    return 2 * I * (O - T) * O * (1 - O)


@known_mistake("The slope of the sigmoid is missing: multiply by O * (1 - O).")
def slope_missing(I, O, T):
    return I * (O - T)


@known_mistake("The input I is missing: the weight acts on the output through it.")
def input_missing(I, O, T):
    return (O - T) * O * (1 - O)


@known_mistake("The slope of the sigmoid is O * (1 - O); the factor 1 - O is missing.")
def half_of_the_slope(I, O, T):
    return I * (O - T) * O


@known_mistake("The slope of the sigmoid is O * (1 - O); the factor O is missing.")
def other_half_of_the_slope(I, O, T):
    return I * (O - T) * (1 - O)


@known_mistake("The sigmoid is applied to O once more: O is its value already, so its slope is O * (1 - O).")
def sigmoid_of_the_output(I, O, T):
    s = 1 / (1 + np.exp(-O))
    return I * (O - T) * s * (1 - s)


@known_mistake("The slope of the sigmoid is taken at the input: it is O * (1 - O), from the output.")
def slope_of_the_input(I, O, T):
    return I * (O - T) * I * (1 - I)


@known_mistake("The slope of the sigmoid is taken from the target: it is O * (1 - O), from the output.")
def slope_of_the_target(I, O, T):
    return I * (O - T) * T * (1 - T)


@known_mistake("1 - O**2 is the slope of the hyperbolic tangent; that of the sigmoid is O * (1 - O).")
def slope_of_tanh(I, O, T):
    return I * (O - T) * (1 - O**2)


@known_mistake("The error itself is multiplied in; its slope in the output is O - T.")
def error_instead_of_its_slope(I, O, T):
    return I * (O - T) ** 2 / 2 * O * (1 - O)


@known_mistake("The size of the error is taken without its sign: O - T may be negative.")
def without_sign(I, O, T):
    return I * abs(O - T) * O * (1 - O)


@known_mistake("This is the slope in the input's sum alone, divided by I; the chain rule multiplies by I.")
def divided_by_the_input(I, O, T):
    return (O - T) * O * (1 - O) / I if I else 0.0


@accepted_variant
def factor_by_factor(I, O, T):
    error_slope = O - T
    sigmoid_slope = O - O * O
    return error_slope * sigmoid_slope * I


@accepted_variant
def with_numpy(I, O, T):
    return np.prod(np.array([I, np.subtract(O, T), O, 1 - O], dtype=float))


@accepted_variant
def negative_twice(I, O, T):
    delta = (T - O) * O * (1 - O)
    return -delta * I
