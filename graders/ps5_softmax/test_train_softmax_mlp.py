"""Hidden grader of `train_softmax_mlp`.

The tests hand in optimizers of their own: ones that put the parameters where the test wants them, so that every number
after that is known whatever the start was, and one that watches which rows come.
"""

import functools
import itertools

import keras
import numpy as np
import tensorflow as tf

from course_lib.data import digits
from grading_engine.grader import accepted_variant, known_mistake, slip

RETURNS = ("params", "history (epochs + 1,)")


def reference(X, y, hidden, optimizer, learning_rate, batch_size, epochs, seed):
    rng = np.random.default_rng(seed)
    X, y = tf.constant(X, tf.float64), tf.constant(y, tf.int64)
    sizes = X.shape[1], hidden, int(tf.reduce_max(y)) + 1
    params = []
    for n_in, n_out in itertools.pairwise(sizes):
        glorot = keras.initializers.GlorotUniform(int(rng.integers(2**31)))
        params += [tf.constant(glorot((n_in, n_out), dtype="float64")), tf.zeros(n_out, tf.float64)]
    states = [{}, {}, {}, {}]
    history = [loss(params, X, y).numpy()]
    for _ in range(epochs):
        for rows in np.split(rng.permutation(len(X)), range(batch_size, len(X), batch_size)):
            with tf.GradientTape() as tape:
                tape.watch(params)
                cost = loss(params, tf.gather(X, rows), tf.gather(y, rows))
            for i, gradient in enumerate(tape.gradient(cost, params)):
                value, states[i] = optimizer(params[i].numpy(), gradient.numpy(), states[i], learning_rate)
                params[i] = tf.constant(value, tf.float64)
        history.append(loss(params, X, y).numpy())
    W1, b1, W2, b2 = (value.numpy() for value in params)
    return [(W1, b1), (W2, b2)], np.array(history)


def loss(params, X, y):
    W1, b1, W2, b2 = params
    logits = tf.nn.relu(X @ W1 + b1) @ W2 + b2
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))


def samples(rng, m, d, K):
    """Return X of m samples with d features, and y with the labels 0 and K - 1 and others in between."""
    return rng.normal(size=(m, d)), rng.permutation([0, K - 1, *rng.integers(K, size=m - 2)])


def places(rng, d, hidden, K):
    """Return a value for each parameter, under its number of elements, by which an optimizer knows it."""
    return {size: rng.normal(scale=0.5, size=size) for size in (d * hidden, hidden, hidden * K, K)}


def momentum_from(start):
    """Return an optimizer whose first step leads to `start` from anywhere; those after it have a momentum."""
    def momentum(w, g, state, learning_rate):
        if not state:
            return start[w.size].reshape(w.shape), {"v": np.zeros(w.shape)}
        v = 0.9 * state["v"] - learning_rate * g
        return w + v, {"v": v}

    return momentum


def march_from(start):
    """Return an optimizer that goes away from `start`, as far as it was called, whatever the gradient."""
    def march(w, g, state, learning_rate):
        steps = state.get("steps", 0) + 1
        return (1 + steps * learning_rate) * start[w.size].reshape(w.shape), {"steps": steps}

    return march


def after_the_first_epoch(train, *args):
    """What no longer depends on the start."""
    params, history = train(*args)
    (W1, b1), (W2, b2) = params
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "history, without the start,": history[1:]}


def test_all_rows_in_one_batch(student, rng):
    """the parameters and the loss after one epoch and more, all rows in one batch, from a start that the test sets"""
    for (m, d, hidden, K), epochs in [((4, 2, 3, 4), 1), ((5, 3, 4, 2), 2), ((7, 4, 6, 3), 3), ((6, 5, 2, 7), 4)]:
        student.train_softmax_mlp.must_match(
            reference, *samples(rng, m, d, K), hidden, momentum_from(places(rng, d, hidden, K)), 0.2, m, epochs, 3,
            through=after_the_first_epoch)


