"""What is handed in is data: its notebook is read by `course_lib.notebook`, as students see it, its folder here."""

import os
from pathlib import Path

from course_lib.notebook import MAX_BYTES, BadSubmission, Cell, cells, content, parse, read

__all__ = ["MAX_BYTES", "BadSubmission", "Cell", "cells", "content", "parse", "read", "what_is_irregular"]

MAX_FILES = 10_000
MAX_FOLDER_DEPTH = 20


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
