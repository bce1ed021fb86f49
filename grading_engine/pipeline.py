"""One submission that was put together, to a graded notebook: test, run, report."""

from dataclasses import dataclass

from grading_engine import dependencies, execution, grading, report
from grading_engine.course import TEST_PREFIX, grade_id, is_manual


@dataclass(frozen=True)
class Graded:
    """A graded submission: its marks, and the notebook that people read."""

    grade: grading.Grade
    notebook: object


def grade_assembled(problem_set, assembled, seed, unsafe=False):
    """Grade a submission that was put together, and write outputs and reports into its notebook."""
    grade = grading.grade(problem_set, assembled, seed, unsafe)
    return written_into(assembled.notebook, grade, problem_set.flavour, unsafe)


def written_into(notebook, grade, flavour, unsafe=False):
    """Run what a person marks, write a grade's reports into the notebook, and return both as `Graded`."""
    needed = dependencies.needed(notebook)
    execution.execute(notebook, lambda cell: cell.id not in needed, flavour, unsafe)
    if dependencies.needed(notebook, also=dependencies.missing(notebook)) != needed:
        execution.execute(notebook, is_grade_cell, flavour, unsafe)
    if grade.repairs:
        notebook.cells.insert(0, report.repairs(grade.repairs))
    for cell in notebook.cells:
        if is_grade_cell(cell):
            cell.outputs = report.outputs(grade.functions[graded_function(cell)], not unsafe)
    return Graded(grade, notebook)


def is_grade_cell(cell):
    """Whether a cell gets its marks from hidden tests."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade")) and not is_manual(cell)


def graded_function(cell):
    """Name of the function whose marks a grade cell shows."""
    return grade_id(cell).removeprefix(TEST_PREFIX)
