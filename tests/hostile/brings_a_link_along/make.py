"""A link beside a notebook."""

import json


def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
    deep = folder / "data" / "more"
    deep.mkdir(parents=True)
    (deep / "points.csv").symlink_to("../../../../..")
