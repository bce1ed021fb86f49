"""What a TA sees: nbgrader's formgrader with our reports, and the marking scheme beside a written answer."""

import nbformat
import pytest

from grading_engine import feedback
from tests.browser import Lab, chromium, graded_class, needs_chromium, screenshot, visit

pytestmark = needs_chromium

SCHEME = "One point for pairs."
COMMENT = "Two pairs of what?"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def tiny_class(tmp_path_factory, tiny_root, sandbox):
    with graded_class(tmp_path_factory.mktemp("formgrader") / "class", tiny_root) as tiny:
        yield tiny


@pytest.fixture(scope="module")
def lab(tiny_class, tmp_path_factory):
    with Lab(tiny_class.folder, tmp_path_factory.mktemp("home")).running() as address:
        yield address


def manual_mark(tiny, student):
    with tiny.gradebook() as gradebook:
        grade = gradebook.find_grade("written_why", "tiny", "tiny", student)
        comment = gradebook.find_comment("written_why", "tiny", "tiny", student)
        return grade.manual_score, comment.manual_comment


def test_a_ta_marks_an_answer_beside_its_scheme(browser, lab, tiny_class):
    with visit(browser, lab("login"), viewport={"width": 1400, "height": 1000}) as page:
        # The formgrader's own pages hand out a cookie that is good for nothing else.
        page.goto(lab("formgrader/gradebook/tiny/tiny"))
        page.get_by_role("link", name="Submission #1").click()
        page.get_by_text("Submission 1 / 2").wait_for()
        student = page.locator(".breadcrumb .name-shown[data-toggle]").first.text_content().strip()
        other = {"right", "wrong"}.difference([student]).pop()

        report = page.get_by_role("group", name="double:")
        assert "6 of 6 points" in report.inner_text() or "0 of 6 points" in report.inner_text()
        scheme = page.get_by_role("complementary", name="Marking scheme")
        assert SCHEME in scheme.inner_text()
        answer = page.locator(".with-scheme .nbgrader_cell")
        assert "Two pairs." in answer.inner_text()
        left, right = answer.bounding_box(), scheme.bounding_box()
        assert left["x"] + left["width"] <= right["x"]
        assert abs(left["y"] - right["y"]) < left["height"]

        report.scroll_into_view_if_needed()
        screenshot(page, "formgrader-report")
        for place, text in (("#written_why", "1.5"), ("#written_why-comment", COMMENT)):
            with page.expect_response(lambda response: response.request.method == "PUT") as saved:
                page.fill(place, text)
                page.locator(place).blur()
            assert saved.value.ok
        scheme.scroll_into_view_if_needed()
        screenshot(page, "formgrader-scheme")
        page.get_by_role("link", name="Next").click()
        page.wait_for_url(lambda url: "submissions" in url)
        page.get_by_text("Submission 2 / 2").wait_for()
    assert manual_mark(tiny_class, student) == (1.5, COMMENT)
    assert manual_mark(tiny_class, other)[0] is None


def test_no_student_gets_a_marking_scheme(tiny_class):
    page = feedback.write(tiny_class.workspace, tiny_class.exercises, "wrong").read_text()
    graded = (tiny_class.folder / "autograded" / "wrong" / "tiny" / "tiny.ipynb").read_text()
    source = nbformat.read(tiny_class.folder / "source" / "tiny" / "tiny.ipynb", as_version=4)
    assert any(SCHEME in cell.source for cell in source.cells)
    assert SCHEME not in page
    assert SCHEME not in graded
