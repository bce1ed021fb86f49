"""A question and its answer in one cell."""

import json


def make(folder, notebook):
    """Write the submission."""
    *cells, question, answer = notebook["cells"]
    question["source"] = "\n\n".join("".join(cell["source"]) for cell in (question, answer))
    (folder / "attacked.ipynb").write_text(json.dumps(notebook | {"cells": [*cells, question]}))
