"""Hidden grader of `max_pool2d_backward`."""

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
    # On a CPU the first of equal values wins; another device may decide otherwise.
    with tf.device("CPU"), tf.GradientTape() as tape:
        x = tf.constant(x, tf.float64)
        tape.watch(x)
        out = tf.nn.max_pool2d(x, size, step, "VALID")
        if out.shape != np.shape(d_out):
            raise ValueError(f"d_out has shape {np.shape(d_out)}; expected {tuple(out.shape)}")
        return tape.gradient(out, x, tf.constant(d_out, tf.float64)).numpy()


def out_shape(shape, pool_size=2, strides=None):
    size, step = np.broadcast_to(pool_size, 2), np.broadcast_to(pool_size if strides is None else strides, 2)
    rows, columns = ((n - k) // s + 1 for n, k, s in zip(shape[1:3], size, step, strict=True))
    return shape[0], int(rows), int(columns), shape[3]


def gradient_in_eighths(rng, *shape_and_windows):
    """A gradient of which every sum is exact, in float32 too, and no number is 0."""
    shape = out_shape(*shape_and_windows)
    return rng.choice([-1.0, 1.0], shape) * rng.integers(1, 80, shape) / 8


def test_any_shape(student, rng):
    """the gradient of each window goes to its largest value, in each sample and channel by itself"""
    for case in [((1, 4, 6, 1),), ((2, 6, 4, 3),), ((3, 6, 8, 2), (3, 2)), ((2, 7, 8, 2), 2, 3)]:
        shape, *windows = case
        student.max_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               rng.uniform(0.1, 9.0, shape), *windows)


def test_overlapping_windows(student, rng):
    """a value that is the largest of several windows adds up what it gets from each"""
    for case in [((1, 4, 5, 1), 3, 1), ((1, 4, 7, 2), 3, (1, 2)), ((2, 7, 6, 2), (3, 2), (2, 1)),
                 ((2, 5, 9, 3), (2, 3), (1, 2)), ((1, 9, 7, 2), (4, 3), (1, 2))]:
        shape, *windows = case
        student.max_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               rng.normal(size=shape), *windows)


def test_gaps_between_windows(student, rng):
    """strides larger than the window, in one direction or both: values in no window get 0"""
    for case in [((1, 5, 8, 1), 2, 3), ((2, 9, 7, 2), (1, 2), (4, 3)), ((2, 8, 9, 3), (3, 2), (1, 4)),
                 ((1, 8, 6, 2), (2, 1), (3, 4))]:
        shape, *windows = case
        student.max_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               rng.normal(size=shape), *windows)


def test_left_over_rows_and_columns(student, rng):
    """rows and columns that fill no whole window get 0"""
    for case in [((1, 3, 5, 1),), ((2, 4, 7, 2), 2), ((2, 11, 8, 3), 3), ((1, 8, 7, 2), (3, 4), 2),
                 ((2, 6, 8, 1), 2, (3, 5))]:
        shape, *windows = case
        student.max_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               rng.normal(size=shape), *windows)


def test_negative_values(student, rng):
    """windows in which all values are negative have a largest one, too"""
    for case in [((1, 4, 2, 1),), ((2, 5, 6, 2), (2, 3), (1, 3)), ((2, 4, 7, 3), (4, 2), 1)]:
        shape, *windows = case
        student.max_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               rng.uniform(-9.0, -0.1, shape), *windows)


def test_ties(student):
    """of equal values the first one gets everything, row by row and from left to right"""
    x = np.array([[3.0, 7.0, 4.0, 4.0], [7.0, 7.0, 4.0, 1.0]]).reshape(1, 2, 4, 1)
    dx = np.array([[0.0, 5.0, -6.0, 0.0], [0.0, 0.0, 0.0, 0.0]]).reshape(1, 2, 4, 1)
    student.max_pool2d_backward.must_return(dx, np.array([5.0, -6.0]).reshape(1, 1, 2, 1), x)
    x = np.array([[0.0, 2.0, 8.0], [1.0, 8.0, 8.0], [8.0, 0.0, 3.0]]).reshape(1, 3, 3, 1)
    dx = np.array([[0.0, 0.0, 2.0], [0.0, 13.0, 0.0], [0.0, 0.0, 0.0]]).reshape(1, 3, 3, 1)
    student.max_pool2d_backward.must_return(dx, np.array([1.0, 2.0, 4.0, 8.0]).reshape(1, 2, 2, 1), x, 2, 1)


