"""Hidden grader of `adagrad`."""

import copy

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(w, g, state, learning_rate):
    total = state.get("total", 0.1) + g**2
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


def with_keras(w, g, state, learning_rate):
    """The same step, taken by Keras's own optimizer, whose variables are the state."""
    # Given as plain numbers, Keras would round the rate and the start to float32.
    rate, start = tf.constant(learning_rate, tf.float64), tf.constant(0.1, tf.float64)
    optimizer = keras.optimizers.Adagrad(lambda: rate, initial_accumulator_value=start)
    variable = tf.Variable(w, dtype=tf.float64)
    optimizer.build([variable])
    for own, kept in zip(optimizer.variables, state.get("variables", ()), strict=False):
        own.assign(kept)
    optimizer.apply([tf.constant(g, tf.float64)], [variable])
    return variable.numpy(), {"variables": [own.numpy() for own in optimizer.variables]}


def walk(step, w, g, state, *constants):
    """Take a step with every gradient; each of the parameters has a state of its own."""
    w, states, places = dict(w), dict.fromkeys(w, state), {}
    for number, gradients in enumerate(g, start=1):
        for name, gradient in gradients.items():
            # Copies, as they arrive in a student's process: whether inputs are kept has a test of its own.
            w[name], states[name] = step(*copy.deepcopy((w[name], gradient, states[name])), *constants)
            places[f"{name} after step {number}"] = w[name]
    return places


def branch(step, w, g, state, learning_rate, *constants):
    """Take a first step, and each of the others from where that one led."""
    w, state = step(*copy.deepcopy((w, g[0], state)), learning_rate[0], *constants)
    others = enumerate(zip(g[1:], learning_rate[1:], strict=True), start=1)
    return {f"w after second step {number}": step(*copy.deepcopy((w, gradient, state)), rate, *constants)[0]
            for number, (gradient, rate) in others}


def parameters(rng, **shapes):
    return {name: signed(rng, 2, 4, shape) for name, shape in shapes.items()}


def gradients(rng, w, steps):
    """Gradients beside which epsilon is nothing: where it stands is a test of its own."""
    return [{name: signed(rng, 1, 10, value.shape) for name, value in w.items()} for _ in range(steps)]


def signed(rng, low, high, shape):
    return rng.uniform(low, high, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def test_several_steps(student, rng):
    """steps with changing gradients, as Keras takes them"""
    for steps, learning_rate in [(2, 0.1), (4, 0.02), (5, 0.2)]:
        w = parameters(rng, w=steps)
        student.adagrad.must_match(with_keras, w, gradients(rng, w, steps), {}, learning_rate, through=walk)


def test_the_first_steps(student, rng):
    """small gradients, which are soon outgrown by the 0.1 that the sum starts with"""
    for size in (0.3, 0.1):
        w = parameters(rng, w=3)
        g = [{"w": signed(rng, size, 2 * size, 3)} for _ in range(3)]
        student.adagrad.must_match(with_keras, w, g, {}, 0.1, through=walk)


def test_epsilon(student, rng):
    """1e-7 inside the root, seen at a large learning rate"""
    w = parameters(rng, w=3)
    g = [{"w": signed(rng, 0.005, 0.05, 3)} for _ in range(2)]
    student.adagrad.must_match(with_keras, w, g, {}, 1e4, rtol=1e-9, through=walk)


def test_arrays_of_any_shape(student, rng):
    """parameters of one to three axes, and single numbers"""
    for shape in (1, (3, 2), (2, 4, 3), (1, 5)):
        w = parameters(rng, w=shape)
        student.adagrad.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, through=walk)


def test_two_parameters(student, rng):
    """two parameters in turns, each with a state of its own"""
    for shapes in [{"W": (2, 3), "b": 3}, {"b1": 4, "b2": 4}]:
        w = parameters(rng, **shapes)
        student.adagrad.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, through=walk)


def test_zero_gradients(student, rng):
    """no step where the gradient is zero, and the sum stays as it was"""
    w = parameters(rng, w=3)
    push, nothing = gradients(rng, w, 1)[0], {"w": np.zeros(3)}
    student.adagrad.must_match(reference, w, [nothing, push, nothing, push], {}, 0.1, through=walk)


def test_steps_from_one_state(student, rng):
    """several steps from one and the same state, also with other learning rates than before"""
    for shape, rates in [(3, [0.1, 0.1, 0.1]), ((2, 2), [0.1, 0.05, 0.2, 0.05])]:
        g = signed(rng, 1, 10, (len(rates), *np.atleast_1d(shape)))
        g[-1] = g[1]
        student.adagrad.must_match(reference, signed(rng, 2, 4, shape), g, {}, rates, through=branch)


def test_inputs_untouched(student, rng):
    """leaves w, g and the state that came in as they are"""
    w, g = signed(rng, 2, 4, (3, 2)), signed(rng, 1, 10, (3, 2))
    student.adagrad.must_keep_inputs(w, g, {}, 0.1)
    states = []

    def first_step(step, w, g, state, learning_rate):
        states.append(step(w, g, state, learning_rate)[1])

    student.adagrad.must_match(reference, w, g, {}, 0.1, through=first_step)
    student.adagrad.must_keep_inputs(w, g, states[-1], 0.1)


