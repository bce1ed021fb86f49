"""Hidden grader of `classify`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

WHOLE = (np.integer,)


def reference(p, threshold=0.5):
    p = tf.constant(p, tf.float64)
    return tf.cast(p >= tf.constant(threshold, tf.float64), tf.int64).numpy()


def spread(rng, m):
    """Return m probabilities, evenly spread over 0 to 1 and in any order; none of them is 1/2."""
    return rng.permutation((np.arange(m) + rng.uniform(0.2, 0.4)) / m)


def test_half(student, rng):
    """1 for probabilities above 1/2, else 0, as whole numbers"""
    for m in (5, 2, 30):
        student.classify.must_match(reference, spread(rng, m), dtypes=WHOLE)


def test_on_the_threshold(student):
    """1 for a probability that equals the threshold"""
    p = np.array([0.25, 0.375, 0.5, 0.75])
    student.classify.must_return(np.array([1, 1, 1, 1]), p, 0.25, dtypes=WHOLE)
    student.classify.must_return(np.array([0, 0, 1, 1]), p, dtypes=WHOLE)
    student.classify.must_return(np.array([0, 0, 0, 1]), p, 0.75, dtypes=WHOLE)
    student.classify.must_return(np.array([0, 1, 1]), np.array([0.75 - 1e-9, 0.75, 0.75 + 1e-9]), 0.75, dtypes=WHOLE)


def test_other_thresholds(student, rng):
    """thresholds from 0.1 to 0.9"""
    for threshold in (0.3, 0.1, 0.6, 0.9):
        student.classify.must_match(reference, spread(rng, 20), threshold, dtypes=WHOLE)


def test_certain(student):
    """probabilities of 0 and 1, and thresholds of 0 and 1"""
    for threshold in (0.0, 0.5, 1.0):
        student.classify.must_match(reference, np.array([0.0, 1.0, 0.999, 0.001]), threshold, dtypes=WHOLE)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.classify.must_keep_inputs(spread(rng, 6))


@known_mistake("A probability that equals the threshold gets class 0: compare with `>=`.")
def above_only(p, threshold=0.5):
    return (p > threshold).astype(int)


@known_mistake("The argument threshold is ignored: the comparison is always with 0.5.")
def threshold_ignored(p, threshold=0.5):
    return (p >= 0.5).astype(int)


@known_mistake("The probabilities are rounded: that ignores the threshold, and np.round takes 0.5 to the even 0. "
               "Compare with `>=`.")
def rounded(p, threshold=0.5):
    return np.round(p).astype(int)


@known_mistake("The classes are right, but they are booleans, as a comparison gives them: "
               "turn them into ints with `.astype(int)`.")
def booleans(p, threshold=0.5):
    return p >= threshold


@known_mistake("The classes are right, but they are floats: return ints, for example by `.astype(int)`.")
def floats(p, threshold=0.5):
    return (p >= threshold).astype(float)


@known_mistake("The classes are the wrong way round: class 1 is for probabilities from the threshold upwards.")
def swapped(p, threshold=0.5):
    return (p < threshold).astype(int)


@known_mistake("The classes are -1 and 1: they are 0 and 1 here.")
def minus_one(p, threshold=0.5):
    return np.where(p >= threshold, 1, -1)


@known_mistake("The decisions are written into p, so the caller's probabilities are lost.")
def overwrites_input(p, threshold=0.5):
    p[:] = p >= threshold
    return p.astype(int)


@accepted_variant
def with_where(p, threshold=0.5):
    return np.where(p >= threshold, 1, 0)


@accepted_variant
def with_a_list(p, threshold=0.5):
    return np.array([1 if value >= threshold else 0 for value in p])


@accepted_variant
def small_integers(p, threshold=0.5):
    classes = np.ones(p.shape, dtype=np.uint8)
    classes[p < threshold] = 0
    return classes


EQUIVALENT_MUTANTS = {
    "return np.where(p >= threshold, 1, 0)  ->  return np.where(1, p >= threshold, 0)":
        "the comparison's booleans become ints beside the 0",
}
