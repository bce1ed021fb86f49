"""Hidden grader of `augment`.

Nobody prescribes the order of the draws, so what is compared is what became of the images: each is found again among
the mirrored and shifted copies of its original.
"""

import itertools

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake, slip

TURNS = {"as they were": np.s_[:], "mirrored left to right": np.s_[:, :, ::-1], "upside down": np.s_[:, ::-1],
         "turned by 180 degrees": np.s_[:, ::-1, ::-1]}


def reference(images, rng, flip=True, max_shift=2):
    m, height, width = np.shape(images)[:3]
    # Submissions' code may ask for it too: keep it small.
    if m > 10_000 or max_shift > 100:
        raise ValueError("images or max_shift are too large")
    mirrored = np.logical_and(rng.random(m) < 0.5, flip)
    images = tf.where(mirrored[:, None, None, None], tf.image.flip_left_right(images), images)
    frame = tf.pad(images, [[0, 0], [max_shift, max_shift], [max_shift, max_shift], [0, 0]]).numpy()
    starts = rng.integers(0, 2 * max_shift, (m, 2), endpoint=True)
    return np.stack([image[i:i + height, j:j + width] for image, (i, j) in zip(frame, starts, strict=True)])


def found_again(images, moved, most):
    """Return which of TURNS every image is (-1: none), its shifts down and right, and whether only zeros came in."""
    height, width = images.shape[1:3]
    turn, shifts, only_zeros = np.full(len(images), -1), np.zeros((len(images), 2), int), np.ones(len(images), bool)
    for (number, axes), down, right in itertools.product(
            enumerate(TURNS.values()), range(-most, most + 1), range(-most, most + 1)):
        if moved.shape != images.shape or turn.min() >= 0:
            break
        to, before = (np.s_[:, max(i, 0):height + min(i, 0), max(j, 0):width + min(j, 0)]
                      for i, j in ((down, right), (-down, -right)))
        same = (turn < 0) & np.all(moved[to] == images[axes][before], axis=(1, 2, 3))
        turn[same], shifts[same] = number, (down, right)
        only_zeros[same] = (np.count_nonzero(moved[same], axis=(1, 2, 3))
                            == np.count_nonzero(moved[to][same], axis=(1, 2, 3)))
    return turn, shifts, only_zeros


def copies(augment, images, rng, flip=True, max_shift=2):
    """What holds for every image, whatever was drawn."""
    moved = augment(images, rng, flip, max_shift)
    turn, shifts, only_zeros = found_again(images, moved, max_shift + 1)
    return {
        "the shape": str(moved.shape), "the dtype": moved.dtype.name,
        "some images are no shifted copies of their originals": bool(np.any(turn < 0)),
        "some images are upside down": bool(np.any(turn > 1)),
        "some images are shifted by more than max_shift": bool(np.any(np.abs(shifts) > max_shift)),
        "something else than zeros enters where an image moved away": not np.all(only_zeros),
    }


def movements(augment, images, rng, *options):
    """Whether anything happens at all: among 80 images always."""
    moved = augment(images, rng, *options)
    turn, shifts, _ = found_again(images, moved, 3)
    return copies(lambda *_: moved, images, rng) | {
        "no image is mirrored": not np.any(turn % 2), "no image is shifted in rows": not np.any(shifts[:, 0]),
        "no image is shifted in columns": not np.any(shifts[:, 1])}


def occurring(augment, images, rng, *options):
    """What occurs among many images: of 300, right ones lack a shift once in 10**28 cases."""
    moved = augment(images, rng, *options)
    turn, shifts, _ = found_again(images, moved, 3)
    return copies(lambda *_: moved, images, rng) | {
        "how the images lie": " or ".join(list(TURNS)[kind] for kind in np.unique(turn) if kind >= 0),
        "the shifts in rows": ", ".join(map(str, np.unique(shifts[:, 0]))),
        "the shifts in columns": ", ".join(map(str, np.unique(shifts[:, 1]))),
    }


