"""Hidden grader of `nesterov`."""

import copy

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(w, g, state, learning_rate, gamma=0.9):
    velocity = gamma * state.get("velocity", 0.0) - learning_rate * g
    return w + gamma * velocity - learning_rate * g, {"velocity": velocity}


def with_keras(w, g, state, learning_rate, gamma=0.9):
    """The same step, taken by Keras's own optimizer, whose variables are the state."""
    # Given as numbers, Keras would round both to float32; and when it is made it insists on a float for gamma.
    rate = tf.constant(learning_rate, tf.float64)
    optimizer = keras.optimizers.SGD(lambda: rate, momentum=gamma, nesterov=True)
    optimizer.momentum = tf.constant(gamma, tf.float64)
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
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def gradients(rng, w, steps):
    return [{name: rng.normal(scale=3, size=value.shape) for name, value in w.items()} for _ in range(steps)]


def test_several_steps(student, rng):
    """steps with changing gradients, as Keras takes them"""
    for steps, learning_rate in [(2, 0.05), (4, 0.02), (5, 0.5)]:
        w = parameters(rng, w=steps)
        student.nesterov.must_match(with_keras, w, gradients(rng, w, steps), {}, learning_rate, through=walk)


def test_other_shares(student, rng):
    """other values of gamma, from 0, which forgets at once, to 0.99"""
    for gamma in (0.5, 0.0, 0.99, 0.7):
        w = parameters(rng, w=3)
        student.nesterov.must_match(with_keras, w, gradients(rng, w, 3), {}, 0.1, gamma, through=walk)


def test_arrays_of_any_shape(student, rng):
    """parameters of one to three axes, and single numbers"""
    for shape in (1, (3, 2), (2, 4, 3), (1, 5)):
        w = parameters(rng, w=shape)
        student.nesterov.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, through=walk)


def test_two_parameters(student, rng):
    """two parameters in turns, each with a state of its own"""
    for shapes in [{"W": (2, 3), "b": 3}, {"b1": 4, "b2": 4}]:
        w = parameters(rng, **shapes)
        student.nesterov.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, 0.8, through=walk)


def test_zero_gradients(student, rng):
    """the velocity goes on where the gradient is zero, and a zero gradient at the start gives none"""
    w = parameters(rng, w=3)
    push, nothing = gradients(rng, w, 1)[0], {"w": np.zeros(3)}
    student.nesterov.must_match(reference, w, [push, nothing, nothing, nothing], {}, 0.1, through=walk)
    student.nesterov.must_match(reference, w, [nothing, nothing, push, nothing], {}, 0.1, 0.6, through=walk)


def test_steps_from_one_state(student, rng):
    """several steps from one and the same state, also with other learning rates than before"""
    for shape, rates in [(3, [0.1, 0.1, 0.1]), ((2, 2), [0.1, 0.05, 0.2, 0.05])]:
        g = rng.normal(size=(len(rates), *np.atleast_1d(shape)))
        g[-1] = g[1]
        student.nesterov.must_match(reference, rng.normal(size=shape), g, {}, rates, through=branch)


def test_inputs_untouched(student, rng):
    """leaves w, g and the state that came in as they are"""
    w, g = rng.normal(size=(2, 3, 2))
    student.nesterov.must_keep_inputs(w, g, {}, 0.1)
    states = []

    def first_step(step, w, g, state, learning_rate):
        states.append(step(w, g, state, learning_rate)[1])

    student.nesterov.must_match(reference, w, g, {}, 0.1, through=first_step)
    student.nesterov.must_keep_inputs(w, g, states[-1], 0.1)


@known_mistake("This is plain momentum, which also comes out when the old velocity stands in the step; "
               "Nesterov's is w + gamma * v - learning_rate * g with the new v.")
def plain_momentum(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) - learning_rate * g
    return w + v, {"v": v}


@known_mistake("The gradient is missing in the step: w + gamma * v - learning_rate * g.")
def gradient_missing(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) - learning_rate * g
    return w + gamma * v, {"v": v}


@known_mistake("The new velocity counts whole in the step; multiply it by gamma there too.")
def gamma_missing_in_step(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) - learning_rate * g
    return w + v - learning_rate * g, {"v": v}


