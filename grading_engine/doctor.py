"""What this machine has of what the kit needs."""

import importlib.metadata
import shutil
import subprocess
import sys
from dataclasses import dataclass

from grading_engine.sandbox import bubblewrap, launch


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    needed : bool
        Whether grading needs it; a GPU, say, only makes some things faster.
    remedy : str
        What to do where it does not work.
    """

    what: str
    works: bool
    found: str
    remedy: str = ""
    needed: bool = True


def examine():
    """Look at everything and return the `Finding` objects."""
    return [_python(), _sandbox(), _tensorflow(), _gpu(), _nbgrader(), _chromium(), _npm()]


def _python():
    works = sys.version_info >= (3, 11)
    return Finding("Python 3.11 or newer", works, sys.version.split()[0], "" if works else "install Python 3.11")


def _sandbox():
    problem = bubblewrap.why_not()
    if problem:
        return Finding("sandbox", False, "none", problem)
    version = subprocess.run([shutil.which("bwrap"), "--version"], capture_output=True, text=True, check=True)
    warm = isinstance(launch.launcher(), launch.Warm)
    return Finding("sandbox", True, f"{version.stdout.strip()}, {'warm' if warm else 'cold'}",
                   "" if warm else "works, but slowly: allow user namespaces in user namespaces")


def _tensorflow():
    try:
        import tensorflow as tf

        works = float(tf.reduce_sum(tf.constant([1.0, 2.0], tf.float64))) == 3.0
    except Exception as error:  # noqa: BLE001 - a broken installation fails in many ways
        return Finding("TensorFlow", False, str(error)[:200], "run `make setup`")
    return Finding("TensorFlow", works, tf.__version__, "" if works else "run `make setup`")


def _gpu():
    try:
        import tensorflow as tf

        names = [device.name for device in tf.config.list_physical_devices("GPU")]
    except Exception:  # noqa: BLE001 - see above: the finding before this one has said so
        names = []
    return Finding("GPU", bool(names), ", ".join(names) or "none",
                   "" if names else "not needed: networks are trained on the CPU, with a smaller budget", needed=False)


def _nbgrader():
    version = importlib.metadata.version("nbgrader")
    works = version == "0.9.6"
    return Finding("nbgrader 0.9.6", works, version, "" if works else "run `make setup`: our stages fit this version")


def _chromium():
    path = shutil.which("chromium") or shutil.which("google-chrome")
    return Finding("Chromium", bool(path), path or "none",
                   "" if path else "only the browser tests need it: `apt-get install chromium`", needed=False)


def _npm():
    path = shutil.which("npm")
    return Finding("npm", bool(path), path or "none",
                   "" if path else "only releases with a page that draws need it: `apt-get install npm`", needed=False)
