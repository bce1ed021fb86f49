"""A hard link to something that is not the student's."""

import os

from tests.hostile.course import CANARY


def make(folder, notebook):
    """Write the submission."""
    secret = folder.parent.parent.parent / "marks.csv"
    secret.write_text(f"student,points\nbystander,{CANARY}\n")
    os.link(secret, folder / "attacked.ipynb")
