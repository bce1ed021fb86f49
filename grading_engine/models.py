"""Keras models of students: they reach the trusted side as descriptions, which are checked before they are built.

A description holds names and numbers, never code.  Every part has to be in a list, so that building one runs nothing
but Keras and cannot take more memory than a teaching network does.
"""

import contextlib
import itertools
import json
import math
import sys

import numpy as np

from grading_engine.language import texts
from grading_engine.sandbox.wire import Model

_ = texts.gettext

MAX_LAYERS = 200
MAX_PARAMETERS = 3_000_000
MAX_ACTIVATIONS = 2_000_000  # numbers that one sample makes in all layers together
MAX_PRODUCTS = 500_000_000  # multiplications for one sample
MAX_STEPS = 2_000  # of a recurrent layer, one after the other
MAX_TEXT = 200
MAX_LIST = 200

_LAYERS = """
    InputLayer Dense Activation Flatten Reshape Permute RepeatVector Masking EinsumDense Identity
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose SeparableConv1D SeparableConv2D DepthwiseConv1D DepthwiseConv2D
    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalAveragePooling1D GlobalAveragePooling2D
    BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization
    Dropout SpatialDropout1D SpatialDropout2D GaussianNoise GaussianDropout AlphaDropout ActivityRegularization
    ReLU LeakyReLU PReLU ELU Softmax
    Add Subtract Multiply Average Maximum Minimum Concatenate Dot
    ZeroPadding1D ZeroPadding2D Cropping1D Cropping2D UpSampling1D UpSampling2D
    Rescaling CenterCrop RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness
    LSTM GRU SimpleRNN Bidirectional MultiHeadAttention Attention
"""
_OTHERS = """
    Sequential Functional Model DTypePolicy __keras_tensor__
    GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal RandomNormal RandomUniform TruncatedNormal
    VarianceScaling Orthogonal Zeros Ones Constant Identity OrthogonalInitializer
    L1 L2 L1L2 OrthogonalRegularizer MaxNorm NonNeg UnitNorm MinMaxNorm
    SGD Adam AdamW Adamax Nadam RMSprop Adagrad Adadelta Ftrl Lion
    ExponentialDecay CosineDecay PiecewiseConstantDecay PolynomialDecay InverseTimeDecay CosineDecayRestarts
    SparseCategoricalCrossentropy CategoricalCrossentropy MeanSquaredError
    SparseCategoricalAccuracy CategoricalAccuracy Accuracy MeanMetric
"""
PARTS = frozenset(_LAYERS.split() + _OTHERS.split())
# Operations, which are not there, would compute at once with numbers that a description holds.
MODULES = frozenset({
    "keras", "keras.layers", "keras.initializers", "keras.regularizers", "keras.constraints", "keras.optimizers",
    "keras.optimizers.schedules", "keras.losses", "keras.metrics", "keras.src.models.functional"})
# Where sizes are unknown, nobody can tell how much these make.
_ENLARGE = frozenset({"UpSampling1D", "UpSampling2D", "ZeroPadding1D", "ZeroPadding2D", "Conv1DTranspose",
                      "Conv2DTranspose"})
_STEP_BY_STEP = frozenset({"LSTM", "GRU", "SimpleRNN", "Bidirectional"})
# Where a configuration names a function, and all that may be named.
_ACTIVATIONS = """linear relu relu6 leaky_relu elu selu gelu silu swish mish tanh sigmoid hard_sigmoid softmax
                  log_softmax softplus softsign exponential"""
FUNCTIONS = dict.fromkeys(("activation", "recurrent_activation"), frozenset(_ACTIVATIONS.split()))

class Refused(ValueError):
    """A description that is not built; the message is for the student."""


def is_model(value):
    """Whether a value is a Keras model; Keras is not loaded to find out."""
    return "keras" in sys.modules and isinstance(value, sys.modules["keras"].Model)


def crossing(args):
    """Return a call's arguments with its models as descriptions."""
    if not any(map(is_model, args)):
        return list(args)
    from grading_engine.sandbox import keras_values

    return [keras_values.described(arg) if is_model(arg) else arg for arg in args]