def test_flat_areas(student, rng):
    """areas of one value, as a ReLU makes them"""
    for case in [((2, 6, 8, 3),), ((1, 6, 6, 2), (3, 2)), ((2, 5, 6, 2), (2, 3), 1), ((1, 6, 7, 2), 3, (1, 2))]:
        shape, *windows = case
        student.max_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               np.maximum(rng.normal(loc=-0.7, size=shape), 0.0), *windows)
        student.max_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               np.full(shape, -2.0), *windows)


def test_smallest_and_largest_windows(student, rng):
    """windows of a single value, and of the whole picture"""
    for case in [((2, 3, 4, 2), 1), ((1, 4, 5, 2), 1, (2, 3)), ((2, 3, 4, 3), (3, 4)), ((1, 3, 5, 2), (3, 1)),
                 ((1, 4, 3, 2), (1, 3)), ((2, 1, 1, 2), 1)]:
        shape, *windows = case
        student.max_pool2d_backward.must_match(reference, rng.normal(size=out_shape(*case)),
                                               rng.normal(size=shape), *windows)


def test_any_sizes(student, rng):
    """all small sizes, windows and strides, with values that repeat"""
    small, rest, number = st.integers(1, 3), st.integers(0, 4), st.integers(0, 99)

    @for_all(rng, st.tuples(small, small), st.tuples(small, small), st.tuples(rest, rest), number, examples=25)
    def numbers_that_repeat(size, strides, more, seed):
        draw = np.random.default_rng(seed)
        shape = (2, size[0] + more[0], size[1] + more[1], 2)
        d_out = gradient_in_eighths(draw, shape, size, strides)
        student.max_pool2d_backward.must_match(reference, d_out, draw.integers(-2, 3, shape) / 2, size, strides)


def test_whole_numbers_and_float32(student, rng):
    """whole numbers, and numbers in float32: the gradient keeps its fractions"""
    for case in [((2, 4, 6, 2),), ((1, 5, 4, 3), (3, 2), (2, 1))]:
        shape, *windows = case
        student.max_pool2d_backward.must_match(reference, gradient_in_eighths(rng, *case),
                                               rng.integers(-9, 10, shape), *windows)
        student.max_pool2d_backward.must_match(reference, rng.integers(-9, 10, out_shape(*case)),
                                               rng.normal(size=shape), *windows, dtypes=(np.integer, np.floating))
        student.max_pool2d_backward.must_match(reference, gradient_in_eighths(rng, *case).astype(np.float32),
                                               rng.normal(size=shape).astype(np.float32), *windows,
                                               dtypes=(np.floating,))


def test_views(student, rng):
    """arrays that are views of others, with their channels moved or their pixels thinned out"""
    student.max_pool2d_backward.must_match(reference, rng.normal(size=(2, 3, 2, 3)).transpose(0, 2, 3, 1),
                                           rng.normal(size=(2, 3, 4, 6)).transpose(0, 2, 3, 1))
    student.max_pool2d_backward.must_match(reference, rng.normal(size=(2, 2, 8, 2))[:, :, 1::2],
                                           rng.normal(size=(2, 9, 12, 3))[:, ::2, ::-2, 1:], (2, 3), (3, 1))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    for case in [((2, 4, 6, 2),), ((1, 5, 7, 2), (3, 2), (1, 2))]:
        shape, *windows = case
        student.max_pool2d_backward.must_keep_inputs(rng.normal(size=out_shape(*case)), rng.normal(size=shape),
                                                     *windows)


@known_mistake("Where several values of a window are equally large, each of them gets the whole gradient: only the "
               "first one does.")
