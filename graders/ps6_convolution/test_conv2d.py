"""Hidden grader of `conv2d`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the output (m, H, W, c_out)",)


def reference(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}; it is 'valid' or 'same'")
    if np.ndim(x) != 4 or np.ndim(kernel) != 4:
        raise ValueError(f"x has shape {np.shape(x)} and kernel {np.shape(kernel)}; both have four axes")
    # Submissions' code may ask for any convolution: keep them small.
    if np.size(x) * np.prod(np.shape(kernel)[:2]) * np.shape(kernel)[3] > 10_000_000:
        raise ValueError("x and kernel are too large")
    rows, columns = np.broadcast_to(strides, 2)
    x, kernel, bias = (tf.constant(array, tf.float64) for array in (x, kernel, bias))
    sums = tf.nn.conv2d(x, kernel, [1, int(rows), int(columns), 1], padding.upper())
    return tf.nn.bias_add(sums, bias).numpy()


def layer(rng, images, size, filters):
    """Return images of a shape, so many filters of a size, and their biases."""
    return rng.normal(size=images), rng.normal(size=(*size, images[3], filters)), rng.normal(size=filters)


def test_valid(student, rng):
    """'valid', one step at a time: batches, channels and filters in any number, sizes that are not square"""
    for images, size, filters in [((1, 3, 5, 2), (2, 2), 3), ((2, 5, 3, 1), (3, 2), 4), ((3, 4, 6, 4), (3, 2), 2),
                                  ((2, 6, 4, 3), (1, 3), 3), ((1, 5, 6, 3), (2, 4), 1)]:
        student.conv2d.must_match(reference, *layer(rng, images, size, filters))
    student.conv2d.must_match(reference, *layer(rng, (2, 3, 4, 2), (2, 3), 3), 1, "valid")


def test_bias(student, rng):
    """the bias of a filter counts once at every place: where all weights are 0, it is all there is"""
    for images, size, filters in [((1, 3, 4, 1), (2, 2), 2), ((2, 4, 3, 2), (3, 2), 3)]:
        x, kernel, bias = layer(rng, images, size, filters)
        student.conv2d.must_match(reference, x, np.zeros_like(kernel), bias)
        student.conv2d.must_match(reference, x, kernel, np.zeros_like(bias))


def test_strides(student, rng):
    """steps of 2 and 3, also where pixels are left over at the end"""
    for images, size, filters, strides in [((1, 5, 7, 2), (2, 3), 3, 2), ((2, 8, 5, 1), (3, 2), 2, 2),
                                           ((2, 8, 10, 3), (3, 2), 2, 3), ((1, 7, 4, 2), (3, 4), 4, (2, 2))]:
        student.conv2d.must_match(reference, *layer(rng, images, size, filters), strides)


def test_unequal_strides(student, rng):
    """a step for the rows and another one for the columns"""
    for images, size, filters, strides in [((1, 6, 5, 2), (3, 2), 3, (2, 1)), ((2, 4, 7, 3), (2, 3), 2, (1, 2)),
                                           ((2, 8, 6, 2), (2, 3), 4, (3, 2)), ((1, 5, 10, 1), (3, 2), 2, (2, 3))]:
        student.conv2d.must_match(reference, *layer(rng, images, size, filters), strides)


def test_same(student, rng):
    """'same' with filters of odd height and width"""
    for images, size, filters in [((1, 3, 4, 2), (3, 3), 3), ((2, 5, 3, 1), (3, 5), 2), ((2, 4, 6, 3), (1, 3), 2),
                                  ((1, 6, 4, 2), (5, 1), 4)]:
        student.conv2d.must_match(reference, *layer(rng, images, size, filters), 1, "same")


def test_same_with_even_filters(student, rng):
    """'same' with filters of even height or width, where one row or column of zeros more is at the bottom or right"""
    for images, size, filters in [((1, 3, 4, 1), (2, 2), 2), ((2, 4, 3, 2), (2, 4), 3), ((1, 5, 6, 3), (4, 3), 2),
                                  ((2, 3, 5, 1), (3, 2), 4), ((1, 7, 4, 1), (6, 3), 2), ((2, 3, 8, 1), (1, 6), 2)]:
        student.conv2d.must_match(reference, *layer(rng, images, size, filters), 1, "same")


def test_same_with_strides(student, rng):
    """'same' with longer steps: as many zeros as these steps take, in rows and columns on their own"""
    for images, size, filters, strides in [((1, 5, 8, 2), (3, 3), 3, 2), ((1, 6, 4, 1), (3, 3), 2, 2),
                                           ((2, 5, 6, 1), (2, 5), 2, 2), ((2, 7, 8, 2), (4, 5), 3, 3),
                                           ((1, 7, 6, 2), (3, 2), 3, (2, 1)), ((2, 8, 7, 1), (3, 5), 2, (3, 2)),
                                           ((1, 4, 9, 3), (5, 4), 2, (1, 3))]:
        student.conv2d.must_match(reference, *layer(rng, images, size, filters), strides, "same")


def test_steps_beyond_the_filter(student, rng):
    """steps that are longer than the filter, which leave pixels out"""
    for images, size, filters, strides in [((1, 6, 5, 2), (1, 3), 3, 2), ((2, 7, 8, 1), (2, 1), 2, 3),
                                           ((1, 8, 11, 2), (1, 3), 2, (3, 4)), ((2, 9, 5, 1), (2, 2), 3, (4, 3))]:
        arrays = layer(rng, images, size, filters)
        student.conv2d.must_match(reference, *arrays, strides, "valid")
        student.conv2d.must_match(reference, *arrays, strides, "same")


def test_filters_of_one_pixel(student, rng):
    """filters of one pixel mix the channels and nothing else"""
    for images, filters in [((1, 2, 3, 2), 3), ((2, 4, 3, 3), 1), ((1, 1, 1, 1), 1)]:
        arrays = layer(rng, images, (1, 1), filters)
        student.conv2d.must_match(reference, *arrays)
        student.conv2d.must_match(reference, *arrays, 1, "same")
    arrays = layer(rng, (1, 3, 6, 2), (1, 1), 3)
    student.conv2d.must_match(reference, *arrays, (1, 2))
    student.conv2d.must_match(reference, *arrays, (1, 2), "same")


def test_filters_as_large_as_the_images(student, rng):
    """filters as large as the images, or as high, or as wide; with 'same' even larger"""
    for images, size, filters in [((2, 3, 4, 2), (3, 4), 5), ((1, 4, 3, 3), (4, 2), 2), ((2, 2, 5, 1), (1, 5), 3)]:
        arrays = layer(rng, images, size, filters)
        student.conv2d.must_match(reference, *arrays)
        student.conv2d.must_match(reference, *arrays, 1, "same")
    student.conv2d.must_match(reference, *layer(rng, (1, 2, 3, 2), (3, 5), 2), 1, "same")


def test_by_hand(student):
    """a row and a column of pixels that can be worked out by hand, and the lecture's coloured corner"""
    for shape, size in [((1, 1, 5, 1), (1, 2, 1, 1)), ((1, 5, 1, 1), (2, 1, 1, 1))]:
        pixels, two_weights = np.arange(1.0, 6).reshape(shape), np.array([1.0, 10.0]).reshape(size)
        for strides, padding, sums in [(1, "valid", [21.0, 32, 43, 54]), (2, "valid", [21.0, 43]),
                                       (1, "same", [21.0, 32, 43, 54, 5]), (2, "same", [21.0, 43, 5])]:
            out = tuple(len(sums) if side == 5 else 1 for side in shape)
            student.conv2d.must_return(np.array(sums).reshape(out) + 0.5, pixels, two_weights, np.array([0.5]),
                                       strides, padding)
    corner = np.zeros((1, 3, 3, 3))
    corner[0, 1:, 1:] = [[[156, 167, 163], [155, 166, 162]], [[153, 160, 160], [154, 165, 161]]]
    weights = np.stack([[[-1.0, -1, 1], [0, 1, -1], [0, 1, 1]], [[1.0, 0, 0], [1, -1, -1], [1, 0, -1]],
                        [[0.0, 1, 1], [0, 1, 0], [1, -1, 1]]], axis=-1)[..., None]
    student.conv2d.must_return(np.full((1, 1, 1, 1), -25.0), corner, weights, np.array([1.0]))


