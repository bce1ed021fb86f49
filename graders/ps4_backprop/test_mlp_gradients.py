"""Hidden grader of `mlp_gradients`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake, slip

RETURNS = ("layer 1", "layer 2", "layer 3", "layer 4")


def reference(X, y, layers, loss):
    if loss not in ("mse", "bce"):
        raise ValueError(f"loss is {loss!r}; expected 'mse' or 'bce'")
    # Submissions' code may ask for gradients too: keep the networks small.
    if len(layers) > 50 or len(X) * sum(np.size(W) for W, _, _ in layers) > 1_000_000:
        raise ValueError("X and layers are too large")
    A, y = tf.constant(X, tf.float64), tf.constant(y, tf.float64)
    parameters = [(tf.constant(W, tf.float64), tf.constant(b, tf.float64)) for W, b, _ in layers]
    with tf.GradientTape() as tape:
        tape.watch(parameters)
        for (W, b), (_, _, activation) in zip(parameters, layers, strict=True):
            A = keras.activations.get(activation)(tf.matmul(A, W) + tf.ensure_shape(b, W.shape[1:]))
        of_rows = keras.losses.mean_squared_error if loss == "mse" else keras.losses.binary_crossentropy
        cost = tf.reduce_mean(of_rows(tf.ensure_shape(y, A.shape), A))
    return [(dW.numpy(), db.numpy()) for dW, db in tape.gradient(cost, parameters)]


def by_layer(mlp_gradients, X, y, layers, loss):
    """Say of every gradient which layer it belongs to."""
    gradients = mlp_gradients(X, y, layers, loss)
    found = {"the number of pairs (dW, db)": len(gradients)}
    for i in range(len(layers)):
        dW, db = gradients[i] if i < len(gradients) else (None, None)
        found |= {f"layer {i + 1}: dW": dW, f"layer {i + 1}: db": db}
    return found


def network(rng, m, sizes, activations, loss):
    """Return m samples with targets that fit the loss, and layers of these sizes."""
    X, shape = rng.normal(size=(m, sizes[0])), (m, sizes[-1])
    layers = [(rng.normal(size=(n, k)), rng.normal(scale=0.5, size=k), activation)
              for n, k, activation in zip(sizes[:-1], sizes[1:], activations, strict=True)]
    if loss == "mse":
        return X, rng.normal(size=shape), layers, loss
    A = X
    for W, b, activation in layers[:-1]:
        A = keras.activations.get(activation)(tf.constant(A @ W + b)).numpy()
    # Nearer to 0 and 1 than 1e-7 right answers differ: the last scores stay between -8 and 8.
    W, b, activation = layers[-1]
    shrink = min(1.0, 8 / np.max(np.abs(A @ W + b)))
    layers[-1] = W * shrink, b * shrink, activation
    return X, rng.permuted(np.arange(m * sizes[-1]) % 2).reshape(shape) * 1.0, layers, loss


def must_match(student, *args):
    # 1e-7 that is added to a probability, where it should be clipped, changes the gradient by 1e-7 of its size.
    student.mlp_gradients.must_match(reference, *args, through=by_layer, rtol=1e-9, atol=1e-12)


def test_two_layers(student, rng):
    """dW and db of two layers for the mean squared error, for sizes that all differ"""
    for m, sizes, activations in [(2, [3, 4, 5], ("sigmoid", "sigmoid")), (5, [2, 4, 3], ("relu", None)),
                                  (4, [5, 3, 2], ("sigmoid", "relu"))]:
        must_match(student, *network(rng, m, sizes, activations, "mse"))


def test_cross_entropy(student, rng):
    """dW and db of two layers for the binary cross-entropy, with one output and with several"""
    for m, sizes, hidden in [(5, [2, 4, 3], "sigmoid"), (4, [3, 5, 1], "relu"), (3, [4, 2, 5], None)]:
        must_match(student, *network(rng, m, sizes, (hidden, "sigmoid"), "bce"))


def test_three_layers(student, rng):
    """three layers with different activations, for both losses"""
    for m, sizes, activations, loss in [(5, [2, 4, 3, 6], ("relu", "sigmoid", None), "mse"),
                                        (4, [3, 2, 5, 1], ("sigmoid", "relu", "sigmoid"), "bce"),
                                        (6, [4, 5, 3, 2], (None, "relu", "sigmoid"), "mse")]:
        must_match(student, *network(rng, m, sizes, activations, loss))


def test_four_layers(student, rng):
    """four layers with different activations, for both losses"""
    for m, sizes, activations, loss in [(6, [2, 5, 3, 4, 1], ("sigmoid", "relu", None, "sigmoid"), "bce"),
                                        (3, [4, 2, 6, 5, 3], ("relu", None, "sigmoid", "relu"), "mse")]:
        must_match(student, *network(rng, m, sizes, activations, loss))


def test_one_layer(student, rng):
    """a single layer, which is linear or logistic regression"""
    must_match(student, *network(rng, 4, [3, 2], (None,), "mse"))
    must_match(student, *network(rng, 6, [3, 1], ("sigmoid",), "bce"))


def test_one_sample(student, rng):
    """a single sample"""
    must_match(student, *network(rng, 1, [3, 4, 2], ("sigmoid", "sigmoid"), "mse"))
    must_match(student, *network(rng, 1, [2, 5, 3], ("sigmoid", "sigmoid"), "bce"))


def test_equal_sizes(student, rng):
    """as many samples and units everywhere, where shapes do not tell what belongs where"""
    for n, activations, loss in [(3, ("sigmoid", "relu", None), "mse"), (4, ("relu", "sigmoid", "sigmoid"), "bce"),
                                 (2, ("sigmoid", "sigmoid", "sigmoid"), "mse")]:
        must_match(student, *network(rng, n, [n, n, n, n], activations, loss))


def test_scores_of_zero(student, rng):
    """samples for which all ReLU units have the score 0: nothing goes back through them"""
    X, y, layers, loss = network(rng, 4, [3, 5, 2], ("relu", "sigmoid"), "mse")
    X[[0, 2]], layers[0][1][:] = 0.0, 0.0
    must_match(student, X, y, layers, loss)


def test_certain_and_wrong(student, rng):
    """binary cross-entropy of answers that are nearly certain, right ones and wrong ones"""
    X = np.array([[9.0, 1.0], [-8.5, 2.0], [8.0, -1.0], [-9.5, 0.0]])
    layers = [(np.array([[1.0, 0.25], [0.0, -0.5]]), rng.normal(scale=0.1, size=2), None),
              (np.array([[1.0], [0.1]]), np.zeros(1), "sigmoid")]
    must_match(student, X, np.array([[0.0], [1.0], [1.0], [0.0]]), layers, "bce")


def test_large_scores(student, rng):
    """hidden scores of -1000 and 1000, without a warning of numpy's"""
    X, y, layers, loss = network(rng, 3, [2, 4, 2], ("sigmoid", "sigmoid"), "bce")
    X[:, 0] = [1000.0, -1000.0, 0.5]
    layers[0][0][0] = [1.0, -1.0, 2.0, 0.0]
    for targets, name in ((y, loss), (y - 0.5, "mse")):
        student.mlp_gradients.must_match(reference, X, targets, layers, name, quiet=True, rtol=1e-9, atol=1e-12)


