"""A cell that was split: an editor copies its metadata."""

import json

FIRST = "def total(x):\n    return np.sum(x)\n"


def make(folder, notebook):
    """Write the submission."""
    cells = notebook["cells"]
    place = next(number for number, cell in enumerate(cells) if cell["id"] == "mean")
    cells.insert(place, json.loads(json.dumps(cells[place])) | {"id": "mean-first", "source": FIRST})

    cells[place + 1]["source"] = "def mean(x):\n    return float(total(x) / len(x))\n"
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
