"""Hidden grader of `avg_pool2d`."""

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
    return tf.nn.avg_pool2d(tf.constant(x, tf.float64), size, step, "VALID").numpy()


def test_any_shape(student, rng):
    """the mean of every window, for each sample and channel by itself"""
    for shape, *windows in [((1, 4, 6, 1),), ((2, 6, 4, 3),), ((3, 6, 8, 2), (3, 2)), ((2, 7, 9, 3), 3, 2)]:
        student.avg_pool2d.must_match(reference, rng.normal(size=shape), *windows)


def test_overlapping_windows(student, rng):
    """strides smaller than the window, which differ for rows and columns"""
    for shape, size, strides in [((1, 4, 5, 1), 3, 1), ((2, 7, 6, 2), (3, 2), (2, 1)), ((2, 5, 9, 3), (2, 3), (1, 2)),
                                 ((1, 9, 7, 2), (4, 3), (1, 2))]:
        student.avg_pool2d.must_match(reference, rng.normal(size=shape), size, strides)


def test_gaps_between_windows(student, rng):
    """strides larger than the window, in one direction or both"""
    for shape, size, strides in [((1, 5, 8, 1), 2, 3), ((2, 9, 7, 2), (1, 2), (4, 3)), ((2, 8, 9, 3), (3, 2), (1, 4)),
                                 ((1, 8, 6, 2), (2, 1), (3, 4))]:
        student.avg_pool2d.must_match(reference, rng.normal(size=shape), size, strides)


def test_left_over_rows_and_columns(student, rng):
    """ignores rows and columns that fill no whole window"""
    for shape, *windows in [((1, 3, 5, 1),), ((2, 4, 7, 2), 2), ((2, 11, 8, 3), 3), ((1, 8, 7, 2), (3, 4), 2),
                            ((2, 6, 8, 1), 2, (3, 5))]:
        student.avg_pool2d.must_match(reference, rng.normal(size=shape), *windows)


def test_smallest_and_largest_windows(student, rng):
    """windows of a single value, and of the whole picture"""
    for shape, *windows in [((2, 3, 4, 2), 1), ((1, 4, 5, 2), 1, (2, 3)), ((2, 3, 4, 3), (3, 4)),
                            ((1, 3, 5, 2), (3, 1)), ((1, 4, 3, 2), (1, 3)), ((2, 1, 1, 2), 1)]:
        student.avg_pool2d.must_match(reference, rng.normal(size=shape), *windows)


def test_any_sizes(student, rng):
    """all small sizes, windows and strides"""
    small, rest, number = st.integers(1, 3), st.integers(0, 4), st.integers(0, 99)

    @for_all(rng, st.tuples(small, small), st.tuples(small, small), st.tuples(rest, rest), number, examples=25)
    def small_numbers(size, strides, more, seed):
        x = np.random.default_rng(seed).integers(-4, 5, (2, size[0] + more[0], size[1] + more[1], 2)) / 2
        student.avg_pool2d.must_match(reference, x, size, strides)


def test_whole_numbers(student, rng):
    """whole numbers, of which the means have fractions"""
    x = np.array([[37, 4, 1, 2], [25, 12, 3, 5]]).reshape(1, 2, 4, 1)
    student.avg_pool2d.must_return(np.array([19.5, 2.75]).reshape(1, 1, 2, 1), x)
    student.avg_pool2d.must_match(reference, rng.integers(-9, 10, (2, 5, 4, 3)), (3, 2), (2, 1))


def test_float32(student, rng):
    """numbers in float32, for an answer in float32 or float64"""
    # Eighths, and windows of 2, 4 and 8: every sum and every mean is exact in float32, too.
    for shape, *windows in [((2, 4, 6, 2),), ((1, 5, 5, 3), (4, 2), (1, 3)), ((2, 5, 4, 1), (2, 1))]:
        student.avg_pool2d.must_match(reference, (rng.integers(-80, 81, shape) / 8).astype(np.float32), *windows,
                                      dtypes=(np.floating,))


