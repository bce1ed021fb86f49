"""Putting a submission's answers into the instructor's notebook.

The notebook that runs is ours; a submission contributes sources only.  An answer is found by what it defines and
by its `grade_id`, so that a notebook that lost its metadata on the way through another editor is graded all the
same.
"""

import copy
import re
from dataclasses import dataclass, field

import nbformat.v4

from grading_engine.course import TEST_PREFIX, bound_names, defined_functions, grade_id, is_manual

_ADDED = "added-"
# How sure a repair is.
CERTAIN, LIKELY = "(certain)", "(likely)"

_NO_CELL = "# The submission has no cell for"
_STUB = re.compile(r'''\s*(?:[rR]?("""|\'\'\').*?\1\s*)?raise NotImplementedError(?:\(\))?\s*''', re.DOTALL)


@dataclass
class Assembled:
    """A submission, put together.

    Attributes
    ----------
    notebook : NotebookNode
        The instructor's notebook with the student's answers in it and the cells that the student added.
    solutions : dict of str to str
        Source of the cell that answers each function; a function without one is absent.
    added : list of str
        Sources of the code cells that belong to nothing of the instructor's.
    repairs : list of str
        Sentences that say what had to be put right, and how sure that is.
    """

    notebook: object
    solutions: dict
    added: list
    repairs: list = field(default_factory=list)

    def built_on(self, function, names):
        """Return those of ``names`` before ``function`` that its code, or code that was added, mentions."""
        code = "\n".join([self.solutions.get(function, ""), *self.added])
        words = set(re.findall(r"\w+", code))
        names = list(names)
        return [name for name in names[: names.index(function)] if name in words]


def assemble(problem_set, cells):
    """Put the cells of a submission (`submission.Cell`) into a problem set's notebook."""
    base = problem_set.cleared.cells
    given = _match_given(base, cells)
    places = dict(given)
    answers, repairs = {}, []
    for index, cell in enumerate(base):
        if not _is_answer(cell):
            continue
        name = grade_id(cell)
        find = _find_function if name in problem_set.exercises else _find_manual
        numbers, answer, repair = find(name, cells, places, base, index)
        for number in numbers:
            places.setdefault(number, index)
        if numbers:
            answers[name] = answer
        if repair:
            repairs.append(repair)
    known = {grade_id(cell) for cell in base} - {""}
    added, changed = {}, []
    anchor = -1
    for number, cell in enumerate(cells):
        if number in places:
            anchor = places[number]
        elif cell.source.strip() and cell.kind != "raw" and (
                cell.grade_id not in known or _is_news(cell, problem_set.exercises)):
            added.setdefault(anchor, []).append(cell)
            changed += [cell.grade_id] if cell.grade_id in known else []
    repairs += [f"a cell called `{name}` is not the one that was handed out: it is kept as one that was added {LIKELY}"
                for name in dict.fromkeys(changed)]
    solutions = {name: answers[name] for name in problem_set.exercises if name in answers}
    code = [cell.source for group in added.values() for cell in group if cell.kind == "code"]
    return Assembled(_filled(problem_set.cleared, answers, added), solutions, code, repairs)


def _is_news(cell, exercises):
    """Whether a cell that bears a known name makes something else than a draft or another copy of the answer."""
    graded = cell.grade_id in exercises or cell.grade_id.startswith(TEST_PREFIX)
    return graded and cell.kind == "code" and bool(bound_names(cell.source) - {cell.grade_id})


def is_added(cell):
    """Whether a cell of an assembled notebook is one that the student added."""
    return cell.get("id", "").startswith(_ADDED)


def reopen(problem_set, notebook, repairs):
    """Return the `Assembled` that a notebook was written from."""
    answers = {grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell)}
    solutions = {name: answers[name] for name in problem_set.exercises
                 if name in answers and not answers[name].startswith(_NO_CELL)}
    added = [cell.source for cell in notebook.cells if cell.cell_type == "code" and is_added(cell)]
    return Assembled(notebook, solutions, added, list(repairs))


