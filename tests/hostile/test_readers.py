"""Nothing that a student writes runs, loads or deceives in the pages that students and staff read.

One submission carries every payload: as its written answer, as text cells and code cells that were added, as stored
outputs, as what cells show at run time, as metadata.  Its page of feedback and its page in the formgrader are served
to a real browser, together with the formgrader's own scripts.  A payload that works asks for its own address.
"""

import functools
import html
import http.server
import json
import mimetypes
import shutil
import subprocess
import threading
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.server_extensions.formgrader import handlers

from grading_engine import autograde, feedback, grading, nbgrader_stages, workers
from grading_engine.course import ProblemSet
from grading_engine.workspace import load_config, make_class, open_workspace
from tests.grading_engine.tiny_class import ThisProcess
from tests.hostile import course

BROWSER = shutil.which("chromium")
SEED = 7
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not BROWSER, reason="there is no chromium")]

# Markdown that a browser acts upon when nothing is taken from it.  URL stands for the payload's own address, PATH for
# the same without the server, which no renderer turns into a link, and REF for a link's name of its own.
LOADING = {
    "script": "<script>fetch('URL')</script>",
    "script_src": '<script src="URL"></script>',
    "script_in_block": "<div>\n<script>\nfetch('URL')\n</script>\n</div>",
    "image_tag": '<img src="URL">',
    "image_tag_capitals": '<ImG sRc="URL">',
    "image_tag_over_lines": '<img\n  src="URL">',
    "handler": "<img src=\"data:,\" onerror=\"fetch('URL')\">",
    "svg_handler": "<svg onload=\"fetch('URL')\"></svg>",
    "svg_image": '<svg width="9" height="9"><image href="URL" width="9" height="9"/></svg>',
    "frame": '<iframe src="URL"></iframe>',
    "frame_with_page": '<iframe srcdoc="&lt;img src=URL&gt;"></iframe>',
    "object": '<object data="URL"></object>',
    "embed": '<embed src="URL">',
    "poster": '<video poster="URL"></video>',
    "style_sheet": '<link rel="stylesheet" href="URL">',
    "icon_preloaded": '<link rel="preload" as="image" href="URL">',
    "style_import": "<style>@import 'URL';</style>",
    "style_attribute": '<div style="width:9px;height:9px;background:url(URL)">&nbsp;</div>',
    "base": '<base href="URL/"><img src="picture.png">',
    "refresh": '<meta http-equiv="refresh" content="0;url=URL">',
    "form": '<form action="URL" id="sent"></form><script>document.getElementById("sent").submit()</script>',
    "input_image": '<input type="image" src="URL">',
    "details": "<details open ontoggle=\"fetch('URL')\"><summary>open</summary></details>",
    "table_background": '<table background="URL"><tr><td>1</td></tr></table>',
    "focus": "<input autofocus onfocus=\"fetch('URL')\">",
    "custom_element": "<any-thing style=\"animation:none\" tabindex=0><img src=\"URL\"></any-thing>",
    "processing_instruction": '<?xml version="1.0"?><img src="URL">',
    "comment_that_ends": '<!-- --><img src="URL"><!-- -->',
    "fence_that_ends_early": '````\n```\n````\n<img src="URL">\n```',
    "code_span_that_does_not_close": '`` code ` <img src="URL">',
    "mermaid": '```mermaid\n<img src="URL">\n```',
    "image": "![picture](URL)",
    "image_in_pointed_brackets": "![picture](<URL>)",
    "image_with_title": '![picture](URL "title")',
    "image_in_link": "[![picture](URL)](#top)",
    "image_in_heading": "## ![picture](URL)",
    "image_in_table": "| a |\n|---|\n| ![picture](URL) |",
    "image_reference": "![picture][REF]\n\n[REF]: URL",
    "image_reference_short": "![REF]\n\n[REF]: URL",
    "image_reference_next_line": "![picture][REF]\n\n[REF]:\n  URL\n  'title'",
    "image_twice_marked": "!![picture](URL)",
    "image_twice_marked_reference": "!![picture][REF]\n\n[REF]: URL",
    "image_marked_often": "!!!![picture](URL)",
    "formula_with_script": "$\\text{<script>fetch('PATH')</script>}$",
    "formula_with_image": "$$\\text{<img\nsrc=URL\nonerror=0>}$$",
    "formula_with_tabs": "$\\text{<img\tsrc=URL>}$",
    "formula_that_ends": "$$\\text{</math>\n<img\nsrc=URL>}$$",
    "formula_in_fence": "$\\text{`<img\tsrc=URL>`}$",
    "formula_style": "$\\style{background:url(URL);display:block}{x}$",
}
# What no browser acts upon as it stands, but might after one step too many.
TRICKS = {
    "entities": "&lt;img src=URL&gt; &#60;img src=URL&#62; &#x3c;img src=URL>",
    "entities_twice": "&amp;lt;img src=URL&amp;gt;",
    "entities_in_formula": "$\\text{&amp;lt;img\tsrc=URL&amp;gt;}$ $\\text{&#60;img\tsrc=URL&#62;}$",
    "entities_in_mermaid": "```mermaid\n&lt;img src=URL&gt;\n```",
    "full_width": "＜img src=URL＞ ＜script＞fetch('URL')＜/script＞",
    "cut_by_nul": "<\0img src=URL> <i\0mg src=URL>",
    "cut_by_controls": "<\x0bimg src=URL> <\x1bimg src=URL> <\ud800img src=URL>",
    "tag_in_tag": "<<img src=URL>img src=URL> <scr<script>ipt>fetch('URL')</scr</script>ipt>",
    "not_closed": '<img src="URL" alt="',
    "utf_7": "+ADw-img src=URL+AD4-",
    "attachment": "!![a](attachment:nothing.png) ![a](attachment:nothing.png)",
    "latex_macros": "$\\require{html}\\def\\x{\\href{URL}{y}}\\x \\unicode{60} \\includegraphics{URL}$",
    "latex_environment": "\\begin{align}<img src=URL>\\end{align} \\\\[<img src=URL>\\\\]",
    "task_list": "- [x] <img src=URL>\n- [ ] ![a](URL)",
}
# What waits for a click, covers the page or stands where a reader trusts it.
DECEIVING = {
    "link_script": "[click](javascript:fetch('URL'))",
    "link_script_reference": "[click][REF] [REF]\n\n[REF]: javascript:fetch('URL')",
    "link_script_auto": "<javascript:fetch('URL')>",
    "link_script_encoded": "[click](&#106;avascript:fetch('URL')) [click](java&#9;script:1) [click](<javascript:1>)",
    "link_data": "[click](data:text/html,<script>fetch('URL')</script>) [click](vbscript:1) [click](file:///etc/passwd)",
    "link_in_formula": "$\\href{javascript:fetch('URL')}{\\text{marks}}$",
    "covers": "$$\\style{position:fixed;inset:0;background:white;z-index:9999}{\\text{100 of 100 points}}$$",
    "covers_with_the_pages_own_styles": "$\\class{navbar navbar-default navbar-fixed-top}{\\text{100 of 100 points}}$",
    "covers_with_style_tag": "<style>.glance{display:none}</style><div style='position:fixed'>100 of 100 points</div>",
    "formula_with_style_tag": "$\\text{<style>*\t{display:none}</style>}$",
    "headings_that_are_addresses": "".join(f"# {name}\n\n" for name in (
        "test_double", "written_why", "written_why-comment", "comment-written_why", "top", "statusmessage")),
    "reversed": "Score: \u202e001/001\u202c \u2066x\u2069 in\u200bvis\u00adible \U000e0041\U000e0042",
    "controls": "\x1b]0;title\x07\x1b]8;;URL\x1b\\link\x1b]8;;\x1b\\ \x1b[2J\x9b31m\x08\x08 \x7f",
    "zalgo": "Z" + "\u0300\u0301\u0302\u0303\u0304" * 200,
    "long_line": "a" * 150_000,
}
# Lines of code cells that were added; SHOW displays a dict of formats.
SHOWN = {
    "shows_html": "SHOW({'text/html': '<script>fetch(\"URL\")</script><img src=\"URL\">', 'text/plain': 'x'})",
    "shows_script": "SHOW({'application/javascript': 'fetch(\"URL\")'})",
    "shows_svg": "SHOW({'image/svg+xml': '<svg onload=\"fetch(`URL`)\"><image href=\"URL\"/></svg>'})",
    "shows_markdown": "SHOW({'text/markdown': '![a](URL) <img src=\"URL\">'})",
    "shows_latex": "SHOW({'text/latex': '</div><img src=\"URL\">'})",
    "shows_widget": "SHOW({'application/vnd.jupyter.widget-view+json': {'model_id': '</script><img src=URL>'}})",
    "shows_own_format": "SHOW({'application/vnd.vega.v5+json': {'data': 'URL'}, 'text/vnd.mermaid': '<img src=URL>'})",
    "prints": "print('</pre><img src=\"URL\"><script>fetch(\"URL\")</script>\\x1b]8;;URL\\x07x\\x1b]8;;\\x07')",
    "raises": "raise type('<img src=URL>', (Exception,), {})('</pre><img src=\"URL\">')",
    "shows_a_page_as_picture":
        "import base64; SHOW({'image/png': base64.b64encode(b'\\x89PNG\\r\\n\\x1a\\n<script>fetch(\"URL\")</script>')"
        ".decode()})",
    "shows_bare_text_as_picture": "SHOW({'image/png': '\"><img src=\"URL\">'})",
    "is_a_magic": "%%html\n<script>fetch('URL')</script><img src=\"URL\">",
    "is_a_script_magic": "%%javascript\nfetch('URL')",
    "source": "# </div></pre><img src=\"URL\"><script>fetch('URL')</script>",
    "source_is_reversed": "admin = False  # \u202e }if admin\u2066 \u2069begin: \u200b",
    # The process of the student is the student's: what it says it showed may be of any format.
    "speaks_for_the_shell":
        "import notebook_shell\nnotebook_shell.run_cell = lambda shell, source: [{'kind': 'display', 'data': "
        "{'text/html': '<img src=URL>', 'text/plain': '<img src=URL>', 'image/png': '\"><img src=URL>'}, "
        "'metadata': {'image/png': {'width': '9 onerror=1'}}}, {'kind': 'stream', 'name': '<img src=URL>', "
        "'text': '<img src=URL>'}, {'kind': 'error', 'name': '<img src=URL>', 'message': '<img src=URL>'}]",
}
ADDRESSES = "http://127.0.0.1:{port}/payload/{name}"
# Adds what a reader would see of a page to the page, since a browser without a window can only print it.
PROBE = """<script>
addEventListener("load", () => setTimeout(() => {
  const covering = [...document.querySelectorAll(".text_cell_render *")].filter(
    (element) => ["fixed", "absolute", "sticky"].includes(getComputedStyle(element).position));
  const marks = document.querySelector(".glance, .panel-heading").getBoundingClientRect();
  const seen = document.elementFromPoint(marks.left + marks.width / 2, marks.top + 10);
  document.documentElement.dataset.covering = covering.map((element) => element.outerHTML).join("\\n");
  const hidden = !marks.width || !seen || !!seen.closest(".text_cell_render");
  document.documentElement.dataset.marksAreHidden = String(hidden);
}, 500));
</script>"""


