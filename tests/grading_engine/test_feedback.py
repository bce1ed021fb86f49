"""What to read again, how cells stand together, and what only the staff may see."""

import json

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell
from traitlets.config import Config

from grading_engine import feedback_page, reading
from grading_engine.course import KIT, grade_id, is_manual, problem_sets
from grading_engine.feedback_stages import Part, with_mathml
from grading_engine.formgrader import MarkingScheme
from grading_engine.workspace import load_config
from tests.grading_engine.conftest import tiny_notebook

CELLS = ["# Set", "## How to", "## Part 1 · A\nText\n### `f(x)` · 2 points\n*Lectures:* 002 · f", None, "", None,
         "### Why\n```\n# no heading\n```", "### `g(x)` · 1 point\n\n*Lectures:* 001, 003 · MSE of $x$", "", None,
         "## Part 2\n\nText", "Prompt without a heading", ""]


@pytest.mark.parametrize(("answer", "titles"), [
    (4, ["Part 1 · A", "f(x) · 2 points"]), (8, ["Part 1 · A", "Why", "g(x) · 1 point"]), (12, ["Part 2"])])
def test_the_headings_that_lead_to_an_answer(answer, titles):
    assert [section.title for section in reading.sections(CELLS, answer)] == titles


def test_a_heading_knows_its_cell():
    assert [section.cell for section in reading.sections(CELLS, 8)] == [2, 6, 7]


def test_the_lectures_of_a_prompt():
    assert reading.lectures(CELLS, 4) == reading.Lectures(("002",), "f")
    assert reading.lectures(CELLS, 8) == reading.Lectures(("001", "003"), "MSE of $x$")
    # Another answer's lectures are not this one's.
    assert reading.lectures(CELLS, 12) is None


@pytest.mark.parametrize("line", ["*Lectures:*", "Lectures: 001", "*Lectures:* 1, 2", "*Lectures:* 001 and 002",
                                  "see *Lectures:* 001"])
def test_other_lines_are_no_lectures(line):
    assert reading.lectures([line, ""], 1) is None


@pytest.mark.parametrize(("score", "waiting", "status"), [
    (2.0, False, "right"), (2.5, False, "right"), (1.0, False, "partly"), (0.0, False, "wrong"),
    (2.0, True, "waiting")])
def test_a_part_in_one_word(score, waiting, status):
    assert Part("f", "", 0, 1, score, 2.0, waiting).status == status


def test_headings_of_the_notebook_stand_below_those_of_the_page():
    made = feedback_page.text_cell("# One\n\n###### Six", new_markdown_cell(""))
    assert made.count("<h2>One</h2>") == 1
    assert "<h6>Six</h6>" in made


def test_a_students_heading_is_none_of_the_page():
    made = feedback_page.text_cell("# Mine <b>", new_markdown_cell("", id="added-1"))
    assert '<p class="heading">Mine' in made
    assert "<h" not in made


def test_what_is_wide_scrolls_by_itself():
    made = feedback_page.text_cell(with_mathml("$$x$$\n\n| a |\n|---|\n| 1 |"), new_markdown_cell(""))
    assert made.count('class="wide" tabindex="0"') == 2


def scheme(cell, folder, problem_set):
    config = Config(CourseDirectory={"root": str(folder)})
    return MarkingScheme(config=config)(cell, problem_set)


def test_the_scheme_of_an_answer_and_of_a_plot():
    notebook = nbformat.read(KIT / "source" / "ps2_linear_regression" / "ps2_linear_regression.ipynb", as_version=4)
    cells = {grade_id(cell): cell for cell in notebook.cells}
    written = scheme(cells["written_mae_or_mse"], KIT, "ps2_linear_regression")
    assert "Model answer" in written
    assert "<math" in written
    plot = scheme(cells["plot_learning_rates"], KIT, "ps2_linear_regression")
    assert "# Marks:" in plot
    assert "SOLUTION" not in written + plot


def test_no_scheme_where_there_is_nothing_to_mark(tmp_path):
    manual = next(cell for cell in tiny_notebook().cells if grade_id(cell) == "written_why")
    assert scheme(new_code_cell(""), KIT, "ps2_linear_regression") == ""
    assert scheme(manual, tmp_path, "tiny") == ""
    assert scheme(manual, KIT, "ps2_linear_regression") == ""


def test_only_the_formgraders_exporter_knows_schemes():
    config = load_config(KIT)
    assert "marking_scheme" in HTMLExporter(config=config).environment.filters
    exporter = config.GenerateFeedback.exporter_class(config=config)
    assert not isinstance(exporter, HTMLExporter)
    assert "marking_scheme" not in exporter.environment.filters


@pytest.mark.parametrize("name", problem_sets())
def test_no_release_holds_a_scheme(name):
    source = nbformat.read(KIT / "source" / name / f"{name}.ipynb", as_version=4)
    released = json.loads((KIT / "release" / name / f"{name}.ipynb").read_text())
    shown = {line.strip() for cell in released["cells"] for line in "".join(cell["source"]).splitlines()}
    lines = [line.strip() for cell in source.cells if is_manual(cell)
             for line in cell.source.partition("BEGIN SOLUTION")[2].splitlines() if "Marks" in line]
    assert not shown & set(lines)
    assert lines or not any(is_manual(cell) for cell in source.cells)
