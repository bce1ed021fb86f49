import pytest

from course_lib.answers import visible
from grading_engine import assembly
from grading_engine.submission import Cell

DOUBLE = "def double(x):\n    return 2 * x"
STUB = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def release(tiny):
    """The cells of an untouched release."""
    return [Cell(cell.cell_type, visible(cell.source), cell.metadata.get("nbgrader", {}).get("grade_id", ""))
            for cell in tiny.cleared.cells]


def answered(tiny, **answers):
    return [Cell(cell.kind, answers.get(cell.grade_id, cell.source), cell.grade_id) for cell in release(tiny)]


def without_metadata(cells):
    return [Cell(cell.kind, cell.source, "") for cell in cells]


def test_answers_go_where_their_id_says(tiny):
    result = assembly.assemble(tiny, answered(tiny, double=DOUBLE, written_why="Because."))
    assert result.solutions["double"] == DOUBLE
    assert (result.added, result.repairs) == ([], [])
    assert [cell.source for cell in result.notebook.cells if cell.id == "written_why"] == ["Because."]


def test_a_notebook_without_metadata_is_repaired(tiny):
    result = assembly.assemble(tiny, without_metadata(answered(tiny, double=DOUBLE, written_why="Because.")))
    assert result.solutions["double"] == DOUBLE
    assert [cell.source for cell in result.notebook.cells if cell.id == "written_why"] == ["Because."]
    assert result.added == []
    assert len(result.repairs) == 3


def test_the_rebuilt_notebook_is_the_instructors_whatever_was_submitted(tiny):
    cells = [Cell("code", "while True: pass", "test_double"), Cell("code", DOUBLE, "double"),
             Cell("markdown", "mine", "title")]
    result = assembly.assemble(tiny, cells)
    for cell, original in zip([c for c in result.notebook.cells if not c.id.startswith("added")],
                              tiny.cleared.cells, strict=True):
        if not original.metadata.get("nbgrader", {}).get("solution"):
            assert (cell.source, cell.metadata) == (original.source, original.metadata)
    assert "while True" not in "".join(cell.source for cell in result.notebook.cells)


def test_no_solution_of_the_instructor_is_left_where_an_answer_is_missing(tiny):
    text = "".join(cell.source for cell in assembly.assemble(tiny, []).notebook.cells)
    assert "2.0 * x" not in text
    assert "two pairs" not in text
    assert assembly.assemble(tiny, []).solutions == {}


@pytest.mark.parametrize("cells", [
    [Cell("code", STUB, "double"), Cell("code", DOUBLE, "double")],
    [Cell("code", DOUBLE, "double"), Cell("code", STUB, "double")],
    [Cell("code", STUB, "double"), Cell("code", DOUBLE, "")],
    [Cell("code", DOUBLE, "quadruple"), Cell("code", STUB, "double")],
    [Cell("code", "import math\n" + DOUBLE, "")],
])
def test_the_definition_that_is_written_counts(tiny, cells):
    assert "2 * x" in assembly.assemble(tiny, cells).solutions["double"]


def test_the_last_of_several_definitions_counts(tiny):
    cells = [Cell("code", DOUBLE.replace("2", "3"), "double"), Cell("code", DOUBLE, "double")]
    result = assembly.assemble(tiny, cells)
    assert result.solutions["double"] == DOUBLE
    assert any("2 times" in repair for repair in result.repairs)


def test_merged_cells_serve_both_functions(tiny):
    merged = DOUBLE + "\n\ndef quadruple(x):\n    return 4 * x"
    solutions = assembly.assemble(tiny, [Cell("code", merged, "double")]).solutions
    assert solutions["double"] == solutions["quadruple"] == merged


def test_added_cells_stay_after_what_they_followed(tiny):
    cells = answered(tiny)
    cells.insert(3, Cell("code", "helper = 1", ""))
    result = assembly.assemble(tiny, cells)
    ids = [cell.id for cell in result.notebook.cells]
    assert ids[ids.index("added-1") - 1] == "double"
    assert result.added == ["helper = 1"]


def test_written_text_cannot_bring_html(tiny):
    text = "<script>x</script> ![a](http://b) [c](javascript:d) [e](https://f) a < b\n\n[g]: javascript:h"
    result = assembly.assemble(tiny, answered(tiny, written_why=text))
    source = next(cell.source for cell in result.notebook.cells if cell.id == "written_why")
    assert source == ("&lt;script>x&lt;/script> [a](http://b) [c] (javascript:d) [e](https://f) a < b\n\n"
                      "[g] : javascript:h")


def test_an_assembled_notebook_can_be_opened_again(tiny):
    cells = [*answered(tiny, double=DOUBLE), Cell("code", "helper = 1", "")]
    first = assembly.assemble(tiny, cells)
    again = assembly.reopen(tiny, first.notebook, first.repairs)
    assert (again.solutions, again.added) == (first.solutions, first.added)
