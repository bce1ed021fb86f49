"""Students' texts: the language of the environment, else of what was handed out beside the notebook, else English."""

import json
import re

import numpy as np
import pytest

from course_lib import language
from course_lib.checks import CheckFailed, check
from course_lib.language import VARIABLE, texts

PASSES = "the check passes"


@pytest.fixture
def notebook_folder(tmp_path, monkeypatch):
    """Where a notebook is open: no variable is set, and nothing is known of the folder yet."""
    monkeypatch.delenv(VARIABLE)
    monkeypatch.chdir(tmp_path)
    language._handed_out.cache_clear()
    yield tmp_path
    language._handed_out.cache_clear()


def test_without_a_word_about_it_texts_are_english(notebook_folder):
    assert language.current() == "en"
    assert texts.gettext(PASSES) == PASSES
    assert texts.ngettext("one", "several", 2) == "several"


def test_a_notebook_speaks_the_language_that_it_was_handed_out_in(notebook_folder):
    (notebook_folder / "handed_out.json").write_text(json.dumps({"language": "ru"}))
    assert texts.gettext(PASSES) == "проверка пройдена"


def test_the_environment_decides_against_what_was_handed_out(notebook_folder, monkeypatch):
    (notebook_folder / "handed_out.json").write_text(json.dumps({"language": "ru"}))
    monkeypatch.setenv(VARIABLE, "en")
    assert texts.gettext(PASSES) == PASSES


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"language": 7}', '{"language": "xx"}', '{"language": "../ru"}'])
def test_a_note_that_says_nothing_of_use_leaves_it_at_english(notebook_folder, content):
    (notebook_folder / "handed_out.json").write_text(content)
    assert texts.gettext(PASSES) == PASSES


def test_nothing_is_nothing_in_every_language(monkeypatch):
    monkeypatch.setenv(VARIABLE, "ru")
    assert texts.gettext("") == ""


@pytest.mark.parametrize(("n", "words"), [(1, "не пройдена 1 проверка из 30"), (3, "не пройдены 3 проверки из 30"),
                                          (5, "не пройдено 5 проверок из 30"), (21, "не пройдена 21 проверка из 30")])
def test_plural_forms_are_those_of_the_language(monkeypatch, n, words):
    monkeypatch.setenv(VARIABLE, "ru")
    said = texts.ngettext("{n} of {total} checks fails", "{n} of {total} checks fail", n)
    assert said.format(n=n, total=30) == words


def test_a_russian_card_says_nothing_in_english(monkeypatch, capsys):
    def half(x, y):
        if len(x) == 3:
            raise ValueError("x")
        x[0] = 0
        return x / 2

    monkeypatch.setenv(VARIABLE, "ru")
    with pytest.raises(CheckFailed) as failed, check(half, hint="`x / 2`") as call:  # noqa: PT012
        call(np.ones(2), 1).gives(np.array([0.5, 0.25]))
        call(np.ones(2), 1).gives(0.5)
        call(np.ones(3), 1).gives(np.ones(3))
        call(np.ones(3), 1).raises(TypeError)
        call(np.ones(2), y=1).raises(ValueError, naming="y")
    card = capsys.readouterr().out
    assert card.startswith("✗ half: не пройдено 5 проверок из 5")
    assert "возвращённое значение: по индексу 0 стоит 0; ожидается 0.5 (отличаются элементы: 2 из 2" in card
    for text in (card, str(failed.value)):
        words = re.findall(r"[A-Za-z]{2,}", re.sub(r"half\(.*?\)|`[^`]*`|array\(.*?\)", "", text))
        assert {word for word in words if word != "numpy" and not word.endswith("Error")} <= {"half"}
