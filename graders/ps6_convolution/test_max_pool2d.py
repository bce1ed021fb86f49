"""Hidden grader of `max_pool2d`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the output (m, H', W', C)",)


def reference(x, pool_size=2, strides=None):
    size = [int(n) for n in np.broadcast_to(pool_size, 2)]
    step = size if strides is None else [int(n) for n in np.broadcast_to(strides, 2)]
    if np.ndim(x) != 4:
        raise ValueError(f"x has shape {np.shape(x)}; expected (m, H, W, C)")
    if min(size + step) < 1 or size[0] > np.shape(x)[1] or size[1] > np.shape(x)[2]:
        raise ValueError(f"pool_size {pool_size} and strides {strides} do not fit x of shape {np.shape(x)}")
    # Submissions' code may ask for poolings too: keep them small.
    if np.size(x) * size[0] * size[1] > 5_000_000:
        raise ValueError("x and pool_size are too large")
    return tf.nn.max_pool2d(tf.constant(x, tf.float64), size, step, "VALID").numpy()


def test_any_shape(student, rng):
    """the largest value of every window, for each sample and channel by itself"""
    for shape, *windows in [((1, 4, 6, 1),), ((2, 6, 4, 3),), ((3, 6, 8, 2), (3, 2)), ((2, 7, 9, 3), 3, 2)]:
        student.max_pool2d.must_match(reference, rng.uniform(0.1, 9.0, shape), *windows)


def test_negative_values(student, rng):
    """a negative answer where all values of a window are negative"""
    for shape, *windows in [((1, 4, 2, 1),), ((2, 5, 6, 2), (2, 3), (1, 3)), ((2, 4, 7, 3), (4, 2), 1)]:
        student.max_pool2d.must_match(reference, rng.uniform(-9.0, -0.1, shape), *windows)


def test_overlapping_windows(student, rng):
    """strides smaller than the window, which differ for rows and columns"""
    for shape, size, strides in [((1, 4, 5, 1), 3, 1), ((2, 7, 6, 2), (3, 2), (2, 1)), ((2, 5, 9, 3), (2, 3), (1, 2)),
                                 ((1, 9, 7, 2), (4, 3), (1, 2))]:
        student.max_pool2d.must_match(reference, rng.normal(size=shape), size, strides)


def test_gaps_between_windows(student, rng):
    """strides larger than the window, in one direction or both"""
    for shape, size, strides in [((1, 5, 8, 1), 2, 3), ((2, 9, 7, 2), (1, 2), (4, 3)), ((2, 8, 9, 3), (3, 2), (1, 4)),
                                 ((1, 8, 6, 2), (2, 1), (3, 4))]:
        student.max_pool2d.must_match(reference, rng.normal(size=shape), size, strides)


def test_left_over_rows_and_columns(student, rng):
    """ignores rows and columns that fill no whole window"""
    for shape, *windows in [((1, 3, 5, 1),), ((2, 4, 7, 2), 2), ((2, 11, 8, 3), 3), ((1, 8, 7, 2), (3, 4), 2),
                            ((2, 6, 8, 1), 2, (3, 5))]:
        student.max_pool2d.must_match(reference, rng.normal(size=shape), *windows)


def test_smallest_and_largest_windows(student, rng):
    """windows of a single value, and of the whole picture"""
    for shape, *windows in [((2, 3, 4, 2), 1), ((1, 4, 5, 2), 1, (2, 3)), ((2, 3, 4, 3), (3, 4)),
                            ((1, 3, 5, 2), (3, 1)), ((1, 4, 3, 2), (1, 3)), ((2, 1, 1, 2), 1)]:
        student.max_pool2d.must_match(reference, rng.normal(size=shape), *windows)


def test_any_sizes(student, rng):
    """all small sizes, windows and strides"""
    small, rest, number = st.integers(1, 3), st.integers(0, 4), st.integers(0, 99)

    @for_all(rng, st.tuples(small, small), st.tuples(small, small), st.tuples(rest, rest), number, examples=25)
    def numbers_that_repeat(size, strides, more, seed):
        x = np.random.default_rng(seed).integers(-4, 5, (2, size[0] + more[0], size[1] + more[1], 2)) / 2
        student.max_pool2d.must_match(reference, x, size, strides)


def test_whole_numbers_and_float32(student, rng):
    """whole numbers, and numbers in float32"""
    for shape, *windows in [((2, 4, 6, 2),), ((1, 5, 4, 3), (3, 2), (2, 1))]:
        student.max_pool2d.must_match(reference, rng.integers(-9, 10, shape), *windows,
                                      dtypes=(np.integer, np.floating))
        student.max_pool2d.must_match(reference, rng.normal(size=shape).astype(np.float32), *windows,
                                      dtypes=(np.floating,))


def test_views(student, rng):
    """a batch that is a view of another array, with its channels moved or its pixels thinned out"""
    student.max_pool2d.must_match(reference, rng.normal(size=(2, 3, 4, 6)).transpose(0, 2, 3, 1))
    student.max_pool2d.must_match(reference, rng.normal(size=(2, 9, 12, 3))[:, ::2, ::-2, 1:], (2, 3), (3, 1))


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    for shape, *windows in [((2, 4, 6, 2),), ((1, 5, 7, 2), (3, 2), (1, 2))]:
        student.max_pool2d.must_keep_inputs(rng.normal(size=shape), *windows)


@known_mistake("The search for the largest value starts at 0, so that windows with only negative values give 0: start "
               "at -np.inf, or take the maximum of the window itself.")
def search_starts_at_0(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    out = np.zeros((len(x), (x.shape[1] - ph) // sh + 1, (x.shape[2] - pw) // sw + 1, x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw].max(axis=(1, 2), initial=0)
    return out


@known_mistake("Strides of None are taken for 1; they mean the same as pool_size.")
def strides_1_by_default(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (1, 1) if strides is None else np.broadcast_to(strides, 2)
    out = np.zeros((len(x), (x.shape[1] - ph) // sh + 1, (x.shape[2] - pw) // sw + 1, x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw].max(axis=(1, 2))
    return out


@known_mistake("The strides are not looked at: the windows always lie side by side, as for strides of None.")
def strides_ignored(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    out = np.zeros((len(x), x.shape[1] // ph, x.shape[2] // pw, x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i * ph : (i + 1) * ph, j * pw : (j + 1) * pw].max(axis=(1, 2))
    return out


@known_mistake("The size of the result follows the strides, but window (i, j) begins at row i and column j: it begins "
               "at i times the stride.")
def starts_without_stride(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    out = np.zeros((len(x), (x.shape[1] - ph) // sh + 1, (x.shape[2] - pw) // sw + 1, x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i : i + ph, j : j + pw].max(axis=(1, 2))
    return out


@known_mistake("The windows lie side by side, and the strides then pick some of them: move each window by the stride.")
def strides_count_windows(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (1, 1) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::ph, ::pw]
    return windows[:, ::sh, ::sw].max(axis=(4, 5))


@known_mistake("Windows that reach over the border count too, with the part of them that is there: floor instead of "
               "ceil, only whole windows.")
def ceil_for_floor(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    out = np.zeros((len(x), -((ph - x.shape[1]) // sh) + 1, -((pw - x.shape[2]) // sw) + 1, x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw].max(axis=(1, 2), initial=-np.inf)
    return out


@known_mistake("Rows and columns that are left over are filled up to whole windows with zeros; they are ignored.")
def filled_up_with_zeros(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    rows, columns = -((ph - x.shape[1]) // sh) + 1, -((pw - x.shape[2]) // sw) + 1
    more = [max(0, (rows - 1) * sh + ph - x.shape[1]), max(0, (columns - 1) * sw + pw - x.shape[2])]
    x = np.pad(x, [(0, 0), (0, more[0]), (0, more[1]), (0, 0)])
    out = np.zeros((len(x), rows, columns, x.shape[3]))
    for i, j in np.ndindex(rows, columns):
        out[:, i, j] = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw].max(axis=(1, 2))
    return out


@known_mistake("The last window of each row and column is missing: there are (n - k) // stride + 1 of them.")
def last_windows_missing(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    out = np.zeros((len(x), (x.shape[1] - ph) // sh, (x.shape[2] - pw) // sw, x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw].max(axis=(1, 2))
    return out


@known_mistake("Height and width of the window are swapped: pool_size is (height, width).")
def window_swapped(x, pool_size=2, strides=None):
    pw, ph = np.broadcast_to(pool_size, 2)
    sh, sw = np.broadcast_to(pool_size if strides is None else strides, 2)
    out = np.zeros((len(x), (x.shape[1] - ph) // sh + 1, (x.shape[2] - pw) // sw + 1, x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw].max(axis=(1, 2))
    return out


@known_mistake("The strides are swapped: they are (rows, columns), so that the first one moves the window down.")
def strides_swapped(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sw, sh = (pw, ph) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))
    return windows[:, ::sh, ::sw].max(axis=(4, 5))


@known_mistake("Rows and columns are swapped, in pool_size and in strides: both pairs give rows first.")
def both_pairs_swapped(x, pool_size=2, strides=None):
    pw, ph = np.broadcast_to(pool_size, 2)
    sw, sh = np.broadcast_to(pool_size if strides is None else strides, 2)
    out = np.zeros((len(x), (x.shape[1] - ph) // sh + 1, (x.shape[2] - pw) // sw + 1, x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i * sh : i * sh + ph, j * sw : j * sw + pw].max(axis=(1, 2))
    return out


@known_mistake("Every window is square: the second number of pool_size, its width, is not used.")
def square_windows(x, pool_size=2, strides=None):
    k = np.broadcast_to(pool_size, 2)[0]
    sh, sw = np.broadcast_to(pool_size if strides is None else strides, 2)
    out = np.zeros((len(x), (x.shape[1] - k) // sh + 1, max(0, (x.shape[2] - k) // sw + 1), x.shape[3]))
    for i, j in np.ndindex(out.shape[1:3]):
        out[:, i, j] = x[:, i * sh : i * sh + k, j * sw : j * sw + k].max(axis=(1, 2))
    return out


@known_mistake("The window moves by the first of the two strides in both directions; the second is for columns.")
def one_stride_for_both(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else (np.broadcast_to(strides, 2)[0],) * 2
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))
    return windows[:, ::sh, ::sw].max(axis=(4, 5))


@known_mistake("This is the mean of every window; keep its largest value.")
def mean_for_maximum(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))
    return windows[:, ::sh, ::sw].mean(axis=(4, 5))


@known_mistake("The maximum is taken over the channels too; every channel keeps a maximum of its own.")
def maximum_over_channels(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return np.repeat(windows.max(axis=(3, 4, 5))[..., None], x.shape[3], axis=3)


@known_mistake("The maximum is taken over all samples; every sample keeps maxima of its own.")
def maximum_over_samples(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return np.repeat(windows.max(axis=(0, 4, 5))[None], len(x), axis=0)


@known_mistake("Only the first channel is pooled, and the rest stays 0.")
def first_channel_only(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    out = np.zeros(windows.shape[:4])
    out[..., 0] = windows.max(axis=(4, 5))[..., 0]
    return out


@known_mistake("The value that is furthest from 0 wins, so that -9 beats 2: the largest value is meant.")
def largest_without_sign(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    highest, lowest = windows.max(axis=(4, 5)), windows.min(axis=(4, 5))
    return np.where(-lowest > highest, lowest, highest)


@known_mistake("Rows and columns of the result are swapped.")
def output_transposed(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.max(axis=(4, 5)).transpose(0, 2, 1, 3)


@known_mistake("The maxima are collected in an array of integers, so that fractions are cut off: np.zeros makes floats "
               "unless told otherwise.")
def integer_result(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.max(axis=(4, 5)).astype(int)


@known_mistake("x itself is negated for the search, so the caller's data are lost: work on a copy.")
def overwrites_input(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    x *= -1
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return -windows.min(axis=(4, 5))


@accepted_variant
def plain_loops(x, pool_size=2, strides=None):
    if isinstance(pool_size, int):
        pool_size = (pool_size, pool_size)
    if strides is None:
        strides = pool_size
    if isinstance(strides, int):
        strides = (strides, strides)
    m, height, width, channels = x.shape
    rows = (height - pool_size[0]) // strides[0] + 1
    columns = (width - pool_size[1]) // strides[1] + 1
    out = np.zeros((m, rows, columns, channels))
    for n in range(m):
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    largest = -np.inf
                    for a in range(pool_size[0]):
                        for b in range(pool_size[1]):
                            largest = max(largest, x[n, i * strides[0] + a, j * strides[1] + b, c])
                    out[n, i, j, c] = largest
    return out


@accepted_variant
def sliding_windows(x, pool_size=2, strides=None):
    size = (pool_size,) * 2 if np.isscalar(pool_size) else tuple(pool_size)
    step = size if strides is None else (strides,) * 2 if np.isscalar(strides) else tuple(strides)
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=(1, 2))[:, :: step[0], :: step[1]]
    return np.max(windows, axis=(-2, -1))


@accepted_variant
def reshaped_where_possible(x, pool_size=2, strides=None):
    ph, pw = (pool_size, pool_size) if isinstance(pool_size, int) else pool_size
    strides = (ph, pw) if strides is None else strides
    sh, sw = (strides, strides) if isinstance(strides, int) else strides
    m, height, width, channels = x.shape
    if (sh, sw) == (ph, pw):
        whole = x[:, : height // ph * ph, : width // pw * pw]
        return whole.reshape(m, height // ph, ph, width // pw, pw, channels).max(axis=(2, 4))
    pooled = [[x[:, i : i + ph, j : j + pw].max(axis=(1, 2)) for j in range(0, width - pw + 1, sw)]
              for i in range(0, height - ph + 1, sh)]
    return np.array(pooled).transpose(2, 0, 1, 3)


@accepted_variant
def shifted_pictures(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    last_row, last_column = x.shape[1] - ph, x.shape[2] - pw
    out = np.full((len(x), last_row // sh + 1, last_column // sw + 1, x.shape[3]), -np.inf)
    for a in range(ph):
        for b in range(pw):
            out = np.maximum(out, x[:, a : last_row + a + 1 : sh, b : last_column + b + 1 : sw])
    return out


@accepted_variant
def by_memory_strides(x, pool_size=2, strides=None):
    (ph, pw), (sh, sw) = np.broadcast_to(pool_size, 2), np.broadcast_to(pool_size if strides is None else strides, 2)
    x = np.ascontiguousarray(x, dtype=float)
    m, height, width, channels = x.shape
    shape = (m, (height - ph) // sh + 1, (width - pw) // sw + 1, ph, pw, channels)
    to_sample, to_row, to_column, to_channel = x.strides
    windows = np.lib.stride_tricks.as_strided(
        x, shape, (to_sample, sh * to_row, sw * to_column, to_row, to_column, to_channel), writeable=False)
    return windows.max(axis=3).max(axis=3)
