"""Hidden grader of `z_score_fit`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("mean (features,)", "std (features,)")


def reference(X):
    mean, variance = tf.nn.moments(tf.constant(X, tf.float64), axes=[0])
    return mean.numpy(), tf.sqrt(variance).numpy()


def samples(rng, m, d):
    """Samples whose features differ in place and size."""
    return rng.normal(loc=rng.normal(scale=9, size=d), scale=rng.uniform(1, 20, size=d), size=(m, d))


def test_any_number_of_samples(student, rng):
    """mean and standard deviation of every feature, for 2 to 40 samples of 2 to 6 features"""
    for m, d in [(3, 2), (2, 4), (5, 3), (40, 6)]:
        student.z_score_fit.must_match(reference, samples(rng, m, d))


def test_single_samples_and_features(student, rng):
    """one sample, whose deviation is 0, and one feature, where both have shape (1,)"""
    for m, d in [(1, 3), (5, 1), (1, 1)]:
        student.z_score_fit.must_match(reference, samples(rng, m, d), quiet=True)


def test_as_many_samples_as_features(student, rng):
    """as many samples as features: both belong to a column, not to a row"""
    for n in (2, 3, 5):
        student.z_score_fit.must_match(reference, samples(rng, n, n))


def test_constant_features(student, rng):
    """a feature that never changes has the deviation 0"""
    X = samples(rng, 4, 3)
    X[:, 1] = 7.25
    student.z_score_fit.must_match(reference, X)


def test_far_from_zero(student, rng):
    """features that hardly change but lie far from 0"""
    for m, d in [(5, 3), (20, 2)]:
        student.z_score_fit.must_match(reference, 1e8 + samples(rng, m, d))


def test_whole_numbers(student, rng):
    """whole numbers and float32 give float64 too"""
    student.z_score_fit.must_match(reference, rng.integers(-50, 50, size=(6, 2)))
    student.z_score_fit.must_match(reference, rng.integers(0, 256, size=(3, 4), dtype=np.uint8))
    # Mean and deviation are exact in float32 too, so that it is the dtype that tells.
    middle, distance = rng.integers(-20, 20, size=(2, 3)) / 4
    X = np.stack([middle - distance, middle + distance]).astype(np.float32)
    student.z_score_fit.must_match(reference, X)


def test_inputs_untouched(student, rng):
    """leaves X as it is, and works with one that must not be written to"""
    student.z_score_fit.must_keep_inputs(samples(rng, 6, 3))
    X = samples(rng, 4, 5)
    X.flags.writeable = False
    student.z_score_fit.must_match(reference, X)
    student.z_score_fit.must_match(reference, X.T[::-1])


@known_mistake("This is the deviation of a sample, which divides by m - 1; the population's divides by m.")
def divides_by_one_less(X):
    X = X.astype(float)
    squares = np.sum((X - X.mean(axis=0)) ** 2, axis=0)
    return X.mean(axis=0), np.sqrt(squares / max(len(X) - 1, 1))


@known_mistake("ddof=1 divides by m - 1, and gives nan for a single sample; the population's deviation divides by m.")
def one_degree_less(X):
    return X.mean(axis=0, dtype=float), X.std(axis=0, ddof=1, dtype=float)


@known_mistake("The mean of the squares minus the square of the mean is the variance on paper, but far from 0 its "
               "digits cancel: subtract the mean first, then square.")
def squares_minus_square(X):
    X = X.astype(float)
    mean = X.mean(axis=0)
    return mean, np.sqrt((X**2).mean(axis=0) - mean**2)


@known_mistake("This is the variance; the standard deviation is its root.")
def variance(X):
    X = X.astype(float)
    return X.mean(axis=0), X.var(axis=0)


@known_mistake("Mean and deviation are taken of every row, that is of a sample; they belong to a column: axis=0.")
def row_by_row(X):
    X = X.astype(float)
    return X.mean(axis=1), X.std(axis=1)


@known_mistake("Mean and deviation are taken over the whole table; every feature has its own: axis=0.")
def over_everything(X):
    X = X.astype(float)
    return X.mean(), X.std()


@known_mistake("The two are returned in the wrong order: the mean first, then the standard deviation.")
def swapped(X):
    X = X.astype(float)
    return X.std(axis=0), X.mean(axis=0)


@known_mistake("The first value is the median; the mean is asked for.")
def median_for_mean(X):
    X = X.astype(float)
    return np.median(X, axis=0), X.std(axis=0)


@known_mistake("This is the mean distance from the mean; for the deviation distances are squared, averaged and rooted.")
def mean_distance(X):
    X = X.astype(float)
    return X.mean(axis=0), np.abs(X - X.mean(axis=0)).mean(axis=0)


@known_mistake("The deviation is taken from 0: subtract the mean before squaring.")
def distance_from_zero(X):
    X = X.astype(float)
    return X.mean(axis=0), np.sqrt(np.mean(X**2, axis=0))


@known_mistake("The deviation 0 is replaced by 1; it is 0, and only z_score_apply divides by 1 instead.")
def zeros_replaced(X):
    X = X.astype(float)
    std = X.std(axis=0)
    return X.mean(axis=0), np.where(std == 0, 1.0, std)


@known_mistake("float32 is not converted: compute in float64, or the result has half of the digits.")
def dtype_of_input(X):
    return X.mean(axis=0), X.std(axis=0)


@known_mistake("X is centred in place: the caller's data are lost, and whole numbers cannot hold the differences.")
def overwrites_input(X):
    mean = X.mean(axis=0)
    X -= mean
    return mean, np.sqrt((X**2).mean(axis=0))


@accepted_variant
def with_loops(X):
    m, d = X.shape
    mean, std = np.zeros(d), np.zeros(d)
    for j in range(d):
        for i in range(m):
            mean[j] += X[i, j] / m
        for i in range(m):
            std[j] += (X[i, j] - mean[j]) ** 2 / m
    return mean, std**0.5


@accepted_variant
def from_the_formula(X):
    X = X.astype(np.float64)
    mean = X.sum(axis=0) / len(X)
    return mean, np.sqrt(((X - mean) ** 2).mean(axis=0))


@accepted_variant
def root_of_the_variance(X):
    return [np.mean(X, axis=0, dtype=float), np.sqrt(np.var(X, axis=0, dtype=float))]


EQUIVALENT_MUTANTS = {
    "std[j] += (X[i, j] - mean[j]) ** 2 / m  ->  std[j] += (mean[j] - X[i, j]) ** 2 / m":
        "the distance is squared: its sign does not matter",
}
