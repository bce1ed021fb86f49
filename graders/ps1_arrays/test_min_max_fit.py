"""Hidden grader of `min_max_fit`."""

import numpy as np
import sklearn

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("lo (features,)", "hi (features,)")


def reference(X):
    scaler = sklearn.preprocessing.MinMaxScaler().fit(np.asarray(X, dtype=np.float64))
    return scaler.data_min_, scaler.data_max_


def samples(rng, m, d):
    """Samples of both signs whose features differ in size."""
    return rng.normal(size=(m, d)) * rng.uniform(1, 100, size=d)


def test_any_number_of_samples(student, rng):
    """the smallest and the largest value of every feature, for 2 to 40 samples of 2 to 6 features"""
    for m, d in [(3, 2), (2, 4), (5, 3), (40, 6)]:
        student.min_max_fit.must_match(reference, samples(rng, m, d))


def test_one_sign(student, rng):
    """features that are positive throughout, or negative throughout"""
    for m, d in [(3, 2), (6, 4)]:
        student.min_max_fit.must_match(reference, np.abs(samples(rng, m, d)) + 1)
        student.min_max_fit.must_match(reference, -np.abs(samples(rng, m, d)) - 1)


def test_large_numbers(student, rng):
    """features far from 0, above and below, and as large as float64 holds"""
    for size in (1e6, -1e6, 1e200):
        student.min_max_fit.must_match(reference, size * rng.uniform(1, 9, size=(4, 3)))


def test_single_samples_and_features(student, rng):
    """one sample, where both are the sample itself, and one feature, where both have shape (1,)"""
    for m, d in [(1, 3), (5, 1), (1, 1)]:
        student.min_max_fit.must_match(reference, samples(rng, m, d))


def test_as_many_samples_as_features(student, rng):
    """as many samples as features: a range belongs to a column, not to a row"""
    for n in (2, 3, 5):
        student.min_max_fit.must_match(reference, samples(rng, n, n))


def test_constant_features(student, rng):
    """a feature that never changes: both are its value"""
    X = samples(rng, 5, 3)
    X[:, 1] = 7.25
    student.min_max_fit.must_match(reference, X)
    student.min_max_fit.must_return((np.zeros(2), np.zeros(2)), np.zeros((4, 2)))


def test_whole_numbers(student, rng):
    """whole numbers and float32 give float64 too"""
    student.min_max_fit.must_match(reference, rng.integers(-50, 50, size=(6, 2)))
    student.min_max_fit.must_match(reference, rng.integers(0, 256, size=(3, 4), dtype=np.uint8))
    student.min_max_fit.must_match(reference, samples(rng, 4, 3).astype(np.float32))


def test_inputs_untouched(student, rng):
    """leaves X as it is, and works with one that must not be written to"""
    student.min_max_fit.must_keep_inputs(samples(rng, 6, 3))
    X = samples(rng, 4, 5)
    X.flags.writeable = False
    student.min_max_fit.must_match(reference, X)
    student.min_max_fit.must_match(reference, X.T[::-1])


@known_mistake("The range is taken of every row, that is of a sample; a range belongs to a feature, a column: axis=0.")
def row_by_row(X):
    return X.min(axis=1).astype(float), X.max(axis=1).astype(float)


@known_mistake("One range is taken over the whole table; every feature has a range of its own: axis=0.")
def over_everything(X):
    return X.min(), X.max()


@known_mistake("The two are returned in the wrong order: lo first, then hi.")
def swapped(X):
    return X.max(axis=0).astype(float), X.min(axis=0).astype(float)


@known_mistake("The second value is the span hi - lo; the largest value itself is asked for.")
def span_for_hi(X):
    lo, hi = X.min(axis=0).astype(float), X.max(axis=0).astype(float)
    return lo, hi - lo


@known_mistake("The search starts at 0, so a feature that is never negative, or never positive, gets 0 for a limit.")
def starts_at_zero(X):
    return np.minimum(X.min(axis=0), 0.0), np.maximum(X.max(axis=0), 0.0)


@known_mistake("The first and the last row are taken; the samples are in no order.")
def first_and_last_row(X):
    return X[0].astype(float), X[-1].astype(float)


@known_mistake("The samples are compared by their first feature, and two whole rows are returned; "
               "every feature has its own smallest and largest value.")
def whole_samples(X):
    return X[X[:, 0].argmin()].astype(float), X[X[:, 0].argmax()].astype(float)


@known_mistake("The signs are dropped before the comparison: -5 is smaller than 1.")
def without_signs(X):
    return np.abs(X).min(axis=0).astype(float), np.abs(X).max(axis=0).astype(float)


@known_mistake("Both come as a row (1, d), as keepdims=True leaves them; the shape asked for is (d,).")
def kept_as_rows(X):
    return X.min(axis=0, keepdims=True).astype(float), X.max(axis=0, keepdims=True).astype(float)


@known_mistake("Both keep the dtype of X: convert to float64, or whole numbers stay whole numbers.")
def dtype_of_input(X):
    return X.min(axis=0), X.max(axis=0)


@known_mistake("A feature that never changes gets a limit that is 1 too high; that case belongs to min_max_apply.")
def widens_constants(X):
    lo, hi = X.min(axis=0).astype(float), X.max(axis=0).astype(float)
    return lo, np.where(hi == lo, hi + 1, hi)


@known_mistake("The columns of X are sorted in place, which tears the caller's samples apart: use np.sort.")
def sorts_input(X):
    X.sort(axis=0)
    return X[0].astype(float), X[-1].astype(float)


@accepted_variant
def with_loops(X):
    m, d = X.shape
    lo, hi = np.zeros(d), np.zeros(d)
    for j in range(d):
        lo[j] = hi[j] = X[0, j]
        for i in range(1, m):
            if X[i, j] < lo[j]:
                lo[j] = X[i, j]
            if X[i, j] > hi[j]:
                hi[j] = X[i, j]
    return lo, hi


@accepted_variant
def of_the_transpose(X):
    columns = X.T.astype(np.float64)
    return [columns.min(axis=1), columns.max(axis=1)]


@accepted_variant
def sorted_copy(X):
    ordered = np.sort(X, axis=0).astype(float)
    return ordered[0], ordered[-1]


@accepted_variant
def with_comprehensions(X):
    return (np.array([min(column) for column in X.T], dtype=float),
            np.array([max(column) for column in X.T], dtype=float))


EQUIVALENT_MUTANTS = {
    "lo, hi = (np.zeros(d), np.zeros(d))  ->  lo, hi = (np.ones(d), np.zeros(d))":
        "the first sample is written over it",
    "lo, hi = (np.zeros(d), np.zeros(d))  ->  lo, hi = (np.zeros(d), np.ones(d))":
        "the first sample is written over it",
    "for i in range(1, m):  ->  for i in range(0, m):":
        "the first sample changes nothing when it is compared with itself",
    "if X[i, j] < lo[j]:  ->  if X[i, j] <= lo[j]:":
        "an equal value takes the place of an equal one",
    "if X[i, j] > hi[j]:  ->  if X[i, j] >= hi[j]:":
        "an equal value takes the place of an equal one",
}
