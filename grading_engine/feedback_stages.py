"""Our stages in nbgrader's generate_feedback: what turns a graded notebook into a page that is pleasant to read."""

import html
import re
from xml.etree.ElementTree import tostring

import latex2mathml.converter
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

from grading_engine.course import TEST_PREFIX
from grading_engine.pipeline import is_grade_cell

_FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\n]+?)\$", re.DOTALL)
_LONGEST = 2000
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


class GetMarks(GetGrades):
    """Marks and comments from the gradebook, and which answers still wait for a person."""

    def preprocess(self, nb, resources):
        """Return the notebook with marks in its cells' metadata."""
        nb, resources = super().preprocess(nb, resources)
        marks = [cell.metadata.nbgrader for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        resources["nbgrader"]["waiting"] = sum(mark["waiting"] for mark in marks)
        return nb, resources

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        entry = self.gradebook.find_grade(cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id,
                                          self.student_id)
        cell.metadata.nbgrader["waiting"] = bool(entry.needs_manual_grade)
        cell.metadata.nbgrader["title"] = entry.name.removeprefix(TEST_PREFIX).replace("written_", "answer: ").replace(
            "plot_", "plot: ").replace("_", " " if not entry.name.startswith(TEST_PREFIX) else "_")


class ReadablePage(NbGraderPreprocessor):
    """Formulas as MathML, which needs neither scripts nor a network; no bare score below a report."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Return the cell as the page shows it."""
        if cell.cell_type == "markdown":
            parts = _CODE.split(cell.source)
            cell.source = "".join(part if _CODE.fullmatch(part) else _FORMULA.sub(_as_mathml, part) for part in parts)
        elif is_grade_cell(cell):
            cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
        return cell, resources


def _as_mathml(match):
    """A formula as MathML; one that cannot be read stays as it was typed."""
    latex = match["block"] or match["inline"]
    if len(latex) > _LONGEST:
        return match[0]
    try:
        display = "block" if match["block"] else "inline"
        tree = latex2mathml.converter.convert_to_element(html.unescape(latex), display=display)
        # The converter writes entities into the text and its own output does not escape what else stands there.
        for element in tree.iter():
            element.text = html.unescape(element.text or "")
        return tostring(tree, encoding="unicode").replace("\n", " ")
    except Exception:  # noqa: BLE001 - whatever a formula's parser raises, the text is still there to read
        return match[0]
