"""Skeletons of a new exercise: its cells in the notebook, its grader's file, and what is still left to do in them."""

import builtins
import keyword
import re
from pathlib import Path
from string import Template

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading_engine.course import KIT, TEST_PREFIX, CourseError, defined_functions, grade_id, problem_sets
from grading_engine.files import write_whole

TEMPLATES = Path(__file__).parent / "templates" / "new_exercise"
_SET = re.compile(r"ps(?P<number>\d+)_[a-z0-9]+(?:_[a-z0-9]+)*")
_FUNCTION = re.compile(r"[a-z][a-z0-9_]*")
_TO_DO = re.compile(r"\bTODO:?\s*(?P<what>[^\n]*)")
# Cells that are the same in every notebook, and what a set closes with: new exercises stand before that.
_FIRST, _CLOSING = "first_cell", ("finish", "check_submission")


def exercise(name, function, points=3.0, root=KIT):
    """Write the skeletons of a new exercise; returns the notebook's path and the grader's.

    Parameters
    ----------
    name : str
        Of the problem set, which is made where it is not there; or the beginning of the name of one that is.
    function : str
    points : float
    root : Path
        The kit's folder.

    Raises
    ------
    CourseError
        For a name that cannot be, and for a function that is there already.
    """
    name = _set_name(name, problem_sets(root))
    path = root / "source" / name / f"{name}.ipynb"
    grader = root / "graders" / name / f"{TEST_PREFIX}{function}.py"
    notebook = nbformat.read(path, as_version=4) if path.exists() else _empty(name, root)
    _refuse(function, notebook, path, grader)
    if not points > 0:
        raise CourseError(f"an exercise is worth more than {points:g} points")
    end = next((number for number, cell in enumerate(notebook.cells) if cell.get("id") in _CLOSING),
               len(notebook.cells))
    notebook.cells[end:end] = _cells(function, points)
    write_whole(grader, _filled("grader", function=function))
    write_whole(path, f"{nbformat.writes(notebook)}\n")
    return path, grader


def left_to_do(problem_set):
    """Return a sentence for everything that is marked TODO in a problem set's notebook and graders."""
    found = []
    for number, cell in enumerate(problem_set.source.cells, start=1):
        where = f"{problem_set.path.name}, cell {cell.get('id') or number}"
        found += [f"{where}: {match['what']}" for match in _TO_DO.finditer(cell.source)]
    for path in sorted(problem_set.graders.glob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found += [f"{path.name}, line {number}: {match['what']}" for match in _TO_DO.finditer(line)]
    return [sentence.rstrip('":.; )') for sentence in found]


def _set_name(name, known):
    fitting = [one for one in known if one == name] or [one for one in known if one.startswith(f"{name}_")]
    if len(fitting) == 1:
        return fitting[0]
    if not _SET.fullmatch(name):
        raise CourseError(f"there is no problem set {name!r}, and a new one cannot be called so: write ps, a number "
                          "and a topic in small letters, such as ps8_attention")
    # Submissions are recognised by the set's name in theirs.
    alike = [one for one in known if one in name or name in one]
    if alike:
        raise CourseError(f"{name} and {alike[0]} would be taken for each other: choose another name")
    return name


def _refuse(function, notebook, path, grader):
    if not _FUNCTION.fullmatch(function) or keyword.iskeyword(function) or hasattr(builtins, function):
        raise CourseError(f"a function cannot be called {function!r}: small letters, digits and underscores, and no "
                          "word of Python's own")
    if function.startswith((TEST_PREFIX, "written_", "plot_")):
        raise CourseError(f"a function cannot be called {function!r}: test_, written_ and plot_ begin the names of "
                          "other cells")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    if function in {name for source in code for name in defined_functions(source)} | {
            name for cell in notebook.cells for name in (grade_id(cell), cell.get("id"))}:
        raise CourseError(f"{path.name} has {function} already")
    if grader.exists():
        raise CourseError(f"{grader} is there already")


def _empty(name, root):
    """A new set's notebook, with what all notebooks of the kit have."""
    notebook = new_notebook()
    notebook.metadata = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python",
                                        "name": "python3"}, "language_info": {"name": "python"}}
    shared = _shared_cells(root)
    notebook.cells = [
        new_markdown_cell(_filled("intro", number=_SET.fullmatch(name)["number"]), id="intro"),
        new_markdown_cell(_filled("how_this_works"), id="how_this_works"),
        *([shared[_FIRST]] if _FIRST in shared else []),
        new_code_cell(_filled("imports"), id="imports"),
        new_markdown_cell(_filled("finish"), id=_CLOSING[0]),
        *([shared[_CLOSING[1]]] if _CLOSING[1] in shared else []),
    ]
    return notebook


def _shared_cells(root):
    """{id: cell} of the cells that are the same in every notebook, from the last one."""
    for name in reversed(problem_sets(root)):
        notebook = nbformat.read(root / "source" / name / f"{name}.ipynb", as_version=4)
        return {cell.get("id"): cell for cell in notebook.cells if cell.get("id") in (_FIRST, _CLOSING[1])}
    return {}


def _cells(function, points):
    words = f"{points:g} point{'' if points == 1 else 's'}"
    points = int(points) if points == int(points) else points
    return [
        new_markdown_cell(_filled("prompt", function=function, points=words), id=f"{function}_prompt"),
        _marked(new_code_cell(_filled("solution", function=function), id=function), function, solution=True),
        _marked(new_code_cell(_filled("check", function=function), id=f"{TEST_PREFIX}{function}"),
                f"{TEST_PREFIX}{function}", grade=True, locked=True, points=points, cell_type="code"),
    ]


def _marked(cell, name, **marks):
    defaults = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    cell.metadata["nbgrader"] = defaults | {"grade_id": name} | marks
    return cell


def _filled(template, **words):
    text = Template((TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")).substitute(words)
    return text if template == "grader" else text.rstrip("\n")
