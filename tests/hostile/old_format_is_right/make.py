"""A notebook as programs wrote it ten years ago."""

import json


def make(folder, notebook):
    """Write the submission."""
    cells = [{"cell_type": "heading", "level": 1, "source": ["Twice"], "metadata": {}}]
    for cell in notebook["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        lines = "".join(cell["source"]).splitlines(keepends=True)
        if cell["cell_type"] == "code":
            old |= {"input": lines, "language": "python", "outputs": [], "collapsed": False}
        else:
            old |= {"source": lines}
        cells.append(old)
    made = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    (folder / "attacked.ipynb").write_text(json.dumps(made))