def test_views(student, rng):
    """a batch that is a view of another array, with its channels moved or its pixels thinned out"""
    student.avg_pool2d.must_match(reference, rng.normal(size=(2, 3, 4, 6)).transpose(0, 2, 3, 1))
    student.avg_pool2d.must_match(reference, rng.normal(size=(2, 9, 12, 3))[:, ::2, ::-2, 1:], (2, 3), (3, 1))


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    for shape, *windows in [((2, 4, 6, 2),), ((1, 5, 7, 2), (3, 2), (1, 2))]:
        student.avg_pool2d.must_keep_inputs(rng.normal(size=shape), *windows)


@known_mistake("The sums of the windows are not divided: a mean is the sum divided by the number of values.")
def sum_for_mean(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.sum(axis=(4, 5))


@known_mistake("Every sum is divided by 4, which is right for windows of 2x2 only: divide by height times width of the "
               "window.")
def always_a_quarter(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.sum(axis=(4, 5)) / 4


@known_mistake("The sums are divided by the height of the window squared: divide by height times width.")
def divided_by_height_squared(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.sum(axis=(4, 5)) / (ph * ph)


@known_mistake("The sums are divided by height plus width, which is the same for 2x2 only: divide by height times "
               "width.")
def divided_by_height_plus_width(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.sum(axis=(4, 5)) / (ph + pw)


@known_mistake("The sums are divided by the product of the strides, not by the number of values in a window.")
def divided_by_strides(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.sum(axis=(4, 5)) / (sh * sw)


@known_mistake("This is the largest value of every window; keep its mean.")
def maximum_for_mean(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.max(axis=(4, 5)).astype(float)


@known_mistake("This is the median of every window, which ignores how large the largest value is: keep the mean.")
def median_for_mean(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return np.median(windows, axis=(4, 5))


@known_mistake("Strides of None are taken for 1; they mean the same as pool_size.")
def strides_1_by_default(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (1, 1) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(4, 5))


@known_mistake("The strides are not looked at: the windows always lie side by side, as for strides of None.")
def strides_ignored(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::ph, ::pw]
    return windows.mean(axis=(4, 5))


@known_mistake("The size of the result follows the strides, but window (i, j) begins at row i and column j: it begins "
               "at i times the stride.")
def starts_without_stride(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))
    rows, columns = (x.shape[1] - ph) // sh + 1, (x.shape[2] - pw) // sw + 1
    return windows[:, :rows, :columns].mean(axis=(4, 5))


@known_mistake("Windows that reach over the border count too, with the part of them that is there: floor instead of "
               "ceil, only whole windows.")
def ceil_for_floor(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    more = [(ph - x.shape[1]) % sh, (pw - x.shape[2]) % sw]
    x = np.pad(x.astype(float), [(0, 0), (0, more[0]), (0, more[1]), (0, 0)], constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    known = ~np.isnan(windows)
    return np.where(known, windows, 0).sum(axis=(4, 5)) / np.maximum(known.sum(axis=(4, 5)), 1)


@known_mistake("Rows and columns that are left over are filled up to whole windows with zeros; they are ignored.")
def filled_up_with_zeros(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    more = [(ph - x.shape[1]) % sh, (pw - x.shape[2]) % sw]
    x = np.pad(x, [(0, 0), (0, more[0]), (0, more[1]), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(4, 5))


@known_mistake("The last window of each row and column is missing: there are (n - k) // stride + 1 of them.")
def last_windows_missing(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows[:, :-1, :-1].mean(axis=(4, 5))


@known_mistake("Height and width of the window are swapped: pool_size is (height, width).")
def window_swapped(x, pool_size=2, strides=None):
    pw, ph = np.broadcast_to(pool_size, 2)
    sh, sw = np.broadcast_to(pool_size if strides is None else strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(4, 5))


@known_mistake("The strides are swapped: they are (rows, columns), so that the first one moves the window down.")
def strides_swapped(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sw, sh = (pw, ph) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(4, 5))


@known_mistake("Rows and columns are swapped, in pool_size and in strides: both pairs give rows first.")
def both_pairs_swapped(x, pool_size=2, strides=None):
    pw, ph = np.broadcast_to(pool_size, 2)
    sw, sh = np.broadcast_to(pool_size if strides is None else strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(4, 5))


@known_mistake("Every window is square: the second number of pool_size, its width, is not used.")
def square_windows(x, pool_size=2, strides=None):
    k = np.broadcast_to(pool_size, 2)[0]
    sh, sw = np.broadcast_to(pool_size if strides is None else strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(4, 5))


@known_mistake("The window moves by the first of the two strides in both directions; the second is for columns.")
def one_stride_for_both(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else (np.broadcast_to(strides, 2)[0],) * 2
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(4, 5))


@known_mistake("The mean is taken over the channels too; every channel keeps a mean of its own.")
def mean_over_channels(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return np.repeat(windows.mean(axis=(3, 4, 5))[..., None], x.shape[3], axis=3)


@known_mistake("The mean is taken over all samples; every sample keeps means of its own.")
def mean_over_samples(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return np.repeat(windows.mean(axis=(0, 4, 5))[None], len(x), axis=0)


@known_mistake("Only the first channel is pooled, and the rest stays 0.")
def first_channel_only(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    out = np.zeros(windows.shape[:4])
    out[..., 0] = windows.mean(axis=(4, 5))[..., 0]
    return out


@known_mistake("The means are filled into an array like x: where x has whole numbers, fractions are cut off. Use "
               "np.zeros or np.empty with a shape.")
def dtype_of_x(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.mean(axis=(4, 5)).astype(x.dtype)


@known_mistake("The sums are divided with //, which rounds down: use /.")
def floor_division(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.sum(axis=(4, 5)) // (ph * pw)


@known_mistake("The division by the number of values is done in x itself, so the caller's data are lost: divide the "
               "sums.")
def overwrites_input(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    x = x.astype(float, copy=False)
    x /= ph * pw
    windows = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(1, 2))[:, ::sh, ::sw]
    return windows.sum(axis=(4, 5))


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
                    total = 0.0
                    for a in range(pool_size[0]):
                        for b in range(pool_size[1]):
                            total += x[n, i * strides[0] + a, j * strides[1] + b, c]
                    out[n, i, j, c] = total / (pool_size[0] * pool_size[1])
    return out


@accepted_variant
def sliding_windows(x, pool_size=2, strides=None):
    size = (pool_size,) * 2 if np.isscalar(pool_size) else tuple(pool_size)
    step = size if strides is None else (strides,) * 2 if np.isscalar(strides) else tuple(strides)
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=(1, 2))[:, :: step[0], :: step[1]]
    return np.mean(windows, axis=(-2, -1))


@accepted_variant
def reshaped_where_possible(x, pool_size=2, strides=None):
    ph, pw = (pool_size, pool_size) if isinstance(pool_size, int) else pool_size
    strides = (ph, pw) if strides is None else strides
    sh, sw = (strides, strides) if isinstance(strides, int) else strides
    m, height, width, channels = x.shape
    if (sh, sw) == (ph, pw):
        whole = x[:, : height // ph * ph, : width // pw * pw]
        return whole.reshape(m, height // ph, ph, width // pw, pw, channels).mean(axis=(2, 4))
    pooled = [[x[:, i : i + ph, j : j + pw].mean(axis=(1, 2)) for j in range(0, width - pw + 1, sw)]
              for i in range(0, height - ph + 1, sh)]
    return np.array(pooled).transpose(2, 0, 1, 3)


@accepted_variant
def shifted_pictures(x, pool_size=2, strides=None):
    ph, pw = np.broadcast_to(pool_size, 2)
    sh, sw = (ph, pw) if strides is None else np.broadcast_to(strides, 2)
    last_row, last_column = x.shape[1] - ph, x.shape[2] - pw
    return sum(x[:, a : last_row + a + 1 : sh, b : last_column + b + 1 : sw] / (ph * pw)
               for a in range(ph) for b in range(pw))


@accepted_variant
def summed_area_table(x, pool_size=2, strides=None):
    (ph, pw), (sh, sw) = np.broadcast_to(pool_size, 2), np.broadcast_to(pool_size if strides is None else strides, 2)
    table = np.pad(x, [(0, 0), (1, 0), (1, 0), (0, 0)]).astype(float).cumsum(axis=1).cumsum(axis=2)
    sums = table[:, ph:, pw:] - table[:, :-ph, pw:] - table[:, ph:, :-pw] + table[:, :-ph, :-pw]
    return sums[:, ::sh, ::sw] / (ph * pw)
