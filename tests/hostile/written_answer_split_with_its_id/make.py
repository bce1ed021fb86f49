"""A written answer in two cells."""

import json

FIRST = "The first half of the answer."


def make(folder, notebook):
    """Write the submission."""
    cells = notebook["cells"]
    place = next(number for number, cell in enumerate(cells) if cell["id"] == "written_why")
    cells.insert(place, json.loads(json.dumps(cells[place])) | {"id": "written_why-first", "source": FIRST})

    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
