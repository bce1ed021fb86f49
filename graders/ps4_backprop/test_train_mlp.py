"""Hidden grader of `train_mlp`.

Where the training begins is random.  Everything after that is exact: from the layers that no epoch leads to, TensorFlow
takes the steps that more epochs have to take.
"""

import contextlib
import functools
import itertools

import keras
import numpy as np
import tensorflow as tf

from grading_engine import charts
from grading_engine.grader import accepted_variant, known_mistake, slip

EXTENT = (-0.5, 1.5, -0.5, 1.5)
XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])


def reference(X, y, sizes, learning_rate, epochs, seed):
    rng = np.random.default_rng(seed)
    start = []
    for n_in, n_out in itertools.pairwise(sizes):
        glorot = keras.initializers.GlorotUniform(int(rng.integers(2**31)))
        start.append((np.array(glorot((n_in, n_out), dtype="float64")), np.zeros(n_out)))
    layers, history = steps(X, y, start, learning_rate, epochs)
    return [(W, b, "sigmoid") for W, b in layers], history


def steps(X, y, start, learning_rate, epochs):
    """Return the layers [(W, b), ...] that full batches lead to, and the losses on the way."""
    if sum(np.size(value) for layer in start for value in layer) > 10_000:
        raise ValueError("the layers are larger than they were meant to be")
    # The known mistakes are tried on the same inputs, and most of them begin with the same weights.
    return _steps(_frozen(X), _frozen(y), _frozen(start), learning_rate, epochs)


@functools.lru_cache(200)
def _steps(X, y, start, learning_rate, epochs):
    X, y = tf.constant(X, tf.float64), tf.constant(y, tf.float64)
    layers = [(tf.constant(W, tf.float64), tf.constant(b, tf.float64)) for W, b in start]
    history = []
    for epoch in range(epochs + 1):
        with tf.GradientTape() as tape:
            tape.watch(layers)
            p = X
            for W, b in layers:
                p = tf.sigmoid(tf.matmul(p, W) + b)
            loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, p))
        history.append(loss.numpy())
        if epoch < epochs:
            layers = [(W - learning_rate * dW, b - learning_rate * db)
                      for (W, b), (dW, db) in zip(layers, tape.gradient(loss, layers), strict=True)]
    return [(W.numpy(), b.numpy()) for W, b in layers], np.array(history)


def _frozen(value):
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) or np.ndim(value) else float(value)


def samples(rng, m, n):
    """Return X of m samples with n features, and y with both classes."""
    return rng.normal(size=(m, n)), rng.permutation(np.arange(m) % 2)[:, None].astype(float)


def difference(value, exact):
    """What a value has too much, or the value itself where it is something else than such an array."""
    fits = isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.shape == exact.shape
    return value - exact if fits else value


def where_the_steps_lead(train_mlp, X, y, sizes, learning_rate, epochs, seed):
    start, _ = train_mlp(X.copy(), y.copy(), list(sizes), learning_rate, 0, seed)
    layers, _ = train_mlp(X.copy(), y.copy(), list(sizes), learning_rate, epochs, seed)
    found = {"the number of layers": len(layers)}
    exact = steps(X, y, [(W, b) for W, b, _ in start], learning_rate, epochs)[0]
    for i in range(len(sizes) - 1):
        W, b, activation = layers[i] if i < len(layers) else (None, None, None)
        found |= {f"layer {i + 1}: W, less the one that exact steps lead to,": difference(W, exact[i][0]),
                  f"layer {i + 1}: b, less the one that exact steps lead to,": difference(b, exact[i][1]),
                  f"layer {i + 1}: the activation": activation}
    return found


def losses(train_mlp, X, y, sizes, learning_rate, epochs, seed):
    """The history next to the losses of the layers that fewer epochs lead to."""
    after = [train_mlp(X.copy(), y.copy(), list(sizes), learning_rate, n, seed) for n in range(epochs + 1)]
    exact = [steps(X, y, [(W, b) for W, b, _ in layers], learning_rate, 0)[1][0] for layers, _ in after]
    return {"the history, less the losses of the layers at each time,": difference(after[-1][1], np.array(exact))}


