"""Text that comes out of a student's process, made fit for a terminal and a page."""

import re

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
