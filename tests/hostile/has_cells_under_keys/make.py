"""Cells by their names."""

import json


def make(folder, notebook):
    """Write the submission."""
    notebook["cells"] = {cell["id"]: cell for cell in notebook["cells"]}
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
