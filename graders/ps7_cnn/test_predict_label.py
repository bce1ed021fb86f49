"""Hidden grader of `predict_label`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the name", "the probability")
# Keras computes in float32, where a probability that is summed in another order differs by some 1e-7 of it; the
# nearest wrong one is 1e-3 away.
CLOSE = {"rtol": 1e-5, "atol": 1e-7, "dtypes": (np.floating,)}


def reference(model, image, class_names):
    # Submissions' code may call it with a model of its own.
    probabilities = np.asarray(model(prepare_images(np.asarray(image)[np.newaxis])))[0]
    winner = int(np.argmax(probabilities))
    return class_names[winner], float(probabilities[winner])


def prepare_images(images):
    """What the notebook's function of this name does: known mistakes and variants call it."""
    x = tf.cast(images, tf.float32) / (255 if images.dtype == np.uint8 else 1)
    return (x if x.ndim == 4 else x[..., tf.newaxis]).numpy()


def classifier(rng, shape, names):
    """Return a model for images of this shape."""
    # Filters that are one pixel wide: they also take the rows of one image for a batch, which is a known mistake.
    # With names: numbered ones would make another model of it each time, whose answers nobody remembers.
    layers = keras.layers
    model = keras.Sequential([
        keras.Input(shape, name="image"), layers.Conv2D(len(names), (2, 1), activation="tanh", name="filters"),
        layers.GlobalAveragePooling2D(name="means"), layers.Dense(len(names), "softmax", name="classes")],
        name="classifier")
    model.set_weights([rng.normal(size=weights.shape) for weights in model.get_weights()])
    return model


def test_grey_images(student, rng):
    """the most probable class of an image with grey levels of 0 to 255, and its probability"""
    # None of them is 255: to divide by the largest one is something else.
    names = ["cat", "dog", "owl"]
    student.predict_label.must_match(reference, classifier(rng, (3, 4, 1), names),
                                     rng.integers(20, 180, size=(3, 4), dtype=np.uint8), names, **CLOSE)


def test_channels(student, rng):
    """images in colour"""
    names = ["sea", "sky", "sand", "snow"]
    student.predict_label.must_match(reference, classifier(rng, (2, 4, 3), names),
                                     rng.integers(20, 180, size=(2, 4, 3), dtype=np.uint8), names, **CLOSE)


def test_scaled_already(student, rng):
    """images of another dtype, which are on the right scale already, and have an axis for their only channel"""
    names = ["left", "right"]
    student.predict_label.must_match(reference, classifier(rng, (4, 3, 1), names), rng.uniform(0.1, 0.7, (4, 3, 1)),
                                     names, **CLOSE)


def test_dark_images(student, rng):
    """grey levels of 0 and 1 out of 255, which is nearly black"""
    names = ["left", "ahead", "right"]
    student.predict_label.must_match(reference, classifier(rng, (2, 3, 1), names),
                                     np.array([[1, 0, 1], [0, 1, 0]], np.uint8), names, **CLOSE)


def test_inputs_untouched(student, rng):
    """leaves the model, the image and the names as they are"""
    names = ["up", "down", "ahead"]
    student.predict_label.must_keep_inputs(classifier(rng, (3, 2, 1), names), rng.random((3, 2), np.float32), names)


@known_mistake("The scaling is forgotten: the model was trained with numbers of 0 to 1, not of 0 to 255.")
def scaling_forgotten(model, image, class_names):
    x = np.asarray(image, np.float32).reshape(1, *image.shape[:2], -1)
    probabilities = np.asarray(model(x))[0]
    best = int(np.argmax(probabilities))
    return class_names[best], float(probabilities[best])


@known_mistake("Every image is divided by 255; only uint8 is, as prepare_images does it.")
def always_scaled(model, image, class_names):
    x = np.asarray(image, np.float32).reshape(1, *image.shape[:2], -1) / 255
    probabilities = np.asarray(model(x))[0]
    best = int(np.argmax(probabilities))
    return class_names[best], float(probabilities[best])


