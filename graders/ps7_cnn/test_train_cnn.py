"""Hidden grader of `train_cnn`: Keras trains the same network in lockstep, from the same start on the same batches."""

import contextlib
import copy

import keras
import numpy as np

from grading_engine import charts
from grading_engine.grader import accepted_variant, known_mistake, slip
from grading_engine.memory import expected

RETURNS = ("params", "history (steps,)")
NAMES = [("k1 (kh, kw, c_in, c1)", "b1"), ("k2 (kh, kw, c1, c2)", "b2"), ("W1 (features, hidden)", "b3"),
         ("W2 (hidden, K)", "b4")]

# Measured in the 50 steps below, 150 seeds, two right numpy solutions: the losses drift from the twin's by 4e-16 of
# their size at the first step and by 1.2e-14 at most after it, 6 % more with each step, and the parameters by 1e-15.
# With float32 on the way it is 2e-8 at least.  In between, at 1e-9, right solutions use a ten-thousandth and less of
# the tolerance; another device, library or order of sums has room, and so has 1e-12 added inside the logarithm.
RTOL, ATOL = 1e-9, 1e-11


def reference(x, y_true, params, learning_rate, batch_size, epochs, rng):
    # Submissions' code may ask for a training too: keep it small.
    work = np.size(x) * max(np.size(weights) for weights, _ in params) * epochs
    if work > 10_000_000 or len(x) * epochs > 2_000 or batch_size < 1:
        raise ValueError("x, params or epochs are too large")
    return twin(x, y_true, params, learning_rate, batch_size, epochs, rng)