def test_history(student, rng):
    """the loss of all rows after every epoch of mini-batches, with a last batch that is smaller"""
    for (m, d, hidden, K), batch_size, epochs in [((5, 2, 3, 4), 2, 2), ((8, 3, 5, 2), 3, 3), ((4, 3, 2, 5), 1, 2),
                                                  ((6, 2, 4, 3), 50, 2)]:
        student.train_softmax_mlp.must_match(
            reference, *samples(rng, m, d, K), hidden, march_from(places(rng, d, hidden, K)), 0.01, batch_size, epochs,
            5, through=after_the_first_epoch)


def test_copies_of_one_row(student, rng):
    """rows that are all the same, so that every mini-batch has the same mean gradient, the small last one too"""
    for (m, d, hidden, K), batch_size in [((5, 2, 3, 4), 2), ((7, 3, 4, 2), 3)]:
        X, y = np.tile(rng.normal(size=d), (m, 1)), np.full(m, K - 1)
        student.train_softmax_mlp.must_match(reference, X, y, hidden, momentum_from(places(rng, d, hidden, K)), 0.1,
                                             batch_size, 2, 3, through=after_the_first_epoch)


def rows_that_came(train, X, y, hidden, optimizer, learning_rate, batch_size, epochs, seed):
    """Watch single rows come, each with a feature of its own: its gradient tells which it is and with which label."""
    rows, labels = [], []

    def watch(w, g, state, learning_rate):
        if w.size == X.shape[1] * hidden:
            rows.extend(np.flatnonzero(np.any(g, axis=1)).tolist())
        elif w.size == y.max() + 1:
            labels.append(int(np.argmin(g)))
        return w, state

    train(X.copy(), y.copy(), hidden, watch, learning_rate, batch_size, epochs, seed)
    by_epoch = [rows[i:i + len(X)] for i in range(0, len(rows), len(X))]
    return {
        "updates of b2": len(labels),
        "rows that an epoch left out": sum(len(set(range(len(X))) - set(epoch)) for epoch in by_epoch),
        "rows that came with the label of another": sum(
            y[row] != label for row, label in zip(rows, labels, strict=False)),
        "epochs in the order of the one before": sum(
            one == following for one, following in itertools.pairwise(by_epoch)),
    }


def test_every_row_once_an_epoch(student, rng):
    """every row once an epoch, with its label, in an order that is new each time"""
    m, K = 12, 5
    # So many hidden units that no row is without an active one, and so many rows that no order comes twice by chance.
    student.train_softmax_mlp.must_match(reference, np.eye(m), rng.permutation(np.arange(m) % K), 40,
                                         momentum_from(places(rng, m, 40, K)), 0.1, 1, 2, 7, through=rows_that_came)


def at_the_start(train, X, y, *args):
    params, history = train(X.copy(), y.copy(), *args)
    (W1, b1), (W2, b2) = params
    found = {"biases other than 0": np.count_nonzero(b1) + np.count_nonzero(b2)}
    for name, W in (("W1", W1), ("W2", W2)):
        limit = np.sqrt(6 / sum(W.shape))
        share = np.sort(W, axis=None) / limit / 2 + 0.5
        found |= {
            f"weights of {name} beyond sqrt(6 / (n_in + n_out))": np.count_nonzero(np.abs(W) > limit),
            f"all weights of {name} are far from sqrt(6 / (n_in + n_out))": bool(np.max(np.abs(W)) < 0.97 * limit),
            f"weights of {name} crowd together": bool(np.max(np.abs(share - np.linspace(0, 1, W.size))) > 0.15),
        }
    error = history - loss([W1, b1, W2, b2], X, y).numpy()
    return found | {"the history less the loss of these weights": np.round(error, 9) + 0.0}


