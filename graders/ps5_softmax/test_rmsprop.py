"""Hidden grader of `rmsprop`."""

import copy

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


def with_keras(w, g, state, learning_rate, rho=0.9):
    """The same step, taken by Keras's own optimizer, whose variables are the state."""
    # Given as a number, Keras would round the learning rate to float32; rho and epsilon stay exact.
    optimizer = keras.optimizers.RMSprop(lambda: tf.constant(learning_rate, tf.float64), rho)
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
    return [{name: signed(rng, 20, 200, value.shape) for name, value in w.items()} for _ in range(steps)]


def signed(rng, low, high, shape):
    return rng.uniform(low, high, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def test_several_steps(student, rng):
    """steps with changing gradients, as Keras takes them"""
    for steps, learning_rate in [(2, 0.1), (4, 0.02), (5, 0.1)]:
        w = parameters(rng, w=steps)
        student.rmsprop.must_match(with_keras, w, gradients(rng, w, steps), {}, learning_rate, through=walk)


def test_other_shares(student, rng):
    """other values of rho, from 0, which keeps the last square only, to 0.99"""
    for rho in (0.99, 0.5, 0.0, 0.7):
        w = parameters(rng, w=3)
        student.rmsprop.must_match(with_keras, w, gradients(rng, w, 3), {}, 0.05, rho, through=walk)


def test_epsilon(student, rng):
    """1e-7 inside the root, which is what matters where gradients are tiny"""
    for size in (1e-3, 1e-5):
        w = parameters(rng, w=3)
        g = [{"w": signed(rng, size, 3 * size, 3)} for _ in range(3)]
        student.rmsprop.must_match(reference, w, g, {}, 1.0, through=walk)


def test_arrays_of_any_shape(student, rng):
    """parameters of one to three axes, and single numbers"""
    for shape in (1, (3, 2), (2, 4, 3), (1, 5)):
        w = parameters(rng, w=shape)
        student.rmsprop.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, through=walk)


def test_two_parameters(student, rng):
    """two parameters in turns, each with a state of its own"""
    for shapes in [{"W": (2, 3), "b": 3}, {"b1": 4, "b2": 4}]:
        w = parameters(rng, **shapes)
        student.rmsprop.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, 0.8, through=walk)


def test_zero_gradients(student, rng):
    """no step where the gradient is zero, and no division by 0, while the mean fades"""
    w = parameters(rng, w=3)
    push, nothing = gradients(rng, w, 1)[0], {"w": np.zeros(3)}
    student.rmsprop.must_match(reference, w, [nothing, push, nothing, nothing, push], {}, 0.1, through=walk)


def test_steps_from_one_state(student, rng):
    """several steps from one and the same state, also with other learning rates than before"""
    for shape, rates in [(3, [0.1, 0.1, 0.1]), ((2, 2), [0.1, 0.05, 0.2, 0.05])]:
        g = signed(rng, 20, 200, (len(rates), *np.atleast_1d(shape)))
        g[-1] = g[1]
        student.rmsprop.must_match(reference, signed(rng, 2, 4, shape), g, {}, rates, through=branch)


def test_inputs_untouched(student, rng):
    """leaves w, g and the state that came in as they are"""
    w, g = signed(rng, 2, 4, (3, 2)), signed(rng, 20, 200, (3, 2))
    student.rmsprop.must_keep_inputs(w, g, {}, 0.1)
    states = []

    def first_step(step, w, g, state, learning_rate):
        states.append(step(w, g, state, learning_rate)[1])

    student.rmsprop.must_match(reference, w, g, {}, 0.1, through=first_step)
    student.rmsprop.must_keep_inputs(w, g, states[-1], 0.1)


@known_mistake("rho and 1 - rho are swapped: rho is the share of the old mean that is kept.")
def shares_swapped(w, g, state, learning_rate, rho=0.9):
    mean = (1 - rho) * state.get("mean", 0.0) + rho * g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The new square goes in whole; in a running mean its share is 1 - rho.")
