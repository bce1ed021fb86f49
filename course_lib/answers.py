"""Finding the answers in a notebook that was handed out, wherever they went.

An answer is found by what it defines and by its `grade_id`, so that a notebook that lost its metadata on the way
through another editor is graded all the same.  Grading and `course_lib.check_submission` share this code.
"""

import re
from dataclasses import dataclass

from course_lib.language import texts
from course_lib.notebook import Cell

_ = texts.gettext

TEST_PREFIX = "test_"
# What an answer is.
FUNCTION, PLOT, WRITTEN = "function", "plot", "written"
# What had to be repaired.
MISSING, UNDEFINED, MOVED, TWICE, CHANGED = "missing", "undefined", "moved", "twice", "changed"

_STUB = re.compile(r'''\s*(?:[rR]?("""|\'\'\').*?\1\s*)?raise NotImplementedError(?:\(\))?\s*''', re.DOTALL)


@dataclass(frozen=True)
class Given(Cell):
    """A cell as it was handed out.

    Attributes
    ----------
    answer : str
        `FUNCTION`, `PLOT` or `WRITTEN` where students answer in it, else "".
    """

    answer: str = ""


@dataclass(frozen=True)
class Repair:
    """Something that had to be put right.

    Attributes
    ----------
    name : str
        The answer's name.
    kind : str
        `MISSING`, `UNDEFINED`, `MOVED`, `TWICE` or `CHANGED`.
    sentence : str
        What was found, in words.
    certain : bool
        Whether nothing else can be meant.
    """

    name: str
    kind: str
    sentence: str
    certain: bool

    def __str__(self):
        return f"{self.sentence} {_('(certain)') if self.certain else _('(likely)')}"


@dataclass(frozen=True)
class Found:
    """What a notebook holds.

    Attributes
    ----------
    answers : dict of str to str
        Source of every answer that is there.
    added : dict of int to list of Cell
        Cells that belong to nothing that was handed out, by the number of the given cell that they follow; -1 stands
        for the top.
    repairs : list of Repair
    """

    answers: dict
    added: dict
    repairs: list


def find(given, cells):
    """Find the answers.

    Parameters
    ----------
    given : list of Given
        The notebook as it was handed out.
    cells : list of Cell
        The notebook as it is.

    Returns
    -------
    Found
    """
    functions = {cell.grade_id for cell in given if cell.answer == FUNCTION}
    places = _match_given(given, cells)
    answers, repairs = {}, []
    for index, cell in enumerate(given):
        if not cell.answer:
            continue
        finder = _find_function if cell.answer == FUNCTION else _find_manual
        numbers, answer, repair = finder(cell.grade_id, cells, places, given, index)
        for number in numbers:
            places.setdefault(number, index)
        if numbers:
            answers[cell.grade_id] = answer
        if repair:
            repairs.append(repair)
    known = {cell.grade_id for cell in given} - {""}
    added, changed = {}, []
    anchor = -1
    for number, cell in enumerate(cells):
        if number in places:
            anchor = places[number]
        elif cell.source.strip() and cell.kind != "raw" and (
                cell.grade_id not in known or _is_news(cell, functions)):
            added.setdefault(anchor, []).append(cell)
            changed += [cell.grade_id] if cell.grade_id in known else []
    repairs += [_repair(name, CHANGED, _("a cell called `{name}` is not the one that was handed out: it is kept as one "
                                         "that was added"), certain=False) for name in dict.fromkeys(changed)]
    return Found(answers, added, repairs)


