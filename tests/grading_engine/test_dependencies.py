"""What runs of a notebook: all that students wrote, and of what they were given only what that builds on."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.notebook import Cell
from grading_engine import assembly, dependencies, execution, pipeline
from grading_engine.course import grade_id, is_manual, problem_set, problem_sets


def notebook(answer, *given, added=""):
    """Given cells called a, b, ..., then an answer that a person marks."""
    cells = [new_code_cell(source, id=name) for name, source in zip("abcdef", given, strict=False)]
    marks = {"grade": True, "solution": True, "grade_id": "plot"}
    cells.append(new_code_cell(answer, id="answer", metadata={"nbgrader": marks}))
    if added:
        cells.append(new_code_cell(added, id="added-1"))
    return new_notebook(cells=cells)


@pytest.mark.parametrize(("answer", "given", "found"), [
    ("1 + 1", ("x = 1",), ""),
    ("plot(x)", ("x = 1", "y = 2"), "a"),
    ("plot(z)", ("x = 1", "z = x + 1"), "ab"),
    ("plot(x)", ("x = []", "x.append(2)", "x[0] = 1", "print(x)"), "abc"),
    ("plot(x)", ("x = table()", "for x.size in (1, 2):\n    pass"), "ab"),
    ("x = 2\nplot(x)", ("x = 1",), ""),
    ("def f():\n    return x\nf()", ("x = 1",), "a"),
    ("def f(x):\n    return x\nf(2)", ("x = 1",), ""),
    ("[x for x in range(3)]", ("x = 1",), ""),
    ("helper(3)", ("def helper(n):\n    return n * scale", "scale = 2"), "ab"),
    ("1", ("import numpy as np\nnp.set_printoptions(precision=3)", "np.random.seed(0)"), "a"),
    ("plot(x)", ("x = 1\nimport numpy as np", "%matplotlib inline\ny = x"), "a"),
    ("globals()['x']", ("x = 1", "y = 2"), "ab"),
    ("this is no Python, x", ("x = 1", "y = 2"), "a"),
])
def test_given_cells_that_answers_build_on(answer, given, found):
    assert dependencies.needed(notebook(answer, *given)) == {*found, "answer"}


def test_what_a_student_added_always_runs():
    assert dependencies.needed(notebook("1", "x = 1", "y = 2", added="y + 1")) == {"b", "answer", "added-1"}


def test_names_that_turn_out_to_be_missing_are_found_where_they_are_made(sandbox):
    # Bound in the cell itself, but only after it is used.
    submitted = notebook("first = x\nx = 2\nprint(first)", "x = 'given'", "y = 2")
    graded = pipeline.written_into(submitted, NO_MARKS, problem_set("ps2_linear_regression").flavour)
    assert graded.notebook.cells[-1].outputs[0].text == "given\n"


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("name", problem_sets())
def test_what_a_person_marks_looks_as_if_all_had_run(name):
    exercises = problem_set(name)
    cells = [Cell(cell.cell_type, cell.source, grade_id(cell)) for cell in exercises.source.cells]
    found = assembly.assemble(exercises, cells).notebook
    needed = dependencies.needed(found)
    execution.execute(found, lambda cell: cell.id not in needed, exercises.flavour)
    for cell in found.cells:
        if cell.cell_type == "code" and is_manual(cell):
            kinds = [output.get("ename") or sorted(output.get("data", {"text": ""})) for output in cell.outputs]
            assert ["image/png", "text/plain"] in kinds, (cell.id, kinds)
            assert not any(isinstance(kind, str) for kind in kinds), (cell.id, kinds)


class NO_MARKS:  # noqa: N801 - stands for a value
    """A grade of no functions."""

    functions, repairs = {}, ()
