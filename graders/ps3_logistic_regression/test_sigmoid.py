"""Hidden grader of `sigmoid`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(z):
    return tf.sigmoid(tf.constant(z, tf.float64)).numpy()


def both_signs(rng, shape):
    """Return numbers between 0.5 and 6 in size, negative and positive in turn."""
    sizes = rng.uniform(0.5, 6.0, size=shape)
    return sizes * (-1.0) ** np.arange(sizes.size).reshape(shape)


def test_any_shape(student, rng):
    """the logistic function of every element, for arrays of one to three axes"""
    for shape in [(3,), (1,), (2, 4), (5, 1), (2, 3, 4)]:
        student.sigmoid.must_match(reference, both_signs(rng, shape))


def test_the_lectures_table(student):
    """the table of the lecture, from z = -10 to z = 5"""
    z = np.array([-10.0, -8.0, -4.0, 0.0, 0.5, 1.0, 5.0])
    expected = np.array([4.539786870243e-05, 0.0003353501304665, 0.01798620996209, 0.5, 0.6224593312019,
                         0.7310585786300, 0.9933071490757])
    student.sigmoid.must_return(expected, z)


def test_far_out(student):
    """0 and 1 as far out as -1000 and 1000, without a warning of numpy's"""
    for z in ([750.0, 40.0], [-1000.0, 1000.0], [-40.0, -750.0, -1000.0], [1.0, -1000.0, 0.0, 1000.0]):
        student.sigmoid.must_match(reference, np.array(z), quiet=True)
    student.sigmoid.must_match(reference, np.array([[-1000.0, 2.0, 1000.0], [-1.0, 720.0, -720.0]]), quiet=True)


def test_integers(student, rng):
    """whole numbers give fractions too"""
    student.sigmoid.must_match(reference, np.array([-2, 0, 3]))
    student.sigmoid.must_match(reference, rng.integers(-9, 9, size=(3, 5)))


def test_float32(student, rng):
    """single precision is good for six digits; the answer may be float32 or float64"""
    # A float32 carries an error of 6e-8 of its size.
    for shape in [(4,), (2, 3)]:
        z = rng.normal(scale=3, size=shape).astype(np.float32)
        student.sigmoid.must_match(reference, z, dtypes=(np.float32, np.float64), rtol=1e-5, atol=1e-6)


def test_nothing(student):
    """an array without elements: the answer has none either, and the same shape"""
    for shape in [(0,), (0, 3)]:
        student.sigmoid.must_match(reference, np.zeros(shape))


def test_views(student, rng):
    """slices, transposed arrays and arrays that are read-only"""
    student.sigmoid.must_match(reference, rng.normal(size=7)[::2])
    student.sigmoid.must_match(reference, rng.normal(size=(2, 3)).T)
    fixed = rng.normal(size=(3, 2))
    fixed.flags.writeable = False
    student.sigmoid.must_match(reference, fixed)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.sigmoid.must_keep_inputs(rng.normal(scale=3, size=(2, 3)))


@known_mistake("The curve runs backwards: the exponent is -z, so that large z give values near 1.")
def flipped_sign(z):
    return 1 / (1 + np.exp(z))


@known_mistake("`1 / 1 + np.exp(-z)` is 1 + exp(-z), since division comes first: write brackets around 1 + exp(-z).")
def brackets_missing(z):
    return 1 / 1 + np.exp(-z)


@known_mistake("The values are right, but exp of a large number is computed on the way and overflows. exp(-|z|) never "
               "does: express both halves of the curve by it.")
def overflow(z):
    return 1 / (1 + np.exp(-z))


@known_mistake("np.where computes both forms for all elements and only then chooses, so the one not wanted overflows: "
               "choose what goes into exp first, or use exp(-|z|) in both.")
def where_computes_both(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@known_mistake("exp(z) / (1 + exp(z)) becomes infinity / infinity for large z, which is nan: use this form where z is "
               "negative only.")
def nan_far_out(z):
    return np.exp(z) / (1 + np.exp(z))


@known_mistake("Negative z get the value of -z: with exp(-|z|) in the denominator, the numerator is 1 for z >= 0 and "
               "exp(-|z|) for z < 0.")
def same_on_both_sides(z):
    return 1 / (1 + np.exp(-np.abs(z)))


@known_mistake("This is the hyperbolic tangent, from -1 to 1; the logistic function goes from 0 to 1.")
def hyperbolic_tangent(z):
    return np.tanh(z)


@known_mistake("This is a step from 0 to 1; the logistic function rises smoothly: 1 / (1 + exp(-z)).")
def step(z):
    return (z >= 0).astype(float)


@known_mistake("The array for the answer takes its dtype from z: where z holds whole numbers, fractions are cut off.")
def integer_array(z):
    small = np.exp(-np.abs(z))
    answer = np.zeros_like(z)
    answer[...] = np.where(z >= 0, 1, small) / (1 + small)
    return answer


@known_mistake("`if z >= 0` asks one question about a whole array: decide for each element, with np.where or a mask.")
def one_number_only(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


@known_mistake("The elements come back in one row: the answer has the shape of z.")
def flattened(z):
    return 0.5 * (1 + np.tanh(z.ravel() / 2))


@known_mistake("The answer is written into z, so the caller's data are lost.")
def overwrites_input(z):
    z /= 2
    np.tanh(z, out=z)
    z += 1
    z /= 2
    return z


@accepted_variant
def with_masks(z):
    answer = np.empty(z.shape)
    positive = z >= 0
    answer[positive] = 1 / (1 + np.exp(-z[positive]))
    powers = np.exp(z[~positive])
    answer[~positive] = powers / (1 + powers)
    return answer


@accepted_variant
def with_tanh(z):
    return 0.5 * (1 + np.tanh(z / 2))


@accepted_variant
def with_a_clip(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


@accepted_variant
def with_logaddexp(z):
    return np.exp(-np.logaddexp(0, -z))


@accepted_variant
def overflow_wanted(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


@accepted_variant
def with_a_loop(z):
    answer = np.zeros(z.shape)
    for index, value in np.ndenumerate(z):
        if value >= 0:
            answer[index] = 1 / (1 + np.exp(-value))
        else:
            answer[index] = np.exp(value) / (1 + np.exp(value))
    return answer


EQUIVALENT_MUTANTS = {
    "return np.where(z >= 0, 1, small) / (1 + small)  ->  return np.where(z > 0, 1, small) / (1 + small)":
        "at z = 0 both numerators are 1",
}
