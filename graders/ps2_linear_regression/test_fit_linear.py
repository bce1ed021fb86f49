"""Hidden grader of `fit_linear`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("w (features,)", "history (epochs + 1,)")


def reference(X, y, learning_rate, epochs):
    X = tf.constant(X, tf.float64)
    y = tf.ensure_shape(tf.constant(y, tf.float64), X.shape[:1])
    w = tf.Variable(tf.zeros(X.shape[1], tf.float64))
    # Given as a number, Keras would round the learning rate to float32.
    optimizer = keras.optimizers.SGD(lambda: tf.constant(learning_rate, tf.float64))
    history = []
    for epoch in range(epochs + 1):
        with tf.GradientTape() as tape:
            cost = keras.losses.mean_squared_error(y, tf.linalg.matvec(X, w))
        history.append(cost.numpy())
        if epoch < epochs:
            optimizer.apply(tape.gradient(cost, [w]), [w])
    return w.numpy(), np.array(history)


def samples(rng, m, d):
    """Return X of m samples with a column of ones and d features, and y to go with it."""
    return np.column_stack([np.ones(m), rng.normal(size=(m, d))]), rng.normal(loc=2, size=m)


def test_weights(student, rng):
    """the weights after some epochs, as Keras has them, for 1 to 5 features"""
    for m, d, learning_rate, epochs in [(3, 1, 0.1, 2), (6, 2, 0.05, 10), (4, 5, 0.02, 15), (25, 3, 0.1, 40)]:
        student.fit_linear.must_match(reference, *samples(rng, m, d), learning_rate, epochs, part=0)


def test_history(student, rng):
    """weights and history, step for step as Keras: the error before the first epoch and after each one"""
    for m, d, learning_rate, epochs in [(3, 1, 0.1, 2), (5, 4, 0.03, 12), (12, 2, 0.1, 20)]:
        student.fit_linear.must_match(reference, *samples(rng, m, d), learning_rate, epochs)


def test_no_epochs(student, rng):
    """no epoch: the weights are zeros, and the history is their mean squared error"""
    for m, d in [(5, 2), (3, 4)]:
        student.fit_linear.must_match(reference, *samples(rng, m, d), 0.1, 0)


def test_one_epoch(student, rng):
    """one epoch: a single step, and the error before and after it"""
    student.fit_linear.must_match(reference, *samples(rng, 5, 3), 0.03, 1)


def test_no_column_of_ones(student, rng):
    """uses X as it is: where it has no column of ones, there is no intercept"""
    for m, d in [(4, 1), (7, 3)]:
        student.fit_linear.must_match(reference, rng.normal(size=(m, d)), rng.normal(loc=2, size=m), 0.1, 8)


def test_the_table_of_lab_1(student):
    """the table of Lab 1 with rates that crawl, converge, oscillate and diverge"""
    X = np.column_stack([np.ones(10), np.arange(10.0)])
    y = np.array([1.0, 1, 2, 4, 5, 7, 8, 9, 10, 9])
    for learning_rate in (0.001, 0.01, 0.03, 0.036):
        student.fit_linear.must_match(reference, X, y, learning_rate, 12)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.fit_linear.must_keep_inputs(*samples(rng, 6, 2), 0.1, 5)


@known_mistake("The steps use the gradient of the halved cost, 1/m; the mean squared error has 2/m.")
def half_gradient(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        w = w - learning_rate * X.T @ (X @ w - y) / len(y)
    history[epochs] = np.mean((X @ w - y) ** 2)
    return w, history


@known_mistake("The gradient is not divided by the number of samples: the factor is 2/m.")
def sum_gradient(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        w = w - learning_rate * 2 * X.T @ (X @ w - y)
    history[epochs] = np.mean((X @ w - y) ** 2)
    return w, history


@known_mistake("The steps climb: the gradient is subtracted, since it points uphill.")
def uphill(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        w = w + learning_rate * 2 * X.T @ (X @ w - y) / len(y)
    history[epochs] = np.mean((X @ w - y) ** 2)
    return w, history


@known_mistake("The weights start at ones; they start at zeros.")
def starts_at_ones(X, y, learning_rate, epochs):
    w, history = np.ones(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        w = w - learning_rate * 2 * X.T @ (X @ w - y) / len(y)
    history[epochs] = np.mean((X @ w - y) ** 2)
    return w, history


@known_mistake("A step is taken after every single sample; an epoch here is one step with all samples.")
def step_per_sample(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        for row, target in zip(X, y, strict=True):
            w = w - learning_rate * 2 * row * (row @ w - target)
    history[epochs] = np.mean((X @ w - y) ** 2)
    return w, history


@known_mistake("The intercept w[0] is never updated; the column of ones is a column like any other.")
def intercept_left_out(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        gradient = 2 * X.T @ (X @ w - y) / len(y)
        w[1:] -= learning_rate * gradient[1:]
    history[epochs] = np.mean((X @ w - y) ** 2)
    return w, history


@known_mistake("A column of ones is added, but X is used as it is: where an intercept is meant, it has that column.")
def ones_added(X, y, learning_rate, epochs):
    X = np.column_stack([np.ones(len(y)), X])
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        w = w - learning_rate * 2 * X.T @ (X @ w - y) / len(y)
    history[epochs] = np.mean((X @ w - y) ** 2)
    return w, history


@known_mistake("The errors are measured after each step only: the history begins with the error at w = 0.")
def history_without_start(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs)
    for k in range(epochs):
        w = w - learning_rate * 2 * X.T @ (X @ w - y) / len(y)
        history[k] = np.mean((X @ w - y) ** 2)
    return w, history


@known_mistake("The last error is missing: the history ends with the error of the weights that are returned.")
def history_without_end(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        w = w - learning_rate * 2 * X.T @ (X @ w - y) / len(y)
    return w, history


@known_mistake("The history holds half of the mean squared error; it is the mean squared error itself.")
def history_halved(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2) / 2
        w = w - learning_rate * 2 * X.T @ (X @ w - y) / len(y)
    history[epochs] = np.mean((X @ w - y) ** 2) / 2
    return w, history


@known_mistake("The weights of before the last step are returned: `epochs` steps are taken.")
def one_step_too_few(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    last = w
    for k in range(epochs + 1):
        history[k] = np.mean((X @ w - y) ** 2)
        if k < epochs:
            last = w
            w = w - learning_rate * 2 * X.T @ (X @ w - y) / len(y)
    return last, history


@known_mistake("One step too many is taken: the history has one entry more than there are steps.")
def one_step_too_many(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs + 1):
        history[k] = np.mean((X @ w - y) ** 2)
        w = w - learning_rate * 2 * X.T @ (X @ w - y) / len(y)
    return w, history


@known_mistake("The predictions are subtracted from y in place, so the caller's data are lost.")
def overwrites_input(X, y, learning_rate, epochs):
    w, history = np.zeros(X.shape[1]), np.zeros(epochs + 1)
    for k in range(epochs):
        history[k] = np.mean((X @ w - y) ** 2)
        w = w - learning_rate * 2 * X.T @ (X @ w - y) / len(y)
    y -= X @ w
    history[epochs] = np.mean(y**2)
    return w, history


@accepted_variant
def error_computed_once(X, y, learning_rate, epochs):
    w = np.zeros(X.shape[1])
    error = X @ w - y
    history = [error @ error / len(y)]
    for _ in range(epochs):
        w -= learning_rate * 2 / len(y) * (error @ X)
        error = X @ w - y
        history.append(error @ error / len(y))
    return w, np.array(history)


@accepted_variant
def with_columns(X, y, learning_rate, epochs):
    m, d = X.shape
    target, w = y.reshape(m, 1), np.zeros((d, 1))
    history = np.array([])
    for k in range(epochs + 1):
        error = X.dot(w) - target
        history = np.append(history, (error**2).mean())
        if k < epochs:
            w = w - learning_rate * (2 / m) * X.T.dot(error)
    return w.ravel(), history


@accepted_variant
def with_loops(X, y, learning_rate, epochs):
    m, d = X.shape
    w = [0.0] * d
    history = []
    for _ in range(epochs + 1):
        errors = [sum(w[j] * X[i, j] for j in range(d)) - y[i] for i in range(m)]
        history.append(sum(error**2 for error in errors) / m)
        previous = list(w)
        for j in range(d):
            w[j] -= learning_rate * 2 / m * sum(errors[i] * X[i, j] for i in range(m))
    return np.array(previous), np.array(history)


EQUIVALENT_MUTANTS = {
    "history[epochs] = mse(y, X @ w)  ->  history[epochs] = mse(X @ w, y)":
        "the error is squared: its sign does not matter",
    "history[k] = mse(y, X @ w)  ->  history[k] = mse(X @ w, y)":
        "the error is squared: its sign does not matter",
}