def is_stub(source, function):
    """Whether a cell leaves a function as it was handed out: nothing but text for people and ``raise``.

    Judged by its text, since a student's cell may be no Python.
    """
    _before, head, rest = source.rpartition(f"def {function}(")
    if not head:
        return False
    body = re.split(r"^\S", rest.partition(":\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    code = "\n".join(line for line in body.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return _STUB.fullmatch(code) is not None


def is_untouched(answer, cell):
    """Whether an answer is still what the given cell held, or nothing at all."""
    if cell.answer == FUNCTION:
        return is_stub(answer, cell.grade_id)
    return normal(answer) in ("", normal(cell.source))


def defined_functions(source):
    """Names that a cell defines at its top level with ``def``; found as text, since a student's cell may not parse."""
    return re.findall(r"^(?:async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(", source, flags=re.MULTILINE)


def bound_names(source):
    """Names that a cell makes at its top level, "*" among them after ``from x import *``; found as text, as above."""
    names = set(re.findall(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", source, flags=re.MULTILINE))
    for target in re.findall(r"^([\w, \t]+)=(?!=)", source, flags=re.MULTILINE):
        names |= set(re.findall(r"\w+", target))
    for line in re.findall(r"^(?:from|import)[ \t](.+)", source, flags=re.MULTILINE):
        names |= set(re.findall(r"\w+|\*", line))
    return names


def visible(source):
    """Return the part of a grade cell that students get."""
    return re.sub(r"^### BEGIN HIDDEN TESTS.*?^### END HIDDEN TESTS[^\n]*", "", source,
                  flags=re.DOTALL | re.MULTILINE)


def normal(source):
    """Return a text that is the same for cells that differ in spaces and ends of lines alone."""
    return re.sub(r"\s+", " ", source).strip()


def _match_given(given, cells):
    """Return {number in the notebook: index in the given one} of the cells that students do not answer in."""
    wanted = {}
    for index, cell in enumerate(given):
        if not cell.answer:
            wanted.setdefault(normal(cell.source), index)
            wanted.setdefault(normal(visible(cell.source)), index)
    return {number: wanted[normal(cell.source)] for number, cell in enumerate(cells) if normal(cell.source) in wanted}


def _find_function(name, cells, places, given, index):
    """Return the numbers of the cells that an answer stands in, the answer, and what had to be repaired to find it."""
    # Code in a cell that was turned into text is found where it was left.
    by_name = [i for i, cell in enumerate(cells)
               if (cell.kind == "code" or cell.grade_id == name) and name in defined_functions(cell.source)]
    in_place = [i for i in by_name if cells[i].grade_id == name]
    # As in a notebook that runs from top to bottom, the last definition counts, and an untouched one never does.
    for group in ([i for i in in_place if not is_stub(cells[i].source, name)],
                  [i for i in by_name if not is_stub(cells[i].source, name)], in_place, by_name):
        if group:
            found = group[-1]
            break
    else:
        by_id = [i for i, cell in enumerate(cells) if cell.grade_id == name and cell.kind == "code" and i not in places]
        if not by_id:
            return (), "", _repair(name, MISSING, _("`{name}` is not in the notebook"), certain=True)
        undefined = _repair(name, UNDEFINED, _("the cell of `{name}` defines no function of that name"), certain=True)
        return by_id[-1:], cells[by_id[-1]].source, undefined
    repair = None
    if cells[found].kind != "code":
        repair = _repair(name, MOVED, _("`{name}` stands in a cell of text, which was taken for code"), certain=False)
    elif found not in in_place:
        repair = _repair(name, MOVED, _("`{name}` was found by its name: its cell had lost its place"), certain=True)
    elif len(in_place) > 1:
        repair = _repair(name, TWICE, _("the cell of `{name}` is there {times} times; the last one that is written "
                                        "counts"), certain=False, times=len(in_place))
    return [found], cells[found].source, repair


def _find_manual(name, cells, places, given, index):
    """As `_find_function`, for a plot or a written answer: by its id, or with or after its question."""
    by_id = [i for i, cell in enumerate(cells) if cell.grade_id == name]
    if by_id:
        parts = list(dict.fromkeys(cells[i].source for i in by_id))
        several = _repair(name, TWICE, _("the answer `{name}` is there in {times} cells; all of them are kept"),
                          certain=False, times=len(parts))
        return by_id, "\n\n".join(parts), several if len(parts) > 1 else None
    before = next((i for i in range(index - 1, -1, -1) if not given[i].answer), None)
    for number in (number for number, place in places.items() if place == before):
        follower = number + 1
        if follower < len(cells) and follower not in places and cells[follower].kind == given[index].kind:
            moved = _repair(name, MOVED, _("the answer `{name}` was found after its question: its cell had lost its "
                                           "place"), certain=False)
            return [follower], cells[follower].source, moved
    question = given[before].source.strip() if before is not None else ""
    for number, cell in enumerate(cells):
        answer = cell.source.strip().removeprefix(question).strip()
        if question and number not in places and answer and cell.source.strip().startswith(question):
            merged = _repair(name, MOVED, _("the answer `{name}` was found in one cell with its question"),
                             certain=False)
            return [number], answer, merged
    return (), "", _repair(name, MISSING, _("the answer `{name}` is not in the notebook"), certain=True)


def _repair(name, kind, sentence, certain, **values):
    return Repair(name, kind, sentence.format(name=name, **values), certain)


def _is_news(cell, functions):
    """Whether a cell that bears a known name makes something else than a draft or another copy of the answer."""
    graded = cell.grade_id in functions or cell.grade_id.startswith(TEST_PREFIX)
    return graded and cell.kind == "code" and bool(bound_names(cell.source) - {cell.grade_id})
