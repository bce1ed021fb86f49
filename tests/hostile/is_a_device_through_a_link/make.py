"""Zeros without end."""

def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").symlink_to("/dev/zero")
