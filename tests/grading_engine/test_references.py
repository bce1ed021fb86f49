"""Answers of references are asked for once, whatever process asks."""

import numpy as np
import pytest

from grading_engine import references
from grading_engine.grader import Grader

SOURCE = """
import numpy as np

calls = []


def reference(x):
    calls.append(x)
    return {}
"""
ANSWERS = [
    "1.5", "(x + 1, [2, None], 'text')", "np.asfortranarray(np.ones((2, 3), np.float32))",
    "{'a': np.float64(2), 1: True}",
]


@pytest.fixture
def grader(tmp_path, monkeypatch):
    """Make a grader whose reference returns an expression: grader(expression) -> its module."""
    monkeypatch.setattr(references, "KIT", tmp_path)
    monkeypatch.setattr(references, "FOLDER", tmp_path / ".course" / "references")
    (tmp_path / "requirements.lock").write_text("numpy==2\n")
    (tmp_path / "graders" / "tiny").mkdir(parents=True)
    monkeypatch.setattr("sys.modules", dict(__import__("sys").modules))

    def made(expression):
        path = tmp_path / "graders" / "tiny" / "test_f.py"
        path.write_text(SOURCE.format(expression))
        __import__("sys").modules.pop("graders.tiny.test_f", None)
        references._file.cache_clear()
        return Grader(path).module

    yield made
    references._file.cache_clear()


def ask(module, x=2.0, key=b"x"):
    return references.remembered((module.reference, None), key, lambda: module.reference(x))


@pytest.mark.parametrize("expression", ANSWERS)
def test_an_answer_comes_back_as_it_was(grader, expression):
    first = ask(grader(expression))
    again = grader(expression)
    second = ask(again)
    assert again.calls == []
    assert references._same(first, second)


def test_other_arguments_are_another_answer(grader):
    module = grader("x + 1")
    assert (ask(module, 1.0, b"1"), ask(module, 2.0, b"2")) == (2.0, 3.0)
    again = grader("x + 1")
    assert (ask(again, 1.0, b"1"), ask(again, 2.0, b"2")) == (2.0, 3.0)
    assert again.calls == []


def test_what_would_come_back_otherwise_is_not_kept(grader):
    assert ask(grader("{1.5: 'no such key crosses'}")) == {1.5: "no such key crosses"}
    again = grader("{1.5: 'no such key crosses'}")
    ask(again)
    assert len(again.calls) == 1


def test_a_grader_that_changed_is_asked_again_and_its_old_answers_go(grader):
    ask(grader("x + 1"))
    (old,) = references.FOLDER.iterdir()
    assert ask(grader("x + 2")) == 4.0
    assert not old.exists()


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data + b"\xff" * 50, lambda data: b"nonsense"])
def test_a_damaged_end_is_as_good_as_none(grader, damage):
    module = grader("x + 1")
    ask(module, 1.0, b"1")
    ask(module, 2.0, b"2")
    (file,) = references.FOLDER.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    again = grader("x + 1")
    assert (ask(again, 1.0, b"1"), ask(again, 2.0, b"2")) == (2.0, 3.0)


def test_a_disk_that_is_full_costs_the_memory_only(grader, monkeypatch):
    module = grader("x + 1")
    monkeypatch.setattr(references, "FOLDER", references.KIT / "requirements.lock" / "no folder")
    module.__dict__["calls"].clear()
    references._file.cache_clear()
    assert ask(module) == 3.0


def test_functions_from_elsewhere_are_not_kept(grader):
    grader("x + 1")
    assert references.remembered((np.add,), b"x", lambda: 3.0) == 3.0
    assert not references.FOLDER.exists()
