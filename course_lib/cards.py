"""How the outcome of a check looks: a small card in Jupyter, plain text everywhere else."""

import re
import sys
from dataclasses import dataclass
from html import escape

from course_lib.language import texts

_ = texts.gettext

PASS, FAIL, TODO, NOTE = "pass", "fail", "todo", "note"

_MARKS = {PASS: "✓", FAIL: "✗", TODO: "○", NOTE: "!"}
# Mid tones and translucent tints under the text colour of the theme serve light and dark alike.  Theme
# variables would not: Jupyter drops them from the outputs of a notebook that it does not trust.
_AMBER = ("#d98a00", "rgba(230, 160, 30, 0.13)")
_COLORS = {
    PASS: ("#2f9e5f", "rgba(46, 160, 90, 0.11)"),
    FAIL: ("#dc4a45", "rgba(220, 60, 60, 0.11)"),
    TODO: _AMBER,
    NOTE: _AMBER,
}
_LONGEST = 400
# A line of a report may list all functions of a set.
_LONGEST_LINE = 2000


@dataclass(frozen=True)
class Row:
    """What came of one call.

    Attributes
    ----------
    status : str
        `PASS`, `FAIL` or `TODO` (not written yet).
    call : str
        The call as a student would write it.
    got, expected : str
        Both answers; empty where there is none.
    message : str
        One sentence on what is wrong; empty when nothing is.
    """

    status: str
    call: str
    got: str = ""
    expected: str = ""
    message: str = ""

    @property
    def comparison(self):
        """The lines "got" and "expected", unless the sentence names both already."""
        if self.status != FAIL or not self.expected:
            return ()
        if self.expected in self.message and (not self.got or self.got in self.message):
            return ()
        lines = ((_("got"), self.got), (_("expected"), self.expected))
        return tuple((name, value) for name, value in lines if value)


@dataclass(frozen=True)
class Progress:
    """How many functions pass their checks.

    Attributes
    ----------
    passing : int
    total : int, optional
        Functions of the set; 0 where nobody knows.
    """

    passing: int
    total: int = 0

    def __str__(self):
        if self.total:
            return texts.ngettext("{n} of {total} functions of this set passes its checks",
                                  "{n} of {total} functions of this set pass their checks", self.passing).format(
                                      n=self.passing, total=self.total)
        return texts.ngettext("{n} function passes its checks", "{n} functions pass their checks",
                              self.passing).format(n=self.passing)


@dataclass(frozen=True)
class Card:
    """The outcome of all calls of one function.

    Attributes
    ----------
    name : str
        The function.
    rows : tuple of Row
        One per expectation, in order.
    hint : str
        A nudge; empty where there is none, or where it is too early for it.
    progress : Progress, optional
    """

    name: str
    rows: tuple
    hint: str = ""
    progress: Progress | None = None

    @property
    def status(self):
        """`PASS` when every row passed, `TODO` when nothing is written yet, else `FAIL`."""
        states = {row.status for row in self.rows}
        return states.pop() if len(states) == 1 else FAIL

    @property
    def summary(self):
        """The outcome in one line, without the function's name."""
        if self.status == TODO:
            return self.rows[0].message
        failed = sum(row.status != PASS for row in self.rows)
        total = len(self.rows)
        if not failed:
            return _("the check passes") if total == 1 else texts.ngettext(
                "all {n} checks pass", "all {n} checks pass", total).format(n=total)
        if total == 1:
            return _("the check fails")
        return texts.ngettext("{n} of {total} checks fails", "{n} of {total} checks fail", failed).format(
            n=failed, total=total)

    @property
    def advice(self):
        """What to do next, where the rows do not say it."""
        if self.status == TODO:
            return _("Fill in the cell above, run it, then run this one again.")
        return ""

    def to_text(self):
        """The card as plain text, one line per row and more for a failure."""
        lines = [f"{_MARKS[self.status]} {_plain(self.name)}: {self.summary}"]
        if self.advice:
            lines[0] += f". {self.advice}"
        for row in () if self.advice else self.rows:
            answer = f" -> {_plain(row.got)}" if row.status == PASS and row.got else ""
            lines.append(f"  {_MARKS[row.status]} {_plain(row.call)}{answer}")
            lines += [f"      {name + ':':<9} {_plain(value)}" for name, value in row.comparison]
            if row.message:
                lines.append(f"      {_plain(row.message)}")
        if self.hint:
            lines.append(f"  {_('Hint')}: {_plain(self.hint)}")
        if self.progress:
            lines.append(f"  {self.progress}")
        return "\n".join(lines)

    def to_html(self):
        """The card as HTML with inline styles; every text in it is escaped."""
        head = f'{_code(self.name)}<span style="margin-left: 0.6em">{escape(self.summary)}</span>'
        body = "" if self.advice else "".join(_row_html(row) for row in self.rows)
        if self.advice:
            body = f'<div style="margin-left: 1.5em">{escape(self.advice)}</div>'
        if self.hint:
            body += (f'<div style="margin: 0.45em 0 0 1.5em"><b>{escape(_("Hint"))}</b>&ensp;'
                     f'{_rich(self.hint)}</div>')
        if self.progress:
            body += _progress_html(self.progress)
        return _frame(self.status, head, body)


@dataclass(frozen=True)
class Line:
    """One line of a report.

    Attributes
    ----------
    status : str
        `PASS`, `FAIL`, `TODO`, `NOTE`, or "" for a line that only tells.
    text : str
        What stands between grave accents is shown as code.
    """

    status: str
    text: str