def to_all_ties(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        place = (n, slice(i * sh, i * sh + ph), slice(j * sw, j * sw + pw), c)
        dx[place] += (x[place] == x[place].max()) * d_out[n, i, j, c]
    return dx


@known_mistake("Where several values of a window are equally large, they share the gradient: here the first one gets "
               "all of it.")
def split_among_ties(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        place = (n, slice(i * sh, i * sh + ph), slice(j * sw, j * sw + pw), c)
        winners = x[place] == x[place].max()
        dx[place] += winners * d_out[n, i, j, c] / winners.sum()
    return dx


@known_mistake("Of equally large values the last one gets the gradient; the first one does: compare with >, not >=.")
def to_the_last_of_ties(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(window.size - 1 - np.argmax(window[::-1, ::-1]), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("Of equally large values the first one down the columns gets the gradient: read the window row by row.")
def ties_by_columns(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        b, a = np.unravel_index(np.argmax(window.T), window.T.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("The gradient of a window replaces what a value got from the windows before: add with +=.")
def not_accumulated(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] = d_out[n, i, j, c]
    return dx


@known_mistake("Each window is written over what overlapping windows left there, its zeros too: add with +=.")
def windows_overwritten(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        place = (n, slice(i * sh, i * sh + ph), slice(j * sw, j * sw + pw), c)
        a, b = np.unravel_index(np.argmax(x[place]), x[place].shape)
        dx[place] = 0.0
        dx[place][a, b] = d_out[n, i, j, c]
    return dx


@known_mistake("The gradient is multiplied by the largest value; it goes to that place as it is.")
def times_the_value(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c] * window[a, b]
    return dx


@known_mistake("The gradient is spread evenly over the window, as for the mean: the largest value gets all of it.")
def spread_evenly(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        dx[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c] += d_out[n, i, j, c] / (ph * pw)
    return dx


@known_mistake("Every value of a window gets its gradient; only the largest one does.")
def to_the_whole_window(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        dx[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c] += d_out[n, i, j, c]
    return dx


@known_mistake("The place of a largest value gets 1, whatever d_out is: it gets the window's number of d_out.")
def ones_for_d_out(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += 1.0
    return dx


@known_mistake("The place of the largest value is taken within the window and used in the whole picture: add where the "
               "window begins.")
def place_within_the_window(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, a, b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("The strides are not looked at: the windows always lie side by side, as for strides of None.")
def strides_ignored(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * ph : (i + 1) * ph, j * pw : (j + 1) * pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * ph + a, j * pw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("Strides of None are taken for 1; they mean the same as pool_size.")
def strides_1_by_default(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (1, 1) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("Window (i, j) is taken to begin at row i and column j: it begins at i and j times the strides.")
def starts_without_stride(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i : i + ph, j : j + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i + a, j + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("Height and width of the window are swapped: pool_size is (height, width).")
def window_swapped(d_out, x, pool_size=2, strides=None):
    pw, ph = np.broadcast_to(pool_size, 2)
    sh, sw = np.broadcast_to(pool_size if strides is None else strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("The strides are swapped: they are (rows, columns), so that the first one moves the window down.")
def strides_swapped(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sw, sh = (pw, ph) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("Rows and columns are swapped, in pool_size and in strides: both pairs give rows first.")
def both_pairs_swapped(d_out, x, pool_size=2, strides=None):
    pw, ph = np.broadcast_to(pool_size, 2)
    sw, sh = np.broadcast_to(pool_size if strides is None else strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("Every window is square: the second number of pool_size, its width, is not used.")
def square_windows(d_out, x, pool_size=2, strides=None):
    k = np.broadcast_to(pool_size, 2)[0]
    sh, sw = np.broadcast_to(pool_size if strides is None else strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + k, j * sw : j * sw + k, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("The window moves by the first of the two strides in both directions; the second is for columns.")
def one_stride_for_both(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else (np.broadcast_to(strides, 2)[0],) * 2
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("One place is found for all channels, where the largest value of any channel is: every channel has a "
               "winner of its own.")
def one_place_for_all_channels(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j in np.ndindex(d_out.shape[:3]):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw]
        a, b, _ = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b] += d_out[n, i, j]
    return dx


@known_mistake("Only the channel with the largest value of the window gets its gradient: every channel has a winner of "
               "its own.")
def one_channel_wins(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j in np.ndindex(d_out.shape[:3]):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw]
        a, b, c = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("One place is found for all samples, where the largest value of any sample is: every sample has a "
               "winner of its own.")
def one_place_for_all_samples(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for i, j, c in np.ndindex(d_out.shape[1:]):
        window = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw, c].max(axis=0)
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[:, i * sh + a, j * sw + b, c] += d_out[:, i, j, c]
    return dx


@known_mistake("The search for the largest value starts at 0, so that in windows with only negative values nothing is "
               "found and nobody gets the gradient: start at -np.inf, or use np.argmax.")
def search_starts_at_0(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c] * (window[a, b] > 0)
    return dx


@known_mistake("The gradient goes to the value furthest from 0, so that -9 beats 2: the largest value is meant.")
def largest_without_sign(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = np.abs(x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c])
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("The gradient goes to the smallest value of each window.")
def to_the_smallest(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros(x.shape)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmin(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("Rows and columns that are left over are missing in dx: it has the shape of x, with zeros there.")
def left_over_missing(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    m, rows, columns, channels = d_out.shape
    dx = np.zeros((m, (rows - 1) * sh + ph, (columns - 1) * sw + pw, channels))
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("dx takes its dtype from x: where x has whole numbers, the gradient's fractions are cut off. Use "
               "np.zeros(x.shape).")
def dtype_of_x(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx


@known_mistake("dx is the same array as x, so that the caller's data are lost: make a new one with np.zeros(x.shape).")
def overwrites_input(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    found = []
    for n, i, j, c in np.ndindex(d_out.shape):
        window = x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        found.append(((n, i * sh + a, j * sw + b, c), d_out[n, i, j, c]))
    dx = x.astype(float, copy=False)
    dx[:] = 0.0
    for place, gradient in found:
        dx[place] += gradient
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
                    largest, place = -np.inf, None
                    for row in range(i * strides[0], i * strides[0] + pool_size[0]):
                        for column in range(j * strides[1], j * strides[1] + pool_size[1]):
                            if x[n, row, column, c] > largest:
                                largest, place = x[n, row, column, c], (n, row, column, c)
                    dx[place] += d_out[n, i, j, c]
    return dx


@accepted_variant
def all_at_once(d_out, x, pool_size=2, strides=None):
    (ph, pw), step = np.broadcast_to(pool_size, 2), pool_size if strides is None else strides
    sh, sw = np.broadcast_to(step, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    a, b = np.divmod(windows.reshape(*windows.shape[:4], -1).argmax(axis=-1), pw)
    n, i, j, c = np.indices(d_out.shape)
    dx = np.zeros(x.shape)
    np.add.at(dx, (n, i * sh + a, j * sw + b, c), d_out)
    return dx


@accepted_variant
def first_of_the_mask(d_out, x, pool_size=2, strides=None):
    ph, pw = (pool_size, pool_size) if np.ndim(pool_size) == 0 else pool_size
    sh, sw = (ph, pw) if strides is None else (strides, strides) if np.ndim(strides) == 0 else strides
    m, rows, columns, channels = d_out.shape
    dx = np.zeros(x.shape)
    for i in range(rows):
        for j in range(columns):
            window = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw].reshape(m, ph * pw, channels)
            mask = window == window.max(axis=1, keepdims=True)
            mask &= np.cumsum(mask, axis=1) == 1
            share = mask.reshape(m, ph, pw, channels) * d_out[:, i : i + 1, j : j + 1]
            dx[:, i * sh : i * sh + ph, j * sw : j * sw + pw] += share
    return dx


@accepted_variant
def values_that_are_still_free(d_out, x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    rows, columns = d_out.shape[1:3]
    dx = np.zeros_like(x, dtype=float)

    def shifted(array, a, b):
        return array[:, a : a + (rows - 1) * sh + 1 : sh, b : b + (columns - 1) * sw + 1 : sw]

    offsets = list(np.ndindex(ph, pw))
    largest = np.max([shifted(x, a, b) for a, b in offsets], axis=0)
    free = np.ones(d_out.shape, dtype=bool)
    for a, b in offsets:
        wins = free & (shifted(x, a, b) == largest)
        shifted(dx, a, b)[...] += np.where(wins, d_out, 0.0)
        free &= ~wins
    return dx


@accepted_variant
def reshaped_where_possible(d_out, x, pool_size=2, strides=None):
    ph, pw = (pool_size,) * 2 if isinstance(pool_size, int) else pool_size
    sh, sw = (ph, pw) if strides is None else (strides,) * 2 if isinstance(strides, int) else strides
    m, rows, columns, channels = d_out.shape
    dx = np.zeros(x.shape)
    if (sh, sw) == (ph, pw):
        blocks = x[:, : rows * ph, : columns * pw].reshape(m, rows, ph, columns, pw, channels)
        flat = blocks.transpose(0, 1, 3, 5, 2, 4).reshape(m, rows, columns, channels, ph * pw)
        share = np.eye(ph * pw)[flat.argmax(axis=-1)] * d_out[..., None]
        share = share.reshape(m, rows, columns, channels, ph, pw).transpose(0, 1, 4, 2, 5, 3)
        dx[:, : rows * ph, : columns * pw] = share.reshape(m, rows * ph, columns * pw, channels)
        return dx
    for n, i, j, c in np.ndindex(d_out.shape):
        a, b = divmod(int(np.argmax(x[n, i * sh : i * sh + ph, j * sw : j * sw + pw, c])), pw)
        dx[n, i * sh + a, j * sw + b, c] += d_out[n, i, j, c]
    return dx
