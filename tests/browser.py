"""A browser, JupyterLab and a graded class, for tests of what people see."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from concurrent.futures import Future

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell
from playwright.sync_api import sync_playwright

from grading_engine.course import KIT
from tests.grading_engine.tiny_class import TRIPLE, TinyClass

CHROMIUM = shutil.which("chromium")
SCREENSHOTS = KIT / "build" / "screenshots"
# Milliseconds: a machine that does much else at the time is slow, not wrong.
PATIENCE = 60_000
# Seconds until a server that says nothing is ended.
STARTING = 120
# And until one that was asked to end is made to.
ENDING = 20

# axe does not see MathML: a heading of a table that is a formula is empty to it.
EXCLUDED = {"empty-table-header": {"enabled": False}}

needs_chromium = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="there is no chromium")]

# What leads to an answer, as the problem sets have it.
INTRODUCTION = """# Doubling

A problem set of two functions."""
PART = """## Part 1 · Twice

A wide formula, $$f(x_1, x_2, x_3, x_4, x_5, x_6, x_7, x_8) = 2 x_1 + 2 x_2 + 2 x_3 + 2 x_4 + 2 x_5 + 2 x_6 + 2 x_7,$$
and a wide table:

| the number | twice the number | four times the number | eight times the number | sixteen times the number |
|---|---|---|---|---|
| 1 | 2 | 4 | 8 | 16 |

<details><summary>A thought</summary>Folded away.</details>"""
PROMPT = """### `double(x)` · 6 points

Twice $x$.

*Lectures:* 001, 003 · doubling"""
PICTURES = '''"""doubles every element"""
    student.show(heat_map.as_html, np.arange(100.0).reshape(5, 20), np.eye(5, 20), "the table (rows, columns)")
    student.show(charts.curves, {"yours": [3, 2, 1], "right": [3, 1, 1]}, "step", "loss")'''


@contextlib.contextmanager
def chromium():
    """Chromium; two at once in one process would get into each other's way."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def visit(browser, address, **settings):
    """Open a page as somebody would whose screen is as ``settings`` say; a script that fails is a fault of the page."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | settings)
    context.set_default_timeout(PATIENCE)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        page.goto(address)
        yield page
        assert not faults, faults
    except BaseException:
        screenshot(page, "failed")
        raise
    finally:
        context.close()


def screenshot(page, name, full_page=False):
    """Keep how a page looks, below ``build/screenshots``."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)


def barriers(page):
    """What keeps people from a page who use a keyboard or a screen reader, or see badly: axe's findings in words."""
    found = Axe().run(page, options={"rules": EXCLUDED}).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
            for rule in found for node in rule["nodes"]]


@contextlib.contextmanager
def graded_class(folder, tiny_root):
    """A tiny class that is graded; ``wrong`` has most to read, and its written answer waits for a person."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        tiny = TinyClass(folder, tiny_root, monkeypatch)
        _as_in_a_course(tiny)
        tiny.hand_in("right")
        tiny.hand_in("wrong", double=TRIPLE)
        _with_own_cells(tiny.folder / "submitted" / "wrong" / "tiny" / "tiny.ipynb")
        outcomes = tiny.autograde()
        assert all(outcome.grade for outcome in outcomes), outcomes
        yield tiny


def _as_in_a_course(tiny):
    path = tiny.folder / "source" / "tiny" / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[:1] = [new_markdown_cell(INTRODUCTION, id="intro")]
    notebook.cells[2:2] = [new_markdown_cell(PART, id="part_1"), new_markdown_cell(PROMPT, id="double_prompt")]
    nbformat.write(notebook, path)
    tiny.edit_grader("double", '"""doubles every element"""', PICTURES)
    tiny.edit_grader("double", "from grading_engine.grader", "from grading_engine import charts, heat_map\n"
                     "from grading_engine.grader")


def _with_own_cells(path):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [
        new_markdown_cell("# A heading of my own\n\n" + "| a | b |\n|---|---|\n| 1 | 2 |"),
        new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('x' * 300)"),
        new_code_cell("1 / 0"),
    ]
    nbformat.write(notebook, path)


class Lab:
    """JupyterLab in a folder, without anything of the user's own; nbgrader's pages come with it."""

    def __init__(self, folder, home):
        self.folder, self.home, self.said = folder, home, []
        settings = home / "settings" / "@jupyterlab"
        for name, content in {
            # No news from the network, and all cells of a notebook in the page.
            "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
            "notebook-extension/tracker": {"windowingMode": "none"},
        }.items():
            path = settings / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(content))

    @contextlib.contextmanager
    def running(self):
        """Start it on a port that is free; yields its address, and the token in it is the only way in."""
        environment = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ} | {
            "PATH": sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"], "HOME": str(self.home),
            "JUPYTER_CONFIG_DIR": str(self.home / "config"), "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"), "IPYTHONDIR": str(self.home / "ipython"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.home / "workspaces")}
        server = subprocess.Popen(
            [sys.executable, "-P", "-m", "jupyterlab", "--no-browser", "--port=0", "--ip=127.0.0.1", "--allow-root",
             f"--ServerApp.root_dir={self.folder}"], cwd=self.folder, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        address = Future()
        listener = threading.Thread(target=self._listen, args=(server.stderr, address))
        listener.start()
        try:
            known = address.result(STARTING)
            # It says its address a moment before it answers there.
            while server.poll() is None and not _answers(int(known[2])):
                time.sleep(0.05)
            yield lambda path: f"{known[1]}{path}?{known[3]}"
        finally:
            # Asked to end, it ends its kernels, which are in sessions of their own.
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(ENDING)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            listener.join()
            server.stderr.close()
            # Read where a test fails.
            print("".join(self.said))

    def _listen(self, stderr, address):
        for line in stderr:
            self.said.append(line)
            known = re.search(r"(http://127\.0\.0\.1:(\d+)/)lab\?(token=\w+)", line)
            if known and not address.done():
                address.set_result(known)
        if not address.done():
            address.set_exception(RuntimeError("JupyterLab ended before it said its address"))


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