def test_small_sizes(student, rng):
    """all small sizes of images, filters and steps, in whole and half numbers"""
    sides = st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, min(n, 4)), st.integers(1, 3)))
    counts = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 2))

    @for_all(rng, sides, sides, counts, st.sampled_from(["valid", "same"]), st.integers(0, 99), examples=25)
    def small(rows, columns, counts, padding, seed):
        (h, kh, sh), (w, kw, sw), (m, c_in, c_out) = rows, columns, counts
        draw = np.random.default_rng(seed)
        student.conv2d.must_match(reference, draw.integers(-3, 4, (m, h, w, c_in)) / 2,
                                  draw.integers(-3, 4, (kh, kw, c_in, c_out)) / 2, draw.integers(-3, 4, c_out) / 2,
                                  (sh, sw), padding)


def test_views(student, rng):
    """arrays that are parts of others, turned, in another order in memory, or read-only"""
    x, kernel, bias = layer(rng, (4, 6, 9, 3), (2, 3), 4)
    student.conv2d.must_match(reference, x[::2, 1:, ::-2], kernel[:, ::-1, :, ::2], bias[::2], (2, 1), "same")
    student.conv2d.must_match(reference, np.moveaxis(rng.normal(size=(2, 3, 5, 4)), 1, 3), kernel, bias)
    x, kernel = np.asfortranarray(x[:2]), np.asfortranarray(kernel)
    for array in (x, kernel, bias):
        array.flags.writeable = False
    student.conv2d.must_match(reference, x, kernel, bias, 2, "same")