def copied(model):
    """Return a model of its own with the same weights and settings."""
    from grading_engine.sandbox import keras_values

    return keras_values.model(keras_values.described(model))


def built(value):
    """Return a value from a student with all its descriptions built; raises `Refused` for one that may not be."""
    if isinstance(value, Model):
        return _built(value)
    if type(value) in (tuple, list):
        return type(value)(map(built, value))
    if type(value) is dict:
        return {key: built(item) for key, item in value.items()}
    return value


def take_over(model, after):
    """Give a model the weights that a student's function left in it; `Refused` when they are no such weights."""
    shapes = [tuple(weight.shape) for weight in model.get_weights()]
    if not isinstance(after, Model) or [tuple(weight.shape) for weight in after.weights] != shapes:
        raise Refused(_("changed the layers of the model that it was given"))
    model.set_weights(after.weights)


def _built(description):
    from grading_engine.sandbox import keras_values

    config, compiled = _parsed(description.config), _parsed(description.compiled or "{}")
    if config.get("class_name") not in ("Sequential", "Functional", "Model"):
        raise Refused(_("is a model of a class of its own ({name}): use keras.Sequential or keras.Model(inputs, "
                        "outputs)").format(name=_short(config.get("class_name"))))
    _check(config)
    _check(compiled)
    numbers = sum(weight.size for weight in description.weights)
    if numbers > MAX_PARAMETERS:
        raise Refused(_("has {number:,} parameters, more than can be trained here").format(number=numbers))
    try:
        # A wrapper such as Bidirectional also builds the layer that it copies.
        with _no_more_weights_than(2 * numbers):
            model = keras_values.model(description)
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - whatever Keras has against it is the description's fault
        raise Refused(_("is a model that Keras cannot build again: {reason}").format(
            reason=_short(_first_line(error)))) from None
    if not model.built:
        raise Refused(_("is a model whose layers have no weights yet: begin with keras.Input(shape)"))
    _check_size(model)
    return model


@contextlib.contextmanager
def _no_more_weights_than(numbers):
    """Refuse a configuration that would make more weights than came with it, before there is memory for them."""
    from keras.layers import Layer

    add_weight, left = Layer.add_weight, numbers

    def add_few(layer, shape=None, *args, **kwargs):
        nonlocal left
        left -= math.prod(shape or ())
        if left < 0:
            raise Refused(_("is a model whose configuration and weights do not fit together"))
        return add_weight(layer, shape, *args, **kwargs)

    Layer.add_weight = add_few
    try:
        yield
    finally:
        Layer.add_weight = add_weight


def _parsed(text):
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(_("is a model without a readable configuration")) from None
    if not isinstance(parsed, dict):
        raise Refused(_("is a model without a readable configuration"))
    return parsed


def _check(node, depth=0):
    """Go through a configuration and refuse whatever is not in the lists."""
    if depth > 40:
        raise Refused(_("is a model that is nested too deeply"))
    if isinstance(node, dict):
        if "class_name" in node:
            _check_class(node)
        for key, item in node.items():
            if key == "inbound_nodes":
                _check_calls(item)
            if key in ("stateful", "unroll") and item:
                raise Refused(_("has a layer with {key}=True, which is not allowed here").format(key=key))
            if key in FUNCTIONS and isinstance(item, dict) and "class_name" not in item:
                raise _refused_function()
            if key in FUNCTIONS and isinstance(item, str) and item not in FUNCTIONS[key]:
                raise Refused(_("uses the {key} {name}, which is not one of Keras's that are allowed here").format(
                    key=key, name=_short(item)))
            _check(item, depth + 1)
    elif isinstance(node, list):
        if len(node) > MAX_LIST:
            raise Refused(_("is a model with a longer list of values than any layer needs"))
        for item in node:
            _check(item, depth + 1)
    elif isinstance(node, str) and len(node) > MAX_TEXT:
        raise Refused(_("is a model with a longer text in it than any layer needs"))