def test_start(student, rng):
    """no epoch: Glorot's uniform weights, biases of 0, and their loss as the only entry of the history"""
    # With 1200 weights and more, right ones are off by 0.15 in fewer than one case in 10**20.
    d, hidden, K = 50, 40, 30
    student.train_softmax_mlp.must_match(
        reference, rng.normal(size=(35, d)), rng.permutation(np.arange(35) % K), hidden,
        momentum_from(places(rng, d, hidden, K)), 0.1, 8, 0, int(rng.integers(1000)), through=at_the_start)


def with_two_seeds(train, X, y, *args):
    *args, seed = args

    def numbers(seed):
        params, history = train(X.copy(), y.copy(), *args, seed)
        return np.concatenate([np.ravel(value) for layer in params for value in layer] + [history])

    one = numbers(seed)
    return {"the same seed gives other results": not np.array_equal(one, numbers(seed)),
            "another seed gives the same results": np.allclose(one, numbers(seed + 1))}


def sgd(w, g, state, learning_rate):
    return w - learning_rate * g, state


def test_seed(student, rng):
    """the same results from the same seed, and others from another one"""
    student.train_softmax_mlp.must_match(reference, *samples(rng, 6, 2, 3), 4, sgd, 0.1, 4, 1,
                                         int(rng.integers(1000)), through=with_two_seeds)


STEPS = 140


def fading_momentum(w, g, state, learning_rate):
    """Momentum with a rate that falls to 0, so that the end depends little on the start."""
    steps = state.get("steps", 0)
    v = 0.9 * state.get("v", 0.0) - learning_rate * max(0.0, 1 - steps / STEPS) * g
    return w + v, {"v": v, "steps": steps + 1}


@functools.cache
def digits_for_training_and_testing():
    images, labels = digits()
    pixels, tested = images.reshape(len(images), -1) / 16, np.arange(len(images)) % 4 == 0
    return (pixels[~tested], labels[~tested]), (pixels[tested], labels[tested])


@functools.cache
def trained_by_tensorflow():
    """The reference's answer, once for all submissions that a process grades."""
    return reference(*digits_for_training_and_testing()[0], 64, fading_momentum, 0.4, 100, 10, 0)


def recognised(train, *args):
    params, _ = train(*args)
    (W1, b1), (W2, b2) = params
    pixels, labels = digits_for_training_and_testing()[1]
    share = np.mean(np.argmax(np.maximum(pixels @ W1 + b1, 0) @ W2 + b2, axis=1) == labels)
    return {"share of unseen digits that are recognised, of which 0.95 are enough,": min(round(float(share), 3), 0.95)}


def test_digits(student):
    """handwritten digits: at least 95 % of 450 that were not trained on are recognised"""
    # Right solutions with 200 seeds reached .962 to .982, .976 on average; a net that learns nothing has .1.
    student.train_softmax_mlp.must_match(lambda *_: trained_by_tensorflow(), *digits_for_training_and_testing()[0], 64,
                                         fading_momentum, 0.4, 100, 10, 0, through=recognised)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.train_softmax_mlp.must_keep_inputs(*samples(rng, 9, 2, 4), 3, sgd, 0.1, 4, 2, 1)


@accepted_variant
def layer_by_layer(X, y, hidden, optimizer, learning_rate, batch_size, epochs, seed):
    rng = np.random.default_rng(seed)
    sizes = [X.shape[1], hidden, int(max(y)) + 1]
    layers = []
    for n_in, n_out in ((sizes[0], sizes[1]), (sizes[1], sizes[2])):
        limit = (6 / (n_in + n_out)) ** 0.5
        layers.append({"W": rng.uniform(-limit, limit, size=(n_in, n_out)), "b": np.zeros(n_out), "state": ({}, {})})

    def forward(A):
        outputs = [A]
        for number, layer in enumerate(layers):
            A = A @ layer["W"] + layer["b"]
            A = A * (A > 0) if number == 0 else A
            outputs.append(A)
        return outputs

    def loss():
        Z = forward(X)[-1]
        Z = Z - Z.max(axis=1, keepdims=True)
        return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y])

    history = [loss()]
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for rows in np.split(order, np.arange(batch_size, len(y), batch_size)):
            outputs = forward(X[rows])
            Z = outputs[2] - outputs[2].max(axis=1, keepdims=True)
            D = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
            D[np.arange(len(rows)), y[rows]] -= 1
            D /= len(rows)
            changes = []
            for number in (1, 0):
                changes.append((layers[number], outputs[number].T @ D, D.sum(axis=0)))
                D = D @ layers[number]["W"].T * (outputs[number] > 0)
            for layer, dW, db in changes:
                states = layer["state"]
                layer["W"], one = optimizer(layer["W"], dW, states[0], learning_rate)
                layer["b"], two = optimizer(layer["b"], db, states[1], learning_rate)
                layer["state"] = one, two
        history.append(loss())
    return [(layer["W"], layer["b"]) for layer in layers], np.array(history)


