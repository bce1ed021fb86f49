"""The list of where every item of the curriculum has its place names cells that exist."""

import re

import pytest

from grading_engine.course import KIT, problem_set, problem_sets

ROWS = [tuple(part.strip() for part in line.strip("|\n").split("|"))
        for line in (KIT / "docs" / "coverage.md").read_text().splitlines() if re.match(r"\| (?:[A-Z]\d|Lab)", line)]


def test_no_item_stands_twice_for_one_notebook():
    places = [(item, notebook) for item, _, notebook, _ in ROWS]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("name", problem_sets())
def test_every_cell_that_is_named_exists(name):
    cells = {cell.id for cell in problem_set(name).source.cells}
    named = {cell for _, _, notebook, text in ROWS if notebook == name for cell in re.findall(r"`(\w+)`", text)}
    assert named
    assert named <= cells, sorted(named - cells)
