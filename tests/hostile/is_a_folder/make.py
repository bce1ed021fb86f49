"""A folder with the name of a file."""

import json


def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").mkdir()
    (folder / "attacked.ipynb" / "attacked.ipynb").write_text(json.dumps(notebook))
