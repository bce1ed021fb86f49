"""The engine's own texts in the language of the class; see `course_lib.language`.

The class's configuration says which language that is, ``c.Course.language = "ru"``, and nothing else does: neither an
environment variable of who runs a command, nor a file beside it.
"""

import contextlib
import functools
import logging
import os
from pathlib import Path

from traitlets import Unicode
from traitlets.config import Configurable

from course_lib import language
from course_lib.language import ENGLISH, VARIABLE, Catalogue

texts = Catalogue(Path(__file__).parent / "locale", "grading_engine")

logger = logging.getLogger(__name__)


class Course(Configurable):
    """What holds for everything that a class reads."""

    language = Unicode(ENGLISH, help=(
        "Language of what students and TAs read: check cards, reports, pages. Notebooks and commands stay English."
    )).tag(config=True)


def follow(config):
    """Let this process, and what it starts, speak the language of a class's configuration."""
    wanted = Course(config=config).language
    if wanted not in available():
        _complain(wanted)
        wanted = ENGLISH
    speak(wanted)


def speak(code):
    """Let this process, and what it starts, speak a language from now on."""
    os.environ[VARIABLE] = code


@contextlib.contextmanager
def speaking(code):
    """Speak a language for a while; also a decorator."""
    before = os.environ.get(VARIABLE)
    speak(code)
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            speak(before)


def available():
    """Return the codes of the languages that there are catalogues of, English first."""
    folder = Path(language.__file__).parent / "locale"
    return [ENGLISH, *sorted(path.name for path in folder.glob("*") if path.is_dir())]


@functools.cache
def _complain(wanted):
    """Say once that a language is not there."""
    logger.error("c.Course.language is %r, which the kit has no texts in; there are %s. What people read is English.",
                 wanted, ", ".join(available()))
