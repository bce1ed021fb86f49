"""Hidden grader of `build_dense_net`: not how the model is spelled counts, but which function of its weights it is."""

import math

import keras
import numpy as np

from grading_engine.grader import accepted_variant, known_mistake, slip

# Keras computes in float32, where probabilities that are summed in another order differ by some 1e-7; the nearest
# wrong model is 1e-2 away.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def reference(input_shape, num_classes, hidden=128, activation="relu"):
    # Submissions' code may ask for it too: keep it small.
    if np.prod(input_shape) * hidden > 3_000_000 or hidden * num_classes > 3_000_000:
        raise ValueError("input_shape, hidden and num_classes make a model that is too large")
    image = keras.Input(input_shape)
    units = keras.layers.Dense(hidden, activation)(keras.layers.Flatten()(image))
    return keras.Model(image, keras.layers.Dense(num_classes, "softmax")(units))


def described(build, input_shape, *args):
    """What a model is, however it is written: its weights, and its answers once they and some images are given."""
    model = build(input_shape, *args)
    weights = model.get_weights()
    draw = np.random.default_rng(input_shape)
    images = draw.random((4, *model.input_shape[1:]), dtype=np.float32)
    # Of one size in all layers, so that every unit has work to do and none is saturated.
    model.set_weights([draw.normal(scale=math.prod(w.shape[:-1], start=0.7) ** -0.5, size=w.shape) for w in weights])
    answers = np.asarray(model(images))
    return {
        "the shape of an image": str(model.input_shape[1:]),
        "the shapes of weights and biases": ", ".join("x".join(map(str, w.shape)) for w in weights),
        "the number of parameters": sum(w.size for w in weights),
        "the answers to some images, with weights that are given,": answers,
        "other answers while it is trained": not np.allclose(model(images, training=True), answers, **CLOSE),
        "weights that start all alike": sum(w.ndim > 1 and bool(np.all(w == w.flat[0])) for w in weights),
    }


def test_any_images(student):
    """for images of any size: 128 hidden units with ReLU, then a probability for every class"""
    for input_shape, num_classes in [((3, 4, 2), 5), ((6, 5, 1), 3), ((4, 2, 3), 12), ((5, 3, 1), 2)]:
        student.build_dense_net.must_match(reference, input_shape, num_classes, through=described, **CLOSE)


def test_hidden_units(student):
    """as many hidden units as asked for"""
    for hidden in (7, 20):
        student.build_dense_net.must_match(reference, (4, 3, 3), 6, hidden, through=described, **CLOSE)


def test_activations(student):
    """other activations of the hidden units"""
    for activation in ("tanh", "sigmoid", "linear"):
        student.build_dense_net.must_match(reference, (2, 5, 1), 4, 9, activation, through=described, **CLOSE)


def test_the_lectures_network(student):
    """the lecture's network for 28x28 pixels and 10 digits, with its 101,770 parameters"""
    student.build_dense_net.must_match(reference, (28, 28, 1), 10, through=described, **CLOSE)


@accepted_variant
def layer_by_layer(input_shape, num_classes, hidden=128, activation="relu"):
    from keras import Sequential, layers

    model = Sequential()
    model.add(layers.Input(shape=input_shape))
    model.add(layers.Flatten())
    model.add(layers.Dense(hidden, activation=activation))
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


@accepted_variant
def functional(input_shape, num_classes, hidden=128, activation="relu"):
    inputs = keras.Input(shape=input_shape, name="image")
    x = keras.layers.Reshape((int(np.prod(input_shape)),))(inputs)
    x = keras.layers.Dense(hidden)(x)
    x = keras.layers.Activation(activation)(x)
    outputs = keras.layers.Softmax()(keras.layers.Dense(num_classes)(x))
    return keras.Model(inputs, outputs, name="dense")


@accepted_variant
def compiled_already(input_shape, num_classes, hidden=128, activation="relu"):
    model = keras.models.Sequential([
        keras.Input(input_shape),
        keras.layers.Flatten(data_format="channels_last"),
        keras.layers.Dense(hidden, keras.activations.get(activation), kernel_initializer="he_normal"),
        keras.layers.Dense(num_classes, keras.activations.softmax),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


softmax_missing = known_mistake(
    "The last layer has no softmax: the model gives scores instead of probabilities.")(
    slip(layer_by_layer, ", activation='softmax'", ""))

sigmoid_at_the_end = known_mistake(
    "The last layer has a sigmoid: each class gets a probability of its own, and they do not add up to 1. "
    "One class of several is right, which asks for softmax.")(
    slip(layer_by_layer, "'softmax'", "'sigmoid'"))

activation_at_the_end = known_mistake(
    "`activation` has gone to the last layer too: it is for the hidden units, the last layer has softmax.")(
    slip(layer_by_layer, "'softmax'", "activation"))

activation_ignored = known_mistake("The hidden units have ReLU, whatever is asked for: hand `activation` on.")(
    slip(layer_by_layer, "=activation", "='relu'"))

activation_missing = known_mistake(
    "The hidden units have no activation, so that two layers do no more than one: hand `activation` on.")(
    slip(layer_by_layer, ", activation=activation", ""))

hidden_ignored = known_mistake("There are 128 hidden units, whatever is asked for: hand `hidden` on.")(
    slip(layer_by_layer, "Dense(hidden", "Dense(128"))

ten_classes = known_mistake("There are ten outputs, whatever the number of classes: hand `num_classes` on.")(
    slip(layer_by_layer, "num_classes, activation=", "10, activation="))

flatten_missing = known_mistake(
    "Flatten is missing, so that Dense looks at the channels of one pixel at a time.")(
    slip(layer_by_layer, "    model.add(layers.Flatten())\n", ""))

hidden_layer_missing = known_mistake("The hidden layer is missing: the classes follow from the pixels at once.")(
    slip(layer_by_layer, "    model.add(layers.Dense(hidden, activation=activation))\n", ""))

second_hidden_layer = known_mistake("There are two hidden layers; one is asked for.")(
    slip(layer_by_layer, "activation=activation))\n",
         "activation=activation))\n    model.add(layers.Dense(hidden, activation=activation))\n"))

dropout_added = known_mistake("There is a Dropout in it, which this network does not have.")(
    slip(layer_by_layer, "activation=activation))\n", "activation=activation))\n    model.add(layers.Dropout(0.5))\n"))

one_channel = known_mistake("The images have one channel here, whatever input_shape says: hand all of it on.")(
    slip(layer_by_layer, "shape=input_shape", "shape=(*input_shape[:2], 1)"))

starts_at_zero = known_mistake(
    "All weights start alike, so that all hidden units stay alike: let Keras draw them, as it does by itself.")(
    slip(layer_by_layer, "activation=activation", "activation=activation, kernel_initializer='zeros'"))

EQUIVALENT_MUTANTS = {}
