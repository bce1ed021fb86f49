"""A training run on the trusted side: a student's network, data that the student has never seen, a fixed budget.

Written against Keras's own API, so that every backend of Keras does; TensorFlow is the default one.
"""

import contextlib
import fcntl
import functools
import hashlib
import json
import math
import os
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grading_engine import models

# How far from ln(classes) the loss of a network may be that knows nothing yet.
UNTRAINED = (0.8, 3.0)
REQUIRE_GPU = "COURSE_REQUIRE_GPU"
_LOCKS = Path(tempfile.gettempdir())


class OutOfMemory(Exception):
    """A network does not fit into the memory of the device."""


class NoGpu(RuntimeError):
    """A GPU was asked for and there is none."""


@dataclass(frozen=True)
class Budget:
    """What one training run may cost.

    Attributes
    ----------
    images : int
        Images to learn from.
    epochs, batch_size : int
    seconds : float
        No further epoch begins after them.
    """

    images: int
    epochs: int
    batch_size: int
    seconds: float


@dataclass(frozen=True)
class Task:
    """What a network has to learn.

    Attributes
    ----------
    input_shape : tuple of int
        (height, width, channels)
    classes : int
    data : callable
        ``data(rng, images) -> ((x_train, y_train), (x_test, y_test))``; x float32 (m, height, width, channels), y (m,).
    budgets : dict of str to Budget
        By class of device, "gpu" and "cpu"; a CPU gets less to do, and bands of its own.
    """

    input_shape: tuple
    classes: int
    data: Callable
    budgets: dict


@dataclass(frozen=True)
class Run:
    """How a training run went.

    Attributes
    ----------
    accuracy : float
        Share of the unseen images that the trained network gets right.
    first_loss : float
        Cross-entropy of the network before its first step.
    curves : dict of str to list of float
        Accuracy after every epoch, by the name of the data.
    y_true, y_pred : ndarray, shape (m,), int
        Of the unseen images.
    changed, finite : bool
        Whether every layer's weights have changed, and are numbers.
    images_per_second : float
        Without the first epoch, which also compiles.
    device, backend : str
    memory : int
        Bytes at the most.
    parameters : int
        Trained or not.
    stopped : bool
        Whether the time was over before the last epoch.
    seed : int
    """

    accuracy: float
    first_loss: float
    curves: dict
    y_true: np.ndarray
    y_pred: np.ndarray
    changed: bool
    finite: bool
    images_per_second: float
    device: str
    backend: str
    memory: int
    parameters: int
    stopped: bool
    seed: int


