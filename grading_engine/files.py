"""Writing files that somebody may be reading, or that a run which is killed must not leave half written."""

import os


def write_whole(path, text):
    """Write a file as a whole or not at all; its folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.write_text(text, encoding="utf-8", errors="replace")
    os.replace(unfinished, path)
