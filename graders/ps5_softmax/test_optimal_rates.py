"""Hidden grader of `optimal_rates`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("eta_opt", "eta_max")


def reference(second_derivative):
    eta_opt = tf.math.reciprocal(tf.constant(second_derivative, tf.float64))
    return float(eta_opt), float(2 * eta_opt)


def test_any_curvature(student, rng):
    """the best rate and the largest one, in flat valleys and in steep ones"""
    for scale in (3.0, 0.02, 50.0):
        student.optimal_rates.must_match(reference, scale * rng.uniform(0.5, 1.5))


def test_the_lectures_parabola(student):
    """2 (x - 5)**2 + 3, which has the second derivative 4, and Lab 1, which has 57"""
    student.optimal_rates.must_return((0.25, 0.5), 4.0)
    student.optimal_rates.must_return((1 / 57, 2 / 57), 57.0)


def test_whole_numbers(student):
    """a second derivative written without a point: the rates have fractions all the same"""
    for second_derivative in (4, 1, 3):
        student.optimal_rates.must_match(reference, second_derivative)


def one_step_each(optimal_rates, second_derivative):
    eta_opt, eta_max = optimal_rates(second_derivative)
    # From a point at 3 beside the minimum of a parabola.
    slope = 3.0 * second_derivative
    return {"one step with eta_opt, from 3 beside the minimum, leads to": round(3.0 - eta_opt * slope, 9) + 0.0,
            "one step with eta_max, from 3 beside the minimum, leads to": round(3.0 - eta_max * slope, 9) + 0.0}


def test_one_step_down_a_parabola(student, rng):
    """one step with eta_opt reaches the minimum; one with eta_max comes out as far away, on the other side"""
    for scale in (1.0, 20.0):
        student.optimal_rates.must_match(reference, scale * rng.uniform(0.5, 1.5), through=one_step_each)


@known_mistake("Both rates are 2 / E''; the best one is half as large, 1 / E''.")
def largest_twice(second_derivative):
    return 2 / second_derivative, 2 / second_derivative


@known_mistake("Both rates are 1 / E''; the largest one is twice as large, 2 / E''.")
def best_twice(second_derivative):
    return 1 / second_derivative, 1 / second_derivative


@known_mistake("The second derivative itself is no rate: steep valleys need small steps, so divide by it.")
def not_inverted(second_derivative):
    return second_derivative, 2 * second_derivative


@known_mistake("Both rates are too small by half: they are 1 / E'' and 2 / E''.")
def halved(second_derivative):
    return 0.5 / second_derivative, 1 / second_derivative


@known_mistake("The order is wrong: eta_opt comes first, then eta_max.")
def swapped(second_derivative):
    return 2 / second_derivative, 1 / second_derivative


@known_mistake("The second derivative is squared; the rate is 1 / E'' itself.")
def squared(second_derivative):
    return 1 / second_derivative**2, 2 / second_derivative**2


@known_mistake("// cuts the fraction off; divide with /.")
def integer_division(second_derivative):
    return 1 // second_derivative, 2 // second_derivative


@accepted_variant
def twice_the_best(second_derivative):
    eta_opt = 1 / second_derivative
    return eta_opt, 2 * eta_opt


@accepted_variant
def as_a_list(second_derivative):
    return list(np.array([1.0, 2.0]) / second_derivative)


@accepted_variant
def with_a_power(second_derivative):
    best = float(second_derivative) ** -1
    return best, best + best
