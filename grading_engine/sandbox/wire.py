"""Messages between the trusted side and a student's process: JSON and plain array buffers, never pickle.

A frame is two lengths (big-endian, 4 bytes each), a JSON header and the buffers of its arrays, one after the
other.  The receiver believes nothing: lengths are capped before anything is read, dtypes come from a list, and a
buffer must have exactly the size that its dtype and shape ask for.

This file is also mounted into the sandbox: it needs numpy and the standard library only and holds no secret.
"""

import json
import math
import os
import re
import shutil
import struct
import tempfile
from multiprocessing.util import Finalize

import numpy as np

MAX_HEADER_BYTES = 1 << 20
MAX_BUFFER_BYTES = 32 << 20
MAX_DIMENSIONS = 8
MAX_DEPTH = 8
MAX_ITEMS = 4096
MAX_TEXT = 20_000
MAX_CONFIG = 400_000
MAX_WEIGHTS = 1000
MAX_FILES = 64
MAX_FILE_BYTES = 16 << 20
_FILE_NAME = re.compile(r"(?:\w[\w. -]{0,80}/){0,4}\w[\w. -]{0,80}", re.ASCII)

_DTYPES = frozenset("?bBhHiIlLqQefd")
_DTYPE_NAMES = frozenset(np.dtype(char).newbyteorder("<").str for char in _DTYPES)
_LENGTHS = struct.Struct(">II")


class WireError(Exception):
    """The other side sent something that is no message."""


class Unsupported:
    """An answer that cannot cross the boundary, such as a generator: only the name of its type does."""

    def __init__(self, type_name):
        self.type_name = type_name

    def __repr__(self):
        return f"<{self.type_name}>"


class Handle:
    """A function of the other side; calling it is a message (see `student_process` and `student`)."""

    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return "<function>"


class Model:
    """A Keras model as what it is made of; see `keras_values`.

    Attributes
    ----------
    config, compiled : str
        JSON; ``compiled`` is "" for a model that was not compiled.
    weights : list of ndarray
    """

    def __init__(self, config, compiled, weights):
        self.config = config
        self.compiled = compiled
        self.weights = weights


class Folder(str):
    """The path of a temporary folder, or of a place in it; on the other side it is one with the same files.

    Parameters
    ----------
    files : dict of str to bytes
        By their path in the folder, with slashes.
    entry : str
        Where in the folder the path points to.
    """

    __slots__ = ("__weakref__", "entry", "root")

    def __new__(cls, files, entry=""):
        """Make the folder; it lives as long as its path does."""
        root = tempfile.mkdtemp(prefix="course-")
        path = super().__new__(cls, os.path.join(root, entry) if entry else root)
        path.root, path.entry = root, entry
        # Unlike weakref's it also runs where a worker ends, which leaves out what Python does at an exit.
        Finalize(path, shutil.rmtree, (root,), {"ignore_errors": True}, exitpriority=0)
        path.fill(files)
        return path

    def __repr__(self):
        return f"'folder/{self.entry}'" if self.entry else "'folder'"

    def fill(self, files):
        """Write files into it."""
        for name, content in files.items():
            place = os.path.join(self.root, name)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(content)

    def become(self, files):
        """Let it hold these files and no others."""
        for entry in os.scandir(self.root):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry)
            else:
                os.remove(entry)
        self.fill(files)

    def files(self):
        """Return {name: bytes} of the regular files in it, as many and as large ones as may cross."""
        found, left = {}, MAX_FILE_BYTES
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            for name in sorted(names):
                place = os.path.join(folder, name)
                name = os.path.relpath(place, self.root)
                if len(found) == MAX_FILES or os.path.islink(place) or not os.path.isfile(place):
                    continue
                if _FILE_NAME.fullmatch(name) and os.path.getsize(place) <= left:
                    with open(place, "rb") as file:
                        found[name] = file.read(left)
                    left -= len(found[name])
        return found


def encode(message, handle_of=None):
    """Turn a dict of plain values and arrays into the bytes of one frame.

    Parameters
    ----------
    message : dict
        Values: None, bool, int, float, str, tuple, list, dict with str or int keys, ndarray, numpy scalars, functions,
        numpy's default random generators, `Model`, `Folder`.
    handle_of : callable, optional
        Maps a function to the number by which the other side may call it; without it functions are
        `Unsupported`.
    """
    buffers = []
    header = {key: _pack(value, buffers, handle_of, 0) for key, value in message.items()}
    text = json.dumps(header).encode()
    body = b"".join(buffers)
    if len(text) > MAX_HEADER_BYTES or len(body) > MAX_BUFFER_BYTES:
        raise WireError("the message is too large")
    return _LENGTHS.pack(len(text), len(body)) + text + body


