"""Hidden grader of `binary_cross_entropy`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(y_true, y_pred, eps=1e-7):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError(f"y_pred has shape {np.shape(y_pred)}, but y_true has shape {np.shape(y_true)}")
    loss = keras.losses.BinaryCrossentropy(dtype="float64")
    usual = keras.config.epsilon()
    keras.config.set_epsilon(float(eps))
    try:
        return float(loss(tf.constant(y_true, tf.float64), tf.constant(y_pred, tf.float64)))
    finally:
        keras.config.set_epsilon(usual)


def samples(rng, m):
    """Return m >= 2 classes, of both kinds, and probabilities to go with them."""
    return rng.permutation(np.arange(m) % 2).astype(float), rng.uniform(0.05, 0.95, size=m)


def test_any_number_of_samples(student, rng):
    """the mean over the samples, for 2 to 40 of them"""
    # Probabilities that are not clipped: whoever deals with 0 and 1 in another way is off by 1e-6 here, and the
    # tests below look at that.
    for m in (3, 2, 5, 40):
        student.binary_cross_entropy.must_match(reference, *samples(rng, m), rtol=1e-4)


def test_the_lectures_table(student):
    """the table of the lecture, sample by sample and as a whole"""
    y_true = np.array([1.0, 1, 1, 1, 0, 0, 0, 0])
    y_pred = np.array([0.99999, 0.7, 0.1, 1e-6, 1e-6, 0.3, 0.9, 0.999999])
    losses = [1.0000050000333e-05, 0.3566749439387, 2.3025850929940, 13.8155105579643,
              1.0000005000003e-06, 0.3566749439387, 2.3025850929940, 13.8155105579643]
    # 1 - 0.999999 is good for ten digits only; an eps inside the logarithms moves the seventh.
    for i in (1, 2, 3, 5, 6, 7, 0, 4):
        student.binary_cross_entropy.must_return(losses[i], y_true[[i]], y_pred[[i]], rtol=1e-9, atol=1e-12)
    student.binary_cross_entropy.must_return(4.118694023726981, y_true, y_pred, rtol=1e-9, atol=1e-12)


def test_exactly_0_and_1(student):
    """probabilities of exactly 0 and 1 are clipped to 1e-7 and 1 - 1e-7, without a warning of numpy's"""
    certain = np.array([0.0, 1.0, 1.0])
    student.binary_cross_entropy.must_match(reference, 1 - certain, certain, quiet=True)
    student.binary_cross_entropy.must_match(reference, certain, certain, quiet=True)
    student.binary_cross_entropy.must_match(reference, np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.0, 0.0, 0.3, 1.0]),
                                            quiet=True)


def test_another_eps(student, rng):
    """clips to the eps that is given"""
    for eps in (0.1, 0.3, 1e-3, 1e-9):
        y_true, y_pred = samples(rng, 6)
        y_true, y_pred = np.append(y_true, [1, 0, 0, 1]), np.append(y_pred, [0.0, 1.0, 0.02, 0.98])
        student.binary_cross_entropy.must_match(reference, y_true, y_pred, eps)


def test_whole_numbers(student, rng):
    """classes as integers"""
    y_true, y_pred = samples(rng, 7)
    student.binary_cross_entropy.must_match(reference, y_true.astype(int), y_pred, rtol=1e-4)


