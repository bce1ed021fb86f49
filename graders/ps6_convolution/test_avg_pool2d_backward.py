"""Hidden grader of `avg_pool2d_backward`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("dx (m, H, W, C)",)


def reference(d_out, x, pool_size=2, strides=None):
    size = [int(n) for n in np.broadcast_to(pool_size, 2)]
    step = size if strides is None else [int(n) for n in np.broadcast_to(strides, 2)]
    if np.ndim(x) != 4 or np.ndim(d_out) != 4:
        raise ValueError(f"d_out of shape {np.shape(d_out)} and x of shape {np.shape(x)} are not both (m, H, W, C)")
    if min(size + step) < 1 or size[0] > np.shape(x)[1] or size[1] > np.shape(x)[2]:
        raise ValueError(f"pool_size {pool_size} and strides {strides} do not fit x of shape {np.shape(x)}")
    # Submissions' code may ask for gradients too: keep them small.
    if np.size(x) * size[0] * size[1] > 5_000_000:
        raise ValueError("x and pool_size are too large")
    with tf.GradientTape() as tape:
        x = tf.constant(x, tf.float64)
        tape.watch(x)
        out = tf.nn.avg_pool2d(x, size, step, "VALID")
        if out.shape != np.shape(d_out):
            raise ValueError(f"d_out has shape {np.shape(d_out)}; expected {tuple(out.shape)}")
    return tape.gradient(out, x, tf.constant(d_out, tf.float64)).numpy()


def out_shape(shape, pool_size=2, strides=None):
    size, step = np.broadcast_to(pool_size, 2), np.broadcast_to(pool_size if strides is None else strides, 2)
    rows, columns = ((n - k) // s + 1 for n, k, s in zip(shape[1:3], size, step, strict=True))
    return shape[0], int(rows), int(columns), shape[3]


def test_any_shape(student, rng):
    """every value of a window gets the same share of its gradient, in each sample and channel by itself"""
    for case in [((1, 4, 6, 1),), ((2, 6, 4, 3),), ((3, 6, 8, 2), (3, 2)), ((2, 7, 8, 2), 2, 3)]:
        shape, *windows = case
        student.avg_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)), rng.normal(size=shape),
                                               *windows)


def test_overlapping_windows(student, rng):
    """a value that lies in several windows adds up its shares"""
    for case in [((1, 4, 5, 1), 3, 1), ((1, 4, 7, 2), 3, (1, 2)), ((2, 7, 6, 2), (3, 2), (2, 1)),
                 ((2, 5, 9, 3), (2, 3), (1, 2)), ((1, 9, 7, 2), (4, 3), (1, 2))]:
        shape, *windows = case
        student.avg_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)), rng.normal(size=shape),
                                               *windows)


def test_gaps_between_windows(student, rng):
    """strides larger than the window, in one direction or both: values in no window get 0"""
    for case in [((1, 5, 8, 1), 2, 3), ((2, 9, 7, 2), (1, 2), (4, 3)), ((2, 8, 9, 3), (3, 2), (1, 4)),
                 ((1, 8, 6, 2), (2, 1), (3, 4))]:
        shape, *windows = case
        student.avg_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)), rng.normal(size=shape),
                                               *windows)


def test_left_over_rows_and_columns(student, rng):
    """rows and columns that fill no whole window get 0"""
    for case in [((1, 3, 5, 1),), ((2, 4, 7, 2), 2), ((2, 11, 8, 3), 3), ((1, 8, 7, 2), (3, 4), 2),
                 ((2, 6, 8, 1), 2, (3, 5))]:
        shape, *windows = case
        student.avg_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)), rng.normal(size=shape),
                                               *windows)


def test_smallest_and_largest_windows(student, rng):
    """windows of a single value, and of the whole picture"""
    for case in [((2, 3, 4, 2), 1), ((1, 4, 5, 2), 1, (2, 3)), ((2, 3, 4, 3), (3, 4)), ((1, 3, 5, 2), (3, 1)),
                 ((1, 4, 3, 2), (1, 3)), ((2, 1, 1, 2), 1)]:
        shape, *windows = case
        student.avg_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)), rng.normal(size=shape),
                                               *windows)


def test_any_sizes(student, rng):
    """all small sizes, windows and strides"""
    small, rest, number = st.integers(1, 3), st.integers(0, 4), st.integers(0, 99)

    @for_all(rng, st.tuples(small, small), st.tuples(small, small), st.tuples(rest, rest), number, examples=25)
    def small_numbers(size, strides, more, seed):
        draw = np.random.default_rng(seed)
        shape = (2, size[0] + more[0], size[1] + more[1], 2)
        d_out = draw.integers(-4, 5, out_shape(shape, size, strides)) / 2
        student.avg_pool2d_backward.must_match(reference, d_out, draw.integers(-4, 5, shape) / 2, size, strides)


def test_whole_numbers(student, rng):
    """whole numbers, in x or in the gradient: the shares have fractions"""
    for case in [((2, 4, 6, 2),), ((1, 5, 4, 3), (3, 2), (2, 1))]:
        shape, *windows = case
        student.avg_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               rng.integers(-9, 10, shape), *windows)
        student.avg_pool2d_backward.must_match(reference, rng.integers(-9, 10, out_shape(*case)),
                                               rng.normal(size=shape), *windows)


def test_float32(student, rng):
    """numbers in float32, for an answer in float32 or float64"""
    # Eighths, and windows of 2, 4 and 8: every share and every sum is exact in float32, too.
    for case in [((2, 4, 6, 2),), ((1, 6, 5, 3), (4, 2), (1, 3)), ((2, 5, 4, 1), (2, 1))]:
        shape, *windows = case
        d_out = (rng.integers(-80, 81, out_shape(*case)) / 8).astype(np.float32)
        student.avg_pool2d_backward.must_match(reference, d_out, rng.normal(size=shape).astype(np.float32), *windows,
                                               dtypes=(np.floating,))


def test_views(student, rng):
    """arrays that are views of others, with their channels moved or their pixels thinned out"""
    student.avg_pool2d_backward.must_match(reference, rng.normal(size=(2, 3, 2, 3)).transpose(0, 2, 3, 1),
                                           rng.normal(size=(2, 3, 4, 6)).transpose(0, 2, 3, 1))
    student.avg_pool2d_backward.must_match(reference, rng.normal(size=(2, 2, 8, 2))[:, :, 1::2],
                                           rng.normal(size=(2, 9, 12, 3))[:, ::2, ::-2, 1:], (2, 3), (3, 1))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    for case in [((2, 4, 6, 2),), ((1, 5, 7, 2), (3, 2), (1, 2))]:
        shape, *windows = case
        student.avg_pool2d_backward.must_keep_inputs(rng.normal(size=out_shape(*case)), rng.normal(size=shape),
                                                     *windows)


@known_mistake("Every value of a window gets the whole gradient; its share is one of height times width of the window.")
def not_divided(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1]
    return dx


@known_mistake("The share is always a quarter, which is right for windows of 2x2 only: divide by height times width of "
               "the window.")
def always_a_quarter(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / 4
    return dx


@known_mistake("The gradient is divided by the height of the window squared: divide by height times width.")
def divided_by_height_squared(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * ph)
    return dx


@known_mistake("The gradient is divided by height plus width, which is the same for 2x2 only: divide by height times "
               "width.")
def divided_by_height_plus_width(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph + pw)
    return dx


@known_mistake("The gradient is divided by the product of the strides, not by the number of values in a window.")
def divided_by_strides(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (sh * sw)
    return dx


@known_mistake("The gradient is divided by the number of windows; divide it by the number of values in one window.")
def divided_by_number_of_windows(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / d_out[0, ..., 0].size
    return dx


@known_mistake("The gradient is divided with //, which rounds down: use /.")
def divided_with_rounding(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] // (ph * pw)
    return dx


@known_mistake("The share of a window replaces what a value got from the windows before: add with +=.")
def not_accumulated(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] = d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("The shares of overlapping windows are averaged; they add up.")
def mean_of_the_shares(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx, windows = np.zeros(x.shape), np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
        windows[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += 1
    return dx / np.maximum(windows, 1)


@known_mistake("The largest value of each window gets the whole gradient, as for max-pooling: here all values get the "
               "same share.")
def to_the_largest(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("Only the first value of each window gets its gradient: all of them get a share.")
def to_the_first_value(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh, j * sw] += d_out[:, i, j]
    return dx


@known_mistake("The shares are multiplied by the values of x, on which the gradient of a mean does not depend.")
def times_the_value(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx * x


@known_mistake("The shares are added to a copy of x; start with zeros.")
def starts_from_x(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = x.astype(float)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("Every window counts as 1, whatever d_out is: its number of d_out is what is shared.")
def ones_for_d_out(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += 1 / (ph * pw)
    return dx


@known_mistake("The strides are not looked at: the windows always lie side by side, as for strides of None.")
def strides_ignored(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * ph : (i + 1) * ph, j * pw : (j + 1) * pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("Strides of None are taken for 1; they mean the same as pool_size.")
def strides_1_by_default(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (1, 1) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("Window (i, j) is taken to begin at row i and column j: it begins at i and j times the strides.")
def starts_without_stride(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i : i + ph, j : j + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("Height and width of the window are swapped: pool_size is (height, width).")
def window_swapped(d_out, x, pool_size=2, strides=None):
    pw, ph = np.broadcast_to(pool_size, 2)
    sh, sw = np.broadcast_to(pool_size if strides is None else strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("The strides are swapped: they are (rows, columns), so that the first one moves the window down.")
def strides_swapped(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sw, sh = (pw, ph) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("Rows and columns are swapped, in pool_size and in strides: both pairs give rows first.")
def both_pairs_swapped(d_out, x, pool_size=2, strides=None):
    pw, ph = np.broadcast_to(pool_size, 2)
    sw, sh = np.broadcast_to(pool_size if strides is None else strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("Every window is square: the second number of pool_size, its width, is not used.")
def square_windows(d_out, x, pool_size=2, strides=None):
    k = np.broadcast_to(pool_size, 2)[0]
    sh, sw = np.broadcast_to(pool_size if strides is None else strides, 2)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + k, j * sw : j * sw + k] += d_out[:, i : i + 1, j : j + 1] / (k * k)
    return dx


@known_mistake("The window moves by the first of the two strides in both directions; the second is for columns.")
def one_stride_for_both(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else (np.broadcast_to(strides, 2)[0],) * 2
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("The gradient is spread over all channels; every channel gets its own.")
def spread_over_channels(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    d_out = d_out.mean(axis=3, keepdims=True)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("The gradient is spread over all samples; every sample gets its own.")
def spread_over_samples(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    d_out = d_out.mean(axis=0, keepdims=True)
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("Rows and columns that are left over are missing in dx: it has the shape of x, with zeros there.")
def left_over_missing(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    m, rows, columns, channels = d_out.shape
    dx = np.zeros((m, (rows - 1) * sh + ph, (columns - 1) * sw + pw, channels))
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("dx takes its dtype from x, and an array of whole numbers takes no fractions: use np.zeros(x.shape).")
def dtype_of_x(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros_like(x)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1] / (ph * pw)
    return dx


@known_mistake("dx takes its dtype from x: where x has whole numbers, fractions are cut off. Use np.zeros(x.shape).")
def fractions_cut_off(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros_like(x)
    for n, i, j, c, a, b in np.ndindex(*d_out.shape, ph, pw):
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c] / (ph * pw)
    return dx


@known_mistake("The division is done in d_out itself, so the caller's data are lost: write d_out / (...), not /=.")
def overwrites_input(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    d_out = d_out.astype(float, copy=False)
    d_out /= ph * pw
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(d_out.shape[1:3]):
        dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += d_out[:, i : i + 1, j : j + 1]
    return dx


@accepted_variant
def plain_loops(d_out, x, pool_size=2, strides=None):
    if isinstance(pool_size, int):
        pool_size = (pool_size, pool_size)
    if strides is None:
        strides = pool_size
    if isinstance(strides, int):
        strides = (strides, strides)
    m, rows, columns, channels = d_out.shape
    dx = np.zeros(x.shape)
    for n in range(m):
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    share = d_out[n, i, j, c] / (pool_size[0] * pool_size[1])
                    for row in range(i * strides[0], i * strides[0] + pool_size[0]):
                        for column in range(j * strides[1], j * strides[1] + pool_size[1]):
                            dx[n, row, column, c] += share
    return dx


@accepted_variant
def shifted_pictures(d_out, x, pool_size=2, strides=None):
    (ph, pw), (sh, sw) = np.broadcast_to(pool_size, 2), np.broadcast_to(pool_size if strides is None else strides, 2)
    rows, columns = d_out.shape[1:3]
    dx = np.zeros_like(x, dtype=float)
    for a in range(ph):
        for b in range(pw):
            dx[:, a : a + sh * (rows - 1) + 1 : sh, b : b + sw * (columns - 1) + 1 : sw] += d_out
    return dx / (ph * pw)


@accepted_variant
def repeated_where_possible(d_out, x, pool_size=2, strides=None):
    ph, pw = (pool_size, pool_size) if isinstance(pool_size, int) else pool_size
    strides = (ph, pw) if strides is None else strides
    sh, sw = (strides, strides) if isinstance(strides, int) else strides
    share = d_out / (ph * pw)
    if (sh, sw) == (ph, pw):
        spread = share.repeat(ph, axis=1).repeat(pw, axis=2)
        rows, columns = (whole - part for whole, part in zip(x.shape[1:3], spread.shape[1:3], strict=True))
        return np.pad(spread, ((0, 0), (0, rows), (0, columns), (0, 0)))
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        dx[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c] += share[n, i, j, c]
    return dx


@accepted_variant
def all_at_once(d_out, x, pool_size=2, strides=None):
    (ph, pw), (sh, sw) = np.broadcast_to(pool_size, 2), np.broadcast_to(pool_size if strides is None else strides, 2)
    n, i, j, c, a, b = np.indices((*d_out.shape, ph, pw))
    dx = np.zeros(x.shape)
    np.add.at(dx, (n, i * sh + a, j * sw + b, c), d_out[..., None, None] / (ph * pw))
    return dx


@accepted_variant
def matrices_of_rows_and_columns(d_out, x, pool_size=2, strides=None):
    (ph, pw), (sh, sw) = np.broadcast_to(pool_size, 2), np.broadcast_to(pool_size if strides is None else strides, 2)

    def members(windows, length, size, stride):
        distance = np.arange(length) - stride * np.arange(windows)[:, None]
        return ((distance >= 0) & (distance < size)) / size

    rows = members(d_out.shape[1], x.shape[1], ph, sh)
    columns = members(d_out.shape[2], x.shape[2], pw, sw)
    return np.einsum("nijc,ih,jw->nhwc", d_out, rows, columns)