def decode(header, body):
    """Turn the two parts of a frame into a dict; raises `WireError` for anything that is not exactly one."""
    try:
        tree = json.loads(header)
    except (ValueError, RecursionError):
        raise WireError("the message is not JSON") from None
    if not isinstance(tree, dict):
        raise WireError("the message is no object")
    reader = _Buffers(body)
    try:
        message = {key: _unpack(value, reader, 0) for key, value in tree.items()}
    except WireError:
        raise
    except Exception as error:  # noqa: BLE001 - what is no message fails in as many ways as there are
        raise WireError(f"the message holds an unknown value ({type(error).__name__})") from None
    if reader.rest:
        raise WireError("the message carries bytes that nothing refers to")
    return message


def read_frame(read_exactly):
    """Read one frame; ``read_exactly(n)`` returns n bytes or raises EOFError."""
    header_size, body_size = _LENGTHS.unpack(read_exactly(_LENGTHS.size))
    if header_size > MAX_HEADER_BYTES or body_size > MAX_BUFFER_BYTES:
        raise WireError("the message is too large")
    header = read_exactly(header_size)
    return decode(header, read_exactly(body_size))


def _pack(value, buffers, handle_of, depth):
    kind = type(value)
    if kind is Unsupported:
        return {"other": value.type_name}
    if depth > MAX_DEPTH:
        return {"other": "deeply nested value"}
    if value is None or kind is bool or kind is str:
        return value[:MAX_TEXT] if kind is str else value
    if kind is int:
        return {"int": hex(value)} if value.bit_length() <= 4096 else {"other": "huge int"}
    if kind is float:
        return {"float": value.hex()}
    if kind in (tuple, list):
        if len(value) > MAX_ITEMS:
            return {"other": f"{kind.__name__} of {len(value)} values"}
        return {kind.__name__: [_pack(item, buffers, handle_of, depth + 1) for item in value]}
    if kind is dict and all(type(key) in (str, int) for key in value) and len(value) <= MAX_ITEMS:
        return {"dict": [[_pack(key, buffers, None, depth + 1), _pack(item, buffers, handle_of, depth + 1)]
                         for key, item in value.items()]}
    if (kind is np.ndarray or issubclass(kind, np.generic)) and value.dtype.char in _DTYPES:
        return _pack_array(value, buffers, scalar=kind is not np.ndarray)
    if kind is np.random.Generator and type(value.bit_generator) is np.random.PCG64:
        state = value.bit_generator.state
        numbers = (*state["state"].values(), state["has_uint32"], state["uinteger"])
        return {"generator": [hex(number) for number in numbers]}
    if kind is Model:
        return _pack_model(value, buffers)
    if kind is Folder:
        return {"folder": [value.entry, [[name, _pack_array(np.frombuffer(content, np.uint8), buffers, scalar=False)]
                                         for name, content in value.files().items()]]}
    if handle_of is not None and callable(value):
        return {"handle": handle_of(value)}
    return {"other": kind.__name__[:80]}


def _pack_array(value, buffers, scalar):
    if value.ndim > MAX_DIMENSIONS or value.nbytes > MAX_BUFFER_BYTES:
        return {"other": f"array of shape {value.shape}"}
    value = value.astype(value.dtype.newbyteorder("<"), copy=False)
    # Layout and the read-only flag cross as well, so that functions also meet arrays that are not plain.
    fortran = value.flags.f_contiguous and not value.flags.c_contiguous
    layout = "F" if fortran else "C" if value.flags.c_contiguous else "strided"
    buffers.append(value.tobytes(order="F" if fortran else "C"))
    return {"array": value.dtype.str, "shape": list(value.shape), "scalar": scalar,
            "layout": layout, "readonly": not scalar and not value.flags.writeable}


def _pack_model(model, buffers):
    if len(model.config) + len(model.compiled) > MAX_CONFIG or len(model.weights) > MAX_WEIGHTS or any(
            weight.ndim > MAX_DIMENSIONS or weight.nbytes > MAX_BUFFER_BYTES for weight in model.weights):
        return {"other": "model that is too large"}
    for weight in model.weights:
        if weight.dtype.char not in _DTYPES:
            return {"other": f"model with weights of dtype {weight.dtype}"}
    return {"model": [model.config, model.compiled, [_pack_array(w, buffers, scalar=False) for w in model.weights]]}