shared_state = known_mistake(
    "All parameters share one state, so that each continues what another began: keep a dict for each.")(
    slip(slip(slip(slip(layer_by_layer, "history = [loss()]", "history, one = ([loss()], {})"),
                   "in changes:", "in reversed(changes):"), "states[0]", "one"),
         "two = optimizer(layer['b'], db, states[1], learning_rate)\n                layer['state'] = (one, two)",
         "one = optimizer(layer['b'], db, one, learning_rate)"))

state_forgotten = known_mistake("Every step starts with an empty state: hand in the one that the last step returned.")(
    slip(layer_by_layer, "states = layer['state']", "states = ({}, {})"))

optimizer_ignored = known_mistake("The step is w - learning_rate * g, whichever optimizer was handed in: call it.")(
    slip(layer_by_layer, "    rng =", "    optimizer = lambda w, g, state, rate: (w - rate * g, state)\n    rng ="))

derivative_of_relu_missing = known_mistake(
    "The gradient passes units that ReLU has switched off: multiply it by ReLU's derivative.")(
    slip(layer_by_layer, " * (outputs[number] > 0)", ""))

new_weights_of_the_second_layer = known_mistake(
    "The gradient goes back through the second layer's new weights: compute all gradients, then take the steps.")(
    slip(slip(layer_by_layer,
              "D = D @ layers[number]['W'].T * (outputs[number] > 0)\n            for layer, dW, db in changes:\n",
              "layer, dW, db = changes[-1]\n"),
         "= (one, two)\n", "= (one, two)\n                D = D @ layer['W'].T * (outputs[number] > 0)\n"))

gradient_of_the_sum = known_mistake("1/m is missing in the gradient: the loss is the mean over the batch.")(
    slip(layer_by_layer, "            D /= len(rows)\n", ""))

always_divided_by_batch_size = known_mistake(
    "The gradient is divided by batch_size in the last batch too, which has fewer rows: divide by their number.")(
    slip(layer_by_layer, "D /= len(rows)", "D /= min(batch_size, len(y))"))

biases_not_updated = known_mistake("The biases stay 0: they have gradients and take steps like the weights.")(
    slip(layer_by_layer, "layer['b'], two = optimizer(layer['b'], db, states[1], learning_rate)", "two = {}"))

last_batch_dropped = known_mistake(
    "The rows that do not fill a batch are never trained on: the last batch may be smaller.")(
    slip(layer_by_layer, "len(y), batch_size)):", "len(y), batch_size))[:max(1, len(y) // batch_size)]:"))

one_order_for_all_epochs = known_mistake("All epochs have the same order: draw a new one for each.")(
    slip(layer_by_layer, "    for _ in range(epochs):\n        order = rng.permutation(len(y))\n",
         "    order = rng.permutation(len(y))\n    for _ in range(epochs):\n"))

labels_not_shuffled = known_mistake("X is shuffled and y is not: take the rows of both by the same numbers.")(
    slip(slip(layer_by_layer, "np.split(order", "np.split(np.arange(len(y))"), "X[rows]", "X[order[rows]]"))

