import os
import shutil

import pytest
from nbgrader.utils import parse_utc

from grading_engine import autograde, execution, grading, watch
from grading_engine.course import CourseError
from grading_engine.hidden_tests import TestResult
from grading_engine.workspace import only_writer, open_workspace
from tests.grading_engine.tiny_class import RIGHT, TRIPLE, UNCHECKED, TinyClass

DAY = 24 * 60 * 60


class Watched(TinyClass):
    """A class with a watch whose time passes only when a test says so."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.now = 1.75e9
        self.done, self.troubles = [], []
        self.watch = None
        self.start()

    def start(self, **settings):
        """Start the watch anew, with nothing in its memory; ``settings`` stand in the class's configuration."""
        self.workspace.config.Watch.update(settings)
        self.watch = watch.Watch(
            self.workspace, self.exercises, self.seed, clock=lambda: self.now, sleep=self.pass_by,
            on_done=lambda outcome, shown: self.done.append((outcome.student, shown)), on_trouble=self.troubles.append)

    def pass_by(self, seconds):
        """Let time pass, and nothing else."""
        self.now += seconds

    def rounds(self, number=3):
        """Let the watch look; what is handed in before the first round is graded by the last."""
        for _ in range(number):
            self.watch.round()
            self.pass_by(self.watch.interval)

    def page_path(self, student):
        return self.folder / "feedback" / student / "tiny" / "tiny.html"

    def page(self, student):
        return self.page_path(student).read_text()

    def send(self, student, day, double=RIGHT):
        """Hand in through nbgrader's exchange; returns the folder in its inbound folder."""
        self.hand_in("on the way", double)
        inbound = self.folder / "exchange" / "deep_learning" / "inbound"
        target = inbound / f"{student}+tiny+2025-01-{day} 10:00:00.0 UTC+x"
        inbound.mkdir(parents=True, exist_ok=True)
        shutil.move(self.folder / "submitted" / "on the way" / "tiny", target)
        shutil.rmtree(self.folder / "submitted" / "on the way")
        (target / "timestamp.txt").write_text(f"2025-01-{day} 10:00:00.0 UTC")
        self.workspace.config.Exchange.root = str(self.folder / "exchange")
        return target


@pytest.fixture(scope="module")
def empty_class(tmp_path_factory, tiny_root, sandbox):
    """A class of nobody that has its gradebook: making one takes longer than grading."""
    folder = tmp_path_factory.mktemp("empty")
    with pytest.MonkeyPatch.context() as monkeypatch:
        TinyClass(folder, tiny_root, monkeypatch).autograde()
    return folder


@pytest.fixture
def watched(tmp_path, empty_class, monkeypatch):
    """An empty class; notebooks' own cells are not run, which no mark depends on."""
    monkeypatch.setattr(execution, "execute", lambda *arguments: None)
    made = Watched(tmp_path / "class", empty_class, monkeypatch)
    yield made
    made.refresh()


def test_what_arrives_is_graded_and_its_student_gets_a_page(watched):
    watched.rounds()
    assert watched.done == []
    watched.hand_in("ada", UNCHECKED)
    watched.rounds()
    assert watched.marks("ada") == {"double": 4.0, "quadruple": 2.0}
    assert "6 of 8 points" in watched.page("ada")
    watched.hand_in("bob")
    watched.hand_in("ada")
    watched.rounds()
    assert "8 of 8 points" in watched.page("ada")
    assert watched.done[0] == ("ada", True)
    assert sorted(watched.done[1:]) == [("ada", True), ("bob", True)]
    assert watched.troubles == []


def test_what_is_unchanged_is_left_alone(watched, monkeypatch):
    watched.hand_in("ada")
    watched.rounds()
    before = watched.page_path("ada").stat()
    # Another time of change, the same content: what is recorded tells.
    os.utime(watched.folder / "submitted" / "ada" / "tiny" / "tiny.ipynb", (1, 1))
    watched.rounds()
    watched.start()
    watched.rounds()
    monkeypatch.setattr(autograde, "autograde", None)
    watched.rounds()
    assert watched.done == [("ada", True)]
    assert watched.page_path("ada").stat() == before
    assert watched.troubles == []


def test_what_is_half_written_waits(watched):
    watched.hand_in("ada")
    path = watched.folder / "submitted" / "ada" / "tiny" / "tiny.ipynb"
    whole = path.read_bytes()
    for part in range(5):
        path.write_bytes(whole[:1000 + part])
        watched.rounds(1)
    assert watched.done == []
    path.write_bytes(whole)
    # A time of change in years to come makes nobody wait.
    os.utime(path, (9e9, 9e9))
    watched.rounds()
    assert watched.marks("ada")["double"] == 6.0


