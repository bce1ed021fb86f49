"""A notebook that is a link."""

import json


def make(folder, notebook):
    """Write the submission."""
    other = folder.parent.parent / "other.ipynb"
    other.write_text(json.dumps(notebook))
    (folder / "attacked.ipynb").symlink_to("../../other.ipynb")
