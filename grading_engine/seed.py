"""The secret number that hidden inputs are drawn from: one for the whole class, known to the staff only."""

import contextlib
import os
import secrets
import tempfile

from grading_engine.course import KIT, CourseError

SEED_FILE = KIT / ".course" / "seed"


def course_seed():
    """Return the course's seed; the first call on a machine draws it and keeps it in ``.course/seed``.

    Raises
    ------
    CourseError
        When the file holds no number.
    """
    try:
        if not SEED_FILE.exists():
            # Two graders that start at the same time must neither draw two seeds nor read half of one.
            with _drawn() as path, contextlib.suppress(FileExistsError):
                os.link(path, SEED_FILE)
        text = SEED_FILE.read_text(errors="replace").strip()
    except OSError as error:
        raise CourseError(f"{SEED_FILE} cannot be read: {error.strerror}") from None
    if not text.isdecimal():
        raise CourseError(f"{SEED_FILE} holds no whole number: `course reseed` draws a new seed")
    return int(text)


def reseed():
    """Draw a new seed in the old one's place; whoever grades meanwhile reads one of the two."""
    try:
        with _drawn() as path:
            os.replace(path, SEED_FILE)
    except OSError as error:
        raise CourseError(f"{SEED_FILE} cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def _drawn():
    """A file beside the seed's with a new number in it, for its owner's eyes only."""
    SEED_FILE.parent.mkdir(parents=True, exist_ok=True)
    descriptor, path = tempfile.mkstemp(dir=SEED_FILE.parent, prefix="seed-")
    try:
        with open(descriptor, "w") as file:
            file.write(f"{secrets.randbits(63)}\n")
        yield path
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
