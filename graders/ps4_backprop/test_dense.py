"""Hidden grader of `dense`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake, slip

RETURNS = ("the output (m, k)",)


def reference(X, W, b, activation=None):
    if activation not in (None, "relu", "sigmoid"):
        raise ValueError(f"activation is {activation!r}; expected None, 'relu' or 'sigmoid'")
    # Submissions' code may ask for layers too: keep them small.
    if np.size(X) * np.shape(W)[-1] > 1_000_000:
        raise ValueError("X and W are too large")
    X, W, b = (tf.constant(value, tf.float64) for value in (X, W, b))
    Z = tf.matmul(X, W) + tf.ensure_shape(b, W.shape[1:])
    return (Z if activation is None else keras.activations.get(activation)(Z)).numpy()


def keras_layer(X, W, b, activation=None):
    layer = keras.layers.Dense(len(b), activation, dtype="float64")
    layer.build(X.shape)
    layer.set_weights([W, b])
    return layer(tf.constant(X)).numpy()


def arguments(rng, m, n, k):
    """Return X of m samples with n features, and W and b of a layer with k units."""
    return rng.normal(size=(m, n)), rng.normal(size=(n, k)), rng.normal(size=k)


SIZES = [(2, 3, 4), (4, 2, 3), (3, 5, 2), (6, 4, 5)]


def test_no_activation(student, rng):
    """weighted sums and biases without an activation, for layers whose sizes all differ"""
    for m, n, k in SIZES:
        student.dense.must_match(reference, *arguments(rng, m, n, k), None)


def test_relu(student, rng):
    """units with ReLU"""
    for m, n, k in SIZES:
        student.dense.must_match(reference, *arguments(rng, m, n, k), "relu")


def test_sigmoid(student, rng):
    """units with a sigmoid"""
    for m, n, k in SIZES:
        student.dense.must_match(reference, *arguments(rng, m, n, k), "sigmoid")


def test_as_keras(student, rng):
    """the same as Keras's Dense layer"""
    for activation, sizes in [(None, (3, 2, 5)), ("relu", (2, 4, 3)), ("sigmoid", (5, 3, 2))]:
        student.dense.must_match(keras_layer, *arguments(rng, *sizes), activation)


def test_activation_left_out(student, rng):
    """no activation is applied where none is named"""
    for m, n, k in SIZES[:2]:
        student.dense.must_match(reference, *arguments(rng, m, n, k))


def test_thin_layers(student, rng):
    """one sample, one feature or one unit: the answer keeps both axes"""
    for (m, n, k), activation in [((1, 3, 2), "sigmoid"), ((2, 1, 3), "relu"), ((4, 2, 1), "sigmoid"),
                                  ((1, 1, 1), None)]:
        student.dense.must_match(reference, *arguments(rng, m, n, k), activation)


def test_equal_sizes(student, rng):
    """as many samples as features and units, where shapes do not tell rows from columns"""
    for n in (2, 3):
        student.dense.must_match(reference, *arguments(rng, n, n, n), None)
        student.dense.must_match(reference, *arguments(rng, n, n, n), "sigmoid")


def test_large_scores(student):
    """scores of -1000 and 1000: a sigmoid of 0 and 1, without a warning of numpy's"""
    X = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    W, b = np.array([[1000.0, -1000.0, 4.0], [-1000.0, 1000.0, -4.0]]), np.array([0.0, 1.0, -700.0])
    student.dense.must_match(reference, X, W, b, "sigmoid", quiet=True)
    student.dense.must_match(reference, X, W, b, "relu", quiet=True)


def test_integers(student, rng):
    """X with whole numbers"""
    X = rng.integers(-5, 6, size=(3, 2))
    for activation in (None, "relu", "sigmoid"):
        student.dense.must_match(reference, X, *arguments(rng, 3, 2, 4)[1:], activation)


