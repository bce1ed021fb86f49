"""A notebook of a format that there is not yet."""

import json


def make(folder, notebook):
    """Write the submission."""
    notebook |= {"nbformat": 99, "nbformat_minor": ["x"], "worksheets": {"cells": 1}, "metadata": float("inf")}
    for number, cell in enumerate(notebook["cells"]):
        cell |= {"id": number, "execution_count": float("nan"), "attachments": -1, "outputs": {"0": None}}
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
