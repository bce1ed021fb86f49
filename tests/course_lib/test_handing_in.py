"""The look at a notebook before it is handed in: what it finds, and where it looks."""

import json
import os
import sys
from types import ModuleType, SimpleNamespace

import pytest

import course_lib
from course_lib import check_submission, clean_run, handed_out, handing_in
from course_lib.answers import FUNCTION, PLOT, WRITTEN, Given
from course_lib.clean_run import CleanRun, Stop

NAME = "ps_tiny.ipynb"
STUB = "def {}(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
GIVEN = [
    Given("markdown", "# Twice", "", ""),
    Given("code", STUB.format("double"), "double", FUNCTION),
    Given("code", "assert double(1) == 2", "test_double", ""),
    Given("code", STUB.format("triple"), "triple", FUNCTION),
    Given("markdown", "Draw it.", "", ""),
    Given("code", "# YOUR CODE HERE\nraise NotImplementedError()", "plot_it", PLOT),
    Given("markdown", "Why is twice two four?", "", ""),
    Given("markdown", "YOUR ANSWER HERE", "written_why", WRITTEN),
]
ANSWERS = {"double": "def double(x):\n    return 2 * x", "triple": "def triple(x):\n    return 3 * x",
           "plot_it": "picture = triple(2)", "written_why": "Two pairs."}


def cell(kind, source, grade_id=""):
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": kind, "source": source, "metadata": metadata}


def cells(**changed):
    answers = ANSWERS | changed
    return [cell(given.kind, answers.get(given.grade_id, given.source), given.grade_id) for given in GIVEN]


def untouched():
    return cells(**{given.grade_id: given.source for given in GIVEN})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A student's folder, with what came beside the notebook."""
    note = handed_out.HandedOut("ps_tiny", course_lib.__version__, "en", GIVEN)
    (tmp_path / handed_out.NAME).write_text(note.to_json())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_GRADING", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return tmp_path


@pytest.fixture
def not_run(monkeypatch):
    """Leave out the run in a fresh Python; what it would find can be put in."""
    outcome = CleanRun(seconds=1.0)
    monkeypatch.setattr(clean_run, "run", lambda code, folder, on_cell: outcome)
    return outcome


@pytest.fixture
def report(folder, not_run, capsys):
    """Hand in these cells and return what is said, by section."""

    def look(submitted, name=NAME):
        (folder / name).write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": submitted}))
        assert check_submission(name) is None
        return capsys.readouterr().out

    return look


def line_with(text, words):
    lines = [line for line in text.splitlines() if words in line]
    assert len(lines) == 1, text
    return lines[0].strip()


def test_all_that_is_written_is_ready(report):
    text = report(cells())
    assert f"✓ {NAME}: ready to be handed in" in text
    assert "`double`, `triple`, `plot_it`, `written_why`" in line_with(text, "✓ written")
    assert "of at most 32" in line_with(text, "as it was saved at")


def test_an_untouched_notebook_is_told_as_such(report):
    text = report(untouched())
    assert f"○ {NAME}: 1 thing to look at" in text
    assert "`double`, `triple`, `plot_it`, `written_why`" in line_with(text, "○ not written yet")
    assert "✓ written" not in text


def test_an_empty_answer_is_not_written(report):
    assert "`written_why`" in line_with(report(cells(written_why=" \n")), "not written yet")


@pytest.mark.parametrize(("change", "words"), [
    (lambda made: made.pop(1), "✗ `double` is not in the notebook: take its cell from a fresh copy"),
    (lambda made: made.pop(), "✗ the answer `written_why` is not in the notebook"),
    (lambda made: made.insert(2, cell("code", ANSWERS["double"] + " + 0", "double")),
     "! the cell of `double` is there 2"),
    (lambda made: made[1].update(source="def doubled(x):\n    return 2 * x"),
     "✗ the cell of `double` defines no function"),
    (lambda made: made[1].update(metadata={}), "! `double` was found by its name"),
    (lambda made: made[-1].update(metadata={}), "! the answer `written_why` was found after its question"),
    (lambda made: made[2].update(source="def helper():\n    return 1"), "! a cell called `test_double` is not the one"),
])
def test_what_grading_would_repair_is_told(report, change, words):
    made = cells()
    change(made)
    text = report(made)
    assert line_with(text, words[2:40]).startswith(words)
    assert "1 thing to look at" in text


