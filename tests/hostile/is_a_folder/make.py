"""A folder with the name of a file."""

import json


def make(folder, notebook):
    """Write the submission."""
    (folder / "tiny.ipynb").mkdir()
    (folder / "tiny.ipynb" / "tiny.ipynb").write_text(json.dumps(notebook))
