"""Reading a submitted notebook as data: caps first, then only what a cell says, nothing of what it claims."""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import nbformat

MAX_BYTES = 32 << 20
MAX_CELLS = 2000
MAX_SOURCE = 200_000


class BadSubmission(Exception):
    """The file is no notebook that can be graded; the message says why, for the person who sent it."""


@dataclass(frozen=True)
class Cell:
    """What is kept of a submitted cell.

    Attributes
    ----------
    kind : str
        "code" or "markdown".
    source : str
    grade_id : str
        The nbgrader id it came with, or "": a hint where its content belongs, no more.
    """

    kind: str
    source: str
    grade_id: str


def read(path):
    """Read a notebook file and return its cells.

    Raises
    ------
    BadSubmission
        For anything but a regular file of at most 32 MiB that holds a notebook.
    """
    return cells(_load(_bytes(path), path.name), path.name)


def what_is_irregular(folder):
    """Return the path of something in a submission's folder that is neither file nor folder, or None.

    nbgrader copies what lies beside a notebook: a link would lead it elsewhere, a FIFO would stop it for ever.
    """
    if os.path.islink(folder):
        return Path(folder)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            mode = os.lstat(os.path.join(parent, name)).st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                return Path(parent, name)
    return None


def _bytes(path):
    try:
        # Neither follows a link nor waits at a FIFO.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise BadSubmission(f"{path.name} cannot be read: {error.strerror.lower()}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise BadSubmission(f"{path.name} is not a regular file")
    with open(descriptor, "rb") as file:
        if status.st_size > MAX_BYTES:
            raise BadSubmission(f"{path.name} is too large: {status.st_size >> 20} MiB, at most "
                                f"{MAX_BYTES >> 20} MiB are read; clear the outputs and hand it in again")
        return file.read(MAX_BYTES)


def _load(data, name):
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise BadSubmission(f"{name} is not a notebook: it is not JSON") from None
    if not isinstance(notebook, dict):
        raise BadSubmission(f"{name} is not a notebook: it has no cells")
    if "cells" not in notebook and "worksheets" in notebook:
        try:
            notebook = nbformat.convert(nbformat.from_dict(notebook), 4)
        except Exception:  # noqa: BLE001 - nbformat fails in many ways on a damaged old notebook
            raise BadSubmission(f"{name} is a notebook of an old format that cannot be read") from None
    return notebook


def cells(notebook, name):
    """Return the cells of a notebook that was read from JSON."""
    found = notebook.get("cells")
    if not isinstance(found, list):
        raise BadSubmission(f"{name} is not a notebook: it has no cells")
    if len(found) > MAX_CELLS:
        raise BadSubmission(f"{name} has {len(found)} cells; at most {MAX_CELLS} are read")
    return [cell for cell in map(_cell, found) if cell is not None]


def _cell(raw):
    if not isinstance(raw, dict) or raw.get("cell_type") not in ("code", "markdown"):
        return None
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return None
    # A lone surrogate is legal in JSON and in no file; NUL is legal in neither Python nor a database.
    source = source[:MAX_SOURCE].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    metadata = raw.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return Cell(raw["cell_type"], source, grade_id if isinstance(grade_id, str) else "")
