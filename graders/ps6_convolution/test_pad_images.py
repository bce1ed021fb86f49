"""Hidden grader of `pad_images`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the padded batch (m, H, W, C)",)
# Padding moves numbers and computes none, so that whole numbers may stay whole.
NUMBERS = (np.integer, np.floating)


def reference(x, pad):
    rows, columns = ((pad, pad), (pad, pad)) if np.ndim(pad) == 0 else pad
    if np.ndim(x) != 4 or min(*rows, *columns) < 0 or max(*rows, *columns) > 1000:
        raise ValueError("x has four axes, and pad at least 0 and at most 1000 zeros on a side")
    # Submissions' code may ask for any frame: keep what comes out small.
    m, height, width, channels = np.shape(x)
    if m * (height + sum(rows)) * (width + sum(columns)) * channels > 1_000_000:
        raise ValueError("x and pad are too large")
    return tf.pad(tf.constant(x, tf.float64), [(0, 0), [int(n) for n in rows], [int(n) for n in columns],
                                               (0, 0)]).numpy()


def test_any_widths(student, rng):
    """pairs: zeros above, below, to the left and to the right, each in a number of its own"""
    for shape, pad in [((1, 2, 3, 1), ((1, 2), (3, 4))), ((2, 3, 4, 3), ((2, 1), (4, 3))),
                       ((3, 5, 2, 4), ((4, 3), (1, 2))), ((2, 4, 1, 5), ((3, 1), (2, 5)))]:
        student.pad_images.must_match(reference, rng.normal(size=shape), pad)


def test_one_width(student, rng):
    """an int: the same number of zeros on all four sides"""
    for shape, pad in [((1, 2, 3, 1), 1), ((2, 3, 2, 4), 2), ((3, 1, 4, 2), 3)]:
        student.pad_images.must_match(reference, rng.normal(size=shape), pad)


def test_no_zeros_on_some_sides(student, rng):
    """nothing on some of the sides, as 'same' often has it"""
    for pad in [((0, 1), (0, 2)), ((1, 0), (2, 0)), ((0, 2), (1, 1)), ((2, 3), (0, 0)), ((0, 0), (1, 3)),
                ((0, 0), (0, 1))]:
        student.pad_images.must_match(reference, rng.normal(size=(2, 2, 3, 4)), pad)


def test_no_zeros_at_all(student, rng):
    """nothing on all sides gives the images as they are"""
    for shape, pad in [((2, 2, 3, 4), 0), ((1, 4, 3, 2), ((0, 0), (0, 0)))]:
        student.pad_images.must_match(reference, rng.normal(size=shape), pad)


def test_equal_sizes(student, rng):
    """images whose sizes are all alike, where no number tells the axes apart"""
    student.pad_images.must_match(reference, rng.normal(size=(2, 2, 2, 2)), 2)
    student.pad_images.must_match(reference, rng.normal(size=(3, 3, 3, 3)), ((1, 2), (2, 1)))


def test_small_sizes(student, rng):
    """all small sizes"""
    sizes, widths = st.integers(1, 3), st.tuples(st.integers(0, 3), st.integers(0, 3))

    @for_all(rng, st.tuples(sizes, sizes, sizes, sizes), st.one_of(st.integers(0, 3), st.tuples(widths, widths)),
             examples=25)
    def small(shape, pad):
        student.pad_images.must_match(reference, 1.0 + np.arange(np.prod(shape)).reshape(shape), pad)


def test_whole_numbers_and_views(student, rng):
    """whole numbers, parts of other arrays, and arrays that are read-only"""
    images = rng.integers(1, 256, size=(4, 5, 6, 3))
    student.pad_images.must_match(reference, images[:2], 1, dtypes=NUMBERS)
    images = images.astype(np.float64)
    student.pad_images.must_match(reference, images[::2, 1:, ::-1, :2], ((2, 0), (1, 3)))
    images.flags.writeable = False
    student.pad_images.must_match(reference, images, ((1, 0), (0, 2)))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.pad_images.must_keep_inputs(rng.normal(size=(2, 4, 5, 3)), 1)
    student.pad_images.must_keep_inputs(rng.normal(size=(2, 3, 4, 2)), ((1, 2), (0, 3)))


@known_mistake("All four axes are padded: samples and channels get no zeros, (0, 0) for each of them.")
def all_axes(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, (rows, rows, columns, columns))


@known_mistake("The channels are padded as well: each pixel keeps as many numbers as it has, (0, 0) for that axis.")
def channels_too(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), rows, columns, columns))


@known_mistake("The samples are padded as well, which makes up images that are black: (0, 0) for that axis.")
def samples_too(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, (rows, rows, columns, (0, 0)))


@known_mistake("The last two axes are padded, columns and channels; height and width are the two in the middle.")
def last_two_axes(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), (0, 0), rows, columns))


@known_mistake("The first two axes are padded, samples and rows; height and width are the two in the middle.")
def first_two_axes(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, (rows, columns, (0, 0), (0, 0)))


@known_mistake("Rows and columns have changed places: the first pair is (top, bottom), the second (left, right).")
def pairs_swapped(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), columns, rows, (0, 0)))


@known_mistake("In each pair the two sides have changed places: top comes before bottom, and left before right.")
def sides_swapped(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), rows[::-1], columns[::-1], (0, 0)))


@known_mistake("The pairs are read as (top, left) and (bottom, right); they are (top, bottom) and (left, right).")
def read_as_corners(x, pad):
    (top, left), (bottom, right) = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))


@known_mistake("The first number of each pair is taken for both sides.")
def first_of_each_pair(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), (rows[0], rows[0]), (columns[0], columns[0]), (0, 0)))


@known_mistake("Only the rows are padded: the second pair is for the columns.")
def rows_only(x, pad):
    rows = np.broadcast_to(pad, (2, 2))[0]
    return np.pad(x, ((0, 0), rows, (0, 0), (0, 0)))


@known_mistake("The frame repeats the outermost pixels: it consists of zeros.")
def edge_repeated(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), rows, columns, (0, 0)), mode="edge")


@known_mistake("The frame shows the opposite side of the image: it consists of zeros.")
def wrapped_around(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), rows, columns, (0, 0)), mode="wrap")


@known_mistake("The frame consists of ones; it has to consist of zeros.")
def frame_of_ones(x, pad):
    rows, columns = np.broadcast_to(pad, (2, 2))
    return np.pad(x, ((0, 0), rows, columns, (0, 0)), constant_values=1)


@known_mistake("An int is shared out between the two sides; it is the width on each of the four sides.")
def int_shared_out(x, pad):
    if isinstance(pad, int):
        pad = ((pad // 2, pad - pad // 2), (pad // 2, pad - pad // 2))
    rows, columns = pad
    return np.pad(x, ((0, 0), rows, columns, (0, 0)))


@known_mistake("An int pads the rows only; it is the width on all four sides.")
def int_for_rows_only(x, pad):
    rows, columns = ((pad, pad), (0, 0)) if isinstance(pad, int) else pad
    return np.pad(x, ((0, 0), rows, columns, (0, 0)))


@known_mistake("An int is not taken: where pad is one, it is the width on all four sides.")
def pairs_only(x, pad):
    (top, bottom), (left, right) = pad
    return np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))


@known_mistake("Where there are no zeros below or to the right, the slice ends at -0, which is 0, and is empty: let it "
               "end at top + H and left + W.")
def slice_to_minus_zero(x, pad):
    (top, bottom), (left, right) = ((pad, pad), (pad, pad)) if isinstance(pad, int) else pad
    m, h, w, c = x.shape
    padded = np.zeros((m, top + h + bottom, left + w + right, c))
    padded[:, top:-bottom, left:-right] = x
    return padded


@known_mistake("The frame is drawn over the outermost pixels of x itself: make a larger array, and leave x as it is.")
def drawn_over_the_image(x, pad):
    (top, bottom), (left, right) = ((pad, pad), (pad, pad)) if isinstance(pad, int) else pad
    x[:, :top] = 0
    x[:, x.shape[1] - bottom:] = 0
    x[:, :, :left] = 0
    x[:, :, x.shape[2] - right:] = 0
    return x


@accepted_variant
def into_zeros(x, pad):
    if isinstance(pad, int):
        pad = ((pad, pad), (pad, pad))
    (top, bottom), (left, right) = pad
    m, H, W, C = x.shape
    padded = np.zeros((m, top + H + bottom, left + W + right, C))
    padded[:, top:top + H, left:left + W, :] = x
    return padded


@accepted_variant
def with_np_pad(x, pad):
    rows, columns = ((pad, pad), (pad, pad)) if np.isscalar(pad) else pad
    return np.pad(x, ((0, 0), tuple(rows), tuple(columns), (0, 0)), "constant", constant_values=0)


@accepted_variant
def pixel_by_pixel(x, pad):
    try:
        (top, bottom), (left, right) = pad
    except TypeError:
        top = bottom = left = right = pad
    m, H, W, C = x.shape
    padded = np.zeros((m, H + top + bottom, W + left + right, C), dtype=x.dtype)
    for n in range(m):
        for i in range(H):
            for j in range(W):
                for c in range(C):
                    padded[n, i + top, j + left, c] = x[n, i, j, c]
    return padded


@accepted_variant
def glued_together(x, pad):
    (top, bottom), (left, right) = pad if isinstance(pad, (tuple, list)) else [(pad, pad)] * 2
    m, H, W, C = x.shape
    x = np.concatenate([np.zeros((m, top, W, C)), x, np.zeros((m, bottom, W, C))], axis=1)
    H = x.shape[1]
    return np.concatenate([np.zeros((m, H, left, C)), x, np.zeros((m, H, right, C))], axis=2)
