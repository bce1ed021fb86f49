"""A socket."""

import os
import stat


def make(folder, notebook):
    """Write the submission."""
    os.mknod(folder / "attacked.ipynb", stat.S_IFSOCK | 0o644)
