"""The course that is attacked: four functions, and a canary in everything that no student may see."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CANARY = "canary-5d1f0c"

POINTS = {"double": 6, "mean": 4, "slope": 4, "innocent": 2}

SOLUTIONS = {
    "double": "    if np.ndim(x) != 1:\n        raise ValueError('x must have one axis')\n    return 2.0 * x",
    "mean": "    return float(np.mean(x))",
    "slope": "    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5",
    "innocent": "    return x + 1.0",
}

PARAMETERS = {"double": "x", "mean": "x", "slope": "f, x", "innocent": "x"}

GRADERS = {
    "double": '''
def reference(x):
    return 2.0 * np.asarray(x, dtype=np.float64)


def test_values(student, rng):
    """doubles every element"""
    for n in (2, 5, 300):
        student.double.must_match(reference, rng.normal(size=n))


def test_axes(student, rng):
    """refuses a table"""
    student.double.must_raise(ValueError, rng.normal(size=(2, 3)), naming=("x",))


def test_inputs(student, rng):
    """leaves its input as it is"""
    student.double.must_keep_inputs(rng.normal(size=3))
''',
    "mean": '''
def reference(x):
    return float(np.mean(np.asarray(x, dtype=np.float64)))


def test_values(student, rng):
    """averages"""
    for n in (1, 4, 9):
        student.mean.must_match(reference, rng.normal(size=n))


def test_large(student, rng):
    """averages large numbers"""
    student.mean.must_match(reference, rng.normal(size=5) * 1e6)
''',
    "slope": '''
def reference(f, x):
    return float((f(x + 1e-5) - f(x - 1e-5)) / 2e-5)


def test_values(student, rng):
    """measures the slope of a cubic"""
    a, b, c = (float(number) for number in rng.normal(size=3))
    student.slope.must_match(reference, lambda x: a * x**3 + b * x + c, 0.5, rtol=1e-4)


def test_line(student, rng):
    """measures the slope of a line"""
    a = float(rng.normal())
    student.slope.must_match(reference, lambda x: a * x, 1.5, rtol=1e-4)
''',
    "innocent": '''
def reference(x):
    return np.asarray(x, dtype=np.float64) + 1.0


def test_values(student, rng):
    """adds one"""
    student.innocent.must_match(reference, rng.normal(size=4))
''',
}


def right(name):
    """Return a right answer as a student hands it in."""
    return f"def {name}({PARAMETERS[name]}):\n{SOLUTIONS[name]}\n"


def write(root):
    """Write the course below ``root``."""
    graders = root / "graders" / "attacked"
    graders.mkdir(parents=True)
    (graders.parent / "pytest.ini").write_text("[pytest]\n")
    for name, text in GRADERS.items():
        head = f'"""Hidden grader of `{name}`: {CANARY}."""\n\nimport numpy as np\n'
        (graders / f"test_{name}.py").write_text(f"{head}\nSECRET = {CANARY!r}\n{text}")
    folder = root / "source" / "attacked"
    folder.mkdir(parents=True)
    nbformat.write(notebook(), folder / "attacked.ipynb")


def notebook():
    """Return the instructor's notebook."""
    made = new_notebook()
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made.cells = [new_markdown_cell("# Twice and more", id="title"),
                  new_code_cell("import numpy as np", id="imports")]
    for name, points in POINTS.items():
        solution = (f'def {name}({PARAMETERS[name]}):\n    """See the prompt."""\n    ### BEGIN SOLUTION\n'
                    f"    # {CANARY}\n{SOLUTIONS[name]}\n    ### END SOLUTION\n")
        hidden = (f"assert callable({name})\n### BEGIN HIDDEN TESTS\n"
                  f'raise RuntimeError("The hidden tests of `{name}` run in the grading engine only. {CANARY}")\n'
                  "### END HIDDEN TESTS\n")
        made.cells += [
            _marked(new_code_cell(solution, id=name), name, solution=True),
            _marked(new_code_cell(hidden, id=f"test_{name}"), f"test_{name}", grade=True, locked=True, points=points),
        ]
    made.cells += [
        new_markdown_cell("Why is twice two four?", id="question"),
        _marked(new_markdown_cell(f"Because two pairs are four things. {CANARY}", id="written_why"), "written_why",
                grade=True, solution=True, points=2),
    ]
    return made


def submission():
    """Return a right submission: what a student hands in, as JSON."""
    made = notebook()
    for cell in made.cells:
        if cell.id in POINTS:
            cell.source = right(cell.id)
        elif cell.id.startswith("test_"):
            cell.source = f"assert callable({cell.id.removeprefix('test_')})\n"
        elif cell.id == "written_why":
            cell.source = "Two pairs."
    return made


def _marked(cell, grade_id, **marks):
    defaults = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell.metadata.nbgrader = defaults | {"grade_id": grade_id} | marks
    return cell
