"""A notebook that nobody writes."""

import os


def make(folder, notebook):
    """Write the submission."""
    os.mkfifo(folder / "attacked.ipynb")
