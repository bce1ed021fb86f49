"""A submission that lies elsewhere."""

import json


def make(folder, notebook):
    """Write the submission."""
    elsewhere = folder.parent.parent.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "attacked.ipynb").write_text(json.dumps(notebook))
    folder.rmdir()
    folder.symlink_to(elsewhere)
