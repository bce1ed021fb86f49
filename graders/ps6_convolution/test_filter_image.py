"""Hidden grader of `filter_image`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the output (H, W)",)


def reference(image, kernel):
    if np.ndim(image) != 2 or np.ndim(kernel) != 2 or np.any(np.shape(kernel) > np.array(np.shape(image))):
        raise ValueError(f"kernel has shape {np.shape(kernel)}, which does not fit an image of {np.shape(image)}")
    # A student's code may call this with a picture of its own.
    if np.size(image) * np.size(kernel) > 10_000_000:
        raise ValueError("image and kernel are too large")
    image, kernel = tf.constant(image, tf.float64), tf.constant(kernel, tf.float64)
    return tf.nn.conv2d(image[None, :, :, None], kernel[:, :, None, None], 1, "VALID")[0, :, :, 0].numpy()


def test_any_sizes(student, rng):
    """the sum of products at every place, for images and filters of any height and width"""
    for size, kernel_size in [((3, 4), (2, 2)), ((4, 3), (2, 3)), ((4, 6), (3, 2)), ((6, 5), (3, 3)), ((5, 8), (2, 4)),
                              ((7, 5), (4, 1))]:
        student.filter_image.must_match(reference, rng.normal(size=size), rng.normal(size=kernel_size))


def test_the_lectures_filters(student):
    """the lecture's pictures: both diagonals, the vertical edges, and the pixel that is brighter than white"""
    picture = np.array([[1.0, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]])
    student.filter_image.must_return(np.array([[4.0, 3, 4], [2, 4, 3], [2, 3, 4]]), picture,
                                     np.array([[1.0, 0, 1], [0, 1, 0], [1, 0, 1]]))
    picture = np.array([[3.0, 0, 1, 2, 7, 4], [1, 5, 8, 9, 3, 1], [2, 7, 2, 5, 1, 3], [0, 1, 3, 1, 7, 8],
                        [4, 2, 1, 6, 2, 8], [2, 4, 5, 2, 3, 9]])
    student.filter_image.must_return(np.array([[-5.0, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]]),
                                     picture, np.array([[1.0, 0, -1]] * 3))
    picture = np.array([[0.0, 64, 128], [48, 192, 144], [142, 226, 168]])
    student.filter_image.must_return(np.array([[577.0]]), picture,
                                     np.array([[-1, 0, -2], [0.5, 4.5, -1.5], [1.5, 2, -3]]))


def test_as_large_as_the_image(student, rng):
    """a filter as large as the image, or as high, or as wide: there is one place in that direction"""
    for size, kernel_size in [((2, 3), (2, 3)), ((4, 3), (4, 2)), ((3, 5), (2, 5)), ((1, 4), (1, 3)), ((1, 1), (1, 1))]:
        student.filter_image.must_match(reference, rng.normal(size=size), rng.normal(size=kernel_size))


def test_one_pixel(student, rng):
    """a filter of one pixel multiplies the image by it"""
    for size in [(2, 3), (4, 2)]:
        student.filter_image.must_match(reference, rng.normal(size=size), rng.normal(size=(1, 1)))


def test_whole_numbers(student, rng):
    """whole numbers in the image, in the filter or in both give floats"""
    levels = rng.integers(0, 256, size=(4, 5))
    student.filter_image.must_match(reference, levels, rng.integers(-4, 5, size=(2, 3)))
    student.filter_image.must_match(reference, levels, rng.normal(size=(3, 2)))
    student.filter_image.must_match(reference, rng.normal(size=(3, 5)), rng.integers(-4, 5, size=(2, 2)))
    student.filter_image.must_match(reference, levels.astype(np.uint8), rng.normal(size=(2, 3)))


def test_small_sizes(student, rng):
    """all small sizes"""
    sizes = st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))

    @for_all(rng, sizes, sizes, st.integers(0, 99), examples=25)
    def small(rows, columns, seed):
        draw = np.random.default_rng(seed)
        student.filter_image.must_match(reference, draw.integers(-3, 4, (rows[0], columns[0])) / 2,
                                        draw.integers(-3, 4, (rows[1], columns[1])) / 2)


def test_views(student, rng):
    """images and filters that are parts of others, turned or read-only"""
    image, kernel = rng.normal(size=(9, 6)), rng.normal(size=(2, 3))
    student.filter_image.must_match(reference, image[1::2, ::-1], kernel)
    student.filter_image.must_match(reference, image.T, kernel.T)
    image.flags.writeable = kernel.flags.writeable = False
    student.filter_image.must_match(reference, image, kernel)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.filter_image.must_keep_inputs(rng.normal(size=(4, 5)), rng.normal(size=(3, 2)))


@known_mistake("The filter is turned by 180 degrees, as in a true convolution: here it is used as it is.")
def turned_by_180_degrees(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel[::-1, ::-1])
    return out


@known_mistake("The filter is turned upside down: its first row belongs on the upper row of pixels.")
def upside_down(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel[::-1])
    return out


@known_mistake("The filter is turned left to right: its first column belongs on the left column of pixels.")
def left_to_right(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel[:, ::-1])
    return out


@known_mistake("The filter is transposed: its rows lie on rows of pixels.")
def transposed_filter(image, kernel):
    kernel = kernel.T
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel)
    return out


