"""The page of feedback as HTML: nbgrader's generate_feedback uses this exporter."""

import re
from html import escape

from jupyterlab_pygments import JupyterStyle
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters import Highlight2HTML
from pygments.formatters import HtmlFormatter
from traitlets import default

from course_lib import language
from grading_engine.assembly import is_added
from grading_engine.course import KIT
from grading_engine.language import follow, texts
from grading_engine.markdown import markdown2html
from grading_engine.pipeline import is_grade_cell

_ = texts.gettext

_TEMPLATES = KIT / "grading_engine" / "templates"
_HEADING = re.compile(r"<(/?)h([1-6])\b[^>]*>")
# What may be wider than a telephone: it scrolls by itself, with the keyboard too.
_WIDE = re.compile(r'<table\b.*?</table>|<math\b[^>]*display="block".*?</math>', re.DOTALL)


class FeedbackExporter(TemplateExporter):
    """Notebooks to pages of feedback.

    nbconvert's own exporter of HTML reads every page again to look for pictures without words; that takes longer than
    all the rest.  Here everything that a template prints is escaped unless it says otherwise.
    """

    output_mimetype = "text/html"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        follow(self.config)

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    @default("template_name")
    def _template_name_default(self):
        return "course_feedback"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self):
        return [str(_TEMPLATES)]

    def default_filters(self):
        """Filters that turn a cell's content into HTML."""
        yield from super().default_filters()
        yield "text_cell", text_cell
        yield "highlight_code", Highlight2HTML(pygments_lexer="ipython3", parent=self)

    def _create_environment(self):
        environment = super()._create_environment()
        environment.autoescape = True
        environment.add_extension("jinja2.ext.i18n")
        environment.install_gettext_callables(texts.gettext, texts.ngettext)
        # Their values stand in our style sheet, once for a light screen and once for a dark one.
        colours = HtmlFormatter(style=JupyterStyle).get_style_defs(".highlight")
        environment.globals |= {"is_grade_cell": is_grade_cell, "language": language.current,
                                "colours_of_code": colours}
        return environment


def text_cell(source, cell):
    """Return Markdown as HTML that fits into the page: its headings stand below the page's own.

    Parameters
    ----------
    source : str
        A cell's text, or a comment on it.
    cell : NotebookNode
        Students' cells, and comments on them, are cleaned.
    """
    of_the_student = is_added(cell) or cell.get("metadata", {}).get("nbgrader", {}).get("solution")
    lower = _as_paragraph if of_the_student else _one_lower
    made = _HEADING.sub(lower, markdown2html({"cell": cell}, source))
    return Markup(_WIDE.sub(_scrolling, made))


def _one_lower(match):
    return f"<{match[1]}h{min(int(match[2]) + 1, 6)}>"


def _as_paragraph(match):
    return "</p>" if match[1] else '<p class="heading">'


def _scrolling(match):
    tag, words = ("div", _("table")) if match[0].startswith("<table") else ("span", _("formula"))
    return f'<{tag} class="wide" tabindex="0" role="group" aria-label="{escape(words)}">{match[0]}</{tag}>'
