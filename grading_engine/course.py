"""The course on disk: problem sets, their functions and points, read from the instructor's notebooks."""

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearOutput, ClearSolutions, ComputeChecksums, LockCells

from course_lib.answers import TEST_PREFIX, defined_functions
from grading_engine.sandbox import flavours

KIT = Path(__file__).parent.parent


class CourseError(Exception):
    """Something about the course's own files is wrong; the message says what and where."""


@dataclass(frozen=True)
class Exercise:
    """One graded function: its solution cell, its grade cell and its hidden grader share its name.

    Attributes
    ----------
    name : str
        Name of the function and `grade_id` of its solution cell.
    points : float
        From the grade cell ``test_<name>``.
    solution : str
        Source of the instructor's solution cell.
    grader : Path
        The hidden grader's file.
    """

    name: str
    points: float
    solution: str
    grader: Path


class ProblemSet:
    """One problem set, as the instructor's notebook has it.

    Attributes
    ----------
    name : str
        Name of its folder and notebook, such as "ps2_linear_regression".
    source : NotebookNode
        The instructor's notebook.
    exercises : dict of str to Exercise
        In the notebook's order, which is the order in which functions may build on each other.
    """

    def __init__(self, name, root=KIT):
        self.name = name
        self.path = root / "source" / name / f"{name}.ipynb"
        self.graders = root / "graders" / name
        try:
            self.source = nbformat.read(self.path, as_version=4)
        except FileNotFoundError:
            raise CourseError(f"there is no problem set {name}: {self.path} does not exist") from None
        self.exercises = self._exercises()

    @property
    def max_score(self):
        """Points of all functions together; plots and written answers come on top."""
        return sum(exercise.points for exercise in self.exercises.values())

    @functools.cached_property
    def cleared(self):
        """The notebook without solutions and outputs, hidden regions still in it: what a submission is put into."""
        notebook, resources = nbformat.from_dict(self.source), {"metadata": {}}
        for stage in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums):
            notebook, resources = stage().preprocess(notebook, resources)
        return notebook

    @functools.cached_property
    def flavour(self):
        """The kind of sandbox that it needs: what its own cells import is there."""
        imports = [node for node in self.given if isinstance(node, (ast.Import, ast.ImportFrom))]
        return flavours.that_has({name.split(".")[0] for node in imports for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])})

    def definitions(self, names):
        """Return what the notebook gives besides exercises: what ``names`` need, and what that needs in turn.

        Importing matplotlib takes longer than all tests of a set, and most submissions need it for plots only.
        """
        given = {node.name: node for node in self.given if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        wanted, new = set(names), set(names)
        while new := {name for one in new & set(given) for name in _mentioned(given[one])} - wanted:
            wanted |= new
        return "\n".join(ast.unparse(node) for node in self.given
                         if (_bound(node) if isinstance(node, (ast.Import, ast.ImportFrom)) else {node.name}) & wanted)

    @functools.cached_property
    def given(self):
        """The functions, classes and imports of all cells that are no exercise."""
        cells = [cell for cell in self.source.cells if cell.cell_type == "code" and not grade_id(cell)]
        return [node for cell in cells for node in self._parsed(cell).body
                if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))]

    def _parsed(self, cell):
        try:
            return ast.parse(_without_magics(cell.source))
        except SyntaxError as error:
            raise CourseError(f"{self.path}: the cell {cell.get('id')} is no Python: {error.msg}, "
                              f"{(error.text or '').strip()!r}") from None

    def _exercises(self):
        cells = {grade_id(cell): cell for cell in self.source.cells if grade_id(cell)}
        exercises = {}
        for name, cell in cells.items():
            if not name.startswith(TEST_PREFIX):
                continue
            function = name.removeprefix(TEST_PREFIX)
            if function not in cells:
                raise CourseError(f"{self.path}: the grade cell {name} has no solution cell {function}")
            grader = self.graders / f"{name}.py"
            if not grader.is_file():
                raise CourseError(f"{self.path}: the grade cell {name} has no hidden grader {grader}")
            exercises[function] = Exercise(function, float(cell.metadata.nbgrader.points),
                                           cells[function].source, grader)
        for grader in sorted(self.graders.glob("test_*.py")):
            if grader.stem.removeprefix(TEST_PREFIX) not in exercises:
                raise CourseError(f"{grader} has no grade cell {grader.stem} in {self.path}")
        return exercises


def _bound(node):
    """Names that an import statement binds."""
    return {(alias.asname or alias.name).split(".")[0] for alias in node.names}


def _mentioned(node):
    """Names that a function or class uses."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _without_magics(source):
    return re.sub(r"^[%!].*", "pass", source, flags=re.MULTILINE)


def problem_sets(root=KIT):
    """Return the names of all problem sets, sorted."""
    return sorted(path.parent.name for path in (root / "source").glob("*/*.ipynb") if path.stem == path.parent.name)


@functools.cache
def problem_set(name):
    """Return one of the kit's problem sets; it is read once."""
    return ProblemSet(name)


def which_problem_set(stem, sources):
    """Tell the problem set of a notebook by its name and, where that says nothing, by the functions it defines.

    Parameters
    ----------
    stem : str
        The file's name without its ending.
    sources : list of str
        Sources of its code cells.

    Returns
    -------
    ProblemSet or None
        None when the notebook belongs to no set, or equally well to several.
    """
    names = problem_sets()
    named = [name for name in names if name in stem]
    if len(named) == 1:
        return problem_set(named[0])
    defined = {name for source in sources for name in defined_functions(source)}
    counts = {name: len(defined & set(problem_set(name).exercises)) for name in names}
    best = max(counts.values(), default=0)
    winners = [name for name, count in counts.items() if count == best]
    return problem_set(winners[0]) if best and len(winners) == 1 else None


def grade_id(cell):
    """Return the `grade_id` of a cell of the instructor's notebook, or ""."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_manual(cell):
    """Whether a person marks this cell: a plot or a written answer."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade") and marks.get("solution"))
