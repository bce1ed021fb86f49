"""Hidden grader of `dense_backward`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake, slip

RETURNS = ("dX (m, n)", "dW (n, k)", "db (k,)")


def reference(dA, A_in, W, Z, activation):
    if activation not in (None, "relu", "sigmoid"):
        raise ValueError(f"activation is {activation!r}; expected None, 'relu' or 'sigmoid'")
    # Submissions' code may ask for gradients too: keep them small.
    if np.size(A_in) * np.shape(W)[-1] > 1_000_000:
        raise ValueError("A_in and W are too large")
    dA, A_in, W, Z = (tf.constant(value, tf.float64) for value in (dA, A_in, W, Z))
    b = tf.zeros(W.shape[1], tf.float64)
    # In two halves, since Z comes with its own biases.
    with tf.GradientTape() as tape:
        tape.watch(Z)
        A = tf.ensure_shape(keras.activations.get(activation)(Z), (A_in.shape[0], W.shape[1]))
    dZ = tape.gradient(A, Z, output_gradients=tf.ensure_shape(dA, A.shape))
    with tf.GradientTape() as tape:
        tape.watch([A_in, W, b])
        scores = tf.matmul(A_in, W) + b
    return tuple(gradient.numpy() for gradient in tape.gradient(scores, [A_in, W, b], output_gradients=dZ))


def layer(rng, m, n, k):
    """Return dA, A_in, W and Z of a layer with n inputs and k units, which m samples went through."""
    A_in, W = rng.normal(size=(m, n)), rng.normal(size=(n, k))
    return rng.normal(size=(m, k)), A_in, W, A_in @ W + rng.normal(size=k)


SIZES = [(2, 3, 4), (4, 2, 3), (3, 5, 2), (6, 4, 5)]


def test_sigmoid(student, rng):
    """a layer of sigmoid units, for sizes that all differ: the gradients in its input, weights and biases"""
    for m, n, k in SIZES:
        student.dense_backward.must_match(reference, *layer(rng, m, n, k), "sigmoid")


def test_relu(student, rng):
    """a layer of ReLU units"""
    for m, n, k in SIZES:
        student.dense_backward.must_match(reference, *layer(rng, m, n, k), "relu")


def test_no_activation(student, rng):
    """a layer without an activation"""
    for m, n, k in SIZES:
        student.dense_backward.must_match(reference, *layer(rng, m, n, k), None)


def test_one_sample(student, rng):
    """a single sample"""
    for activation, (n, k) in [("sigmoid", (3, 2)), ("relu", (2, 4)), (None, (4, 3))]:
        student.dense_backward.must_match(reference, *layer(rng, 1, n, k), activation)


def test_thin_layers(student, rng):
    """one input or one unit: the gradients keep their axes"""
    for activation, (m, n, k) in [("sigmoid", (3, 1, 2)), ("relu", (4, 3, 1)), (None, (2, 1, 1)),
                                  ("sigmoid", (1, 1, 1))]:
        student.dense_backward.must_match(reference, *layer(rng, m, n, k), activation)


def test_equal_sizes(student, rng):
    """as many samples as inputs and units, where shapes do not tell what has to be transposed"""
    for n, activation in [(2, "sigmoid"), (3, "relu"), (4, None)]:
        student.dense_backward.must_match(reference, *layer(rng, n, n, n), activation)


def test_scores_of_zero(student, rng):
    """ReLU units whose score is exactly 0: nothing goes back through them"""
    dA, A_in, W, Z = layer(rng, 4, 2, 3)
    Z[rng.permutation(12).reshape(4, 3) < 7] = 0.0
    student.dense_backward.must_match(reference, dA, A_in, W, Z, "relu")


def test_large_scores(student, rng):
    """scores of -1000 and 1000: a sigmoid is flat there, without a warning of numpy's"""
    dA, A_in, W, Z = layer(rng, 3, 2, 4)
    Z[:, 0], Z[:, 1], Z[0] = -1000.0, 1000.0, [720.0, -720.0, 0.5, -40.0]
    for activation in ("sigmoid", "relu"):
        student.dense_backward.must_match(reference, dA, A_in, W, Z, activation, quiet=True)