def _match_given(base, cells):
    """Return {number in the submission: index in the notebook} of the cells that students do not answer in."""
    wanted = {}
    for index, cell in enumerate(base):
        if not _is_answer(cell):
            wanted.setdefault(_normal(cell.source), index)
            wanted.setdefault(_normal(visible(cell.source)), index)
    return {number: wanted[_normal(cell.source)] for number, cell in enumerate(cells)
            if _normal(cell.source) in wanted}


def _find_function(name, cells, places, base, index):
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
            return (), "", f"`{name}` is not in the notebook {CERTAIN}"
        return by_id[-1:], cells[by_id[-1]].source, f"the cell of `{name}` defines no function of that name {CERTAIN}"
    repair = ""
    if cells[found].kind != "code":
        repair = f"`{name}` stands in a cell of text, which was taken for code {LIKELY}"
    elif found not in in_place:
        repair = f"`{name}` was found by its name: its cell had lost its place {CERTAIN}"
    elif len(in_place) > 1:
        repair = f"the cell of `{name}` is there {len(in_place)} times; the last one that is written counts {LIKELY}"
    return [found], cells[found].source, repair


def _find_manual(name, cells, places, base, index):
    """As `_find_function`, for a plot or a written answer: by its id, or with or after its question."""
    by_id = [i for i, cell in enumerate(cells) if cell.grade_id == name]
    if by_id:
        parts = list(dict.fromkeys(cells[i].source for i in by_id))
        several = f"the answer `{name}` is there in {len(parts)} cells; all of them are kept {LIKELY}"
        return by_id, "\n\n".join(parts), several if len(parts) > 1 else ""
    before = next((i for i in range(index - 1, -1, -1) if not _is_answer(base[i])), None)
    for number in (number for number, place in places.items() if place == before):
        follower = number + 1
        if follower < len(cells) and follower not in places and cells[follower].kind == base[index].cell_type:
            repair = f"the answer `{name}` was found after its question: its cell had lost its place {LIKELY}"
            return [follower], cells[follower].source, repair
    question = base[before].source.strip() if before is not None else ""
    for number, cell in enumerate(cells):
        answer = cell.source.strip().removeprefix(question).strip()
        if question and number not in places and answer and cell.source.strip().startswith(question):
            return [number], answer, f"the answer `{name}` was found in one cell with its question {LIKELY}"
    return (), "", f"the answer `{name}` is not in the notebook {CERTAIN}"


def is_stub(source, function):
    """Whether a cell leaves a function as it was handed out: nothing but text for people and ``raise``.

    Judged by its text, since a student's cell may be no Python.
    """
    _, head, rest = source.rpartition(f"def {function}(")
    if not head:
        return False
    body = re.split(r"^\S", rest.partition(":\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    code = "\n".join(line for line in body.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return _STUB.fullmatch(code) is not None


def _is_answer(cell):
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _filled(base, answers, added):
    """Return the instructor's notebook with the answers in place and every added cell after what it followed."""
    notebook = copy.deepcopy(base)
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    filled = []
    number = 0
    for index, cell in enumerate([None, *notebook.cells], start=-1):
        if cell is not None:
            filled.append(cell)
            name = grade_id(cell)
            if _is_answer(cell) and name in answers:
                cell.source = _harmless(answers[name], cell.cell_type)
            elif _is_answer(cell) and not is_manual(cell):
                cell.source = f"{_NO_CELL} `{name}`."
        for extra in added.get(index, ()):
            number += 1
            filled.append(make[extra.kind](_harmless(extra.source, extra.kind), id=f"{_ADDED}{number}"))
    notebook.cells = filled
    return notebook


def _harmless(source, kind):
    """Take from written text what a browser would run or load: HTML, pictures, links to anything but web pages."""
    if kind == "code":
        return source
    source = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", source)
    source = re.sub(r"!+\[", "[", source)
    return re.sub(r"\](?=[(:]\s*(?!\s|https?://|#))", "] ", source)


def visible(source):
    """Return the part of a grade cell that students get."""
    return re.sub(r"^### BEGIN HIDDEN TESTS.*?^### END HIDDEN TESTS[^\n]*", "", source,
                  flags=re.DOTALL | re.MULTILINE)


def _normal(source):
    return re.sub(r"\s+", " ", source).strip()