def square_whole(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The argument rho is ignored: the share is always 0.9.")
def rho_ignored(w, g, state, learning_rate, rho=0.9):
    mean = 0.9 * state.get("mean", 0.0) + 0.1 * g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The squares are added up, which is Adagrad; RMSprop keeps a running mean, so old ones fade.")
def sum_of_squares(w, g, state, learning_rate, rho=0.9):
    mean = state.get("mean", 0.0) + g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The gradient is not squared in the running mean.")
def square_missing(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * np.abs(g)
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The root is missing: the step is divided by the root of the mean square.")
def root_missing(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    return w - learning_rate * g / (mean + 1e-7), {"mean": mean}


@known_mistake("Epsilon is added to the root; it is added to the mean, inside the root.")
def epsilon_outside(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    return w - learning_rate * g / (np.sqrt(mean) + 1e-7), {"mean": mean}


@known_mistake("Epsilon is missing: without it a zero gradient at the start divides 0 by 0.")
def epsilon_missing(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(mean), {"mean": mean}


@known_mistake("The mean is forgotten after every step: return it in the state.")
def mean_forgotten(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {}


@known_mistake("The step is divided by the old mean; take the new square in first.")
def old_mean(w, g, state, learning_rate, rho=0.9):
    mean = state.get("mean", np.zeros_like(w))
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": rho * mean + (1 - rho) * g**2}


@known_mistake("The mean starts with the first square; it starts at 0.")
def starts_with_the_first_square(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", g**2) + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The mean starts at 0.1, as Adagrad's sum does; it starts at 0.")
def starts_as_adagrad(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.1) + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The mean is corrected for its start at 0; Adam does that, RMSprop does not.")
def corrected(w, g, state, learning_rate, rho=0.9):
    t = state.get("t", 0) + 1
    mean = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(mean / (1 - rho**t) + 1e-7), {"mean": mean, "t": t}


@known_mistake("One mean is kept for the whole array; every entry has its own.")
def one_mean_for_all(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * np.mean(g**2)
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The steps climb: they are subtracted, since the gradient points uphill.")
def uphill(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    return w + learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("The mean is kept in a default argument, which all parameters share: keep it in the state.")
def shared_mean(w, g, state, learning_rate, rho=0.9, memory=[0.0]):  # noqa: B006 - the mistake itself
    if not state:
        memory[0] = np.zeros_like(w)
    if np.shape(memory[0]) != w.shape:
        memory[0] = np.resize(memory[0], w.shape)
    memory[0] = rho * memory[0] + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(memory[0] + 1e-7), {"started": True}


@known_mistake("The state that came in is changed: make a new dict, so that the old state still holds the old mean.")
def changes_state(w, g, state, learning_rate, rho=0.9):
    state["mean"] = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(state["mean"] + 1e-7), state


@known_mistake("The mean is changed in place, so the state that came in changes too: compute a new array.")
def changes_mean(w, g, state, learning_rate, rho=0.9):
    mean = state.get("mean", np.zeros_like(w))
    mean *= rho
    mean += (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(mean + 1e-7), {"mean": mean}


@known_mistake("w is changed in place, so the caller's parameter moves as well: `w - ...` makes a new array.")
def changes_w(w, g, state, learning_rate, rho=0.9):
    mean = rho * state.get("mean", 0.0) + (1 - rho) * g**2
    w -= learning_rate * g / np.sqrt(mean + 1e-7)
    return w, {"mean": mean}


@accepted_variant
def copied_state(w, g, state, learning_rate, rho=0.9):
    new = dict(state) if state else {"E": np.zeros(w.shape)}
    new["E"] = new["E"] + (1 - rho) * (np.square(g) - new["E"])
    return w - learning_rate / np.sqrt(new["E"] + 1e-7) * g, new


@accepted_variant
def sum_of_weighted_squares(w, g, state, learning_rate, rho=0.9):
    total = rho * state.get("total", 0.0) + g * g
    return w - learning_rate * g / ((1 - rho) * total + 1e-7) ** 0.5, {"total": total}


@accepted_variant
def state_with_a_tuple(w, g, state, learning_rate, rho=0.9):
    steps, mean = state.get("memory", (0, np.zeros_like(w)))
    mean = rho * mean + (1.0 - rho) * g**2
    return [w - learning_rate * g * (mean + 1e-7) ** -0.5, {"memory": (steps + 1, mean)}]
