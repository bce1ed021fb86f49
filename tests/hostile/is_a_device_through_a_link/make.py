"""Zeros without end."""

def make(folder, notebook):
    """Write the submission."""
    (folder / "tiny.ipynb").symlink_to("/dev/zero")
