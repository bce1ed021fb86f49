"""Hidden grader of `cnn_forward`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the probabilities (m, 10)",)


def reference(x, params):
    # Submissions' code may ask for it too: keep it small.
    if np.size(x) * max(np.size(weights) for weights, _ in params) > 100_000_000:
        raise ValueError("x and params are too large")
    x = tf.constant(x, tf.float64)
    *convolutions, hidden, last = [[tf.constant(values, tf.float64) for values in pair] for pair in params]
    for kernel, bias in convolutions:
        x = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "VALID") + bias)
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.nn.relu(tf.reshape(x, (len(x), -1)) @ hidden[0] + hidden[1])
    return tf.nn.softmax(x @ last[0] + last[1]).numpy()


def layer(rng, *shape):
    """Weights and bias of a layer whose outputs are large and small in turn, so that every ReLU has work to do."""
    weights = rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
    axes = tuple(range(len(shape) - 1))
    weights *= np.sign(weights.sum(axis=axes)) * (-1.0) ** np.arange(shape[-1])
    return weights, rng.uniform(0.1, 0.5, shape[-1]) * rng.choice([-1, 1], shape[-1])


def network(rng, first, second, filters, hidden):
    """Parameters with filters of these sizes, as many of them in the two layers, and as many hidden units."""
    rows, columns = (((28 - a + 1) // 2 - b + 1) // 2 for a, b in zip(first, second, strict=True))
    return [layer(rng, *first, 1, filters[0]), layer(rng, *second, *filters),
            layer(rng, rows * columns * filters[1], hidden), layer(rng, hidden, 10)]


def test_any_sizes(student, rng):
    """the whole network, for filters and layers of any fitting sizes"""
    for m, *sizes in [(1, (3, 3), (3, 3), (2, 3), 6), (2, (3, 5), (2, 4), (3, 2), 7)]:
        student.cnn_forward.must_match(reference, rng.normal(size=(m, 28, 28, 1)), network(rng, *sizes))


def test_several_images(student, rng):
    """each image by itself, however many there are"""
    params = network(rng, (2, 2), (3, 3), (2, 2), 5)
    for m in (1, 3):
        student.cnn_forward.must_match(reference, rng.normal(size=(m, 28, 28, 1)), params)


def test_large_scores(student, rng):
    """scores at thousands, beside small ones: no overflow and no warning"""
    images = rng.normal(size=(3, 28, 28, 1)) * np.array([3e5, 1.0, 3e4]).reshape(3, 1, 1, 1)
    student.cnn_forward.must_match(reference, images, network(rng, (3, 3), (2, 2), (2, 2), 5), quiet=True)


def test_pixels(student, rng):
    """pixels that are whole numbers, dark ones and bright ones"""
    params = network(rng, (3, 3), (3, 3), (2, 3), 4)
    student.cnn_forward.must_match(reference, rng.integers(0, 17, (1, 28, 28, 1)), params)


def test_known_answers(student, rng):
    """networks in which only the last bias counts, and a network that follows one pixel"""
    shares = np.arange(1.0, 11.0) / 55
    zeros = [(np.zeros((3, 3, 1, 2)), np.zeros(2)), (np.zeros((3, 3, 2, 1)), np.zeros(1)),
             (np.zeros((25, 3)), np.zeros(3)), (np.zeros((3, 10)), np.log(shares))]
    student.cnn_forward.must_return(np.array([shares, shares]), rng.normal(size=(2, 28, 28, 1)), zeros)
    # Filters of one number pass the picture on; pixel (8, 13) becomes the largest of its window twice.
    image = np.full((1, 28, 28, 1), -1.0)
    image[0, 8, 13, 0] = np.log(11.0)
    passing = [(np.ones((1, 1, 1, 1)), np.zeros(1)), (np.ones((1, 1, 1, 1)), np.zeros(1)),
               (np.eye(49)[:, [17]], np.zeros(1)), (np.eye(10)[[4]], np.zeros(10))]
    student.cnn_forward.must_return(np.array([[1.0, 1, 1, 1, 11, 1, 1, 1, 1, 1]]) / 20, image, passing)


def test_inputs_untouched(student, rng):
    """leaves the images and the parameters as they are"""
    student.cnn_forward.must_keep_inputs(rng.normal(size=(1, 28, 28, 1)), network(rng, (3, 3), (3, 3), (2, 2), 4))


@known_mistake("The ReLU after the first convolution is missing.")
def relu_missing_after_first_convolution(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.einsum("mijcab,abco->mijo", patches, kernel) + bias
        if kernel is not convolutions[0][0]:
            x = np.maximum(x, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The ReLU after the second convolution is missing.")
def relu_missing_after_second_convolution(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.einsum("mijcab,abco->mijo", patches, kernel) + bias
        if kernel is convolutions[0][0]:
            x = np.maximum(x, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("Both convolutions are without their ReLU.")
def relu_missing_after_convolutions(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.einsum("mijcab,abco->mijo", patches, kernel) + bias
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The hidden dense layer is without its ReLU.")
def relu_missing_in_dense_layer(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = x.reshape(len(x), -1) @ w1 + b3
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("No layer has a ReLU: both convolutions and the hidden dense layer need one.")
def relu_missing_everywhere(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.einsum("mijcab,abco->mijo", patches, kernel) + bias
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = x.reshape(len(x), -1) @ w1 + b3
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The last layer has a ReLU before its softmax, so that all negative scores become equal: the softmax "
               "takes the scores as they are.")
def relu_on_the_scores(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = np.maximum(hidden @ w2 + b4, 0)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The activations are sigmoids; the convolutions and the hidden dense layer have ReLUs.")
def sigmoid_for_relu(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = 1 / (1 + np.exp(-np.einsum("mijcab,abco->mijo", patches, kernel) - bias))
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = 1 / (1 + np.exp(-(x.reshape(len(x), -1) @ w1) - b3))
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The hidden dense layer has a sigmoid; it has a ReLU.")
def sigmoid_in_dense_layer(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = 1 / (1 + np.exp(-(x.reshape(len(x), -1) @ w1) - b3))
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("These are the scores: the softmax is missing, which makes probabilities of them.")
def softmax_missing(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    return hidden @ w2 + b4


@known_mistake("The softmax runs down the columns, over the images; every row has to sum to 1: axis=1.")
def softmax_over_samples(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=0))
    return powers / powers.sum(axis=0)


@known_mistake("All numbers together sum to 1; every row is a distribution of its own: axis=1 with keepdims=True.")
def softmax_over_everything(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum()


@known_mistake("exp overflows for large scores: subtract the largest score of each row first, which changes no "
               "probability.")
def softmax_overflows(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The largest score of all images is subtracted: images with scores far below become 0 / 0. Subtract the "
               "largest of each row.")
def shift_by_one_maximum(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The last layer has a sigmoid for each class, so that a row does not sum to 1: use the softmax.")
def sigmoid_for_softmax(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    return np.exp(-np.maximum(-scores, 0)) / (1 + np.exp(-np.abs(scores)))


@known_mistake("The scores are divided by their sum; the softmax takes exp of them first.")
def exp_missing(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    return scores / scores.sum(axis=1, keepdims=True)


@known_mistake("This is the number of the likeliest class; return the probabilities of all ten.")
def class_for_probabilities(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    return scores.argmax(axis=1)


@known_mistake("The pooling layers take means; they take the largest value.")
def average_pooling(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].mean(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The convolutions fill their input up with zeros, so that too many numbers reach the dense layer: "
               "padding is 'valid'.")
def same_padding(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        extra = [(k - 1) // 2 for k in kernel.shape[:2]], [k // 2 for k in kernel.shape[:2]]
        x = np.pad(x, [(0, 0), *zip(*extra, strict=True), (0, 0)])
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The pooling keeps a row and a column that are left over, so that too many numbers reach the dense "
               "layer: only whole windows count.")
def pools_odd_rows_too(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.pad(x, [(0, 0), (0, x.shape[1] % 2), (0, x.shape[2] % 2), (0, 0)])
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The second convolution is without its pooling, so that too many numbers reach the dense layer.")
def pooling_missing_at_the_end(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))
        x = windows[:, ::2, ::2].max(axis=(4, 5)) if kernel is convolutions[0][0] else x
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The flattening takes one channel after the other; it goes row by row with the channels last, as "
               "reshape does it.")
def flattened_channels_first(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.transpose(0, 3, 1, 2).reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The flattening goes down the columns; it goes row by row with the channels last, as reshape does it.")
def flattened_by_columns(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.transpose(0, 2, 1, 3).reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake('The flattening counts in the order of Fortran (rows first, channels last of all); reshape without '
               'order="F" is right.')
def flattened_backwards(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1, order="F") @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The biases of the convolutions are not used.")
def bias_missing_in_convolutions(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, _ in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel), 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The bias of the hidden dense layer is not used.")
def bias_missing_in_hidden_layer(x, params):
    *convolutions, (w1, _), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The bias of the last layer is not used.")
def bias_missing_in_last_layer(x, params):
    *convolutions, (w1, b3), (w2, _) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("None of the four biases is used.")
def bias_missing_everywhere(x, params):
    *convolutions, (w1, _), (w2, _) = params
    for kernel, _ in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel), 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1, 0)
    scores = hidden @ w2
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The biases of the convolutions are added after the ReLU; they come before it.")
def bias_after_relu(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel), 0) + bias
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The filters are turned around, as in mathematics; a layer's convolution does not flip them.")
def filters_flipped(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel[::-1, ::-1]) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The pixels are divided by 255 first; what the network gets is for the caller to decide.")
def pixels_scaled(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    x = x / 255
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The flattening counts on 800 numbers, as in the lecture's network; other sizes have to work too: "
               "reshape(len(x), -1).")
def size_of_the_lecture(x, params):
    *convolutions, (w1, b3), (w2, b4) = params
    for kernel, bias in convolutions:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), 800) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@known_mistake("The layers are taken out of params with pop, so that the caller's list is shorter afterwards: unpack "
               "it, or use indices.")
def takes_layers_out(x, params):
    w2, b4 = params.pop()
    w1, b3 = params.pop()
    for kernel, bias in params:
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
        x = np.maximum(np.einsum("mijcab,abco->mijo", patches, kernel) + bias, 0)
        x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2].max(axis=(4, 5))
    hidden = np.maximum(x.reshape(len(x), -1) @ w1 + b3, 0)
    scores = hidden @ w2 + b4
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@accepted_variant
def plain_loops(x, params):
    def convolved(pictures, kernel, bias):
        height, width, inputs, outputs = kernel.shape
        rows, columns = pictures.shape[1] - height + 1, pictures.shape[2] - width + 1
        out = np.zeros((len(pictures), rows, columns, outputs))
        for n in range(len(pictures)):
            for i in range(rows):
                for j in range(columns):
                    for o in range(outputs):
                        total = bias[o]
                        for a in range(height):
                            for b in range(width):
                                for c in range(inputs):
                                    total += pictures[n, i + a, j + b, c] * kernel[a, b, c, o]
                        out[n, i, j, o] = max(total, 0)
        return out

    def pooled(pictures):
        m, height, width, channels = pictures.shape
        out = np.zeros((m, height // 2, width // 2, channels))
        for n, i, j, c in np.ndindex(out.shape):
            out[n, i, j, c] = np.max(pictures[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c])
        return out

    for kernel, bias in params[:2]:
        x = pooled(convolved(x, kernel, bias))
    flat = np.array([image.ravel() for image in x])
    hidden = np.maximum(0, flat.dot(params[2][0]) + params[2][1])
    answer = []
    for row in hidden.dot(params[3][0]) + params[3][1]:
        powers = np.exp(row - max(row))
        answer.append(powers / sum(powers))
    return np.array(answer)


@accepted_variant
def pooling_before_relu(x, params):
    (k1, b1), (k2, b2), (w1, b3), (w2, b4) = params
    for kernel, bias in ((k1, b1), (k2, b2)):
        rows, columns = x.shape[1] - kernel.shape[0] + 1, x.shape[2] - kernel.shape[1] + 1
        z = sum(x[:, a : a + rows, b : b + columns] @ kernel[a, b] for a, b in np.ndindex(kernel.shape[:2])) + bias
        m, channels = len(z), z.shape[3]
        even = z[:, : rows // 2 * 2, : columns // 2 * 2]
        z = even.reshape(m, rows // 2, 2, columns // 2, 2, channels).max(axis=4).max(axis=2)
        x = z * (z > 0)
    a = x.reshape(x.shape[0], -1) @ w1 + b3
    a[a < 0] = 0
    scores = a @ w2 + b4
    scores -= np.max(scores, axis=-1, keepdims=True)
    return np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)


@accepted_variant
def patches_as_matrices(x, params):
    def dense(inputs, weights, bias):
        return inputs @ weights + bias

    for kernel, bias in params[:-2]:
        height, width, _, outputs = kernel.shape
        rows, columns = x.shape[1] - height + 1, x.shape[2] - width + 1
        patches = np.stack([x[:, i : i + height, j : j + width].reshape(len(x), -1)
                            for i in range(rows) for j in range(columns)], axis=1)
        z = dense(patches, kernel.reshape(-1, outputs), bias).reshape(len(x), rows, columns, outputs)
        z = np.where(z > 0, z, 0.0)[:, : rows - rows % 2, : columns - columns % 2]
        x = np.maximum(np.maximum(z[:, ::2, ::2], z[:, 1::2, ::2]), np.maximum(z[:, ::2, 1::2], z[:, 1::2, 1::2]))
    hidden = np.clip(dense(x.reshape(len(x), -1), *params[-2]), 0, None)
    scores = dense(hidden, *params[-1])
    logarithms = scores - scores.max(axis=1)[:, None]
    return np.exp(logarithms - np.log(np.exp(logarithms).sum(axis=1))[:, None])


@accepted_variant
def image_by_image(x, params):
    def probabilities(image):
        for kernel, bias in params[:2]:
            patches = np.lib.stride_tricks.sliding_window_view(image, kernel.shape[:2], axis=(0, 1))
            image = np.maximum(np.tensordot(patches, kernel, axes=[(2, 3, 4), (2, 0, 1)]) + bias, 0)
            image = np.array([[image[i : i + 2, j : j + 2].max(axis=(0, 1)) for j in range(0, image.shape[1] - 1, 2)]
                              for i in range(0, image.shape[0] - 1, 2)])
        hidden = np.maximum(params[2][0].T @ image.flatten() + params[2][1], 0)
        scores = params[3][0].T @ hidden + params[3][1]
        powers = np.exp(scores - scores.max())
        return powers / powers.sum()

    return np.vstack([probabilities(image) for image in x])


EQUIVALENT_MUTANTS = {
    "features = x.reshape(len(x), -1)  ->  features = x.reshape(len(x), -2)":
        "numpy takes any negative number for the length that is left over",
    "features = x.reshape(len(x), -1)  ->  features = x.reshape(len(x), ~1)":
        "numpy takes any negative number for the length that is left over",
    "x = max_pool2d(np.maximum(conv2d(x, kernel, bias), 0.0))  ->  "
    "x = max_pool2d(np.maximum(0.0, conv2d(x, kernel, bias)))":
        "the larger of two numbers is the same either way round",
    "hidden = np.maximum(features @ hidden_weights + hidden_bias, 0.0)  ->  "
    "hidden = np.maximum(0.0, features @ hidden_weights + hidden_bias)":
        "the larger of two numbers is the same either way round",
}
