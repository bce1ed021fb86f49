"""Hidden grader of `cnn_loss_and_gradients`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake, slip

RETURNS = ("loss", "grads")
NAMES = [("k1 (kh, kw, c_in, c1)", "b1"), ("k2 (kh, kw, c1, c2)", "b2"), ("W1 (features, hidden)", "b3"),
         ("W2 (hidden, K)", "b4")]


def reference(x, y_true, params):
    # Submissions' code may ask for gradients too: keep the networks small.
    if np.size(x) * max(np.size(weights) for weights, _ in params) > 100_000_000:
        raise ValueError("x and params are too large")
    params = [[tf.constant(values, tf.float64) for values in pair] for pair in params]
    *convolutions, hidden, last = params
    with tf.GradientTape() as tape:
        tape.watch(params)
        images = tf.constant(x, tf.float64)
        for kernel, bias in convolutions:
            images = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(images, kernel, 1, "VALID"), bias))
            images = tf.nn.max_pool2d(images, 2, 2, "VALID")
        features = tf.nn.relu(tf.reshape(images, (len(images), -1)) @ hidden[0] + hidden[1])
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.constant(y_true, tf.int64), logits=features @ last[0] + last[1])
        loss = tf.reduce_mean(losses)
    return float(loss), [tuple(gradient.numpy() for gradient in pair) for pair in tape.gradient(loss, params)]


def everything(cnn_loss_and_gradients, *args):
    """Say of every gradient what it belongs to, from the last layer to the first."""
    loss, grads = cnn_loss_and_gradients(*args)
    found = {"the loss": loss, "the number of pairs in grads": len(grads)}
    for (weights, bias), pair in list(zip(NAMES, grads, strict=False))[::-1]:
        found |= {f"the gradient of {weights}": pair[0], f"the gradient of {bias}": pair[1]}
    return found


def the_loss(*args):
    return {"the loss": everything(*args)["the loss"]}


def of_the_dense_layers(*args):
    return dict(list(everything(*args).items())[2:6])


def of_the_second_convolution(*args):
    return dict(list(everything(*args).items())[6:8])


def layer(rng, *shape):
    """Weights and bias of a layer whose outputs are large and small in turn, so that every ReLU has work to do."""
    weights, axes = rng.normal(size=shape), tuple(range(len(shape) - 1))
    weights *= np.sign(weights.sum(axis=axes)) * (-1.0) ** np.arange(shape[-1])
    # Short ones, since no loss may be so large that clipping the probability would matter.
    return (0.8 * weights / np.sqrt(np.sum(weights**2, axis=axes)),
            rng.uniform(0.1, 0.5, shape[-1]) * rng.choice([-1, 1], shape[-1]))


def batch(rng, m, image, first, second, filters, hidden, num_classes):
    """Images with labels, and a network for them: sizes of its filters, and their, units' and classes' numbers."""
    rows, columns = (((n - a + 1) // 2 - b + 1) // 2 for n, a, b in zip(image, first, second, strict=False))
    params = [layer(rng, *first, image[2], filters[0]), layer(rng, *second, *filters),
              layer(rng, rows * columns * filters[1], hidden), layer(rng, hidden, num_classes)]
    return rng.normal(size=(m, *image)), rng.permutation(np.arange(m) % num_classes), params


# Every number another one; what pooling leaves over is at the bottom, at the right, or both, of either convolution.
SIZES = [(2, (8, 9, 1), (2, 3), (2, 1), (3, 4), 5, 3), (3, (12, 11, 2), (3, 2), (2, 3), (3, 4), 6, 5),
         (5, (11, 14, 3), (2, 5), (3, 2), (4, 2), 8, 4)]


def must_match(student, *args, **options):
    # Right answers differ by 1e-14, or 1e-10 where 1e-12 is added inside the logarithm; 1e-7 in there is an error.
    student.cnn_loss_and_gradients.must_match(reference, *args, rtol=1e-9, atol=1e-11, **options)


def test_loss(student, rng):
    """the loss: the mean cross-entropy of the batch, for images and layers of sizes that all differ"""
    for sizes in SIZES:
        must_match(student, *batch(rng, *sizes), through=the_loss)
    student.cnn_loss_and_gradients.must_not_use("tf.", "keras.", ".tensorflow", ".keras",
                                                because="Here the gradients are yours to derive, with numpy.")


def test_dense_layers(student, rng):
    """the gradients of both dense layers"""
    for sizes in SIZES:
        must_match(student, *batch(rng, *sizes), through=of_the_dense_layers)


def test_second_convolution(student, rng):
    """the gradients of the second convolution, which come through a pooling and a ReLU"""
    for sizes in SIZES:
        must_match(student, *batch(rng, *sizes), through=of_the_second_convolution)


def test_everything(student, rng):
    """the gradients of all layers in their order, the first convolution's included"""
    for sizes in SIZES:
        must_match(student, *batch(rng, *sizes), through=everything)


