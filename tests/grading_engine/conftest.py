"""A tiny course of two functions, so that the engine is tested without any of the real content."""

import textwrap
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading_engine import assembly, grading
from grading_engine.course import ProblemSet
from grading_engine.grader import Mistake
from grading_engine.sandbox import bubblewrap, flavours
from grading_engine.student import Failure, Student
from grading_engine.submission import Cell

SEED = 7

DOUBLE = '''
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return 2.0 * x
    ### END SOLUTION
'''

QUADRUPLE = '''
def quadruple(x):
    """Four times x."""
    ### BEGIN SOLUTION
    return double(double(x))
    ### END SOLUTION
'''

HIDDEN = '''
assert {0}(np.ones(2))[0] > 1
### BEGIN HIDDEN TESTS
raise RuntimeError("The hidden tests of `{0}` run in the grading engine only.")
### END HIDDEN TESTS
'''

DOUBLE_GRADER = '''
"""Hidden grader of `double`."""

import numpy as np

from grading_engine.grader import accepted_variant, known_mistake


def reference(x):
    return 2.0 * np.asarray(x, dtype=np.float64)


def test_values(student, rng):
    """doubles every element"""
    for n in (2, 5):
        student.double.must_match(reference, rng.normal(size=n))


def test_axes(student, rng):
    """refuses a table"""
    student.double.must_raise(ValueError, rng.normal(size=(2, 3)), naming=("x",))


def test_inputs(student, rng):
    """leaves its input as it is"""
    student.double.must_keep_inputs(rng.normal(size=3))


@known_mistake("The numbers are squared, not doubled.")
def squared(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return x**2


@known_mistake("The input itself is doubled: work on a copy.")
def in_place(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    x *= 2
    return x


@accepted_variant
def added(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return x + x
'''

QUADRUPLE_GRADER = '''
"""Hidden grader of `quadruple`."""

import numpy as np

from grading_engine.grader import known_mistake


def reference(x):
    return 4.0 * np.asarray(x, dtype=np.float64)


def test_values(student, rng):
    """multiplies every element by four"""
    student.quadruple.must_match(reference, rng.normal(size=3))


@known_mistake("The numbers are doubled once; it takes twice.")
def doubled_once(x):
    return 2.0 * x
'''


@pytest.fixture(scope="session")
def tiny_root(tmp_path_factory):
    """A course with one problem set, ``tiny``."""
    root = tmp_path_factory.mktemp("course")
    graders = root / "graders" / "tiny"
    graders.mkdir(parents=True)
    (graders.parent / "pytest.ini").write_text("[pytest]\n")
    (graders / "test_double.py").write_text(DOUBLE_GRADER.lstrip())
    (graders / "test_quadruple.py").write_text(QUADRUPLE_GRADER.lstrip())
    folder = root / "source" / "tiny"
    folder.mkdir(parents=True)
    nbformat.write(tiny_notebook(), folder / "tiny.ipynb")
    return root


@pytest.fixture(scope="session")
def tiny(tiny_root):
    """The tiny problem set."""
    return ProblemSet("tiny", tiny_root)


@pytest.fixture(scope="session")
def sandbox():
    """Skips nothing: a machine without a sandbox fails these tests with the remedy."""
    assert not bubblewrap.why_not()


@pytest.fixture
def grade(tiny, sandbox):
    """Grade a submission of the tiny set, given as {function: source} and sources of added cells."""

    def run(solutions, added=(), functions=None):
        return grading.grade(tiny, assembled(tiny, solutions, added), SEED, functions=functions)

    return run


def assembled(tiny, solutions, added=()):
    """Put a submission together from {function: source} and added code cells."""
    cells = [Cell("code", "import numpy as np", "")]
    cells += [Cell("code", textwrap.dedent(source), "") for source in added]
    cells += [Cell("code", textwrap.dedent(source), name) for name, source in solutions.items()]
    return assembly.assemble(tiny, cells)


def tiny_notebook():
    """The instructor's notebook of the tiny set."""
    notebook = new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.cells = [
        new_markdown_cell("# Twice", id="title"),
        new_code_cell("import numpy as np", id="imports"),
        _marked(new_code_cell(DOUBLE.lstrip(), id="double"), "double", solution=True),
        _marked(new_code_cell(HIDDEN.format("double").lstrip(), id="test_double"), "test_double", grade=True,
                locked=True, points=6),
        _marked(new_code_cell(QUADRUPLE.lstrip(), id="quadruple"), "quadruple", solution=True),
        _marked(new_code_cell(HIDDEN.format("quadruple").lstrip(), id="test_quadruple"), "test_quadruple",
                grade=True, locked=True, points=2),
        new_markdown_cell("Why is twice two four?", id="question"),
        _marked(new_markdown_cell("Because two pairs are four things. One point for pairs.", id="written_why"),
                "written_why", grade=True, solution=True, points=2),
    ]
    return notebook


def solutions(tiny):
    """The instructor's solutions of the tiny set."""
    return {name: exercise.solution for name, exercise in tiny.exercises.items()}


def _marked(cell, grade_id, **marks):
    defaults = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell.metadata.nbgrader = defaults | {"grade_id": grade_id} | marks
    return cell


@pytest.fixture
def one_function(sandbox):
    """Put one function ``f`` into a sandbox: one_function(source, processes, ...) -> its `StudentFunction`."""
    students = []

    def loaded(source, processes, *, parameters=("x",), mistakes=(), flavour=flavours.NUMPY,
               given="import numpy as np"):
        grader = SimpleNamespace(returns=(), parameters=lambda: list(parameters), translated=str,
                                 mistakes=[Mistake(m.__name__, f"This is {m.__name__}.", m) for m in mistakes])
        problem_set = SimpleNamespace(name="one", exercises={"f": None}, flavour=flavour,
                                      definitions=lambda names: given)
        assembled = SimpleNamespace(solutions={"f": source}, added=[], notebook=SimpleNamespace(cells=[]))
        students.append(Student(problem_set, assembled, {"f": grader}, processes))
        students[-1].begin_test("f")
        return students[-1].f

    yield loaded
    for student in students:
        student.close()


def failure_of(statement, *args, **options):
    """What a statement about a function fails with."""
    with pytest.raises(Failure) as raised:
        statement(*args, **options)
    return raised.value
