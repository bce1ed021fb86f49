"""Hidden grader of `forward`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake, slip

RETURNS = ("X (m, n)", "a1 (m, units)", "a2 (m, units)", "a3 (m, units)", "a4 (m, units)")


def reference(X, layers):
    # Submissions' code may ask for whole networks too: keep them small.
    if len(layers) > 50 or len(X) * sum(np.size(W) for W, _, _ in layers) > 1_000_000:
        raise ValueError("X and layers are too large")
    activations = [tf.constant(X, tf.float64)]
    for W, b, activation in layers:
        W = tf.constant(W, tf.float64)
        Z = tf.matmul(activations[-1], W) + tf.ensure_shape(tf.constant(b, tf.float64), W.shape[1:])
        activations.append(keras.activations.get(activation)(Z))
    return [a.numpy() for a in activations]


def keras_network(X, layers):
    dense = [keras.layers.Dense(len(b), activation, dtype="float64") for _, b, activation in layers]
    model = keras.Sequential([keras.Input(X.shape[1:], dtype="float64"), *dense])
    model.set_weights([value for W, b, _ in layers for value in (W, b)])
    activations = [tf.constant(X)]
    for layer in dense:
        activations.append(layer(activations[-1]))
    return [a.numpy() for a in activations]


def network(rng, m, sizes, activations):
    """Return X of m samples, and layers of these sizes."""
    return rng.normal(size=(m, sizes[0])), [
        (rng.normal(size=(n, k)), rng.normal(size=k), activation)
        for n, k, activation in zip(sizes[:-1], sizes[1:], activations, strict=True)]


def test_two_layers(student, rng):
    """X itself and the outputs of two layers, whose sizes all differ"""
    for m, sizes, activations in [(2, [3, 4, 5], ("relu", "sigmoid")), (5, [2, 4, 3], ("sigmoid", None)),
                                  (4, [5, 2, 3], (None, "relu"))]:
        student.forward.must_match(reference, *network(rng, m, sizes, activations))


def test_more_layers(student, rng):
    """three and four layers, each with its own activation"""
    for m, sizes, activations in [(2, [4, 3, 5, 6], ("sigmoid", "relu", None)),
                                  (5, [2, 3, 7, 4], (None, "sigmoid", "sigmoid")),
                                  (3, [2, 6, 4, 5, 1], ("relu", None, "sigmoid", "relu"))]:
        student.forward.must_match(reference, *network(rng, m, sizes, activations))


def test_one_layer(student, rng):
    """a single layer: X and one output"""
    for m, sizes, activation in [(3, [2, 4], "sigmoid"), (2, [4, 3], "relu"), (4, [3, 1], None)]:
        student.forward.must_match(reference, *network(rng, m, sizes, [activation]))


def test_no_layers(student, rng):
    """no layers: X alone"""
    student.forward.must_match(reference, rng.normal(size=(3, 2)), [])


def test_as_keras(student, rng):
    """the same as the layers of Keras's Sequential"""
    student.forward.must_match(keras_network, *network(rng, 4, [3, 5, 2], ("relu", "sigmoid")))


def test_equal_sizes(student, rng):
    """layers that are all as wide as X, where a wrong input would fit too"""
    for n in (2, 3):
        student.forward.must_match(reference, *network(rng, n, [n, n, n, n], ("relu", "sigmoid", None)))


def test_one_sample(student, rng):
    """a single sample: every output keeps both axes"""
    student.forward.must_match(reference, *network(rng, 1, [3, 4, 2], ("sigmoid", "relu")))


def test_lectures_network(student):
    """the lecture's network of three inputs, three hidden units and two outputs"""
    X = np.array([[0.5, 0.9, -0.3]])
    W1, W2 = np.array([[1.0, 2.0, 1.0], [-2.0, 1.0, -1.0], [2.0, -4.0, 0.0]]), np.array([[-3.0, 0], [1, 1], [-3, 2]])
    student.forward.must_return(
        [X, np.array([[0.1301084743630, 0.9568927450589, 0.4013123398875]]),
         np.array([[0.3458413646, 0.8531492108]])],
        X, [(W1, np.zeros(3), "sigmoid"), (W2, np.zeros(2), "sigmoid")])


def test_large_scores(student):
    """scores of -1000 and 1000 inside the network, without a warning of numpy's"""
    layers = [(np.array([[1000.0, -1000.0, 1.0]]), np.array([0.0, 1.0, -2.0]), "sigmoid"),
              (np.array([[3.0, 900.0], [-2.0, -900.0], [1.0, 500.0]]), np.array([0.5, -1.0]), "sigmoid")]
    student.forward.must_match(reference, np.array([[1.0], [-1.0]]), layers, quiet=True)


def test_inputs_untouched(student, rng):
    """leaves X and the list of layers as they are"""
    student.forward.must_keep_inputs(*network(rng, 4, [3, 2, 5], ("relu", "sigmoid")))
    student.forward.must_keep_inputs(*network(rng, 3, [2, 4, 3, 2], ("sigmoid", None, "relu")))


