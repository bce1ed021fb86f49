"""Hidden grader of `fit_logistic`."""

import contextlib

import keras
import numpy as np
import tensorflow as tf

from grading_engine import charts
from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.memory import expected

EXTENT = (-3.0, 3.0, -3.0, 3.0)
RETURNS = ("w (features + 1,)", "history (epochs + 1,)")


def reference(X, y, learning_rate, epochs):
    X = tf.constant(X, tf.float64)
    y = tf.ensure_shape(tf.constant(y, tf.float64), X.shape[:1])
    w = tf.Variable(tf.zeros(X.shape[1], tf.float64))
    # Given as a number, Keras would round the learning rate to float32.
    optimizer = keras.optimizers.SGD(lambda: tf.constant(learning_rate, tf.float64))
    history = []
    for epoch in range(epochs + 1):
        with tf.GradientTape() as tape:
            cost = keras.losses.binary_crossentropy(y, tf.sigmoid(tf.linalg.matvec(X, w)))
        history.append(cost.numpy())
        if epoch < epochs:
            optimizer.apply(tape.gradient(cost, [w]), [w])
    return w.numpy(), np.array(history)


def samples(rng, m, d):
    """Return X of m samples with a column of ones and d features, and y with both classes to go with it."""
    return np.column_stack([np.ones(m), rng.normal(size=(m, d))]), rng.permutation(np.arange(m) % 2).astype(float)


def regions(yours, right, X, y):
    """Draw where the weights say 0 and where 1; nothing for an answer that holds no three weights."""
    with contextlib.suppress(TypeError, ValueError, IndexError, KeyError):
        return charts.decision_regions({"yours": on_the_plane(yours[0]), "TensorFlow": on_the_plane(right[0])},
                                       EXTENT, X[:, 1:], y)
    return ""


def on_the_plane(w):
    plane = charts.plane(*EXTENT)
    return 0.5 * (1 + np.tanh(np.column_stack([np.ones(len(plane)), plane]) @ w / 2))


def test_weights(student, rng):
    """the weights after some epochs, as Keras has them, for 1 to 5 features"""
    drawn = *samples(rng, 20, 2), 0.5, 20
    student.show(regions, student.fit_logistic.returned(*drawn), expected(reference, drawn), *drawn[:2])
    for m, d, learning_rate, epochs in [(3, 1, 0.5, 2), (6, 2, 0.3, 6), (4, 5, 0.2, 8), (25, 3, 1.0, 12)]:
        student.fit_logistic.must_match(reference, *samples(rng, m, d), learning_rate, epochs, part=0)


def test_history(student, rng):
    """weights and history, step for step as Keras: the loss before the first epoch and after each one"""
    for m, d, learning_rate, epochs in [(3, 1, 0.5, 2), (5, 4, 0.2, 5), (12, 2, 1.0, 8)]:
        student.fit_logistic.must_match(reference, *samples(rng, m, d), learning_rate, epochs)


def test_no_epochs(student, rng):
    """no epoch: the weights are zeros, all probabilities 1/2, and the loss is ln 2"""
    for m, d in [(5, 2), (3, 4)]:
        student.fit_logistic.must_return((np.zeros(d + 1), np.array([np.log(2)])), *samples(rng, m, d), 0.1, 0)


def test_one_epoch(student):
    """one epoch, worked by hand: two samples, a single step, and the loss before and after it"""
    X, y = np.array([[1.0, 2.0], [1.0, 4.0]]), np.array([1.0, 0.0])
    after = (np.log1p(np.exp(0.1)) + np.log1p(np.exp(-0.2))) / 2
    student.fit_logistic.must_return((np.array([0.0, -0.05]), np.array([np.log(2), after])), X, y, 0.1, 1)


def test_nothing_to_learn(student):
    """a sample in both classes: the gradient is 0, the weights stay, and the history is as long as ever"""
    X, y = np.array([[1.0, 2.0, -1.0], [1.0, 2.0, -1.0]]), np.array([1.0, 0.0])
    student.fit_logistic.must_return((np.zeros(3), np.full(6, np.log(2))), X, y, 0.5, 5)


def test_many_samples(student, rng):
    """300 samples, and still one step an epoch"""
    student.fit_logistic.must_match(reference, *samples(rng, 300, 2), 0.5, 3)


def test_huge_step(student):
    """a step so large that all answers are certain, and half of them wrong: the loss is high, but finite"""
    X, y = np.column_stack([np.ones(4), [-2.0, -1.0, 1.0, 2.0]]), np.array([0.0, 1.0, 0.0, 1.0])
    student.fit_logistic.must_match(reference, X, y, 400.0, 1)


def test_classes_that_are_apart(student, rng):
    """classes as integers, which a straight line divides: the weights keep growing"""
    hours = rng.permutation(np.array([0.5, 1.0, 1.5, 2.0, 3.0, 3.5, 4.0]))
    student.fit_logistic.must_match(reference, np.column_stack([np.ones(7), hours]), (hours > 2.5).astype(int), 0.5, 10)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.fit_logistic.must_keep_inputs(*samples(rng, 6, 2), 0.1, 5)


@known_mistake("The gradient is not divided by the number of samples: the factor is 1/m.")
def sum_gradient(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y)
    return w, history


