"""A file with holes."""

import os


def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").write_text("{")
    os.truncate(folder / "attacked.ipynb", 1 << 40)
