"""Hidden grader of `softmax`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all


def reference(z):
    return tf.nn.softmax(tf.constant(z, tf.float64)).numpy()


def test_any_shape(student, rng):
    """the last axis becomes probabilities, in arrays of one to three axes"""
    for shape in [(3,), (2, 3), (4, 2), (3, 3), (2, 3, 4), (7, 5, 2)]:
        student.softmax.must_match(reference, rng.normal(scale=2, size=shape))


def test_the_lectures_scores(student):
    """the lecture's three scores, and scores that are all the same"""
    student.softmax.must_return(np.array([0.8382731438, 0.0189412862, 0.1427855700]), np.array([2.33, -1.46, 0.56]))
    student.softmax.must_return(np.full((2, 5), 0.2), np.array([[0.0] * 5, [-3.0] * 5]))


def test_scores_at_thousands(student, rng):
    """scores at thousands, up and down: no overflow and no warning"""
    student.softmax.must_match(reference, rng.normal(loc=1000, size=4), quiet=True)
    student.softmax.must_match(reference, rng.normal(loc=-3000, size=(3, 4)), quiet=True)
    student.softmax.must_match(reference, rng.normal(scale=3000, size=(5, 3)), quiet=True)


def test_rows_at_different_heights(student, rng):
    """rows of which one lies thousands above the next: each is a distribution of its own, without a warning"""
    heights = np.array([[0.0], [4000.0], [-4000.0]])
    student.softmax.must_match(reference, rng.normal(size=(3, 4)) + heights, quiet=True)
    student.softmax.must_match(reference, rng.normal(size=(2, 3, 2)) + heights, quiet=True)


def test_one_class(student, rng):
    """one class only: its probability is 1, whatever the score"""
    for shape in [(1,), (5, 1), (2, 3, 1)]:
        student.softmax.must_match(reference, rng.normal(scale=3, size=shape))


def test_empty_batch(student):
    """a batch without rows gives one without rows"""
    student.softmax.must_match(reference, np.zeros((0, 3)))


def test_integers(student, rng):
    """whole numbers as scores give fractions too"""
    for shape in [(4,), (3, 5)]:
        student.softmax.must_match(reference, rng.integers(-4, 5, size=shape))


def test_float32(student, rng):
    """scores in float32, for an answer in float32 or float64"""
    # float32 has 7 digits; so have its probabilities.
    student.softmax.must_match(reference, rng.normal(scale=2, size=(3, 4)).astype(np.float32),
                               rtol=1e-5, atol=1e-5, dtypes=(np.floating,))


def read_only(array):
    array.flags.writeable = False
    return array


def test_views(student, rng):
    """scores that are read-only, transposed or every other column of a larger array"""
    z = rng.normal(size=(4, 6))
    for view in (z[:, ::2], z.T, read_only(z.copy())):
        student.softmax.must_match(reference, view)


def distance_of_sums_from_1(softmax, z):
    return {"the largest distance of a sum over the last axis from 1":
            round(float(np.max(np.abs(np.sum(softmax(z), axis=-1) - 1))), 9)}


def test_properties(student, rng):
    """probabilities sum to 1, and adding a number to all scores changes nothing"""
    scores = arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=st.floats(-20, 20))

    @for_all(rng, scores, examples=15)
    def sums_are_1(z):
        student.softmax.must_match(reference, z, through=distance_of_sums_from_1)

    @for_all(rng, scores, st.integers(-100, 100), examples=15)
    def shifting_changes_nothing(z, shift):
        student.softmax.must_return(reference(z), z + shift)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    for shape in [(4,), (3, 4)]:
        student.softmax.must_keep_inputs(rng.normal(size=shape))


@known_mistake("exp overflows at thousands: subtract each row's maximum first, which changes no probability.")
def without_shift(z):
    powers = np.exp(z)
    return powers / np.sum(powers, axis=-1, keepdims=True)


@known_mistake("The maximum of the whole array is subtracted: rows far below it become 0 / 0. "
               "Subtract the maximum of each row.")
def shift_by_one_maximum(z):
    powers = np.exp(z - np.max(z)) if z.size else z
    return powers / np.sum(powers, axis=-1, keepdims=True)


@known_mistake("The scores are clipped to avoid the overflow, so that large ones become equal: "
               "subtract each row's maximum instead.")
def clipped_scores(z):
    powers = np.exp(np.clip(z, -700, 700))
    return powers / np.sum(powers, axis=-1, keepdims=True)


