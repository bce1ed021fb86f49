"""The page: one HTML file that needs nothing from elsewhere, no script either, and links every figure to its students.

Ids, file names and code come from students: the template escapes everything but the style sheet.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from course_lib.language import current
from grading_engine.class_report import figures, mistakes, records, remarks, similarity
from grading_engine.class_report.records import FUNCTION, KINDS, MISSING, STATUSES
from grading_engine.files import write_whole
from grading_engine.language import texts
from grading_engine.reading import headings

FOLDER = "reports"
TEMPLATES = Path(__file__).parent.parent / "templates" / "class_report"
# Pairs whose code is shown; the others are named.
MOST_PAIRS = 20

_ = texts.gettext


@dataclass(frozen=True)
class Part:
    """Marks of one kind of items, or of all: ``values`` are those of ``students``.

    ``waiting`` is how many marks of it still wait for a person.
    """

    title: str
    points: float
    waiting: int
    students: list
    values: list
    summary: object
    bins: list


@dataclass
class ItemRow:
    """A plot or a written answer in figures; ``mean`` is that of the answers with marks, as a share of the points."""

    item: records.Item
    unanswered: list
    unmarked: list
    mean: float | None
    discrimination: float | None
    varies: bool
    remarks: list = ()


@dataclass
class FunctionRow:
    """A function in figures: the students by status and by how tests ended, and the known mistakes that occur."""

    item: records.Item
    by_status: dict
    by_outcome: dict
    mean: float | None
    discrimination: float | None
    varies: bool
    mistakes: list
    remarks: list = ()


def write(workspace, problem_set, on_done=lambda student: None):
    """Write the report of a problem set and return its path.

    Parameters
    ----------
    workspace : Workspace
    problem_set : ProblemSet
    on_done : callable
        Gets the id of each student whose record was read: everybody who handed in or has marks.

    Returns
    -------
    Path
        ``<class>/reports/<problem set>.html``.

    Raises
    ------
    CourseError
        While nobody is graded.
    """
    path = Path(workspace.coursedir.root) / FOLDER / f"{problem_set.name}.html"
    of_class = records.read(workspace, problem_set, path.parent, on_done)
    write_whole(path, render(of_class, similarity.pairs(of_class.graded, problem_set), _title(problem_set)))
    return path


def render(of_class, pairs, title):
    """Return the page of a `records.Class` with its `similarity.Pair`s."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"percent": _percent, "number": _number, "time": _time, "span": _span, "prose": _prose}
    students, functions = of_class.graded, [item.name for item in of_class.of_kind(FUNCTION)]
    found = mistakes.known(students, functions)
    function_rows, item_rows = _rows(of_class, found)
    late = sorted((student for student in students if student.late > 0), key=lambda one: (-one.late, one.number))
    timed = [student for student in students if student.handed_in]
    bars = figures.timeline([student.handed_in for student in timed], of_class.due)
    return environment.get_template("page.html.j2").render(
        _=_, ngettext=texts.ngettext, language=current(), style=Markup((TEMPLATES / "style.css").read_text()),
        of_class=of_class, title=title, students=students, statuses=STATUSES, words=_words(), parts=_parts(of_class),
        todo=_todo(of_class), functions=function_rows, items=item_rows, outcomes=_outcomes(function_rows),
        mistakes=found, by_student=_by_student(found), map=mistakes.heat_map(found),
        unnamed=mistakes.unnamed(students, functions), late=late,
        timeline=[(begin, end, [timed[index] for index in indices]) for begin, end, indices in bars],
        pairs=pairs, most_pairs=MOST_PAIRS, least=similarity, fewest=figures.FEWEST)


def _title(problem_set):
    found = [title for cell in problem_set.source.cells if cell.cell_type == "markdown"
             for level, title in headings(cell.source) if level == 1]
    return found[0] if found else problem_set.name


def _words():
    """What kinds and statuses are called; here, since the language is known only when a page is made."""
    return {"function": _("functions"), "plot": _("plots"), "written": _("written answers"),
            "one plot": _("plot"), "one written": _("written answer"),
            "full": _("full marks"), "partial": _("part of the marks"), "none": _("no marks"),
            "missing": _("not written"), "waits": _("waits for a person"),
            "failed": _("wrong"), "timeout": _("out of time"), "memory": _("out of memory"),
            "exit": _("ended its process"), "crash": _("crashed"), "error": _("engine fault")}


