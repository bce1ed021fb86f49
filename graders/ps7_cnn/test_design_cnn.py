"""Hidden grader of `design_cnn`: it trains the network on pictures that no student has seen, on a GPU if it can.

Only a description of the network leaves the student's process; the trusted side builds it anew, with weights of its
own.  What the test accuracy is worth stands in calibration.json, from runs of the reference below.
"""

import math

import keras
import numpy as np
from keras import layers
from scipy import ndimage

from course_lib.data import digits
from grading_engine import calibration, charts
from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.student import Failure
from grading_engine.training import UNTRAINED, Budget, OutOfMemory, Task, run

MAX_PARAMETERS = 300_000
SIDE = 16
# Pictures to test with are made from other digits than those to learn from.
KEPT_FOR_TESTS = 500
TEST_IMAGES = 1000
NO_MUTANTS = "Every change of a design is another design: how good it is only a training run tells."


def reference(input_shape, num_classes):
    network = keras.Sequential([
        keras.Input(input_shape),
        layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.Flatten(), layers.Dropout(0.3),
        layers.Dense(64, activation="relu"), layers.Dense(num_classes, activation="softmax")])
    network.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def pictures(rng, images):
    """Handwritten digits, turned, stretched and moved on a larger ground, darker or brighter, with noise."""
    digit, label = digits()
    order = np.random.default_rng(0).permutation(len(digit))
    return (_drawn(rng, digit, label, rng.choice(order[KEPT_FOR_TESTS:], images)),
            _drawn(rng, digit, label, rng.choice(order[:KEPT_FOR_TESTS], TEST_IMAGES)))


def _drawn(rng, digit, label, which):
    x = np.zeros((len(which), SIDE, SIDE), np.float32)
    for picture, number in zip(x, which, strict=True):
        angle, size, slim = rng.uniform(-0.26, 0.26), rng.uniform(0.75, 1.0), rng.uniform(0.85, 1.18)
        turned = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        step = turned * [1.0, slim] * 8 / (SIDE * size)
        centre = 3.5 + rng.uniform(-0.8, 0.8, 2)
        corner = centre - step.sum(axis=1) * (SIDE - 1) / 2
        picture[:] = ndimage.affine_transform(digit[number].reshape(8, 8) / 16, step, corner, picture.shape, order=1)
    x = x * rng.uniform(0.5, 1.0, (len(x), 1, 1)) + rng.normal(0, 0.1, x.shape)
    return x[..., None].astype(np.float32), label[which]


TASK = Task((SIDE, SIDE, 1), 10, pictures, {"gpu": Budget(30_000, 15, 128, 300.0), "cpu": Budget(4000, 6, 32, 300.0)})


def facts(design, input_shape, num_classes):
    """What every network has to be, whatever its design."""
    model = design(input_shape, num_classes)
    rows = model(np.random.default_rng(0).normal(size=(5, *input_shape)))
    told = {"shape of the input": list(model.input_shape), "shape of the output": list(model.output_shape),
            "every row of the output sums to 1": bool(np.allclose(np.sum(rows, axis=1), 1, atol=1e-4)),
            f"has at most {MAX_PARAMETERS:,} parameters": model.count_params() <= MAX_PARAMETERS,
            "is compiled": bool(model.compiled)}
    if model.compiled:
        loss = model.get_compile_config()["loss"]
        name = loss["config"]["name"] if isinstance(loss, dict) else loss
        told["loss"] = str(name)
    return told


def trained(student):
    """The training run of the student's network, one for all tests; only a network of the right form gets there."""
    student.design_cnn.must_match(reference, TASK.input_shape, TASK.classes, through=facts)
    model = student.design_cnn.returned(TASK.input_shape, TASK.classes)
    bands = calibration.load(__file__)
    try:
        return run(model, TASK, student.seed, bands), bands
    except OutOfMemory as error:
        raise Failure(f"the network {error}: let it have fewer numbers between its layers", "memory") from None


