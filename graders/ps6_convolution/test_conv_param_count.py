"""Hidden grader of `conv_param_count`."""

import keras
import numpy as np

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the number of parameters",)


def reference(kh, kw, c_in, c_out):
    # Keras makes the weights; submissions' code may ask for any.
    if kh * kw * c_in * c_out > 1_000_000:
        raise ValueError("kh, kw, c_in and c_out are too large")
    layer = keras.layers.Conv2D(int(c_out), (int(kh), int(kw)), kernel_initializer="zeros")
    layer.build((None, None, None, int(c_in)))
    return int(layer.count_params())


def test_any_sizes(student, rng):
    """one weight for every place of every filter in every channel, and one bias for every filter"""
    for kh, kw, c_in, c_out in [(2, 3, 4, 5), (3, 2, 5, 7), (5, 4, 2, 3), (1, 6, 3, 2), (3, 3, 6, 4)]:
        student.conv_param_count.must_match(reference, kh, kw, c_in, c_out)


def test_single_sizes(student, rng):
    """one channel, one filter, a filter of one pixel"""
    for kh, kw, c_in, c_out in [(2, 3, 1, 4), (3, 2, 4, 1), (1, 1, 5, 3), (1, 1, 1, 1)]:
        student.conv_param_count.must_match(reference, kh, kw, c_in, c_out)


def test_the_lectures_networks(student):
    """the convolutions of the lectures: digits, cats and dogs, and Lab 4B"""
    for kh, kw, c_in, c_out, count in [(3, 3, 1, 32, 320), (3, 3, 32, 32, 9_248), (3, 3, 3, 16, 448),
                                       (3, 3, 16, 32, 4_640), (3, 3, 32, 64, 18_496), (3, 3, 3, 64, 1_792),
                                       (5, 5, 64, 256, 409_856)]:
        student.conv_param_count.must_return(count, kh, kw, c_in, c_out)


@known_mistake("The biases are not counted: every filter has one, which makes c_out of them.")
def biases_left_out(kh, kw, c_in, c_out):
    return kh * kw * c_in * c_out


@known_mistake("A single bias is counted for the whole layer; every filter has one of its own: add c_out.")
def one_bias(kh, kw, c_in, c_out):
    return kh * kw * c_in * c_out + 1


@known_mistake("A bias is counted for every channel that comes in; every filter has one: add c_out.")
def bias_for_every_channel(kh, kw, c_in, c_out):
    return kh * kw * c_in * c_out + c_in


@known_mistake("A bias is counted for every channel of every filter: there is one per filter, after the sum over "
               "channels.")
def bias_for_every_plane(kh, kw, c_in, c_out):
    return (kh * kw + 1) * c_in * c_out


@known_mistake("The channels that come in are left out: a filter has kh * kw weights in every one of them.")
def one_channel_only(kh, kw, c_in, c_out):
    return kh * kw * c_out + c_out


@known_mistake("The filters are left out: all c_out of them have weights of their own.")
def one_filter_only(kh, kw, c_in, c_out):
    return kh * kw * c_in + 1


@known_mistake("The width of the filters is taken to be their height: multiply kh by kw.")
def square_filters(kh, kw, c_in, c_out):
    return kh * kh * c_in * c_out + c_out


@known_mistake("Height and width are added; a filter has kh * kw places.")
def height_plus_width(kh, kw, c_in, c_out):
    return (kh + kw) * c_in * c_out + c_out


@known_mistake("Channels and filters are added; every filter has weights in every channel: multiply c_in by c_out.")
def channels_plus_filters(kh, kw, c_in, c_out):
    return kh * kw * (c_in + c_out) + c_out


@known_mistake("The count is a float; a number of weights is an int.")
def float_count(kh, kw, c_in, c_out):
    return float(kh * kw * c_in * c_out + c_out)


@accepted_variant
def filter_by_filter(kh, kw, c_in, c_out):
    return c_out * (kh * kw * c_in + 1)


@accepted_variant
def as_a_product(kh, kw, c_in, c_out):
    return np.prod([kh, kw, c_in, c_out]) + c_out


@accepted_variant
def of_the_arrays(kh, kw, c_in, c_out):
    return np.zeros((kh, kw, c_in, c_out)).size + np.zeros(c_out).size