def frequencies(augment, images, rng):
    """How often it occurs: 2,500 right images miss one of these bounds once in 10**10 cases."""
    moved = augment(images, rng, True, 2)
    turn, shifts, _ = found_again(images, moved, 3)
    shares = [np.mean(shifts == shift, axis=0) for shift in range(-2, 3)]
    return occurring(lambda *_: moved, images, rng) | {
        "about half of the images are mirrored": bool(0.4 < np.mean(turn % 2) < 0.6),
        "all shifts in rows and in columns are about as frequent": bool(np.ptp(shares) < 0.09),
        "the number of combinations of mirroring, shift in rows and shift in columns": len(
            np.unique(np.column_stack([turn, shifts]), axis=0)),
    }


def states(augment, images, rng):
    """What the state of the generator decides."""
    seeds = rng.integers(2**32, size=2)
    one, again, other = (augment(images.copy(), np.random.default_rng(seed)) for seed in (seeds[0], *seeds))
    return {"the same state of rng gives other images": not np.array_equal(one, again),
            "another state of rng gives the same images": np.array_equal(one, other)}


def pictures(rng, *shape, dtype=np.uint8):
    """Images without zeros, so that those that enter are seen."""
    return rng.integers(1, 256, shape).astype(dtype)


def new(rng):
    return np.random.default_rng(int(rng.integers(2**32)))


def test_copies(student, rng):
    """every image becomes a copy of its own, mirrored or not and shifted; zeros enter; shape and dtype stay"""
    for shape, dtype, max_shift in [((6, 7, 8, 3), np.uint8, 2), ((9, 8, 6, 1), np.float32, 1),
                                    ((4, 9, 11, 2), np.float64, 3)]:
        student.augment.must_match(reference, pictures(rng, *shape, dtype=dtype), new(rng), True, max_shift,
                                   through=copies)
    student.augment.must_match(reference, pictures(rng, 80, 6, 8, 2), new(rng), through=movements)


def test_frequencies(student, rng):
    """half of many images are mirrored, and every shift comes up in rows and columns, each image on its own"""
    student.augment.must_match(reference, pictures(rng, 2500, 6, 7, 1), new(rng), through=frequencies)


def test_flip_and_max_shift(student, rng):
    """without flip no image is mirrored; with a max_shift of 0 none is shifted"""
    images = pictures(rng, 300, 6, 5, 1)
    for options in ((False, 1), (True, 0), (False, 2)):
        student.augment.must_match(reference, images, new(rng), *options, through=occurring)


def test_nothing_to_do(student, rng):
    """neither flips nor shifts: the images as they were"""
    images = pictures(rng, 5, 4, 6, 3, dtype=np.float32)
    student.augment.must_return(images, images, new(rng), False, 0)


def test_defaults(student, rng):
    """flips, and shifts by up to 2 pixels, where nothing else is said"""
    student.augment.must_match(reference, pictures(rng, 300, 6, 7, 2), new(rng), through=occurring)


def test_rng(student, rng):
    """the same images from the same state of rng, and others from another"""
    student.augment.must_match(reference, pictures(rng, 20, 6, 5, 2), new(rng), through=states)


def test_inputs_untouched(student, rng):
    """leaves the images as they are"""
    for dtype in (np.uint8, np.float32):
        student.augment.must_keep_inputs(pictures(rng, 12, 6, 7, 2, dtype=dtype), new(rng))


@accepted_variant
def by_slices(images, rng, flip=True, max_shift=2):
    out = np.zeros(images.shape, images.dtype)
    height, width = images.shape[1:3]
    for i in range(len(images)):
        image = images[i]
        down, right = rng.integers(-max_shift, max_shift + 1), rng.integers(-max_shift, max_shift + 1)
        if flip and rng.random() < 0.5:
            image = image[:, ::-1, :]
        out[i, max(down, 0):height + min(down, 0), max(right, 0):width + min(right, 0)] = image[
            max(-down, 0):height + min(-down, 0), max(-right, 0):width + min(-right, 0)]
    return out


one_draw_for_all = known_mistake("All images are moved alike: draw for every image by itself.")(
    slip(slip(by_slices, "    out =", "    state = rng.bit_generator.state\n    out ="),
         "image = images[i]", "image, rng.bit_generator.state = (images[i], state)"))

always_mirrored = known_mistake("Every image is mirrored: each is with probability 1/2.")(
    slip(by_slices, "flip and rng.random() < 0.5", "flip"))

seldom_mirrored = known_mistake("Too few images are mirrored: each is with probability 1/2.")(
    slip(by_slices, "< 0.5", "< 0.25"))

