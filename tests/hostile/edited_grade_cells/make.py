"""A notebook whose grade cells pass."""

import json


def make(folder, notebook):
    """Write it."""
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    cells["double"]["source"] = "def double(x):\n    return x\n"
    cells["mean"]["source"] = "def mean(x):\n    return 0.0\n"
    test = cells["test_double"]
    test["source"] = "double = lambda x: 2.0 * x\nassert callable(double)\nprint('6 of 6 points')\n6.0\n"
    another = json.loads(json.dumps(test)) | {"id": "again"}
    another["metadata"]["nbgrader"] |= {"grade_id": "test_mean", "points": 10}
    another["source"] = "globals()['mean'] = lambda x: float(np.mean(x))\n4.0"
    renamed = json.loads(json.dumps(another)) | {"id": "renamed"}
    renamed["metadata"]["nbgrader"] |= {"grade_id": "added-1"}
    notebook["cells"].remove(cells["test_mean"])
    notebook["cells"] = [another, *notebook["cells"], test, another, renamed]
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
