from datetime import datetime, timedelta
from itertools import permutations

import pytest

from grading_engine import feedback, late
from grading_engine.course import CourseError
from grading_engine.late import HandedIn
from grading_engine.workspace import CONFIG, open_workspace
from tests.grading_engine.tiny_class import TinyClass

DUE = datetime(2025, 5, 1, 12)
POINTS = 10.0  # of the tiny set, with the answer that a person marks


@pytest.mark.parametrize(("hours", "extension", "days"), [
    (-5, 0, 0), (0, 0, 0), (0.01, 0, 1), (24, 0, 1), (24.01, 0, 2), (24.01, 2, 0), (49, 2, 1), (30, 0.5, 1)])
def test_each_day_that_has_begun_is_late(hours, extension, days):
    assert late.days_late(DUE + timedelta(hours=hours), DUE, extension) == days


def test_free_days_are_used_in_the_order_of_handing_in():
    first, second, third = (HandedIn("ps1", DUE, 2), HandedIn("ps2", DUE + timedelta(days=1), 2),
                            HandedIn("ps3", DUE + timedelta(days=2), 1))
    for order in permutations([first, second, third]):
        assert late.charged(order, 3) == {"ps1": 0, "ps2": 1, "ps3": 1}
    # A late set that comes in at the very end changes nothing about the others.
    assert late.charged([second, third, HandedIn("ps1", DUE + timedelta(days=9), 9)], 3) == {
        "ps2": 0, "ps3": 0, "ps1": 9}


class LateClass(TinyClass):
    """The tiny class with a due date; three of its days are free, each other one takes a tenth."""

    def configure(self, settings="c.LateDays.free = 3\nc.LateDays.penalty_per_day = 0.1\n"):
        with open(self.folder / CONFIG, "a") as file:
            file.write(settings)
        self.workspace = open_workspace(self.folder)
        self.due("tiny", DUE)

    def due(self, name, when):
        with self.gradebook() as gradebook:
            gradebook.update_or_create_assignment(name, duedate=when)

    def hand_in_late(self, student, days, name="tiny", **answers):
        if name == "tiny":
            self.hand_in(student, **answers)
        folder = self.folder / "submitted" / student / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "timestamp.txt").write_text(f"{DUE + timedelta(days=days)} UTC")

    def off(self, student):
        with self.gradebook() as gradebook:
            return gradebook.find_submission("tiny", student).late_submission_penalty


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, tiny_root):
    """A class whose gradebook is there already; nbgrader takes seconds to make one."""
    with pytest.MonkeyPatch.context() as patch:
        made = LateClass(tmp_path_factory.mktemp("late") / "class", tiny_root, patch)
        made.configure()
        yield made.folder


@pytest.fixture
def late_class(prepared, tmp_path, monkeypatch, sandbox):
    # What `autograde` itself imports, once it does.
    made = LateClass(tmp_path / "class", prepared, monkeypatch)
    made.configure()
    return made


def test_days_beyond_the_free_ones_take_points(late_class):
    for student, days in {"ada": -1, "ben": 3, "cho": 4.5, "dan": 40}.items():
        late_class.hand_in_late(student, days)
    late_class.autograde()
    assert {student: late_class.off(student) for student in ("ada", "ben", "cho", "dan")} == {
        "ada": 0, "ben": 0, "cho": 0.2 * POINTS, "dan": POINTS}
    assert late_class.marks("cho") == {"double": 6.0, "quadruple": 2.0}
    page = feedback.write(late_class.workspace, late_class.exercises, "cho").read_text()
    assert "2 points were taken off for handing in late" in " ".join(page.split())


def test_what_was_handed_in_before_uses_up_the_free_days_graded_or_not(late_class):
    late_class.due("before", DUE - timedelta(days=7))
    late_class.hand_in_late("ada", -5, "before")  # two of the three
    late_class.hand_in_late("ada", 3)
    late_class.hand_in_late("ben", 3)
    late_class.hand_in_late("ben", 9, "before")  # later than the other: its own matter
    late_class.autograde()
    assert (late_class.off("ada"), late_class.off("ben")) == (0.2 * POINTS, 0)


def test_extensions_of_the_file_and_of_the_gradebook(late_class):
    (late_class.folder / "extensions.csv").write_text(
        "student,problem_set,days\nada,tiny,2\nben,other,9\ncho,tin,9\n")
    for student in ("ada", "ben", "cho"):
        late_class.hand_in_late(student, 5)
    late_class.autograde()
    assert {student: late_class.off(student) for student in ("ada", "ben", "cho")} == {
        "ada": 0, "ben": 0.2 * POINTS, "cho": 0.2 * POINTS}
    with late_class.gradebook() as gradebook:
        gradebook.grant_extension("tiny", "ben", days=1)
    (late_class.folder / "extensions.csv").unlink()
    late.settle(late_class.workspace, late_class.exercises)
    assert (late_class.off("ada"), late_class.off("ben")) == (0.2 * POINTS, 0.1 * POINTS)


def test_a_penalty_is_not_cut_to_what_is_marked_so_far(late_class):
    late_class.hand_in_late("ada", 8, double="def double(x): return 3 * x", quadruple="def quadruple(x): return 0")
    late_class.autograde()
    assert late_class.marks("ada") == {"double": 0.0, "quadruple": 0.0}
    assert late_class.off("ada") == 0.5 * POINTS


def test_nothing_comes_off_unless_a_class_says_so(late_class):
    late_class.configure("c.LateDays.free = 0\nc.LateDays.penalty_per_day = 0.0\n")
    late_class.hand_in_late("ada", 8)
    late_class.autograde()
    assert late_class.off("ada") == 0


@pytest.mark.parametrize(("text", "sentence"), [
    ("student,problem_set,days\nada,ps2,two\n", "line 2: a student, a problem set and a number of days"),
    ("student,problem_set,days\nada,ps2,-1\n", "line 2"), ("student,problem_set,days\nada,,1\n", "line 2"),
    ("student,days\nada,1\n", "no column problem_set"),
    ("student,problem_set,days\nada,ps2,1\nada,ps2,1\n", "line 3: ada has an extension of ps2 already")])
def test_a_list_of_extensions_that_makes_no_sense_is_one_sentence(tmp_path, text, sentence):
    (tmp_path / "extensions.csv").write_text(text)
    with pytest.raises(CourseError, match=sentence):
        late.extensions(tmp_path)


def test_a_problem_set_may_be_called_by_its_beginning():
    found = {("ada", "ps2"): 2.0}
    assert late.extension_of(found, "ada", "ps2_linear_regression") == 2
    assert late.extension_of(found, "ada", "ps20_other") == 0
    assert late.extension_of(found, "ben", "ps2_linear_regression") == 0
