"""A right notebook in an odd encoding."""

import json


def make(folder, notebook):
    """Write the submission."""
    for cell in notebook["cells"]:
        cell["metadata"]["\ud800"] = ["\udfff\0", float("nan"), float("-inf"), 10**4000]
        if cell["id"] == "title":
            cell["source"] = "# Twice \ud800\udbff\0\ufffe"
            cell["metadata"]["nbgrader"] = {"grade_id": "\ud800\0"}
    text = json.dumps(notebook)
    doubled = text.replace('{"', '{"cells": 5, "metadata": [], "', 1)
    (folder / "attacked.ipynb").write_bytes(doubled.encode("utf-16"))
