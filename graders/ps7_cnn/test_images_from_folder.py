"""Hidden grader of `images_from_folder`: the training order is free, so it is properties that are compared."""

import io
import itertools
import os

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from grading_engine.grader import accepted_variant, known_mistake, slip
from grading_engine.sandbox.wire import Folder

# Half a level of 255 is .002: of a picture of the right size every level counts.
LEVEL = 5e-4
# Resized or out of a JPEG, its corners are about what they were.
ABOUT = 0.02
MOST_PICTURES = 200


def reference(root, image_size, batch_size, seed=0):
    # It would also be asked by a student's code, whose files are not opened here: the tests use the one below.
    raise ValueError("root: files are not read for you here")


def right(root, image_size, batch_size, seed=0):
    return tuple(
        keras.utils.image_dataset_from_directory(
            os.path.join(root, part), image_size=image_size, batch_size=batch_size, shuffle=part == "train", seed=seed,
            verbose=False).map(lambda images, labels: (images / 255, labels))
        for part in ("train", "validation"))


def file_of(pixels, kind):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **{"jpeg": {"quality": 95, "subsampling": 0}}.get(kind, {}))
    return file.getvalue()


def folder_of(draw, counts):
    """Return a `Folder` of pictures; ``draw(i)`` gives the pixels and the kind of file of the i-th one.

    ``counts`` says for each class how many pictures there are to train with and to validate with.
    """
    files = {}
    for name, numbers in counts.items():
        for part, number in zip(("train", "validation"), numbers, strict=True):
            for i in range(number):
                pixels, kind = draw(len(files))
                files[f"{part}/{name}/{i:02d}.{kind.replace('jpeg', 'jpg')}"] = file_of(pixels, kind)
    return Folder(files)


def of_one_size(rng, height, width):
    """Pictures whose every level is known."""
    return lambda i: (rng.integers(0, 256, (height, width, 3), dtype=np.uint8), "png")


