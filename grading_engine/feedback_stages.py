"""Our stages in nbgrader's generate_feedback: what turns a graded notebook into a page that is pleasant to read."""

import html
import re
from dataclasses import dataclass
from xml.etree.ElementTree import tostring

import latex2mathml.converter
from nbconvert.preprocessors import Preprocessor
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from traitlets import Bool

from grading_engine import reading
from grading_engine.assembly import is_added
from grading_engine.course import TEST_PREFIX, grade_id, is_manual
from grading_engine.language import texts
from grading_engine.pipeline import is_grade_cell

_ = texts.gettext

_FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\n]+?)\$", re.DOTALL)
_LONGEST = 2000
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


@dataclass
class Part:
    """One line of the marks at a glance.

    Attributes
    ----------
    name : str
        The function, or the `grade_id` of a plot or a written answer.
    title : str
        The same in words, where it is no function.
    answer, last : int
        Numbers of the cell that the answer stands in and of the one that has its marks.
    score, points : float
    waiting : bool
        Whether a person has to look at it.
    comment : bool
        Whether a person wrote something about it.
    sections : list of reading.Section
    lectures : reading.Lectures or None
    """

    name: str
    title: str
    answer: int
    last: int
    score: float
    points: float
    waiting: bool
    comment: bool = False
    sections: tuple = ()
    lectures: object = None

    @property
    def status(self):
        """One word for the style sheet: right, partly, wrong or waiting."""
        if self.waiting:
            return "waiting"
        return "right" if self.score >= self.points else "partly" if self.score > 0 else "wrong"


class GetMarks(GetGrades):
    """Marks and comments from the gradebook, and which answers still wait for a person."""

    def preprocess(self, nb, resources):
        """Return the notebook with marks in its cells' metadata."""
        nb, resources = super().preprocess(nb, resources)
        # A penalty may be more than what is there to lose so far.
        resources["nbgrader"]["score"] = max(0.0, resources["nbgrader"]["score"])
        marks = [cell.metadata.nbgrader for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        resources["nbgrader"]["waiting"] = sum(mark["waiting"] for mark in marks)
        return nb, resources

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        entry = self.gradebook.find_grade(cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id,
                                          self.student_id)
        cell.metadata.nbgrader["waiting"] = bool(entry.needs_manual_grade)


class Outline(NbGraderPreprocessor):
    """What the page shows above the notebook, and which of its cells belong together."""

    def preprocess(self, nb, resources):
        """Return the notebook as it is; ``resources["page"]`` has the title, parts, sections, and groups of cells."""
        sources = [_text_of(cell) for cell in nb.cells]
        titles = [(level, reading.Section(title, number)) for number, source in enumerate(sources)
                  for level, title in reading.headings(source or "")]
        parts = _parts(nb.cells)
        for part in parts:
            part.sections = reading.sections(sources, part.answer)
            part.lectures = reading.lectures(sources, part.answer)
        resources["page"] = {
            "title": next((section.title for level, section in titles if level == 1),
                          resources["nbgrader"]["notebook"]),
            "parts": parts,
            "sections": [section for level, section in titles if level == 2],
            "groups": _groups(nb.cells, parts),
        }
        return nb, resources


class Formulas(Preprocessor):
    """Formulas as MathML, which needs neither scripts nor a network."""

    enabled = Bool(True, help="Whether formulas become MathML.").tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        """Return the cell as the page shows it."""
        if cell.cell_type == "markdown":
            cell.source = with_mathml(cell.source)
        return cell, resources


class ReadablePage(Preprocessor):
    """No bare score below a report, and words for pictures."""

    enabled = Bool(True, help="Whether scores go and words come.").tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        """Return the cell as the page shows it."""
        if cell.cell_type == "code":
            if is_grade_cell(cell):
                cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    words = _("picture that the code of {name} draws") if grade_id(cell) else _(
                        "picture that the code above draws")
                    output.metadata["image/png"] = {"alt": words.format(name=grade_id(cell))}
        return cell, resources


def with_mathml(source):
    """Return Markdown with its formulas as MathML; what is marked as code stays as it is."""
    parts = _CODE.split(source)
    return "".join(part if _CODE.fullmatch(part) else _FORMULA.sub(_as_mathml, part) for part in parts)


def _parts(cells):
    """The `Part` of every cell with marks."""
    answers = {grade_id(cell): number for number, cell in enumerate(cells) if grade_id(cell)}
    parts = []
    for number, cell in enumerate(cells):
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            name = grade_id(cell).removeprefix(TEST_PREFIX)
            answer = number if is_manual(cell) else answers.get(name, number)
            comment = cells[answer].metadata.nbgrader.get("comment")
            parts.append(Part(name, _title(cell), answer, number, marks["score"], marks["points"], marks["waiting"],
                              bool(comment)))
    return parts


def _groups(cells, parts):
    """Return [(part, numbers of cells)]: an answer, its checks and its report stand together; else the part is None."""
    begins = {part.answer: part for part in parts
              if not any(_text_of(cells[number]) for number in range(part.answer, part.last))}
    groups, number = [], 0
    while number < len(cells):
        part = begins.get(number)
        end = (part.last if part else number) + 1
        groups.append((part, range(number, end)))
        number = end
    return groups


def _title(cell):
    """What a plot or a written answer is called; "" for a function, which has its name."""
    if not is_manual(cell):
        return ""
    kind, __, name = grade_id(cell).partition("_")
    name = name.replace("_", " ")
    return {"written": _("answer: {name}"), "plot": _("plot: {name}")}.get(kind, kind + " {name}").format(name=name)


def _text_of(cell):
    """The instructor's text, "" for an answer, None for everything else."""
    if cell.metadata.get("nbgrader", {}).get("solution"):
        return ""
    return cell.source if cell.cell_type == "markdown" and not is_added(cell) else None


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
