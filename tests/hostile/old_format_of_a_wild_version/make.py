"""Worksheets of a version that there never was."""

import json


def make(folder, notebook):
    """Write the submission."""
    wild = {"nbformat": -(10**9), "worksheets": [{"cells": notebook["cells"]}], "metadata": {}}
    (folder / "attacked.ipynb").write_text(json.dumps(wild))
