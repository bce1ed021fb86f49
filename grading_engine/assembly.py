"""Putting a submission's answers into the instructor's notebook.

The notebook that runs is ours; a submission contributes sources only, which `course_lib.answers` finds.
"""

import copy
import re
from dataclasses import dataclass, field

import nbformat.v4

from course_lib import answers
from grading_engine.course import grade_id, is_manual

_ADDED = "added-"
_NO_CELL = "# The submission has no cell for"


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
    found = answers.find(given(problem_set, problem_set.cleared), cells)
    solutions = {name: found.answers[name] for name in problem_set.exercises if name in found.answers}
    code = [cell.source for group in found.added.values() for cell in group if cell.kind == "code"]
    notebook = _filled(problem_set.cleared, found.answers, found.added)
    return Assembled(notebook, solutions, code, list(map(str, found.repairs)))


def given(problem_set, notebook):
    """Return the cells of a problem set's notebook, cleared or released, as `answers.find` wants them."""
    return [answers.Given(cell.cell_type, cell.source, grade_id(cell), _kind_of_answer(problem_set, cell))
            for cell in notebook.cells]


def is_added(cell):
    """Whether a cell of an assembled notebook is one that the student added."""
    return cell.get("id", "").startswith(_ADDED)


def reopen(problem_set, notebook, repairs):
    """Return the `Assembled` that a notebook was written from."""
    sources = {grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell)}
    solutions = {name: sources[name] for name in problem_set.exercises
                 if name in sources and not sources[name].startswith(_NO_CELL)}
    added = [cell.source for cell in notebook.cells if cell.cell_type == "code" and is_added(cell)]
    return Assembled(notebook, solutions, added, list(repairs))


def _is_answer(cell):
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _kind_of_answer(problem_set, cell):
    if not _is_answer(cell):
        return ""
    if grade_id(cell) in problem_set.exercises:
        return answers.FUNCTION
    return answers.PLOT if cell.cell_type == "code" else answers.WRITTEN


def _filled(base, found, added):
    """Return the instructor's notebook with the answers in place and every added cell after what it followed."""
    notebook = copy.deepcopy(base)
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    filled = []
    number = 0
    for index, cell in enumerate([None, *notebook.cells], start=-1):
        if cell is not None:
            filled.append(cell)
            name = grade_id(cell)
            if _is_answer(cell) and name in found:
                cell.source = _harmless(found[name], cell.cell_type)
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
