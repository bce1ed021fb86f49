"""Which cells of a submission have to run for what a person marks.

Examples that the instructor gives carry no marks, and drawing them costs more than all the rest; so a given cell runs
only where something that a student wrote builds on it.
"""

import ast
import re
import symtable
from functools import lru_cache

from grading_engine.assembly import is_added
from grading_engine.course import grade_id

# Whoever looks names up in other ways gets all of them.
_DYNAMIC = {"globals", "locals", "vars", "eval", "exec", "get_ipython"}


def needed(notebook, also=()):
    """Return the ids of the code cells that students wrote, and of the given cells that these build on.

    Parameters
    ----------
    notebook : NotebookNode
        A submission, put together.
    also : iterable of str
        Names that are needed besides.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    given = {cell.id: _given(cell.source) for cell in cells if not grade_id(cell) and not is_added(cell)}
    found = {cell.id for cell in cells if is_added(cell) or cell.metadata.get("nbgrader", {}).get("solution")}
    wanted = set(also).union(*(_Cell(cell.source).uses for cell in cells if cell.id in found))
    if wanted & _DYNAMIC:
        return found | set(given)
    modules = set().union(*(cell.imports for cell in given.values()))
    while True:
        # What prepares a notebook, such as how numbers are printed, stands with the imports.
        new = {name for name, cell in given.items()
               if name not in found and (cell.imports or (cell.makes - modules) & wanted)}
        if not new:
            return found
        found |= new
        wanted |= set().union(*(given[name].uses for name in new))


def missing(notebook):
    """Return the names that a notebook's cells asked for and did not find."""
    return {name for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
            if output.output_type == "error" and output.ename == "NameError"
            for name in re.findall(r"name '(\w+)'", output.evalue)}


@lru_cache(maxsize=1000)
def _given(source):
    """Given cells are the same for a whole class."""
    return _Cell(source)


class _Cell:
    """What the text of a cell says about names.

    Attributes
    ----------
    uses : set of str
        Names that it takes from other cells.
    makes : set of str
        Names that it binds, or calls methods of or assigns into.
    imports : set of str
    """

    def __init__(self, source):
        source = re.sub(r"^\s*[%!].*", "", source, flags=re.MULTILINE)
        try:
            tree = ast.parse(source)
            tables = list(_scopes(symtable.symtable(source, "cell", "exec")))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.uses, self.makes, self.imports = set(re.findall(r"\w+", source)), set(), set()
            return
        top = {symbol.get_name() for symbol in tables[0].get_symbols() if symbol.is_assigned()}
        self.imports = {symbol.get_name() for symbol in tables[0].get_symbols() if symbol.is_imported()}
        self.uses = {symbol.get_name() for table in tables for symbol in table.get_symbols()
                     if symbol.is_global() or (table is tables[0] and symbol.is_referenced())} - top - self.imports
        self.makes = (top | self.imports | set(_changed(tree.body))) - {""}


def _scopes(table):
    yield table
    for inner in table.get_children():
        yield from _scopes(inner)


def _changed(statements):
    """Names whose objects statements change: ``table[0] = 1``, ``rows.sort()``."""
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for node in ast.walk(statement):
            if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
                yield _root(node)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not isinstance(
                    node.value.func, ast.Name):
                yield _root(node.value.func)


def _root(node):
    """The name that an expression such as ``table[0].rows`` begins with, or ""."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
