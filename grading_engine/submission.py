"""Reading a submitted notebook as data: caps first, then only what a cell says, nothing of what it claims."""

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 32 << 20
MAX_CELLS = 1000
MAX_SOURCE = 200_000
MAX_FILES = 10_000
MAX_FOLDER_DEPTH = 20


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


def what_is_irregular(folder):
    """Return what a submission's folder holds besides files and a few folders, and say it in words.

    nbgrader copies what lies beside a notebook: a link would lead it elsewhere, a FIFO would stop it for ever, and
    folders without end would be too much for whoever walks through them.

    Returns
    -------
    (Path, str) or None
    """
    if os.path.islink(folder):
        return Path(folder), f"{Path(folder).name!r} is a link"
    waiting, seen = [(Path(folder), 0)], 0
    while waiting:
        parent, depth = waiting.pop()
        if depth > MAX_FOLDER_DEPTH:
            return parent, f"its folders are nested more than {MAX_FOLDER_DEPTH} deep"
        with os.scandir(parent) as entries:
            for entry in entries:
                seen += 1
                if seen > MAX_FILES:
                    return parent, f"its folders hold more than {MAX_FILES:,} files"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), depth + 1))
                elif not entry.is_file(follow_symlinks=False):
                    return Path(entry.path), f"{entry.name!r} is no regular file"
    return None


def content(path):
    """Return the bytes of a regular file of at most 32 MiB; raises `BadSubmission` for anything else."""
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
        return _converted(notebook, name)
    return notebook


def _converted(notebook, name):
    """A notebook of format 3, as IPython wrote it before there was Jupyter, in today's."""
    sheets = notebook["worksheets"] if isinstance(notebook["worksheets"], list) else []
    found = [sheet["cells"] for sheet in sheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)]
    if not found:
        raise BadSubmission(f"{name} is not a notebook: it has no cells")
    # Only what is read later; outputs of old formats come in many forms.
    return {"cells": [cell | {"source": cell.get("input", cell.get("source"))}
                      for sheet in found for cell in sheet if isinstance(cell, dict)]}


def cells(notebook, name):
    """Return the cells of a notebook that was read from JSON."""
    found = notebook.get("cells")
    if not isinstance(found, list):
        raise BadSubmission(f"{name} is not a notebook: it has no cells")
    if len(found) > MAX_CELLS:
        raise BadSubmission(f"{name} has {len(found)} cells; at most {MAX_CELLS} are read")
    return [cell for cell in map(_cell, found) if cell is not None]


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
