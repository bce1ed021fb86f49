"""Hidden grader of `xor`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the outputs (m,)",)

TABLE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def reference(X):
    first, second = tf.unstack(tf.ensure_shape(tf.constant(X, tf.float64), (None, 2)) > 0.5, axis=1)
    return tf.cast(tf.math.logical_xor(first, second), tf.float64).numpy()


def rounded(xor, X):
    """Outputs of a sigmoid and outputs that are rounded already are both right; truth values are no outputs."""
    outputs = xor(X)
    return outputs if np.asarray(outputs).dtype.kind == "b" else np.round(outputs)


def must_match(student, X):
    student.xor.must_match(reference, X, through=rounded, dtypes=(np.floating, np.integer))


def test_table(student):
    """the truth table: 1 where exactly one input is 1, else 0"""
    must_match(student, TABLE)


def test_any_rows(student, rng):
    """pairs in any order, and any number of them"""
    for m in (3, 6, 25):
        must_match(student, rng.integers(0, 2, size=(m, 2)).astype(float))
    must_match(student, rng.permutation(TABLE)[:2])


def test_one_row(student):
    """each pair by itself: the answer has shape (1,)"""
    for row in TABLE:
        must_match(student, row[None, :])


def test_integers(student, rng):
    """zeros and ones as whole numbers"""
    must_match(student, rng.permutation(TABLE).astype(int))


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.xor.must_keep_inputs(rng.permutation(TABLE))


@known_mistake("This is AND: the last gate has to join OR with NAND. OR with AND is 1 only where both inputs are 1.")
def or_and_and(X):
    def gate(X, w):
        return 1 / (1 + np.exp(-(w[0] + X @ np.array(w[1:]))))

    either, both = gate(X, [-10, 20, 20]), gate(X, [-30, 20, 20])
    return gate(np.column_stack([either, both]), [-30, 20, 20])


@known_mistake("This is XNOR, 1 where both inputs are equal: the last gate is AND, not NAND.")
def nand_at_the_end(X):
    def gate(X, w):
        return 1 / (1 + np.exp(-(w[0] + X @ np.array(w[1:]))))

    either, not_both = gate(X, [-10, 20, 20]), gate(X, [30, -20, -20])
    return gate(np.column_stack([either, not_both]), [30, -20, -20])


@known_mistake("The answer is 1 everywhere: the last gate is AND, not OR.")
def or_at_the_end(X):
    def gate(X, w):
        return 1 / (1 + np.exp(-(w[0] + X @ np.array(w[1:]))))

    either, not_both = gate(X, [-10, 20, 20]), gate(X, [30, -20, -20])
    return gate(np.column_stack([either, not_both]), [-10, 20, 20])


@known_mistake("This is OR, which is 1 for (1, 1) too: join it with NAND by an AND gate.")
def or_only(X):
    return 1 / (1 + np.exp(10 - X @ np.array([20, 20])))


@known_mistake("This is NAND, which is 1 for (0, 0) too: join it with OR by an AND gate.")
def nand_only(X):
    return 1 / (1 + np.exp(X @ np.array([20, 20]) - 30))


@known_mistake("This is NOR, 1 for (0, 0) alone: look at the signs of the first layer's weights.")
def nor(X):
    return 1 / (1 + np.exp(X @ np.array([20, 20]) - 10))


@known_mistake("The answer is 0 everywhere: AND and NAND are never 1 together. Join OR with NAND.")
def and_and_nand(X):
    def gate(X, w):
        return 1 / (1 + np.exp(-(w[0] + X @ np.array(w[1:]))))

    both, not_both = gate(X, [-30, 20, 20]), gate(X, [30, -20, -20])
    return gate(np.column_stack([both, not_both]), [-30, 20, 20])


@known_mistake("The inputs are added, so that 1 and 1 give 2: exclusive or gives 0 there.")
def sum_of_the_inputs(X):
    return X[:, 0] + X[:, 1]


@known_mistake("The difference of the inputs is -1 for (0, 1); exclusive or is 1 there.")
def difference(X):
    return (X[:, 0] - X[:, 1]).astype(float)


@known_mistake("The answer is the first input alone.")
def first_input(X):
    return X[:, 0].astype(float)


@known_mistake("The answer is 0, 1, 1, 0 whatever the rows are: compute it from X.")
def the_table_by_heart(X):
    return np.array([0.0, 1.0, 1.0, 0.0])


@known_mistake("The answer is a column, (m, 1); it has one axis, (m,).")
def column(X):
    return (X[:, :1] != X[:, 1:]).astype(float)


@known_mistake("The answer holds truth values, True and False: return numbers.")
def truth_values(X):
    return X[:, 0] != X[:, 1]


@known_mistake("The outputs of the first layer are written into X, so the caller's data are lost: make a new array.")
def overwrites_input(X):
    either, not_both = np.maximum(X[:, 0], X[:, 1]), 1 - X[:, 0] * X[:, 1]
    X[:, 0], X[:, 1] = either, not_both
    return 1.0 * X[:, 0] * X[:, 1]


@accepted_variant
def two_layers_of_matrices(X):
    W1, b1 = np.array([[20.0, -20.0], [20.0, -20.0]]), np.array([-10.0, 30.0])
    hidden = 1 / (1 + np.exp(-(X @ W1 + b1)))
    return 1 / (1 + np.exp(-(hidden @ np.array([20.0, 20.0]) - 30)))


@accepted_variant
def the_labs_weights(X):
    # Outputs 0.011, 0.995, 0.995 and 0.024.
    hidden = 1 / (1 + np.exp(-(X @ np.array([[5, -7], [5, -7]]) + np.array([-8, 3]))))
    return 1 / (1 + np.exp(-(6 - 11 * hidden.sum(axis=1))))


@accepted_variant
def rounded_gates(X):
    def gate(X, w):
        return np.round(1 / (1 + np.exp(-(w[0] + X @ np.array(w[1:])))))

    return gate(np.column_stack([gate(X, [30, -20, -20]), gate(X, [-10, 20, 20])]), [-30, 20, 20])


@accepted_variant
def steps_row_by_row(X):
    outputs = np.zeros(len(X), dtype=int)
    for i, (first, second) in enumerate(X):
        either, not_both = first + second > 0.5, first + second < 1.5
        outputs[i] = either and not_both
    return outputs


# The lines of the solution, and the weights of the gate in each.
GATES = [
    ("either = gate(X, {})", ("-10.0", "20.0", "20.0")),
    ("not_both = gate(X, {})", ("30.0", "-20.0", "-20.0")),
    ("return gate(np.column_stack([either, not_both]), {})", ("-30.0", "20.0", "20.0")),
]


def changed(code, before, after, form="np.array([{}])"):
    """Name a mutant: the line with the weights before and after, the latter in another form perhaps."""
    old, new = "np.array([{}])".format(", ".join(before)), form.format(", ".join(after))
    return f"{code.format(old)}  ->  {code.format(new)}"


def by_one(weights):
    """Return the triples in which one weight is larger or smaller by 1."""
    return [(*weights[:i], str(float(weights[i]) + step), *weights[i + 1:]) for i in range(3) for step in (-1, 1)]


EQUIVALENT_MUTANTS = {
    changed(code, weights, other): "by 1 more or less a weight makes the same gate: no sum changes its sign"
    for code, weights in GATES for other in by_one(weights)
} | {
    changed(code, weights, weights, "[{}]"): "the weights of a gate may be a list as well"
    for code, weights in GATES
} | {
    changed("either = gate(X, {})", ("-10.0", "20.0", "20.0"), ("not 10.0", "20.0", "20.0")):
        "without its bias OR gives 0.5 for (0, 0), from which the last gate makes a little less than 0.5",
}
