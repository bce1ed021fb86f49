"""Which installed packages a student's process may import: the allowed ones and what they require, no others."""

import functools
import importlib.metadata
import re
from pathlib import Path

from packaging.requirements import Requirement


@functools.cache
def importable(*roots):
    """Return {name in site-packages: its path} for distributions and everything that they require.

    Parameters
    ----------
    *roots : str
        Names of distributions, such as "numpy".

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        When one of them is not installed.
    """
    entries = {}
    for distribution in _closure(roots).values():
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__"):
                entries[top] = Path(distribution.locate_file(top))
    return entries


def _closure(roots):
    found = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        found[key] = importlib.metadata.distribution(name)
        for text in found[key].requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found