def _parts(of_class):
    """The `Part` of all items, with the marks that are there, and of each kind, for those who have all its marks.

    While plots or answers wait, the marks of that kind are those of the empty ones: they are left out.
    """
    students = of_class.graded
    waits = any(student.unsure for student in students)
    parts = [_part(_("total so far") if waits else _("total"), of_class.items, students)]
    for kind in KINDS:
        items = of_class.of_kind(kind)
        whole = [student for student in students if all(student.scores[item.name] is not None for item in items)]
        waiting = sum(student.unsure.get(item.name) == records.UNMARKED for student in students for item in items)
        if items:
            parts.append(_part(_words()[kind], items, [] if waiting else whole, waiting))
    return parts


def _part(title, items, students, waiting=0):
    points = sum(item.points for item in items)
    values = [sum(student.scores[item.name] or 0.0 for item in items) for student in students]
    bins = figures.histogram([value / points for value in values]) if points else []
    return Part(title, points, waiting, students, values, figures.summary(values),
                [[students[index] for index in indices] for indices in bins])


def _rows(of_class, found):
    """The `FunctionRow` of every function and the `ItemRow` of everything else."""
    students = of_class.graded
    table = figures.score_table(students, of_class.items)
    # Whoever wrote nothing at all has nothing everywhere, which would make every item look selective.
    tried = [any(student.statuses[item.name] != MISSING for item in of_class.of_kind(FUNCTION)) for student in students]
    discriminations = figures.discriminations(table[tried])
    functions, others = [], []
    for item, column, discrimination in zip(of_class.items, table.T, discriminations, strict=True):
        if item.kind == FUNCTION:
            by_status = {status: [student for student in students if student.statuses[item.name] == status]
                         for status in STATUSES}
            row = FunctionRow(item, by_status, _by_outcome(students, item), figures.mean_share(column, item.points),
                              discrimination, figures.varies(column),
                              [mistake for mistake in found if mistake.function == item.name])
            row.remarks = remarks.of_function(row, len(students))
            functions.append(row)
        else:
            answered = [student.answered[item.name] for student in students]
            unmarked = [student for student in students if student.unsure.get(item.name) == records.UNMARKED]
            row = ItemRow(item, [student for student in students if not student.answered[item.name]], unmarked,
                          figures.mean_share(column[answered], item.points), None if unmarked else discrimination,
                          figures.varies(column))
            row.remarks = remarks.of_question(row, len(students))
            others.append(row)
    return functions, others


def _by_outcome(students, item):
    """Students by how a test of a function ended; the tests of what was not written say nothing new."""
    found = {}
    for student in students:
        if student.statuses[item.name] != MISSING:
            for outcome in {test.outcome for test in student.tests[item.name]} - {"passed"}:
                found.setdefault(outcome, []).append(student)
    return found


def _outcomes(rows):
    """The outcomes that occur, the most frequent first."""
    count = Counter()
    for row in rows:
        count.update({outcome: len(students) for outcome, students in row.by_outcome.items()})
    return [outcome for outcome, _number in sorted(count.items(), key=lambda entry: (-entry[1], entry[0]))]


def _by_student(found):
    """{student's number: {function: mistakes}}."""
    by_student = {}
    for mistake in found:
        for student in mistake.students:
            by_student.setdefault(student.number, {}).setdefault(mistake.function, []).append(mistake)
    return by_student


def _todo(of_class):
    """What needs a person, by reason: lists of students, of (student, items or sentences), of (item, students)."""
    students = of_class.graded

    def unsure(why):
        return [(item, waiting) for item in of_class.items
                if (waiting := [student for student in students if student.unsure.get(item.name) == why])]

    return {"unread": [student for student in of_class.students if student.problem],
            "faults": unsure(records.FAULT), "unmarked": unsure(records.UNMARKED),
            "to_confirm": unsure(records.TO_CONFIRM), "likely": [student for student in students if student.likely],
            "unboxed": [student for student in students if student.unboxed]}


def _prose(text):
    """A sentence with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))


def _percent(share):
    return "–" if share is None else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def _number(value):
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _time(moment):
    return "–" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _span(seconds):
    """A length of time in words, to the minute."""
    minutes = max(1, round(timedelta(seconds=seconds).total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, texts.ngettext("{n} day", "{n} days", days)), (hours, _("{n} h")), (minutes, _("{n} min"))]
    return " ".join(text.format(n=count) for count, text in parts if count)
