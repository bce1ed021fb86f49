"""A list where an object belongs."""

import json


def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").write_text(json.dumps(notebook["cells"]))