def test_a_notebook_without_metadata_is_told_in_one_line(report, monkeypatch):
    monkeypatch.setattr(handing_in, "_SHOWN", 2)
    text = report([made | {"metadata": {}} for made in cells()])
    assert "`double`, `triple`, `plot_it`, `written_why`; they count" in line_with(text, "lost their places")
    assert "1 thing to look at" in text


def test_a_moved_answer_that_is_a_stub_is_still_to_be_written(report):
    made = untouched()
    made[1]["metadata"] = {}
    text = report(made)
    assert "`double`" in line_with(text, "not written yet")
    assert "was found by its name" in text


def test_cells_that_raise_are_told_with_their_line(report, not_run):
    not_run.stops = [Stop(1, "ValueError", "too small", "return helper(x)", False, ""),
                     Stop(2, "CheckFailed", "double: 1 of 2 checks fails. First: double(1)", "with check(", False, "")]
    text = report([cell("code", "first = 1\nhelper(2)"), cell("code", "with check(double) as call:\n    pass")])
    assert line_with(text, "raises") == ("✗ code cell 1, `first = 1`, raises ValueError: too small, at "
                                         "`return helper(x)`")
    assert line_with(text, "First") == ("✗ code cell 2, the check of `double`, fails: 1 of 2 checks fails. "
                                        "First: double(1)")
    assert "0 of 2 code cells ran" in text


def test_the_first_of_many_failures_are_told(report, not_run, monkeypatch):
    monkeypatch.setattr(handing_in, "_SHOWN", 2)
    not_run.stops = [Stop(n, "ValueError", "", "", False, "") for n in (1, 2, 3)]
    text = report([cell("code", f"a{n}") for n in (1, 2, 3)])
    assert text.count("raises ValueError") == 2
    assert "and so do code cells 3" in text


def test_what_waits_for_others_is_no_failure_of_its_own(report, not_run):
    not_run.stops = [Stop(1, "NotImplementedError", "", "", True, ""), Stop(2, "NameError", "", "", False, "made"),
                     Stop(3, "NameError", "", "", False, "triple"), Stop(4, "NameError", "", "", False, "else")]
    text = report([cell("code", "made = double(1)"), cell("code", "print(made)"), cell("code", "triple(1)"),
                   cell("code", "print(other)"), cell("code", ANSWERS["double"], "double")])
    assert line_with(text, "1 cell waits").endswith("code cell 1")
    assert line_with(text, "2 cells need").endswith("code cells 2, 3")
    assert line_with(text, "raises NameError").startswith("✗ code cell 4")


@pytest.mark.parametrize(("end", "words"), [
    ({"late": True}, "✗ stopped after 10 minutes, in code cell 1, `def double(x):`"),
    ({"interrupted": True}, "! interrupted in code cell 1"),
    ({"exit": -9}, "✗ Python itself ended (exit status -9) in code cell 1"),
    ({"not_started": "no processes here"}, "! no fresh Python could be started here (no processes here)"),
])
def test_a_run_without_an_end_is_told(report, not_run, end, words):
    vars(not_run).update(last=1, **end)
    assert words in report(cells())


def test_another_name_and_another_version_are_told(report, folder, monkeypatch):
    monkeypatch.setattr(course_lib, "__version__", "0.0.1")
    text = report(cells(), "ps_tiny (1).ipynb")
    assert "give it back the name `ps_tiny.ipynb`" in line_with(text, "it is called")
    assert "0.0.1 is installed" in line_with(text, "this set was made for")


