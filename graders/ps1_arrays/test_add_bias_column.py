"""Hidden grader of `add_bias_column`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the design matrix",)


def reference(X):
    X = tf.constant(X, tf.float64)
    return tf.concat([tf.ones((X.shape[0], 1), tf.float64), X], axis=1).numpy()


def test_any_sizes(student, rng):
    """a column of ones in front of the features, for more samples than features and fewer"""
    for m, d in [(3, 2), (2, 4), (3, 3), (10, 5)]:
        student.add_bias_column.must_match(reference, rng.normal(size=(m, d)))


def test_one_sample_or_feature(student, rng):
    """a single sample, and a single feature"""
    for m, d in [(1, 3), (4, 1), (1, 1)]:
        student.add_bias_column.must_match(reference, rng.normal(size=(m, d)))


def test_large_features(student, rng):
    """features as large as float64 holds"""
    student.add_bias_column.must_match(reference, rng.normal(size=(2, 3)) * 1e200)


def test_whole_numbers(student, rng):
    """whole numbers and float32 become float64"""
    student.add_bias_column.must_match(reference, rng.integers(-9, 9, size=(4, 2)))
    student.add_bias_column.must_match(reference, rng.normal(size=(3, 4)).astype(np.float32))


def test_ones_among_the_features(student, rng):
    """a first feature that is 1 throughout is a feature like any other"""
    X = rng.normal(size=(3, 2))
    X[:, 0] = 1.0
    student.add_bias_column.must_match(reference, X)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.add_bias_column.must_keep_inputs(rng.normal(size=(4, 3)))


@known_mistake("The ones stand last; they come before the features, so that w[0] is the bias.")
def ones_last(X):
    return np.hstack([X, np.ones((len(X), 1))])


@known_mistake("The ones are a row on top; every sample, a row, gets its own one in front.")
def ones_on_top(X):
    return np.vstack([np.ones((1, X.shape[1])), X])


@known_mistake("The new column has zeros: the bias is multiplied by 1.")
def zeros_for_ones(X):
    return np.hstack([np.zeros((len(X), 1)), X])


@known_mistake("1 is added to all features; a column of ones is put in front of them.")
def one_added(X):
    return X + 1.0


@known_mistake("The ones take the place of the first feature; all features stay, one column to the right.")
def first_feature_replaced(X):
    X = X.astype(float)
    X[:, 0] = 1.0
    return X


@known_mistake("The ones are written over the first feature in X itself, so the caller's data are lost.")
def overwrites_input(X):
    X[:, 0] = 1
    return X


@known_mistake("The array is strung together: np.append and np.insert need axis=1 to keep the rows.")
def strung_together(X):
    return np.append(np.ones((len(X), 1)), X)


@known_mistake("np.insert strings the array together without axis=1, and inserts a single one.")
def a_single_one(X):
    return np.insert(X, 0, 1)


@known_mistake("The answer keeps the integers of X; it is an array of float64.")
def integers_kept(X):
    return np.insert(X, 0, 1, axis=1)


@known_mistake("There are two columns of ones; one is enough.")
def ones_on_both_sides(X):
    ones = np.ones((len(X), 1))
    return np.hstack([ones, X, ones])


@known_mistake("There is a one for each feature, but the column has one for each sample, X.shape[0].")
def as_many_ones_as_features(X):
    return np.hstack([np.ones((X.shape[1], 1)), X])


@accepted_variant
def with_column_stack(X):
    return np.column_stack([np.ones(X.shape[0]), X])


@accepted_variant
def with_concatenate(X):
    return np.concatenate((np.ones((len(X), 1)), X), axis=1)


@accepted_variant
def with_index_tricks(X):
    return np.c_[np.ones(len(X)), X]


@accepted_variant
def into_an_array_of_ones(X):
    m, d = X.shape
    result = np.ones((m, d + 1))
    result[:, 1:] = X
    return result


@accepted_variant
def with_pad(X):
    return np.pad(X.astype(float), ((0, 0), (1, 0)), constant_values=1)


@accepted_variant
def row_by_row(X):
    return np.array([[1.0, *row] for row in X])
