"""What only the formgrader shows: the marking scheme beside an answer that a person marks."""

import re
from html import escape

import nbformat
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.coursedir import CourseDirectory
from traitlets.config import LoggingConfigurable

from grading_engine.course import grade_id, is_manual
from grading_engine.feedback_stages import with_mathml
from grading_engine.language import follow, texts

_REGION = re.compile(r"^[ \t]*### BEGIN SOLUTION[^\n]*\n(.*?)^[ \t]*### END SOLUTION", re.DOTALL | re.MULTILINE)


class MarkingScheme(LoggingConfigurable):
    """A filter for the formgrader's template alone; it reads the instructor's notebook, which lies with the staff."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        follow(self.config)

    def __call__(self, cell, problem_set):
        """Return the marking scheme of an answer as HTML.

        Parameters
        ----------
        cell : NotebookNode
            Of a graded notebook.
        problem_set : str

        Returns
        -------
        str
            Empty for a cell that no person marks, and where the instructor's notebook is not at hand.
        """
        if not is_manual(cell):
            return ""
        source = self._written(problem_set, grade_id(cell))
        if not source:
            return ""
        if cell.cell_type == "code":
            scheme = Highlight2HTML(pygments_lexer="ipython3")(source)
        else:
            renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
            scheme = MarkdownWithMath(renderer=renderer).render(with_mathml(source))
        words = escape(texts.gettext("Marking scheme"))
        return (f'<aside class="scheme rendered_html" aria-label="{words}"><p><strong>{words}</strong></p>{scheme}'
                "</aside>")

    def _written(self, problem_set, name):
        """What the instructor wrote where students answer."""
        folder = CourseDirectory(parent=self)
        path = folder.format_path(folder.source_directory, ".", problem_set)
        try:
            notebook = nbformat.read(f"{path}/{problem_set}.ipynb", as_version=4)
        except OSError:
            return ""
        source = next((cell.source for cell in notebook.cells if grade_id(cell) == name), "")
        return "\n".join(_REGION.findall(source)) or source
