"""All cells in reverse, twice; what is last and written counts."""

import json


def make(folder, notebook):
    """Write the submission."""
    older = next(cell for cell in notebook["cells"] if cell["id"] == "mean")
    stub = older | {"source": "def mean(x):\n    raise NotImplementedError()\n"}
    notebook["cells"] = [*notebook["cells"][::-1] * 2, stub]
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
