"""A class's folders and gradebook, through nbgrader's own configuration."""

import contextlib
import fcntl
import logging
import os
import sysconfig
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets import Instance, TraitError
from traitlets.config import LoggingConfigurable
from traitlets.config.loader import PyFileConfigLoader

from grading_engine import language
from grading_engine.course import KIT, CourseError

CONFIG = "nbgrader_config.py"

_CLASS_CONFIG = """\
# One class's settings: the kit's first, then what differs here. Take away the "#" of what you want to change.
# ruff: noqa
c = get_config()
load_subconfig({config!r}, path={kit!r})
c.CourseDirectory.source_directory = {source!r}

# The class's name in the exchange, and where the exchange lies when all share one machine.
# c.CourseDirectory.course_id = "deep_learning"
# c.Exchange.root = "/srv/nbgrader/exchange"

# The language of cards, checks, reports and pages: "en" or "ru". Notebooks and commands stay English.
# c.Course.language = "ru"

# Late days: free days over the whole course, and the share of a set's points that each further day takes.
# Due dates are nbgrader's; extensions stand in extensions.csv (student,problem_set,days).
# c.LateDays.free = 3
# c.LateDays.penalty_per_day = 0.1

# What `course watch` shows students while they work ("nothing", "marks" or "messages"), and how often a day.
# c.Watch.disclosure = "marks"
# c.Watch.results_per_day = 3
"""


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


def make_class(folder, settings=""):
    """Make a class's folder, whose configuration builds on the kit's.

    Parameters
    ----------
    folder : Path
    settings : str
        Lines of Python for the end of its configuration.

    Raises
    ------
    CourseError
        When there is a configuration in it already.
    """
    path = Path(folder) / CONFIG
    if path.exists():
        raise CourseError(f"{path} is there already: it is a class")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_CLASS_CONFIG.format(config=CONFIG, kit=str(KIT), source=str(KIT / "source")) + settings)


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
    """Return the `Workspace` that the folder ``start``, or the current one, belongs to; from now on texts are its own.

    Raises
    ------
    CourseError
        When its configuration says no language.
    """
    config = load_config(find_root(start))
    try:
        language.follow(config)
    except TraitError as error:
        raise CourseError(f"{CONFIG}, c.Course: {error}") from None
    workspace = Workspace(config=config)
    workspace.coursedir = CourseDirectory(parent=workspace)
    # What nbgrader would log as an error, traceback and all, reaches us as an exception and people as a sentence.
    workspace.log.setLevel(logging.CRITICAL)
    return workspace
