"""What a student sees: the released notebook in JupyterLab, its checks run."""

import shutil

import nbformat
import pytest

from grading_engine.course import KIT, grade_id
from tests.browser import Lab, chromium, needs_chromium, screenshot, visit

pytestmark = needs_chromium

PROBLEM_SET = "ps2_linear_regression"
WRITTEN = ("predict_line", "mse")


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    shutil.copy(KIT / "release" / PROBLEM_SET / f"{PROBLEM_SET}.ipynb", folder)
    with Lab(folder, tmp_path_factory.mktemp("home")).running() as address:
        yield address


def solution(name):
    notebook = nbformat.read(KIT / "source" / PROBLEM_SET / f"{PROBLEM_SET}.ipynb", as_version=4)
    source = next(cell.source for cell in notebook.cells if grade_id(cell) == name)
    return "\n".join(line for line in source.splitlines() if "SOLUTION" not in line)


def test_checks_tell_what_is_right_and_what_is_not_written(browser, lab):
    with visit(browser, lab(f"doc/tree/{PROBLEM_SET}.ipynb"), viewport={"width": 1280, "height": 1100}) as page:
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        for name in WRITTEN:
            cell = cells.filter(has_text=f"def {name}(")
            cell.locator(".cm-content").click()
            page.keyboard.press("Control+a")
            page.keyboard.insert_text(solution(name))
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        cards = page.locator(".jp-OutputArea-output.jp-RenderedHTML")
        cards.filter(has_text="not written yet").wait_for()
        for name, words in (("predict_line", "checks pass"), ("mse", "checks pass"), ("rmse", "not written yet")):
            card = cards.filter(has=page.get_by_text(name, exact=True))
            assert words in card.inner_text()
            card.scroll_into_view_if_needed()
            screenshot(page, f"jupyterlab-{name}")
        assert cards.count() == 3
        assert page.locator(".jp-Dialog, .Toastify__toast--error").count() == 0
