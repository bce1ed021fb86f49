"""Hidden grader of `flatten_images`."""

import keras
import numpy as np
import tensorflow as tf
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the table",)


def reference(images):
    images = np.asarray(images)
    flat = keras.layers.Flatten(data_format="channels_last", dtype="float64")(tf.constant(images, tf.float64))
    return flat.numpy().astype(images.dtype)


def test_grey_and_colour(student, rng):
    """one row of pixels for each image, grey (m, H, W) or in colour (m, H, W, C)"""
    for shape in [(2, 4, 5, 3), (2, 3, 4), (3, 4, 2), (5, 2, 3, 4)]:
        student.flatten_images.must_match(reference, rng.normal(size=shape))


def test_order_of_pixels(student):
    """pixels row by row, and the channels of a pixel side by side"""
    student.flatten_images.must_return(np.arange(24.0).reshape(2, 12), np.arange(24.0).reshape(2, 3, 4))
    student.flatten_images.must_return(np.arange(36.0).reshape(2, 18), np.arange(36.0).reshape(2, 3, 2, 3))


def test_smallest_sizes(student, rng):
    """all sizes from 1 to 3: a single image, a single row, column or channel"""
    @for_all(rng, st.lists(st.integers(1, 3), min_size=3, max_size=4), examples=30)
    def pixels_in_order(shape):
        student.flatten_images.must_match(reference, np.arange(1.0, 1 + np.prod(shape)).reshape(shape))


def test_bytes(student, rng):
    """images of bytes, as they come from files; the answer may have bytes or floats"""
    for shape in [(2, 4, 3), (3, 2, 4, 3)]:
        student.flatten_images.must_match(reference, rng.integers(0, 256, size=shape).astype(np.uint8),
                                          dtypes=(np.integer, np.floating))


def test_any_layout(student, rng):
    """the same answer however the array lies in memory: transposed views, every other pixel, read-only"""
    channels_first = rng.normal(size=(2, 3, 4, 5))
    student.flatten_images.must_match(reference, np.asfortranarray(rng.normal(size=(2, 3, 4))))
    student.flatten_images.must_match(reference, np.moveaxis(channels_first, 1, -1))
    student.flatten_images.must_match(reference, rng.normal(size=(3, 4, 8))[:, :, ::2])
    channels_first.flags.writeable = False
    student.flatten_images.must_match(reference, channels_first)


def test_inputs_untouched(student, rng):
    """leaves the images as they are, their shape included"""
    student.flatten_images.must_keep_inputs(rng.normal(size=(2, 3, 4)))
    student.flatten_images.must_keep_inputs(rng.normal(size=(3, 2, 4, 3)))


@known_mistake("All images are strung together to one row; each image gets its own.")
def all_in_one(images):
    return images.ravel()


@known_mistake("The pixels come column by column: leave out the transpose, numpy goes row by row.")
def columns_first(images):
    return images.swapaxes(1, 2).reshape(len(images), -1)


@known_mistake("This is Fortran's order, where the first index runs fastest: leave out order='F'.")
def fortran_order(images):
    return images.reshape(len(images), -1, order="F")


@known_mistake("The pixels come in the order in which they lie in memory, which a transposed view changes: "
               "leave out the order.")
def order_in_memory(images):
    return np.array([image.ravel(order="K") for image in images])


@known_mistake("Only the first channel is left; all channels of a pixel go into the row.")
def first_channel_only(images):
    return (images if images.ndim == 3 else images[..., 0]).reshape(len(images), -1)


@known_mistake("The channels are averaged; the rows keep each of them, H * W * C values.")
def channels_averaged(images):
    return (images if images.ndim == 3 else images.mean(axis=-1)).reshape(len(images), -1)


@known_mistake("Each channel is flattened by itself, one after another; leave the axes as they are, channels last.")
def channel_by_channel(images):
    return (images if images.ndim == 3 else np.moveaxis(images, -1, 1)).reshape(len(images), -1)


@known_mistake("Images in colour get one row per channel: a row has H * W * C values, which -1 finds for you.")
def channels_forgotten(images):
    return images.reshape(-1, images.shape[1] * images.shape[2])


@known_mistake("The channels keep an axis of their own: the answer has two axes, (m, H * W * C).")
def channels_kept_apart(images):
    return images.reshape(len(images), -1, *images.shape[3:])


@known_mistake("The table is transposed: an image is a row, not a column.")
def images_as_columns(images):
    return images.reshape(len(images), -1).T


@known_mistake("reshape(-1, m) has the right number of values but mixes the images, and transposing does not "
               "unmix them: reshape(m, -1).")
def images_mixed(images):
    return images.reshape(-1, len(images)).T


@known_mistake("The length 28 * 28 is written into the code; -1 lets numpy find it.")
def always_784(images):
    return images.reshape(len(images), 784)


@known_mistake("The pixels are scaled to the range from 0 to 1; flattening leaves them as they are.")
def scaled(images):
    return images.reshape(len(images), -1) / 255


@known_mistake("The shape of the caller's array is changed; reshape gives a new one.")
def overwrites_input(images):
    images.shape = (len(images), -1)
    return images


@accepted_variant
def with_a_product(images):
    return np.reshape(images, (len(images), np.prod(images.shape[1:])))


@accepted_variant
def image_by_image(images):
    return np.array([image.flatten() for image in images])


@accepted_variant
def as_floats(images):
    return np.stack([image.ravel() for image in images.astype(np.float64)])


@accepted_variant
def with_loops(images):
    m, height, width = images.shape[:3]
    channels = images.shape[3] if images.ndim == 4 else 1
    pixels = images.reshape(m, height, width, channels)
    table = np.zeros((m, height * width * channels), dtype=images.dtype)
    for i in range(height):
        for j in range(width):
            for c in range(channels):
                table[:, (i * width + j) * channels + c] = pixels[:, i, j, c]
    return table


EQUIVALENT_MUTANTS = {
    "return images.reshape(len(images), -1)  ->  return images.reshape(len(images), -2)":
        "reshape takes any negative length as the one to be found",
    "return images.reshape(len(images), -1)  ->  return images.reshape(len(images), ~1)":
        "~1 is -2, and reshape takes any negative length as the one to be found",
}
