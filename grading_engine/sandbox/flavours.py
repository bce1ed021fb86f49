"""What there is to work with in a sandbox: numpy and plots, and Keras on top for the problem sets that use it."""

from typing import NamedTuple

from grading_engine.sandbox.walls import Limits


class Flavour(NamedTuple):
    """One kind of sandbox.

    Attributes
    ----------
    packages : tuple of str
        Distributions that can be imported; what they require comes along.
    preloaded : tuple of str
        Modules that a warm process has loaded; with `notebook_shell` it can run notebooks at once.
    limits : Limits
    threads : bool
        Whether a process may have several threads.
    environment : tuple of (str, str)
        Variables besides those that every sandbox has.
    patience : float
        How many times longer than numpy's everything may take.
    """

    packages: tuple
    preloaded: tuple
    limits: Limits
    threads: bool
    environment: tuple
    patience: float


_SHELL = "notebook_shell"
# What notebooks import, and IPython to run their cells as Jupyter does.
_NUMPY = ("numpy", "matplotlib", "ipython")
# Address space: libraries alone reserve some hundred megabytes, TensorFlow some thousand.
NUMPY = Flavour(_NUMPY, (_SHELL,), Limits(memory=3 << 30, file_size=32 << 20, files=256, tmp=64 << 20, shared=0),
                threads=False, environment=(), patience=1)
_TENSORFLOW = (("KERAS_BACKEND", "tensorflow"), ("KERAS_HOME", "/tmp/home/keras"), ("TF_CPP_MIN_LOG_LEVEL", "3"),
               ("TF_ENABLE_ONEDNN_OPTS", "0"), ("TF_NUM_INTRAOP_THREADS", "1"), ("TF_NUM_INTEROP_THREADS", "1"),
               ("CUDA_VISIBLE_DEVICES", "-1"))
# TensorFlow computes in threads of its own, even when it is told to use one, and they share semaphores.
KERAS = Flavour((*_NUMPY, "tensorflow-cpu", "joblib", "onnx", "onnxruntime", "tf2onnx"), (_SHELL, "keras"),
                Limits(memory=12 << 30, file_size=32 << 20, files=256, tmp=64 << 20, shared=1 << 20),
                threads=True, environment=_TENSORFLOW, patience=5)


def without_notebook(flavour):
    """Return the flavour for hidden tests alone: it starts faster."""
    return flavour._replace(preloaded=tuple(module for module in flavour.preloaded if module != _SHELL))


def that_has(imported):
    """Return the flavour for a notebook that imports these modules."""
    return KERAS if not {"keras", "tensorflow"}.isdisjoint(imported) else NUMPY