@dataclass(frozen=True)
class Report:
    """A card of several sections.

    Attributes
    ----------
    title : str
    summary : str
    sections : tuple of (str, list of Line)
        A heading and what stands below it.
    closing : str
        A last sentence.
    """

    title: str
    summary: str
    sections: tuple
    closing: str = ""

    @property
    def status(self):
        """The worst of all lines."""
        states = {line.status for _heading, lines in self.sections for line in lines}
        return next((status for status in (FAIL, NOTE, TODO) if status in states), PASS)

    def to_text(self):
        """The report as plain text."""
        lines = [f"{_MARKS[self.status]} {_plain(self.title)}: {self.summary}"]
        for heading, section in self.sections:
            lines.append(f"  {heading}")
            lines += [f"    {_MARKS.get(line.status, ' ')} {_plain(line.text, _LONGEST_LINE)}" for line in section]
        return "\n".join([*lines, *([f"  {self.closing}"] if self.closing else [])])

    def to_html(self):
        """The report as HTML with inline styles; every text in it is escaped."""
        head = f'{escape(_plain(self.title))}<span style="margin-left: 0.6em">{escape(self.summary)}</span>'
        body = ""
        for heading, lines in self.sections:
            body += (f'<div style="margin-top: 0.5em; margin-left: 1.5em; font-weight: 600; opacity: 0.75">'
                     f'{escape(heading)}</div>')
            body += "".join(_line_html(line) for line in lines)
        if self.closing:
            body += f'<div style="margin: 0.55em 0 0 1.5em; opacity: 0.75">{escape(self.closing)}</div>'
        return _frame(self.status, head, body)


def show(card):
    """Display a card: HTML with a text fallback under IPython, printed text without it."""
    if _ipython() is None:
        print(card.to_text())
        return
    from IPython.display import display

    display(_formats(card), raw=True)


class Live:
    """An output that is written over while something goes on, and gives way to a card; without IPython, printed."""

    def __init__(self):
        self._handle = None
        self._said = False

    def say(self, text):
        """Show what is going on, in one line."""
        if _ipython() is not None:
            self._put({"text/plain": text})
        elif not self._said:
            print(text)
            self._said = True

    def finish(self, card):
        """Show the card."""
        if _ipython() is not None:
            self._put(_formats(card))
        else:
            print(card.to_text())

    def _put(self, data):
        from IPython.display import display

        if self._handle is None:
            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


def _ipython():
    # A notebook has IPython loaded already; a plain script must not need it.
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def _formats(card):
    return {"text/html": card.to_html(), "text/plain": card.to_text()}


def _frame(status, head, body):
    color, tint = _COLORS[status]
    return (f'<div style="border-left: 4px solid {color}; background: {tint}; color: inherit; '
            f'padding: 0.55em 0.9em; border-radius: 3px; line-height: 1.55; max-width: 62em; '
            f'overflow-wrap: anywhere"><div style="font-weight: 600">{_hung(status, head, margin="0")}</div>'
            f'{body}</div>')


def _row_html(row):
    answer = ""
    if row.status == PASS and row.got:
        answer = f'<span style="opacity: 0.75"> &rarr; {_code(row.got)}</span>'
    html = _hung(row.status, f"{_code(row.call)}{answer}")
    for name, value in row.comparison:
        html += (f'<div style="margin-left: 1.5em"><span style="display: inline-block; min-width: 5.2em; '
                 f'opacity: 0.75">{escape(name)}</span>{_code(value)}</div>')
    if row.message:
        html += f'<div style="margin-left: 1.5em">{escape(_plain(row.message))}</div>'
    return html


def _line_html(line):
    if not line.status:
        return f'<div style="margin-left: 1.5em">{_rich(line.text)}</div>'
    return _hung(line.status, _rich(line.text))


def _hung(status, html, margin="0.25em"):
    # The negative indent hangs the mark out, so that a long line wraps under itself.
    return (f'<div style="margin-top: {margin}; padding-left: 1.5em; text-indent: -1.5em">'
            f'{_mark(status)}{html}</div>')


def _progress_html(progress):
    bar = ""
    if progress.total:
        share = 100 * progress.passing / progress.total
        bar = (f'<div style="height: 3px; border-radius: 2px; background: rgba(128, 128, 128, 0.28); '
               f'max-width: 24em"><div style="height: 3px; border-radius: 2px; width: {share:.0f}%; '
               f'background: {_COLORS[PASS][0]}"></div></div>')
    return (f'<div style="margin: 0.45em 0 0 1.5em"><span style="font-size: 0.88em; opacity: 0.75">'
            f'{escape(str(progress))}</span>{bar}</div>')


def _mark(status):
    return (f'<span style="display: inline-block; width: 1.5em; text-indent: 0; font-weight: 700; '
            f'color: {_COLORS[status][0]}">{_MARKS[status]}</span>')


def _code(text):
    # Jupyter paints code in its own box; here it stands in a tinted card already.
    return (f'<code style="background: transparent; color: inherit; padding: 0; '
            f'white-space: pre-wrap">{escape(_plain(text))}</code>')


def _rich(text):
    """A sentence with code in it."""
    parts = re.split(r"`([^`]*)`", _plain(text, _LONGEST_LINE))
    return "".join(_code(part) if i % 2 else escape(part) for i, part in enumerate(parts))


def _plain(text, longest=_LONGEST):
    """One line without control characters, capped: what a function raises or returns may hold anything."""
    line = "".join(char if char.isprintable() else " " for char in str(text))
    return line if len(line) <= longest else line[: longest - 1] + "…"