def test_results_per_day_are_limited_and_the_last_one_comes_the_next_day(watched):
    watched.start(results_per_day=2)
    for answer in (TRIPLE, UNCHECKED, RIGHT):
        watched.hand_in("ada", answer)
        watched.rounds()
    assert watched.marks("ada")["double"] == 6.0
    assert "4 of 6 points" in watched.page("ada")
    assert "No more results are shown today" in watched.page("ada")
    watched.hand_in("bob")
    watched.rounds()
    assert "1 more result can be shown today" in watched.page("bob")
    # A watch that was started anew knows what was shown, and shows it no sooner.
    watched.start()
    watched.rounds()
    assert "4 of 6 points" in watched.page("ada")
    watched.pass_by(DAY)
    watched.rounds(1)
    assert "6 of 6 points" in watched.page("ada")
    assert "1 more result can be shown today" in watched.page("ada")
    assert watched.done == [("ada", True), ("ada", True), ("ada", False), ("bob", True)]


def test_the_same_answers_again_cost_no_result(watched):
    watched.start(results_per_day=1)
    watched.hand_in("ada", UNCHECKED)
    watched.rounds()
    watched.page_path("ada").unlink()
    timestamp = watched.folder / "submitted" / "ada" / "tiny" / "timestamp.txt"
    timestamp.write_text("2025-01-01 10:00:00 UTC")
    watched.rounds()
    assert watched.done == [("ada", True), ("ada", True)]
    assert "4 of 6 points" in watched.page("ada")


@pytest.mark.parametrize(("disclosure", "shown", "hidden"), [
    ("nothing", ["Received and graded"], ["points", "double", "refuses a table", "result"]),
    ("marks", ["Received and graded", "6 of 8 points", "4 of 6 points", "double"], ["refuses a table", "ValueError"]),
    ("messages", ["Received and graded", "6 of 8 points", "4 of 6 points", "refuses a table", "ValueError"], []),
])
def test_a_page_shows_what_may_be_disclosed(watched, disclosure, shown, hidden):
    watched.start(disclosure=disclosure)
    watched.hand_in("ada", UNCHECKED)
    watched.rounds()
    text = watched.page("ada")
    for word in shown:
        assert word in text
    # What a person marks is on no page.
    for word in (*hidden, "written", "Why is twice", "Two pairs", "person", "<script"):
        assert word not in text


def test_nothing_disclosed_is_nothing_to_limit(watched):
    watched.start(disclosure="nothing", results_per_day=0)
    watched.hand_in("ada")
    watched.rounds()
    assert "Received and graded" in watched.page("ada")


def test_what_comes_from_a_submission_is_escaped():
    tests = [TestResult("test_a", "<b>title", "failed", "<script>alert(1)</script>")]
    grade = grading.Grade("<i>", {"f": grading.FunctionGrade("<u>", 0.0, 2.0, "fail", tests)}, "bubblewrap", 1, [])
    for disclosure in ("nothing", "marks", "messages"):
        text = watch.page("<i>", grade, disclosure, 1.75e9, 1)
        assert not any(danger in text for danger in ("<script", "<b>", "<u>", "<i>"))
        assert 'name="viewport"' in text
        assert "color-scheme: light dark" in text


def break_notebook(folder):
    (folder / "tiny.ipynb").write_text("{")


def drop_notebook(folder):
    (folder / "tiny.ipynb").rename(folder / "other.ipynb")


def link_notebook(folder):
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").symlink_to(folder.parent.parent.parent / "source" / "tiny" / "tiny.ipynb")


def wait_for_ever(folder):
    os.mkfifo(folder / "timestamp.txt")


@pytest.mark.parametrize("spoil", [break_notebook, drop_notebook, link_notebook, wait_for_ever])
def test_a_bad_submission_stops_nobody_and_its_student_is_told(watched, spoil):
    # Graded once already, so that everything that is known of them is looked at too.
    watched.hand_in("bad")
    watched.rounds()
    watched.hand_in("bad", TRIPLE)
    watched.hand_in("good")
    spoil(watched.folder / "submitted" / "bad" / "tiny")
    watched.rounds()
    assert "could not be graded" in watched.page("bad")
    assert "points" not in watched.page("bad")
    assert "8 of 8 points" in watched.page("good")
    shutil.rmtree(watched.folder / "submitted" / "bad")
    watched.hand_in("bad")
    watched.rounds()
    assert "8 of 8 points" in watched.page("bad")


