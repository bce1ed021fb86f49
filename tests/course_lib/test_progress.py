"""Cards tell how far a student got, and hint after the second try."""

import contextlib

import pytest

from course_lib import cards, handed_out, progress
from course_lib.answers import FUNCTION, WRITTEN, Given
from course_lib.cards import FAIL, PASS, Card, Progress, Row
from course_lib.checks import CheckFailed, check

HINT = "Look at `x` again."


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    progress.forget()
    yield
    progress.forget()


@pytest.fixture
def run(capsys):
    """Run a check of a function that returns this, and return the card's text."""

    def checked(answer, name="double"):
        def function(x):
            if answer is None:
                raise NotImplementedError
            return answer

        function.__name__ = name
        with contextlib.suppress(CheckFailed), check(function, hint=HINT) as call:
            call(1).gives(2)
        return capsys.readouterr().out

    return checked


def hand_out(folder, *names):
    cells = [*(Given("code", "", name, FUNCTION) for name in names), Given("markdown", "", "written_why", WRITTEN)]
    (folder / handed_out.NAME).write_text(handed_out.HandedOut("ps", "1", "en", cells).to_json())


def test_the_hint_comes_with_the_second_failure(run):
    assert "Hint" not in run(3)
    assert f"Hint: {HINT}" in run(4)
    assert f"Hint: {HINT}" in run(3)
    assert "Hint" not in run(2)
    assert "Hint" not in run(3, "other")


def test_what_is_not_written_is_no_failure(run):
    for _ in range(3):
        assert "Hint" not in run(None)
    assert "Hint" not in run(3)
    assert "Hint" in run(3)


def test_functions_are_counted_once_while_they_pass(run):
    assert "pass" not in run(3).splitlines()[-1]
    assert "1 function passes its checks" in run(2)
    assert "1 function passes its checks" in run(2)
    assert "2 functions pass their checks" in run(2, "triple")
    assert "1 function passes its checks" in run(3)


def test_the_set_is_known_where_it_lies(run, tmp_path):
    hand_out(tmp_path, "double", "triple", "half")
    assert "0 of 3 functions of this set" in run(3)
    assert "1 of 3 functions of this set passes its checks" in run(2)
    assert "2 of 3 functions of this set pass their checks" in run(2, "triple")
    assert "2 of 3" in run(2, "an_example")


def test_what_belongs_to_another_set_is_not_counted_against_this_one(run, tmp_path):
    hand_out(tmp_path, "half")
    assert "1 function passes its checks" in run(2)


def test_hint_and_bar_are_in_the_card():
    html = Card("f", (Row(FAIL, "f(1)"),), "Mind `<b>`", Progress(1, 4)).to_html()
    assert "&lt;b&gt;" in html
    assert "<b>`" not in html
    assert "width: 25%" in html
    assert "width: " not in Card("f", (Row(PASS, "f(1)"),), progress=Progress(2)).to_html().replace(
        "max-width: ", "").replace("width: 1.5em", "")


def test_an_output_is_written_over(monkeypatch):
    pytest.importorskip("IPython")
    shown = []

    class Handle:
        def update(self, data, raw):
            shown.append(("again", data["text/plain"]))

    def display(data, raw, display_id):
        shown.append(("first", data["text/plain"]))
        return Handle()

    monkeypatch.setattr(cards, "_ipython", object)
    monkeypatch.setattr("IPython.display.display", display)
    live = cards.Live()
    live.say("cell 1")
    live.say("cell 2")
    live.finish(Card("f", (Row(PASS, "f(1)"),)))
    assert [kind for kind, _ in shown] == ["first", "again", "again"]
    assert shown[2][1].startswith("✓ f: the check passes")
