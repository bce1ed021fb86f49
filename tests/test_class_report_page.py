"""The report of a class in a real browser: for everybody, on a phone, in the dark, on paper, without scripts."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from grading_engine.class_report import page, similarity
from tests.grading_engine.class_report_class import of, student

BROWSER = shutil.which("chromium")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not BROWSER, reason="there is no chromium")]

LONG = "somebody-with-a-rather-long-identifier-from-another-system@students.example.org"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A class of sixty: right, wrong in known and unknown ways, waiting, unreadable, late, repaired, alike."""
    students = [student(0, LONG, 0.0, mistake="squared", late=4000.0, penalty=1.0, likely=["one (likely)", "two"])]
    students += [student(number, f"u{number}", (6.0, 0.0, 4.0, None, 0.0)[number % 5], message="got 7 " * 30,
                         mistake=f"mistake_number_{number % 23}" if number % 5 == 4 else "",
                         written=None if number % 3 else float(number % 2), late=60.0 if number == 7 else 0.0,
                         page="../feedback/u1/tiny/tiny.html" if number % 2 else "", unboxed=number == 9)
                 for number in range(1, 60)]
    students[5].problem = "the newest file is not a notebook"
    source = "def double(x):\n    " + "return x + x  # two of them\n    " * 20
    match = similarity.Match("double", ([(source, True)], [(source, False), ("end", True)]), True)
    pairs = [similarity.Pair((students[1], students[2]), 0.9, 200, [match])]
    path = tmp_path_factory.mktemp("report") / "tiny.html"
    path.write_text(page.render(of(*students), pairs, "Twice"))
    return path


@pytest.fixture
def opened(browser, report):
    pages = []

    def at(width, scheme, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        pages.append(context)
        shown = context.new_page()
        shown.complaints = []
        shown.on("console", lambda message: shown.complaints.append(message.text))
        shown.on("request", lambda request: shown.complaints.append(request.url))
        shown.goto(report.as_uri())
        assert shown.complaints == [report.as_uri()]
        return shown

    yield at
    for context in pages:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_it_withholds_nothing_and_fits(opened, width, scheme):
    shown = opened(width, scheme)
    shown.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_figures_lead_to_students_without_a_script(opened):
    shown = opened(1280, "light", java_script_enabled=False)
    bar = shown.locator("#marks details.bar").first
    name = bar.locator(".who a").first
    assert not name.is_visible()
    bar.locator("summary").click()
    assert name.is_visible()
    shown.locator("#functions a[href='#f-double-full']").click()
    assert shown.url.endswith("#f-double-full")
    assert shown.locator("#f-double-full").inner_text() == "full marks (11)"
    shown.locator(".map .made a").first.click()
    assert "#m" in shown.url


def test_it_prints(opened):
    assert opened(1280, "light").pdf(prefer_css_page_size=True).startswith(b"%PDF")