@known_mistake("The output is transposed: the place i rows down and j columns to the right is out[i, j].")
def transposed_output(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((w - kw + 1, h - kh + 1))
    for j, i in np.ndindex(out.shape):
        out[j, i] = np.sum(image[i:i + kh, j:j + kw] * kernel)
    return out


@known_mistake("The last row and the last column of places are missing: a filter of kh fits H - kh + 1 times.")
def last_place_missing(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh, w - kw))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel)
    return out


@known_mistake("The height of the filter stands for its width as well: it need not be square.")
def square_filter_assumed(image, kernel):
    (h, w), k = image.shape, len(kernel)
    out = np.zeros((h - k + 1, w - k + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i:i + k, j:j + k] * kernel)
    return out


@known_mistake("The filter is 3 by 3 here, whatever it really is: read its size from kernel.shape.")
def three_by_three_assumed(image, kernel):
    h, w = image.shape
    out = np.zeros((h - 2, w - 2))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i:i + 3, j:j + 3] * kernel)
    return out


@known_mistake("The image is padded with zeros to keep its size: the filter stays wholly on the image.")
def padded_to_keep_the_size(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    padded = np.pad(image, (((kh - 1) // 2, kh // 2), ((kw - 1) // 2, kw // 2)))
    out = np.zeros((h, w))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(padded[i:i + kh, j:j + kw] * kernel)
    return out


@known_mistake("The output has the size of the image, with a frame of zeros: it has only as many rows and columns as "
               "there are places.")
def size_of_the_image(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h, w))
    for i, j in np.ndindex(h - kh + 1, w - kw + 1):
        out[i + kh // 2, j + kw // 2] = np.sum(image[i:i + kh, j:j + kw] * kernel)
    return out


@known_mistake("The filter jumps by its own size; it goes on one pixel at a time.")
def steps_as_long_as_the_filter(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h // kh, w // kw))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i * kh:(i + 1) * kh, j * kw:(j + 1) * kw] * kernel)
    return out


@known_mistake("The products are averaged: add them up.")
def mean_for_sum(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.mean(image[i:i + kh, j:j + kw] * kernel)
    return out


@known_mistake("Each product replaces the sum so far, so the last one stands there: add with +=.")
def last_product_only(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for a, b in np.ndindex(kh, kw):
        out = image[a:a + h - kh + 1, b:b + w - kw + 1] * kernel[a, b] * 1.0
    return out


@known_mistake("The sum goes on from place to place: set it back to 0 for every i and j.")
def sum_not_reset(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out, total = np.zeros((h - kh + 1, w - kw + 1)), 0.0
    for i, j in np.ndindex(out.shape):
        total += np.sum(image[i:i + kh, j:j + kw] * kernel)
        out[i, j] = total
    return out


@known_mistake("Negative sums are cut off at 0: they are answers as well, and clipping has a function of its own.")
def negative_sums_cut_off(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = max(np.sum(image[i:i + kh, j:j + kw] * kernel), 0.0)
    return out


@known_mistake("The sums are clipped to 0..255: that is the next function's work, and a network clips nothing.")
def clipped_to_a_byte(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.clip(np.sum(image[i:i + kh, j:j + kw] * kernel), 0, 255)
    return out


@known_mistake("The answer takes its dtype from the image: where that has whole numbers, fractions are cut off.")
def dtype_of_the_image(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1), dtype=image.dtype)
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel)
    return out


@known_mistake("The sums are written into the image itself, so the caller's picture is lost, and later places see sums "
               "for pixels.")
def overwrites_image(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    for i, j in np.ndindex(h - kh + 1, w - kw + 1):
        image[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel)
    return image[:h - kh + 1, :w - kw + 1]


@accepted_variant
def four_loops(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            total = 0.0
            for a in range(kh):
                for b in range(kw):
                    total += image[i + a, j + b] * kernel[a, b]
            out[i, j] = total
    return out


@accepted_variant
def place_by_place_of_the_filter(image, kernel):
    kh, kw = kernel.shape
    out_h, out_w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((out_h, out_w))
    for a in range(kh):
        for b in range(kw):
            out += kernel[a, b] * image[a:a + out_h, b:b + out_w]
    return out


@accepted_variant
def with_windows(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijab,ab->ij", windows, kernel.astype(float))


@accepted_variant
def with_windows_and_tensordot(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image, dtype=np.float64), kernel.shape)
    return np.tensordot(windows, kernel, axes=((2, 3), (0, 1)))


@accepted_variant
def as_one_matrix_product(image, kernel):
    (H, W), (kh, kw) = image.shape, kernel.shape
    patches = [image[i:i + kh, j:j + kw].ravel() for i in range(H - kh + 1) for j in range(W - kw + 1)]
    return (np.array(patches, dtype=float) @ kernel.ravel()).reshape(H - kh + 1, W - kw + 1)


@accepted_variant
def by_the_fourier_transform(image, kernel):
    # A true convolution is a product of transforms; the filter is turned first, so that it is a correlation.
    (H, W), (kh, kw) = image.shape, kernel.shape
    product = np.fft.fft2(image) * np.fft.fft2(kernel[::-1, ::-1], s=(H, W))
    return np.real(np.fft.ifft2(product))[kh - 1:, kw - 1:]


EQUIVALENT_MUTANTS = {
    "kernel = np.asarray(kernel, dtype=np.float64)  ->  pass":
        "the sums are stored in floats anyhow; only products of bytes with bytes overflow, and no filter is of bytes",
}