def test_a_time_that_is_none_is_one_students_alone(watched):
    for student in ("ada", "bob", "eve"):
        watched.hand_in(student)
    watched.rounds()
    for student in ("ada", "bob", "eve"):
        watched.hand_in(student, TRIPLE)
    (watched.folder / "submitted" / "bob" / "tiny" / "timestamp.txt").write_bytes(b"\xff never")
    watched.rounds(5)
    assert [watched.marks(student)["double"] for student in ("ada", "bob", "eve")] == [0.0, 6.0, 0.0]


def test_a_fault_of_our_own_is_told_once_and_does_not_end_the_watch(watched, monkeypatch):
    watched.hand_in("ada")
    with monkeypatch.context() as patch:
        patch.setattr(autograde, "autograde", lambda *args, **options: 1 / 0)
        watched.rounds(5)
    assert len(watched.troubles) == 1
    watched.hand_in("ada", TRIPLE)
    watched.rounds()
    assert watched.marks("ada")["double"] == 0.0


@pytest.mark.parametrize("name", ["{student_id}", "-rf", ".hidden", "a\nb", "<script>", "*", "\udcff", "x" * 255])
def test_no_folders_name_matters(watched, name):
    watched.hand_in(name)
    watched.hand_in("good")
    watched.rounds()
    assert watched.marks("good")["double"] == 6.0
    assert {path.name for path in (watched.folder / "feedback").iterdir()} <= {name, "good"}
    assert "<script" not in watched.page(name)


def test_ctrl_c_ends_it_while_it_waits_and_while_it_grades(watched, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    watched.watch.sleep = interrupt
    watched.watch.run()
    watched.start(quiet_seconds=0.0)
    watched.hand_in("ada")
    with monkeypatch.context() as patch:
        patch.setattr(autograde, "autograde", interrupt)
        watched.watch.run()
    with only_writer(watched.workspace):
        assert watched.done == []
    watched.rounds()
    assert watched.done == [("ada", True)]


def test_while_others_write_it_waits_and_says_so_once(watched):
    watched.hand_in("ada")
    with only_writer(watched.workspace):
        watched.rounds(5)
    assert watched.done == []
    assert len(watched.troubles) == 1
    watched.rounds()
    assert watched.done == [("ada", True)]


def test_a_page_that_cannot_be_written_is_tried_again_and_counts_once(watched):
    watched.start(results_per_day=1)
    (watched.folder / "feedback").mkdir()
    (watched.folder / "feedback" / "ada").write_text("in the way")
    watched.hand_in("ada")
    watched.hand_in("bob")
    watched.rounds(5)
    assert sorted(watched.done) == [("ada", False), ("bob", True)]
    assert len(watched.troubles) == 1
    (watched.folder / "feedback" / "ada").unlink()
    watched.rounds(1)
    assert "8 of 8 points" in watched.page("ada")


def test_what_a_person_has_published_since_stays(watched):
    watched.hand_in("ada")
    watched.autograde()
    watched.page_path("ada").parent.mkdir(parents=True)
    watched.page_path("ada").write_text("from `course feedback`")
    watched.rounds()
    assert watched.page("ada") == "from `course feedback`"


def test_what_the_exchange_holds_is_collected_once_and_anew_when_newer(watched, monkeypatch):
    watched.send("ada", "01", TRIPLE)
    watched.rounds(4)
    assert watched.marks("ada")["double"] == 0.0
    watched.send("ada", "02")
    watched.rounds(4)
    assert watched.marks("ada")["double"] == 6.0
    handed_in = watched.workspace.coursedir.get_existing_timestamp(str(watched.folder / "submitted" / "ada" / "tiny"))
    assert handed_in == parse_utc("2025-01-02 10:00:00 UTC")
    monkeypatch.setattr(watched.watch, "_collect", None)
    watched.rounds()
    assert watched.troubles == []


def test_nobody_spoils_the_collection_for_others(watched):
    link_notebook(watched.send("eve", "01"))
    watched.send("..", "01")
    watched.send("bob", "01").rename(watched.folder / "exchange" / "deep_learning" / "inbound" / "bob+tiny+never+x")
    watched.send("good", "01")
    watched.rounds(5)
    assert sorted(path.name for path in (watched.folder / "submitted").iterdir()) == ["good"]
    assert not (watched.folder / "tiny").exists()
    assert watched.marks("good")["double"] == 6.0
    assert len(watched.troubles) == 3


def test_settings_come_from_the_configuration_and_a_wrong_one_is_a_sentence(watched):
    config = watched.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Watch.disclosure = 'messages'\nc.Watch.results_per_day = 5\n")
    made = watch.Watch(open_workspace(watched.folder), watched.exercises, watched.seed)
    assert (made.disclosure, made.results_per_day) == ("messages", 5)
    with pytest.raises(CourseError, match="disclosure"):
        watched.start(disclosure="everything")
