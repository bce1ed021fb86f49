"""Hidden grader of `to_nhwc`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the output (m, H, W, C)",)


def reference(x):
    # Submissions' code may ask for it too: keep it small.
    if np.ndim(x) != 4 or np.size(x) > 1_000_000:
        raise ValueError(f"x has shape {np.shape(x)}; expected (m, C, H, W), not too large")
    return tf.transpose(tf.constant(x, tf.float64), (0, 2, 3, 1)).numpy()


def test_any_shape(student, rng):
    """the channels as last axis, for batches of which every size is another number"""
    for shape in [(1, 2, 3, 4), (2, 3, 5, 4), (4, 2, 1, 3), (3, 5, 4, 2)]:
        student.to_nhwc.must_match(reference, rng.normal(size=shape))


def test_equal_sizes(student, rng):
    """sizes that are equal, so that no shape tells rows, columns and channels apart"""
    for shape in [(1, 2, 2, 2), (2, 3, 3, 3), (3, 3, 3, 3), (2, 3, 4, 4), (1, 3, 2, 3), (1, 3, 3, 2)]:
        student.to_nhwc.must_match(reference, rng.normal(size=shape))


def test_single_things(student, rng):
    """one channel, one pixel, one row, one column"""
    for shape in [(2, 1, 4, 3), (3, 2, 1, 1), (2, 3, 1, 4), (2, 4, 3, 1), (1, 1, 1, 1)]:
        student.to_nhwc.must_match(reference, rng.normal(size=shape))


def test_all_small_sizes(student, rng):
    """all sizes from 1 to 4"""
    @for_all(rng, st.tuples(*[st.integers(1, 4)] * 4), examples=20)
    def numbers_in_order(shape):
        student.to_nhwc.must_match(reference, np.arange(float(np.prod(shape))).reshape(shape))


def test_other_numbers(student, rng):
    """whole numbers, and numbers in float32"""
    pixels = rng.integers(0, 256, (2, 4, 3, 5))
    student.to_nhwc.must_match(reference, pixels, dtypes=(np.integer, np.floating))
    student.to_nhwc.must_match(reference, pixels.astype(np.uint8), dtypes=(np.integer, np.floating))
    student.to_nhwc.must_match(reference, rng.normal(size=(3, 2, 5, 4)).astype(np.float32), dtypes=(np.floating,))


def test_views(student, rng):
    """a batch that is a view of another array"""
    student.to_nhwc.must_match(reference, rng.normal(size=(3, 4, 5, 2)).transpose(3, 0, 2, 1))
    student.to_nhwc.must_match(reference, rng.normal(size=(4, 6, 5, 7))[::2, :, ::-1, ::3])


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    for shape in [(2, 3, 4, 5), (2, 3, 3, 3)]:
        student.to_nhwc.must_keep_inputs(rng.normal(size=shape))


@known_mistake("The shape is right, but reshape only counts the numbers off anew: the axes have to be moved, with "
               "np.transpose or np.moveaxis.")
def reshaped(x):
    m, channels, height, width = x.shape
    return x.reshape(m, height, width, channels)


@known_mistake("Rows and columns are swapped too: the order of the axes is 0, 2, 3, 1.")
def rows_and_columns_swapped(x):
    return x.transpose(0, 3, 2, 1)


@known_mistake("This is the other way, from (m, H, W, C) to (m, C, H, W): the order of the axes is 0, 2, 3, 1.")
def inverse_order(x):
    return x.transpose(0, 3, 1, 2)


@known_mistake("The samples are the last axis; they stay in front, and the channels become the last.")
def samples_last(x):
    return x.transpose(1, 2, 3, 0)


@known_mistake("The channels have moved by one place only, between rows and columns; they become the last axis.")
def channels_between_rows_and_columns(x):
    return x.transpose(0, 2, 1, 3)


@known_mistake("The channels have stayed where they were; they become the last axis.")
def unchanged(x):
    return x.copy()


@known_mistake("All axes are turned around, as .T does it; the samples stay in front, and rows before columns.")
def all_axes_turned_around(x):
    return x.T


@known_mistake("Only the first sample is there: all of them are moved at once.")
def first_sample_only(x):
    return x[:1].transpose(0, 2, 3, 1)


@known_mistake("The result has been written back into x, so the caller's data are lost: return another array.")
def overwrites_input(x):
    moved = x.transpose(0, 2, 3, 1).copy()
    x[:] = moved.reshape(x.shape)
    return moved


@accepted_variant
def with_moveaxis(x):
    return np.moveaxis(x, 1, -1)


@accepted_variant
def channel_by_channel(x):
    return np.stack([x[:, channel] for channel in range(x.shape[1])], axis=-1)


@accepted_variant
def in_two_swaps(x):
    return np.ascontiguousarray(x.swapaxes(1, 2).swapaxes(2, 3))


@accepted_variant
def with_einsum(x):
    return np.einsum("mchw->mhwc", x)


@accepted_variant
def in_loops(x):
    m, channels, height, width = x.shape
    result = np.zeros((m, height, width, channels))
    for n in range(m):
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    result[n, i, j, c] = x[n, c, i, j]
    return result