def test_steps(student, rng):
    """the layers after one epoch and more, next to exact gradient steps from the layers of no epoch"""
    for m, sizes, learning_rate, epochs in [(4, [2, 3, 1], 0.5, 1), (7, [3, 5, 1], 1.0, 3), (5, [4, 2, 1], 2.0, 5)]:
        student.train_mlp.must_match(reference, *samples(rng, m, sizes[0]), sizes, learning_rate, epochs,
                                     int(rng.integers(1000)), through=where_the_steps_lead)


def test_history(student, rng):
    """the loss before the first epoch and after each one"""
    for m, sizes, learning_rate, epochs in [(5, [2, 4, 1], 0.5, 3), (8, [3, 2, 1], 1.5, 2), (3, [1, 3, 2, 1], 1.0, 1)]:
        student.train_mlp.must_match(reference, *samples(rng, m, sizes[0]), sizes, learning_rate, epochs,
                                     int(rng.integers(1000)), through=losses)


def test_other_depths(student, rng):
    """networks without a hidden layer, and with two and three of them"""
    for m, sizes, learning_rate, epochs in [(6, [3, 1], 0.7, 3), (5, [2, 4, 3, 1], 1.0, 2),
                                            (7, [3, 2, 5, 4, 1], 2.0, 2)]:
        student.train_mlp.must_match(reference, *samples(rng, m, sizes[0]), sizes, learning_rate, epochs,
                                     int(rng.integers(1000)), through=where_the_steps_lead)


def test_one_sample(student, rng):
    """a single sample"""
    student.train_mlp.must_match(reference, rng.normal(size=(1, 3)), np.ones((1, 1)), [3, 2, 1], 1.0, 2,
                                 int(rng.integers(1000)), through=where_the_steps_lead)


def test_whole_numbers(student, rng):
    """classes as whole numbers"""
    X, y = samples(rng, 6, 2)
    student.train_mlp.must_match(reference, X, y.astype(int), [2, 3, 1], 1.0, 2, int(rng.integers(1000)),
                                 through=where_the_steps_lead)


def test_huge_step(student, rng):
    """a step so large that wrong answers become certain: the loss is high, but finite"""
    X, y = np.array([[1.0], [2.0], [-1.0], [-2.5]]), np.array([[1.0], [0.0], [1.0], [0.0]])
    student.train_mlp.must_match(reference, X, y, [1, 1], 5000.0, 1, int(rng.integers(1000)), through=losses)


def at_the_start(train_mlp, X, y, sizes, *args):
    layers, history = train_mlp(X.copy(), y.copy(), list(sizes), *args)
    found = {"the shapes of the weights": str([np.shape(W) for W, _, _ in layers])}
    for i, (W, b, _) in enumerate(layers, 1):
        limit = np.sqrt(6 / sum(W.shape))
        found |= {f"layer {i}: b": b,
                  f"layer {i}: the number of weights beyond sqrt(6 / (n_in + n_out))":
                      np.count_nonzero(np.abs(W) > limit * (1 + 1e-12))}
        if i < len(layers):
            shares = np.sort(W, axis=None) / limit / 2 + 0.5
            found |= {f"layer {i}: the largest weight, divided by sqrt(6 / (n_in + n_out)) and rounded,":
                      round(float(np.max(np.abs(W)) / limit), 1),
                      f"layer {i}: the weights are not spread evenly between the bounds":
                      bool(np.max(np.abs(shares - np.linspace(0, 1, shares.size))) > 0.15)}
    found["layers of the same shape start with the same weights"] = bool(np.array_equal(layers[0][0], layers[1][0]))
    loss = steps(X, y, [(W, b) for W, b, _ in layers], 0.0, 0)[1]
    return found | {"the history, less the loss of these weights,": difference(history, loss)}


def test_start(student, rng):
    """no epoch: Glorot's uniform weights, biases of 0, and their loss as the only entry of the history"""
    # 1600 right weights all stay below 0.95 of the bound with probability 0.95**1600 = 2e-36, and are off by 0.15
    # with probability 2 * exp(-2 * 1600 * 0.15**2) = 1e-31 at most.
    student.train_mlp.must_match(reference, *samples(rng, 5, 40), [40, 40, 40, 1], 0.1, 0, int(rng.integers(1000)),
                                 through=at_the_start)


def with_two_seeds(train_mlp, X, y, sizes, learning_rate, epochs, seed):
    def numbers(seed):
        layers, history = train_mlp(X.copy(), y.copy(), list(sizes), learning_rate, epochs, seed)
        return np.concatenate([np.ravel(value) for W, b, _ in layers for value in (W, b)] + [history])

    one = numbers(seed)
    return {"the same seed gives other results": not np.array_equal(one, numbers(seed)),
            "another seed gives the same results": bool(np.allclose(one, numbers(seed + 1)))}


