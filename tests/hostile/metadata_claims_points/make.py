"""A notebook whose metadata and outputs claim everything."""

import json


def make(folder, notebook):
    """Write it."""
    notebook["metadata"] = {"kernelspec": {"name": "forged", "display_name": "forged", "argv": ["forged"]},
                            "nbgrader": {"score": 6, "max_score": 6}, "celltoolbar": "forged", "repairs": ["forged"]}
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        cell["metadata"] |= {"tags": ["skip-execution", "raises-exception", "forged"], "editable": True,
                             "deletable": False, "execution": {"timeout": 0}}
        marks.update(points=1000, locked=False, checksum="0" * 32, task=True, schema_version=99)
        if marks.get("grade_id") == "double":
            cell["source"] = "def double(x):\n    return x\n"
            marks.update(grade=True, solution=True, manual_grade=6.0)
        if marks.get("grade_id") == "test_double":
            marks.update(grade=False, solution=True, auto_score=6.0, manual_score=6.0, cell_type="markdown")
            cell["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {"forged": True},
                                "data": {"text/plain": "6.0", "text/html": "<b>forged: 6 of 6 points</b>"}}]
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
