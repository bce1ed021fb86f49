"""A class's folders and gradebook, through nbgrader's own configuration."""

import contextlib
import fcntl
import logging
import os
import sysconfig
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets import Instance
from traitlets.config import LoggingConfigurable
from traitlets.config.loader import PyFileConfigLoader

from grading_engine.course import KIT, CourseError

CONFIG = "nbgrader_config.py"


class Workspace(LoggingConfigurable):
    """What nbgrader's converters want as their parent: the configuration, a log, and the course's folders."""

    coursedir = Instance(CourseDirectory)


@contextlib.contextmanager
def only_writer(workspace):
    """Keep other commands of this kit from writing into the same class; the kernel forgets it when this process ends.

    Raises
    ------
    CourseError
        When another one is at it.
    """
    path = Path(workspace.coursedir.root) / ".course" / "writing"
    path.parent.mkdir(exist_ok=True)
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError("another `course` command is writing into this class; wait until it is done") from None
        yield


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
    # What nbgrader would log as an error, traceback and all, reaches us as an exception and people as a sentence.
    workspace.log.setLevel(logging.CRITICAL)
    return workspace