one_epoch_too_few = known_mistake("The last epoch is missing: `epochs` passes over the data are asked for.")(
    slip(slip(layer_by_layer, "range(epochs)", "range(epochs - 1)"),
         "np.array(history)", "np.array(history + history[-1:])[:epochs + 1]"))

history_without_the_start = known_mistake("The history begins after the first epoch; the loss before it comes first.")(
    slip(layer_by_layer, "np.array(history)", "np.array(history[1:])"))

loss_of_the_last_batch = known_mistake(
    "The history holds the loss of each epoch's last batch; the mean over all rows of X is asked for.")(
    slip(layer_by_layer, "history.append(loss())",
         "history.append(np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(rows)), y[rows]]))"))

mean_over_the_batches = known_mistake(
    "The history holds the mean of the batches' losses while the weights still changed; compute the loss of all rows "
    "after the epoch.")(
    slip(slip(slip(layer_by_layer, "        order =", "        losses = []\n        order ="),
              "changes = []", "changes = []\n"
              "            losses.append(np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(rows)), y[rows]]))"),
         "history.append(loss())", "history.append(np.mean(losses))"))

weights_start_at_zero = known_mistake(
    "All weights start at 0, so that no hidden unit ever learns: draw them, as Glorot does.")(
    slip(layer_by_layer, "rng.uniform(-limit, limit, size=(n_in, n_out))", "np.zeros((n_in, n_out))"))

normal_weights = known_mistake("The weights are drawn from a normal distribution; Glorot's uniform one is asked for.")(
    slip(layer_by_layer, "uniform(-limit, limit, ", "normal(scale=limit / np.sqrt(3), "))

seed_ignored = known_mistake("The seed is ignored: make the generator with np.random.default_rng(seed).")(
    slip(layer_by_layer, "default_rng(seed)", "default_rng(0)"))

first_weights_returned = known_mistake("The parameters that are returned are those of the start.")(
    slip(slip(layer_by_layer, "return ([(layer['W'], layer['b']) for layer in layers],", "return (first,"),
         "    history =", "    first = [(layer['W'], layer['b']) for layer in layers]\n    history ="))

classes_that_occur = known_mistake(
    "K is the number of different labels; a class may be missing among them: K is the largest label plus 1.")(
    slip(layer_by_layer, "int(max(y)) + 1", "len(np.unique(y))"))

flat_params = known_mistake("The parameters come as one flat list; they are two pairs: [(W1, b1), (W2, b2)].")(
    slip(layer_by_layer, "(layer['W'], layer['b']) for layer in layers", "layer[n] for layer in layers for n in 'Wb'"))

sigmoid_units = known_mistake("The hidden units are sigmoid ones; ReLU is asked for.")(
    slip(slip(layer_by_layer, "A * (A > 0) if", "1 / (1 + np.exp(-A)) if"),
         "(outputs[number] > 0)", "outputs[number] * (1 - outputs[number])"))

shuffles_its_inputs = known_mistake(
    "X and y themselves are shuffled, so the caller's data change: shuffle row numbers instead.")(
    slip(layer_by_layer, "for rows in np.split(order",
         "X[:], y[:] = (X[order], y[order])\n        for rows in np.split(np.arange(len(y))"))


