"""One cell with everything, and the others untouched."""

import json

STUB = "def {0}({1}):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"


def make(folder, notebook):
    """Write the submission."""
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    stub = STUB.format("slope", "f, x")
    everything = "\n\n".join(stub if name == "slope" else "".join(cells[name]["source"])
                             for name in ("double", "mean", "slope", "innocent"))
    for name in ("double", "mean", "slope", "innocent"):
        cells[name]["source"] = STUB.format(name, "f, x" if name == "slope" else "x")
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "id": "all", "source": everything})
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