@pytest.mark.parametrize("content", [None, "", "{}", '{"cells": []}', '{"problem_set": 3}', "[" * 100_000])
def test_without_what_was_handed_out_the_rest_is_checked(report, folder, content):
    (folder / handed_out.NAME).unlink()
    if content is not None:
        (folder / handed_out.NAME).write_text(content)
    text = report(untouched())
    assert "`double`, `triple`" in line_with(text, "not written yet")
    assert "handed_out.json" in line_with(text, "nobody can tell")
    assert "code cells ran" in text


@pytest.mark.parametrize(("content", "words"), [
    ("not json", "it is not JSON"), ("[]", "it has no cells"), (None, "cannot be read"), ("x" * 200, "too large")])
def test_what_cannot_be_read_is_one_sentence(folder, capsys, monkeypatch, content, words):
    monkeypatch.setattr("course_lib.notebook.MAX_BYTES", 100)
    if content is not None:
        (folder / NAME).write_text(content)
    check_submission(folder / NAME)
    text = capsys.readouterr().out
    assert words in line_with(text, "✗ ps_tiny.ipynb")
    assert "cannot be read" in text


@pytest.mark.parametrize("variable", ["COURSE_GRADING", "NBGRADER_EXECUTION"])
def test_while_grading_nothing_happens(folder, capsys, monkeypatch, variable):
    monkeypatch.setenv(variable, "autograde")
    assert check_submission() is None
    assert capsys.readouterr().out == ""


def named(folder, name):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cells": cells()}))
    return str(path)


def test_the_notebook_is_found(folder, not_run, capsys, monkeypatch):
    def looked_at():
        check_submission()
        return capsys.readouterr().out.splitlines()

    assert any("which notebook is this?" in line for line in looked_at())
    named(folder, "only.ipynb")
    assert any("only.ipynb: " in line for line in looked_at())
    named(folder, "second.ipynb")
    assert any("check_submission('only.ipynb')" in line for line in looked_at())
    shell = SimpleNamespace(user_ns={"__vsc_ipynb_file__": named(folder, "code.ipynb")})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr("course_lib.cards._ipython", lambda: None)
    assert any("code.ipynb: " in line for line in looked_at())
    monkeypatch.setenv("JPY_SESSION_NAME", named(folder, "lab.ipynb"))
    assert any("lab.ipynb: " in line for line in looked_at())
    # It was renamed after the kernel started.
    os.rename("lab.ipynb", "other.ipynb")
    assert any("code.ipynb: " in line for line in looked_at())


def test_colab_gives_the_notebook_itself(folder, not_run, capsys, monkeypatch):
    asked = []

    def blocking_request(kind, request, timeout_sec):
        asked.append(kind)
        return {"ipynb": {"cells": cells(), "metadata": {"colab": {"name": NAME}}}} if len(asked) == 1 else None

    colab = ModuleType("google.colab")
    colab._message = SimpleNamespace(blocking_request=blocking_request)
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    check_submission()
    text = capsys.readouterr().out
    assert f"{NAME}: ready" in text
    assert "as it is open in Colab now" in text
    check_submission()
    assert "Colab did not give the notebook" in capsys.readouterr().out
    assert asked == ["get_ipynb"] * 2


def test_the_run_is_real(folder, capsys):
    made = [*cells(triple="def triple(x):\n    return leftover * x"), cell("code", "check_submission = 1\ntriple(2)")]
    (folder / NAME).write_text(json.dumps({"cells": made}))
    check_submission(NAME)
    text = capsys.readouterr().out
    assert line_with(text, "code cell 4").endswith("raises NameError: name 'leftover' is not defined, at "
                                                   "`return leftover * x`")
    assert "3 of 5 code cells ran" in text
    assert text.startswith("Looking at the notebook")


def test_html_of_a_report_is_escaped(folder, not_run):
    report = handing_in._report("<b>", (("Answers", handing_in._run_lines(
        CleanRun([Stop(1, "<i>", "<script>", "`<u>`", False, "")]), ["<a>`"], set())),))
    html = report.to_html()
    assert not any(tag in html for tag in ("<b>", "<i>", "<script", "<u>", "<a>"))
