import json
import logging

import nbformat
import pytest
from click.testing import CliRunner

from grading_engine import autograde, cli, execution, results
from grading_engine.cli import shared
from grading_engine.course import CourseError
from tests.grading_engine.tiny_class import RIGHT, TRIPLE, UNCHECKED, TinyClass

# Edits of the grader of `double`: the second test becomes milder, the reference wrong, the second test breaks.
ACCEPTS_TABLES = ("student.double.must_raise(ValueError, rng.normal(size=(2, 3)), naming=(\"x\",))",
                  "student.double.must_match(reference, rng.normal(size=4))")
REFERENCE_IS_TRIPLE = ("return 2.0 * np", "return 3.00 * np")
BREAKS = ('"""refuses a table"""', '"""refuses a table"""\n    raise RuntimeError("the grader is broken")')


@pytest.fixture(scope="module")
def graded_folder(tmp_path_factory, tiny_root, sandbox):
    """A class of two, graded: one is right, one never refuses a table."""
    folder = tmp_path_factory.mktemp("graded")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(execution, "execute", lambda *arguments: None)
        made = TinyClass(folder, tiny_root, monkeypatch)
        made.hand_in("ada", RIGHT)
        made.hand_in("bob", UNCHECKED)
        made.autograde()
    return folder


@pytest.fixture
def graded(tmp_path, graded_folder, monkeypatch):
    """That class, for one test; its notebooks' own cells are not run, which no mark depends on."""
    monkeypatch.setattr(execution, "execute", lambda *arguments: None)
    made = TinyClass(tmp_path / "class", graded_folder, monkeypatch)
    yield made
    made.refresh()


def test_nothing_changed_means_nothing_to_do(graded, monkeypatch):
    monkeypatch.setattr(autograde, "write", None)
    assert graded.regrade() == []


def test_nobody_graded_is_said(graded):
    with graded.gradebook() as gradebook:
        gradebook.remove_assignment("tiny")
    with pytest.raises(CourseError, match="nobody's tiny is graded yet"):
        graded.regrade()


def test_a_milder_grader_raises_marks_and_says_which_test(graded):
    graded.edit_grader("double", *ACCEPTS_TABLES)
    assert graded.changes() == [("bob", "double", 4.0, 6.0, False, "refuses a table: failed -> passed")]
    assert graded.marks("bob") == {"double": 6.0, "quadruple": 2.0}
    assert "double: all right, 6 of 6 points" in graded.graded("bob")
    assert graded.regrade() == []


def test_only_what_a_change_touches_runs_again(graded):
    graded.edit_grader("quadruple", "size=3", "size=33")
    assert [(outcome.student, outcome.ran) for outcome in graded.regrade()] == [
        ("ada", ("quadruple",)), ("bob", ("quadruple",))]


def test_what_builds_on_a_changed_function_runs_again(graded):
    graded.hand_in("eve", RIGHT, "def quadruple(x):\n    return 4 * x")
    graded.autograde("eve")
    graded.edit_grader("double", *ACCEPTS_TABLES)
    assert {outcome.student: outcome.ran for outcome in graded.regrade()} == {
        "ada": ("double", "quadruple"), "bob": ("double", "quadruple"), "eve": ("double",)}


def test_a_function_on_a_wrong_one_that_is_not_touched_keeps_what_it_inherits(graded):
    graded.hand_in("ada", TRIPLE)
    graded.autograde("ada")
    graded.edit_grader("quadruple", "size=3", "size=33")
    assert graded.changes() == []
    assert "inherited from `double`" in graded.graded("ada")


def test_a_lower_mark_is_kept_until_it_is_accepted(graded):
    before = graded.graded("ada")
    graded.edit_grader("double", *REFERENCE_IS_TRIPLE)
    change = ("ada", "double", 6.0, 0.0, True, "doubles every element: passed -> failed")
    assert change in graded.changes()
    assert graded.marks("ada")["double"] == 6.0
    assert "double: all right, 6 of 6 points" in graded.graded("ada")
    assert graded.graded("ada") == before
    # It is no secret later on, and can still be accepted then.
    assert change in graded.changes()
    assert ("ada", "double", 6.0, 0.0, False, change[-1]) in graded.changes(accept_lower=True)
    assert graded.marks("ada")["double"] == 0.0
    assert "double: not right yet, 0 of 6 points" in graded.graded("ada")
    assert graded.regrade() == []