def test_lectures_network(student):
    """the lecture's network, whose first output should be 0.9: the gradients of its output layer, by known numbers"""
    A_in = np.array([[0.1301084743629978, 0.9568927450589139, 0.4013123398875480]])
    W = np.array([[-3.0, 0.0], [1.0, 1.0], [-3.0, 2.0]])
    first = float(1 / (1 + np.exp(-(A_in @ W)[0, 0])))
    slope = (first - 0.9) * first * (1 - first)
    dW = np.array([[-0.016311717995, 0.0], [-0.119965779978, 0.0], [-0.050312585311, 0.0]])
    student.dense_backward.must_return((slope * np.array([[-3.0, 1.0, -3.0]]), dW, np.array([slope, 0.0])),
                                       np.array([[first - 0.9, 0.0]]), A_in, W, A_in @ W, "sigmoid")


def test_views(student, rng):
    """slices, transposed arrays and arrays that are read-only"""
    dA, A_in, W, Z = layer(rng, 3, 4, 2)
    student.dense_backward.must_match(reference, np.asfortranarray(dA), np.repeat(A_in, 2, axis=0)[::2],
                                      np.asfortranarray(W), np.repeat(Z, 3, axis=1)[:, ::3], "relu")
    fixed = layer(rng, 2, 3, 5)
    for value in fixed:
        value.flags.writeable = False
    student.dense_backward.must_match(reference, *fixed, "sigmoid")


def test_unknown_activation(student, rng):
    """refuses activations that it does not know"""
    for activation in ("tanh", "softmax"):
        student.dense_backward.must_raise(ValueError, *layer(rng, 2, 3, 4), activation, naming=("activation",))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    for activation in ("relu", "sigmoid", None):
        student.dense_backward.must_keep_inputs(*layer(rng, 4, 2, 3), activation)


@accepted_variant
def with_a_slope_for_each(dA, A_in, W, Z, activation):
    if activation not in (None, "relu", "sigmoid"):
        raise ValueError(f"activation is {activation!r}")
    s = 0.5 * (1 + np.tanh(Z / 2))
    slope = {None: np.ones(Z.shape), "relu": (Z > 0) * 1.0, "sigmoid": s * (1 - s)}[activation]
    dZ = dA * slope
    dX = dZ @ W.T
    dW = A_in.T @ dZ
    db = dZ.sum(axis=0)
    return dX, dW, db


derivative_missing = known_mistake("The activation's derivative is missing: dZ is dA times the derivative at Z.")(
    slip(with_a_slope_for_each, "dA * slope", "dA"))

score_taken_for_the_value = known_mistake(
    "z * (1 - z) takes the score for the sigmoid's value: the derivative is s * (1 - s) with s = sigmoid(z).")(
    slip(with_a_slope_for_each, "s * (1 - s)", "Z * (1 - Z)"))

derivative_at_the_output = known_mistake(
    "The derivative is taken at the layer's output, so that the sigmoid is applied twice: take it at the score Z.")(
    slip(with_a_slope_for_each, "s * (1 - s)", "(1 - np.tanh(s / 2) ** 2) / 4"))

slope_of_tanh = known_mistake(
    "1 - s**2 is the derivative of the hyperbolic tangent; that of the sigmoid is s * (1 - s).")(
    slip(with_a_slope_for_each, "s * (1 - s)", "1 - s ** 2"))

sigmoid_itself = known_mistake("dA is multiplied by the sigmoid, not by its derivative s * (1 - s).")(
    slip(with_a_slope_for_each, "s * (1 - s)", "s"))

relu_itself = known_mistake(
    "With ReLU, dA is multiplied by ReLU of the score, not by its derivative, which is 1 or 0.")(
    slip(with_a_slope_for_each, "(Z > 0) * 1.0", "np.maximum(Z, 0)"))

relu_by_the_sign_of_da = known_mistake(
    "With ReLU, dA is set to 0 where dA itself is negative: what counts is whether the score Z is positive.")(
    slip(with_a_slope_for_each, "Z > 0", "dA > 0"))

relu_derivative_1_at_0 = known_mistake("ReLU's derivative at a score of exactly 0 is 0, not 1.")(
    slip(with_a_slope_for_each, "Z > 0", "Z >= 0"))

relu_ignored = known_mistake(
    "With ReLU, the gradient also goes back through units that are off: multiply by ReLU's derivative.")(
    slip(with_a_slope_for_each, "(Z > 0) * 1.0", "np.ones(Z.shape)"))