def test_seed(student, rng):
    """the same results from the same seed, and others from another one"""
    student.train_mlp.must_match(reference, *samples(rng, 6, 2), [2, 3, 1], 1.0, 2, int(rng.integers(1000)),
                                 through=with_two_seeds)


def rows_that_come_out_right(train_mlp, X, y, sizes, learning_rate, epochs, seed):
    best = 0
    for attempt in range(3):
        if best < len(y):
            p = X
            for W, b, _ in train_mlp(X.copy(), y.copy(), list(sizes), learning_rate, epochs, seed + attempt)[0]:
                p = 0.5 * (1 + np.tanh((p @ W + b) / 2))
            best = max(best, int(np.sum((p > 0.5) == (y == 1))))
    return {"rows of XOR that come out right": best}


def test_xor(student):
    """XOR with four hidden units: all four rows come out right"""
    args = *XOR, [2, 4, 1], 5.0, 300, 1
    student.show(regions, student.train_mlp.returned(*args))
    # Of 3000 seeds 2998 solve it with these numbers; three in a row fail with probability 3e-10.
    student.train_mlp.must_return({"rows of XOR that come out right": 4}, *args, through=rows_that_come_out_right)


def regions(yours):
    """Draw where a network says 0 and where 1; nothing for an answer that holds no layers."""
    plane = charts.plane(*EXTENT)
    with contextlib.suppress(TypeError, ValueError, IndexError, KeyError):
        for W, b, _ in yours[0]:
            plane = 0.5 * (1 + np.tanh((plane @ W + b) / 2))
        return charts.decision_regions({"yours": plane}, EXTENT, *XOR)
    return ""


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.train_mlp.must_keep_inputs(*samples(rng, 6, 3), [3, 2, 1], 0.5, 2, 1)


@accepted_variant
def layers_in_one_list(X, y, sizes, learning_rate, epochs, seed):
    rng = np.random.default_rng(seed)
    layers, history = [], []
    for i in range(len(sizes) - 1):
        r = np.sqrt(6 / (sizes[i] + sizes[i + 1]))
        W = rng.uniform(-r, r, (sizes[i], sizes[i + 1]))
        b = np.zeros(sizes[i + 1])
        layers.append((W, b, "sigmoid"))
    for epoch in range(epochs + 1):
        outputs = [X]
        for W, b, _ in layers:
            outputs.append(0.5 * (1 + np.tanh((outputs[-1] @ W + b) / 2)))
        p = np.clip(outputs[-1], 1e-7, 1 - 1e-7)
        history.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
        if epoch < epochs:
            dZ = (outputs[-1] - y) / len(X)
            for i in reversed(range(len(layers))):
                W, b, name = layers[i]
                layers[i] = W - learning_rate * outputs[i].T @ dZ, b - learning_rate * dZ.sum(axis=0), name
                dZ = dZ @ W.T * outputs[i] * (1 - outputs[i])
    return layers, np.array(history)


gradient_of_the_sum = known_mistake("1/m is missing in the gradient: the loss is the mean over the samples.")(
    slip(layers_in_one_list, " / len(X)", ""))

uphill = known_mistake("The steps climb: the gradient is subtracted, since it points uphill.")(
    slip(slip(layers_in_one_list, "W - learning_rate", "W + learning_rate"), "b - learning_rate", "b + learning_rate"))

biases_not_updated = known_mistake("The biases stay 0: they have gradients and take steps like the weights.")(
    slip(layers_in_one_list, "b - learning_rate * dZ.sum(axis=0)", "b"))

weights_not_updated = known_mistake("Only the biases take steps: the weights have gradients too.")(
    slip(layers_in_one_list, "W - learning_rate * outputs[i].T @ dZ", "W"))

output_layer_only = known_mistake("Only the output layer takes steps: every layer has gradients.")(
    slip(layers_in_one_list, "reversed(range(len(layers)))", "[len(layers) - 1]"))

squared_error_gradient = known_mistake(
    "The steps follow the squared error; they follow the binary cross-entropy: loss 'bce'.")(
    slip(layers_in_one_list,
         "(outputs[-1] - y) / len(X)", "2 * (outputs[-1] - y) * outputs[-1] * (1 - outputs[-1]) / len(X)"))

