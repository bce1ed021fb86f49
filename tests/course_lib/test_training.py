"""Training is as long as the notebook asks for, and short where it is only executed to be graded."""

import pytest

from course_lib import training


@pytest.mark.parametrize("number", [0, 1, 2, 15])
def test_everyday_training_is_as_long_as_asked_for(monkeypatch, capsys, number):
    monkeypatch.delenv("COURSE_GRADING", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert training.epochs(number) == number
    assert capsys.readouterr().out == ""


def test_grading_shortens_and_says_so(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_GRADING", "1")
    assert training.epochs(15) == 1
    assert capsys.readouterr().out == "shortened for grading: 1 epoch instead of 15\n"


@pytest.mark.parametrize("number", [0, 1])
def test_grading_says_nothing_of_what_is_short_already(monkeypatch, capsys, number):
    monkeypatch.setenv("COURSE_GRADING", "1")
    assert training.epochs(number) == number
    assert capsys.readouterr().out == ""


def test_an_empty_variable_is_not_set(monkeypatch):
    monkeypatch.setenv("COURSE_GRADING", "")
    assert training.epochs(15) == 15
