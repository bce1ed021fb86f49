"""Running a submission's own cells in the sandbox, for what a person wants to see: plots, prints, errors."""

import base64

import nbformat.v4
import numpy as np

from grading_engine.sandbox.process import Ended, StudentProcess
from grading_engine.text import plain

CELL_SECONDS = 10
RESTARTS = 2

_PNG = b"\x89PNG\r\n\x1a\n"


def execute(notebook, skipped, unsafe=False):
    """Run a notebook's code cells in order and write their outputs into it.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    skipped : callable
        ``skipped(cell)`` tells of a code cell whether it is left alone.
    unsafe : bool
        Run without a sandbox.

    Notes
    -----
    A cell that never ends, or that ends the process, is reported and left out of the next try, so that the cells
    after it still run; after a few such cells the rest is not run.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not skipped(cell)]
    ended = {}
    for _ in range(RESTARTS + 1):
        if _run_all(cells, ended, unsafe):
            return
    for cell in cells[max(ended) + 1:]:
        cell.outputs = [_error("NotRun", "not run: the cells before it ended Python too often")]


def _run_all(cells, ended, unsafe):
    """Run the cells in one process; returns whether it reached the end."""
    with StudentProcess(unsafe) as process:
        for number, cell in enumerate(cells):
            if number in ended:
                cell.outputs = [_error("Ended", f"this cell {ended[number]}")]
                continue
            try:
                reply = process.request({"op": "run", "cell": str(number), "source": cell.source}, CELL_SECONDS)
            except Ended as end:
                ended[number] = end
                return False
            outputs = reply.get("outputs")
            shown = outputs if isinstance(outputs, list) else []
            cell.outputs = [_output(raw) for raw in shown if isinstance(raw, dict)]
            cell.execution_count = number + 1
    return True


def _output(raw):
    """Turn what the student's process says it showed into a notebook output: plain text and PNG, nothing else."""
    if raw.get("kind") == "stream":
        name = "stderr" if raw.get("name") == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=plain(raw.get("text")))
    if raw.get("kind") == "error":
        return _error(plain(raw.get("name")), plain(raw.get("message")), plain(raw.get("traceback")))
    data = raw.get("data") if isinstance(raw.get("data"), dict) else {}
    shown = {"text/plain": plain(data.get("text/plain"))}
    picture = data.get("image/png")
    if isinstance(picture, np.ndarray) and picture.tobytes().startswith(_PNG):
        shown["image/png"] = base64.b64encode(picture.tobytes()).decode()
    return nbformat.v4.new_output("display_data", data=shown)


def _error(name, message, traceback=""):
    return nbformat.v4.new_output("error", ename=name[:80], evalue=message,
                                  traceback=(traceback or f"{name}: {message}").splitlines())
