"""Hidden grader of `conv2d_backward`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("dx (m, H, W, c_in)", "dkernel (kh, kw, c_in, c_out)", "dbias (c_out,)")
DX, DKERNEL, DBIAS = range(3)


def reference(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}; it is 'valid' or 'same'")
    if np.ndim(x) != 4 or np.ndim(kernel) != 4:
        raise ValueError(f"x has shape {np.shape(x)} and kernel {np.shape(kernel)}; both have four axes")
    # Submissions' code may ask for any gradient: keep it small.
    if np.size(x) * np.prod(np.shape(kernel)[:2]) * np.shape(kernel)[3] > 10_000_000:
        raise ValueError("x and kernel are too large")
    rows, columns = np.broadcast_to(strides, 2)
    x, kernel = tf.constant(x, tf.float64), tf.constant(kernel, tf.float64)
    bias = tf.zeros(kernel.shape[3], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([x, kernel, bias])
        sums = tf.nn.conv2d(x, kernel, [1, int(rows), int(columns), 1], padding.upper())
        out = tf.nn.bias_add(sums, bias)
    d_out = tf.ensure_shape(tf.constant(d_out, tf.float64), out.shape)
    return tuple(gradient.numpy() for gradient in tape.gradient(out, [x, kernel, bias], d_out))


def layer(rng, images, size, filters, strides=1, padding="valid"):
    """Return the gradient that comes back, images of a shape, and so many filters of a size."""
    places = [-(-n // s) if padding == "same" else (n - k) // s + 1
              for n, k, s in zip(images[1:3], size, np.broadcast_to(strides, 2), strict=True)]
    return (rng.normal(size=(images[0], *places, filters)), rng.normal(size=images),
            rng.normal(size=(*size, images[3], filters)))


def test_dkernel(student, rng):
    """dkernel for 'valid', one step at a time: a sum over all samples and all places"""
    for images, size, filters in [((1, 3, 5, 2), (2, 2), 3), ((2, 5, 3, 1), (3, 2), 4), ((3, 4, 6, 4), (3, 2), 2),
                                  ((2, 6, 4, 3), (1, 3), 3), ((1, 5, 6, 3), (2, 4), 1)]:
        student.conv2d_backward.must_match(reference, *layer(rng, images, size, filters), part=DKERNEL)


def test_dx(student, rng):
    """dx for 'valid', one step at a time: a pixel collects from every place that covers it, and from every filter"""
    for images, size, filters in [((1, 3, 4, 1), (2, 2), 2), ((2, 5, 3, 2), (3, 2), 3), ((1, 4, 6, 3), (2, 4), 1),
                                  ((3, 5, 4, 2), (1, 3), 2)]:
        student.conv2d_backward.must_match(reference, *layer(rng, images, size, filters), part=DX)


def test_dbias(student, rng):
    """dbias: a sum over all samples and all places, for every filter on its own"""
    for images, size, filters, strides, padding in [
            ((1, 3, 4, 2), (2, 2), 3, 1, "valid"), ((3, 5, 4, 1), (2, 3), 2, 1, "valid"),
            ((2, 6, 7, 2), (3, 2), 1, 2, "valid"), ((2, 5, 8, 1), (2, 3), 4, (2, 3), "same")]:
        student.conv2d_backward.must_match(reference, *layer(rng, images, size, filters, strides, padding), strides,
                                           padding, part=DBIAS)


STRIDES = [((1, 5, 7, 2), (2, 3), 3, 2), ((2, 8, 10, 1), (3, 2), 2, 3), ((1, 6, 5, 2), (3, 2), 2, (2, 1)),
           ((2, 4, 7, 1), (2, 3), 3, (1, 2)), ((1, 9, 6, 3), (4, 3), 2, (3, 2)), ((2, 7, 8, 2), (1, 2), 2, (2, 3))]


def test_dkernel_with_strides(student, rng):
    """dkernel for longer steps, for rows and columns alike or not"""
    for images, size, filters, strides in STRIDES:
        student.conv2d_backward.must_match(reference, *layer(rng, images, size, filters, strides), strides,
                                           part=DKERNEL)


def test_dx_with_strides(student, rng):
    """dx for longer steps, for rows and columns alike or not: pixels that no filter met get 0"""
    for images, size, filters, strides in STRIDES:
        student.conv2d_backward.must_match(reference, *layer(rng, images, size, filters, strides), strides, part=DX)


SAME = [((1, 3, 4, 2), (3, 3), 2, 1), ((2, 4, 5, 1), (2, 4), 3, 1), ((1, 7, 3, 2), (6, 5), 2, 1),
        ((2, 3, 8, 1), (1, 6), 2, 1), ((1, 5, 6, 1), (3, 3), 2, 2), ((2, 6, 7, 2), (2, 5), 3, 2),
        ((1, 7, 8, 2), (4, 3), 2, (3, 2)), ((2, 5, 7, 1), (3, 2), 2, (1, 3)), ((1, 7, 9, 2), (2, 1), 3, (3, 4))]


def test_dkernel_same(student, rng):
    """dkernel for 'same': the zeros around the images count as pixels"""
    for images, size, filters, strides in [*SAME, ((1, 6, 5, 2), (1, 3), 2, 2)]:
        student.conv2d_backward.must_match(reference, *layer(rng, images, size, filters, strides, "same"), strides,
                                           "same", part=DKERNEL)


def test_dx_same(student, rng):
    """dx for 'same': what flows to the zeros around the images is left out"""
    for images, size, filters, strides in [*SAME, ((1, 5, 6, 2), (3, 1), 2, 2)]:
        student.conv2d_backward.must_match(reference, *layer(rng, images, size, filters, strides, "same"), strides,
                                           "same", part=DX)


def test_smallest_and_largest_filters(student, rng):
    """all three for filters of one pixel, and for filters as large as the images"""
    for images, size, filters in [((2, 3, 2, 3), (1, 1), 2), ((2, 3, 4, 2), (3, 4), 3), ((1, 2, 5, 1), (1, 5), 2),
                                  ((1, 1, 1, 1), (1, 1), 1)]:
        for padding in ("valid", "same"):
            student.conv2d_backward.must_match(reference, *layer(rng, images, size, filters, 1, padding), 1, padding)


def test_by_hand(student):
    """rows and columns of pixels that can be worked out by hand"""
    for sides in [(1, -1), (-1, 1)]:
        pixels, weights = np.array([1.0, 2, 3, 4]).reshape(1, *sides, 1), np.array([10.0, 1]).reshape(*sides, 1, 1)
        for d_out, strides, padding, dx, dkernel, dbias in [
                ([1.0, 5, 2], 1, "valid", [10.0, 51, 25, 2], [17.0, 25], 8.0),
                ([1.0, 5, 2, 3], 1, "same", [10.0, 51, 25, 32], [29.0, 25], 11.0),
                ([1.0, 5], 2, "valid", [10.0, 1, 50, 5], [16.0, 22], 6.0)]:
            student.conv2d_backward.must_return(
                (np.array(dx).reshape(pixels.shape), np.array(dkernel).reshape(weights.shape), np.array([dbias])),
                np.array(d_out).reshape(1, *sides, 1), pixels, weights, strides, padding)


def test_small_sizes(student, rng):
    """all three for all small sizes of images, filters and steps, in whole and half numbers"""
    sides = st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, min(n, 4)), st.integers(1, 3)))
    counts = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 2))

    @for_all(rng, sides, sides, counts, st.sampled_from(["valid", "same"]), st.integers(0, 99), examples=20)
    def small(rows, columns, counts, padding, seed):
        (h, kh, sh), (w, kw, sw), (m, c_in, c_out) = rows, columns, counts
        arrays = layer(np.random.default_rng(seed), (m, h, w, c_in), (kh, kw), c_out, (sh, sw), padding)
        student.conv2d_backward.must_match(reference, *(np.round(2 * array) / 2 for array in arrays), (sh, sw), padding)


def test_views(student, rng):
    """arrays that are parts of others, in another order in memory, or read-only"""
    d_out, x, kernel = layer(rng, (4, 6, 9, 3), (2, 3), 4, (2, 1), "same")
    student.conv2d_backward.must_match(reference, d_out[::2, :, ::-1, ::2], x[::2], kernel[:, ::-1, :, ::2], (2, 1),
                                       "same")
    arrays = [np.asfortranarray(array) for array in layer(rng, (2, 4, 5, 3), (2, 3), 2)]
    for array in arrays:
        array.flags.writeable = False
    student.conv2d_backward.must_match(reference, *arrays)


def test_other_padding(student, rng):
    """refuses any other padding"""
    for padding in ("full", "reflect", ""):
        student.conv2d_backward.must_raise(ValueError, *layer(rng, (1, 4, 5, 2), (2, 3), 3), 1, padding,
                                           naming=("padding",))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.conv2d_backward.must_keep_inputs(*layer(rng, (2, 4, 5, 3), (2, 3), 2))
    student.conv2d_backward.must_keep_inputs(*layer(rng, (2, 4, 5, 3), (2, 3), 2, (2, 1), "same"), (2, 1), "same")


@known_mistake("All three are divided by the number of samples: there is no 1/m here, d_out knows it already.")
def divided_by_the_samples(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    m = len(x)
    return d_padded[:, top:top + h, left:left + w] / m, dkernel / m, d_out.sum(axis=(0, 1, 2)) / m


@known_mistake("The gradients come in another order: return dx, dkernel, dbias.")
def another_order(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return dkernel, d_padded[:, top:top + h, left:left + w], d_out.sum(axis=(0, 1, 2))


@known_mistake("The strides have changed places: a pair is (rows, columns).")
def strides_swapped(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sw, sh) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows = columns = 0
    if padding == "same":
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("The step of the rows is taken for the columns as well: a pair is (rows, columns).")
def first_stride_for_both(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    sw = sh
    rows = columns = 0
    if padding == "same":
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("Where the zeros of 'same' are odd in number, the one more is at the top or left here: TensorFlow puts "
               "it at the bottom and right.")
def extra_zeros_at_top_left(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows - rows // 2, columns - columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("All the zeros of 'same' are at the bottom and right: half of them, rounded down, belong at the top "
               "and left.")
def all_zeros_at_bottom_right(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = 0, 0
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("With 'same' the zeros are as many as steps of 1 need, k - 1: with longer steps it takes (places - 1) "
               "* stride + k - n.")
def padding_for_steps_of_one(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = (kh - 1, kw - 1) if padding == "same" else (0, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("Where the steps are longer than the filter, the number of zeros comes out below 0, which cannot be "
               "padded: take max(..., 0).")
def too_few_zeros_is_negative(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = 0, 0
    if padding == "same":
        rows, columns = (out_h - 1) * sh + kh - h, (out_w - 1) * sw + kw - w
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("Any other padding is taken: refuse it with a ValueError.")
def other_paddings_taken(d_out, x, kernel, strides=1, padding="valid"):
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("For dx the filters are turned by 180 degrees although every place is added by itself: turning belongs "
               "to the way in which dx is one correlation of the padded d_out. Here a weight goes back to the pixel "
               "that it met.")
def dx_filters_turned(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel[::-1, ::-1], (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("Where places overlap, the last one replaces what came before in dx: add with +=.")
def dx_overlaps_replaced(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] = np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("Each product replaces what came before in dx, that of the filter before as well, so the last one "
               "stands there: add with +=.")
def dx_last_product_only(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        for o in range(kernel.shape[3]):
            d_padded[place] = d_out[:, i, j, o, None, None, None] * kernel[..., o]
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dx is divided by the number of places that cover a pixel: what comes from them is added up.")
def dx_overlaps_averaged(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    covered = np.zeros(padded.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        covered[place] += 1
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    d_padded /= np.maximum(covered, 1)
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("The strides are left out in dx: what place (i, j) sends back goes to the pixels that it covered.")
def dx_steps_of_one(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[:, i:i + kh, j:j + kw] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dx still has the zeros around the images: cut them off, so that it has the shape of x.")
def dx_with_the_zeros(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded, dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dx is cut to the right size at the wrong end: leave out the zeros at the top and left as well.")
def dx_cut_at_the_end_only(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, :h, :w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("Where there are no zeros at the bottom or right, the slice ends at -0, which is 0, and dx is empty: "
               "let it end at top + H and left + W.")
def dx_cut_to_minus_zero(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:-(rows - top), left:-(columns - left)], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dx takes what comes from the first filter only: a pixel meets all of them, add it up over c_out.")
def dx_of_the_first_filter(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j, :1], kernel[..., :1], (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dx averages over the filters: add up what comes from all of them.")
def dx_filters_averaged(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3)) / kernel.shape[3]
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("For dx the last two axes of kernel are swapped by reshape, which shares the numbers out anew: use "
               "np.transpose, or sum over the last axis.")
def dx_kernel_reshaped(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel.reshape(kh, kw, -1, x.shape[3]), (1, 2))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dx is collected in x itself, since padded = x is no copy: begin with np.zeros.")
def dx_collected_in_x(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = x
    if padding == "same":
        padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = padded, np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dkernel averages over the samples: all of them share the weights, so add up.")
def dkernel_samples_averaged(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel / len(x), d_out.sum(axis=(0, 1, 2))


@known_mistake("dkernel looks at the first image only: all of them share the weights, so add up over the samples.")
def dkernel_of_the_first_image(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place][:1], d_out[:1, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("Each place replaces what came before in dkernel, so the last one stands there: all of them share the "
               "weights, add with +=.")
def dkernel_of_the_last_place(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel = np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("Each product replaces what came before in dkernel, that of the sample before as well, so the last one "
               "stands there: add with +=.")
def dkernel_last_product_only(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel = np.tensordot(padded[place][-1:], d_out[-1:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dkernel averages over the places: all of them share the weights, so add up.")
def dkernel_places_averaged(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel / (out_h * out_w), d_out.sum(axis=(0, 1, 2))


@known_mistake("dkernel is turned by 180 degrees: a weight gets the pixels that it met, in its own place.")
def dkernel_turned(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel[::-1, ::-1], d_out.sum(axis=(0, 1, 2))


@known_mistake("The strides are left out in dkernel: place (i, j) met the pixels from (i * rows' step, j * columns' "
               "step) on.")
def dkernel_steps_of_one(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[:, i:i + kh, j:j + kw], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("The last two axes of dkernel have changed places: they are (c_in, c_out), as in kernel.")
def dkernel_axes_swapped(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel.swapaxes(2, 3), d_out.sum(axis=(0, 1, 2))


@known_mistake("All channels of dkernel get the sum of the channels of x: each of them has weights of its own.")
def dkernel_without_channels(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place].sum(axis=3, keepdims=True), d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2))


@known_mistake("dbias is a mean: the bias is added at every place of every sample, so add up.")
def dbias_averaged(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.mean(axis=(0, 1, 2))


@known_mistake("dbias averages over the samples: there is no 1/m here, add up.")
def dbias_samples_averaged(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(1, 2)).mean(axis=0)


@known_mistake("dbias averages over the places: the bias is added at every one of them, so add up.")
def dbias_places_averaged(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.mean(axis=(1, 2)).sum(axis=0)


@known_mistake("dbias is summed over the samples only: sum over the places as well, axis=(0, 1, 2).")
def dbias_of_every_place(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=0)


@known_mistake("dbias is summed over the places only: sum over the samples as well, axis=(0, 1, 2).")
def dbias_of_every_sample(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(1, 2))


@known_mistake("dbias has kept axes of length 1: its shape is (c_out,), as that of the bias.")
def dbias_keeps_its_axes(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, d_out.sum(axis=(0, 1, 2), keepdims=True)


@known_mistake("dbias is one number for all filters: each has a bias of its own, so do not sum over the last axis.")
def dbias_is_one_number(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, float(d_out.sum())


@known_mistake("dbias counts samples and places: add up the numbers of d_out there.")
def dbias_counts_places(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (h, w), (out_h, out_w) = x.shape[1:3], d_out.shape[1:3]
    (kh, kw), (sh, sw) = kernel.shape[:2], np.broadcast_to(strides, 2)
    rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    top, left = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (top, rows - top), (left, columns - left), (0, 0)))
    d_padded, dkernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(out_h, out_w):
        place = np.s_[:, i * sh:i * sh + kh, j * sw:j * sw + kw]
        d_padded[place] += np.tensordot(d_out[:, i, j], kernel, (1, 3))
        dkernel += np.tensordot(padded[place], d_out[:, i, j], (0, 0))
    return d_padded[:, top:top + h, left:left + w], dkernel, np.full(kernel.shape[3], float(len(x) * out_h * out_w))


@accepted_variant
def seven_loops(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError("padding must be 'valid' or 'same'")
    m, H, W, c_in = x.shape
    kh, kw, _, c_out = kernel.shape
    _, out_h, out_w, _ = d_out.shape
    if isinstance(strides, int):
        strides = (strides, strides)
    sh, sw = strides
    top = left = 0
    if padding == "same":
        top = max((out_h - 1) * sh + kh - H, 0) // 2
        left = max((out_w - 1) * sw + kw - W, 0) // 2
    dx = np.zeros(x.shape)
    dkernel = np.zeros(kernel.shape)
    dbias = np.zeros(c_out)
    for n in range(m):
        for i in range(out_h):
            for j in range(out_w):
                for o in range(c_out):
                    dbias[o] += d_out[n, i, j, o]
                    for a in range(kh):
                        for b in range(kw):
                            row, column = i * sh + a - top, j * sw + b - left
                            if 0 <= row < H and 0 <= column < W:
                                for c in range(c_in):
                                    dx[n, row, column, c] += d_out[n, i, j, o] * kernel[a, b, c, o]
                                    dkernel[a, b, c, o] += d_out[n, i, j, o] * x[n, row, column, c]
    return dx, dkernel, dbias


@accepted_variant
def patch_by_patch(d_out, x, kernel, strides=1, padding="valid"):
    sh, sw = (strides, strides) if np.isscalar(strides) else strides
    kh, kw = kernel.shape[0], kernel.shape[1]
    down = across = 0
    if padding == "same":
        # As TensorFlow's documentation has it.
        down = max(kh - sh, 0) if x.shape[1] % sh == 0 else max(kh - x.shape[1] % sh, 0)
        across = max(kw - sw, 0) if x.shape[2] % sw == 0 else max(kw - x.shape[2] % sw, 0)
    elif padding != "valid":
        raise ValueError(f"unknown padding {padding}")
    padded = np.pad(x, [(0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)])
    dpadded, dkernel, dbias = np.zeros_like(padded), np.zeros_like(kernel), np.zeros(kernel.shape[3])
    for n in range(d_out.shape[0]):
        for i in range(d_out.shape[1]):
            for j in range(d_out.shape[2]):
                for o in range(d_out.shape[3]):
                    g = d_out[n, i, j, o]
                    dpadded[n, i * sh:i * sh + kh, j * sw:j * sw + kw, :] += g * kernel[:, :, :, o]
                    dkernel[:, :, :, o] += g * padded[n, i * sh:i * sh + kh, j * sw:j * sw + kw, :]
                    dbias[o] += g
    return dpadded[:, down // 2:down // 2 + x.shape[1], across // 2:across // 2 + x.shape[2], :], dkernel, dbias


@accepted_variant
def weight_by_weight(d_out, x, kernel, strides=1, padding="valid"):
    sh, sw = np.broadcast_to(strides, 2)
    (m, H, W, c_in), (kh, kw, _, c_out), (_, out_h, out_w, _) = x.shape, kernel.shape, d_out.shape
    if padding == "valid":
        down = across = 0
    elif padding == "same":
        down, across = max((out_h - 1) * sh + kh - H, 0), max((out_w - 1) * sw + kw - W, 0)
    else:
        raise ValueError(f"padding {padding!r}")
    padded = np.zeros((m, H + down, W + across, c_in))
    inside = np.s_[:, down // 2:down // 2 + H, across // 2:across // 2 + W]
    padded[inside] = x
    dpadded, dkernel = np.zeros_like(padded), np.empty((kh, kw, c_in, c_out))
    for a in range(kh):
        for b in range(kw):
            met = np.s_[:, a:a + (out_h - 1) * sh + 1:sh, b:b + (out_w - 1) * sw + 1:sw]
            dpadded[met] += d_out @ kernel[a, b].T
            dkernel[a, b] = np.einsum("nijc,nijo->co", padded[met], d_out)
    return [dpadded[inside], dkernel, np.einsum("nijo->o", d_out)]


@accepted_variant
def as_correlations(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError("padding: valid or same")
    sh, sw = strides if isinstance(strides, tuple) else (strides, strides)
    (m, H, W, _), (kh, kw, _, c_out), (out_h, out_w) = x.shape, kernel.shape, d_out.shape[1:3]
    down = max((out_h - 1) * sh + kh - H, 0) if padding == "same" else 0
    across = max((out_w - 1) * sw + kw - W, 0) if padding == "same" else 0
    # Zeros between the numbers of d_out, so that both gradients are correlations with steps of one.
    spread = np.zeros((m, (out_h - 1) * sh + 1, (out_w - 1) * sw + 1, c_out))
    spread[:, ::sh, ::sw] = d_out
    windows = np.lib.stride_tricks.sliding_window_view
    framed = np.pad(spread, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)))
    full = np.einsum("nijoab,abco->nijc", windows(framed, (kh, kw), axis=(1, 2)), kernel[::-1, ::-1])
    dx = np.zeros((m, H + down, W + across, x.shape[3]))
    dx[:, :full.shape[1], :full.shape[2]] = full
    dx = dx[:, down // 2:down // 2 + H, across // 2:across // 2 + W]
    padded = np.pad(x, ((0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)))
    met = windows(padded, spread.shape[1:3], axis=(1, 2))[:, :kh, :kw]
    return dx, np.einsum("nabcij,nijo->abco", met, spread), d_out.sum((0, 1, 2))


@accepted_variant
def as_matrix_products(d_out, x, kernel, strides=1, padding="valid"):
    sh, sw = np.broadcast_to(strides, 2)
    kh, kw, c_in, c_out = kernel.shape
    m, H, W, _ = x.shape
    out_h, out_w = d_out.shape[1:3]
    down = across = 0
    if padding == "same":
        down, across = max((out_h - 1) * sh + kh - H, 0), max((out_w - 1) * sw + kw - W, 0)
    elif padding != "valid":
        raise ValueError("padding is neither valid nor same")
    padded = np.pad(x, ((0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)))
    rows = sh * np.repeat(np.arange(out_h), out_w)[:, None] + np.repeat(np.arange(kh), kw)
    columns = sw * np.tile(np.arange(out_w), out_h)[:, None] + np.tile(np.arange(kw), kh)
    patches = padded[:, rows, columns].reshape(-1, kh * kw * c_in)
    flat = d_out.reshape(-1, c_out)
    dpatches = (flat @ kernel.reshape(-1, c_out).T).reshape(m, out_h * out_w, kh * kw, c_in)
    dpadded = np.zeros(padded.shape)
    np.add.at(dpadded, (slice(None), rows, columns), dpatches)
    dx = dpadded[:, down // 2:H + down // 2, across // 2:W + across // 2]
    return dx, (patches.T @ flat).reshape(kernel.shape), flat.sum(axis=0)


@accepted_variant
def windows_and_einsum(d_out, x, kernel, strides=1, padding="valid"):
    if padding not in ["valid", "same"]:
        raise ValueError("bad padding")
    stride, size, places = np.array(np.broadcast_to(strides, 2)), np.array(kernel.shape[:2]), np.array(d_out.shape[1:3])
    zeros = np.maximum((places - 1) * stride + size - x.shape[1:3], 0) * (padding == "same")
    before = zeros // 2
    padded = np.pad(x, ((0, 0), (before[0], zeros[0] - before[0]), (before[1], zeros[1] - before[1]), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view
    windows = view(padded, size, axis=(1, 2))[:, ::stride[0], ::stride[1]]
    dkernel = np.einsum("nijcab,nijo->abco", windows, d_out)
    dpadded = np.zeros(padded.shape)
    # The same windows on dpadded; places that overlap are added one after the other.
    onto = view(dpadded, size, axis=(1, 2), writeable=True)[:, ::stride[0], ::stride[1]]
    back = np.einsum("nijo,abco->nijcab", d_out, kernel)
    for i, j in np.ndindex(*places):
        onto[:, i, j] += back[:, i, j]
    return (dpadded[:, before[0]:before[0] + x.shape[1], before[1]:before[1] + x.shape[2]], dkernel,
            d_out.sum(axis=0).sum(axis=0).sum(axis=0))


_MORE_ZEROS = "more zeros at the bottom or right than needed: they lie beyond the last place"
_NO_ZEROS = "with 'valid' the places fit, so that the number of zeros to add comes out as 0"
_FLOATS = "the arrays are float64; only those of fewer bits would lose something without it"
_ORDER = "max takes its arguments in any order"

EQUIVALENT_MUTANTS = {
    "rows = max((out_h - 1) * sh + kh - height, 0)  ->  "
    "rows = max((out_h - 1) * sh + kh - height, 1)": _MORE_ZEROS,
    "columns = max((out_w - 1) * sw + kw - width, 0)  ->  "
    "columns = max((out_w - 1) * sw + kw - width, 1)": _MORE_ZEROS,
    "padded = pad_images(x, ((top, rows - top), (left, columns - left)))  ->  "
    "padded = pad_images(x, ((top, rows + top), (left, columns - left)))": _MORE_ZEROS,
    "padded = pad_images(x, ((top, rows - top), (left, columns - left)))  ->  "
    "padded = pad_images(x, ((top, rows - top), (left, columns + left)))": _MORE_ZEROS,
    "padded = pad_images(x, ((top, rows - top), (left, columns - left)))  ->  "
    "padded = pad_images(x, ((top, rows ** top), (left, columns - left)))": _MORE_ZEROS,
    "padded = pad_images(x, ((top, rows - top), (left, columns - left)))  ->  "
    "padded = pad_images(x, ((top, rows - top), (left, columns ** left)))": _MORE_ZEROS,
    "if padding == 'same':  ->  if padding >= 'same':": _NO_ZEROS,
    "if padding == 'same':  ->  if padding <= 'same':": _NO_ZEROS,
    "d_out = np.asarray(d_out, dtype=np.float64)  ->  pass": _FLOATS,
    "rows = max((out_h - 1) * sh + kh - height, 0)  ->  "
    "rows = max(0, (out_h - 1) * sh + kh - height)": _ORDER,
    "columns = max((out_w - 1) * sw + kw - width, 0)  ->  "
    "columns = max(0, (out_w - 1) * sw + kw - width)": _ORDER,
}
