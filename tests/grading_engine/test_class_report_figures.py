"""The numbers of the report against numbers by hand."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from grading_engine.class_report import figures, mistakes, page
from tests.grading_engine.class_report_class import DUE, of, student


def test_summary_by_hand():
    # Quartiles lie a quarter of the way from the first of n values to the last, between neighbours in proportion.
    assert figures.summary([8, 6, 2, 2, 2, 0]) == figures.Summary(
        6, pytest.approx(20 / 6), pytest.approx(np.sqrt((112 - 400 / 6) / 5)), 0, 2, 2, 5, 8)
    assert figures.summary([3]) == figures.Summary(1, 3, 0, 3, 3, 3, 3, 3)
    assert figures.summary([]) is None


def test_histogram_puts_a_border_into_the_bar_above_and_full_marks_into_the_first():
    bars = figures.histogram([1.0, 0.9, 0.3, 0.1 + 0.2, 0.0, 1.2])
    assert bars == [[0, 1, 5], [], [], [], [], [], [2, 3], [], [], [4]]


def test_discrimination_leaves_the_item_itself_out():
    # Ten students; the second item is the first one turned round, the third is the first one again.
    first = np.arange(10.0)
    table = np.column_stack([first, 9 - first, first])
    # Rest of the first: 9 - x + x = 9, which does not vary; of the second: 2 x, of the third: 9.
    assert figures.discriminations(table) == [None, pytest.approx(-1), None]
    table = np.column_stack([first, np.repeat([0.0, 1.0], 5)])
    # Pearson of 0..9 with five zeros and five ones: 12.5 / sqrt(82.5 * 2.5).
    assert figures.discriminations(table) == [pytest.approx(12.5 / np.sqrt(206.25))] * 2


def test_too_few_students_and_missing_marks_say_nothing():
    assert figures.discriminations(np.column_stack([np.arange(9.0), np.arange(9.0)])) == [None, None]
    table = np.column_stack([np.arange(12.0), np.arange(12.0), np.arange(12.0)])
    table[0, 0] = np.nan
    # The first is left out of the others' rest, and its own student without a mark out of its rows.
    assert figures.discriminations(table) == [pytest.approx(1)] * 3


def test_a_bar_of_the_timeline_ends_at_the_due_date():
    times = [DUE - timedelta(hours=5), DUE - timedelta(minutes=1), DUE, DUE + timedelta(minutes=59)]
    bars = figures.timeline(times, DUE)
    assert [(begin, indices) for begin, _end, indices in bars if indices] == [
        (DUE - timedelta(hours=5), [0]), (DUE - timedelta(hours=1), [1]), (DUE, [2, 3])]
    assert len(bars) == 6
    assert figures.timeline([]) == []


def test_a_timeline_of_years_has_an_end():
    bars = figures.timeline([datetime(1990, 1, 1), DUE, datetime(2090, 1, 1)], DUE)
    assert len(bars) <= 64
    assert sum(len(indices) for *_times, indices in bars) == 3


def test_mistakes_are_grouped_and_sorted_by_frequency():
    one, two, three, four, five = (student(number, name, 0.0, mistake=mistake, message=message)
                                   for number, (name, mistake, message) in enumerate([
                                       ("a", "halved", "1"), ("b", "squared", "2"), ("c", "squared", "2"),
                                       ("d", "", "got 7"), ("e", "", "got 7")]))
    everybody = [one, two, three, four, five]
    known = mistakes.known(everybody, ["double", "quadruple"])
    assert [(mistake.number, mistake.name, mistake.students) for mistake in known] == [
        (1, "squared", [two, three]), (2, "halved", [one])]
    assert mistakes.heat_map(known).rows == [([two, three], [True, False], []), ([one], [False, True], [])]
    (unnamed,) = mistakes.unnamed(everybody, ["double", "quadruple"])
    assert (unnamed.message, unnamed.students) == ("got 7", [four, five])


def test_a_map_of_many_mistakes_keeps_columns_for_those_that_several_made(monkeypatch):
    monkeypatch.setattr(mistakes, "MOST_COLUMNS", 1)
    everybody = [student(number, str(number), 0.0, mistake=mistake)
                 for number, mistake in enumerate(["squared", "squared", "halved"])]
    known = mistakes.known(everybody, ["double"])
    found = mistakes.heat_map(known)
    assert found.columns == [[known[0]]]
    assert found.rows == [(everybody[:2], [True], []), (everybody[2:], [False], [known[1]])]


def test_remarks_say_what_the_figures_show():
    weak = [student(number, str(number), 0.0, 2.0, written=2.0, mistake="squared") for number in range(9)]
    strong = [student(number, str(number), 6.0, 0.0, written=2.0) for number in range(9, 11)]
    of_class = of(*weak, *strong)
    functions, (plot, written) = page._rows(of_class, mistakes.known(of_class.graded, ["double", "quadruple"]))
    double, quadruple = functions
    assert double.mean == pytest.approx(2 / 11)
    assert double.discrimination == pytest.approx(-1)
    assert double.remarks == ["Nearly everybody loses points here.",
                              "Strong students lose more here than weak ones: look at the task and its grader.",
                              "Most of those who get it wrong make mistake 1."]
    nobody = student(11, "11", 0.0, 0.0, written=0.0)
    nobody.statuses = {"double": "missing", "quadruple": "missing"}
    assert page._rows(of(*weak, *strong, nobody), [])[0][0].discrimination == pytest.approx(-1)
    assert quadruple.by_status["none"] == strong
    assert (plot.varies, plot.remarks, written.mean) == (False, [], 1.0)