@known_mistake("The sum of squares starts at 0; it starts at 0.1 in every entry.")
def starts_at_zero(w, g, state, learning_rate):
    total = state.get("total", 0.0) + g**2
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("The sum of squares starts at 1; it starts at 0.1 in every entry.")
def starts_at_one(w, g, state, learning_rate):
    total = state.get("total", 1.0) + g**2
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("0.1 is added at every step; the sum only starts with it.")
def start_added_again(w, g, state, learning_rate):
    total = state.get("total", 0.0) + g**2 + 0.1
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("Epsilon is added to the root; it is added to the sum, inside the root.")
def epsilon_outside(w, g, state, learning_rate):
    total = state.get("total", 0.1) + g**2
    return w - learning_rate * g / (np.sqrt(total) + 1e-7), {"total": total}


@known_mistake("Epsilon is missing: 1e-7 is added inside the root.")
def epsilon_missing(w, g, state, learning_rate):
    total = state.get("total", 0.1) + g**2
    return w - learning_rate * g / np.sqrt(total), {"total": total}


@known_mistake("The root is missing: the step is divided by the root of the sum of squares.")
def root_missing(w, g, state, learning_rate):
    total = state.get("total", 0.1) + g**2
    return w - learning_rate * g / (total + 1e-7), {"total": total}


@known_mistake("The gradients are summed without being squared.")
def square_missing(w, g, state, learning_rate):
    total = state.get("total", 0.1) + np.abs(g)
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("Only the last square is kept; every square is added to those before.")
def last_square_only(w, g, state, learning_rate):
    total = 0.1 + g**2
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("The sum that divides the step lacks the new square: add it first.")
def old_sum(w, g, state, learning_rate):
    total = state.get("total", 0.1 + 0 * w)
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total + g**2}


@known_mistake("This keeps a running mean, which is RMSprop; Adagrad adds all squares up.")
def running_mean(w, g, state, learning_rate):
    mean = 0.9 * state.get("mean", 0.1) + 0.1 * g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("One sum is kept for the whole array; every entry has its own.")
def one_sum_for_all(w, g, state, learning_rate):
    total = state.get("total", 0.1) + np.sum(g**2)
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("The steps climb: they are subtracted, since the gradient points uphill.")
def uphill(w, g, state, learning_rate):
    total = state.get("total", 0.1) + g**2
    return w + learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("The learning rate is missing.")
def rate_ignored(w, g, state, learning_rate):
    total = state.get("total", 0.1) + g**2
    return w - g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("The gradient is missing in the step: the learning rate alone is divided by the root.")
def gradient_missing(w, g, state, learning_rate):
    total = state.get("total", 0.1) + g**2
    return w - learning_rate / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("The sum is kept in a default argument, which all parameters share: keep it in the state.")
def shared_sum(w, g, state, learning_rate, memory=[0.0]):  # noqa: B006 - the mistake itself
    if not state:
        memory[0] = np.full(w.shape, 0.1)
    if np.shape(memory[0]) != w.shape:
        memory[0] = np.resize(memory[0], w.shape)
    memory[0] = memory[0] + g**2
    return w - learning_rate * g / np.sqrt(memory[0] + 1e-7), {"started": True}


@known_mistake("The state that came in is changed: make a new dict, so that the old state still holds the old sum.")
def changes_state(w, g, state, learning_rate):
    state["total"] = state.get("total", 0.1) + g**2
    return w - learning_rate * g / np.sqrt(state["total"] + 1e-7), state


@known_mistake("The sum is changed in place, so the state that came in changes too: compute a new array.")
def changes_sum(w, g, state, learning_rate):
    total = state.get("total", np.full(w.shape, 0.1))
    total += g**2
    return w - learning_rate * g / np.sqrt(total + 1e-7), {"total": total}


@known_mistake("w is changed in place, so the caller's parameter moves as well: `w - ...` makes a new array.")
def changes_w(w, g, state, learning_rate):
    total = state.get("total", 0.1) + g**2
    w -= learning_rate * g / np.sqrt(total + 1e-7)
    return w, {"total": total}


@accepted_variant
def copied_state(w, g, state, learning_rate):
    new = dict(state)
    if "G" not in new:
        new["G"] = 0.1 * np.ones_like(w)
    new["G"] = new["G"] + np.square(g)
    return w - learning_rate / np.sqrt(new["G"] + 1e-7) * g, new


@accepted_variant
def epsilon_from_the_start(w, g, state, learning_rate):
    squares = state["squares"] if state else np.full(w.shape, 0.1 + 1e-7)
    squares = squares + g * g
    return w - learning_rate * g * squares**-0.5, {"squares": squares}


@accepted_variant
def list_of_all_squares(w, g, state, learning_rate):
    squares = [*state.get("squares", ()), g**2]
    return [w - learning_rate * g / (0.1 + sum(squares) + 1e-7) ** 0.5, {"squares": squares}]