def _check_class(node):
    name = node["class_name"]
    if name in ("function", "__lambda__", "Lambda"):
        raise _refused_function()
    if not isinstance(name, str) or name not in PARTS or str(node.get("module", "keras")) not in MODULES or (
            node.get("registered_name") not in (None, name)):
        raise Refused(_("uses {name}, which is not one of the built-in parts of Keras that are allowed here").format(
            name=_short(name)))


def _refused_function():
    return Refused(_("uses a function or a Lambda layer: use Keras's built-in layers, which need no code of yours"))


def _check_calls(nodes):
    """Refuse layers that are called on anything but other layers' outputs: they would compute it at once."""
    for node in nodes if isinstance(nodes, list) else [nodes]:
        if not isinstance(node, dict) or not isinstance(node.get("kwargs"), dict):
            raise Refused(_("is a model with a layer that is called in a way of its own"))
        options = [item for item in node["kwargs"].values() if not isinstance(item, bool)]
        values = [leaf for leaf in _leaves([node.get("args"), options]) if leaf is not None]
        tensors = [isinstance(leaf, dict) and leaf.get("class_name") == "__keras_tensor__" for leaf in values]
        if not tensors or not all(tensors):
            raise Refused(_("is a model with a layer that is called on values instead of on other layers"))


def _leaves(value):
    if not isinstance(value, list):
        return [value]
    return [leaf for item in value for leaf in _leaves(item)]


def _check_size(model):
    layers, made, products = _counted(model)
    if layers > MAX_LAYERS:
        raise Refused(_("has {number} layers; {most} are allowed").format(number=layers, most=MAX_LAYERS))
    if made > MAX_ACTIVATIONS:
        raise Refused(_("makes {number:,} numbers of one sample; {most:,} are allowed").format(
            number=made, most=MAX_ACTIVATIONS))
    if products > MAX_PRODUCTS:
        raise Refused(_("multiplies {number:,} times for one sample; {most:,} are allowed").format(
            number=products, most=MAX_PRODUCTS))


def _counted(model):
    """How many layers a model has; how many numbers they make of one sample, and with how many multiplications."""
    inner, layers, made, products = {}, set(), 0, 0
    graph = getattr(model, "_functional", model)  # a Sequential keeps its calls in there
    for call in itertools.chain.from_iterable(graph._nodes_by_depth.values()):
        layer = call.operation
        if is_model(layer):
            if layer not in inner:
                inner[layer] = _counted(layer)
            made += inner[layer][1]
            products += inner[layer][2]
            continue
        layers.add(layer)
        shapes = [tensor.shape[1:] for tensor in (*call.input_tensors, *call.output_tensors)]
        if type(layer).__name__ in _ENLARGE and any(None in shape for shape in shapes):
            raise Refused(_("enlarges what has no known size: begin with keras.Input(shape) without None"))
        made += sum(math.prod(size or 1 for size in tensor.shape[1:]) for tensor in call.output_tensors)
        places = max(math.prod(size or 1 for size in shape[:-1]) for shape in shapes)
        products += layer.count_params() * places
        if "Attention" in type(layer).__name__:
            products += places**2 * getattr(layer, "num_heads", 1) * max(shape[-1] or 1 for shape in shapes)
        if type(layer).__name__ in _STEP_BY_STEP and places > MAX_STEPS:
            raise Refused(_("has a recurrent layer over {number:,} steps; {most:,} are allowed").format(
                number=places, most=MAX_STEPS))
    return len(layers) + sum(count for count, *_rest in inner.values()), made, products


def _first_line(error):
    return (str(error).splitlines() or [type(error).__name__])[0]


def _short(value):
    return "".join(character for character in str(value)[:80] if character.isprintable())


def same(before, after):
    """Whether a model's description is still what it was: layers and weights, bit by bit."""
    return before.config == after.config and len(before.weights) == len(after.weights) and all(
        np.array_equal(one, other) for one, other in zip(before.weights, after.weights, strict=True))
