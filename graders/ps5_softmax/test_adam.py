"""Hidden grader of `adam`."""

import copy

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


def with_keras(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    """The same step, taken by Keras's own optimizer, whose variables are the state."""
    # Given as plain numbers, Keras would round the rate and both betas to float32; epsilon stays exact.
    rate, beta_1, beta_2 = (tf.constant(number, tf.float64) for number in (learning_rate, beta_1, beta_2))
    optimizer = keras.optimizers.Adam(lambda: rate, beta_1, beta_2)
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
    return [{name: signed(rng, 200, 2000, value.shape) for name, value in w.items()} for _ in range(steps)]


def signed(rng, low, high, shape):
    return rng.uniform(low, high, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def test_several_steps(student, rng):
    """steps with changing gradients, as Keras takes them"""
    for steps, learning_rate in [(2, 0.1), (4, 0.02), (5, 0.1)]:
        w = parameters(rng, w=steps)
        student.adam.must_match(with_keras, w, gradients(rng, w, steps), {}, learning_rate, through=walk)


def test_other_shares(student, rng):
    """other values of beta_1 and beta_2, each by itself and both"""
    for betas in [(0.5,), (0.8, 0.95), (0.9, 0.5), (0.0, 0.999)]:
        w = parameters(rng, w=3)
        student.adam.must_match(with_keras, w, gradients(rng, w, 3), {}, 0.05, *betas, through=walk)


def test_many_steps(student, rng):
    """thirty steps, in which the bias correction fades"""
    w = parameters(rng, w=2)
    student.adam.must_match(reference, w, gradients(rng, w, 30), {}, 0.01, 0.8, 0.9, through=walk)


def test_epsilon(student, rng):
    """1e-7 added to the root as it is, which is what matters where gradients are tiny"""
    for size in (1e-5, 1e-7):
        w = parameters(rng, w=3)
        g = [{"w": signed(rng, size, 3 * size, 3)} for _ in range(3)]
        student.adam.must_match(reference, w, g, {}, 0.1, through=walk)


def test_arrays_of_any_shape(student, rng):
    """parameters of one to three axes, and single numbers"""
    for shape in (1, (3, 2), (2, 4, 3), (1, 5)):
        w = parameters(rng, w=shape)
        student.adam.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, through=walk)


def test_two_parameters(student, rng):
    """two parameters in turns, each with a state and a number of steps of its own"""
    for shapes in [{"W": (2, 3), "b": 3}, {"b1": 4, "b2": 4}]:
        w = parameters(rng, **shapes)
        student.adam.must_match(reference, w, gradients(rng, w, 3), {}, 0.1, 0.8, through=walk)


def test_zero_gradients(student, rng):
    """steps count and means fade where the gradient is zero, without a division by 0"""
    w = parameters(rng, w=3)
    push, nothing = gradients(rng, w, 1)[0], {"w": np.zeros(3)}
    student.adam.must_match(reference, w, [push, nothing, nothing], {}, 0.1, through=walk)
    student.adam.must_match(reference, w, [nothing, nothing, push, nothing], {}, 0.1, through=walk)


def test_steps_from_one_state(student, rng):
    """several steps from one and the same state, also with other learning rates than before"""
    for shape, rates in [(3, [0.1, 0.1, 0.1]), ((2, 2), [0.1, 0.05, 0.2, 0.05])]:
        g = signed(rng, 200, 2000, (len(rates), *np.atleast_1d(shape)))
        g[-1] = g[1]
        student.adam.must_match(reference, signed(rng, 2, 4, shape), g, {}, rates, through=branch)


def test_inputs_untouched(student, rng):
    """leaves w, g and the state that came in as they are"""
    w, g = signed(rng, 2, 4, (3, 2)), signed(rng, 200, 2000, (3, 2))
    student.adam.must_keep_inputs(w, g, {}, 0.1)
    states = []

    def first_step(step, w, g, state, learning_rate):
        states.append(step(w, g, state, learning_rate)[1])

    student.adam.must_match(reference, w, g, {}, 0.1, through=first_step)
    student.adam.must_keep_inputs(w, g, states[-1], 0.1)


@known_mistake("The bias correction is missing: both means start at 0 and are too small at first.")
def no_correction(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    return w - learning_rate * m / (np.sqrt(v) + 1e-7), {"m": m, "v": v}


@known_mistake("Only the mean of the gradient is corrected; correct that of its square too, by sqrt(1 - beta_2**t).")
def only_first_corrected(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    return w - learning_rate / (1 - beta_1**t) * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("Only the mean of the square is corrected; correct that of the gradient too, by 1 - beta_1**t.")
def only_second_corrected(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    return w - learning_rate * np.sqrt(1 - beta_2**t) * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The root of 1 - beta_2**t is missing in the correction: it belongs to v, which stands under a root.")
def correction_without_root(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * (1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The steps are not counted: every correction is that of the first step.")
def steps_not_counted(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2) / (1 - beta_1)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"m": m, "v": v}


@known_mistake("The first step has the number 0, where the correction divides by 0: count before it is used.")
def counted_from_zero(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0)
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - np.power(beta_2, t)) / (1 - np.power(beta_1, t))
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t + 1, "m": m, "v": v}


@known_mistake("The first step has the number 2: it is counted twice.")
def counted_from_two(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 1) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The corrected means are put into the state and corrected again at the next step: "
               "keep the means as they are.")
def corrected_means_kept(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = (beta_1 * state.get("m", 0.0) + (1 - beta_1) * g) / (1 - beta_1**t)
    v = (beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2) / (1 - beta_2**t)
    return w - learning_rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("beta_1 and beta_2 are swapped: beta_1 belongs to the gradient, beta_2 to its square.")
def betas_swapped(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_2 * state.get("m", 0.0) + (1 - beta_2) * g
    v = beta_1 * state.get("v", 0.0) + (1 - beta_1) * g**2
    rate = learning_rate * np.sqrt(1 - beta_1**t) / (1 - beta_2**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The arguments beta_1 and beta_2 are ignored: they are always 0.9 and 0.999.")
def betas_ignored(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = 0.9 * state.get("m", 0.0) + 0.1 * g
    v = 0.999 * state.get("v", 0.0) + 0.001 * g**2
    rate = learning_rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The second mean is of the squared first mean, m**2; it is of the squared gradient, g**2.")
def square_of_the_mean(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * m**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The gradient is not squared in the second mean.")
def square_missing(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * np.abs(g)
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The step follows the last gradient; it follows the running mean m.")
def last_gradient(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t)
    return w - rate * g / (np.sqrt(v) + 1e-7), {"t": t, "v": v}


@known_mistake("The root is missing: the step is divided by the root of v.")
def root_missing(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (v + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The gradient and its square go in whole; in running means their shares are 1 - beta_1 and 1 - beta_2.")
def sums_for_means(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + g
    v = beta_2 * state.get("v", 0.0) + g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("Epsilon is added under the root; it is added to the root.")
def epsilon_inside(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / np.sqrt(v + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("Epsilon is added after v was corrected, as in many textbooks; Keras adds it to the root of v as it is, "
               "which differs where gradients are tiny.")
def epsilon_after_correction(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("Epsilon is missing: without it a zero gradient at the start divides 0 by 0.")
def epsilon_missing(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / np.sqrt(v), {"t": t, "m": m, "v": v}


@known_mistake("Epsilon is 1e-8; it is 1e-7 here, as in Keras.")
def smaller_epsilon(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-8), {"t": t, "m": m, "v": v}


@known_mistake("The means are forgotten after every step: return them in the state.")
def means_forgotten(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m, v = (1 - beta_1) * g, (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t}


@known_mistake("The steps climb: they are subtracted, since the gradient points uphill.")
def uphill(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w + rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("The steps of all parameters are counted together, in a default argument: count them in the state.")
def shared_count(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999, count=[0]):  # noqa: B006 - the mistake
    if not state:
        count[0] = 0
    count[0] += 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2 ** count[0]) / (1 - beta_1 ** count[0])
    return w - rate * m / (np.sqrt(v) + 1e-7), {"m": m, "v": v}


@known_mistake("The state that came in is changed: make a new dict, so that the old state still holds the old means.")
def changes_state(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    state["t"] = state.get("t", 0) + 1
    state["m"] = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    state["v"] = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2 ** state["t"]) / (1 - beta_1 ** state["t"])
    return w - rate * state["m"] / (np.sqrt(state["v"]) + 1e-7), state


@known_mistake("The means are changed in place, so the state that came in changes too: compute new arrays.")
def changes_means(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m, v = state.get("m", np.zeros_like(w)), state.get("v", np.zeros_like(w))
    m *= beta_1
    m += (1 - beta_1) * g
    v *= beta_2
    v += (1 - beta_2) * g**2
    rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + 1e-7), {"t": t, "m": m, "v": v}


@known_mistake("w is changed in place, so the caller's parameter moves as well: `w - ...` makes a new array.")
def changes_w(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", 0.0) + (1 - beta_1) * g
    v = beta_2 * state.get("v", 0.0) + (1 - beta_2) * g**2
    w -= learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (np.sqrt(v) + 1e-7)
    return w, {"t": t, "m": m, "v": v}


@accepted_variant
def state_with_a_tuple(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    mean, square, step = state["moments"] if state else (np.zeros_like(w), np.zeros_like(w), 0)
    step += 1
    mean = mean + (1 - beta_1) * (g - mean)
    square = square + (1 - beta_2) * (g * g - square)
    rate = learning_rate * (1 - beta_2**step) ** 0.5 / (1 - beta_1**step)
    return [w - rate * mean / (square**0.5 + 1e-7), {"moments": (mean, square, step)}]


@accepted_variant
def powers_in_the_state(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    new = dict(state) or {"m": np.zeros(w.shape), "v": np.zeros(w.shape), "power_1": 1.0, "power_2": 1.0}
    new["power_1"] = new["power_1"] * beta_1
    new["power_2"] = new["power_2"] * beta_2
    new["m"] = beta_1 * new["m"] + (1 - beta_1) * g
    new["v"] = beta_2 * new["v"] + (1 - beta_2) * np.square(g)
    correction = np.sqrt(1 - new["power_2"]) / (1 - new["power_1"])
    return w - learning_rate * correction * new["m"] / (np.sqrt(new["v"]) + 1e-7), new


@accepted_variant
def corrected_means(w, g, state, learning_rate, beta_1=0.9, beta_2=0.999):
    t = state.get("t", 0) + 1
    m = beta_1 * state.get("m", np.zeros_like(w)) + (1 - beta_1) * g
    v = beta_2 * state.get("v", np.zeros_like(w)) + (1 - beta_2) * g**2
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    # Epsilon is corrected like the root that it is added to.
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-7 / np.sqrt(1 - beta_2**t)), {"t": t, "m": m, "v": v}