def test_one_image(student, rng):
    """a single image, and as many of everything, where shapes do not tell what belongs where"""
    for sizes in [(1, (9, 10, 1), (3, 2), (2, 3), (2, 3), 5, 4), (2, (10, 10, 2), (2, 2), (2, 2), (2, 2), 2, 2),
                  (1, (4, 4, 1), (1, 1), (1, 1), (1, 1), 1, 2)]:
        must_match(student, *batch(rng, *sizes), through=everything)


def test_one_class_of_many(student, rng):
    """batches in which most classes are missing"""
    x, y_true, params = batch(rng, *SIZES[1])
    for label in (0, 4):
        must_match(student, x, np.full_like(y_true, label), params, through=everything)


def test_large_scores(student, rng):
    """scores near 1000 for all classes: no overflow, since only their differences count"""
    x, y_true, params = batch(rng, *SIZES[2])
    params[3] = params[3][0], params[3][1] + 1000
    must_match(student, x, y_true, params, through=everything, quiet=True)


def test_plain_images(student, rng):
    """images of a single grey: of equal maxima in a window one alone gets the gradient"""
    for grey in (0.0, 1.0):
        x, y_true, params = batch(rng, *SIZES[1])
        # Positive scores everywhere, so that ReLU hides no tie, and small ones.
        params[:2] = [(np.abs(weights) / np.abs(weights).sum(axis=(0, 1, 2)), np.abs(bias))
                      for weights, bias in params[:2]]
        must_match(student, np.full_like(x, grey), y_true, params, through=everything)