@known_mistake("The steps are doubled: the factor 2 belongs to the mean squared error; here it is 1/m alone.")
def doubled_gradient(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * 2 * X.T @ (p - y) / len(y)
    return w, history


@known_mistake("The steps climb: the gradient is subtracted, since it points uphill.")
def uphill(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (y - p) / len(y)
    return w, history


@known_mistake("The steps follow a squared error: with cross-entropy the slope p * (1 - p) of the sigmoid cancels.")
def squared_error_gradient(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ ((p - y) * p * (1 - p)) / len(y)
    return w, history


@known_mistake("The steps are those of linear regression: the error is sigmoid(X @ w) - y.")
def linear_gradient(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (X @ w - y) / len(y)
    return w, history


@known_mistake("The weights start at ones; they start at zeros.")
def starts_at_ones(X, y, learning_rate, epochs):
    w, history = np.ones(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y) / len(y)
    return w, history


@known_mistake("A step is taken after every single sample; an epoch here is one step with all samples.")
def step_per_sample(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            for row, target in zip(X, y, strict=True):
                w = w - learning_rate * row * (1 / (1 + np.exp(-(row @ w))) - target)
    return w, history


@known_mistake("The intercept w[0] is never updated; the column of ones is a column like any other.")
def intercept_left_out(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w[1:] -= learning_rate * X[:, 1:].T @ (p - y) / len(y)
    return w, history


@known_mistake("A column of ones is added, but X has it already.")
def ones_added(X, y, learning_rate, epochs):
    X = np.column_stack([np.ones(len(y)), X])
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y) / len(y)
    return w, history


@known_mistake("The losses are measured after each step only: the history begins with the loss at w = 0.")
def history_without_start(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y) / len(y)
    return w, history[1:]


@known_mistake("The loss is measured after each step and the last one stands there twice: measure it before the step.")
def history_after_the_step(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        if k < epochs:
            w = w - learning_rate * X.T @ (1 / (1 + np.exp(-(X @ w))) - y) / len(y)
        q = np.clip(1 / (1 + np.exp(-(X @ w))), 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
    return w, history


@known_mistake("The last loss is missing: the history ends with the loss of the weights that are returned.")
def history_without_end(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y) / len(y)
    return w, history[:-1]


@known_mistake("The history holds mean squared errors; it is the mean binary cross-entropy.")
def history_of_squared_errors(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        history[k] = np.mean((p - y) ** 2)
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y) / len(y)
    return w, history


@known_mistake("The losses in the history are sums over the samples: they are means.")
def history_of_sums(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.sum(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y) / len(y)
    return w, history


@known_mistake("The history is not finite where a probability is 0 or 1: clip it, as your binary_cross_entropy does.")
def history_not_clipped(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        history[k] = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y) / len(y)
    return w, history


@known_mistake("The weights of before the last step are returned: `epochs` steps are taken.")
def one_step_too_few(X, y, learning_rate, epochs):
    last = np.zeros(X.shape[1])
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            last = w
            w = w - learning_rate * X.T @ (p - y) / len(y)
    return last, history


@known_mistake("One step too many is taken: the history has one entry more than there are steps.")
def one_step_too_many(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        w = w - learning_rate * X.T @ (p - y) / len(y)
    return w, history


@known_mistake("The classes are subtracted in y itself, so the caller's data are lost.")
def overwrites_input(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        p = 1 / (1 + np.exp(-(X @ w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history[k] = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        if k < epochs:
            w = w - learning_rate * X.T @ (p - y) / len(y)
    y -= p
    return w, history


@accepted_variant
def probabilities_computed_once(X, y, learning_rate, epochs):
    m, w, history = len(y), np.zeros(X.shape[1]), []
    for epoch in range(epochs + 1):
        p = 1 / (1 + np.exp(-X.dot(w)))
        q = np.clip(p, 1e-7, 1 - 1e-7)
        history.append(-(y @ np.log(q) + (1 - y) @ np.log(1 - q)) / m)
        if epoch < epochs:
            w -= learning_rate / m * (p - y) @ X
    return w, np.array(history)


@accepted_variant
def with_columns(X, y, learning_rate, epochs):
    m, d = X.shape
    target, w = y.reshape(m, 1), np.zeros((d, 1))
    history = np.array([])
    for k in range(epochs + 1):
        p = 0.5 * (1 + np.tanh(X @ w / 2))
        truth = np.where(target == 1, p, 1 - p)
        history = np.append(history, -np.log(np.clip(truth, 1e-7, 1 - 1e-7)).mean())
        if k < epochs:
            w = w + learning_rate * X.T @ (target - p) / m
    return w.ravel(), history


@accepted_variant
def with_loops(X, y, learning_rate, epochs):
    m, d = X.shape
    w, history = [0.0] * d, []
    for _ in range(epochs + 1):
        p = [1 / (1 + np.exp(-sum(w[j] * X[i, j] for j in range(d)))) for i in range(m)]
        q = [min(max(value, 1e-7), 1 - 1e-7) for value in p]
        history.append(-sum(np.log(q[i]) if y[i] else np.log(1 - q[i]) for i in range(m)) / m)
        last = list(w)
        for j in range(d):
            w[j] -= learning_rate / m * sum((p[i] - y[i]) * X[i, j] for i in range(m))
    return np.array(last), np.array(history)


@accepted_variant
def loss_before_and_after(X, y, learning_rate, epochs):
    def loss(w):
        q = np.clip(1 / (1 + np.exp(-(X @ w))), 1e-7, 1 - 1e-7)
        return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))

    w = np.zeros(X.shape[1])
    history = [loss(w)]
    for _ in range(epochs):
        gradient = X.T @ (1 / (1 + np.exp(-(X @ w))) - y) / len(y)
        w = w - learning_rate * gradient
        history += [loss(w)]
    return w, np.array(history)