slope_twice = known_mistake(
    "The error p - y is multiplied by the sigmoid's slope, which has cancelled: with 'bce' it is the error in the "
    "score.")(
    slip(layers_in_one_list,
         "(outputs[-1] - y) / len(X)", "(outputs[-1] - y) * outputs[-1] * (1 - outputs[-1]) / len(X)"))

hidden_slope_missing = known_mistake("The slope of the hidden sigmoids is missing on the way back.")(
    slip(layers_in_one_list, " * outputs[i] * (1 - outputs[i])", ""))

new_weights_on_the_way = known_mistake(
    "The gradient goes back through weights that have taken their step: compute all gradients, then take the steps.")(
    slip(layers_in_one_list, "W.T", "layers[i][0].T"))

relu_units = known_mistake("The hidden units have ReLU; the sigmoid is asked for everywhere.")(
    slip(slip(layers_in_one_list,
              "outputs.append(0.5 * (1 + np.tanh((outputs[-1] @ W + b) / 2)))",
              "Z = outputs[-1] @ W + b\n"
              "            outputs.append(np.maximum(Z, 0) if len(outputs) < len(layers) else 1 / (1 + np.exp(-Z)))"),
         "outputs[i] * (1 - outputs[i])", "(outputs[i] > 0)"))

learning_rate_ignored = known_mistake("The learning rate is 0.1, whatever was handed in.")(
    slip(layers_in_one_list, "    layers, history", "    learning_rate = 0.1\n    layers, history"))

one_step_too_few = known_mistake("The layers of before the last step are returned: `epochs` steps are taken.")(
    slip(slip(layers_in_one_list,
              "        if epoch < epochs:\n", "        if epoch < epochs:\n            last = list(layers)\n"),
         "return (layers,", "return (last if epochs else layers,"))

one_step_too_many = known_mistake("One step too many is taken: the history has one entry more than there are steps.")(
    slip(layers_in_one_list, "if epoch < epochs:", "if epoch <= epochs:"))

first_layers_returned = known_mistake("The layers that are returned are those of the start.")(
    slip(slip(layers_in_one_list,
              "    for epoch in", "    first = list(layers)\n    for epoch in"),
         "return (layers,", "return (first,"))

history_without_start = known_mistake(
    "The losses are measured after each step only: the history begins with the loss of the initial weights.")(
    slip(layers_in_one_list, "np.array(history)", "np.array(history[1:])"))

history_without_end = known_mistake(
    "The last loss is missing: the history ends with the loss of the layers that are returned.")(
    slip(layers_in_one_list, "np.array(history)", "np.array(history[:-1])"))

history_late_by_one = known_mistake(
    "The loss of the start stands there twice and the last one is missing: measure the loss after the step.")(
    slip(layers_in_one_list, "np.array(history)", "np.array(history[:1] + history[:-1])[:len(history)]"))

history_of_squared_errors = known_mistake(
    "The history holds mean squared errors; it is the mean binary cross-entropy.")(
    slip(layers_in_one_list, "-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))", "np.mean((outputs[-1] - y) ** 2)"))

history_of_sums = known_mistake("The losses in the history are sums over the samples: they are means.")(
    slip(layers_in_one_list, "-np.mean(", "-np.sum("))

history_not_clipped = known_mistake(
    "The history is not finite where a probability is 0 or 1: call the binary_cross_entropy that is given.")(
    slip(layers_in_one_list, "np.clip(outputs[-1], 1e-07, 1 - 1e-07)", "outputs[-1]"))

history_with_the_other_sign = known_mistake(
    "The losses are negative: the binary cross-entropy has a minus before the mean.")(
    slip(layers_in_one_list, "-np.mean(", "np.mean("))

history_as_list = known_mistake("The history is a list: turn it into an array.")(
    slip(layers_in_one_list, "np.array(history)", "history"))

zero_weights = known_mistake(
    "All weights start at 0, so that the units of a layer stay equal: draw them with glorot_uniform.")(
    slip(layers_in_one_list, "rng.uniform(-r, r, (sizes[i], sizes[i + 1]))", "np.zeros((sizes[i], sizes[i + 1]))"))

normal_weights = known_mistake("The weights start with a normal distribution: draw them with glorot_uniform.")(
    slip(layers_in_one_list, "uniform(-r, r, ", "normal(0, 1, "))