class Server(http.server.ThreadingHTTPServer):
    """Serves pages and the formgrader's scripts, and remembers which payloads came through."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages, self.asked = {}, set()

    def address(self, name):
        """Where a payload phones."""
        return ADDRESSES.format(port=self.server_port, name=name)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the browser."""

    def do_GET(self):
        path = unquote(self.path.partition("?")[0])
        static = Path(handlers.static_path, path.removeprefix("/formgrader/static/"))
        if path.startswith("/payload/"):
            self.server.asked.add(path.split("/")[2])
            self._answer(b"", "text/plain")
        elif path in self.server.pages:
            self._answer(self.server.pages[path].encode("utf-8", "replace"), "text/html")
        elif path.startswith("/formgrader/api/"):
            self._answer(b"[]", "application/json")
        elif path.startswith("/formgrader/static/") and static.is_file():
            self._answer(static.read_bytes(), mimetypes.guess_type(path)[0] or "application/octet-stream")
        else:
            self.send_error(404)

    do_POST = do_GET  # noqa: N815 - the name is the library's

    def log_message(self, *_):
        """Say nothing."""

    def _answer(self, content, kind):
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="module")
def server():
    """A server on the loopback interface."""
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def pages(server, tmp_path_factory):
    """The submission's page of feedback and its page in the formgrader, as HTML, by name."""
    root = tmp_path_factory.mktemp("class")
    course.write(root)
    make_class(root, 'c.CourseDirectory.source_directory = "source"\n')
    folder = root / "submitted" / "attacker" / "attacked"
    folder.mkdir(parents=True)
    (folder / "attacked.ipynb").write_text(json.dumps(submission(server)))
    exercises, workspace = ProblemSet("attacked", root), open_workspace(root)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(grading, "which_problem_set", lambda stem, sources: exercises)
        patched.setattr(nbgrader_stages, "problem_set", lambda name: exercises)
        patched.setattr(workers, "ProcessPoolExecutor", ThisProcess)
        (outcome,) = autograde.autograde(workspace, exercises, ["attacker"], SEED)
    assert not outcome.problem
    config = load_config(root)
    resources = {"assignment_id": "attacked", "notebook_id": "attacked", "submission_id": "1", "index": 0, "total": 1,
                 "base_url": "", "student": "attacker", "last_name": None, "first_name": None, "notebook_path": "x"}
    graded = root / "autograded" / "attacker" / "attacked" / "attacked.ipynb"
    made = {"feedback": feedback.write(workspace, exercises, "attacker").read_text(),
            "formgrader": HTMLExporter(config=config).from_filename(str(graded), resources=resources)[0]}
    server.pages |= {f"/{name}.html": page.replace("</body>", f"{PROBE}</body>") for name, page in made.items()}
    return made