@functools.cache
def gpus():
    """Return the names of the GPUs that Keras's backend sees."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return [device.device_kind for device in jax.devices() if device.platform == "gpu"]
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    for gpu in found:
        # Several workers share a device: each takes what it needs.
        tf.config.experimental.set_memory_growth(gpu, True)
    return [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in found]


def device_class():
    """Return "gpu" or "cpu"; raises `NoGpu` where one is required and there is none."""
    if gpus():
        return "gpu"
    if os.environ.get(REQUIRE_GPU):
        raise NoGpu("there is no GPU that Keras sees, and --require-gpu forbids to train on the CPU instead")
    return "cpu"


def train(model, task, seed):
    """Train a network from a new start and return its `Run`.

    Parameters
    ----------
    model : keras.Model
        Compiled; of its settings only the optimizer counts.
    task : Task
    seed : int
        Of the data, the start and the order of the batches.

    Raises
    ------
    OutOfMemory
    """
    import keras

    budget = task.budgets[device_class()]
    with _device() as (place, name):
        try:
            with place:
                return _train(model, task, budget, seed, name)
        except Exception as error:
            if isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in str(error) or "OOM" in str(error) or (
                    type(error).__name__ == "ResourceExhaustedError"):
                raise OutOfMemory(f"did not fit into the memory of {name}") from None
            raise
        finally:
            # Keras keeps every graph that it has traced.
            keras.utils.clear_session()


def _train(model, task, budget, seed, device):
    import keras

    _repeatable(keras, seed)
    (x, y), (x_test, y_test) = task.data(np.random.default_rng(seed), budget.images)
    model, optimizer = keras.models.clone_model(model), model.optimizer
    model.compile(type(optimizer).from_config(optimizer.get_config()), "sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    first_loss = float(model.evaluate(x[:512], y[:512], batch_size=budget.batch_size, verbose=0)[0])
    start = [np.array(weight) for weight in model.get_weights()]
    clock = _clock(keras, budget.seconds, len(x), budget.batch_size)
    history = model.fit(x, y, batch_size=budget.batch_size, epochs=budget.epochs, verbose=0, callbacks=[clock],
                        validation_data=(x_test, y_test)).history
    predicted = np.argmax(model.predict(x_test, batch_size=budget.batch_size, verbose=0), axis=1)
    weights = model.get_weights()
    trained = {id(variable) for variable in model.trainable_variables}
    changed = all(not np.array_equal(before, after) for before, after, variable in
                  zip(start, weights, model.weights, strict=True) if id(variable) in trained)
    images, seconds = map(sum, zip(*(clock.epochs[1:] or clock.epochs), strict=True))
    return Run(
        accuracy=float(np.mean(predicted == y_test)), first_loss=first_loss,
        curves={"training images": history["accuracy"], "unseen images": history["val_accuracy"]},
        y_true=y_test, y_pred=predicted, changed=changed,
        finite=math.isfinite(first_loss) and all(np.isfinite(weight).all() for weight in weights),
        images_per_second=images / seconds, device=device, backend=keras.backend.backend(),
        memory=_memory(), parameters=model.count_params(), stopped=clock.over, seed=seed)


def _repeatable(keras, seed):
    """Let the same seed give the same run; on CPUs that is all that TensorFlow needs."""
    keras.utils.set_random_seed(seed % 2**31)
    if keras.backend.backend() == "tensorflow" and gpus():
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def _clock(keras, seconds, images, batch_size):
    """A callback that takes images and time of every epoch and lets none begin after these seconds."""

    class Clock(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.epochs, self.over, self.deadline = [], False, time.monotonic() + seconds

        def on_epoch_begin(self, epoch, logs=None):
            self.begin = time.monotonic()

        def on_train_batch_end(self, batch, logs=None):
            self.images = min((batch + 1) * batch_size, images)
            # An epoch of a slow network is cut short as well.
            self.over = self.model.stop_training = time.monotonic() > self.deadline

        def on_test_begin(self, logs=None):
            # The unseen images come after the training of the epoch: they are not counted.
            self.epochs.append((self.images, time.monotonic() - self.begin))

    return Clock()


@contextlib.contextmanager
def _device():
    """Wait for a device of one's own: (context that computes on it, its name)."""
    import keras

    if device_class() == "cpu":
        yield contextlib.nullcontext(), _cpu()
        return
    with contextlib.ExitStack() as stack:
        number = _locked(stack, len(gpus()))
        yield keras.device(f"gpu:{number}"), gpus()[number]


def _locked(stack, devices):
    """Lock the first device that is free, or wait for the first one; the lock ends with the stack or the process."""
    files = []
    for number in range(devices):
        files.append(os.open(_LOCKS / f"course-gpu-{number}.lock", os.O_CREAT | os.O_RDWR))
        stack.callback(os.close, files[-1])
    for number, file in enumerate(files):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return number
    fcntl.flock(files[0], fcntl.LOCK_EX)
    return 0


def _cpu():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return "CPU"


def _memory():
    """The most memory that was in use, of the GPU or else of this process."""
    import keras

    if not gpus():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if keras.backend.backend() == "jax":
        import jax

        return jax.devices()[0].memory_stats()["peak_bytes_in_use"]
    import tensorflow as tf

    return tf.config.experimental.get_memory_info("GPU:0")["peak"]


_done = {}


def run(model, task, seed, bands=None):
    """Return the `Run` of a network, which the same network in the same class gets without being trained again.

    Parameters
    ----------
    model : keras.Model
    task : Task
    seed : int
        The class's own.
    bands : calibration.Bands, optional
        A run just below the edge of one is repeated with a second seed, and the better one counts.

    Raises
    ------
    OutOfMemory
    """
    (description,) = models.crossing([model])
    text = json.dumps([description.config, description.compiled, task.input_shape, task.classes, device_class(), seed])
    # A task is known by its function, which stays as long as its key does.
    key = hashlib.sha256(text.encode()).digest(), task.data, task.budgets[device_class()]
    if key not in _done:
        _done[key] = _better(model, task, seed, bands)
    if isinstance(_done[key], OutOfMemory):
        raise _done[key]
    return _done[key]


def _better(model, task, seed, bands):
    try:
        first = train(model, task, seed)
    except OutOfMemory as error:
        return error
    if bands is not None and bands.is_near(first.accuracy):
        with contextlib.suppress(OutOfMemory):
            return max(first, train(model, task, seed + 1), key=lambda run: run.accuracy)
    return first