def _unpack(node, reader, depth):
    if node is None or isinstance(node, (bool, str)):
        return node
    # One level deeper stands what says that a value was nested too deeply.
    if depth > MAX_DEPTH + 1 or not isinstance(node, dict):
        raise WireError("the message holds an unknown value")
    if "array" in node:
        return _unpack_array(node, reader)
    if len(node) != 1:
        raise WireError("the message holds an unknown value")
    (kind, content), = node.items()
    if kind in ("int", "float", "other") and not isinstance(content, str):
        raise WireError("the message holds an unknown value")
    if kind == "other":
        return Unsupported("".join(c for c in content[:80] if c.isprintable()))
    if kind == "handle" and type(content) is int:
        return Handle(content)
    if kind == "generator":
        return _unpack_generator(content)
    if kind in ("model", "folder"):
        return (_unpack_model if kind == "model" else _unpack_folder)(content, reader)
    try:
        if kind == "int" and len(content) <= 1100:
            return int(content, 16)
        if kind == "float":
            return float.fromhex(content)
    except (ValueError, OverflowError):
        raise WireError("the message holds an unknown number") from None
    if kind in ("tuple", "list") and isinstance(content, list) and len(content) <= MAX_ITEMS:
        items = [_unpack(item, reader, depth + 1) for item in content]
        return tuple(items) if kind == "tuple" else items
    if kind == "dict" and isinstance(content, list) and len(content) <= MAX_ITEMS:
        return _unpack_dict(content, reader, depth)
    raise WireError("the message holds an unknown value")


def _unpack_dict(content, reader, depth):
    result = {}
    for pair in content:
        if not isinstance(pair, list) or len(pair) != 2:
            raise WireError("the message holds an unknown value")
        key = _unpack(pair[0], reader, depth + 1)
        if type(key) not in (str, int):
            raise WireError("the message holds an unknown value")
        result[key] = _unpack(pair[1], reader, depth + 1)
    return result


def _unpack_model(content, reader):
    if not isinstance(content, list) or [type(part) for part in content] != [str, str, list]:
        raise WireError("the message holds an unknown model")
    config, compiled, weights = content
    if len(config) + len(compiled) > MAX_CONFIG or len(weights) > MAX_WEIGHTS:
        raise WireError("the message holds a model that is too large")
    return Model(config, compiled, [_unpack_buffer(node, reader) for node in weights])


def _unpack_folder(content, reader):
    if not isinstance(content, list) or [type(part) for part in content] != [str, list] or len(content[1]) > MAX_FILES:
        raise WireError("the message holds an unknown folder")
    entry, files = content
    if any(not isinstance(file, list) or len(file) != 2 or not isinstance(file[0], str)
           or not _FILE_NAME.fullmatch(file[0]) for file in files) or (entry and not _FILE_NAME.fullmatch(entry)):
        raise WireError("the message holds an unknown file")
    try:
        return Folder({name: _unpack_buffer(node, reader).tobytes() for name, node in files}, entry)
    except OSError:
        raise WireError("the message holds files that stand in each other's way") from None


def _unpack_buffer(node, reader):
    if not isinstance(node, dict) or "array" not in node:
        raise WireError("the message holds no array where one has to be")
    return _unpack_array(node, reader)


def _unpack_generator(content):
    limits = (128, 128, 1, 32)  # bits of PCG64's state, its increment, whether half a draw is left, and that half
    if not isinstance(content, list) or len(content) != len(limits):
        raise WireError("the message holds an unknown random generator")
    numbers = [_unpack({"int": text}, None, 0) for text in content]
    if any(not 0 <= number < 1 << bits for number, bits in zip(numbers, limits, strict=True)):
        raise WireError("the message holds an unknown random generator")
    generator = np.random.Generator(np.random.PCG64(0))
    generator.bit_generator.state = {"bit_generator": "PCG64", "state": {"state": numbers[0], "inc": numbers[1]},
                                     "has_uint32": numbers[2], "uinteger": numbers[3]}
    return generator


def _unpack_array(node, reader):
    dtype_text, shape, scalar, layout = (node.get(key) for key in ("array", "shape", "scalar", "layout"))
    if not isinstance(dtype_text, str) or dtype_text not in _DTYPE_NAMES:
        raise WireError("the message holds an unknown dtype")
    dtype = np.dtype(dtype_text)
    if (not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS
            or any(type(n) is not int or not 0 <= n <= MAX_BUFFER_BYTES for n in shape)):
        raise WireError("the message holds an array without a shape")
    size = math.prod(shape) * dtype.itemsize
    flat = np.frombuffer(reader.take(size), dtype=dtype).copy()
    array = flat.reshape(shape, order="F" if layout == "F" else "C").astype(dtype.newbyteorder("="), copy=False)
    if scalar is True and array.shape == ():
        return array[()]
    if layout == "strided" and array.size:
        # Every other element of a wider array: a view, as a slice with a step is.
        array = np.repeat(array, 2, axis=-1)[..., ::2]
    array.flags.writeable = node.get("readonly") is not True
    return array


class _Buffers:
    def __init__(self, body):
        self.rest = memoryview(body)

    def take(self, size):
        if size > len(self.rest):
            raise WireError("an array is shorter than its shape says")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken
