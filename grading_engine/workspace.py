"""A class's folders and gradebook, through nbgrader's own API and configuration."""

from pathlib import Path

from nbgrader.apps import NbGraderAPI
from traitlets.config.loader import PyFileConfigLoader

from grading_engine.course import KIT

CONFIG = "nbgrader_config.py"


def find_root(start=None):
    """Return the nearest folder upwards that has an ``nbgrader_config.py``, or the kit's own."""
    start = Path(start or Path.cwd()).resolve()
    return next((folder for folder in (start, *start.parents) if (folder / CONFIG).is_file()), KIT)


def open_workspace(root=None):
    """Return nbgrader's API for the class below ``root``, configured by its ``nbgrader_config.py``."""
    root = find_root(root)
    config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return NbGraderAPI(config=config, log_level="ERROR")