def test_regrading_ends_where_grading_everything_anew_does(graded):
    graded.hand_in("eve", TRIPLE)
    graded.autograde("eve")
    graded.edit_grader("double", *ACCEPTS_TABLES)
    graded.set_points("quadruple", 3)
    graded.regrade(accept_lower=True)
    saved = {student: (graded.graded(student), results.load(graded.workspace, graded.exercises, student))
             for student in ("ada", "bob", "eve")}
    graded.autograde()
    for student, (notebook, remembered) in saved.items():
        assert graded.graded(student) == notebook
        assert results.load(graded.workspace, graded.exercises, student) == remembered


def test_points_seed_and_submission_are_reasons(graded):
    graded.set_points("quadruple", 3)
    assert graded.changes() == [(student, "quadruple", 2.0, 3.0, False, "points 2 -> 3") for student in ("ada", "bob")]
    assert "quadruple: all right, 3 of 3 points" in graded.graded("ada")
    graded.hand_in("bob", RIGHT)
    assert graded.changes() == [
        ("bob", "double", 4.0, 6.0, False, "the submission changed; refuses a table: failed -> passed")]
    graded.seed += 1
    assert [(outcome.ran, outcome.changes) for outcome in graded.regrade()] == [(("double", "quadruple"), ())] * 2
    graded.seed += 1
    graded.set_points("quadruple", 4)
    assert graded.changes()[0] == ("ada", "quadruple", 3.0, 4.0, False, "points 3 -> 4; new seed")


def test_fewer_points_are_a_lower_mark_too(graded):
    graded.set_points("quadruple", 1)
    assert graded.changes() == [(student, "quadruple", 2.0, 1.0, True, "points 2 -> 1") for student in ("ada", "bob")]
    assert graded.marks("ada")["quadruple"] == 2.0
    assert "quadruple: all right, 2 of 1 point" in graded.graded("ada")


def test_tests_that_come_and_go_are_reasons(graded):
    graded.edit_grader("double", *ACCEPTS_TABLES)
    graded.edit_grader("double", "def test_axes(student, rng):\n    \"\"\"refuses a table",
                       "def test_size(student, rng):\n    \"\"\"takes four numbers")
    assert graded.changes()[0][-1] == "takes four numbers: new, passed; refuses a table: not tested any more"


def test_a_fault_of_the_engine_replaces_no_mark(graded, caplog):
    caplog.set_level(logging.CRITICAL)
    graded.edit_grader("double", *BREAKS)
    why = "refuses a table: passed -> error"
    assert graded.changes(accept_lower=True)[0] == ("ada", "double", 6.0, None, True, why)
    assert graded.marks("ada") == {"double": 6.0, "quadruple": 2.0}
    graded.edit_grader("double", *reversed(BREAKS))
    assert graded.changes() == []


def test_a_mark_that_was_missing_is_recorded_when_the_engine_works_again(graded, caplog):
    caplog.set_level(logging.CRITICAL)
    graded.edit_grader("double", *BREAKS)
    graded.autograde("ada")
    assert graded.marks("ada")["double"] is None
    assert graded.changes()[0][:5] == ("ada", "double", None, None, False)
    graded.edit_grader("double", *reversed(BREAKS))
    assert graded.changes()[0] == ("ada", "double", None, 6.0, False, "refuses a table: error -> passed")
    assert graded.marks("ada")["double"] == 6.0


def mark_by_hand(tiny_class, student, **marks):
    """Do what a person does in the formgrader: mark, comment, and take it from the list."""
    with tiny_class.gradebook() as gradebook:
        for cell, mark in marks.items():
            entry = gradebook.find_grade(cell, "tiny", "tiny", student)
            entry.manual_score, entry.needs_manual_grade = mark, False
        gradebook.find_comment("written_why", "tiny", "tiny", student).manual_comment = "Nicely said."
        gradebook.db.commit()