sigmoid_for_relu = known_mistake("With ReLU, the derivative is the sigmoid's: ask which activation is named.")(
    slip(with_a_slope_for_each, "(Z > 0) * 1.0", "s - s * s"))

sigmoid_for_none = known_mistake("Without an activation, the derivative is the sigmoid's: it is 1.")(
    slip(with_a_slope_for_each, "np.ones(Z.shape)", "s - s * s"))

dw_transposed = known_mistake("dW is transposed: it has the shape of W, (n, k), so it is A_in.T @ dZ.")(
    slip(with_a_slope_for_each, "A_in.T @ dZ", "dZ.T @ A_in"))

a_in_not_transposed = known_mistake(
    "A_in has to be transposed in dW: every weight collects from all samples, A_in.T @ dZ.")(
    slip(with_a_slope_for_each, "A_in.T @", "A_in @"))

w_not_transposed = known_mistake("W has to be transposed in dX, which leads from k units back to n inputs: dZ @ W.T.")(
    slip(with_a_slope_for_each, "W.T", "W"))

dx_transposed = known_mistake("dX is transposed: it has the shape of A_in, (m, n), so it is dZ @ W.T.")(
    slip(with_a_slope_for_each, "dZ @ W.T", "W @ dZ.T"))

dx_without_w = known_mistake(
    "dX has to go back through the weights, dZ @ W.T: dZ has a column for each unit, not for each input.")(
    slip(with_a_slope_for_each, "dZ @ W.T", "dZ"))

db_not_summed = known_mistake(
    "db is not summed over the samples: every bias collects from all rows of dZ, which gives shape (k,).")(
    slip(with_a_slope_for_each, "dZ.sum(axis=0)", "dZ"))

db_mean = known_mistake("db is a mean over the samples; it is their sum. A mean loss has its 1/m in dA already.")(
    slip(with_a_slope_for_each, "dZ.sum(", "dZ.mean("))

dw_mean = known_mistake("dW is divided by m; it is the sum over the samples. A mean loss has its 1/m in dA already.")(
    slip(with_a_slope_for_each, "A_in.T @ dZ", "A_in.T @ dZ / len(dA)"))

dw_and_db_means = known_mistake(
    "dW and db are divided by m; they are sums over the samples. A mean loss has its 1/m in dA already.")(
    slip(slip(with_a_slope_for_each, "A_in.T @ dZ", "A_in.T @ dZ / len(dA)"), "dZ.sum(", "dZ.mean("))

all_means = known_mistake(
    "All gradients are divided by m, dX too: a layer has no 1/m of its own, a mean loss has it in dA already.")(
    slip(with_a_slope_for_each, "dA * slope", "dA * slope / len(dA)"))

db_summed_over_units = known_mistake(
    "db is summed over the units, which leaves a number for each sample: sum over the samples, axis=0.")(
    slip(with_a_slope_for_each, "axis=0", "axis=1"))

db_as_a_row = known_mistake("db is a table with one row, (1, k); biases have one axis, (k,).")(
    slip(with_a_slope_for_each, "axis=0", "axis=0, keepdims=True"))

db_one_number = known_mistake(
    "db is one number, summed over samples and units; each unit has its own bias: sum with axis=0.")(
    slip(with_a_slope_for_each, "axis=0", ""))

db_from_da = known_mistake("db is summed from dA; the biases stand before the activation, so it is the sum of dZ.")(
    slip(with_a_slope_for_each, "dZ.sum(", "dA.sum("))

dx_from_da = known_mistake("dX is made from dA; the activation lies between, so it is dZ @ W.T.")(
    slip(with_a_slope_for_each, "dZ @ W.T", "dA @ W.T"))

dw_from_da = known_mistake("dW is made from dA; the activation lies between, so it is A_in.T @ dZ.")(
    slip(with_a_slope_for_each, "A_in.T @ dZ", "A_in.T @ dA"))

dw_from_the_scores = known_mistake("dW is made with the scores Z: it is the layer's input A_in, transposed, times dZ.")(
    slip(with_a_slope_for_each, "A_in.T @ dZ", "Z.T @ dZ"))

