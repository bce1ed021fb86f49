"""Hidden grader of `sgd`."""

import copy

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("w", "state")


def reference(w, g, state, learning_rate):
    return w - learning_rate * g, state


def with_keras(w, g, state, learning_rate):
    """The same step, taken by Keras's own optimizer."""
    variable = tf.Variable(w, dtype=tf.float64)
    # Given as a number, Keras would round the learning rate to float32.
    optimizer = keras.optimizers.SGD(lambda: tf.constant(learning_rate, tf.float64))
    optimizer.apply([tf.constant(g, tf.float64)], [variable])
    return variable.numpy(), state


def walk(step, w, g, state, *constants):
    """Take a step with every gradient; each of the parameters has a state of its own."""
    w, states, places = dict(w), dict.fromkeys(w, state), {}
    for number, gradients in enumerate(g, start=1):
        for name, gradient in gradients.items():
            # Copies, as they arrive in a student's process: whether inputs are kept has a test of its own.
            w[name], states[name] = step(*copy.deepcopy((w[name], gradient, states[name])), *constants)
            places[f"{name} after step {number}"] = w[name]
    return places


def parameters(rng, **shapes):
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def gradients(rng, w, steps):
    return [{name: rng.normal(scale=3, size=value.shape) for name, value in w.items()} for _ in range(steps)]


def test_several_steps(student, rng):
    """steps with changing gradients, for several learning rates, as Keras takes them"""
    for steps, learning_rate in [(1, 0.1), (3, 0.02), (4, 1.5)]:
        w = parameters(rng, w=2 + steps)
        student.sgd.must_match(with_keras, w, gradients(rng, w, steps), {}, learning_rate, through=walk)


def test_arrays_of_any_shape(student, rng):
    """parameters of one to three axes, single numbers, and two parameters in turns"""
    for shapes in [{"w": 1}, {"w": (3, 2)}, {"w": (2, 4, 3)}, {"w": (1, 5)}, {"W": (3, 2), "b": 2}]:
        w = parameters(rng, **shapes)
        student.sgd.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, through=walk)


def test_no_step(student, rng):
    """stays where the gradient is zero, in all entries or in some of them"""
    w = parameters(rng, w=4)
    student.sgd.must_match(reference, w, [{"w": np.zeros(4)}, {"w": np.array([0.0, 2.0, 0.0, -1.0])}], {}, 0.1,
                           through=walk)


def test_the_state(student, rng):
    """returns the state as it came: this optimizer has nothing to remember"""
    w, g = rng.normal(size=(2, 3))
    student.sgd.must_match(reference, w, g, {}, 0.1)


def test_inputs_untouched(student, rng):
    """leaves w, g and the state as they are"""
    student.sgd.must_keep_inputs(*rng.normal(size=(2, 3, 2)), {}, 0.1)


@known_mistake("The step goes up the slope: it is subtracted, since the gradient points uphill.")
def uphill(w, g, state, learning_rate):
    return w + learning_rate * g, state


@known_mistake("The gradient is subtracted as it is: multiply it by the learning rate.")
def learning_rate_ignored(w, g, state, learning_rate):
    return w - g, state


@known_mistake("The gradient is divided by the learning rate; multiply it.")
def divided_by_rate(w, g, state, learning_rate):
    return w - g / learning_rate, state


@known_mistake("This is the step, not the place that it leads to: subtract it from w.")
def step_only(w, g, state, learning_rate):
    return learning_rate * g, state


@known_mistake("The gradient is divided by its length, so all steps are equally long; use it as it is.")
def direction_only(w, g, state, learning_rate):
    length = np.sqrt(np.sum(g**2))
    return w - learning_rate * g / (length if length > 0 else 1.0), state


@known_mistake("Only the sign of the gradient is used; a steeper slope makes a longer step.")
def sign_only(w, g, state, learning_rate):
    return w - learning_rate * np.sign(g), state


@known_mistake("The mean gradient moves all entries; each moves by its own: there is no mean in this step.")
def mean_gradient(w, g, state, learning_rate):
    return w - learning_rate * np.mean(g), state


@known_mistake("The state is missing: return two things, the new w and the state.")
def state_missing(w, g, state, learning_rate):
    return w - learning_rate * g


@known_mistake("None comes back for the state; hand the dict back that came in.")
def state_lost(w, g, state, learning_rate):
    return w - learning_rate * g, None


@known_mistake("w is changed in place, so the caller's parameter moves as well: `w - ...` makes a new array.")
def changes_w(w, g, state, learning_rate):
    w -= learning_rate * g
    return w, state


@known_mistake("g is multiplied in place, so the caller's gradient is lost: `learning_rate * g` makes a new array.")
def changes_g(w, g, state, learning_rate):
    g *= learning_rate
    return w - g, state


@accepted_variant
def on_a_copy(w, g, state, learning_rate):
    new = w.copy()
    new -= learning_rate * g
    return new, dict(state)


@accepted_variant
def entry_by_entry(w, g, state, learning_rate):
    new = np.empty_like(w)
    for index in np.ndindex(w.shape):
        new[index] = w[index] - learning_rate * g[index]
    return [new, state]


@accepted_variant
def with_numpy_functions(w, g, state, learning_rate):
    return np.subtract(w, np.multiply(g, learning_rate)), {}
