"""The secret number that hidden inputs are drawn from: one for the whole class, known to the staff only."""

import contextlib
import os
import secrets

from grading_engine.course import KIT, CourseError

SEED_FILE = KIT / ".course" / "seed"


def course_seed():
    """Return the course's seed; the first call on a machine draws it and keeps it in ``.course/seed``.

    Raises
    ------
    CourseError
        When the file holds no number.
    """
    SEED_FILE.parent.mkdir(exist_ok=True)
    # Two graders that start at the same time must not draw two seeds.
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(SEED_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w") as file:
            file.write(f"{secrets.randbits(63)}\n")
    text = SEED_FILE.read_text().strip()
    if not text.isdecimal():
        raise CourseError(f"{SEED_FILE} holds no whole number: delete it to draw a new seed")
    return int(text)
