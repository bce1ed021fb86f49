"""Many cells."""

import json


def make(folder, notebook):
    """Write the submission."""
    notebook["cells"] += [{"cell_type": "code", "source": "0"}] * 300_000
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
