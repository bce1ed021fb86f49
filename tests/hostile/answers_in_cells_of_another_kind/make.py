"""A notebook whose solutions are no code cells."""

import json


def make(folder, notebook):
    """Write it."""
    for cell in notebook["cells"]:
        kind = {"double": "markdown", "mean": "raw", "slope": ["code"], "title": "code"}.get(cell["id"])
        cell["cell_type"] = kind or cell["cell_type"]
        if cell["id"] == "title":
            cell["source"] = "double = lambda x: 2.0 * x"
            cell["metadata"] = {"nbgrader": {"grade_id": "title", "grade": True, "solution": True, "points": 10}}
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
