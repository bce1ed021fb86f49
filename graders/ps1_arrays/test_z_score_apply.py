"""Hidden grader of `z_score_apply`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the scaled samples",)


def reference(X, mean, std):
    X, mean, std = (tf.constant(value, tf.float64) for value in (X, mean, std))
    return ((X - mean) / tf.where(std == 0, tf.ones_like(std), std)).numpy()


def arguments(rng, m, d):
    """Return samples, and means and deviations that are those of others."""
    return (rng.normal(scale=9, size=(m, d)), rng.normal(scale=9, size=d),
            rng.uniform(0.2, 9, size=d))


def test_any_number_of_samples(student, rng):
    """samples scaled with the mean and the deviation that are given, for 1 to 40 samples of 1 to 6 features"""
    for m, d in [(3, 2), (2, 4), (5, 3), (1, 3), (4, 1), (40, 6)]:
        student.z_score_apply.must_match(reference, *arguments(rng, m, d))


def test_the_lectures_table(student):
    """the lecture's table, with its own means and deviations"""
    X = np.array([[1000.0, 5, 70], [2000, 6, 90], [2500, 2, 95]])
    student.z_score_apply.must_match(reference, X, X.mean(axis=0), X.std(axis=0))


def test_deviation_zero(student, rng):
    """a feature of deviation 0 keeps its distance from the mean, without a warning"""
    for m, d, at in [(3, 2, 0), (4, 3, 2)]:
        X, mean, std = arguments(rng, m, d)
        std[at] = 0.0
        student.z_score_apply.must_match(reference, X, mean, std, quiet=True)
    X, mean, std = arguments(rng, 4, 3)
    X[:, 1], std[1] = mean[1], 0.0
    student.z_score_apply.must_match(reference, X, mean, std, quiet=True)
    student.z_score_apply.must_match(reference, np.full((3, 2), 8.0), np.full(2, 8.0), np.zeros(2), quiet=True)


def test_small_deviations(student, rng):
    """features that hardly change are stretched like all others"""
    for m, d in [(3, 2), (5, 4)]:
        X, mean, std = arguments(rng, m, d)
        for size in (1e-6, 1e-10):
            student.z_score_apply.must_match(reference, X * size, mean * size, std * size)


def test_as_many_samples_as_features(student, rng):
    """as many samples as features: means and deviations belong to columns, not to rows"""
    for n in (2, 3, 5):
        student.z_score_apply.must_match(reference, *arguments(rng, n, n))


def test_whole_numbers(student, rng):
    """whole numbers and float32 give float64 too"""
    for dtype in (np.int64, np.uint8, np.float32):
        X = rng.integers(0, 200, size=(5, 3)).astype(dtype)
        student.z_score_apply.must_match(reference, X, *arguments(rng, 5, 3)[1:])


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are, and works with ones that must not be written to"""
    X, mean, std = arguments(rng, 4, 3)
    std[2] = 0.0
    student.z_score_apply.must_keep_inputs(X, mean, std)
    X, mean, std = arguments(rng, 3, 5)
    for array in (X, mean, std):
        array.flags.writeable = False
    student.z_score_apply.must_match(reference, X[:, ::-1], mean[::-1], std[::-1])


@known_mistake("Mean and deviation are found anew in X: use those that are given, or unseen samples are not scaled "
               "as the training data were.")
def fitted_anew(X, mean, std):
    mean, std = X.mean(axis=0, dtype=float), X.std(axis=0, dtype=float)
    return (X - mean) / np.where(std > 0, std, 1.0)


@known_mistake("Where the deviation is 0 this divides by 0: divide by 1 there.")
def unguarded(X, mean, std):
    return (X - mean) / std


@known_mistake("Where the deviation is 0 the result is 0; it is the difference from the mean, divided by 1.")
def zero_for_constants(X, mean, std):
    return np.where(std > 0, (X - mean) / np.where(std > 0, std, 1.0), 0.0)


@known_mistake("The difference is divided by the variance, std**2; divide it by std.")
def divided_by_variance(X, mean, std):
    return (X - mean) / np.where(std > 0, std**2, 1.0)


@known_mistake("The difference is divided by the root of std, but std is a root already: divide by std.")
def divided_by_root(X, mean, std):
    return (X - mean) / np.where(std > 0, np.sqrt(std), 1.0)


@known_mistake("The mean is added; subtract it.")
def mean_added(X, mean, std):
    return (X + mean) / np.where(std > 0, std, 1.0)


@known_mistake("The mean is not subtracted: z-scores lie around 0.")
def not_centred(X, mean, std):
    return X / np.where(std > 0, std, 1.0)


@known_mistake("The brackets are missing: `X - mean / std` divides only the mean.")
def brackets_missing(X, mean, std):
    return X - mean / np.where(std > 0, std, 1.0)


@known_mistake("The difference is multiplied by std; divide by it.")
def multiplied(X, mean, std):
    return (X - mean) * np.where(std > 0, std, 1.0)


@known_mistake("A small number is added to every deviation against division by 0: small deviations become wrong, and "
               "where it is 0 the result is huge. Divide by 1 there.")
def small_number_added(X, mean, std):
    return (X - mean) / (std + 1e-8)


@known_mistake("The results take the dtype of X, as in an array made like X: where that holds whole numbers, "
               "fractions are cut off.")
def dtype_of_input(X, mean, std):
    scaled = np.empty_like(X)
    scaled[:] = (X - mean) / np.where(std > 0, std, 1.0)
    return scaled if X.dtype.kind != "f" else scaled.astype(float)


@known_mistake("The results are written into X: the caller's data are lost, and whole numbers cannot hold them.")
def overwrites_input(X, mean, std):
    X -= mean
    X /= np.where(std > 0, std, 1.0)
    return X


@accepted_variant
def with_loops(X, mean, std):
    scaled = np.zeros(X.shape)
    for j in range(X.shape[1]):
        divisor = std[j] if std[j] != 0 else 1
        for i in range(X.shape[0]):
            scaled[i, j] = (X[i, j] - mean[j]) / divisor
    return scaled


@accepted_variant
def divisor_repaired(X, mean, std):
    divisor = std.copy()
    divisor[divisor == 0] = 1
    return (X.astype(float) - mean) / divisor


@accepted_variant
def divides_where_it_can(X, mean, std):
    difference = X - mean
    return np.divide(difference, std, out=difference.copy(), where=std != 0)


EQUIVALENT_MUTANTS = {
    "return (X - mean) / np.where(std > 0, std, 1.0)  ->  return (X - mean) / np.where(std != 0, std, 1.0)":
        "a deviation is never negative",
}
