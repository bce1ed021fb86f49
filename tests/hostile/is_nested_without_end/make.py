"""Brackets."""


def make(folder, notebook):
    """Write the submission."""
    (folder / "tiny.ipynb").write_text('{"cells": ' + "[" * 1_000_000)
