"""How the outcome of a check looks: a small card in Jupyter, plain text everywhere else."""

import sys
from dataclasses import dataclass
from html import escape

PASS, FAIL, TODO = "pass", "fail", "todo"

_MARKS = {PASS: "✓", FAIL: "✗", TODO: "○"}
# Mid tones and translucent tints under the text colour of the theme serve light and dark alike.  Theme
# variables would not: Jupyter drops them from the outputs of a notebook that it does not trust.
_COLORS = {
    PASS: ("#2f9e5f", "rgba(46, 160, 90, 0.11)"),
    FAIL: ("#dc4a45", "rgba(220, 60, 60, 0.11)"),
    TODO: ("#d98a00", "rgba(230, 160, 30, 0.13)"),
}
_LONGEST = 400


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
        lines = (("got", self.got), ("expected", self.expected))
        return tuple((name, value) for name, value in lines if value)


@dataclass(frozen=True)
class Card:
    """The outcome of all calls of one function.

    Attributes
    ----------
    name : str
        The function.
    rows : tuple of Row
        One per expectation, in order.
    """

    name: str
    rows: tuple

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
            return "the check passes" if total == 1 else f"all {total} checks pass"
        if total == 1:
            return "the check fails"
        return f"{failed} of {total} checks {'fails' if failed == 1 else 'fail'}"

    @property
    def advice(self):
        """What to do next, where the rows do not say it."""
        if self.status == TODO:
            return "Fill in the cell above, run it, then run this one again."
        return ""

    def to_text(self):
        """The card as plain text, one line per row and more for a failure."""
        lines = [f"{_MARKS[self.status]} {_plain(self.name)}: {self.summary}"]
        if self.advice:
            return f"{lines[0]}. {self.advice}"
        for row in self.rows:
            answer = f" -> {_plain(row.got)}" if row.status == PASS and row.got else ""
            lines.append(f"  {_MARKS[row.status]} {_plain(row.call)}{answer}")
            lines += [f"      {name + ':':<9} {_plain(value)}" for name, value in row.comparison]
            if row.message:
                lines.append(f"      {_plain(row.message)}")
        return "\n".join(lines)

    def to_html(self):
        """The card as HTML with inline styles; every text in it is escaped."""
        color, tint = _COLORS[self.status]
        head = (f'<div style="font-weight: 600">{_mark(self.status)}{_code(self.name)}'
                f'<span style="margin-left: 0.6em">{escape(self.summary)}</span></div>')
        body = "" if self.advice else "".join(_row_html(row) for row in self.rows)
        advice = f'<div style="margin-left: 1.5em">{escape(self.advice)}</div>' if self.advice else ""
        return (f'<div style="border-left: 4px solid {color}; background: {tint}; color: inherit; '
                f'padding: 0.55em 0.9em; border-radius: 3px; line-height: 1.55; max-width: 62em; '
                f'overflow-wrap: anywhere">{head}{advice}{body}</div>')


def show(card):
    """Display the card: HTML with a text fallback under IPython, printed text without it."""
    # A notebook has IPython loaded already; a plain script must not need it.
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(card.to_text())
        return
    from IPython.display import display

    display({"text/html": card.to_html(), "text/plain": card.to_text()}, raw=True)


def _row_html(row):
    answer = ""
    if row.status == PASS and row.got:
        answer = f'<span style="opacity: 0.75"> &rarr; {_code(row.got)}</span>'
    # The negative indent hangs the mark out, so that a long call wraps under itself.
    html = (f'<div style="margin-top: 0.25em; padding-left: 1.5em; text-indent: -1.5em">'
            f'{_mark(row.status)}{_code(row.call)}{answer}</div>')
    for name, value in row.comparison:
        html += (f'<div style="margin-left: 1.5em"><span style="display: inline-block; min-width: 5.2em; '
                 f'opacity: 0.75">{name}</span>{_code(value)}</div>')
    if row.message:
        html += f'<div style="margin-left: 1.5em">{escape(_plain(row.message))}</div>'
    return html


def _mark(status):
    return (f'<span style="display: inline-block; width: 1.5em; text-indent: 0; font-weight: 700; '
            f'color: {_COLORS[status][0]}">{_MARKS[status]}</span>')


def _code(text):
    # Jupyter paints code in its own box; here it stands in a tinted card already.
    return (f'<code style="background: transparent; color: inherit; padding: 0; '
            f'white-space: pre-wrap">{escape(_plain(text))}</code>')


def _plain(text):
    """One line without control characters, capped: what a function raises or returns may hold anything."""
    line = "".join(char if char.isprintable() else " " for char in str(text))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
