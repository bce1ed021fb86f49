"""Running a submission's own cells in the sandbox, for what a person wants to see: plots, prints, errors."""

import base64
import json
import math
import struct
import time

import nbformat.v4
import numpy as np

from course_lib import language
from grading_engine.language import texts
from grading_engine.sandbox import flavours, launch
from grading_engine.sandbox.process import Ended
from grading_engine.text import plain

_ = texts.gettext

CELL_SECONDS = 10
NOTEBOOK_SECONDS = 120
MAX_OUTPUT_BYTES = 16 << 20
RESTARTS = 2

MAX_OUTPUTS = 16
MAX_TEXT = 20_000
MAX_PICTURE = 2_000_000
MAX_PIXELS = 16_000_000

_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


class Room:
    """What outputs may still weigh, in bytes."""

    def __init__(self, left):
        self.left = left

    def takes(self, outputs):
        """Whether they fit in; then there is less room."""
        weight = len(json.dumps(outputs))
        if weight > self.left:
            return False
        self.left -= weight
        return True


def execute(notebook, skipped, flavour=flavours.NUMPY, unsafe=False):
    """Run a notebook's code cells in order and write their outputs into it.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    skipped : callable
        ``skipped(cell)`` tells of a code cell whether it is left alone.
    flavour : Flavour
    unsafe : bool
        Run without a sandbox.

    Notes
    -----
    A cell that never ends, or that ends the process, is reported and left out of the next try, so that the cells
    after it still run; after a few such cells, or when the whole notebook takes too long, the rest is not run.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not skipped(cell)]
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    deadline = time.monotonic() + NOTEBOOK_SECONDS * flavour.patience
    ended = {}
    room = Room(MAX_OUTPUT_BYTES)
    # Whoever ends the sandbox from outside does it once or twice, not for ever.
    for _try in range(2 * (RESTARTS + 1)):
        if len(ended) > RESTARTS or time.monotonic() > deadline:
            break
        if _run_all(cells, ended, deadline, room, flavour, unsafe):
            break
    for cell in cells:
        if cell.execution_count is None and not cell.outputs:
            cell.outputs = [_error("NotRun", _("not run: the cells before it took too long or ended Python too often"))]


def _run_all(cells, ended, deadline, room, flavour, unsafe):
    """Run the cells in one process; returns whether it reached the end."""
    processes = launch.launcher(flavour, unsafe)
    process = processes.start()
    try:
        for number, cell in enumerate(cells):
            if number in ended:
                cell.outputs = [_error("Ended", _("this cell {problem}").format(problem=ended[number]))]
                continue
            seconds = min(CELL_SECONDS * flavour.patience, deadline - time.monotonic())
            if seconds <= 0:
                return True
            try:
                reply = process.request({"op": "run", "cell": str(number), "source": cell.source,
                                         "language": language.current()}, seconds)
            except Ended as end:
                if end.reason != "killed":
                    ended[number] = end
                return False
            outputs = reply.get("outputs")
            shown = outputs if isinstance(outputs, list) else []
            made = [_output(raw) for raw in shown[:MAX_OUTPUTS] if isinstance(raw, dict)]
            cell.outputs = made if room.takes(made) else [
                _error("TooLarge", _("not shown: this notebook shows too much"))]
            cell.execution_count = number + 1
        return True
    finally:
        processes.end(process)


def _output(raw):
    """Turn what the student's process says it showed into a notebook output: plain text and PNG, nothing else."""
    if raw.get("kind") == "stream":
        name = "stderr" if raw.get("name") == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=_text(raw.get("text")))
    if raw.get("kind") == "error":
        return _error(*(_text(raw.get(part)) for part in ("name", "message", "traceback")))
    data = raw.get("data") if isinstance(raw.get("data"), dict) else {}
    shown = {"text/plain": _text(data.get("text/plain"))}
    picture = data.get("image/png")
    if isinstance(picture, np.ndarray) and picture.nbytes <= MAX_PICTURE and _is_small_png(picture.tobytes()):
        shown["image/png"] = base64.b64encode(picture.tobytes()).decode()
    return nbformat.v4.new_output("display_data", data=shown)


def _text(value):
    return plain(value)[:MAX_TEXT]


def _is_small_png(data):
    """Whether bytes begin as a PNG does, one that does not unfold to billions of pixels in a reader's browser."""
    return data.startswith(_PNG) and math.prod(struct.unpack(">II", data[len(_PNG):].ljust(8, b"\0")[:8])) <= MAX_PIXELS


def _error(name, message, traceback=""):
    return nbformat.v4.new_output("error", ename=name[:80], evalue=message,
                                  traceback=(traceback or f"{name}: {message}").splitlines())
