"""A page of feedback as students see it: on a light and a dark screen, on a telephone, on paper, without seeing it."""

import pytest

from grading_engine import feedback
from tests.browser import barriers, chromium, graded_class, needs_chromium, screenshot, visit

pytestmark = needs_chromium

FOLDED = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory, tiny_root, sandbox):
    """Of the page of a student who handed in late, with a TA's comment and an answer that waits."""
    with graded_class(tmp_path_factory.mktemp("feedback") / "class", tiny_root) as tiny:
        with tiny.gradebook() as gradebook:
            gradebook.find_comment("double", "tiny", "tiny", "wrong").manual_comment = "Count the **factors**."
            gradebook.find_submission_notebook("tiny", "tiny", "wrong").late_submission_penalty = 0.5
            gradebook.db.commit()
        yield feedback.write(tiny.workspace, tiny.exercises, "wrong").as_uri()


@pytest.mark.parametrize(("name", "settings"), [
    ("light", {"color_scheme": "light"}), ("dark", {"color_scheme": "dark"}),
    ("phone", {"viewport": {"width": 390, "height": 844}}),
    ("phone-dark", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"})])
def test_everybody_can_read_it(browser, address, name, settings):
    with visit(browser, address, **settings) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        screenshot(page, f"feedback-{name}", full_page=True)
        page.evaluate(FOLDED)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert barriers(page) == []
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(1, 4, 9)") == (settings.get("color_scheme") == "dark")


def test_it_is_told_in_an_order(browser, address):
    with visit(browser, address) as page:
        assert page.get_attribute("html", "lang") == "en"
        assert page.locator("h1").all_inner_texts() == ["Doubling"]
        for landmark in ("banner", "main"):
            assert page.get_by_role(landmark).count() == 1
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.get_by_role("meter").count() == page.get_by_role("meter", name="share of the points of").count() > 0
        marks = page.get_by_role("region", name="Marks")
        assert "1.5 of 10 points so far" in marks.inner_text()
        assert "1 answer waits for a person" in marks.inner_text()
        assert "0.5 points were taken off" in marks.inner_text()
        assert page.locator(".comment strong").inner_text() == "factors"


def test_what_to_read_again_leads_to_its_place(browser, address):
    with visit(browser, address) as page:
        again = page.get_by_role("region", name="What to read again")
        assert "lectures 001, 003: doubling" in again.inner_text()
        again.get_by_role("link", name="double(x) · 6 points").first.click()
        heading = page.get_by_role("heading", name="double(x) · 6 points")
        heading.wait_for()
        page.wait_for_function("place => Math.abs(place.getBoundingClientRect().top) < innerHeight / 2",
                               arg=heading.element_handle())


def test_on_paper_nothing_is_folded_away(browser, address):
    with visit(browser, address, color_scheme="dark") as page:
        # An element that is folded away has boxes, too; only what can be seen has visible text.
        folded = page.locator("details > :not(summary)")
        assert not any(folded.nth(number).is_visible() for number in range(folded.count()))
        page.emulate_media(media="print", color_scheme="dark")
        assert folded.count() > 1
        assert all(folded.nth(number).is_visible() for number in range(folded.count()))
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.get_by_role("navigation").first.is_visible()
        # As wide as a sheet of A4 between its margins.
        page.set_viewport_size({"width": 720, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        screenshot(page, "feedback-print", full_page=True)


def test_it_needs_nothing_from_elsewhere(browser, address):
    asked = []
    with visit(browser, "about:blank", java_script_enabled=False) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
    assert [url for url in asked if not url.startswith("data:")] == [address]
