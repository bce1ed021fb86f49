"""Hidden grader of `sigmoid_derivative`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(z):
    z = tf.constant(z, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(z)
        s = tf.sigmoid(z)
    return tape.gradient(s, z).numpy()


def test_any_shape(student, rng):
    """the slope at every element, for arrays of one to three axes"""
    for shape in [(3,), (1,), (4, 2), (2, 3, 4)]:
        student.sigmoid_derivative.must_match(reference, rng.normal(scale=2, size=shape))


def test_known_slopes(student):
    """1/4 at 0, and the same slope at z and -z: 3/16 at ln 3, 4/25 at ln 4, 9/100 at ln 9"""
    z = np.log([1.0, 3.0, 1 / 3, 4.0, 1 / 4, 9.0, 1 / 9])
    student.sigmoid_derivative.must_return(np.array([0.25, 0.1875, 0.1875, 0.16, 0.16, 0.09, 0.09]), z)


def test_far_out(student):
    """0 as far out as -1000 and 1000, without a warning of numpy's"""
    for z in ([-1000.0, 1000.0], [-30.0, -750.0], [750.0, 30.0, 0.0]):
        student.sigmoid_derivative.must_match(reference, np.array(z), quiet=True)


def test_integers(student, rng):
    """whole numbers give fractions too"""
    student.sigmoid_derivative.must_match(reference, rng.integers(-9, 9, size=(2, 4)))


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.sigmoid_derivative.must_keep_inputs(rng.normal(size=(3, 2)))


@known_mistake("z * (1 - z) takes z for the value of the sigmoid: compute s = sigmoid(z) first, then s * (1 - s).")
def z_taken_for_the_value(z):
    return z * (1 - z)


@known_mistake("The sigmoid is applied twice: this is the slope at sigmoid(z), not at z.")
def slope_at_the_value(z):
    s = 0.5 * (1 + np.tanh(z / 2))
    s = 0.5 * (1 + np.tanh(s / 2))
    return s * (1 - s)


@known_mistake("The sign is flipped: the sigmoid rises everywhere, so its slope is positive: s * (1 - s).")
def sign_flipped(z):
    s = 0.5 * (1 + np.tanh(z / 2))
    return s * (s - 1)


@known_mistake("This is the sigmoid itself: its slope is s * (1 - s).")
def the_sigmoid_itself(z):
    return 0.5 * (1 + np.tanh(z / 2))


@known_mistake("1 - s**2 is the slope of the hyperbolic tangent; that of the sigmoid is s * (1 - s).")
def slope_of_tanh(z):
    s = 0.5 * (1 + np.tanh(z / 2))
    return 1 - s**2


@known_mistake("The values are right, but exp of a large number is computed on the way and overflows: "
               "call your sigmoid, or use exp(-|z|).")
def overflow(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


@known_mistake("exp(-z) / (1 + exp(-z))**2 becomes infinity / infinity, which is nan, where z is very negative: "
               "call your sigmoid, or use exp(-|z|).")
def nan_far_out(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@known_mistake("The answer is written into z, so the caller's data are lost.")
def overwrites_input(z):
    z /= 2
    np.tanh(z, out=z)
    return 0.25 * (1 - z) * (1 + z)


@accepted_variant
def by_the_distance_from_zero(z):
    small = np.exp(-np.abs(z))
    return small / (1 + small) ** 2


@accepted_variant
def with_tanh(z):
    return (1 - np.tanh(z / 2) ** 2) / 4


@accepted_variant
def product_of_both_sides(z):
    z = np.clip(z, -500, 500)
    return 1 / (1 + np.exp(-z)) * (1 / (1 + np.exp(z)))


@accepted_variant
def with_a_loop(z):
    answer = np.zeros(np.shape(z))
    for index, value in np.ndenumerate(z):
        s = 0.5 * (1 + np.tanh(value / 2))
        answer[index] = s - s**2
    return answer