derivative_at_the_input = known_mistake(
    "The derivative is taken at the layer's input A_in: it belongs to the layer's own scores, Z.")(
    slip(with_a_slope_for_each, "    s = 0.5", "    Z = A_in\n    s = 0.5"))

scores_without_biases = known_mistake(
    "The scores are computed anew as A_in @ W, without the biases: Z has them, use it.")(
    slip(with_a_slope_for_each, "    s = 0.5", "    Z = A_in @ W\n    s = 0.5"))

weights_first = known_mistake(
    "The gradients are in another order: dX, the gradient in the input, comes first, then dW and db.")(
    slip(with_a_slope_for_each, "(dX, dW, db)", "(dW, db, dX)"))

sign_flipped = known_mistake("The signs are flipped: these are gradients, not steps against them.")(
    slip(with_a_slope_for_each, "dA * slope", "-dA * slope"))

overflow = known_mistake(
    "The values are right, but exp of a large number is computed on the way and overflows: call the "
    "sigmoid_derivative that is given.")(
    slip(with_a_slope_for_each, "0.5 * (1 + np.tanh(Z / 2))", "1 / (1 + np.exp(-Z))"))

unknown_activation_taken_for_none = known_mistake(
    "An unknown activation is taken for None: raise ValueError and name the activation in the message.")(
    slip(with_a_slope_for_each, "raise ValueError(f'activation is {activation!r}')", "activation = None"))

overwrites_input = known_mistake("dA is multiplied in place, so the caller's gradient is lost: make a new array.")(
    slip(with_a_slope_for_each, "dZ = dA * slope", "dZ = dA if dA.flags.writeable else dA.copy()\n    dZ *= slope"))


@accepted_variant
def with_loops(dA, A_in, W, Z, activation):
    if activation not in (None, "relu", "sigmoid"):
        raise ValueError(f"activation is {activation!r}")
    (m, n), k = A_in.shape, W.shape[1]
    dX, dW, db = np.zeros((m, n)), np.zeros((n, k)), np.zeros(k)
    for i in range(m):
        for j in range(k):
            delta = dA[i, j]
            if activation == "relu" and Z[i, j] <= 0:
                delta = 0.0
            if activation == "sigmoid":
                small = np.exp(-abs(Z[i, j]))
                delta *= small / (1 + small) ** 2
            db[j] += delta
            for p in range(n):
                dW[p, j] += delta * A_in[i, p]
                dX[i, p] += delta * W[p, j]
    return dX, dW, db


@accepted_variant
def with_einsum(dA, A_in, W, Z, activation):
    if activation is None:
        dZ = dA.copy()
    elif activation == "relu":
        dZ = np.where(Z > 0, dA, 0.0)
    elif activation == "sigmoid":
        s = 1 / (1 + np.exp(-np.clip(Z, -500, 500)))
        dZ = dA * (s - s**2)
    else:
        raise ValueError(f"no such activation: {activation}")
    return np.einsum("mk,nk->mn", dZ, W), np.einsum("mn,mk->nk", A_in, dZ), np.einsum("mk->k", dZ)


@accepted_variant
def sample_by_sample(dA, A_in, W, Z, activation):
    slopes = {None: lambda z: 1.0, "relu": lambda z: (z > 0).astype(int), "sigmoid": lambda z: 0.25 / np.cosh(
        np.clip(z / 2, -300, 300)) ** 2}
    if activation not in slopes:
        raise ValueError("activation must be None, 'relu' or 'sigmoid'")
    rows, dW, db = [], 0.0, 0.0
    for d, a, z in zip(dA, A_in, Z, strict=True):
        delta = d * slopes[activation](z)
        rows.append(W @ delta)
        dW, db = dW + np.outer(a, delta), db + delta
    return [np.array(rows), dW, db]


@accepted_variant
def ones_for_the_biases(dA, A_in, W, Z, activation):
    if activation not in (None, "relu", "sigmoid"):
        raise ValueError(f"activation is {activation!r}")
    dZ = np.array(dA)
    if activation == "relu":
        dZ[Z <= 0] = 0
    elif activation == "sigmoid":
        dZ *= (1 - np.tanh(Z / 2) ** 2) / 4
    ones = np.ones((1, A_in.shape[0]))
    return dZ.dot(W.transpose()), np.dot(dZ.T, A_in).T, (ones @ dZ).ravel()