@pytest.fixture(scope="module")
def looked_at(server, pages):
    """Returns what a browser makes of a page, and which payloads it obeyed."""

    @functools.cache
    def look(name):
        server.asked.clear()
        document = browse(server, f"/{name}.html")
        return document, set(server.asked)

    return look


def browse(server, path):
    """Open a page in a browser and return what has become of it."""
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=5000",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1200,900",
         f"http://127.0.0.1:{server.server_port}{path}"],
        capture_output=True, text=True, timeout=120, check=True)
    return BeautifulSoup(done.stdout, "html.parser")


def submission(server):
    """Return the notebook that carries every payload, as JSON."""
    notebook = course.submission()
    named = {cell.id: cell for cell in notebook.cells}
    texts = {name: addressed(text, server, name) for name, text in (LOADING | TRICKS | DECEIVING).items()}
    written = {name: addressed(text, server, f"written_{name}") for name, text in (LOADING | TRICKS | DECEIVING).items()
               if name != "long_line"}
    named["written_why"].source = "\n\n".join(written.values())
    named["mean"].source = addressed(
        "def mean(x):\n    raise type('<img src=\"URL\">', (ValueError,), {})('<img src=\"URL\">')", server, "report")
    named["slope"].source = addressed("def slope(f, x):\n    return '<img src=\"URL\">'", server, "returned")
    added = [new_markdown_cell(text) for text in texts.values()]
    for name, text in SHOWN.items():
        text = addressed(text, server, name)
        head = "" if text.startswith("%%") else \
            "from IPython.display import display\ndef SHOW(data): display(data, raw=True)\n"
        cell = new_code_cell(head + text)
        cell.outputs = [
            new_output("display_data", metadata={"text/html": {"isolated": True}},
                       data={"text/html": f"<img src='{server.address('stored')}'>",
                             "application/javascript": f"fetch('{server.address('stored')}')",
                             "image/svg+xml": f"<svg><image href='{server.address('stored')}'/></svg>"}),
        ]
        added.append(cell)
    place = 1
    notebook.cells[place:place] = added
    picture = f"<img src={server.address('metadata')}>"
    notebook.metadata |= {
        "title": picture, "authors": [{"name": picture}],
        "kernelspec": {"name": picture, "display_name": picture, "language": picture},
        "language_info": {"name": picture, "pygments_lexer": picture, "codemirror_mode": picture},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": f"</script>{picture}"}},
        "repairs": [picture],
    }
    for number, cell in enumerate(notebook.cells):
        cell.metadata |= {"tags": [f'"{picture}'], "comment": picture, "alt": f'"{picture}'}
        if cell.cell_type == "markdown":
            cell.attachments = {"nothing.svg": {"image/svg+xml": f"<svg>{picture}</svg>"}}
        cell.id = f'"{picture}{number}'
    return notebook