def test_other_padding(student, rng):
    """refuses any other padding"""
    for padding in ("full", "reflect", ""):
        student.conv2d.must_raise(ValueError, *layer(rng, (1, 4, 5, 2), (2, 3), 3), 1, padding, naming=("padding",))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    arrays = layer(rng, (2, 4, 5, 3), (2, 3), 2)
    student.conv2d.must_keep_inputs(*arrays)
    student.conv2d.must_keep_inputs(*arrays, (2, 1), "same")


@known_mistake("The filters are turned by 180 degrees, as in a true convolution: here they are used as they are.")
def turned_by_180_degrees(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel[::-1, ::-1], 3) + bias
    return out


@known_mistake("Height and width of the filters have changed places: kernel has the axes (kh, kw, c_in, c_out).")
def transposed_filters(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    kernel = kernel.swapaxes(0, 1)
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("Height and width of the output have changed places: the place i steps down and j steps to the right "
               "is out[:, i, j].")
def transposed_output(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out.swapaxes(1, 2)


@known_mistake("The height of the filters stands for their width as well: they need not be square.")
def square_filters_assumed(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        for a, b in np.ndindex(kh, kh):
            out[:, i, j] += x[:, i * sh + a, j * sw + b] @ kernel[a, b]
    out += bias
    return out


@known_mistake("The height of the images stands for their width as well: they need not be square.")
def square_images_assumed(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    w = h
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("With 'valid' the last place of rows and columns is missing: there are (n - k) // stride + 1 of them.")
def last_place_missing(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh, (w - kw) // sw, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("Only the first channel is looked at: the products of all channels are added up.")
def first_channel_only(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw, :1], kernel[:, :, :1], 3) + bias
    return out


@known_mistake("The sum of each channel replaces the one before, so the last channel stands there: add them with +=.")
def last_channel_only(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, c_in), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        for c in range(c_in):
            out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw, c], kernel[:, :, c], 2) + bias
    return out


@known_mistake("Each product replaces the sum so far, so the last one stands there: add with +=.")
def last_product_only(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.outer(x[:, i * sh + kh - 1, j * sw + kw - 1, -1], kernel[-1, -1, -1]) + bias
    return out


@known_mistake("The channels are averaged: add their sums.")
def channels_averaged(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, c_in), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) / c_in + bias
    return out


@known_mistake("The last two axes of kernel have changed places: they are (c_in, c_out).")
def channels_and_filters_swapped(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, c_in), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for n, i, j, o, a, b, c in np.ndindex(m, out_h, out_w, c_out, kh, kw, c_in):
        out[n, i, j, o] += x[n, i * sh + a, j * sw + b, c] * kernel[a, b, o, c]
    out += bias
    return out


@known_mistake("reshape does not move axes, it shares the numbers out anew: use kernel as it is, or np.transpose.")
def kernel_reshaped(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, c_in), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    kernel = kernel.reshape(c_out, c_in, kh, kw).transpose(2, 3, 1, 0)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("All feature maps are those of the first filter: kernel[:, :, :, o] gives the map o.")
def first_filter_for_all(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel[..., :1], 3) + bias
    return out


@known_mistake("All samples get the output of the first image.")
def first_image_for_all(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:1, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("The biases are not added: out[..., o] gets bias[o].")
def bias_ignored(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3)
    return out


@known_mistake("The bias stands inside the sum and is added for every single product: add it once, after the sum.")
def bias_inside_the_sum(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, c_in), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias * kh * kw * c_in
    return out


@known_mistake("The bias is added for every pixel under the filter: add it once, after the sum.")
def bias_for_every_pixel(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias * kh * kw
    return out


@known_mistake("The bias is added for every channel that comes in: add it once, after the sum over channels.")
def bias_for_every_channel(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, c_in), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias * c_in
    return out


@known_mistake("All feature maps get the bias of the first filter: out[..., o] gets bias[o].")
def first_bias_for_all(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias[0]
    return out


@known_mistake("The sums are collected in bias itself, since total = bias is no copy: begin with zeros, and add the "
               "bias at the end.")
def bias_collects_the_sums(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for n, i, j in np.ndindex(m, out_h, out_w):
        total = bias
        total += np.tensordot(x[n, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3)
        out[n, i, j] = total
    return out


@known_mistake("Negative sums have become 0: the ReLU is a layer of its own.")
def negative_sums_cut_off(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return np.maximum(out, 0.0)


@known_mistake("An int for strides is not taken: it means the same step for rows and columns.")
def int_strides_not_taken(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    sh, sw = strides
    (m, h, w, _), (kh, kw, _, c_out) = x.shape, kernel.shape
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("A pair of strides is not taken: its first number is for the rows, its second for the columns.")
def pair_of_strides_not_taken(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), sh, sw = x.shape, kernel.shape, strides, strides
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("The strides have changed places: a pair is (rows, columns).")
def strides_swapped(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sw, sh) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("The step of the rows is taken for the columns as well: a pair is (rows, columns).")
def first_stride_for_both(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    sw = sh
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("The output has the right size, but the filter moves by one pixel: place (i, j) begins at pixel (i * "
               "rows' step, j * columns' step).")
def steps_of_one(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i:i + kh, j:j + kw], kernel, 3) + bias
    return out


@known_mistake("The stride is left out in the rows: place i begins at pixel i times the step.")
def rows_not_strided(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i:i + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("The stride is left out in the columns: place j begins at pixel j times the step.")
def columns_not_strided(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j:j + kw], kernel, 3) + bias
    return out


@known_mistake("The filter jumps by its own size, as pooling does: it moves by the strides, which are 1 unless given.")
def steps_as_long_as_the_filter(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    sh, sw = kh, kw
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("'same' is treated like 'valid': it puts zeros around the images.")
def same_is_valid(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w = (h - kh) // sh + 1, (w - kw) // sw + 1
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("Where the zeros of 'same' are odd in number, the one more is at the top or left here: TensorFlow puts "
               "it at the bottom and right.")
def extra_zeros_at_top_left(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows - rows // 2, rows // 2), (columns - columns // 2, columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("All the zeros of 'same' are at the bottom and right: half of them, rounded down, belong at the top "
               "and left.")
def all_zeros_at_bottom_right(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (0, rows), (0, columns), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("Where the zeros of 'same' are odd in number, the one more is dropped: it belongs at the bottom or "
               "right.")
def odd_zero_dropped(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0)))
    out_h, out_w = (x.shape[1] - kh) // sh + 1, (x.shape[2] - kw) // sw + 1
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("k // 2 zeros on every side are right for odd filters with steps of 1 only: 'same' adds (places - 1) * "
               "stride + k - n of them, half at the top and the rest at the bottom.")
def half_a_filter_on_every_side(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w = (h - kh) // sh + 1, (w - kw) // sw + 1
    if padding == "same":
        x = np.pad(x, ((0, 0), (kh // 2, kh // 2), (kw // 2, kw // 2), (0, 0)))
        out_h, out_w = (x.shape[1] - kh) // sh + 1, (x.shape[2] - kw) // sw + 1
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("With 'same' the zeros are as many as steps of 1 need, k - 1: with longer steps it takes (places - 1) "
               "* stride + k - n.")
def padding_for_steps_of_one(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = kh - 1, kw - 1
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("With 'same' the output has n / stride places, rounded up; here they are rounded down.")
def same_rounded_down(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = h // sh, w // sw
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("Where the steps are longer than the filter, the number of zeros comes out below 0, which cannot be "
               "padded: take max(..., 0).")
def too_few_zeros_is_negative(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = (out_h - 1) * sh + kh - h, (out_w - 1) * sw + kw - w
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("'same' repeats the outermost pixels: it pads with zeros.")
def edge_repeated(x, kernel, bias, strides=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)), mode="edge")
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("Any other padding is taken for 'valid': refuse it with a ValueError.")
def others_are_valid(x, kernel, bias, strides=1, padding="valid"):
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding == "same":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@known_mistake("Any other padding is taken for 'same': refuse it with a ValueError.")
def others_are_same(x, kernel, bias, strides=1, padding="valid"):
    (m, h, w, _), (kh, kw, _, c_out), (sh, sw) = x.shape, kernel.shape, np.broadcast_to(strides, 2)
    out_h, out_w, rows, columns = (h - kh) // sh + 1, (w - kw) // sw + 1, 0, 0
    if padding != "valid":
        out_h, out_w = -(-h // sh), -(-w // sw)
        rows, columns = max((out_h - 1) * sh + kh - h, 0), max((out_w - 1) * sw + kw - w, 0)
    x = np.pad(x, ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)))
    out = np.zeros((m, out_h, out_w, c_out))
    for i, j in np.ndindex(out_h, out_w):
        out[:, i, j] = np.tensordot(x[:, i * sh:i * sh + kh, j * sw:j * sw + kw], kernel, 3) + bias
    return out


@accepted_variant
def seven_loops(x, kernel, bias, strides=1, padding="valid"):
    m, H, W, c_in = x.shape
    kh, kw, _, c_out = kernel.shape
    if isinstance(strides, int):
        strides = (strides, strides)
    sh, sw = strides
    if padding == "valid":
        top = left = 0
        out_h = (H - kh) // sh + 1
        out_w = (W - kw) // sw + 1
    elif padding == "same":
        out_h = int(np.ceil(H / sh))
        out_w = int(np.ceil(W / sw))
        top = max((out_h - 1) * sh + kh - H, 0) // 2
        left = max((out_w - 1) * sw + kw - W, 0) // 2
    else:
        raise ValueError("padding must be 'valid' or 'same'")
    out = np.zeros((m, out_h, out_w, c_out))
    for n in range(m):
        for i in range(out_h):
            for j in range(out_w):
                for o in range(c_out):
                    total = bias[o]
                    for a in range(kh):
                        for b in range(kw):
                            row, column = i * sh + a - top, j * sw + b - left
                            if 0 <= row < H and 0 <= column < W:
                                for c in range(c_in):
                                    total += x[n, row, column, c] * kernel[a, b, c, o]
                    out[n, i, j, o] = total
    return out


@accepted_variant
def patch_by_patch(x, kernel, bias, strides=1, padding="valid"):
    sh, sw = (strides, strides) if np.isscalar(strides) else strides
    kh, kw = kernel.shape[0], kernel.shape[1]
    if padding == "same":
        # As TensorFlow's documentation has it.
        down = max(kh - sh, 0) if x.shape[1] % sh == 0 else max(kh - x.shape[1] % sh, 0)
        across = max(kw - sw, 0) if x.shape[2] % sw == 0 else max(kw - x.shape[2] % sw, 0)
        x = np.pad(x, [(0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)])
    elif padding != "valid":
        raise ValueError(f"unknown padding {padding}")
    out_h, out_w = (x.shape[1] - kh) // sh + 1, (x.shape[2] - kw) // sw + 1
    out = np.zeros((x.shape[0], out_h, out_w, kernel.shape[3]))
    for n in range(x.shape[0]):
        for i in range(out_h):
            for j in range(out_w):
                patch = x[n, i * sh:i * sh + kh, j * sw:j * sw + kw, :]
                for o in range(kernel.shape[3]):
                    out[n, i, j, o] = np.sum(patch * kernel[:, :, :, o]) + bias[o]
    return out


@accepted_variant
def weight_by_weight(x, kernel, bias, strides=1, padding="valid"):
    sh, sw = np.broadcast_to(strides, 2)
    (m, H, W, c_in), (kh, kw, _, c_out) = x.shape, kernel.shape
    if padding not in {"valid", "same"}:
        raise ValueError(f"padding {padding!r}")
    same = padding == "same"
    out_h, out_w = ((n - (1 if same else k)) // s + 1 for n, k, s in ((H, kh, sh), (W, kw, sw)))
    padded = np.zeros((m, H + 2 * kh + sh, W + 2 * kw + sw, c_in))
    top, left = ((max((p - 1) * s + k - n, 0) // 2 if same else 0)
                 for p, s, k, n in ((out_h, sh, kh, H), (out_w, sw, kw, W)))
    padded[:, top:top + H, left:left + W] = x
    out = np.zeros((m, out_h, out_w, c_out)) + bias
    for a in range(kh):
        for b in range(kw):
            out += padded[:, a:a + (out_h - 1) * sh + 1:sh, b:b + (out_w - 1) * sw + 1:sw] @ kernel[a, b]
    return out


@accepted_variant
def windows_and_einsum(x, kernel, bias, strides=1, padding="valid"):
    kh, kw = kernel.shape[:2]
    sh, sw = strides if isinstance(strides, tuple) else (strides, strides)
    if padding == "same":
        pads = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(x.shape[1:3], (sh, sw), (kh, kw), strict=True)]
        x = np.pad(x, ((0, 0), *((p // 2, (p + 1) // 2) for p in pads), (0, 0)))
    elif padding != "valid":
        raise ValueError("padding")
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::sh, ::sw]
    return np.einsum("nijcab,abco->nijo", windows, kernel) + bias


@accepted_variant
def windows_and_tensordot(x, kernel, bias, strides=1, padding="valid"):
    if padding != "valid" and padding != "same":
        raise ValueError("padding should be valid or same, not " + padding)
    kh, kw = kernel.shape[:2]
    sh, sw = np.broadcast_to(strides, 2)
    if padding == "same":
        zeros = [max((int(np.ceil(n / s)) - 1) * s + k - n, 0)
                 for n, s, k in [(x.shape[1], sh, kh), (x.shape[2], sw, kw)]]
        before = [z // 2 for z in zeros]
        larger = np.zeros((x.shape[0], x.shape[1] + zeros[0], x.shape[2] + zeros[1], x.shape[3]))
        larger[:, before[0]:before[0] + x.shape[1], before[1]:before[1] + x.shape[2]] = x
        x = larger
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw, x.shape[3]), axis=(1, 2, 3))[:, ::sh, ::sw, 0]
    return np.tensordot(windows, kernel, axes=[(3, 4, 5), (0, 1, 2)]) + bias


@accepted_variant
def with_as_strided(x, kernel, bias, strides=1, padding="valid"):
    sh, sw = (strides,) * 2 if isinstance(strides, int) else strides
    (m, H, W, c_in), (kh, kw, _, c_out) = x.shape, kernel.shape
    if padding == "same":
        out_h, out_w = (H + sh - 1) // sh, (W + sw - 1) // sw
        down, across = max((out_h - 1) * sh + kh - H, 0), max((out_w - 1) * sw + kw - W, 0)
        x = np.pad(x, ((0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)))
    elif padding == "valid":
        out_h, out_w = (H - kh) // sh + 1, (W - kw) // sw + 1
    else:
        raise ValueError(f"padding={padding}")
    per_image, per_row, per_column, per_channel = x.strides
    patches = np.lib.stride_tricks.as_strided(
        x, (m, out_h, out_w, kh, kw, c_in),
        (per_image, sh * per_row, sw * per_column, per_row, per_column, per_channel))
    return patches.reshape(m, out_h, out_w, kh * kw * c_in) @ kernel.reshape(-1, c_out) + bias


@accepted_variant
def as_one_matrix_product(x, kernel, bias, strides=1, padding="valid"):
    sh, sw = np.broadcast_to(strides, 2)
    kh, kw, c_in, c_out = kernel.shape
    m, H, W, _ = x.shape
    if padding == "same":
        out_h, out_w = -(-H // sh), -(-W // sw)
        down, across = max((out_h - 1) * sh + kh - H, 0), max((out_w - 1) * sw + kw - W, 0)
        x = np.pad(x, ((0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)))
    elif padding == "valid":
        out_h, out_w = (H - kh) // sh + 1, (W - kw) // sw + 1
    else:
        raise ValueError("padding is neither valid nor same")
    rows = sh * np.repeat(np.arange(out_h), out_w)[:, None] + np.repeat(np.arange(kh), kw)
    columns = sw * np.tile(np.arange(out_w), out_h)[:, None] + np.tile(np.arange(kw), kh)
    patches = x[:, rows, columns, :].reshape(m * out_h * out_w, kh * kw * c_in)
    return (patches @ kernel.reshape(kh * kw * c_in, c_out) + bias).reshape(m, out_h, out_w, c_out)


_MORE_ZEROS = "more zeros at the bottom or right than needed: they lie beyond the last place"
_NO_ZEROS = "with 'valid' the places fit, so that the number of zeros to add comes out as 0"
_FLOATS = "the arrays are float64; only those of fewer bits would lose something without it"
_ORDER = "max takes its arguments in any order"

EQUIVALENT_MUTANTS = {
    "rows = max((out_h - 1) * sh + kh - x.shape[1], 0)  ->  "
    "rows = max((out_h - 1) * sh + kh - x.shape[1], 1)": _MORE_ZEROS,
    "columns = max((out_w - 1) * sw + kw - x.shape[2], 0)  ->  "
    "columns = max((out_w - 1) * sw + kw - x.shape[2], 1)": _MORE_ZEROS,
    "x = pad_images(x, ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)))  ->  "
    "x = pad_images(x, ((rows // 2, rows - rows // 3), (columns // 2, columns - columns // 2)))": _MORE_ZEROS,
    "x = pad_images(x, ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)))  ->  "
    "x = pad_images(x, ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 3)))": _MORE_ZEROS,
    "x = pad_images(x, ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)))  ->  "
    "x = pad_images(x, ((rows // 2, rows + rows // 2), (columns // 2, columns - columns // 2)))": _MORE_ZEROS,
    "x = pad_images(x, ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)))  ->  "
    "x = pad_images(x, ((rows // 2, rows - rows // 2), (columns // 2, columns + columns // 2)))": _MORE_ZEROS,
    "if padding == 'same':  ->  if padding >= 'same':": _NO_ZEROS,
    "if padding == 'same':  ->  if padding <= 'same':": _NO_ZEROS,
    "kernel = np.asarray(kernel, dtype=np.float64)  ->  pass": _FLOATS,
    "rows = max((out_h - 1) * sh + kh - x.shape[1], 0)  ->  "
    "rows = max(0, (out_h - 1) * sh + kh - x.shape[1])": _ORDER,
    "columns = max((out_w - 1) * sw + kw - x.shape[2], 0)  ->  "
    "columns = max(0, (out_w - 1) * sw + kw - x.shape[2])": _ORDER,
}
