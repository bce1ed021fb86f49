"""Hidden grader of `gate`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the outputs (m,)",)

TABLE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def reference(X, w):
    X, w = tf.ensure_shape(tf.constant(X, tf.float64), (None, 2)), tf.ensure_shape(tf.constant(w, tf.float64), (3,))
    return tf.sigmoid(w[0] + tf.linalg.matvec(X, w[1:])).numpy()


def test_any_weights(student, rng):
    """the sigmoid of the weighted sum, not rounded, for any inputs and weights"""
    for m in (4, 7, 2, 15):
        student.gate.must_match(reference, rng.normal(size=(m, 2)), rng.normal(size=3))


def rounded(gate, X, w):
    return np.round(gate(X, w))


def test_truth_tables(student):
    """the truth tables of AND, NAND and OR with the lecture's weights, outputs rounded"""
    for w, outputs in [((-30.0, 20.0, 20.0), (0.0, 0.0, 0.0, 1.0)), ((30.0, -20.0, -20.0), (1.0, 1.0, 1.0, 0.0)),
                       ((-10.0, 20.0, 20.0), (0.0, 1.0, 1.0, 1.0))]:
        student.gate.must_return(np.array(outputs), TABLE, np.array(w), through=rounded)


def test_lectures_outputs(student):
    """the outputs of these gates before rounding, such as 0.99995 for a sum of 10"""
    for w in ([-30.0, 20.0, 20.0], [30.0, -20.0, -20.0], [-10.0, 20.0, 20.0]):
        student.gate.must_match(reference, TABLE, np.array(w))


def test_unequal_weights(student, rng):
    """a gate that tells its inputs apart: only the first one, or the second without the first"""
    for w in ([-5.0, 10.0, 0.0], [-5.0, -10.0, 10.0], [3.0, -2.0, -7.0]):
        student.gate.must_match(reference, rng.permutation(TABLE), np.array(w))


def test_one_row(student, rng):
    """a single row: the answer has shape (1,)"""
    student.gate.must_match(reference, rng.normal(size=(1, 2)), rng.normal(size=3))


def test_integers(student):
    """inputs and weights as whole numbers"""
    student.gate.must_match(reference, TABLE.astype(int), np.array([-1, 2, 3]))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.gate.must_keep_inputs(rng.normal(size=(5, 2)), rng.normal(size=3))


@known_mistake("The last weight is taken for the bias; the bias comes first: w[0] + X @ w[1:].")
def bias_last(X, w):
    return 1 / (1 + np.exp(-(X @ w[:2] + w[2])))


@known_mistake("The sigmoid is missing: the neuron's output is the sigmoid of the weighted sum.")
def sigmoid_missing(X, w):
    return w[0] + X @ w[1:]


@known_mistake("The outputs are rounded: leave them as the sigmoid gives them.")
def rounded_outputs(X, w):
    return np.round(1 / (1 + np.exp(-(w[0] + X @ w[1:]))))


@known_mistake("The output is a step from -1 to 1: this neuron has a sigmoid.")
def signs(X, w):
    return np.sign(w[0] + X @ w[1:])


@known_mistake("The bias w[0] is missing from the sum.")
def bias_forgotten(X, w):
    return 1 / (1 + np.exp(-(X @ w[1:])))


@known_mistake("The bias is subtracted like a threshold; add it: w[0] + X @ w[1:].")
def bias_subtracted(X, w):
    return 1 / (1 + np.exp(-(X @ w[1:] - w[0])))


@known_mistake("The weights of the two inputs have changed places: w[1] belongs to the first column.")
def weights_swapped(X, w):
    return 1 / (1 + np.exp(-(w[0] + X @ w[:0:-1])))


@known_mistake("The inputs are multiplied with each other: each has a weight of its own, and the products are added.")
def product_of_the_inputs(X, w):
    return 1 / (1 + np.exp(-(w[0] + w[1] * X[:, 0] * w[2] * X[:, 1])))


@known_mistake("The bias is added after the sigmoid; it belongs to the sum inside.")
def bias_outside(X, w):
    return w[0] + 1 / (1 + np.exp(-(X @ w[1:])))


@known_mistake("The sigmoid runs backwards: its exponent is minus the sum.")
def turned_around(X, w):
    return 1 / (1 + np.exp(w[0] + X @ w[1:]))


@known_mistake("Negative sums become 0 and others stay, which is ReLU: this neuron has a sigmoid.")
def relu_instead(X, w):
    return np.maximum(0, w[0] + X @ w[1:])


@known_mistake("The answer is a column, (m, 1); it has one axis, (m,).")
def column(X, w):
    return 1 / (1 + np.exp(-(w[0] + X @ w[1:, None])))


@known_mistake("A column of ones is written over the inputs, so the caller's data are lost: put it beside them.")
def overwrites_input(X, w):
    sums = w[0] + X @ w[1:]
    X[:, 0] = 1
    return 1 / (1 + np.exp(-sums))


@accepted_variant
def with_a_column_of_ones(X, w):
    Z = np.column_stack([np.ones(len(X)), X]) @ w
    return 0.5 * (1 + np.tanh(Z / 2))


@accepted_variant
def column_by_column(X, w):
    bias, first, second = w
    return 1.0 / (1.0 + np.exp(-first * X[:, 0] - second * X[:, 1] - bias))


@accepted_variant
def with_a_loop(X, w):
    outputs = []
    for x in X:
        z = w[0] + sum(x[i] * w[i + 1] for i in range(2))
        small = np.exp(-abs(z))
        outputs.append(1 / (1 + small) if z >= 0 else small / (1 + small))
    return np.array(outputs)
