"""Cells that are none."""

import json


def make(folder, notebook):
    """Write the submission."""
    odd = [None, 7, [], "code", {}, {"cell_type": ["code"], "source": "x"}, {"cell_type": {"a": 1}, "source": 1}]
    odd += [{"cell_type": "code", "source": source} for source in ({"a": 1}, 5, None, True, [None, 3, ["x"]], -1e308)]
    odd += [{"cell_type": "code", "source": "pass", "metadata": metadata}
            for metadata in (None, [], 3, {"nbgrader": None}, {"nbgrader": [1]}, {"nbgrader": {"grade_id": {"a": 1}}})]
    right = notebook["cells"]
    notebook["cells"] = [*odd]
    for cell in right:
        cell["source"] = list("".join(cell["source"]))
        notebook["cells"] += [cell, *odd]
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
