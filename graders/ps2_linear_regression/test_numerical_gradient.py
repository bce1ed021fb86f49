"""Hidden grader of `numerical_gradient`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the gradient",)

# The central difference itself is off by eps**2, 1e-10, and by the rounding of f divided by eps, 1e-10 too; a
# forward difference is off by eps / 2 times the curvature, 1e-6 and more at the points below.
TOLERANCE = 1e-7


def reference(f, w, eps=1e-5):
    w = tf.constant(w, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(w)
        value = f(w)
    return tape.gradient(value, w).numpy()


# Functions of a vector, of operators only, so that numpy and TensorFlow both go through them.


def sum_of_cubes(w):
    return sum(w**3)


def sum_of_exponentials(w):
    return sum(2.0**w)


def saddle(w):
    return w[0] ** 2 - 3 * w[0] * w[1]


def chain(w):
    return sum(w[:-1] * w[1:] ** 2)


def point(rng, d):
    """Coordinates of both signs, away from 0, where a cube has no curvature."""
    return rng.uniform(0.5, 2.0, size=d) * rng.choice([-1.0, 1.0], size=d)


def test_functions_of_several_weights(student, rng):
    """the gradient of functions of 2 to 6 weights, without an eps given"""
    for f, d in [(sum_of_cubes, 2), (saddle, 2), (chain, 3), (sum_of_exponentials, 4), (chain, 6)]:
        student.numerical_gradient.must_match(reference, f, point(rng, d), rtol=TOLERANCE, atol=TOLERANCE)


def test_one_weight(student, rng):
    """a single weight: the answer has shape (1,)"""
    for f in (sum_of_cubes, sum_of_exponentials):
        student.numerical_gradient.must_match(reference, f, point(rng, 1), rtol=TOLERANCE, atol=TOLERANCE)


def test_weights_without_effect(student, rng):
    """0 for the weights that the function does not depend on"""
    student.numerical_gradient.must_match(reference, saddle, point(rng, 5), rtol=TOLERANCE, atol=TOLERANCE)


def test_another_eps(student, rng):
    """steps of the eps that is given: for the sum of cubes the answer is 3 w**2 + eps**2"""
    for d, eps in [(2, 0.1), (3, 0.5)]:
        w = point(rng, d)
        student.numerical_gradient.must_return(3 * w**2 + eps**2, sum_of_cubes, w, eps)


def test_inputs_untouched(student, rng):
    """leaves w as it was, to the last bit"""
    student.numerical_gradient.must_keep_inputs(sum_of_cubes, rng.normal(scale=3, size=20))


@known_mistake("This is a forward difference, f(w + eps) against f(w); "
               "a central one goes to both sides and is far more exact.")
def forward_difference(f, w, eps=1e-5):
    return np.array([(f(w + step) - f(w)) / eps for step in eps * np.eye(w.size)])


@known_mistake("This is a backward difference, f(w) against f(w - eps); "
               "a central one goes to both sides and is far more exact.")
def backward_difference(f, w, eps=1e-5):
    return np.array([(f(w) - f(w - step)) / eps for step in eps * np.eye(w.size)])


@known_mistake("The difference is divided by eps, but from w - eps to w + eps it is 2 * eps: all values are doubled.")
def two_missing(f, w, eps=1e-5):
    return np.array([(f(w + step) - f(w - step)) / eps for step in eps * np.eye(w.size)])


@known_mistake("`/ 2 * eps` divides by 2 and then multiplies by eps; write `/ (2 * eps)`.")
def brackets_missing(f, w, eps=1e-5):
    return np.array([(f(w + step) - f(w - step)) / 2 * eps for step in eps * np.eye(w.size)])


@known_mistake("The difference is taken the wrong way round: f(w + eps) comes first.")
def sign_flipped(f, w, eps=1e-5):
    return np.array([(f(w - step) - f(w + step)) / (2 * eps) for step in eps * np.eye(w.size)])


@known_mistake("All weights are moved at once; a partial derivative moves one and holds the others.")
def all_moved_at_once(f, w, eps=1e-5):
    return np.full(w.size, (f(w + eps) - f(w - eps)) / (2 * eps))


@known_mistake("Each weight is moved and not moved back, so the next derivatives are taken at another point.")
def never_moved_back(f, w, eps=1e-5):
    w = w.copy()
    gradient = np.zeros(w.size)
    for i in range(w.size):
        w[i] += eps
        up = f(w)
        w[i] -= 2 * eps
        gradient[i] = (up - f(w)) / (2 * eps)
    return gradient


@known_mistake("The argument eps is ignored: the step is always 1e-5.")
def eps_ignored(f, w, eps=1e-5):
    eps = 1e-5
    return np.array([(f(w + step) - f(w - step)) / (2 * eps) for step in eps * np.eye(w.size)])


@known_mistake("w itself is moved, and adding and subtracting eps does not bring back its last bits: "
               "work on a copy, or keep the old value.")
def moves_input(f, w, eps=1e-5):
    gradient = np.zeros(w.size)
    for i in range(w.size):
        w[i] += eps
        up = f(w)
        w[i] -= 2 * eps
        gradient[i] = (up - f(w)) / (2 * eps)
        w[i] += eps
    return gradient


@accepted_variant
def with_copies(f, w, eps=1e-5):
    gradient = np.zeros_like(w)
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += eps
        down[i] -= eps
        gradient[i] = (f(up) - f(down)) / (2 * eps)
    return gradient


@accepted_variant
def puts_the_old_value_back(f, w, eps=1e-5):
    gradient = np.empty(w.shape)
    for i, old in enumerate(w):
        w[i] = old + eps
        up = f(w)
        w[i] = old - eps
        down = f(w)
        w[i] = old
        gradient[i] = 0.5 * (up - down) / eps
    return gradient


@accepted_variant
def mean_of_both_sides(f, w, eps=1e-5):
    here = f(w)
    steps = eps * np.eye(w.size)
    forward = np.array([(f(w + step) - here) / eps for step in steps])
    backward = np.array([(here - f(w - step)) / eps for step in steps])
    return (forward + backward) / 2
