"""A class's folders and gradebook, through nbgrader's own configuration."""

import logging
import os
import sysconfig
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets import Instance
from traitlets.config import LoggingConfigurable
from traitlets.config.loader import PyFileConfigLoader

from grading_engine.course import KIT

CONFIG = "nbgrader_config.py"


class Workspace(LoggingConfigurable):
    """What nbgrader's converters want as their parent: the configuration, a log, and the course's folders."""

    coursedir = Instance(CourseDirectory)


def find_root(start=None):
    """Return the nearest folder upwards that has an ``nbgrader_config.py``, or the kit's own."""
    start = Path(start or Path.cwd()).resolve()
    return next((folder for folder in (start, *start.parents) if (folder / CONFIG).is_file()), KIT)


def load_config(root):
    """Return the configuration of the class below ``root``."""
    config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    # A new gradebook asks the program `alembic` for its version, which nobody has on their PATH.
    scripts = sysconfig.get_path("scripts")
    if scripts not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + os.environ["PATH"]
    return config


def open_workspace(start=None):
    """Return the `Workspace` that the folder ``start``, or the current one, belongs to."""
    config = load_config(find_root(start))
    workspace = Workspace(config=config)
    workspace.coursedir = CourseDirectory(parent=workspace)
    workspace.log.setLevel(logging.ERROR)
    return workspace