@known_mistake("The image is divided by its own largest number, so that a dark image looks like a bright one: divide "
               "uint8 by 255.")
def scaled_by_its_maximum(model, image, class_names):
    x = np.asarray(image, np.float32).reshape(1, *image.shape[:2], -1)
    probabilities = np.asarray(model(x / x.max()))[0]
    best = int(np.argmax(probabilities))
    return class_names[best], float(probabilities[best])


@known_mistake("Whether an image is scaled follows from its largest number, which fails for a dark one: ask for its "
               "dtype.")
def scaled_if_bright(model, image, class_names):
    x = np.asarray(image, np.float32).reshape(1, *image.shape[:2], -1)
    probabilities = np.asarray(model(x / 255 if x.max() > 1 else x))[0]
    best = int(np.argmax(probabilities))
    return class_names[best], float(probabilities[best])


@known_mistake("The least probable class wins: argmax, not argmin.")
def least_probable(model, image, class_names):
    probabilities = np.asarray(model(prepare_images(image[np.newaxis])))[0]
    best = int(np.argmin(probabilities))
    return class_names[best], float(probabilities[best])


@known_mistake("The probability is in percent; it is a number from 0 to 1.")
def in_percent(model, image, class_names):
    probabilities = np.asarray(model(prepare_images(image[np.newaxis])))[0]
    best = int(np.argmax(probabilities))
    return class_names[best], float(100 * probabilities[best])


@known_mistake("The number of the class is returned; its name stands in class_names.")
def number_of_the_class(model, image, class_names):
    probabilities = np.asarray(model(prepare_images(image[np.newaxis])))[0]
    best = int(np.argmax(probabilities))
    return best, float(probabilities[best])


@known_mistake("softmax is applied to what is a probability already: the model's last layer has done it.")
def softmax_twice(model, image, class_names):
    powers = np.exp(np.asarray(model(prepare_images(image[np.newaxis])))[0])
    best = int(np.argmax(powers))
    return class_names[best], float(powers[best] / powers.sum())


@known_mistake("The batch axis is missing: a model takes several images, (1, H, W, C) is one of them.")
def batch_axis_forgotten(model, image, class_names):
    x = np.asarray(image, np.float32).reshape(*image.shape[:2], -1)
    probabilities = np.asarray(model(x / 255 if image.dtype == np.uint8 else x))[0]
    best = int(np.argmax(probabilities))
    return class_names[best], float(probabilities[best])


@accepted_variant
def called_as_a_function(model, image, class_names):
    probabilities = np.ravel(model(prepare_images(np.expand_dims(image, 0))))
    return class_names[probabilities.argmax()], probabilities.max()


@accepted_variant
def by_sorting(model, image, class_names):
    x = tf.cast(image, tf.float32) / (255.0 if image.dtype == np.uint8 else 1.0)
    x = tf.reshape(x, (1, image.shape[0], image.shape[1], -1))
    (probabilities,) = model.predict(x, verbose=0).tolist()
    return max(zip(probabilities, class_names, strict=True))[::-1]


@accepted_variant
def scaled_by_hand(model, image, class_names):
    if image.ndim == 2:
        image = image[:, :, None]
    if image.dtype == "uint8":
        image = image / 255.0
    p = model.predict(np.array([image]), verbose=0)
    k = p.argmax(axis=1)[0]
    return class_names[k], p[0, k]


EQUIVALENT_MUTANTS = {
    "probabilities = model.predict(batch, verbose=0)[0]  ->  probabilities = model.predict(batch, verbose=1)[0]":
        "prints a progress bar and returns the same",
    "probabilities = model.predict(batch, verbose=0)[0]  ->  probabilities = model.predict(batch, verbose=-1)[0]":
        "prints a progress bar and returns the same",
    "probabilities = model.predict(batch, verbose=0)[0]  ->  probabilities = model.predict(batch, verbose=0)[-1]":
        "the only image of a batch is also its last one",
    "best = int(np.argmax(probabilities))  ->  best = np.argmax(probabilities)":
        "numpy's integers are indices too",
}