@accepted_variant
def with_names_and_rows_of_biases(X, y, hidden, optimizer, learning_rate, batch_size, epochs, seed):
    rng = np.random.default_rng(seed)
    m, d = X.shape
    K = np.max(y) + 1
    # Drawn in another order, from 0 to 1, and biases kept as rows.
    values = {"W2": (2 * rng.random((hidden, K)) - 1) * np.sqrt(6 / (hidden + K)), "b2": np.zeros((1, K)),
              "W1": (2 * rng.random((d, hidden)) - 1) * np.sqrt(6 / (d + hidden)), "b1": np.zeros((1, hidden))}
    states = {name: {} for name in values}
    history = np.zeros(epochs + 1)
    for epoch in range(epochs + 1):
        if epoch > 0:
            keys = rng.random(m)
            order = np.argsort(keys)
            Xs, ys = X[order], y[order]
            for i in range(0, m, batch_size):
                A0, one_hot = Xs[i:i + batch_size], np.eye(K)[ys[i:i + batch_size]]
                Z1 = A0 @ values["W1"] + values["b1"]
                A1 = np.where(Z1 > 0, Z1, 0)
                Z2 = A1 @ values["W2"] + values["b2"]
                E = np.exp(Z2 - Z2.max(axis=1)[:, None])
                dZ2 = (E / E.sum(axis=1)[:, None] - one_hot) / A0.shape[0]
                dZ1 = np.where(Z1 > 0, dZ2 @ values["W2"].T, 0)
                gradients = {"W1": A0.T @ dZ1, "b1": np.sum(dZ1, axis=0, keepdims=True),
                             "W2": A1.T @ dZ2, "b2": np.sum(dZ2, axis=0, keepdims=True)}
                for name in values:
                    values[name], states[name] = optimizer(values[name], gradients[name], states[name], learning_rate)
        Z2 = np.maximum(0, X @ values["W1"] + values["b1"]) @ values["W2"] + values["b2"]
        E = np.exp(Z2 - Z2.max(axis=1)[:, None])
        p = E / E.sum(axis=1)[:, None]
        history[epoch] = -np.log(np.clip(p[np.arange(m), y], 1e-7, 1 - 1e-7)).mean()
    return [(values["W1"], values["b1"][0]), (values["W2"], values["b2"][0])], history


@accepted_variant
def sample_by_sample(X, y, hidden, optimizer, learning_rate, batch_size, epochs, seed):
    rng = np.random.default_rng(seed)
    d, K = X.shape[1], y.max() + 1
    W1 = rng.uniform(-1, 1, (d, hidden)) * np.sqrt(6 / (d + hidden))
    W2 = rng.uniform(-1, 1, (hidden, K)) * np.sqrt(6 / (hidden + K))
    b1, b2 = np.zeros(hidden), np.zeros(K)
    s1, t1, s2, t2 = {}, {}, {}, {}

    def probabilities(x):
        a = np.maximum(x @ W1 + b1, 0)
        powers = np.exp(a @ W2 + b2)
        return a, powers / powers.sum()

    history = [np.mean([-np.log(probabilities(x)[1][k]) for x, k in zip(X, y, strict=True)])]
    for _ in range(epochs):
        order = list(rng.permutation(len(X)))
        while order:
            rows, order = order[:batch_size], order[batch_size:]
            dW1, db1, dW2, db2 = 0.0, 0.0, 0.0, 0.0
            for i in rows:
                a, delta = probabilities(X[i])
                delta[y[i]] -= 1
                back = W2 @ delta * (a > 0)
                dW2, db2 = dW2 + np.outer(a, delta) / len(rows), db2 + delta / len(rows)
                dW1, db1 = dW1 + np.outer(X[i], back) / len(rows), db1 + back / len(rows)
            W1, s1 = optimizer(W1, dW1, s1, learning_rate)
            b1, t1 = optimizer(b1, db1, t1, learning_rate)
            W2, s2 = optimizer(W2, dW2, s2, learning_rate)
            b2, t2 = optimizer(b2, db2, t2, learning_rate)
        history.append(np.mean([-np.log(probabilities(x)[1][k]) for x, k in zip(X, y, strict=True)]))
    return [(W1, b1), (W2, b2)], np.array(history)


EQUIVALENT_MUTANTS = {
    "d_hidden = d_logits @ values[2].T * (activations > 0)  ->  "
    "d_hidden = d_logits @ values[2].T * (activations != 0)":
        "activations that went through ReLU are never negative",
    "activations = np.maximum(samples @ values[0] + values[1], 0)  ->  "
    "activations = np.maximum(0, samples @ values[0] + values[1])":
        "the larger of 0 and the sum, whichever is named first",
    "num_classes = int(y.max()) + 1  ->  num_classes = y.max() + 1":
        "the same number as numpy's int",
}
