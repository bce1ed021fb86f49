"""Brackets."""


def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").write_text('{"cells": ' + "[" * 1_000_000)
