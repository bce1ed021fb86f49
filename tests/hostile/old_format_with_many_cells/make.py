"""Many cells of an old notebook."""

import json


def make(folder, notebook):
    """Write the submission."""
    output = {"output_type": "stream", "stream": "stdout", "text": "0"}
    cell = {"cell_type": "code", "input": "0", "language": "python", "metadata": {}, "outputs": [output] * 3}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [cell] * 8000}]}
    (folder / "attacked.ipynb").write_text(json.dumps(old))