def numbers_that_are_not_finite(mlp_gradients, *args):
    return {"numbers that are not finite": sum(int(np.sum(~np.isfinite(gradient)))
                                               for pair in mlp_gradients(*args) for gradient in pair)}


def test_answers_of_0_and_1(student):
    """binary cross-entropy of answers that are exactly 0 and 1: no gradient where they are right, else a finite one"""
    X, y = np.array([[1.0], [-1.0], [2.0], [-0.5]]), np.array([[1.0], [0.0], [1.0], [0.0]])
    layers = [(np.array([[40.0, -30.0]]), np.zeros(2), None), (np.array([[30.0], [-20.0]]), np.zeros(1), "sigmoid")]
    # The error may also be that of the clipped probability, 1e-7, which the first layer's weights make 3e-6.
    student.mlp_gradients.must_match(reference, X, y, layers, "bce", through=by_layer, atol=1e-4)
    student.mlp_gradients.must_match(reference, X, 1 - y, layers, "bce", through=numbers_that_are_not_finite)


def test_lectures_network(student):
    """the lecture's network with a target of 0.9 for its first output: known gradients of both layers"""
    X = np.array([[0.5, 0.9, -0.3]])
    W1, W2 = np.array([[1.0, 2.0, 1.0], [-2.0, 1.0, -1.0], [2.0, -4.0, 0.0]]), np.array([[-3.0, 0], [1, 1], [-3, 2]])
    hidden = 1 / (1 + np.exp(-(X @ W1)))
    # The second output is right, and the mean over two outputs is the lecture's halved error of the first.
    y = np.array([[0.9, 1 / (1 + np.exp(-(hidden @ W2)[0, 1]))]])
    db1 = np.array([0.021284137878, -0.002585697731, 0.045182285961]) / 0.5
    db2 = np.array([-0.016311717995 / 0.130108474363, 0.0])
    student.mlp_gradients.must_return(
        {"the number of pairs (dW, db)": 2, "layer 1: dW": np.outer(X, db1), "layer 1: db": db1,
         "layer 2: dW": np.outer([0.130108474363, 0.956892745059, 0.401312339888], db2), "layer 2: db": db2},
        X, y, [(W1, np.zeros(3), "sigmoid"), (W2, np.zeros(2), "sigmoid")], "mse", through=by_layer)