def reached(student, number):
    """Whether the run got into a band, the lowest one being 0."""
    result, bands = trained(student)
    student.design_cnn.must(
        result.accuracy >= bands.edges[number],
        f"is right on {result.accuracy:.1%} of the unseen pictures; this mark asks for {bands.edges[number]:.1%}",
        TASK.input_shape, TASK.classes)


def test_it_learns(student, rng):
    """is a network that can be trained, and learns from pictures that it has never seen"""
    student.design_cnn.must_match(reference, (28, 20, 3), 4, through=facts)
    result, _ = trained(student)
    student.show(charts.training_run, result, when_right=True)
    low, high = (times * math.log(TASK.classes) for times in UNTRAINED)
    student.design_cnn.must(low <= result.first_loss <= high,
                            f"starts with a loss of {result.first_loss:.3g}; a network that knows nothing yet has one "
                            f"near ln {TASK.classes} = {math.log(TASK.classes):.3g}", TASK.input_shape, TASK.classes)
    student.design_cnn.must(result.finite, "its loss or its weights become nan or infinite: take smaller steps",
                            TASK.input_shape, TASK.classes)
    student.design_cnn.must(result.changed, "has a layer with weights that training does not change",
                            TASK.input_shape, TASK.classes)
    reached(student, 0)


def test_second_band(student, rng):
    """knows more of the unseen pictures: second band"""
    reached(student, 1)


def test_third_band(student, rng):
    """knows most of the unseen pictures: third band"""
    reached(student, 2)


def test_best_band(student, rng):
    """is as good as a network that was made with care: best band"""
    reached(student, 3)


@known_mistake("The network is not compiled: end with model.compile(optimizer, \"sparse_categorical_crossentropy\", "
               "metrics=[\"accuracy\"]).")
def not_compiled(input_shape, num_classes):
    return keras.Sequential([
        keras.Input(input_shape), keras.layers.Conv2D(16, 3, activation="relu"), keras.layers.MaxPooling2D(4),
        keras.layers.Flatten(), keras.layers.Dense(num_classes, activation="softmax")])


@known_mistake("The network has more than 300,000 parameters: pool before Flatten, or take fewer filters and units.")
def too_many_parameters(input_shape, num_classes):
    network = keras.Sequential([
        keras.Input(input_shape), keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
        keras.layers.Flatten(), keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(num_classes, activation="softmax")])
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


@known_mistake("The last layer gives scores, not probabilities: it needs activation=\"softmax\".")
def softmax_missing(input_shape, num_classes):
    network = keras.Sequential([
        keras.Input(input_shape), keras.layers.Conv2D(16, 3, activation="relu"), keras.layers.MaxPooling2D(4),
        keras.layers.Flatten(), keras.layers.Dense(num_classes)])
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


@known_mistake("The number of classes is fixed to 10: the last layer has num_classes units.")
def ten_classes(input_shape, num_classes):
    network = keras.Sequential([
        keras.Input(input_shape), keras.layers.Conv2D(16, 3, activation="relu"), keras.layers.MaxPooling2D(4),
        keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


@known_mistake("The loss is for one-hot labels; the labels are whole numbers: sparse_categorical_crossentropy.")
def loss_for_one_hot_labels(input_shape, num_classes):
    network = keras.Sequential([
        keras.Input(input_shape), keras.layers.Conv2D(16, 3, activation="relu"), keras.layers.MaxPooling2D(4),
        keras.layers.Flatten(), keras.layers.Dense(num_classes, activation="softmax")])
    network.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return network


@accepted_variant
def functional_with_normalization(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = inputs
    for filters in (24, 48):
        x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
        x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(64, activation="relu")(x)
    outputs = keras.layers.Dense(num_classes, activation="softmax")(x)
    network = keras.Model(inputs, outputs)
    network.compile(optimizer=keras.optimizers.Adam(learning_rate=0.002),
                    loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return network
