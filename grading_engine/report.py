"""What a student and a TA read under a function: what was tested, what went wrong, the points.

Fixed templates; everything that comes from a submission is escaped and was capped when it was read.
"""

import math
from dataclasses import replace
from html import escape

import nbformat.v4

from grading_engine.language import texts

_ = texts.gettext

# White is read on each of them, and each is seen on white and on black: a report knows no theme.
_COLOURS = {"pass": "#1a7f37", "partial": "#9a6700", "fail": "#cf222e", "missing": "#656d76", "error": "#8250df"}
_MARKS = {"passed": "✓", "error": "?"}
_CODE = ("font-family:ui-monospace,Menlo,Consolas,monospace;font-size:90%;background:transparent;color:inherit;"
         "overflow-wrap:anywhere;white-space:pre-wrap;padding:0")
# A printer leaves out backgrounds otherwise, and white text would be left.
_FILLED = "color:#fff;print-color-adjust:exact;-webkit-print-color-adjust:exact"


def outputs(grade, sandboxed=True):
    """Return the outputs of a grade cell: the report, and the score as the one number that nbgrader reads."""
    data = {"text/html": as_html(grade, sandboxed), "text/plain": as_text(grade, sandboxed)}
    shown = [nbformat.v4.new_output("display_data", data=data)]
    if grade.score is not None:
        shown.append(nbformat.v4.new_output("execute_result", data={"text/plain": repr(float(grade.score))}))
    return shown


def repairs(sentences):
    """Return the cell that says what had to be put right in a notebook before it was graded."""
    lines = "\n".join(f"- {sentence}" for sentence in sentences)
    return nbformat.v4.new_markdown_cell(f"**{_('Put right before grading')}**\n\n{lines}", id="repairs")


def points(grade):
    """The score in words: "2.4 of 3 points"."""
    most = f"{grade.max_score:g}"
    # The rules of plurals are for whole numbers.
    number = math.ceil(grade.max_score)
    if grade.score is None:
        return texts.ngettext("no marks yet of {most} point", "no marks yet of {most} points", number).format(most=most)
    return texts.ngettext("{score} of {most} point", "{score} of {most} points", number).format(
        score=f"{grade.score:g}", most=most)


def in_words(status):
    """What a function's status is called."""
    return {"pass": _("all right"), "partial": _("partly right"), "fail": _("not right yet"),
            "missing": _("not written"), "error": _("needs a person")}[status]


def as_text(grade, sandboxed=True):
    """Return the report of one function as plain text."""
    lines = [f"{grade.name}: {in_words(grade.status)}, {points(grade)}", *_notes(grade, sandboxed)]
    for test in _shown(grade):
        lines.append(f"  {_MARKS.get(test.outcome, '✗')} {test.title}")
        lines += [f"      {line}" for line in (*test.message.splitlines(), test.hint) if line]
    return "\n".join(lines)


def as_html(grade, sandboxed=True):
    """Return the report of one function as HTML without scripts and classes, for any notebook viewer."""
    colour, status = _COLOURS[grade.status], escape(in_words(grade.status))
    rows = "".join(_row(test) for test in _shown(grade))
    notes = "".join(f'<div style="margin:.3em 0">{escape(note)}</div>' for note in _notes(grade, sandboxed))
    return (f'<div role="group" aria-label="{escape(grade.name)}: {status}" style="border:1px solid {colour};'
            f'border-left-width:6px;border-radius:6px;padding:.6em .9em;margin:.3em 0;line-height:1.45">'
            f'<div style="display:flex;justify-content:space-between;flex-wrap:wrap;gap:.2em 1em">'
            f'<span><strong style="{_CODE}">{escape(grade.name)}</strong> '
            f'<span style="background:{colour};{_FILLED};border-radius:4px;padding:.1em .5em;font-weight:600">'
            f'{status}</span></span><strong>{escape(points(grade))}</strong></div>{notes}'
            f'<ul style="list-style:none;margin:.4em 0 0;padding:0">{rows}</ul></div>')


def _row(test):
    good = test.outcome == "passed"
    colour = _COLOURS["pass" if good else "error" if test.outcome == "error" else "fail"]
    word = _("passed") if good else _("not tested") if test.outcome == "error" else _("failed")
    call, __, rest = test.message.partition("\n") if "\n" in test.message else ("", "", test.message)
    detail = f'<div style="{_CODE}">{escape(call)}</div>' if call else ""
    detail += f"<div>{escape(rest)}</div>" if rest else ""
    if test.hint:
        detail += (f'<div style="margin:.3em 0;padding:.3em .6em;border-left:3px solid {colour};font-weight:600">'
                   f"{escape(test.hint)}</div>")
    detail += test.picture
    return (f'<li style="margin:.35em 0;padding-left:1.7em;text-indent:-1.7em">'
            f'<span role="img" aria-label="{escape(word)}" style="background:{colour};{_FILLED};display:inline-block;'
            f'width:1.3em;line-height:1.3em;margin-right:.4em;border-radius:50%;text-align:center;text-indent:0;'
            f'font-weight:700">{_MARKS.get(test.outcome, "✗")}</span>'
            f'{escape(test.title)}<div style="text-indent:0">{detail}</div></li>')


def _shown(grade):
    """The tests to list: a mistake is told once, and the titles of a function that was not written say nothing new."""
    if grade.status == "missing":
        return grade.tests[:1]
    told, tests = set(), []
    for test in grade.tests:
        tests.append(replace(test, hint="", picture="") if test.mistake in told else test)
        told |= {test.mistake} - {None}
    return tests


def _notes(grade, sandboxed):
    if not sandboxed:
        yield _("This was graded without a sandbox.")
    if grade.status == "fail" and any(test.outcome == "passed" for test in grade.tests):
        yield _("The first test is the general case: without it the other tests give no points.")