def by_hand(tiny_class, student, cell):
    with tiny_class.gradebook() as gradebook:
        entry = gradebook.find_grade(cell, "tiny", "tiny", student)
        return entry.manual_score, entry.score, entry.needs_manual_grade


def test_what_a_person_did_stays(graded):
    mark_by_hand(graded, "bob", test_double=5.0, test_quadruple=1.5, written_why=2.0)
    graded.edit_grader("double", *ACCEPTS_TABLES)
    assert graded.changes() == [("bob", "double", 4.0, 6.0, False,
                                 "refuses a table: failed -> passed; the 5 given by hand stay")]
    # The engine's mark of `double` is another one than the person saw; the others are as they were.
    assert by_hand(graded, "bob", "test_double") == (5.0, 5.0, True)
    assert by_hand(graded, "bob", "test_quadruple") == (1.5, 1.5, False)
    assert by_hand(graded, "bob", "written_why") == (2.0, 2.0, False)
    assert by_hand(graded, "ada", "written_why") == (None, 0.0, True)
    with graded.gradebook() as gradebook:
        assert gradebook.find_comment("written_why", "tiny", "tiny", "bob").comment == "Nicely said."
    assert graded.marks("bob") == {"double": 6.0, "quadruple": 2.0}


def test_what_was_handed_in_again_is_for_people_to_look_at(graded):
    mark_by_hand(graded, "bob", written_why=2.0)
    graded.hand_in("bob", RIGHT)
    graded.regrade()
    assert by_hand(graded, "bob", "written_why") == (2.0, 2.0, True)


@pytest.mark.parametrize("damage", [
    lambda path: path.unlink(),
    lambda path: path.write_bytes(b"\x80 no JSON"),
    lambda path: path.write_text("[" * 100_000),
    lambda path: path.write_text("[]"),
    lambda path: path.write_text('{"sha256": "", "functions": {}}'),
    lambda path: path.write_text(path.read_text()[:-9]),
    lambda path: path.write_text(path.read_text().replace('"score": 4.0', '"score": "4.0"')),
])
def test_what_is_damaged_is_as_good_as_missing(graded, damage):
    assert results.load(graded.workspace, graded.exercises, "bob")
    damage(graded.folder / ".course" / "results" / "tiny" / "bob.json")
    assert results.load(graded.workspace, graded.exercises, "bob") == {}


def test_what_is_missing_is_graded_again_and_costs_no_mark(graded):
    (graded.folder / ".course" / "results" / "tiny" / "bob.json").unlink()
    assert [(outcome.student, outcome.ran, outcome.changes) for outcome in graded.regrade()] == [
        ("bob", ("double", "quadruple"), ())]
    assert graded.regrade() == []


def test_a_mark_whose_origin_nobody_knows_gets_no_lower_either(graded):
    (graded.folder / ".course" / "results" / "tiny" / "ada.json").unlink()
    graded.edit_grader("double", *REFERENCE_IS_TRIPLE)
    change = ("ada", "double", 6.0, 0.0, True, "nothing is remembered of the last grading")
    assert graded.changes()[0] == graded.changes()[0] == change
    assert graded.marks("ada")["double"] == 6.0
    assert graded.changes(accept_lower=True)[0] == (*change[:4], False, change[-1])


def test_a_mark_that_something_else_recorded_is_looked_at_again(graded):
    with graded.gradebook() as gradebook:
        gradebook.find_grade("test_quadruple", "tiny", "tiny", "ada").auto_score = 1.0
        gradebook.db.commit()
    assert graded.changes() == [
        ("ada", "quadruple", 1.0, 2.0, False, "nothing is remembered of the last grading")]


