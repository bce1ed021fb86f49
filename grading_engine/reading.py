"""What to read again before another try: the part of the notebook that leads to an answer, and the lectures."""

import re
from dataclasses import dataclass

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
# The last line of a prompt: *Lectures:* 001, 003 · MSE
_LECTURES = re.compile(r"^\*Lectures:\* (?P<numbers>(?:\d{3}|LAB)(?:, (?:\d{3}|LAB))*)(?: · (?P<topic>\S.*))?$",
                       re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A heading of the notebook and the number of the cell that it stands in."""

    title: str
    cell: int


@dataclass(frozen=True)
class Lectures:
    """Numbers of lectures, such as "001", and what to look for there, which may be empty."""

    numbers: tuple
    topic: str


def headings(source):
    """Return [(level, title as plain text)] of a text cell."""
    found = _HEADING.findall(_FENCED.sub("", source))
    return [(len(marks), re.sub(r"[`*]|\$", "", title)) for marks, title in found]


def sections(cells, answer):
    """Return the `Section`s that lead to an answer, the part that they stand in first.

    Parameters
    ----------
    cells : list of str or None
        Sources of the instructor's text cells by their number; None for every other cell.  An answer ends what
        leads to it: it is "".
    answer : int
        The number of the answer's cell.
    """
    begin = next((number for number in range(answer - 1, -1, -1) if cells[number] == ""), -1) + 1
    above = [Section(title, number) for number in range(answer) for level, title in headings(cells[number] or "")
             if level == 2]
    part = above[-1:]
    start = max(begin, part[0].cell) if part else begin
    near = [Section(title, number) for number in range(start, answer)
            for level, title in headings(cells[number] or "") if level > 2]
    return part + near


def lectures(cells, answer):
    """Return the `Lectures` that the prompt of an answer names, or None; ``cells`` as in `sections`."""
    for source in reversed(cells[:answer]):
        if source == "":
            return None
        if source and (found := _LECTURES.search(source)):
            return Lectures(tuple(found["numbers"].split(", ")), found["topic"] or "")
    return None