@known_mistake("The mean is subtracted, and scores far above it overflow all the same: subtract the maximum.")
def shift_by_mean(z):
    powers = np.exp(z - np.mean(z, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


@known_mistake("The minimum is subtracted, which makes the scores positive but not small: subtract the maximum.")
def shift_by_minimum(z):
    powers = np.exp(z - np.min(z, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


@known_mistake("The probabilities sum to 1 down the columns; a sample is a row: use axis=-1.")
def first_axis(z):
    powers = np.exp(z - np.max(z, axis=0, initial=-np.inf))
    return powers / np.sum(powers, axis=0)


@known_mistake("axis=1 is the last axis of a matrix only; with one axis or three write axis=-1.")
def second_axis(z):
    powers = np.exp(z - np.max(z, axis=1, keepdims=True))
    return powers / np.sum(powers, axis=1, keepdims=True)


@known_mistake("All elements together sum to 1; every row is a distribution of its own: sum with axis=-1.")
def over_the_whole_array(z):
    powers = np.exp(z - np.max(z, initial=-np.inf))
    return powers / np.sum(powers)


@known_mistake("The sums have lost their axis, so that they divide columns: write keepdims=True.")
def keepdims_missing(z):
    powers = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1)


@known_mistake("The powers are divided by the largest one; divide by their sum.")
def divided_by_maximum(z):
    return np.exp(z - np.max(z, axis=-1, keepdims=True))


@known_mistake("This is the sigmoid of each score by itself: the sum is not 1. Divide exp(z) by the row's sum.")
def sigmoid_of_each(z):
    return np.where(z >= 0, 1.0, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))


@known_mistake("exp is missing: the scores themselves are divided by their sum.")
def without_exp(z):
    return z / np.sum(z, axis=-1, keepdims=True)


@known_mistake("The powers are of 2; softmax has those of e: np.exp.")
def powers_of_two(z):
    powers = 2.0 ** (z - np.max(z, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


@known_mistake("The signs are turned around: the largest score gets the smallest probability.")
def of_negative_scores(z):
    powers = np.exp(np.min(z, axis=-1, keepdims=True) - z)
    return powers / np.sum(powers, axis=-1, keepdims=True)


@known_mistake("These are the logarithms of the probabilities.")
def log_softmax(z):
    shifted = z - np.max(z, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


@known_mistake("Each row has a single 1 at its largest score; softmax gives every class a share.")
def hard_maximum(z):
    return (z == np.max(z, axis=-1, keepdims=True)).astype(float)


@known_mistake("The answer is filled into an array like z: with whole numbers as scores, fractions are cut off.")
def integer_answer(z):
    powers = np.exp(z - np.max(z, axis=-1, keepdims=True))
    answer = np.zeros_like(z)
    answer[...] = powers / np.sum(powers, axis=-1, keepdims=True)
    return answer


@known_mistake("The maximum is subtracted in place, so the caller's scores are lost.")
def overwrites_input(z):
    if z.dtype.kind != "f":
        z = z.astype(float)
    z -= np.max(z, axis=-1, keepdims=True)
    powers = np.exp(z)
    return powers / np.sum(powers, axis=-1, keepdims=True)


@accepted_variant
def over_the_last_index(z):
    powers = np.exp(z - z.max(-1)[..., None])
    return powers / powers.sum(-1)[..., None]


@accepted_variant
def through_logarithms(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return np.exp(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


@accepted_variant
def row_by_row(z):
    rows = np.array(z, dtype=float).reshape(-1, z.shape[-1])
    for row in rows:
        row -= max(row)
        row[:] = np.exp(row)
        row /= sum(row)
    return rows.reshape(z.shape)


@accepted_variant
def through_differences(z):
    # exp of the differences of all pairs: an overflow to infinity is a probability of 0, so it may be capped.
    differences = np.minimum(z[..., None, :] - z[..., :, None], 700)
    return 1 / np.sum(np.exp(differences), axis=-1)


@accepted_variant
def with_the_classes_first(z):
    scores = np.moveaxis(np.asarray(z, dtype=np.float64), -1, 0)
    powers = np.exp(scores - np.max(scores, axis=0))
    return np.moveaxis(powers / np.sum(powers, axis=0), 0, -1)


EQUIVALENT_MUTANTS = {
    "z = np.asarray(z, dtype=np.float64)  ->  pass":
        "exp turns whole numbers into float64 by itself, and an answer in float32 is allowed for scores in float32",
}
