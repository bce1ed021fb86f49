"""The report of a class: what grading recorded of the tiny class, and that nothing a student chose becomes HTML."""

from html.parser import HTMLParser
from urllib.parse import unquote

import nbformat
import pytest

from grading_engine import class_report, execution, logs, results
from grading_engine.class_report import page, records, similarity
from grading_engine.course import CourseError
from tests.grading_engine.class_report_class import of, student
from tests.grading_engine.tiny_class import RIGHT, TRIPLE, UNCHECKED, TinyClass

SQUARED = "def double(x):\n    if x.ndim != 1: raise ValueError('x')\n    return x**2"
STUB = "def {}(x):\n    raise NotImplementedError"
NASTY = '<b>x & "y"'


class Reader(HTMLParser):
    """The ids, links and tags of a page, and its text."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.tags, self.text = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if "href" in attributes else []

    def handle_data(self, data):
        self.text.append(data)

    def words(self):
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def graded_folder(tmp_path_factory, tiny_root, sandbox):
    """Six who are graded, one whose file is no notebook, and one whose folder is called as nobody is."""
    folder = tmp_path_factory.mktemp("reported")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(execution, "execute", lambda *arguments: None)
        made = TinyClass(folder, tiny_root, monkeypatch)
        for name, double in {"ada": RIGHT, "bob": UNCHECKED, "cyd": TRIPLE, "dan": SQUARED, "eve": SQUARED}.items():
            made.hand_in(name, double)
        made.hand_in("fay", STUB.format("double"), STUB.format("quadruple"))
        made.hand_in(NASTY)
        made.hand_in("gus")
        (folder / "submitted" / "gus" / "tiny" / "tiny.ipynb").write_text("no notebook")
        made.autograde()
    return folder


@pytest.fixture
def graded(tmp_path, graded_folder, monkeypatch):
    made = TinyClass(tmp_path / "class", graded_folder, monkeypatch)
    yield made
    made.refresh()


def read(made):
    return records.read(made.workspace, made.exercises, made.folder / "reports")


def test_what_was_recorded_is_there(graded):
    by_name = {one.name: one for one in read(graded).students}
    assert list(by_name) == [NASTY, "ada", "bob", "cyd", "dan", "eve", "fay", "gus"]
    assert {name: (one.scores["double"], one.scores["quadruple"], one.statuses["double"])
            for name, one in by_name.items() if one.graded} == {
        "ada": (6.0, 2.0, "full"), "bob": (4.0, 2.0, "partial"), "cyd": (0.0, 2.0, "none"), "dan": (0.0, 2.0, "none"),
        "eve": (0.0, 2.0, "none"), "fay": (0.0, 0.0, "missing")}
    assert "not a notebook" in by_name["gus"].problem
    assert "no student's id" in by_name[NASTY].problem
    assert by_name["dan"].sources == {"double": SQUARED, "quadruple": by_name["ada"].sources["quadruple"]}
    assert by_name["fay"].sources == {}
    assert by_name["ada"].unsure == {"written_why": records.UNMARKED}


def test_the_page_has_these_figures_and_links_that_lead_somewhere(graded):
    feedback = graded.folder / "feedback" / "ada" / "tiny" / "tiny.html"
    feedback.parent.mkdir(parents=True)
    feedback.touch()
    done = []
    path = class_report.write(graded.workspace, graded.exercises, on_done=done.append)
    assert path == graded.folder / "reports" / "tiny.html"
    assert sorted(done) == sorted([NASTY, "ada", "bob", "cyd", "dan", "eve", "fay", "gus"])
    html = path.read_text()
    reader = Reader(html)
    text = reader.words()
    assert len(reader.ids) == len(set(reader.ids))
    inside = {link[1:] for link in reader.links if link.startswith("#")}
    assert inside <= set(reader.ids)
    outside = {link.partition("#")[0] for link in reader.links if not link.startswith("#")}
    assert outside == {"../feedback/ada/tiny/tiny.html"}
    assert (path.parent / unquote(outside.pop())).is_file()
    assert "8 handed in 6 graded 6 plots and answers wait for marks" in text
    # Functions: 8, 6, 2, 2, 2 and 0 points.
    assert "functions 8 6 3.33 3.01 0 2 2 5 8" in text
    assert "double 6 1 1 3 1 0 28 % too few" in text
    assert "double , squared (2) The numbers are squared, not doubled. dan eve" in text
    assert "script" not in reader.tags
    assert "src=" not in html


def test_the_report_is_the_same_while_nothing_changes(graded):
    first = class_report.write(graded.workspace, graded.exercises).read_bytes()
    assert class_report.write(graded.workspace, graded.exercises).read_bytes() == first


def test_nobody_graded_is_said(tmp_path, tiny_root, monkeypatch):
    made = TinyClass(tmp_path / "class", tiny_root, monkeypatch)
    with pytest.raises(CourseError, match="nobody's tiny is graded yet: run `course autograde tiny` first"):
        class_report.write(made.workspace, made.exercises)
    assert not (made.folder / "reports").exists()


def test_stock_commands_leave_marks_and_notebooks_which_tell_what_was_written(graded):
    for path in (graded.folder / results.FOLDER).rglob("*.json"):
        path.unlink()
    assert {one.name: one.statuses["double"] for one in read(graded).graded} == {
        "ada": "full", "bob": "partial", "cyd": "none", "dan": "none", "eve": "none", "fay": "missing"}


def test_marks_alone_are_reported_when_nothing_else_is_left(graded):
    for folder in (results.FOLDER, logs.FOLDER, "autograded"):
        for path in (graded.folder / folder).rglob("*.*"):
            path.unlink()
    by_name = {one.name: one for one in read(graded).students}
    assert {name: one.statuses["double"] for name, one in by_name.items() if one.graded} == {
        "ada": "full", "bob": "partial", "cyd": "none", "dan": "none", "eve": "none", "fay": "none"}
    assert by_name["gus"].problem == "not graded yet"
    class_report.write(graded.workspace, graded.exercises)


def test_a_person_s_mark_counts_and_a_fault_of_the_grader_waits(graded):
    with graded.gradebook() as gradebook:
        written = gradebook.find_grade("written_why", "tiny", "tiny", "ada")
        written.manual_score, written.needs_manual_grade = 1.5, False
        better = gradebook.find_grade("test_double", "tiny", "tiny", "bob")
        better.manual_score, better.needs_manual_grade = 6.0, True
        broken = gradebook.find_grade("test_double", "tiny", "tiny", "cyd")
        broken.auto_score, broken.needs_manual_grade = None, True
        gradebook.db.commit()
    by_name = {one.name: one for one in read(graded).students}
    assert by_name["ada"].scores["written_why"] == 1.5
    assert by_name["ada"].unsure == {}
    assert (by_name["bob"].statuses["double"], by_name["bob"].unsure["double"]) == ("full", records.TO_CONFIRM)
    assert (by_name["cyd"].statuses["double"], by_name["cyd"].unsure["double"]) == ("waits", records.FAULT)


def test_a_later_file_that_cannot_be_read_is_told_beside_the_earlier_marks(graded):
    (graded.folder / "submitted" / "ada" / "tiny" / "tiny.ipynb").write_text("cut off")
    graded.autograde("ada")
    ada = next(one for one in read(graded).students if one.name == "ada")
    assert ada.graded
    assert ada.scores["double"] == 6.0
    assert "not a notebook" in ada.problem


def test_likely_repairs_are_told_apart_and_empty_answers_found(graded):
    graded.hand_in("hal")
    path = graded.folder / "submitted" / "hal" / "tiny" / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    by_id = {cell.id: cell for cell in notebook.cells}
    by_id["written_why"].source = " \n"
    notebook.cells.append(nbformat.from_dict(dict(by_id["double"], id="again")))
    by_id["quadruple"].metadata.clear()
    nbformat.write(notebook, path)
    graded.autograde("hal")
    hal = next(one for one in read(graded).students if one.name == "hal")
    assert [repair for repair in hal.repairs if repair not in hal.likely] == [
        "`quadruple` was found by its name: its cell had lost its place (certain)"]
    (likely,) = hal.likely
    assert likely.startswith("the cell of `double` is there 2 times")
    assert hal.answered == {"double": True, "quadruple": True, "written_why": False}


def test_nothing_that_a_student_chose_becomes_html():
    nasty = '</pre></style><script>alert(1)</script><b onclick="x">'
    match = similarity.Match("double", ([(nasty, True)], [(nasty, False)]), False)
    one, other = (student(number, f"{nasty}{number}", 0.0, message=nasty, mistake="", problem=nasty,
                          repairs=[f"`{nasty}` (likely)"], likely=[f"`{nasty}` (likely)"]) for number in (0, 1))
    html = page.render(of(one, other), [similarity.Pair((one, other), 1.0, 200, [match])], nasty)
    reader = Reader(html)
    assert not {"script", "b"} & set(reader.tags)
    assert reader.words().count("<script>alert(1)</script>") > 8
    assert html.count("</pre></style>") == 0


def test_a_class_of_one_is_a_page_too():
    reader = Reader(page.render(of(student(0, "ada", 4.0, message="wrong"), due=None), [], "Twice"))
    assert "1 handed in 1 graded" in reader.words()
    assert {link[1:] for link in reader.links} <= set(reader.ids)
