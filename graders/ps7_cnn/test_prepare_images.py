"""Hidden grader of `prepare_images`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference(images):
    images = tf.constant(images)
    numbers = tf.cast(images, tf.float32) / (255 if images.dtype == tf.uint8 else 1)
    return (tf.expand_dims(numbers, -1) if numbers.ndim == 3 else numbers).numpy()


def must_match(student, images):
    # A product with 1/255 and a quotient by 255 differ in the last digit of float32, by 1e-7 of the value.
    student.prepare_images.must_match(reference, images, rtol=2e-6)


def grey_levels(rng, *shape):
    """Bytes, the darkest and the brightest among them."""
    images = rng.integers(0, 256, shape, np.uint8)
    images.flat[:2] = 255, 0
    return images


def test_bytes(student, rng):
    """uint8, with and without a channel axis: divided by 255, as float32"""
    for shape in [(2, 3, 4), (2, 4, 3, 2), (3, 5, 4, 1), (1, 2, 5, 3)]:
        must_match(student, grey_levels(rng, *shape))


def test_other_dtypes(student, rng):
    """numbers of any other dtype are on their scale already, small and large ones, and become float32"""
    for shape in [(2, 3, 4), (3, 2, 5, 3)]:
        for images in (rng.random(shape), 255 * rng.random(shape).astype(np.float32), rng.normal(size=shape) * 40):
            must_match(student, images)
    for dtype in (np.int64, np.int32, np.uint16, np.float16, np.int8):
        must_match(student, rng.integers(0, 17, (2, 4, 3)).astype(dtype))
    must_match(student, rng.integers(0, 256, (2, 3, 2, 3)))
    must_match(student, rng.random((2, 3, 4)) < 0.5)


def test_dark_images(student, rng):
    """uint8 whose grey levels are 0 and 1 only, or all the same: divided by 255 all the same"""
    must_match(student, rng.integers(0, 2, (2, 3, 4), np.uint8))
    must_match(student, np.full((2, 4, 3, 3), 60, np.uint8))
    must_match(student, np.zeros((1, 2, 3), np.uint8))


def test_channel_axis(student, rng):
    """the number of axes decides about the channel axis, not their sizes"""
    for shape in [(4, 5, 3), (4, 5, 1), (3, 1, 1), (1, 6, 4), (2, 3, 4, 5), (1, 1, 1, 2)]:
        must_match(student, grey_levels(rng, *shape))
        must_match(student, rng.random(shape))


def test_no_images(student):
    """no images: an empty array with all four axes"""
    must_match(student, np.zeros((0, 4, 5), np.uint8))
    must_match(student, np.zeros((0, 4, 5, 3)))


def test_inputs_untouched(student, rng):
    """leaves its input as it is, and works with parts of other arrays"""
    for images in (grey_levels(rng, 4, 5, 6), rng.random((4, 5, 6, 3)).astype(np.float32), rng.random((4, 5, 6))):
        student.prepare_images.must_keep_inputs(images)
        must_match(student, images[::2, :, ::-1])


@known_mistake("Bytes are not divided: grey levels of uint8 go from 0 to 255 and have to end at 1.")
def not_scaled(images):
    images = images.astype(np.float32)
    return images[..., np.newaxis] if images.ndim == 3 else images


@known_mistake("Everything is divided by 255: only uint8 is, other numbers are on their scale already.")
def all_scaled(images):
    images = (images / 255).astype(np.float32)
    return images[..., np.newaxis] if images.ndim == 3 else images


@known_mistake("Whole numbers of every kind are divided by 255: only uint8 is.")
def all_integers_scaled(images):
    scale = 255 if np.issubdtype(images.dtype, np.integer) else 1
    images = (images / scale).astype(np.float32)
    return images[..., np.newaxis] if images.ndim == 3 else images


@known_mistake("The largest number decides about the division, so a dark image is scaled otherwise than a bright one: "
               "look at the dtype.")
def decided_by_the_largest(images):
    scale = 255 if images.size and images.max() > 1 else 1
    images = (images / scale).astype(np.float32)
    return images[..., np.newaxis] if images.ndim == 3 else images


@known_mistake("Bytes are divided by the largest one that occurs, so a dark image becomes a bright one: divide by 255.")
def divided_by_the_largest(images):
    scale = max(images.max(initial=0), 1) if images.dtype == np.uint8 else 1
    images = (images / scale).astype(np.float32)
    return images[..., np.newaxis] if images.ndim == 3 else images


@known_mistake("Bytes are divided by 256: white, 255, has to become 1.")
def divided_by_256(images):
    images = (images / (256 if images.dtype == np.uint8 else 1)).astype(np.float32)
    return images[..., np.newaxis] if images.ndim == 3 else images


@known_mistake("The result is float64, which is twice the memory and not what Keras computes in: cast it to float32.")
def in_float64(images):
    images = images / 255 if images.dtype == np.uint8 else images.astype(np.float64)
    return images[..., np.newaxis] if images.ndim == 3 else images


@known_mistake("Numbers other than uint8 keep their dtype: cast them to float32 as well.")
def others_not_cast(images):
    images = images.astype(np.float32) / np.float32(255) if images.dtype == np.uint8 else images.copy()
    return images[..., np.newaxis] if images.ndim == 3 else images


@known_mistake("Images without a channel axis get none: they need one of size 1 at the end.")
def channel_axis_missing(images):
    return (images / (255 if images.dtype == np.uint8 else 1)).astype(np.float32)


@known_mistake("Images that have a channel axis get another one: it is for those with three axes only.")
def channel_axis_always(images):
    return (images / (255 if images.dtype == np.uint8 else 1)).astype(np.float32)[..., np.newaxis]


@known_mistake("The channel axis comes first, as in PyTorch: here it is the last.")
def channel_axis_first(images):
    images = (images / (255 if images.dtype == np.uint8 else 1)).astype(np.float32)
    return images[:, np.newaxis] if images.ndim == 3 else images


@known_mistake("A last axis of size 1 or 3 is taken for the channels, though it may be the width: count the axes.")
def channels_guessed(images):
    images = (images / (255 if images.dtype == np.uint8 else 1)).astype(np.float32)
    return images if images.shape[-1] in (1, 3) else images[..., np.newaxis] if images.ndim == 3 else images


@accepted_variant
def with_reshape(images):
    if images.dtype == np.dtype("uint8"):
        images = np.multiply(images, np.float32(1 / 255), dtype=np.float32)
    if len(images.shape) < 4:
        images = images.reshape(*images.shape, 1)
    return np.array(images, dtype="float32")


@accepted_variant
def with_tensorflow(images):
    scale = 255.0 if images.dtype.name == "uint8" else 1.0
    images = tf.cast(images, tf.float32) / scale
    return images[..., tf.newaxis].numpy() if len(images.shape) == 3 else images.numpy()


EQUIVALENT_MUTANTS = {
    "if images.ndim == 3:  ->  if images.ndim <= 3:": "images have three or four axes",
    "images = np.asarray(images)  ->  pass": "the tests hand in arrays, as the exercise does",
}