def of_many_sizes(i):
    """Pictures of four coloured quarters, the more different from each other the less they are mixed up."""
    digits = np.arange(12).reshape(2, 2, 3)
    quarters = np.uint8(40 + 150 * (i >> digits % 6 & 1) + 10 * digits[..., :1] // 3)
    # A JPEG keeps what is even over blocks of 8.
    rows, columns = [(8, 16), (16, 8), (16, 24)][i % 3]
    return quarters.repeat(rows, axis=0).repeat(columns, axis=1), ("png", "jpeg")[i % 2]


def pictures_of(root, part):
    """Return pictures in [0, 1] and their labels, by the order of the files; read before a student's code runs."""
    files = {name: content for name, content in sorted(root.files().items()) if name.startswith(part)}
    classes = sorted({name.split("/")[1] for name in files})
    return ([np.asarray(Image.open(io.BytesIO(content))) / 255 for content in files.values()],
            [classes.index(name.split("/")[1]) for name in files])


def alike(image, picture):
    if image.shape == picture.shape:
        return bool(np.abs(image - picture).max() < LEVEL)
    corners = np.ix_([0, -1], [0, -1])
    return image.ndim == 3 and image.shape[-1] in (1, 3) and bool(
        np.abs(image[corners] - picture[corners]).max() < ABOUT)


def items_of(arrays):
    """Return what stands in the arrays of all batches; what a student makes up may be too much to look at."""
    return list(itertools.islice(itertools.chain.from_iterable(arrays), MOST_PICTURES))


def numbers_of(batches, pictures):
    """Return the numbers of the pictures that came; -1 stands for one that was not in the folder."""
    return [next((i for i, picture in enumerate(pictures) if alike(image, picture)), -1)
            for image in items_of(np.asarray(images, np.float64) for images, _ in batches)]


def what_comes(images_from_folder, root, image_size, batch_size, seed):
    """What can be said of the batches whatever the order of those to train with."""
    known = {part: pictures_of(root, part) for part in ("train", "validation")}
    returned = dict(zip(known, images_from_folder(root, image_size, batch_size, seed), strict=True))
    facts = {}
    for part, (pictures, right_labels) in known.items():
        batches = [(np.asarray(images), np.asarray(labels)) for images, labels in returned[part]]
        came = numbers_of(batches, pictures)
        labels = items_of(labels for _, labels in batches)
        here = f"in the batches of {part}: "
        facts |= {
            here + "pictures in each": ", ".join(str(len(images)) for images, _ in batches),
            here + "shapes of a picture": ", ".join(sorted({str(images.shape[1:]) for images, _ in batches})),
            here + "dtypes of pictures": ", ".join(sorted({images.dtype.name for images, _ in batches})),
            here + "numbers outside [0, 1]": sum(int(((images < 0) | (images > 1)).sum()) for images, _ in batches),
            here + "pictures that are missing": len(set(range(len(pictures))) - set(came)),
            here + "pictures that come again": len(came) - len(set(came)),
            here + "pictures that the folder does not have": came.count(-1),
            here + "shapes of a label": ", ".join(sorted({str(labels.shape[1:]) for _, labels in batches})),
            here + "labels that are no integers": sum(label.dtype.kind not in "iu" for label in labels),
            here + "pictures with another label than their class folder's": sum(
                i >= 0 and not np.all(label == right_labels[i]) for i, label in zip(came, labels, strict=False)),
        }
        if part == "validation":
            facts["the pictures to validate with come in the order of their files"] = came == sorted(came)
    return facts


def what_the_seed_does(images_from_folder, root, image_size, batch_size, seed):
    """How the pictures to train with are ordered."""
    pictures, _ = pictures_of(root, "train")

    def order(*seeds):
        batches, _ = images_from_folder(root, image_size, batch_size, *seeds)
        return numbers_of(batches, pictures)

    first, again, other = order(0), order(), order(seed)
    return {"pictures to train with that are the folder's": len(first) - first.count(-1),
            "the pictures to train with come in the order of their files": first == sorted(first),
            "without a seed, the order is the same as with seed 0": again == first,
            "another seed gives the same order": other == first}


def test_pictures_and_labels(student, rng):
    """every picture once, from 0 to 1, with the number of its class folder, in batches of the size asked for"""
    counts = {"plum": (3, 1), "apple": (4, 4), "fig": (6, 2)}
    student.images_from_folder.must_match(
        right, folder_of(of_one_size(rng, 4, 6), counts), (4, 6), 5, 1 + int(rng.integers(99)), through=what_comes)


def test_the_seed(student, rng):
    """the training pictures shuffled by the seed"""
    # So many pictures that no right answer meets an order by chance.
    student.images_from_folder.must_match(
        right, folder_of(of_one_size(rng, 2, 3), {"sun": (9, 1), "moon": (11, 1)}), (2, 3), 4,
        1 + int(rng.integers(99)), through=what_the_seed_does)


def test_pictures_of_other_sizes(student, rng):
    """pictures that have to be resized, of both kinds of files, in batches that come out even"""
    counts = {"red": (3, 2), "blue": (1, 3), "white": (2, 1), "green": (2, 2)}
    student.images_from_folder.must_match(
        right, folder_of(of_many_sizes, counts), (8, 12), 4, 1 + int(rng.integers(99)), through=what_comes)


@accepted_variant
def with_everything_said(root, image_size, batch_size, seed=0):
    import os

    import keras

    def read(part, shuffle):
        batches = keras.utils.image_dataset_from_directory(
            os.path.join(root, part), labels="inferred", label_mode="int", color_mode="rgb", image_size=image_size,
            batch_size=batch_size, shuffle=shuffle, seed=seed, verbose=False)
        return batches.map(lambda images, labels: (images / 255.0, labels))

    train = read("train", True)
    validation = read("validation", False)
    return train, validation


@accepted_variant
def lists_of_arrays(root, image_size, batch_size, seed=0):
    def read(part):
        names = sorted(os.listdir(f"{root}/{part}"))
        pairs = [(os.path.join(root, part, name, file), label) for label, name in enumerate(names)
                 for file in sorted(os.listdir(os.path.join(root, part, name)))]
        if part == "train":
            np.random.default_rng(seed).shuffle(pairs)
        paths = [path for path, _ in pairs]
        images = np.array([keras.utils.img_to_array(keras.utils.load_img(path, target_size=image_size)) / 255.0
                           for path in paths], dtype="float32")
        labels = np.array([int(label) for _, label in pairs])
        return [(images[i:i + batch_size], labels[i:i + batch_size]) for i in range(0, len(paths), batch_size)]

    return read("train"), read("validation")


@accepted_variant
def shuffled_by_all_generators(root, image_size, batch_size, seed=0):
    keras.utils.set_random_seed(seed)
    train = keras.utils.image_dataset_from_directory(os.path.join(root, "train"), image_size=image_size,
                                                     batch_size=None, shuffle=True, verbose=False)
    validation = keras.utils.image_dataset_from_directory(os.path.join(root, "validation"), image_size=image_size,
                                                          batch_size=None, shuffle=False, verbose=False)
    return [part.map(lambda image, label: (tf.cast(image, tf.float32) / 255.0, label)).batch(batch_size).prefetch(1)
            for part in (train, validation)]


not_scaled = known_mistake("The numbers go from 0 to 255: divide the pictures of both parts by 255.")(
    slip(with_everything_said, "images / 255.0", "images"))
validation_not_scaled = known_mistake(
    "Only the pictures to train with are divided by 255: those to validate with need the same.")(
    slip(with_everything_said, "255.0", "(255.0 if shuffle else 1.0)"))
size_turned = known_mistake("Height and width are exchanged: image_size is (h, w), as Keras wants it.")(
    slip(with_everything_said, "=image_size", "=image_size[::-1]"))
grey = known_mistake("The pictures are read in grey, with one channel: colour needs three.")(
    slip(with_everything_said, "'rgb'", "'grayscale'"))
one_hot = known_mistake("The labels come as one-hot rows: label_mode='int' gives whole numbers.")(
    slip(with_everything_said, "'int'", "'categorical'"))
validated_on_training = known_mistake("The pictures to validate with are those to train with: they have a folder "
                                      "of their own.")(slip(with_everything_said, "'validation'", "'train'"))
parts_swapped = known_mistake("The two parts come the wrong way round: train first, then validation.")(
    slip(with_everything_said, "(train, validation)", "(validation, train)"))
validation_shuffled = known_mistake(
    "The pictures to validate with are shuffled, which Keras does unless it is told shuffle=False.")(
    slip(with_everything_said, "'validation', False", "'validation', True"))
not_shuffled = known_mistake("The pictures to train with come class by class: shuffle them.")(
    slip(with_everything_said, "True", "False"))
seed_ignored = known_mistake("The order does not depend on the seed: hand it on to what shuffles.")(
    slip(with_everything_said, "seed=seed", "seed=0"))
last_batch_dropped = known_mistake("Pictures that do not fill a batch are dropped: the last batch may be smaller.")(
    slip(with_everything_said, "batches.map", "batches.unbatch().batch(batch_size, drop_remainder=True).map"))

_CALL = ("batches = keras.utils.image_dataset_from_directory(os.path.join(root, part), image_size=image_size, "
         "batch_size=batch_size, shuffle=shuffle, seed=seed, verbose={})")
EQUIVALENT_MUTANTS = {
    f"{_CALL.format(False)}  ->  {_CALL.format(True)}": "Keras then prints how many files it found.",
}