def addressed(text, server, name):
    """Fill in a payload's own address and a name for its link."""
    return text.replace("URL", server.address(name)).replace("PATH", f"/payload/{name}").replace("REF", f"ref {name}")


def text_cells(document):
    """What stands in the text cells of a page."""
    return [element for cell in document.select(".text_cell_render") for element in cell.find_all(True)]


def test_every_payload_works_where_nothing_stops_it(server):
    """Without this, a page that keeps payloads out could not be told from payloads that never worked."""
    frames = ""
    for name, text in LOADING.items():
        text = addressed(text, server, f"control_{name}")
        if text.startswith("$"):
            page = f"<p>{convert(text.strip('$'), display='block').replace(chr(10), ' ')}</p>"
        else:
            page = markdown2html_mistune(text)
        server.pages[f"/control/{name}"] = f"<!DOCTYPE html><body>{page}</body>"
        frames += f'<iframe src="/control/{html.escape(name)}"></iframe>'
    server.pages["/control"] = f"<!DOCTYPE html><body>{frames}</body>"
    server.asked.clear()
    browse(server, "/control")
    assert set(LOADING) - {name.removeprefix("control_") for name in server.asked} == set()


@pytest.mark.parametrize("page", ["feedback", "formgrader"])
def test_no_payload_loads_anything(looked_at, page):
    assert ", ".join(sorted(looked_at(page)[1])) == ""


