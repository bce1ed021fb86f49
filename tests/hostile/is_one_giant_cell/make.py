"""A notebook of two cells."""

import json


def make(folder, notebook):
    """Write the submission."""
    joined = [{"cell_type": kind, "metadata": {}, "source": "\n\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind)}
              for kind in ("markdown", "code")]
    (folder / "attacked.ipynb").write_text(json.dumps(notebook | {"cells": joined}))