upside_down = known_mistake("The images are turned upside down: left and right are the second axis of an image.")(
    slip(by_slices, "image[:, ::-1, :]", "image[::-1]"))

flip_ignored = known_mistake("Images are mirrored though flip is False.")(
    slip(by_slices, "flip and rng", "rng"))

largest_shift_missing = known_mistake(
    "The shift max_shift never comes up, only -max_shift: the end of rng.integers is left out.")(
    slip(by_slices, "down, right = (rng.integers(-max_shift, max_shift + 1), rng.integers(-max_shift, max_shift + 1))",
         "down, right = rng.integers(-max_shift, max(max_shift, 1 - max_shift), 2)"))

shifted_one_way = known_mistake("The images are shifted down and right only: a shift may be negative.")(
    slip(by_slices, "(rng.integers(-max_shift, max_shift + 1), rng.integers(-max_shift, max_shift + 1))",
         "rng.integers(0, max_shift + 1, 2)"))

one_shift_for_both_axes = known_mistake("Rows and columns are shifted alike: draw a shift for each.")(
    slip(by_slices, "max_shift + 1), rng.integers(-max_shift, max_shift + 1))", "max_shift + 1),) * 2"))

columns_only = known_mistake("Rows are never shifted: draw a shift for both axes.")(
    slip(by_slices, "down, right = (rng.integers(-max_shift, max_shift + 1),", "down, right = (0,"))

rounded_shifts = known_mistake(
    "The largest shifts come up half as often as the others, since a number is rounded: draw whole ones.")(
    slip(by_slices, "(rng.integers(-max_shift, max_shift + 1), rng.integers(-max_shift, max_shift + 1))",
         "np.round(rng.uniform(-max_shift, max_shift, 2)).astype(int)"))

max_shift_ignored = known_mistake("max_shift is ignored: shifts go up to 2 pixels whatever it is.")(
    slip(by_slices, "    out =", "    max_shift = 2\n    out ="))

in_float64 = known_mistake("The images come back as float64: keep their dtype.")(
    slip(by_slices, "images.shape, images.dtype", "images.shape"))

generator_of_its_own = known_mistake("The draws come from a generator made here: use the rng that is handed in.")(
    slip(by_slices, "    out =", "    rng = np.random.default_rng(0)\n    out ="))

overwrites_the_images = known_mistake("The images that were handed in are changed: fill a new array.")(
    slip(by_slices, "image = images[i]", "image = images[i].copy()\n        out = images\n        out[i] = 0"))


@known_mistake("What leaves an image on one side comes in on the other: np.roll goes round, zeros are asked for.")
def rolled(images, rng, flip=True, max_shift=2):
    def moved(image):
        image = image[:, ::-1] if flip and rng.random() < 0.5 else image
        return np.roll(image, rng.integers(-max_shift, max_shift + 1, 2), axis=(0, 1))

    return np.array([moved(image) for image in images])


@accepted_variant
def all_at_once(images, rng, flip=True, max_shift=2):
    m, height, width, _ = images.shape
    images = np.where(flip & (rng.integers(2, size=(m, 1, 1, 1)) == 1), np.flip(images, axis=2), images)
    padded = np.pad(images, [(0, 0), (max_shift,) * 2, (max_shift,) * 2, (0, 0)])
    i = rng.choice(2 * max_shift + 1, m)[:, None, None] + np.arange(height)[:, None]
    j = rng.choice(2 * max_shift + 1, m)[:, None, None] + np.arange(width)
    return padded[np.arange(m)[:, None, None], i, j]


@accepted_variant
def rolled_and_blackened(images, rng, flip=True, max_shift=2):
    moved = images.copy()
    if flip:
        mirrored = rng.uniform(size=len(images)) > 0.5
        moved[mirrored] = moved[mirrored, :, ::-1]
    for image in moved:
        for axis in (0, 1):
            shift = int(rng.integers(2 * max_shift + 1)) - max_shift
            image[:] = np.roll(image, shift, axis)
            empty = slice(0, shift) if shift >= 0 else slice(shift, None)
            image.swapaxes(0, axis)[empty] = 0
    return moved


EQUIVALENT_MUTANTS = dict.fromkeys(
    [f"if flip and rng.random() < 0.5:  ->  if flip and rng.random() {sign} 0.5:" for sign in (">", ">=", "<=")],
    "half of the numbers are on either side")