@accepted_variant
def with_a_dict_of_activations(X, layers):
    activations = [X]
    for W, b, activation in layers:
        A = activations[-1]
        Z = A @ W + b
        A = {None: Z, "relu": np.maximum(Z, 0), "sigmoid": 0.5 * (1 + np.tanh(Z / 2))}[activation]
        activations.append(A)
    return activations


input_missing = known_mistake("X is missing: the list begins with X itself, then come the outputs of the layers.")(
    slip(with_a_dict_of_activations, "return activations", "return activations[1:]"))

last_output_only = known_mistake("Only the last output is returned: return the list of X and all outputs.")(
    slip(with_a_dict_of_activations, "return activations", "return activations[-1]"))

hidden_output_missing = known_mistake(
    "The first layer's output is left out: the list holds X and the output of every layer.")(
    slip(with_a_dict_of_activations, "return activations", "return activations[:1] + activations[2:]"))

last_layer_missing = known_mistake("The last layer is missing: there is one array more than there are layers.")(
    slip(with_a_dict_of_activations, "in layers:", "in layers[:-1]:"))

backwards = known_mistake("The list runs backwards: X comes first and the network's answer last.")(
    slip(with_a_dict_of_activations, "return activations", "return activations[::-1]"))

one_array = known_mistake("All outputs are put side by side in one array: return a list with an array for each.")(
    slip(with_a_dict_of_activations, "return activations", "return np.hstack(activations)"))

dict_of_outputs = known_mistake("The answers come in a dict: return a list, X first.")(
    slip(with_a_dict_of_activations, "return activations", "return {str(i): A for i, A in enumerate(activations)}"))

input_to_all_layers = known_mistake("Every layer gets X: the second one gets the output of the first, and so on.")(
    slip(with_a_dict_of_activations, "A = activations[-1]", "A = X"))

scores_kept = known_mistake(
    "The list holds the scores, before the activation: it holds what the activation makes of them.")(
    slip(slip(slip(with_a_dict_of_activations,
                   "activations.append(A)", "activations.append(Z)"),
              "    activations = [X]", "    activations, A = ([X], X)"),
         "        A = activations[-1]\n", ""))

all_linear = known_mistake("The activations are left out, so that all layers are linear: apply each layer's own.")(
    slip(with_a_dict_of_activations, "}[activation]", "}[None]"))

last_layer_linear = known_mistake("The last layer's activation is left out: it has one like the others.")(
    slip(with_a_dict_of_activations, "}[activation]", "}[activation if len(activations) < len(layers) else None]"))

sigmoid_everywhere = known_mistake(
    "All layers have a sigmoid here: each has its own activation, the third of its tuple.")(
    slip(with_a_dict_of_activations, "}[activation]", "}['sigmoid']"))

activation_of_the_first_layer = known_mistake("All layers get the activation of the first one: take each layer's own.")(
    slip(with_a_dict_of_activations, "}[activation]", "}[layers[0][2]]"))

biases_forgotten = known_mistake("The biases b are missing.")(slip(with_a_dict_of_activations, "A @ W + b", "A @ W"))

weights_transposed = known_mistake(
    "The weights are transposed: W has a column for each unit already, so the scores are a @ W + b.")(
    slip(with_a_dict_of_activations, "A @ W", "A @ W.T"))

overflow = known_mistake(
    "The values are right, but exp of a large number is computed on the way and overflows: call your dense.")(
    slip(with_a_dict_of_activations, "0.5 * (1 + np.tanh(Z / 2))", "1 / (1 + np.exp(-Z))"))

overwrites_input = known_mistake(
    "The layers are taken out of the caller's list, which is empty afterwards: go through it with for.")(
    slip(with_a_dict_of_activations,
         "    for W, b, activation in layers:", "    while layers:\n        W, b, activation = layers.pop(0)"))


@accepted_variant
def recursively(X, layers):
    def outputs(A, rest):
        if not rest:
            return [A]
        W, b, activation = rest[0]
        Z = A.dot(W) + b
        if activation == "relu":
            Z = Z * (Z > 0)
        elif activation == "sigmoid":
            Z = 1 / (1 + np.exp(-np.clip(Z, -600, 600)))
        return [A, *outputs(Z, rest[1:])]

    return outputs(X, layers)


@accepted_variant
def with_einsum(X, layers):
    outputs = [np.array(X)]
    for i in range(len(layers)):
        Z = np.einsum("ij,jk->ik", outputs[i], layers[i][0]) + layers[i][1]
        if layers[i][2] == "relu":
            outputs.append(np.where(Z > 0, Z, 0))
        elif layers[i][2] == "sigmoid":
            small = np.exp(-np.abs(Z))
            outputs.append(np.where(Z >= 0, 1, small) / (1 + small))
        else:
            outputs.append(Z)
    return tuple(outputs)


@accepted_variant
def sample_by_sample(X, layers):
    outputs = [X]
    for W, b, activation in layers:
        rows = []
        for x in outputs[-1]:
            z = [sum(x[i] * W[i, j] for i in range(len(x))) + b[j] for j in range(len(b))]
            if activation == "relu":
                z = [max(0.0, value) for value in z]
            if activation == "sigmoid":
                z = [0.5 + 0.5 * np.tanh(value / 2) for value in z]
            rows.append(z)
        outputs.append(np.array(rows))
    return outputs
