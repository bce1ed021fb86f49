"""Hidden grader of `clip_to_uint8`."""

import numpy as np
import tensorflow as tf
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the picture (H, W)",)


def reference(image):
    # tf.round takes halves to the even neighbour as well.
    return tf.saturate_cast(tf.round(tf.constant(image, tf.float64)), tf.uint8).numpy()


def test_below_and_above(student, rng):
    """rounded, below 0 to 0 and above 255 to 255, in bytes"""
    student.clip_to_uint8.must_return(np.array([[255, 0, 255], [99, 100, 0]], dtype=np.uint8),
                                      np.array([[577.0, -16.0, 254.6], [99.4, 99.7, 0.2]]))
    for shape in [(2, 3), (4, 3), (5, 6)]:
        student.clip_to_uint8.must_match(reference, rng.uniform(-300, 600, size=shape))
    student.clip_to_uint8.must_match(reference, rng.uniform(0, 255, size=(3, 4)))


def test_halves(student):
    """halves go to the even neighbour, as np.round takes them"""
    student.clip_to_uint8.must_match(reference, np.array([0.5, 1.5, 2.5, 3.5, 126.5, 127.5]))
    student.clip_to_uint8.must_match(reference, np.array([[-0.5, 253.5], [254.5, 255.5]]))


def test_around_the_ends(student):
    """right at the ends: -1, 0, 1, 254, 255, 256 and what lies between them"""
    student.clip_to_uint8.must_match(reference, np.array([-1.0, 0.0, 1.0, 254.0, 255.0, 256.0]))
    student.clip_to_uint8.must_match(reference, np.array([[-0.6, -0.4, 0.4, 0.6], [254.4, 254.6, 255.4, 255.6]]))


def test_whole_numbers(student, rng):
    """whole numbers, the bytes of a finished picture among them"""
    student.clip_to_uint8.must_match(reference, np.array([300, 256, 255, 0, -1, -300]))
    student.clip_to_uint8.must_match(reference, rng.integers(-400, 800, size=(4, 3)))
    student.clip_to_uint8.must_match(reference, rng.integers(0, 256, size=(3, 4), dtype=np.uint8))


def test_far_away(student):
    """numbers far beyond any byte"""
    student.clip_to_uint8.must_match(reference, np.array([[1e4, -1e4, 65536.0], [1e9, -1e9, 12.0]]))
    student.clip_to_uint8.must_match(reference, np.array([70_000, -70_000, 2**31 + 7, -(2**31) - 7]))


def test_any_shape(student, rng):
    """arrays of one to four axes"""
    @for_all(rng, arrays(np.float64, array_shapes(max_dims=4, max_side=4),
                         elements=st.integers(-1200, 2400).map(lambda quarters: quarters / 4)), examples=25)
    def any_shape(image):
        student.clip_to_uint8.must_match(reference, image)


def test_inputs_untouched(student, rng):
    """leaves its input as it is"""
    student.clip_to_uint8.must_keep_inputs(rng.uniform(-300, 600, size=(3, 4)))
    student.clip_to_uint8.must_keep_inputs(rng.integers(-400, 800, size=(3, 4)))


@known_mistake("Nothing is clipped before the numbers become bytes, so they wrap around: 577 gives 65. Clip to 0..255 "
               "first.")
def wraps_around(image):
    return np.round(image).astype(np.int64).astype(np.uint8)


@known_mistake("The numbers are made bytes at once, neither rounded nor clipped: fractions are cut off, and 577 wraps "
               "around to 65.")
def bytes_at_once(image):
    return image.astype(np.int64).astype(np.uint8)


@known_mistake("Fractions are cut off: astype does not round, so use np.round first.")
def cut_off(image):
    return np.clip(image, 0, 255).astype(np.uint8)


@known_mistake("Halves always go up here, as with floor(x + 0.5); np.round takes them to the even neighbour.")
def halves_up(image):
    return np.clip(np.floor(image + 0.5), 0, 255).astype(np.uint8)


@known_mistake("Numbers are rounded up: np.ceil is not np.round.")
def rounded_up(image):
    return np.clip(np.ceil(image), 0, 255).astype(np.uint8)


@known_mistake("Grey levels go from 0 to 255; here they are clipped to 0..1.")
def clipped_to_one(image):
    return np.clip(np.round(image), 0, 1).astype(np.uint8)


@known_mistake("256 gets through, and a byte cannot hold it: the largest one is 255.")
def up_to_256(image):
    return np.clip(np.round(image), 0, 256).astype(np.int64).astype(np.uint8)


@known_mistake("Nothing gets beyond 254; the largest byte is 255.")
def up_to_254(image):
    return np.clip(np.round(image), 0, 254).astype(np.uint8)


@known_mistake("Only what is above 255 is clipped; negative numbers wrap around, and have to become 0.")
def clipped_above_only(image):
    return np.minimum(np.round(image), 255).astype(np.int64).astype(np.uint8)


@known_mistake("Only what is below 0 is clipped; numbers above 255 wrap around, and have to become 255.")
def clipped_below_only(image):
    return np.maximum(np.round(image), 0).astype(np.int64).astype(np.uint8)


@known_mistake("Negative numbers lose their sign: they have to become 0.")
def sign_dropped(image):
    return np.clip(np.round(np.abs(image)), 0, 255).astype(np.uint8)


@known_mistake("The numbers are spread so that the smallest is 0 and the largest 255: leave those within 0..255 as "
               "they are.")
def spread_over_the_range(image):
    low, high = float(np.min(image)), float(np.max(image))
    return np.round((image - low) / max(high - low, 1e-12) * 255).astype(np.uint8)


@known_mistake("The values are right, but not their dtype: make bytes of them, astype(np.uint8).")
def dtype_kept(image):
    return np.clip(np.round(image), 0, 255)


@known_mistake("The values are right, but their dtype is that of an ordinary int: bytes are np.uint8.")
def ordinary_ints(image):
    return np.clip(np.round(image), 0, 255).astype(int)


@known_mistake("The clipping is done in the image itself, so the caller's numbers are lost: leave out=image away.")
def overwrites_input(image):
    np.clip(image, 0, 255, out=image)
    return np.round(image).astype(np.uint8)


@accepted_variant
def clipped_first(image):
    return np.rint(np.clip(image, 0, 255)).astype("uint8")


@accepted_variant
def with_minimum_and_maximum(image):
    return np.uint8(np.minimum(255, np.maximum(0, np.around(image))))


@accepted_variant
def with_masks(image):
    picture = np.array(image, dtype=np.float64).round()
    picture[picture < 0] = 0
    picture[picture > 255] = 255
    return picture.astype(np.uint8)


@accepted_variant
def pixel_by_pixel(image):
    picture = np.zeros(image.shape, dtype=np.uint8)
    for index, value in np.ndenumerate(image):
        # Python rounds halves to the even neighbour, too.
        picture[index] = min(max(round(float(value)), 0), 255)
    return picture


EQUIVALENT_MUTANTS = {
    "return np.clip(np.round(image), 0, 255).astype(np.uint8)  ->  "
    "return np.clip(0, np.round(image), 255).astype(np.uint8)":
        "the larger of 0 and the number, and then the smaller of that and 255, is the same either way",
    "return np.rint(np.clip(image, 0, 255)).astype('uint8')  ->  "
    "return np.rint(np.clip(0, image, 255)).astype('uint8')":
        "the larger of 0 and the number, and then the smaller of that and 255, is the same either way",
}