def test_a_submission_that_cannot_be_read_any_more_is_one_line_and_nobody_elses_trouble(graded):
    (graded.folder / "submitted" / "ada" / "tiny" / "tiny.ipynb").write_text("no notebook")
    graded.edit_grader("double", *ACCEPTS_TABLES)
    ada, bob = graded.regrade()
    assert ada.problem == "tiny.ipynb is not a notebook: it is not JSON"
    assert [change.new for change in bob.changes] == [6.0]
    assert graded.marks("ada") == {"double": 6.0, "quadruple": 2.0}


@pytest.mark.parametrize("student", ["ada lovelace", "..json", "a/../../b", "łukasz%", "x" * 250, "\udcff"])
def test_files_of_any_student_stay_in_their_folder(graded, student):
    path = results.file_of(graded.workspace, results.FOLDER, graded.exercises, student, "json")
    folder = graded.folder / ".course" / "results" / "tiny"
    assert path.parent == folder
    before = set(folder.iterdir())
    results.save(graded.workspace, graded.exercises, student, {})
    assert set(folder.iterdir()) - before == {path}
    assert results.load(graded.workspace, graded.exercises, student) == {}


def test_who_stops_a_run_keeps_what_is_written(graded, monkeypatch):
    graded.edit_grader("double", *ACCEPTS_TABLES)
    written = autograde.write

    def stop_at_bob(workspace, exercises, student, done):
        if student == "bob":
            raise KeyboardInterrupt
        written(workspace, exercises, student, done)

    monkeypatch.setattr(autograde, "write", stop_at_bob)
    with pytest.raises(KeyboardInterrupt):
        graded.regrade()
    monkeypatch.setattr(autograde, "write", written)
    assert [change[0] for change in graded.changes()] == ["bob"]


def invoke(tiny_class, *arguments):
    """Run the command inside the class's folder."""
    patch = tiny_class.monkeypatch
    patch.chdir(tiny_class.folder)
    patch.setattr("grading_engine.cli.shared.problem_set", lambda name: tiny_class.exercises)
    patch.setattr("grading_engine.cli.grading.course_seed", lambda: tiny_class.seed)
    with patch.context() as wide:
        wide.setattr(shared.console, "_width", 200)
        with shared.console.capture() as captured:
            result = CliRunner().invoke(cli.commands, ["regrade", "tiny", *arguments])
    return result.exit_code, captured.get()


def test_the_command_shows_old_and_new_marks_and_says_what_is_kept(graded):
    assert invoke(graded) == (0, "nothing to do: every mark of tiny was made from what is there now\n")
    graded.edit_grader("double", *REFERENCE_IS_TRIPLE)
    status, text = invoke(graded)
    assert status == 0
    assert "│ ada     │ double   │ 6   │ 0 (kept 6) │ doubles every element: passed -> failed" in text
    assert "--accept-lower` records the lower marks too" in text
    status, text = invoke(graded, "--accept-lower")
    assert "│ ada     │ double   │ 6   │ 0   │ doubles every element: passed -> failed" in text
    assert "marks changed: 2; kept: 0" in text


def test_the_command_tells_by_its_exit_status_that_a_person_is_needed(graded, caplog):
    caplog.set_level(logging.CRITICAL)
    graded.edit_grader("double", *BREAKS)
    status, text = invoke(graded)
    assert status == 1
    assert "needs a person (kept 6)" in text


def test_a_title_is_no_markup_for_the_table(graded):
    graded.edit_grader("double", '"""refuses a table"""', '"""refuses [/a] table"""')
    graded.edit_grader("double", *ACCEPTS_TABLES)
    status, text = invoke(graded)
    assert status == 0
    assert "refuses [/a] table: failed -> passed" in text


def test_what_is_remembered_says_what_it_was_made_from(graded):
    raw = json.loads((graded.folder / ".course" / "results" / "tiny" / "ada.json").read_text())
    assert str(graded.seed) not in raw["functions"]["double"]["origin"].values()
    assert [test["title"] for test in raw["functions"]["double"]["grade"]["tests"]] == [
        "doubles every element", "refuses a table", "leaves its input as it is"]
    assert nbformat.reads(graded.graded("ada"), as_version=4).cells
