"""Hidden grader of `relu_derivative`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

# Zeros and ones may be whole numbers, but not truth values, which add and multiply differently.
NUMBERS = (np.floating, np.integer)


def reference(z):
    z = tf.constant(z, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(z)
        a = tf.nn.relu(z)
    return tape.gradient(a, z).numpy()


def test_any_shape(student, rng):
    """1 where z is positive and 0 where it is negative, in arrays of one to three axes"""
    for shape in [(6,), (1,), (4, 3), (2, 5), (2, 3, 4)]:
        student.relu_derivative.must_match(reference, rng.normal(scale=2, size=shape), dtypes=NUMBERS)


def test_at_zero(student, rng):
    """0 at exactly 0, without a warning of numpy's"""
    for z in ([0.0], [0.0, 0.0, 0.0], [-0.0, 1.0, 0.0, -1.0]):
        student.relu_derivative.must_match(reference, np.array(z), dtypes=NUMBERS, quiet=True)
    student.relu_derivative.must_match(reference, rng.integers(-1, 2, size=(4, 5)).astype(float), dtypes=NUMBERS,
                                       quiet=True)


def test_near_zero(student):
    """numbers close to 0 on both sides of it, and numbers far away"""
    z = np.array([[1e-12, -1e-12, 1e-300], [-1e-300, 1000.0, -1000.0]])
    student.relu_derivative.must_return(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), z, dtypes=NUMBERS)


def test_integers(student, rng):
    """whole numbers as z"""
    student.relu_derivative.must_match(reference, rng.integers(-9, 10, size=(3, 4)), dtypes=NUMBERS)
    student.relu_derivative.must_return(np.array([0.0, 0.0, 1.0, 1.0]), np.array([-3, 0, 1, 5]), dtypes=NUMBERS)


def test_float32(student, rng):
    """z in float32"""
    student.relu_derivative.must_match(reference, rng.normal(size=(2, 3)).astype(np.float32), dtypes=NUMBERS)


def test_views(student, rng):
    """slices, transposed arrays and arrays that are read-only"""
    student.relu_derivative.must_match(reference, rng.normal(size=9)[::2], dtypes=NUMBERS)
    student.relu_derivative.must_match(reference, rng.normal(size=(2, 3)).T, dtypes=NUMBERS)
    fixed = rng.normal(size=(3, 2))
    fixed.flags.writeable = False
    student.relu_derivative.must_match(reference, fixed, dtypes=NUMBERS)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    for shape in [(5,), (4, 3)]:
        student.relu_derivative.must_keep_inputs(rng.normal(scale=2, size=shape))


@known_mistake("At exactly 0 the slope is 1; it is 0 there: ask for z > 0.")
def one_at_zero(z):
    return (z >= 0).astype(float)


@known_mistake("At exactly 0 the slope is 1/2, the mean of both sides; it is agreed to be 0 there.")
def half_at_zero(z):
    return np.heaviside(z, 0.5)


@known_mistake("These are truth values, True and False: turn them into numbers, with astype for example.")
def truth_values(z):
    return z > 0


@known_mistake("This is ReLU itself: its slope is 1 where z is positive, however large z is.")
def relu_itself(z):
    return np.maximum(0.0, z)


@known_mistake("This is the sign of z, the slope of the absolute value: where z is negative, ReLU is flat.")
def sign(z):
    return np.sign(z)


@known_mistake("Where z is negative the slope is 0.01, that of a leaky ReLU; it is 0.")
def leaky(z):
    return np.where(z > 0, 1, 0.01)


@known_mistake("The slope is 1 where z is negative and 0 where it is positive: it is the other way round.")
def turned_around(z):
    return (z < 0).astype(float)


@known_mistake("This is the slope of the sigmoid; that of ReLU is 0 or 1.")
def slope_of_the_sigmoid(z):
    s = 0.5 * (1 + np.tanh(z / 2))
    return s * (1 - s)


@known_mistake("The slope is 1 everywhere, as without an activation; where z is negative it is 0.")
def one_everywhere(z):
    return np.ones(z.shape)


@known_mistake("relu(z) / z is 0 / 0 at 0, which is nan: compare z with 0 instead.")
def quotient(z):
    return np.maximum(0.0, z) / z


@known_mistake("The slope is estimated by a small step, which gets it wrong next to the corner: compare z with 0.")
def by_differences(z):
    h = 1e-6
    return np.round((np.maximum(0.0, z + h) - np.maximum(0.0, z - h)) / (2 * h), 6)


@known_mistake("`if z > 0` asks one question about a whole array: compare each element.")
def one_question(z):
    if z > 0:
        return np.ones_like(z)
    return np.zeros_like(z)


@known_mistake("The zeros and ones are written into z, so the caller's data are lost: make a new array.")
def overwrites_input(z):
    z = z if z.flags.writeable else z.copy()
    z[z <= 0] = 0
    z[z > 0] = 1
    return z


@accepted_variant
def with_where(z):
    return np.where(z > 0, 1.0, 0.0)


@accepted_variant
def whole_numbers(z):
    return (z > 0).astype(int)


@accepted_variant
def with_masks(z):
    slopes = np.zeros_like(z)
    slopes[z > 0] = 1
    return slopes


@accepted_variant
def times_one(z):
    return 1.0 * (np.maximum(z, 0) != 0)


@accepted_variant
def with_a_loop(z):
    slopes = np.empty(z.shape)
    for index, value in np.ndenumerate(z):
        slopes[index] = 1 if value > 0 else 0
    return slopes


EQUIVALENT_MUTANTS = {
    "return np.where(z > 0, 1.0, 0.0)  ->  return np.where(1.0, z > 0, 0.0)":
        "joined with 0.0, the truth values become the floats 1.0 and 0.0",
}
