"""Answers of references on disk: TensorFlow, which takes seconds to load, is asked once and not at every start.

One file for each state of a grader, below ``.course/references``; what is in it follows from the grader, the packages
and the arguments alone.  Records are appended whole; a damaged end is as good as none.
"""

import contextlib
import functools
import hashlib
import io
import os
import sys
from pathlib import Path

import numpy as np

from grading_engine.course import KIT
from grading_engine.sandbox import wire

FOLDER = KIT / ".course" / "references"
# More than a class ever asks for; counterexamples of many wrong submissions could come near.
MOST_BYTES = 32 << 20
_KEY_BYTES = 32


def remembered(functions, key, compute):
    """Return what was stored under a key, or else ``compute()``, and store that.

    Parameters
    ----------
    functions : tuple of callable or None
        What the answer comes from; they have to be functions of one grader's file.
    key : bytes
        Digest of the arguments.
    compute : callable
    """
    modules = {function.__module__ for function in functions if function is not None}
    module = sys.modules.get(modules.pop()) if len(modules) == 1 else None
    path = Path(getattr(module, "__file__", None) or "")
    if not path.is_relative_to(KIT / "graders"):
        return compute()
    names = "\0".join(function.__qualname__ if function else "" for function in functions)
    key = hashlib.sha256(names.encode() + b"\0" + key).digest()
    file = _file(path)
    if key not in file.answers:
        answer = compute()
        file.append(key, answer)
        return answer
    return file.answers[key]


@functools.cache
def _file(grader):
    return _File(grader)


class _File:
    """The answers that are known for one state of a grader."""

    def __init__(self, grader):
        state = hashlib.sha256(grader.read_bytes() + (KIT / "requirements.lock").read_bytes()).hexdigest()[:16]
        self.stem = f"{grader.parent.name}.{grader.stem}."
        self.path = FOLDER / f"{self.stem}{state}"
        self.answers = dict(self._records())

    def append(self, key, answer):
        """Store an answer that comes back as it was; where that cannot be done nothing is lost."""
        try:
            frame = wire.encode({"answer": answer})
        except wire.WireError:
            return
        if not _same(wire.read_frame(io.BytesIO(frame).read)["answer"], answer):
            return
        with contextlib.suppress(OSError):
            if not self.path.exists():
                FOLDER.mkdir(parents=True, exist_ok=True)
                for old in FOLDER.glob(f"{self.stem}*"):
                    old.unlink(missing_ok=True)
            with open(self.path, "ab", buffering=0) as file:
                if os.fstat(file.fileno()).st_size < MOST_BYTES:
                    file.write(key + frame)

    def _records(self):
        try:
            content = self.path.read_bytes()
        except OSError:
            return
        stream = io.BytesIO(content)

        def exactly(size):
            data = stream.read(size)
            if len(data) < size:
                raise EOFError
            return data

        with contextlib.suppress(EOFError, wire.WireError):
            while True:
                key = exactly(_KEY_BYTES)
                yield key, wire.read_frame(exactly)["answer"]


def _same(one, other):
    """Whether a value came back as what it was, type and bytes."""
    if type(one) is not type(other):
        return False
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (np.ndarray, np.generic)):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return one is None or (isinstance(one, (bool, int, float, str)) and repr(one) == repr(other))
