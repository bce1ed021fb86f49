"""Reading a notebook as data: caps first, then only what a cell says, nothing of what it claims.

Grading reads what is handed in with this code, and `course_lib.check_submission` shows a student the same beforehand.
"""

import json
import os
import re
import stat
from dataclasses import dataclass

from course_lib.language import texts

_ = texts.gettext

MAX_BYTES = 32 << 20
MAX_CELLS = 1000
MAX_SOURCE = 200_000

# What a reader does not see, or sees in another order than it is: controls, directions of writing, tags.
_DECEIVING = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\U000e0000-\\U000e007f]")


class BadSubmission(Exception):
    """The file is no notebook that can be graded; the message says why, for the person who sent it."""


@dataclass(frozen=True)
class Cell:
    """What is kept of a submitted cell.

    Attributes
    ----------
    kind : str
        "code", "markdown" or "raw".
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
    return parse(content(path), path.name)


def parse(data, name):
    """Return the cells of a notebook's bytes; raises `BadSubmission` for what is no notebook."""
    return cells(_load(data, name), name)


def content(path):
    """Return the bytes of a regular file of at most 32 MiB; raises `BadSubmission` for anything else."""
    try:
        # Neither follows a link nor waits at a FIFO; Windows has neither flag, but would translate ends of lines.
        flags = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
        descriptor = os.open(path, os.O_RDONLY | flags)
    except OSError as error:
        raise BadSubmission(_("{name} cannot be read: {reason}").format(
            name=path.name, reason=error.strerror.lower())) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise BadSubmission(_("{name} is not a regular file").format(name=path.name))
    with open(descriptor, "rb") as file:
        if status.st_size > MAX_BYTES:
            raise BadSubmission(_("{name} is too large: {size} MiB, at most {most} MiB are read; clear the outputs "
                                  "and hand it in again").format(name=path.name, size=status.st_size >> 20,
                                                                 most=MAX_BYTES >> 20))
        return file.read(MAX_BYTES)


def cells(notebook, name):
    """Return the cells of a notebook that was read from JSON."""
    found = notebook.get("cells")
    if not isinstance(found, list):
        raise _without_cells(name)
    if len(found) > MAX_CELLS:
        raise BadSubmission(_("{name} has {number} cells; at most {most} are read").format(
            name=name, number=len(found), most=MAX_CELLS))
    return [cell for cell in map(_cell, found) if cell is not None]


def _load(data, name):
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise BadSubmission(_("{name} is not a notebook: it is not JSON").format(name=name)) from None
    if not isinstance(notebook, dict):
        raise _without_cells(name)
    if "cells" not in notebook and "worksheets" in notebook:
        return _converted(notebook, name)
    return notebook


def _converted(notebook, name):
    """A notebook of format 3, as IPython wrote it before there was Jupyter, in today's."""
    sheets = notebook["worksheets"] if isinstance(notebook["worksheets"], list) else []
    found = [sheet["cells"] for sheet in sheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)]
    if not found:
        raise _without_cells(name)
    # Only what is read later; outputs of old formats come in many forms.
    return {"cells": [cell | {"source": cell.get("input", cell.get("source"))}
                      for sheet in found for cell in sheet if isinstance(cell, dict)]}


def _without_cells(name):
    return BadSubmission(_("{name} is not a notebook: it has no cells").format(name=name))


def _cell(raw):
    if not isinstance(raw, dict) or raw.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return None
    # A lone surrogate is legal in JSON and in no file; lines end as they do elsewhere.
    source = source[:MAX_SOURCE].encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    source = _DECEIVING.sub("\N{REPLACEMENT CHARACTER}", source.replace("\v", " ").replace("\f", " "))
    metadata = raw.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return Cell(raw["cell_type"], source, grade_id if isinstance(grade_id, str) else "")
