"""What a notebook looked like when it was handed out: a small file beside it, made with the release."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from course_lib.answers import FUNCTION, PLOT, WRITTEN, Given
from course_lib.notebook import BadSubmission, content

NAME = "handed_out.json"


@dataclass(frozen=True)
class HandedOut:
    """A problem set as students get it.

    Attributes
    ----------
    problem_set : str
    course_lib : str
        Version of `course_lib` that it was made for.
    language : str
    cells : list of Given
    """

    problem_set: str
    course_lib: str
    language: str
    cells: list

    @property
    def functions(self):
        """Names of the functions that students write, in the notebook's order."""
        return [cell.grade_id for cell in self.cells if cell.answer == FUNCTION]

    def to_json(self):
        """Return the text of the file."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def read(folder="."):
    """Return what the file in a folder says, or None where there is none that can be understood."""
    try:
        raw = json.loads(content(Path(folder, NAME)))
        cells = [_given(cell) for cell in raw["cells"]]
        return HandedOut(*(_text(raw[key]) for key in ("problem_set", "course_lib", "language")), cells)
    except (BadSubmission, ValueError, KeyError, TypeError, RecursionError):
        return None


def _given(raw):
    cell = Given(*(_text(raw[key]) for key in ("kind", "source", "grade_id", "answer")))
    if cell.answer not in (FUNCTION, PLOT, WRITTEN, ""):
        raise ValueError(cell.answer)
    return cell


def _text(value):
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
