"""Hidden grader of `build_cnn`: not how the model is spelled counts, but which function of its weights it is."""

import math

import keras
import numpy as np

from grading_engine.grader import accepted_variant, known_mistake, slip

# Keras computes in float32, where probabilities that are summed in another order differ by some 1e-7; the nearest
# wrong model is 1e-2 away.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def reference(input_shape, num_classes):
    # Submissions' code may ask for it too: keep it small.
    if np.prod(input_shape) > 100_000 or num_classes > 10_000:
        raise ValueError("input_shape and num_classes make a model that is too large")
    layers = keras.layers
    x = image = keras.Input(input_shape)
    for _ in range(2):
        x = layers.MaxPooling2D()(layers.Conv2D(32, 3, activation="relu")(x))
    x = layers.Dense(128, "relu")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(num_classes, "softmax")(x))


def described(build, input_shape, num_classes):
    """What a model is, however it is written: its weights, and its answers once they and some images are given."""
    model = build(input_shape, num_classes)
    weights = model.get_weights()
    draw = np.random.default_rng(input_shape)
    images = draw.normal(size=(3, *model.input_shape[1:])).astype(np.float32)
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
    """for images of any size, grey or in colour, and any number of classes"""
    for input_shape, num_classes in [((12, 14, 3), 5), ((17, 13, 1), 3), ((10, 22, 2), 12)]:
        student.build_cnn.must_match(reference, input_shape, num_classes, through=described, **CLOSE)


def test_the_lectures_network(student):
    """the lecture's network for 28x28 pixels and 10 digits: 320 + 9,248 + 102,528 + 1,290 = 113,386 parameters"""
    student.build_cnn.must_match(reference, (28, 28, 1), 10, through=described, **CLOSE)


def test_smallest_images(student):
    """the smallest images that it can take, of 10x10 pixels, and two classes"""
    student.build_cnn.must_match(reference, (10, 10, 1), 2, through=described, **CLOSE)


@accepted_variant
def layer_by_layer(input_shape, num_classes):
    from keras import Sequential, layers

    model = Sequential()
    model.add(layers.Input(shape=input_shape))
    model.add(layers.Conv2D(filters=32, kernel_size=(3, 3), activation="relu", name="conv_1"))
    model.add(layers.MaxPooling2D(pool_size=(2, 2), name="pool_1"))
    model.add(layers.Conv2D(filters=32, kernel_size=(3, 3), activation="relu", name="conv_2"))
    model.add(layers.MaxPooling2D(pool_size=(2, 2), name="pool_2"))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


@accepted_variant
def functional(input_shape, num_classes):
    inputs = keras.Input(shape=input_shape)
    x = inputs
    for _ in range(2):
        x = keras.layers.Conv2D(32, kernel_size=3, padding="valid", kernel_initializer="he_uniform")(x)
        x = keras.layers.ReLU()(x)
        x = keras.layers.MaxPool2D((2, 2), strides=2)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(128)(x)
    x = keras.layers.Activation(keras.activations.relu)(x)
    x = keras.layers.Dense(num_classes)(x)
    return keras.Model(inputs=inputs, outputs=keras.layers.Softmax()(x))


@accepted_variant
def compiled_already(input_shape, num_classes):
    stack = [keras.Input(input_shape)]
    for _ in range(2):
        # Pooling before ReLU is the same as after it: the largest stays the largest.
        stack += [keras.layers.Conv2D(32, 3), keras.layers.MaxPooling2D(2), keras.layers.Activation("relu")]
    stack += [keras.layers.Flatten(), keras.layers.Dense(128, keras.activations.relu),
              keras.layers.Dense(num_classes, keras.activations.softmax)]
    model = keras.models.Sequential(stack)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


softmax_missing = known_mistake(
    "The last layer has no softmax: the model gives scores instead of probabilities.")(
    slip(layer_by_layer, ", activation='softmax'", ""))

sigmoid_at_the_end = known_mistake(
    "The last layer has a sigmoid: each class gets a probability of its own, and they do not add up to 1. "
    "One class of several is right, which asks for softmax.")(
    slip(layer_by_layer, "'softmax'", "'sigmoid'"))

ten_classes = known_mistake("There are ten outputs, whatever the number of classes: hand `num_classes` on.")(
    slip(layer_by_layer, "num_classes, activation=", "10, activation="))

one_channel = known_mistake("The images have one channel here, whatever input_shape says: hand all of it on.")(
    slip(layer_by_layer, "shape=input_shape", "shape=(*input_shape[:2], 1)"))

always_28_by_28 = known_mistake("The images are 28x28 pixels with one channel here: hand input_shape on.")(
    slip(layer_by_layer, "shape=input_shape", "shape=(28, 28, 1)"))

same_padding = known_mistake(
    "The convolutions pad the image with zeros and keep its size; here they do not: padding='valid', as Keras does "
    "by itself.")(
    slip(slip(layer_by_layer, "name='conv_1'", "padding='same'"), "name='conv_2'", "padding='same'"))

large_kernels = known_mistake("The filters are 5x5; they have to be 3x3.")(
    slip(slip(layer_by_layer, "(3, 3), activation='relu', name='conv_1'", "(5, 5), activation='relu'"),
         "(3, 3), activation='relu', name='conv_2'", "(3, 3), padding='same', activation='relu'"))

sixty_four_filters = known_mistake("The second convolution has 64 filters; both have 32.")(
    slip(layer_by_layer, "32, kernel_size=(3, 3), activation='relu', name='conv_2'",
         "64, kernel_size=(3, 3), activation='relu'"))

second_pooling_missing = known_mistake("The second max pooling is missing: one follows each convolution.")(
    slip(layer_by_layer, "    model.add(layers.MaxPooling2D(pool_size=(2, 2), name='pool_2'))\n", ""))

average_pooling = known_mistake("The pooling takes the mean of each window; max pooling is asked for.")(
    slip(slip(layer_by_layer, "MaxPooling2D(pool_size=(2, 2), name='pool_1'", "AveragePooling2D((2, 2)"),
         "MaxPooling2D(pool_size=(2, 2), name='pool_2'", "AveragePooling2D((2, 2)"))

relu_missing_in_convolutions = known_mistake("The convolutions are without ReLU: activation='relu'.")(
    slip(slip(layer_by_layer, "activation='relu', name='conv_1'", "name='conv_1'"),
         "activation='relu', name='conv_2'", "name='conv_2'"))

relu_missing_in_dense = known_mistake("The layer of 128 units is without ReLU: activation='relu'.")(
    slip(layer_by_layer, "128, activation='relu'", "128"))

global_pooling = known_mistake(
    "Only the mean of each feature map goes on to the last layers: Flatten hands on all of its numbers.")(
    slip(layer_by_layer, "Flatten", "GlobalAveragePooling2D"))

flatten_missing = known_mistake("Flatten is missing, so that Dense looks at the channels of one pixel at a time.")(
    slip(layer_by_layer, "    model.add(layers.Flatten())\n", ""))

dense_layer_missing = known_mistake("The layer of 128 units is missing between Flatten and the classes.")(
    slip(layer_by_layer, "    model.add(layers.Dense(128, activation='relu'))\n", ""))

dropout_added = known_mistake("There is a Dropout in it, which the lecture's network does not have.")(
    slip(layer_by_layer, "128, activation='relu'))\n",
         "128, activation='relu'))\n    model.add(layers.Dropout(0.5))\n"))

EQUIVALENT_MUTANTS = {}
