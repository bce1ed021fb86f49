"""Nothing."""

def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").touch()
