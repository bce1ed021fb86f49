"""Hidden grader of `dense_param_count`."""

import keras
import numpy as np
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all


def reference(n_in, n_out):
    # Keras counts weights that it has made: submissions' code may ask too, so keep them few.
    if n_in * n_out > 1_000_000:
        raise ValueError("n_in and n_out are too large")
    layer = keras.layers.Dense(n_out, kernel_initializer="zeros")
    layer.build((None, n_in))
    return int(layer.count_params())


def test_any_sizes(student):
    """weights and biases of layers whose two sizes differ, as Keras counts them"""
    for n_in, n_out in [(7, 5), (2, 3), (12, 4), (3, 20), (784, 128)]:
        student.dense_param_count.must_match(reference, n_in, n_out)


def test_smallest_layers(student, rng):
    """all small layers, those with one input or one unit too"""
    @for_all(rng, st.integers(1, 6), st.integers(1, 6), examples=20)
    def as_keras_counts(n_in, n_out):
        student.dense_param_count.must_match(reference, n_in, n_out)


def test_known_counts(student):
    """known counts: 2 and 3 for a single neuron, 40 for 7 inputs and 5 units, 1,290 and 102,764,544"""
    for n_in, n_out, count in [(1, 1, 2), (2, 1, 3), (7, 5, 40), (128, 10, 1290), (25088, 4096, 102764544)]:
        student.dense_param_count.must_return(count, n_in, n_out)


@known_mistake("Only the weights are counted: every unit has a bias too.")
def no_biases(n_in, n_out):
    return n_in * n_out


@known_mistake("A bias is counted for each input; each unit has one: add n_out.")
def bias_per_input(n_in, n_out):
    return n_in * n_out + n_in


@known_mistake("One bias is counted for the whole layer; each unit has its own: add n_out.")
def one_bias(n_in, n_out):
    return n_in * n_out + 1


@known_mistake("Biases are counted for inputs and units; only units have them.")
def biases_on_both_sides(n_in, n_out):
    return n_in * n_out + n_in + n_out


@known_mistake("The sizes are added; every unit has a weight for every input: multiply them, then add the biases.")
def sum_of_sizes(n_in, n_out):
    return n_in + n_out


@known_mistake("One weight too many is counted for each side: (n_in + 1) * (n_out + 1). Only the inputs get one more.")
def one_more_on_both_sides(n_in, n_out):
    return (n_in + 1) * (n_out + 1)


@known_mistake("n_in * (n_in + 1) leaves n_out out: each of the n_out units has n_in weights and a bias.")
def only_inputs(n_in, n_out):
    return n_in * (n_in + 1)


@known_mistake("The count comes as a float: return a whole number.")
def as_float(n_in, n_out):
    return float(n_in * n_out + n_out)


@accepted_variant
def weights_and_a_bias_for_each_unit(n_in, n_out):
    return (n_in + 1) * n_out


@accepted_variant
def added_unit_by_unit(n_in, n_out):
    count = 0
    for _ in range(n_out):
        count += n_in + 1
    return count


@accepted_variant
def numpys_product(n_in, n_out):
    return np.prod([n_in, n_out]) + n_out
