"""The right notebook under another name."""

import json


def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked (1).ipynb").write_text(json.dumps(notebook))
