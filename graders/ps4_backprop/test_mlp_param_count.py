"""Hidden grader of `mlp_param_count`."""

import keras
import numpy as np
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all


def reference(sizes):
    # Keras counts weights that it has made: submissions' code may ask too, so keep them few.
    if len(sizes) > 20 or max(sizes) > 2000 or sum(np.multiply(sizes[:-1], sizes[1:])) > 1_000_000:
        raise ValueError("the network is too large")
    layers = [keras.layers.Dense(units, kernel_initializer="zeros") for units in sizes[1:]]
    return int(keras.Sequential([keras.Input((sizes[0],)), *layers]).count_params())


def test_any_network(student):
    """weights and biases of networks with two to four layers, as Keras counts them"""
    for sizes in ([2, 3, 4], [5, 3, 7, 2], [4, 2, 6, 3, 5], [784, 128, 10]):
        student.mlp_param_count.must_match(reference, sizes)


def test_one_layer(student):
    """networks without a hidden layer"""
    for sizes in ([7, 5], [3, 1], [1, 4]):
        student.mlp_param_count.must_match(reference, sizes)


def test_known_counts(student):
    """known counts: 17 and 65 for networks of the lecture, and those of networks for images"""
    for sizes, count in [([2, 4, 1], 17), ([3, 3, 2], 20), ([2, 8, 4, 1], 65), ([2, 200, 1], 801),
                         ([784, 128, 10], 101770), ([784, 512, 10], 407050), ([784, 128, 128, 10], 118282),
                         ([2] + [200] * 7 + [1], 242001)]:
        student.mlp_param_count.must_return(count, sizes)


def test_equal_sizes(student):
    """layers that are all of one size"""
    for sizes in ([3, 3, 3], [1, 1, 1, 1], [2, 2]):
        student.mlp_param_count.must_match(reference, sizes)


def test_smallest_networks(student, rng):
    """all kinds of small networks"""
    # Twelve only, since Keras takes some milliseconds to build one.
    @for_all(rng, st.lists(st.integers(1, 4), min_size=2, max_size=4), examples=12)
    def as_keras_counts(sizes):
        student.mlp_param_count.must_match(reference, sizes)


def test_inputs_untouched(student):
    """leaves its list as it is"""
    student.mlp_param_count.must_keep_inputs([3, 5, 2, 4])


@known_mistake("Only the weights are counted: every unit has a bias too.")
def no_biases(sizes):
    return sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))


@known_mistake("The inputs are given biases too: only the units of layers have them, so sizes[0] is left out.")
def biases_of_the_inputs(sizes):
    return sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1)) + sum(sizes)


@known_mistake("The output layer's biases are missing: every layer has them, the last one too.")
def no_biases_at_the_end(sizes):
    return sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1)) + sum(sizes[1:-1])


@known_mistake("Biases are counted for a layer's inputs instead of its units: n_in * n_out + n_out.")
def biases_for_inputs_of_layers(sizes):
    return sum(sizes[i] * sizes[i + 1] + sizes[i] for i in range(len(sizes) - 1))


@known_mistake("The last layer is missing: n sizes make n - 1 layers.")
def last_layer_missing(sizes):
    return sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 2))


@known_mistake("The first layer is missing: begin with sizes[0] and sizes[1].")
def first_layer_missing(sizes):
    return sum((sizes[i] + 1) * sizes[i + 1] for i in range(1, len(sizes) - 1))


@known_mistake("All sizes are multiplied with each other: each layer joins two neighbours, and layers are added.")
def product_of_all(sizes):
    count = 1
    for size in sizes:
        count *= size
    return count + sum(sizes[1:])


@known_mistake("Only the first and the last size are used: go from each layer to the next.")
def first_and_last(sizes):
    return (sizes[0] + 1) * sizes[-1]


@known_mistake("One bias is counted for each layer; each unit has its own.")
def one_bias_per_layer(sizes):
    return sum(sizes[i] * sizes[i + 1] + 1 for i in range(len(sizes) - 1))


@known_mistake("The count of the last layer replaces those before it: add them up.")
def not_added_up(sizes):
    count = 0
    for i in range(len(sizes) - 1):
        count = (sizes[i] + 1) * sizes[i + 1]
    return count


@known_mistake("The counts of the layers come as a list: return their sum.")
def list_of_counts(sizes):
    return [(sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1)]


@known_mistake("The sizes are taken out of the caller's list, which is empty afterwards: work on a copy.")
def overwrites_input(sizes):
    count, n_in = 0, sizes.pop(0)
    while sizes:
        n_out = sizes.pop(0)
        count, n_in = count + n_in * n_out + n_out, n_out
    return count


@accepted_variant
def pairs_of_neighbours(sizes):
    return sum((n_in + 1) * n_out for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True))  # noqa: RUF007


@accepted_variant
def weights_then_biases(sizes):
    weights = 0
    for i in range(1, len(sizes)):
        weights += sizes[i - 1] * sizes[i]
    return weights + sum(sizes) - sizes[0]


@accepted_variant
def layer_by_layer(sizes):
    if len(sizes) < 2:
        return 0
    n_in, n_out, *_ = sizes
    first, rest = n_in * n_out + n_out, sizes[1:]
    while len(rest) > 1:
        first += rest[0] * rest[1] + rest[1]
        rest = rest[1:]
    return first


@accepted_variant
def with_numpy(sizes):
    return np.dot(np.array(sizes[:-1]) + 1, sizes[1:])


EQUIVALENT_MUTANTS = {
    "return sum((dense_param_count(n_in, n_out) for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True)))"
    "  ->  return sum((dense_param_count(n_in, n_out) for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=False)))":
        "both slices have as many sizes as there are layers",
}