small_weights = known_mistake(
    "The weights start between -0.1 and 0.1, whatever the sizes are: draw them with glorot_uniform.")(
    slip(layers_in_one_list, "np.sqrt(6 / (sizes[i] + sizes[i + 1]))", "0.1"))

bounds_of_he = known_mistake("The first weights go up to sqrt(6 / n_in): draw them with glorot_uniform.")(
    slip(layers_in_one_list, "6 / (sizes[i] + sizes[i + 1])", "6 / sizes[i]"))

random_biases = known_mistake("The biases start at random: they start at 0.")(
    slip(layers_in_one_list, "np.zeros(sizes[i + 1])", "rng.uniform(-r, r, sizes[i + 1])"))

generator_for_each_layer = known_mistake(
    "Each layer has a generator of its own from the same seed, so that layers of one shape start alike: make one "
    "before the loop.")(
    slip(layers_in_one_list, "        r =", "        rng = np.random.default_rng(seed)\n        r ="))

seed_ignored = known_mistake("The seed is 0, whatever was handed in.")(
    slip(layers_in_one_list, "default_rng(seed)", "default_rng(0)"))

layers_without_names = known_mistake(
    "The layers come as pairs (W, b): each is (W, b, 'sigmoid'), as forward takes it.")(
    slip(layers_in_one_list, "return (layers,", "return ([(W, b) for W, b, _ in layers],"))

history_first = known_mistake("The history comes first: return layers, history.")(
    slip(layers_in_one_list, "(layers, np.array(history))", "(np.array(history), layers)"))

overwrites_input = known_mistake(
    "X and y themselves are shuffled, so the caller's data change; a full batch needs no shuffling.")(
    slip(layers_in_one_list,
         "    for epoch in",
         "    order = rng.permutation(len(X))\n    X[:], y[:] = (X[order], y[order])\n    for epoch in"))


@known_mistake("A step is taken after every single sample; an epoch here is one step with all samples.")
def step_per_sample(X, y, sizes, learning_rate, epochs, seed):
    rng = np.random.default_rng(seed)
    layers, history = [], []
    for i in range(len(sizes) - 1):
        r = np.sqrt(6 / (sizes[i] + sizes[i + 1]))
        layers.append((rng.uniform(-r, r, (sizes[i], sizes[i + 1])), np.zeros(sizes[i + 1]), "sigmoid"))
    for epoch in range(epochs + 1):
        p = X
        for W, b, _ in layers:
            p = 0.5 * (1 + np.tanh((p @ W + b) / 2))
        p = np.clip(p, 1e-7, 1 - 1e-7)
        history.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
        for row in range(len(X) if epoch < epochs else 0):
            outputs = [X[row:row + 1]]
            for W, b, _ in layers:
                outputs.append(0.5 * (1 + np.tanh((outputs[-1] @ W + b) / 2)))
            dZ = outputs[-1] - y[row]
            for i in reversed(range(len(layers))):
                W, b, name = layers[i]
                layers[i] = W - learning_rate * outputs[i].T @ dZ, b - learning_rate * dZ.sum(axis=0), name
                dZ = dZ @ W.T * outputs[i] * (1 - outputs[i])
    return layers, np.array(history)


@accepted_variant
def all_gradients_then_all_steps(X, y, sizes, learning_rate, epochs, seed):
    rng = np.random.default_rng(seed)
    Ws, bs = [], []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):  # noqa: RUF007
        limit = np.sqrt(6 / (n_in + n_out))
        Ws.append(rng.uniform(low=-limit, high=limit, size=(n_in, n_out)))
        bs.append(np.zeros(n_out))

    def outputs_of(X):
        A = [X]
        for W, b in zip(Ws, bs, strict=True):
            A.append(1 / (1 + np.exp(-np.clip(A[-1].dot(W) + b, -500, 500))))
        return A

    def loss():
        p = np.clip(outputs_of(X)[-1], 1e-7, 1 - 1e-7)
        return -np.where(y == 1, np.log(p), np.log(1 - p)).mean()

    history = np.zeros(epochs + 1)
    history[0] = loss()
    for epoch in range(1, epochs + 1):
        A = outputs_of(X)
        dZ = (A[-1] - y) / X.shape[0]
        changes = []
        for i in range(len(Ws) - 1, -1, -1):
            changes.append((i, A[i].T.dot(dZ), dZ.sum(axis=0)))
            dZ = dZ.dot(Ws[i].T) * A[i] * (1 - A[i])
        for i, dW, db in changes:
            Ws[i] = Ws[i] - learning_rate * dW
            bs[i] = bs[i] - learning_rate * db
        history[epoch] = loss()
    return [(W, b, "sigmoid") for W, b in zip(Ws, bs, strict=True)], history


