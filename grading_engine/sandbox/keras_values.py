"""Keras's and TensorFlow's values as plain ones: what a model is made of, what a tensor and a dataset hold.

Used on both sides of the bridge; it checks nothing.  What the trusted side builds is checked before, see `models`.
"""

import itertools
import json
from collections.abc import Iterator

import keras
import numpy as np

try:
    import wire  # in the sandbox, which has the file at its mount point
except ImportError:
    from grading_engine.sandbox import wire

MAX_BATCHES = 1000


def described(model):
    """Return a built Keras model as a `wire.Model`."""
    compiled = json.dumps(model.get_compile_config()) if model.compiled else ""
    config = {"class_name": type(model).__name__, "config": model.get_config()}
    return wire.Model(json.dumps(config), compiled, [np.asarray(weight) for weight in model.get_weights()])


def model(description):
    """Return the Keras model that a `wire.Model` describes, with its weights, compiled as it was."""
    config = json.loads(description.config)
    kind = keras.Sequential if config["class_name"] == "Sequential" else keras.Model
    made = kind.from_config(config["config"])
    made.set_weights(description.weights)
    if description.compiled:
        made.compile_from_config(json.loads(description.compiled))
    return made


def called(model):
    """Return a model that was called once, as one is that was trained; Keras exports no other."""
    zeros = [np.zeros((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
    model(zeros if len(zeros) > 1 else zeros[0])
    return model


def plain(value):
    """Return models described, tensors and variables as arrays, histories and datasets as what they hold."""
    if isinstance(value, keras.Model):
        try:
            return described(value)
        except Exception:  # noqa: BLE001 - a student's own class may fail in any way: then it is no value that crosses
            return value
    if isinstance(value, keras.callbacks.History):
        return value.history
    if isinstance(value, keras.Variable) or keras.ops.is_tensor(value):
        return keras.ops.convert_to_numpy(value)
    if isinstance(value, (tuple, list)) and type(value) in (tuple, list):
        return type(value)(map(plain, value))
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Iterator):
        return [plain(item) for item in itertools.islice(value, MAX_BATCHES)]
    if hasattr(value, "as_numpy_iterator"):
        return [plain(batch) for batch in itertools.islice(value.as_numpy_iterator(), MAX_BATCHES)]
    return value