def twin(x, y_true, params, learning_rate, batch_size, epochs, rng):
    """Train with Keras, on a GPU where there is one, and return (params, losses)."""
    rng, losses, on_jax = copy.deepcopy(rng), [], keras.backend.backend() == "jax"
    with in_float64():
        model = network_of(params, x.shape[1:])
        # Tracing costs as much as ten steps without it, and XLA, which JAX needs, takes seconds.
        model.compile(keras.optimizers.SGD(learning_rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                      run_eagerly=not on_jax and epochs * len(x) <= 10 * batch_size, jit_compile=on_jax)
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                rows = order[start:start + batch_size]
                # Without this the loss would be the mean of all steps so far.
                model.reset_metrics()
                losses.append(model.train_on_batch(x[rows], y_true[rows]))
        values = [np.array(value) for value in model.get_weights()]
    return list(zip(values[::2], values[1::2], strict=True)), np.array(losses, dtype=np.float64)


def network_of(params, shape):
    (k1, b1), (k2, b2), (_, b3), (_, b4) = params
    layers = keras.layers
    model = keras.Sequential([
        layers.Input(shape), layers.Conv2D(len(b1), k1.shape[:2], activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(len(b2), k2.shape[:2], activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
        layers.Dense(len(b3), activation="relu"), layers.Dense(len(b4))])
    model.set_weights([value for pair in params for value in pair])
    return model


@contextlib.contextmanager
def in_float64():
    """Everything that Keras makes in here is float64: layers, loss, optimizer and the mean that shows the loss."""
    # Keras keeps the policy of the first layer ever made, whatever floatx becomes: both are set, and set back.
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    if keras.backend.backend() == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


def everything(train_cnn, *args):
    """Say of all parameters what they are."""
    params, history = train_cnn(*args)
    found = {"the history (steps,)": history, "the number of pairs in params": len(params)}
    return found | trained(lambda *_: (params, history))


def trained(train_cnn, *args):
    """The same without the history."""
    params, _ = train_cnn(*args)
    return {f"after the training, {name}": value for names, pair in zip(NAMES, params, strict=True)
            for name, value in zip(names, pair, strict=True)}


def task(rng, m, image, first, second, filters, hidden, num_classes):
    """Images of patterns with noise, their labels, and a network to start from."""
    rows, columns = (((n - a + 1) // 2 - b + 1) // 2 for n, a, b in zip(image, first, second, strict=False))
    y_true = rng.permutation(np.arange(m) % num_classes)
    x = rng.normal(size=(num_classes, *image))[y_true] + 0.5 * rng.normal(size=(m, *image))
    shapes = [(*first, image[2], filters[0]), (*second, *filters), (rows * columns * filters[1], hidden),
              (hidden, num_classes)]
    return x, y_true, [layer(rng, shape) for shape in shapes]


def layer(rng, shape):
    """Short weights, so that no loss is so large that clipping the probability would matter, and small biases."""
    weights = rng.normal(size=shape)
    lengths = np.sqrt(np.sum(weights**2, axis=tuple(range(len(shape) - 1))))
    return 0.8 * weights / lengths, rng.uniform(0.1, 0.3, shape[-1])


def new(rng):
    return np.random.default_rng(int(rng.integers(2**32)))


def must_match(student, *args, through=everything, **options):
    return student.train_cnn.must_match(reference, *args, through=through, **{"rtol": RTOL, "atol": ATOL} | options)


def test_parameters(student, rng):
    """the parameters after some steps on mini-batches, in a new order each epoch"""
    for sizes, batch_size, epochs in [((6, (11, 12, 1), (2, 3), (2, 1), (3, 2), 7, 4), 3, 2),
                                      ((8, (12, 11, 2), (3, 2), (2, 2), (2, 4), 6, 3), 2, 2)]:
        must_match(student, *task(rng, *sizes), 0.05, batch_size, epochs, new(rng), through=trained)


def test_lockstep(student, rng):
    """50 steps in lockstep with TensorFlow: the loss of every step, and the parameters after the last"""
    args = *task(rng, 20, (12, 13, 1), (3, 2), (2, 3), (3, 4), 8, 3), 0.1, 4, 10, new(rng)
    # Whatever the losses are, they are drawn.
    yours = must_match(student, *args, atol=np.inf)
    theirs = expected(reference, args, everything)
    student.show(charts.curves, {"yours": yours["the history (steps,)"], "TensorFlow": theirs["the history (steps,)"]},
                 "step", "loss", when_right=True)
    must_match(student, *args)


def test_smaller_last_batch(student, rng):
    """a last batch that is smaller: losses and parameters after it"""
    for sizes, batch_size, epochs in [((7, (11, 11, 1), (3, 3), (2, 2), (2, 3), 6, 4), 3, 2),
                                      ((5, (9, 12, 2), (2, 3), (2, 2), (3, 2), 8, 2), 4, 3)]:
        must_match(student, *task(rng, *sizes), 0.1, batch_size, epochs, new(rng))


def test_smallest_and_largest_batches(student, rng):
    """one image in each step, and batches with room for more than there are"""
    for m, batch_size, epochs in [(3, 1, 2), (5, 8, 3)]:
        must_match(student, *task(rng, m, (10, 13, 1), (3, 2), (2, 3), (3, 2), 6, 3), 0.02, batch_size, epochs,
                   new(rng))


def test_no_epoch(student, rng):
    """no epoch: the parameters as they were, and an empty history"""
    must_match(student, *task(rng, 4, (8, 9, 2), (3, 2), (2, 3), (3, 2), 5, 3), 0.1, 2, 0, new(rng))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are, the parameters at the start too"""
    for epochs in (1, 2):
        student.train_cnn.must_keep_inputs(*task(rng, 5, (8, 9, 2), (3, 2), (2, 3), (3, 2), 5, 3), 0.1, 2, epochs,
                                           new(rng))


@accepted_variant
def with_patches(x, y_true, params, learning_rate, batch_size, epochs, rng):
    def forward(a, kernel, bias):
        patches = np.lib.stride_tricks.sliding_window_view(a, kernel.shape[:2], axis=(1, 2))
        z = np.einsum("mijcuv,uvcf->mijf", patches, kernel) + bias
        rows, columns = z.shape[1] // 2 * 2, z.shape[2] // 2 * 2
        windows = np.stack([z[:, u:rows:2, v:columns:2] for u, v in np.ndindex(2, 2)], axis=-1)
        return patches, windows, np.maximum(windows, 0).max(axis=-1)

    def backward(d_pooled, patches, windows, kernel, d_a):
        winners = np.arange(4) == windows.argmax(axis=-1)[..., None]
        d_windows = winners * d_pooled[..., None] * (windows > 0)
        dz = np.zeros((*patches.shape[:3], kernel.shape[3]))
        rows, columns = dz.shape[1] // 2 * 2, dz.shape[2] // 2 * 2
        for place, (u, v) in enumerate(np.ndindex(2, 2)):
            dz[:, u:rows:2, v:columns:2] = d_windows[..., place]
        for u, v in np.ndindex(kernel.shape[:2]):
            d_a[:, u:u + dz.shape[1], v:v + dz.shape[2]] += dz @ kernel[u, v].T
        return np.einsum("mijcuv,mijf->uvcf", patches, dz), dz.sum(axis=(0, 1, 2))

    def loss_and_gradients(images, labels, values):
        k1, b1, k2, b2, W1, b3, W2, b4 = values
        patches1, windows1, p1 = forward(images, k1, b1)
        patches2, windows2, p2 = forward(p1, k2, b2)
        features = p2.reshape(len(images), -1)
        hidden = np.maximum(features @ W1 + b3, 0)
        scores = hidden @ W2 + b4
        scores = scores - scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        d_scores = (np.exp(logs) - np.eye(len(b4))[labels]) / len(labels)
        d_hidden = d_scores @ W2.T * (hidden > 0)
        d_p1 = np.zeros(p1.shape)
        second = backward((d_hidden @ W1.T).reshape(p2.shape), patches2, windows2, k2, d_p1)
        first = backward(d_p1, patches1, windows1, k1, np.zeros(images.shape))
        return -np.mean(logs[np.arange(len(labels)), labels]), [
            *first, *second, features.T @ d_hidden, d_hidden.sum(axis=0), hidden.T @ d_scores, d_scores.sum(axis=0)]

    values = [np.array(value) for pair in params for value in pair]
    history = []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start:start + batch_size]
            loss, gradients = loss_and_gradients(x[rows], y_true[rows], values)
            history.append(loss)
            for value, gradient in zip(values, gradients, strict=True):
                value -= learning_rate * gradient
    return list(zip(values[::2], values[1::2], strict=True)), np.array(history, dtype=float)


gradient_of_the_sum = known_mistake("1/m is missing in the gradients: the loss is the mean over the batch.")(
    slip(with_patches, ") / len(labels)", ")"))

always_divided_by_batch_size = known_mistake(
    "The gradients are divided by batch_size in the last batch too, which has fewer images: divide by their number.")(
    slip(with_patches, " / len(labels)", " / batch_size"))

rate_divided_by_the_batch = known_mistake(
    "The learning rate is divided by the size of the batch: the mean is in the gradients already.")(
    slip(with_patches, "learning_rate * gradient", "learning_rate / len(rows) * gradient"))

uphill = known_mistake("The steps go uphill: subtract the gradient.")(slip(with_patches, "value -=", "value +="))

biases_not_updated = known_mistake(
    "The biases stay as they were: they have gradients and take steps like the weights.")(
    slip(with_patches, "zip(values, gradients, strict=True)", "zip(values[::2], gradients[::2])"))

dense_layers_only = known_mistake("The convolutions stay as they were: all four pairs take steps.")(
    slip(with_patches, "zip(values, gradients, strict=True)", "zip(values[4:], gradients[4:])"))

never_shuffled = known_mistake(
    "The images come in the order of the data: draw rng.permutation(len(x)) for each epoch.")(
    slip(with_patches, "order = rng.permutation(len(x))", "order = np.arange(len(x))"))

one_order_for_all_epochs = known_mistake("All epochs have the same order: draw a new permutation for each.")(
    slip(with_patches, "    for _ in range(epochs):\n        order = rng.permutation(len(x))\n",
         "    order = rng.permutation(len(x))\n    for _ in range(epochs):\n"))

shuffled_again = known_mistake(
    "Each epoch shuffles what the one before has left: every permutation is one of the images as they were given.")(
    slip(slip(with_patches, "order = rng.permutation(len(x))", "order = order[rng.permutation(len(x))]"),
         "    history = []\n", "    history, order = ([], np.arange(len(x)))\n"))

generator_of_its_own = known_mistake("The order is drawn from a generator made here: use the rng that is handed in.")(
    slip(with_patches, "rng.permutation(", "np.random.default_rng(0).permutation("))

labels_not_shuffled = known_mistake("The images are shuffled and the labels are not: take both by the same rows.")(
    slip(with_patches, "y_true[rows]", "y_true[start:start + batch_size]"))

last_batch_dropped = known_mistake(
    "The images that do not fill a batch are never trained on: the last batch may be smaller.")(
    slip(with_patches, "range(0, len(x), batch_size)", "range(0, len(x) - batch_size + 1, batch_size)"))

loss_after_the_step = known_mistake(
    "The history holds each batch's loss after the step; keep the one that came with the gradients.")(
    slip(slip(with_patches, "            history.append(loss)\n", ""), "learning_rate * gradient\n",
         "learning_rate * gradient\n"
         "            history.append(loss_and_gradients(x[rows], y_true[rows], values)[0])\n"))

loss_of_all_images = known_mistake(
    "The history holds the loss of all images; the loss of each step's batch is asked for.")(
    slip(with_patches, "history.append(loss)", "history.append(loss_and_gradients(x, y_true, values)[0])"))

running_mean = known_mistake(
    "The history holds the mean over the epoch so far, as a progress bar does; each step's own loss is asked for.")(
    slip(slip(with_patches, "        order =", "        losses = []\n        order ="), "history.append(loss)",
         "losses.append(loss)\n            history.append(np.mean(losses))"))

sum_of_the_losses = known_mistake("The history holds the sum over each batch; the mean is asked for.")(
    slip(with_patches, "history.append(loss)", "history.append(loss * len(rows))"))

one_loss_for_each_epoch = known_mistake("The history has one loss for each epoch; there is one for each step.")(
    slip(slip(with_patches, "        order =", "        losses = []\n        order ="), "history.append(loss)",
         "losses.append(loss)\n            history[len(history) - (len(losses) > 1):] = [np.mean(losses)]"))

one_epoch_too_few = known_mistake("The last epoch is missing: `epochs` passes over the images are asked for.")(
    slip(with_patches, "range(epochs)", "range(1, epochs)"))

first_parameters_returned = known_mistake("The parameters that are returned are those of the start.")(
    slip(with_patches, "list(zip(values[::2], values[1::2], strict=True)),", "params,"))

overwrites_the_start = known_mistake(
    "The parameters that were handed in are changed: copy them before the first step, or make new arrays in each.")(
    slip(with_patches, "np.array(value)", "np.asarray(value)"))


@accepted_variant
def with_copied_lists(x, y_true, params, learning_rate, batch_size, epochs, rng):
    params = [[weights.copy(), bias.copy()] for weights, bias in params]
    steps = int(np.ceil(len(x) / batch_size))
    history = np.zeros(epochs * steps)
    for step in range(epochs * steps):
        if step % steps == 0:
            batches = np.array_split(rng.permutation(len(x)), np.arange(batch_size, len(x), batch_size))
        rows = batches[step % steps]
        history[step], grads = cnn_loss_and_gradients(x[rows], y_true[rows], params)  # noqa: F821
        for layer, gradients in zip(params, grads, strict=True):
            layer[0] -= learning_rate * gradients[0]
            layer[1] -= learning_rate * gradients[1]
    return params, history


@accepted_variant
def with_shuffled_copies(x, y_true, params, learning_rate, batch_size, epochs, rng):
    history = np.array([])
    params = list(params)
    for _ in range(epochs):
        order = np.arange(x.shape[0])
        rng.shuffle(order)
        images, labels, i = x[order], y_true[order], 0
        while i < len(images):
            loss, grads = cnn_loss_and_gradients(  # noqa: F821
                images[i:i + batch_size], labels[i:i + batch_size], params)
            for j in range(4):
                params[j] = tuple(p - learning_rate * g for p, g in zip(params[j], grads[j], strict=True))
            history = np.append(history, loss)
            i += batch_size
    return params, history


EQUIVALENT_MUTANTS = {
    **dict.fromkeys(
        ["params = [(np.array(weights), np.array(bias)) for weights, bias in params]  ->  " + changed for changed in (
            "pass", "params = [(weights, np.array(bias)) for weights, bias in params]",
            "params = [(np.array(weights), bias) for weights, bias in params]")],
        "every step makes new arrays: there is nothing to protect"),
    "params = [(weights - learning_rate * d_weights, bias - learning_rate * d_bias) for (weights, bias), "
    "(d_weights, d_bias) in zip(params, grads, strict=True)]  ->  "
    "params = [(weights - learning_rate * d_weights, bias - learning_rate * d_bias) for (weights, bias), "
    "(d_weights, d_bias) in zip(params, grads, strict=False)]":
        "there are as many gradients as parameters",
}