@known_mistake("The state keeps the whole step; the velocity alone goes on.")
def step_kept(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) - learning_rate * g
    step = gamma * v - learning_rate * g
    return w + step, {"v": step}


@known_mistake("The steps climb: the gradient is subtracted in both places, since it points uphill.")
def uphill(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) + learning_rate * g
    return w + gamma * v + learning_rate * g, {"v": v}


@known_mistake("The velocity takes in the gradient with the wrong sign, so the two parts of the step are at odds.")
def velocity_uphill(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) + learning_rate * g
    return w + gamma * v - learning_rate * g, {"v": v}


@known_mistake("The velocity is forgotten after every step: return it in the state.")
def velocity_forgotten(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) - learning_rate * g
    return w + gamma * v - learning_rate * g, {}


@known_mistake("The learning rate is missing in the velocity: it takes in learning_rate * g.")
def rate_missing_in_velocity(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) - g
    return w + gamma * v - learning_rate * g, {"v": v}


@known_mistake("The learning rate multiplies the whole velocity; it belongs to the gradient that goes in: "
               "when it changes, the velocity keeps what it had.")
def rate_outside(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) + g
    return w - learning_rate * (gamma * v + g), {"v": v}


@known_mistake("The gradient is weighted with 1 - gamma, as in a running mean; here it goes in whole.")
def running_mean(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) - (1 - gamma) * learning_rate * g
    return w + gamma * v - learning_rate * g, {"v": v}


@known_mistake("The argument gamma is ignored: the share is always 0.9.")
def gamma_ignored(w, g, state, learning_rate, gamma=0.9):
    v = 0.9 * state.get("v", 0.0) - learning_rate * g
    return w + 0.9 * v - learning_rate * g, {"v": v}


@known_mistake("The old velocity is kept whole: multiply it by gamma.")
def without_friction(w, g, state, learning_rate, gamma=0.9):
    v = state.get("v", 0.0) - learning_rate * g
    return w + gamma * v - learning_rate * g, {"v": v}


@known_mistake("The velocity is kept in a default argument, which all parameters share: keep it in the state.")
def shared_velocity(w, g, state, learning_rate, gamma=0.9, memory=[0.0]):  # noqa: B006 - the mistake itself
    if not state:
        memory[0] = np.zeros_like(w)
    if np.shape(memory[0]) != w.shape:
        memory[0] = np.resize(memory[0], w.shape)
    memory[0] = gamma * memory[0] - learning_rate * g
    return w + gamma * memory[0] - learning_rate * g, {"started": True}


@known_mistake("The state that came in is changed: make a new dict, so that the old one still holds the old velocity.")
def changes_state(w, g, state, learning_rate, gamma=0.9):
    state["v"] = gamma * state.get("v", 0.0) - learning_rate * g
    return w + gamma * state["v"] - learning_rate * g, state


@known_mistake("The velocity is changed in place, so the state that came in changes too: compute a new array.")
def changes_velocity(w, g, state, learning_rate, gamma=0.9):
    v = state.get("v", np.zeros_like(w))
    v *= gamma
    v -= learning_rate * g
    return w + gamma * v - learning_rate * g, {"v": v}


@known_mistake("w is changed in place, so the caller's parameter moves as well: `w + ...` makes a new array.")
def changes_w(w, g, state, learning_rate, gamma=0.9):
    v = gamma * state.get("v", 0.0) - learning_rate * g
    w += gamma * v - learning_rate * g
    return w, {"v": v}


@accepted_variant
def from_two_velocities(w, g, state, learning_rate, gamma=0.9):
    before = state.get("velocity", np.zeros_like(w))
    velocity = gamma * before - learning_rate * g
    return w - gamma * before + (1 + gamma) * velocity, {"velocity": velocity}


@accepted_variant
def multiplied_out(w, g, state, learning_rate, gamma=0.9):
    downhill = state["downhill"] if state else np.zeros(w.shape)
    return w + gamma**2 * downhill - (1 + gamma) * learning_rate * g, {
        "downhill": gamma * downhill - learning_rate * g}


@accepted_variant
def state_with_a_tuple(w, g, state, learning_rate, gamma=0.9):
    steps, v = state.get("memory", (0, 0.0))
    v = learning_rate * g + gamma * v
    return [w - learning_rate * g - gamma * v, {"memory": (steps + 1, v)}]
