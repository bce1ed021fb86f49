"""Text of a student: what their process says, made fit for a terminal and a page, and what their code mentions."""

import io
import re
import tokenize

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")


def plain(value):
    """Return text without what terminals and browsers obey; anything but text is "".

    Control characters and marks that reverse the direction of writing go, lines stay.  So does where an object lies
    in memory, which differs in every run and tells a reader nothing.
    """
    if not isinstance(value, str):
        return ""
    visible = "".join(c for c in _ESCAPES.sub("", value) if c.isprintable() or c in "\n\t")
    return _ADDRESS.sub("at 0x…", visible)


def used_names(source):
    """Return the names, keywords and operators of Python code; comments and strings do not count.

    The code is split into tokens only, since a student's may be no Python, or nested deep enough to hurt a parser.
    """
    found = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.NAME, tokenize.OP):
                found.add(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass  # what came before the error counts
    return found
