"""Folders in folders, deeper than a function may call itself."""

import atexit
import json
import os
import subprocess


def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
    # What removes folders of tests later is recursive too, and would fail from then on.
    atexit.register(subprocess.run, ["rm", "-rf", str(folder / "d")], check=False)
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