def test_scores_of_zero(student, rng):
    """black images and biases of 0, as at the start of a training: nothing goes back through scores of exactly 0"""
    x, y_true, params = batch(rng, *SIZES[1])
    params = [(np.abs(weights), np.abs(bias)) for weights, bias in params]
    for layers in (1, 2, 3):
        without = [(weights, np.zeros_like(bias)) for weights, bias in params[:layers]]
        must_match(student, np.zeros_like(x), y_true, without + params[layers:], through=everything)


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are, and works with parts of other arrays"""
    x, y_true, params = batch(rng, 4, (11, 10, 2), (3, 2), (2, 2), (2, 3), 5, 3)
    must_match(student, x[::2, :, ::-1], y_true[::2], params, through=everything)
    student.cnn_loss_and_gradients.must_keep_inputs(x, y_true, params)


@accepted_variant
def with_patches(x, y_true, params):
    def forward(a, kernel, bias):
        patches = np.lib.stride_tricks.sliding_window_view(a, kernel.shape[:2], axis=(1, 2))
        z = np.einsum("mijcuv,uvcf->mijf", patches, kernel) + bias
        rows, columns = z.shape[1] // 2 * 2, z.shape[2] // 2 * 2
        return patches, np.stack([z[:, u:rows:2, v:columns:2] for u, v in np.ndindex(2, 2)], axis=-1)

    def backward(d_pooled, patches, windows, kernel, d_a):
        active = np.maximum(windows, 0)
        winners = np.arange(4) == active.argmax(axis=-1)[..., None]
        d_windows = winners * d_pooled[..., None] * (windows > 0)
        dz = np.zeros((*patches.shape[:3], kernel.shape[3]))
        rows, columns = dz.shape[1] // 2 * 2, dz.shape[2] // 2 * 2
        for place, (u, v) in enumerate(np.ndindex(2, 2)):
            dz[:, u:rows:2, v:columns:2] = d_windows[..., place]
        for u, v in np.ndindex(kernel.shape[:2]):
            d_a[:, u:u + dz.shape[1], v:v + dz.shape[2]] += dz @ kernel[u, v].T
        return np.einsum("mijcuv,mijf->uvcf", patches, dz), dz.sum(axis=(0, 1, 2))

    (k1, b1), (k2, b2), (W1, b3), (W2, b4) = params
    patches1, windows1 = forward(x, k1, b1)
    p1 = np.maximum(windows1, 0).max(axis=-1)
    patches2, windows2 = forward(p1, k2, b2)
    p2 = np.maximum(windows2, 0).max(axis=-1)
    features = p2.reshape(len(x), -1)
    z3 = features @ W1 + b3
    hidden = np.maximum(z3, 0)
    scores = hidden @ W2 + b4
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    loss = -np.mean(logs[np.arange(len(x)), y_true])
    d_scores = (np.exp(logs) - np.eye(len(b4))[y_true]) / len(x)
    d_hidden = d_scores @ W2.T * (z3 > 0)
    d_p2, d_p1 = (d_hidden @ W1.T).reshape(p2.shape), np.zeros(p1.shape)
    second = backward(d_p2, patches2, windows2, k2, d_p1)
    first = backward(d_p1, patches1, windows1, k1, np.zeros(x.shape))
    last = hidden.T @ d_scores, d_scores.sum(axis=0)
    return float(loss), [first, second, (features.T @ d_hidden, d_hidden.sum(axis=0)), last]


mean_missing = known_mistake("1/m is missing in the gradients: the loss is the mean over the batch.")(
    slip(with_patches, ") / len(x)", ")"))

sum_of_the_losses = known_mistake("The loss is the sum over the batch; the mean is asked for.")(
    slip(with_patches, "-np.mean(", "-np.sum("))

one_hot_missing = known_mistake(
    "The gradient of the scores is the probabilities alone: subtract 1 from that of each image's own class.")(
    slip(with_patches, " - np.eye(len(b4))[y_true]", ""))

sign_flipped = known_mistake(
    "The signs are flipped: the gradient of the scores is probabilities - one-hot, and it points uphill.")(
    slip(with_patches, "np.exp(logs) - np.eye(len(b4))[y_true]", "np.eye(len(b4))[y_true] - np.exp(logs)"))

relu_of_the_dense_layer = known_mistake(
    "The gradient passes hidden units that ReLU has switched off: multiply it by the dense ReLU's derivative.")(
    slip(with_patches, " * (z3 > 0)", ""))

relu_of_the_convolutions = known_mistake(
    "Windows without a positive score get a gradient too: the convolutions' ReLUs let nothing back there.")(
    slip(with_patches, " * (windows > 0)", ""))

relu_derivative_1_at_0 = known_mistake("ReLU's derivative at a score of exactly 0 is 0, not 1.")(
    slip(slip(with_patches, "z3 > 0", "z3 >= 0"), "windows > 0", "windows >= 0"))

pooled_like_a_mean = known_mistake(
    "The gradient of a maximum is spread over its window evenly; the largest element gets all of it.")(
    slip(with_patches, "winners * d_pooled[..., None]", "d_pooled[..., None] / 4"))

pooled_to_all = known_mistake(
    "Every element of a pooling window gets the gradient of its maximum; only the largest one counts.")(
    slip(with_patches, "winners * d_pooled", "d_pooled"))

ties_get_all = known_mistake(
    "Of equal maxima in a window each gets the whole gradient: give it to the first one only.")(
    slip(with_patches, "np.arange(4) == active.argmax(axis=-1)[..., None]",
         "active == active.max(axis=-1, keepdims=True)"))

kernel_turned = known_mistake(
    "On the way back through the second convolution the kernel is upside down: the image must get it as it is where "
    "you add patches, and turned by 180 degrees where you convolve.")(
    slip(with_patches, "kernel[u, v].T", "kernel[::-1, ::-1][u, v].T"))

dkernel_turned = known_mistake("The gradients of the kernels are upside down: conv2d does not turn its kernel.")(
    slip(with_patches, "'mijcuv,mijf->uvcf', patches, dz)", "'mijcuv,mijf->uvcf', patches, dz)[::-1, ::-1]"))

biases_of_the_convolutions_forgotten = known_mistake(
    "The gradients of the convolutions' biases are 0: each is the sum of its filter's over images and places.")(
    slip(with_patches, "dz.sum(axis=(0, 1, 2))", "np.zeros(kernel.shape[3])"))

biases_of_the_convolutions_averaged = known_mistake(
    "The gradients of the convolutions' biases are means over images and places; they are sums.")(
    slip(with_patches, "dz.sum(", "dz.mean("))

dense_biases_forgotten = known_mistake(
    "The gradients of the dense biases are 0: each is the sum of its unit's over the images.")(
    slip(slip(with_patches, "d_hidden.sum(axis=0)", "0 * b3"), "d_scores.sum(axis=0)", "0 * b4"))

dense_weights_transposed = known_mistake("The gradients of the dense weights are transposed: inputs.T @ d_outputs.")(
    slip(slip(with_patches, "features.T @ d_hidden", "d_hidden.T @ features"),
         "hidden.T @ d_scores", "d_scores.T @ hidden"))

channels_flattened_first = known_mistake(
    "The images are flattened channel by channel; reshape(len(x), -1) takes them pixel by pixel.")(
    slip(slip(with_patches, "p2.reshape(", "p2.transpose(0, 3, 1, 2).reshape("), "reshape(p2.shape)",
         "reshape(np.moveaxis(p2, 3, 1).shape).transpose(0, 2, 3, 1)"))

last_layer_first = known_mistake("The list runs backwards: the pair of the first convolution comes first.")(
    slip(with_patches, "hidden.sum(axis=0)), last]", "hidden.sum(axis=0)), last][::-1]"))

epsilon_added = known_mistake("1e-7 is added to the probabilities, which changes every loss: clip them, if at all.")(
    slip(with_patches, "np.mean(logs[np.arange(len(x)), y_true])",
         "np.mean(np.log(np.exp(logs[np.arange(len(x)), y_true]) + 1e-7))"))

not_shifted = known_mistake(
    "exp of a large score overflows: subtract every image's largest score first, or call the softmax that is given.")(
    slip(with_patches, "    scores = scores - scores.max(axis=1, keepdims=True)\n", ""))


@accepted_variant
def image_by_image(x, y_true, params):
    loss, grads = 0.0, [[np.zeros(weights.shape), np.zeros(bias.shape)] for weights, bias in params]
    (W1, b3), (W2, b4) = params[2:]
    for image, label in zip(x, y_true, strict=True):
        inputs, winners = [image], []
        for kernel, bias in params[:2]:
            (kh, kw), a = kernel.shape[:2], inputs[-1]
            z = np.array([[np.tensordot(a[i:i + kh, j:j + kw], kernel, 3) + bias for j in range(a.shape[1] - kw + 1)]
                          for i in range(a.shape[0] - kh + 1)])
            pooled, found = np.zeros((z.shape[0] // 2, z.shape[1] // 2, z.shape[2])), []
            for i, j, c in np.ndindex(pooled.shape):
                place = max(((2 * i + u, 2 * j + v, c) for u, v in np.ndindex(2, 2)), key=lambda place: z[place])
                pooled[i, j, c] = max(z[place], 0)
                found.append((place, (i, j, c)))
            inputs.append(pooled)
            winners.append(found)
        flat = inputs[2].flatten()
        hidden = np.maximum(flat @ W1 + b3, 0)
        scores = hidden @ W2 + b4
        p = np.exp(scores - np.max(scores)) / np.sum(np.exp(scores - np.max(scores)))
        loss -= np.log(np.clip(p[label], 1e-7, 1 - 1e-7))
        p[label] -= 1
        d_hidden = np.where(hidden > 0, W2 @ p, 0)
        for pair, a, d_bias in [(grads[3], hidden, p), (grads[2], flat, d_hidden)]:
            pair[0] += np.outer(a, d_bias)
            pair[1] += d_bias
        d_pooled = (W1 @ d_hidden).reshape(inputs[2].shape)
        for number in (1, 0):
            kernel, a = params[number][0], inputs[number]
            d_a = np.zeros(a.shape)
            for (i, j, c), pooled_place in winners[number]:
                if inputs[number + 1][pooled_place] > 0:
                    patch = np.s_[i:i + kernel.shape[0], j:j + kernel.shape[1]]
                    grads[number][0][..., c] += d_pooled[pooled_place] * a[patch]
                    grads[number][1][c] += d_pooled[pooled_place]
                    d_a[patch] += d_pooled[pooled_place] * kernel[..., c]
            d_pooled = d_a
    return loss / len(x), [(weights / len(x), bias / len(x)) for weights, bias in grads]


EQUIVALENT_MUTANTS = {
    **dict.fromkeys(
        [f"a{i} = np.maximum(z{i}, 0.0)  ->  a{i} = np.maximum(0.0, z{i})" for i in (1, 2, 3)],
        "the larger of 0 and the score, whichever is named first"),
    **dict.fromkeys(
        [f"features = p2.reshape(len(x), -1)  ->  features = p2.reshape(len(x), {size})" for size in ("-2", "~1")],
        "numpy takes any negative size for the one that is left"),
    "loss = float(-np.mean(np.log(np.maximum(right, 1e-07))))  ->  "
    "loss = float(-np.mean(np.log(np.maximum(1e-07, right))))":
        "the larger of the two, whichever is named first",
    "loss = float(-np.mean(np.log(np.maximum(right, 1e-07))))  ->  "
    "loss = float(-np.mean(np.log(np.maximum(right, -0.9999999))))":
        "only probabilities below 1e-7 are clipped, which the exercise leaves open",
}
