"""A notebook without any metadata."""

import json


def make(folder, notebook):
    """Write the submission."""
    for cell in notebook["cells"]:
        del cell["id"]
        cell["metadata"] = {}

    notebook |= {"metadata": {}, "nbformat_minor": 2}
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