def test_one_class(student, rng):
    """samples that are all of class 1, or all of class 0"""
    for m, kind in [(4, 1.0), (3, 0.0)]:
        student.binary_cross_entropy.must_match(reference, np.full(m, kind), rng.uniform(0.05, 0.95, size=m), rtol=1e-4)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are, probabilities of 0 and 1 included"""
    student.binary_cross_entropy.must_keep_inputs(np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.25, 0.5]))


@known_mistake("The losses are added up but not divided by their number: the mean is asked for.")
def sum_for_mean(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(-np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@known_mistake("The minus sign is missing: logarithms of probabilities are negative, the loss is positive.")
def minus_missing(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@known_mistake("The minus sign reaches the first term only: put brackets around the sum of both terms.")
def brackets_missing(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(np.mean(-y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@known_mistake("Samples of class 0 cost nothing here: the term (1 - y) * log(1 - p) is missing.")
def class_0_left_out(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(-np.mean(y_true * np.log(p)))


@known_mistake("1 - log(p) is not log(1 - p): the second logarithm is that of 1 - p.")
def one_minus_outside(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(-np.mean(y_true * np.log(p) + (1 - y_true) * (1 - np.log(p))))


@known_mistake("The classes and the probabilities have changed places: the logarithms are those of y_pred.")
def arguments_swapped(y_true, y_pred, eps=1e-7):
    p = np.clip(y_true, eps, 1 - eps)
    return float(-np.mean(y_pred * np.log(p) + (1 - y_pred) * np.log(1 - p)))


@known_mistake("The probabilities are those of the other class: p belongs to y = 1 and 1 - p to y = 0.")
def classes_swapped(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(-np.mean(y_true * np.log(1 - p) + (1 - y_true) * np.log(p)))


@known_mistake("The logarithm of 0 is minus infinity, and 0 times infinity is nan: clip y_pred to [eps, 1 - eps] "
               "first, and take both logarithms of what is clipped.")
def not_clipped(y_true, y_pred, eps=1e-7):
    return float(-np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)))


@known_mistake("eps is added inside the logarithms, which shifts every probability: clip y_pred to [eps, 1 - eps].")
def eps_added(y_true, y_pred, eps=1e-7):
    return float(-np.mean(y_true * np.log(y_pred + eps) + (1 - y_true) * np.log(1 - y_pred + eps)))


@known_mistake("Each logarithm is kept from 0 on its own, so that a certain and right answer costs nothing: "
               "clip y_pred on both sides, to [eps, 1 - eps].")
def clipped_from_below(y_true, y_pred, eps=1e-7):
    return float(-np.mean(y_true * np.log(np.maximum(y_pred, eps))
                          + (1 - y_true) * np.log(np.maximum(1 - y_pred, eps))))


@known_mistake("The argument eps is ignored: the probabilities are always clipped to 1e-7.")
def eps_ignored(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return float(-np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))


@known_mistake("The logarithms have base 2; the loss is measured with natural ones, np.log.")
def base_2(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(-np.mean(y_true * np.log2(p) + (1 - y_true) * np.log2(1 - p)))


@known_mistake("The logarithms have base 10; the loss is measured with natural ones, np.log.")
def base_10(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(-np.mean(y_true * np.log10(p) + (1 - y_true) * np.log10(1 - p)))


@known_mistake("This is the mean squared error, which hardly punishes an answer that is certain and wrong: "
               "cross-entropy takes logarithms.")
def squared_errors(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return float(np.mean((y_true - p) ** 2))


@known_mistake("There is one loss for each sample: return their mean, one number.")
def one_for_each_sample(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


@known_mistake("The clipped probabilities are written into y_pred, so the caller's data are lost.")
def overwrites_input(y_true, y_pred, eps=1e-7):
    np.clip(y_pred, eps, 1 - eps, out=y_pred)
    return float(-np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)))


@accepted_variant
def probability_of_the_truth(y_true, y_pred, eps=1e-7):
    p = np.minimum(np.maximum(y_pred, eps), 1 - eps)
    return np.mean(-np.log(np.where(y_true == 1, p, 1 - p)))


@accepted_variant
def truth_clipped(y_true, y_pred, eps=1e-7):
    truth = np.where(y_true == 1, y_pred, 1 - y_pred)
    return -np.log(np.clip(truth, eps, 1 - eps)).mean()


@accepted_variant
def with_dot_products(y_true, y_pred, eps=1e-7):
    p = y_pred.clip(eps, 1 - eps)
    return -(y_true @ np.log(p) + (1 - y_true) @ np.log1p(-p)) / len(y_true)


@accepted_variant
def with_a_loop(y_true, y_pred, eps=1e-7):
    total = 0.0
    for y, p in zip(y_true, y_pred, strict=True):
        p = min(max(p, eps), 1 - eps)
        total -= np.log(p) if y == 1 else np.log(1 - p)
    return total / len(y_true)


@accepted_variant
def class_by_class(y_true, y_pred, eps=1e-7):
    p = np.clip(y_pred, eps, 1 - eps)
    ones, zeros = p[y_true == 1], p[y_true == 0]
    return float(-(np.log(ones).sum() + np.log(1 - zeros).sum()) / y_true.size)


EQUIVALENT_MUTANTS = {
    "clipped = np.clip(y_pred, eps, 1 - eps)  ->  clipped = np.clip(eps, y_pred, 1 - eps)":
        "the larger of eps and y_pred is the same either way round",
}
