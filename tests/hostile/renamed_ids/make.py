"""A notebook with other ids."""

import json


def make(folder, notebook):
    """Write the submission."""
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader")
        if marks:
            marks["grade_id"] = {"slope": "test_double"}.get(marks["grade_id"], f"{marks['grade_id']}-copy1")
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