@accepted_variant
def drawn_from_the_end_and_from_0_to_1(X, y, sizes, learning_rate, epochs, seed):
    rng, depth = np.random.default_rng(seed), len(sizes) - 1
    m, layers = len(X), [None] * depth
    for i in range(depth - 1, -1, -1):
        r = (6 / (sizes[i] + sizes[i + 1])) ** 0.5
        layers[i] = (r * (2 * rng.random((sizes[i], sizes[i + 1])) - 1), np.zeros(sizes[i + 1]), "sigmoid")
    history = []
    for epoch in range(epochs + 1):
        inputs = [X]
        for W, b, _ in layers:
            small = np.exp(-np.abs(inputs[-1] @ W + b))
            inputs.append(np.where(inputs[-1] @ W + b >= 0, 1, small) / (1 + small))
        p = inputs.pop()
        safe = np.clip(p, 1e-7, 1 - 1e-7)
        history += [-(np.log(safe[y == 1]).sum() + np.log(1 - safe[y != 1]).sum()) / m]
        if epoch == epochs:
            break
        error, stepped = (p - y) / m, []
        for (W, b, activation), A in zip(reversed(layers), reversed(inputs), strict=True):
            with_ones = np.column_stack([np.ones(m), A])
            gradient = with_ones.T @ error
            stepped.insert(0, (W - learning_rate * gradient[1:], b - learning_rate * gradient[0], activation))
            error = error @ W.T * (A - A**2)
        layers = stepped
    return tuple(layers), np.array(history)


@accepted_variant
def sample_by_sample(X, y, sizes, learning_rate, epochs, seed):
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):  # noqa: RUF007
        r = np.sqrt(6) / np.sqrt(n_in + n_out)
        layers.append([np.array([[rng.uniform(-r, r) for _ in range(n_out)] for _ in range(n_in)]), np.zeros(n_out)])

    def outputs_of(x):
        outputs = [x]
        for W, b in layers:
            outputs.append(0.5 + 0.5 * np.tanh((outputs[-1] @ W + b) / 2))
        return outputs

    def loss():
        total = 0.0
        for x, target in zip(X, y[:, 0], strict=True):
            p = min(max(float(outputs_of(x)[-1][0]), 1e-7), 1 - 1e-7)
            total -= np.log(p) if target == 1 else np.log(1 - p)
        return total / len(X)

    history = [loss()]
    for _ in range(epochs):
        sums = [[np.zeros(W.shape), np.zeros(b.shape)] for W, b in layers]
        for x, target in zip(X, y, strict=True):
            outputs = outputs_of(x)
            delta = (outputs[-1] - target) / len(X)
            for i in range(len(layers) - 1, -1, -1):
                sums[i][0] += np.outer(outputs[i], delta)
                sums[i][1] += delta
                delta = layers[i][0] @ delta * outputs[i] * (1 - outputs[i])
        for layer, (dW, db) in zip(layers, sums, strict=True):
            layer[0] = layer[0] - learning_rate * dW
            layer[1] = layer[1] - learning_rate * db
        history.append(loss())
    return [(W, b, "sigmoid") for W, b in layers], np.array(history)


EQUIVALENT_MUTANTS = {
    "layers = [(glorot_uniform(n_in, n_out, rng), np.zeros(n_out), 'sigmoid') "
    "for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True)]  ->  "
    "layers = [(glorot_uniform(n_in, n_out, rng), np.zeros(n_out), 'sigmoid') "
    "for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=False)]":
        "both slices have as many sizes as there are layers",
    "layers = [(W - learning_rate * dW, b - learning_rate * db, activation) "
    "for (W, b, activation), (dW, db) in zip(layers, gradients, strict=True)]  ->  "
    "layers = [(W - learning_rate * dW, b - learning_rate * db, activation) "
    "for (W, b, activation), (dW, db) in zip(layers, gradients, strict=False)]":
        "there is a pair of gradients for each layer",
}