def test_views(student, rng):
    """slices, transposed arrays and arrays that are read-only"""
    X, W, b = rng.normal(size=(8, 6))[::2, ::3], rng.normal(size=(3, 2)).T, rng.normal(size=6)[1::2]
    student.dense.must_match(reference, X, W, b, "relu")
    fixed = arguments(rng, 2, 4, 3)
    for value in fixed:
        value.flags.writeable = False
    student.dense.must_match(reference, *fixed, "sigmoid")


def test_unknown_activation(student, rng):
    """refuses activations that it does not know"""
    for activation in ("tanh", "softmax"):
        student.dense.must_raise(ValueError, *arguments(rng, 2, 3, 4), activation, naming=("activation",))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    for activation in (None, "relu", "sigmoid"):
        student.dense.must_keep_inputs(*arguments(rng, 4, 2, 3), activation)


@accepted_variant
def with_tanh(X, W, b, activation=None):
    if activation not in (None, "relu", "sigmoid"):
        raise ValueError(f"activation is {activation!r}")
    Z = X @ W + b
    if activation == "relu":
        return np.maximum(Z, 0)
    if activation == "sigmoid":
        return 0.5 * (1 + np.tanh(Z / 2))
    return Z


biases_forgotten = known_mistake("The biases b are missing: add them to X @ W.")(slip(with_tanh, " + b", ""))

biases_subtracted = known_mistake("The biases are subtracted; add them.")(slip(with_tanh, "+ b", "- b"))

biases_after_the_activation = known_mistake(
    "The biases are added after the activation; they belong to the scores, before it.")(
    slip(slip(slip(slip(with_tanh,
                        "Z = X @ W + b", "Z = X @ W"),
                   "np.maximum(Z, 0)", "np.maximum(Z, 0) + b"),
              "0.5 * (1 + np.tanh(Z / 2))", "0.5 * (1 + np.tanh(Z / 2)) + b"),
         "    return Z\n", "    return Z + b\n"))

biases_down_the_column = known_mistake(
    "The biases are added as a column, one for each sample; each column of scores, a unit, has its own.")(
    slip(with_tanh, "+ b", "+ b[:, None]"))

activation_ignored = known_mistake("The activation is ignored: apply the one that is named to X @ W + b.")(
    slip(slip(with_tanh, "np.maximum(Z, 0)", "Z"), "0.5 * (1 + np.tanh(Z / 2))", "Z"))

relu_for_sigmoid = known_mistake("With 'sigmoid' the units get ReLU: ask which activation is named.")(
    slip(with_tanh, "0.5 * (1 + np.tanh(Z / 2))", "np.maximum(0, Z)"))

sigmoid_for_relu = known_mistake("With 'relu' the units get a sigmoid: ask which activation is named.")(
    slip(with_tanh, "np.maximum(Z, 0)", "1 / (1 + np.exp(-Z))"))

sigmoid_for_none = known_mistake(
    "Where no activation is named, the units get a sigmoid: None leaves the scores as they are.")(
    slip(with_tanh, "    return Z\n", "    return 1 / (1 + np.exp(-Z))\n"))

relu_for_none = known_mistake("Where no activation is named, the units get ReLU: None leaves the scores as they are.")(
    slip(with_tanh, "    return Z\n", "    return np.maximum(0, Z)\n"))

tanh_for_sigmoid = known_mistake(
    "With 'sigmoid' the units get a hyperbolic tangent, from -1 to 1; a sigmoid goes from 0 to 1.")(
    slip(with_tanh, "0.5 * (1 + np.tanh(Z / 2))", "np.tanh(Z)"))

softmax_for_sigmoid = known_mistake(
    "With 'sigmoid' each row is made to sum to 1, which is softmax; the sigmoid takes each unit by itself.")(
    slip(with_tanh,
         "        return 0.5 * (1 + np.tanh(Z / 2))",
         "        powers = np.exp(Z - Z.max(axis=1, keepdims=True))\n"
         "        return powers / powers.sum(axis=1, keepdims=True)"))

leaky_relu = known_mistake("ReLU leaks here: negative scores become exactly 0.")(
    slip(with_tanh, "np.maximum(Z, 0)", "np.where(Z > 0, Z, 0.01 * Z)"))