def test_unknown_loss(student, rng):
    """refuses losses that it does not know"""
    X, y, layers, _ = network(rng, 3, [2, 4, 1], ("relu", "sigmoid"), "bce")
    for loss in ("mae", "hinge"):
        student.mlp_gradients.must_raise(ValueError, X, y, layers, loss, naming=("loss",))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are, the list of layers too"""
    student.mlp_gradients.must_keep_inputs(*network(rng, 4, [2, 3, 5], ("relu", "sigmoid"), "mse"))
    student.mlp_gradients.must_keep_inputs(*network(rng, 3, [3, 2, 4, 1], ("sigmoid", None, "sigmoid"), "bce"))


@accepted_variant
def with_scores_and_outputs(X, y, layers, loss):
    if loss not in ("mse", "bce"):
        raise ValueError(f"loss is {loss!r}")
    scores, outputs = [], [X]
    for W, b, activation in layers:
        Z = outputs[-1] @ W + b
        scores.append(Z)
        outputs.append({None: Z, "relu": np.maximum(Z, 0), "sigmoid": 0.5 * (1 + np.tanh(Z / 2))}[activation])
    count = y.size
    factor = 2 if loss == "mse" else 1
    dA = factor * (outputs[-1] - y) / count
    gradients = []
    for i in reversed(range(len(layers))):
        W, b, activation = layers[i]
        A_in, Z, A = outputs[i], scores[i], outputs[i + 1]
        slope = {None: np.ones(Z.shape), "relu": (Z > 0) * 1.0, "sigmoid": A * (1 - A)}[activation]
        # The slope of the binary cross-entropy cancels that of the sigmoid: what is left is the slope in the score.
        cancelled = loss == "bce" and i == len(layers) - 1
        dZ = dA if cancelled else dA * slope
        gradients.insert(0, (A_in.T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ W.T
    return gradients


factor_2_missing = known_mistake(
    "The factor 2 of the squared error is missing: the slope of (a - y)**2 is 2 * (a - y).")(
    slip(with_scores_and_outputs, "2 if loss == 'mse' else 1", "1"))

factor_2_in_both_losses = known_mistake(
    "The factor 2 belongs to the squared error alone; with 'bce' the error in the score is a - y.")(
    slip(with_scores_and_outputs, "2 if loss == 'mse' else 1", "2"))

divided_by_samples_only = known_mistake(
    "The error is divided by the number of samples alone: both losses are means over all m * k elements.")(
    slip(with_scores_and_outputs, "y.size", "len(y)"))

mse_divided_by_samples_only = known_mistake(
    "With 'mse' the error is divided by the number of samples alone: it is a mean over all m * k elements.")(
    slip(with_scores_and_outputs, "y.size", "len(y) if loss == 'mse' else y.size"))

bce_divided_by_samples_only = known_mistake(
    "With 'bce' the error is divided by the number of samples alone: it is a mean over all m * k elements.")(
    slip(with_scores_and_outputs, "y.size", "len(y) if loss == 'bce' else y.size"))

divided_by_outputs_only = known_mistake(
    "The error is divided by the number of outputs alone: both losses are means over the samples too.")(
    slip(with_scores_and_outputs, "y.size", "y.shape[1]"))

not_divided = known_mistake(
    "The gradients are those of a sum: both losses are means, so the error is divided by m * k.")(
    slip(with_scores_and_outputs, " / count", ""))

divided_by_m_again = known_mistake(
    "dW and db are divided by the number of samples once more: the mean is in the error already.")(
    slip(with_scores_and_outputs, "A_in.T @ dZ, dZ.sum(", "A_in.T @ dZ / len(y), dZ.mean("))

loss_ignored_mse = known_mistake("The loss is ignored: with 'bce' the gradient is that of the squared error.")(
    slip(with_scores_and_outputs, "    count =", "    loss = 'mse'\n    count ="))

loss_ignored_bce = known_mistake("The loss is ignored: with 'mse' the gradient is that of the binary cross-entropy.")(
    slip(with_scores_and_outputs, "    count =", "    loss = 'bce'\n    count ="))

bce_slope_twice = known_mistake(
    "With 'bce' the error a - y is the one in the score already: the sigmoid's derivative has cancelled.")(
    slip(with_scores_and_outputs, "dA if cancelled else dA * slope", "dA * slope"))

bce_of_ones_only = known_mistake(
    "With 'bce' the samples of class 0 count for nothing: the loss has a part for y = 1 and one for y = 0.")(
    slip(with_scores_and_outputs, "(outputs[-1] - y)", "(outputs[-1] - y) * (y if loss == 'bce' else 1)"))

epsilon_added = known_mistake("1e-7 is added to the probabilities, which changes those near 0 and 1: clip them.")(
    slip(with_scores_and_outputs,
         "    gradients = []",
         "    if loss == 'bce':\n"
         "        p = outputs[-1]\n"
         "        dA = ((1 - y) / (1 - p + 1e-7) - y / (p + 1e-7)) * p * (1 - p) / count\n"
         "    gradients = []"))

probabilities_not_clipped = known_mistake(
    "A probability of exactly 0 or 1 leads to a division by 0: clip it, or simplify the error in the score to a - "
    "y.")(
    slip(with_scores_and_outputs,
         "    gradients = []",
         "    if loss == 'bce':\n"
         "        p = outputs[-1]\n"
         "        dA = ((1 - y) / (1 - p) - y / p) * p * (1 - p) / count\n"
         "    gradients = []"))

sign_flipped = known_mistake("The signs are flipped: the error is a - y, and a gradient points uphill.")(
    slip(with_scores_and_outputs, "outputs[-1] - y", "y - outputs[-1]"))

output_activation_ignored = known_mistake("With 'mse' the derivative of the output layer's activation is missing.")(
    slip(with_scores_and_outputs, "loss == 'bce' and i", "i"))

hidden_derivatives_missing = known_mistake(
    "The derivatives of the hidden activations are missing: only the output layer has its own.")(
    slip(with_scores_and_outputs, "loss == 'bce' and i == len(layers) - 1", "loss == 'bce' or i < len(layers) - 1"))

relu_ignored = known_mistake("ReLU's derivative is missing: nothing goes back through units that are off.")(
    slip(with_scores_and_outputs, "(Z > 0) * 1.0", "np.ones(Z.shape)"))

relu_derivative_1_at_0 = known_mistake("ReLU's derivative at a score of exactly 0 is 0, not 1.")(
    slip(with_scores_and_outputs, "Z > 0", "Z >= 0"))

sigmoid_for_all = known_mistake(
    "Every layer gets the sigmoid's derivative on the way back: take that of its own activation.")(
    slip(with_scores_and_outputs,
         "        cancelled =", "        slope = 1 / (2 + np.exp(Z) + np.exp(-Z))\n        cancelled ="))

derivative_at_the_output = known_mistake(
    "The sigmoid's derivative is taken at the layer's output, so that the sigmoid is applied twice: take it at Z.")(
    slip(with_scores_and_outputs, "A * (1 - A)", "(1 - np.tanh(A / 2) ** 2) / 4"))

score_taken_for_the_value = known_mistake(
    "z * (1 - z) takes the score for the sigmoid's value: the derivative is a * (1 - a).")(
    slip(with_scores_and_outputs, "A * (1 - A)", "Z * (1 - Z)"))

scores_of_the_layer_before = known_mistake(
    "The derivative is taken at the scores of the layer before: each layer has its own.")(
    slip(with_scores_and_outputs,
         "(outputs[i], scores[i], outputs[i + 1])", "(outputs[i], scores[max(i - 1, 0)], outputs[max(i, 1)])"))

activation_of_the_layer_before = known_mistake(
    "The derivative is that of the layer before's activation: each layer has its own.")(
    slip(with_scores_and_outputs, "A * (1 - A)}[activation]", "A * (1 - A)}[layers[max(i - 1, 0)][2]]"))

slope_of_tanh = known_mistake(
    "1 - a**2 is the derivative of the hyperbolic tangent; that of the sigmoid is a * (1 - a).")(
    slip(with_scores_and_outputs, "A * (1 - A)", "1 - A ** 2"))

db_not_summed = known_mistake(
    "db is not summed over the samples: every bias collects from all rows of dZ, which gives the shape of b.")(
    slip(with_scores_and_outputs, "dZ.sum(axis=0)", "dZ"))

db_mean = known_mistake("db is a mean over the samples; it is their sum, since the mean is in the error already.")(
    slip(with_scores_and_outputs, "dZ.sum(", "dZ.mean("))

db_as_a_row = known_mistake("db is a table with one row, (1, k); it has the shape of b, (k,).")(
    slip(with_scores_and_outputs, "axis=0", "axis=0, keepdims=True"))

dw_transposed = known_mistake(
    "dW is transposed: it has the shape of W, so it is the layer's input, transposed, times dZ.")(
    slip(with_scores_and_outputs, "A_in.T @ dZ", "dZ.T @ A_in"))

weights_not_transposed = known_mistake("The weights have to be transposed on the way back: dZ @ W.T.")(
    slip(with_scores_and_outputs, "W.T", "W"))

output_in_place_of_the_input = known_mistake(
    "dW is made with the layer's output; it is the layer's input, transposed, times dZ.")(
    slip(with_scores_and_outputs, "A_in.T", "A.T"))

x_for_all_layers = known_mistake(
    "dW is made with X in every layer; it is the layer's own input, the output of the layer before.")(
    slip(with_scores_and_outputs, "A_in.T", "X.T"))

scores_in_place_of_outputs = known_mistake(
    "dW is made with the scores of the layer before; its input is what the activation made of them.")(
    slip(with_scores_and_outputs, "A_in.T", "([X, *scores][i]).T"))

new_weights_on_the_way = known_mistake(
    "The gradient goes back through weights that have taken a step already: all gradients belong to the same "
    "weights.")(
    slip(with_scores_and_outputs, "W.T", "(W - gradients[0][0]).T"))

last_layer_first = known_mistake("The list runs backwards: the pair of the first layer comes first.")(
    slip(with_scores_and_outputs, "insert(0, ", "append("))

output_layer_only = known_mistake("Only the output layer has gradients: go on to the first layer.")(
    slip(with_scores_and_outputs, "dZ @ W.T", "0 * dZ @ W.T"))

first_layer_missing = known_mistake("The first layer's pair is missing: the loop ends one layer early.")(
    slip(with_scores_and_outputs, "return gradients", "return gradients[1:]"))

biases_first = known_mistake("Each pair begins with db; it is (dW, db), like the layers.")(
    slip(with_scores_and_outputs, "A_in.T @ dZ, dZ.sum(axis=0)", "dZ.sum(axis=0), A_in.T @ dZ"))

flat_list = known_mistake("The gradients come as one flat list; they are pairs: [(dW, db), ...].")(
    slip(with_scores_and_outputs, "return gradients", "return [gradient for pair in gradients for gradient in pair]"))

one_pair_everywhere = known_mistake("The pair of the first layer stands in every place: each layer has its own.")(
    slip(with_scores_and_outputs, "return gradients", "return [gradients[0]] * len(layers)"))

overflow = known_mistake(
    "The values are right, but exp of a large number is computed on the way and overflows: call the sigmoid that "
    "is given, or your forward.")(
    slip(with_scores_and_outputs, "0.5 * (1 + np.tanh(Z / 2))", "1 / (1 + np.exp(-Z))"))

unknown_loss_taken_for_bce = known_mistake(
    "An unknown loss is taken for the binary cross-entropy: raise ValueError and name the loss in the message.")(
    slip(with_scores_and_outputs, "raise ValueError(f'loss is {loss!r}')", "loss = 'bce'"))

overwrites_input = known_mistake(
    "The caller's list of layers is turned around, and stays so: use reversed, or turn a copy.")(
    slip(with_scores_and_outputs, "    return gradients", "    layers.reverse()\n    return gradients"))


@accepted_variant
def through_the_probabilities(X, y, layers, loss):
    if loss not in ("mse", "bce"):
        raise ValueError(f"loss is {loss!r}")
    A, Z = [X], []
    for W, b, activation in layers:
        Z.append(np.dot(A[-1], W) + b)
        if activation == "relu":
            A.append(np.where(Z[-1] > 0, Z[-1], 0))
        elif activation == "sigmoid":
            small = np.exp(-np.abs(Z[-1]))
            A.append(np.where(Z[-1] >= 0, 1, small) / (1 + small))
        else:
            A.append(Z[-1])
    m, k = y.shape
    if loss == "mse":
        dA = 2 * (A[-1] - y) / (m * k)
    else:
        p = np.clip(A[-1], 1e-7, 1 - 1e-7)
        dA = -(y / p - (1 - y) / (1 - p)) / (m * k)
    gradients = []
    for i in reversed(range(len(layers))):
        W, _, activation = layers[i]
        if activation == "relu":
            dZ = np.where(Z[i] > 0, dA, 0)
        elif activation == "sigmoid":
            dZ = dA * A[i + 1] * (1 - A[i + 1])
        else:
            dZ = dA
        gradients.append((A[i].T.dot(dZ), np.sum(dZ, axis=0)))
        dA = dZ.dot(W.T)
    return gradients[::-1]


@accepted_variant
def recursively(X, y, layers, loss):
    if loss not in ("mse", "bce"):
        raise ValueError(f"loss is {loss!r}")
    functions = {None: lambda z: z, "relu": lambda z: z * (z > 0), "sigmoid": lambda z: 0.5 + 0.5 * np.tanh(z / 2)}
    slopes = {None: lambda z: 1.0 + 0 * z, "relu": lambda z: np.heaviside(z, 0.0),
              "sigmoid": lambda z: (1 - np.tanh(z / 2) ** 2) / 4}

    def gradients_from(A, rest):
        W, b, activation = rest[0]
        Z = A @ W + b
        if len(rest) > 1:
            pairs, dout = gradients_from(functions[activation](Z), rest[1:])
            dZ = dout * slopes[activation](Z)
        else:
            pairs, error = [], functions[activation](Z) - y
            dZ = error / error.size if loss == "bce" else 2 * error * slopes[activation](Z) / error.size
        return [(A.T @ dZ, dZ.sum(0)), *pairs], dZ @ W.T

    return gradients_from(X, layers)[0]


@accepted_variant
def sample_by_sample(X, y, layers, loss):
    if loss not in ("mse", "bce"):
        raise ValueError(f"loss is {loss!r}")
    count = y.shape[0] * y.shape[1]
    sums = [[np.zeros(W.shape), np.zeros(b.shape)] for W, b, _ in layers]
    for x, target in zip(X, y, strict=True):
        inputs, values = [], x
        for W, b, activation in layers:
            z = values @ W + b
            inputs.append((values, z))
            s = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
            values = {None: z, "relu": np.maximum(0, z), "sigmoid": s}[activation]
        delta = (values - target) / count
        for number in range(len(layers), 0, -1):
            W, _, activation = layers[number - 1]
            a, z = inputs[number - 1]
            if loss == "mse" or number < len(layers):
                s = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
                delta = delta * {None: 1, "relu": z > 0, "sigmoid": s * (1 - s)}[activation]
            sums[number - 1][0] += np.outer(a, delta) * (2 if loss == "mse" else 1)
            sums[number - 1][1] += delta * (2 if loss == "mse" else 1)
            delta = W @ delta
    return [tuple(pair) for pair in sums]


@accepted_variant
def with_einsum_and_clipped_error(X, y, layers, loss):
    if loss not in ("mse", "bce"):
        raise ValueError(f"loss is {loss!r}")
    outputs = [X]
    for W, b, activation in layers:
        Z = np.einsum("ij,jk->ik", outputs[-1], W) + b[None, :]
        if activation == "sigmoid":
            Z = 1 / (1 + np.exp(-np.clip(Z, -600, 600)))
        elif activation == "relu":
            Z[Z < 0] = 0
        outputs.append(Z)
    # ReLU's output is positive where its score is: the outputs are enough to go back.
    slopes = [1 if layer[2] is None else (a > 0) if layer[2] == "relu" else a - a * a
              for layer, a in zip(layers, outputs[1:], strict=True)]
    if loss == "mse":
        D = 2 / y.size * (outputs[-1] - y) * slopes[-1]
    else:
        D = (np.clip(outputs[-1], 1e-7, 1 - 1e-7) - y) / y.size
    pairs = []
    for i in range(len(layers) - 1, -1, -1):
        pairs = [(np.einsum("mi,mj->ij", outputs[i], D), np.einsum("mj->j", D)), *pairs]
        if i > 0:
            D = np.einsum("mj,ij->mi", D, layers[i][0]) * slopes[i - 1]
    return tuple(pairs)


EQUIVALENT_MUTANTS = {
    "if loss == 'mse':  ->  if loss >= 'mse':":
        "of the two losses that are left, 'bce' comes before 'mse'",
}
