"""Hidden grader of `relu`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(z):
    return tf.nn.relu(tf.constant(z, tf.float64)).numpy()


def test_any_shape(student, rng):
    """positive numbers as they are and 0 for negative ones, in arrays of one to three axes"""
    for shape in [(6,), (1,), (4, 3), (2, 5), (2, 3, 4)]:
        student.relu.must_match(reference, rng.normal(scale=3, size=shape))


def test_known_values(student):
    """0 at 0, and numbers near it and far from it"""
    z = np.array([[0.0, -0.5, 0.5], [1e-9, -1e-9, 2.0], [1000.0, -1000.0, 7.25]])
    student.relu.must_return(np.array([[0.0, 0.0, 0.5], [1e-9, 0.0, 2.0], [1000.0, 0.0, 7.25]]), z, atol=1e-15)


def test_only_one_sign(student, rng):
    """arrays whose numbers are all negative, or all positive"""
    for shape in [(3,), (2, 4)]:
        z = rng.uniform(0.5, 9, size=shape)
        student.relu.must_match(reference, -z)
        student.relu.must_match(reference, z)


def test_integers(student, rng):
    """whole numbers, for an answer in whole numbers or floats"""
    for shape in [(7,), (3, 2)]:
        student.relu.must_match(reference, rng.integers(-9, 10, size=shape), dtypes=(np.floating, np.integer))


def test_float32(student, rng):
    """numbers in float32, for an answer in float32 or float64"""
    z = rng.normal(size=(3, 4)).astype(np.float32)
    student.relu.must_match(reference, z, dtypes=(np.floating,))


def test_views(student, rng):
    """slices, transposed arrays and arrays that are read-only"""
    student.relu.must_match(reference, rng.normal(size=9)[::2])
    student.relu.must_match(reference, rng.normal(size=(2, 3)).T)
    fixed = rng.normal(size=(3, 2))
    fixed.flags.writeable = False
    student.relu.must_match(reference, fixed)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    for shape in [(5,), (4, 3)]:
        student.relu.must_keep_inputs(rng.normal(size=shape))


@known_mistake("This ReLU leaks: negative numbers become exactly 0, not a hundredth of themselves.")
def leaky(z):
    return np.where(z > 0, z, 0.01 * z)


@known_mistake("This is the absolute value: negative numbers become 0, they do not change their sign.")
def absolute_value(z):
    return np.abs(z)


@known_mistake("The smaller of 0 and z keeps the negative numbers: take the larger one, np.maximum.")
def minimum(z):
    return np.minimum(0, z)


@known_mistake("The numbers come back with the other sign: ReLU is never negative.")
def negated(z):
    return -np.maximum(0, z)


@known_mistake("This is a step from 0 to 1, the slope of ReLU: positive numbers stay what they are.")
def step(z):
    return (z > 0).astype(float)


@known_mistake("Positive numbers are cut off at 1: ReLU has no upper end.")
def cut_off_at_1(z):
    return np.clip(z, 0, 1)


@known_mistake("Positive numbers are cut off at 6, as ReLU6 does: ReLU has no upper end.")
def cut_off_at_6(z):
    return np.clip(z, 0, 6)


@known_mistake("This is the softplus function, a rounded ReLU: the corner at 0 is sharp.")
def softplus(z):
    return np.logaddexp(0, z)


@known_mistake("Negative numbers become exp(z) - 1, as the ELU has it: here they become 0.")
def exponential_unit(z):
    return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)


@known_mistake("This is the sigmoid: ReLU keeps positive numbers as they are.")
def sigmoid_instead(z):
    return 0.5 * (1 + np.tanh(z / 2))


@known_mistake("np.max gives the one largest number of the array: np.maximum compares each element with 0.")
def one_maximum(z):
    return max(0.0, float(np.max(z)))


@known_mistake("Negative numbers are left out, which changes the shape: put 0 in their place.")
def negatives_left_out(z):
    return z[z > 0]


@known_mistake("`if z > 0` asks one question about a whole array: decide for each element, with np.maximum.")
def one_question(z):
    if z > 0:
        return z
    return np.zeros_like(z)


@known_mistake("The zeros are written into z, so the caller's data are lost: work on a copy.")
def overwrites_input(z):
    z = z if z.flags.writeable else z.copy()
    z[z < 0] = 0
    return z


@accepted_variant
def product_with_the_sign(z):
    return z * (z > 0)


@accepted_variant
def half_of_the_sum(z):
    return (z + np.abs(z)) / 2


@accepted_variant
def with_where(z):
    return np.where(z < 0, 0.0, z)


@accepted_variant
def on_a_copy(z):
    answer = np.array(z)
    answer[answer < 0] = 0
    return answer


@accepted_variant
def with_clip(z):
    return np.clip(z, 0, None)


@accepted_variant
def with_a_loop(z):
    answer = np.zeros(z.shape)
    for index, value in np.ndenumerate(z):
        answer[index] = max(value, 0.0)
    return answer


EQUIVALENT_MUTANTS = {
    "return np.maximum(z, 0)  ->  return np.maximum(0, z)":
        "the larger of 0 and z, whichever is named first",
    "return z * (z > 0)  ->  return z * (z >= 0)":
        "at z = 0 the product is 0 with either factor",
}
