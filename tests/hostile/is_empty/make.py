"""Nothing."""

def make(folder, notebook):
    """Write the submission."""
    (folder / "tiny.ipynb").touch()