activation_of_the_input = known_mistake("The activation is applied to X; it belongs to the scores X @ W + b.")(
    slip(slip(with_tanh,
              "np.maximum(Z, 0)", "np.maximum(X, 0) @ W + b"),
         "0.5 * (1 + np.tanh(Z / 2))", "0.5 * (1 + np.tanh(X / 2)) @ W + b"))

weights_transposed = known_mistake(
    "The weights are transposed: W has a column for each unit already, so the scores are X @ W + b.")(
    slip(with_tanh, "X @ W", "X @ W.T"))

factors_swapped = known_mistake("The factors have changed places: X comes first, X @ W, since samples are rows.")(
    slip(with_tanh, "X @ W", "W @ X"))

elementwise_product = known_mistake(
    "`*` multiplies element by element; the weighted sums are the matrix product X @ W.")(
    slip(with_tanh, "X @ W", "X * W"))

squeezed = known_mistake("The answer has lost an axis where there is one sample or one unit: it is always (m, k).")(
    slip(with_tanh, "Z = X @ W + b", "Z = np.squeeze(X @ W + b)"))

overflow = known_mistake(
    "The values are right, but exp of a large number is computed on the way and overflows: call the sigmoid that "
    "is given.")(
    slip(with_tanh, "0.5 * (1 + np.tanh(Z / 2))", "1 / (1 + np.exp(-Z))"))

unknown_activation_taken_for_none = known_mistake(
    "An unknown activation is taken for None: raise ValueError and name the activation in the message.")(
    slip(with_tanh, "raise ValueError(f'activation is {activation!r}')", "activation = None"))

unknown_activation_taken_for_sigmoid = known_mistake(
    "An unknown activation is taken for a sigmoid: raise ValueError and name the activation in the message.")(
    slip(with_tanh, "raise ValueError(f'activation is {activation!r}')", "activation = 'sigmoid'"))

integer_scores = known_mistake(
    "The scores' array takes its dtype from X: where X has whole numbers, fractions are cut off.")(
    slip(with_tanh, "Z = X @ W + b", "Z = (X @ W + b).astype(X.dtype)"))

overwrites_input = known_mistake(
    "The samples are centred in place, so the caller's data are lost, and a layer centres nothing.")(
    slip(with_tanh,
         "Z = X @ W + b",
         "Z = X @ W + b\n    if X.flags.writeable and X.dtype.kind == 'f':\n        X -= X.mean(axis=0)"))


@accepted_variant
def with_einsum(X, W, b, activation=None):
    Z = np.einsum("mn,nk->mk", X, W) + b[np.newaxis, :]
    if activation is None:
        return Z
    if activation == "relu":
        return Z * (Z > 0)
    if activation == "sigmoid":
        small = np.exp(-np.abs(Z))
        return np.where(Z >= 0, 1, small) / (1 + small)
    raise ValueError(f"unknown activation {activation}")


@accepted_variant
def one_matrix_for_weights_and_biases(X, W, b, activation=None):
    functions = {None: lambda z: z, "relu": lambda z: np.where(z > 0, z, 0.0),
                 "sigmoid": lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500)))}
    if activation not in functions:
        raise ValueError("activation must be None, 'relu' or 'sigmoid'")
    with_ones = np.column_stack([np.ones(len(X)), X])
    return functions[activation](with_ones.dot(np.vstack([b, W])))


@accepted_variant
def with_loops(X, W, b, activation=None):
    if activation is not None and activation not in ["relu", "sigmoid"]:
        raise ValueError(f"activation {activation!r} is not known")
    m, n = X.shape
    outputs = np.zeros((m, W.shape[1]))
    for i in range(m):
        for j in range(W.shape[1]):
            z = b[j]
            for p in range(n):
                z = z + X[i, p] * W[p, j]
            if activation == "relu":
                z = max(0.0, z)
            elif activation == "sigmoid":
                z = 0.5 + 0.5 * np.tanh(0.5 * z)
            outputs[i, j] = z
    return outputs