@pytest.mark.parametrize("page", ["feedback", "formgrader"])
def test_text_cells_hold_nothing_that_acts(looked_at, page):
    elements = text_cells(looked_at(page)[0])
    assert elements
    dangerous = {"script", "style", "link", "meta", "base", "iframe", "object", "embed", "form", "button", "svg", "img",
                 "video", "audio", "textarea", "select", "noscript", "template"}
    assert sorted({element.name for element in elements} & dangerous) == []
    assert [str(element)[:200] for element in elements
            if any(name.startswith("on") or name in ("style", "srcdoc", "background") for name in element.attrs)] == []
    targets = {element["href"] for element in elements if element.has_attr("href")}
    assert [target for target in targets if not target.startswith(("http://", "https://", "#"))] == []


@pytest.mark.parametrize("page", ["feedback", "formgrader"])
def test_nothing_lies_over_the_marks(looked_at, page):
    root = looked_at(page)[0].html
    assert root["data-covering"] == ""
    assert root["data-marks-are-hidden"] == "false"


@pytest.mark.parametrize("page", ["feedback", "formgrader"])
def test_no_heading_takes_the_name_of_something_of_the_page(looked_at, page):
    """The formgrader finds a score's box by its id: a heading with that id would give one answer's marks to another."""
    document = looked_at(page)[0]
    taken = {element["id"] for element in text_cells(document) if element.has_attr("id")}
    own = {element.get(key) for element in document.find_all(True) if not element.find_parent(class_="text_cell_render")
           for key in ("id", "name")}
    grade_ids = {f"{prefix}{name}{suffix}" for name in ("test_double", "written_why")
                 for prefix in ("", "comment-") for suffix in ("", "-comment")}
    assert taken & (own | grade_ids) == set()


@pytest.mark.parametrize("page", ["feedback", "formgrader"])
def test_no_character_deceives(looked_at, page):
    text = looked_at(page)[0].select_one("#notebook").get_text()
    controls = {*map(chr, range(0x20)), *map(chr, range(0x7f, 0xa0))} - set("\n\t")
    directions = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    tags = set(map(chr, range(0xe0000, 0xe0080)))
    assert set(text) & (controls | directions | tags) == set()


@pytest.mark.parametrize("page", ["feedback", "formgrader"])
def test_what_is_honest_stays(looked_at, page):
    """A page from which everything was taken would pass the rest."""
    text = looked_at(page)[0].get_text()
    for honest in ("Why is twice two four?", "doubles every element", "def double(x)"):
        assert honest in text
