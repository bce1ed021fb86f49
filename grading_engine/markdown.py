"""Students' Markdown as HTML that neither runs nor loads anything, and that passes for nobody else's words."""

import re
from html import escape

import nh3
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grading_engine.assembly import is_added
from grading_engine.language import texts

# The renderer takes quadratic time for some texts; nobody writes as much as this by hand.
LONGEST = 20_000

_TEXT = {"a", "p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "dl", "dt", "dd",
         "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span", "div", "sub", "sup"}
_MATHML = {"math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "msub", "msup", "msubsup", "munder", "mover",
           "munderover", "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mstyle", "menclose", "mpadded", "mphantom",
           "mmultiscripts", "mprescripts", "none", "mfenced"}
_OF_MATHML = {"mathvariant", "stretchy", "fence", "form", "lspace", "rspace", "linethickness", "notation", "minsize",
              "maxsize", "displaystyle", "scriptlevel", "columnalign", "columnlines", "rowlines", "accent",
              "accentunder", "width", "height", "depth", "separator", "movablelimits", "largeop"}
_CLEANER = nh3.Cleaner(
    tags=_TEXT | _MATHML,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "math": {"display"},
                **dict.fromkeys(_MATHML - {"math"}, _OF_MATHML)},
    url_schemes={"http", "https", "mailto"}, clean_content_tags={"script", "style"},
    allowed_classes={"div": {"highlight"}}, link_rel="noopener noreferrer")
_CODE_OR_FORMULA = re.compile(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)


@pass_context
def markdown2html(context, source):
    """Return a text cell as HTML: nbconvert's filter of this name, for the feedback page and the formgrader."""
    cell = context.get("cell", {})
    students_own = is_added(cell) or cell.get("metadata", {}).get("nbgrader", {}).get("solution")
    if not students_own:
        return _rendered(source, cell)
    if len(source) > LONGEST:
        made = f"<pre>{escape(source)}</pre>"
    else:
        # Where nothing is HTML, the sign that was made harmless is meant as it was typed.
        source = _CODE_OR_FORMULA.sub(lambda match: match[0].replace("&lt;", "<"), source)
        made = _CLEANER.clean(_rendered(source, cell))
    if not is_added(cell):
        return made
    return f"<blockquote><p><small>{escape(texts.gettext('added by the student'))}</small></p>{made}</blockquote>"


def _rendered(source, cell):
    # Headings get no ids: they could be those of the page's own parts.
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)
