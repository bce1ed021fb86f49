"""IPython without Jupyter around it: runs cells inside the sandbox and keeps what they show.

Runs in the student's process; nothing here is secret or trusted.
"""

import base64

import numpy as np
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from IPython.utils.capture import capture_output
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib_inline.backend_inline import flush_figures

KEPT = ("text/plain", "image/png")
BASE64_OF_PNG = "iVBORw0KGgo"
MAX_OUTPUTS = 12
MAX_TEXT = 20_000
MAX_IMAGE = 2_000_000


class PublishedResult(DisplayHook):
    """The value of a cell's last line is an output like others, not text on standard output."""

    def write_output_prompt(self):
        """Do nothing: there is no prompt in a notebook's output."""

    def write_format_data(self, format_dict, md_dict=None):
        """Publish the value in all its formats."""
        self.shell.display_pub.publish(format_dict, md_dict)


class NotebookShell(InteractiveShell):
    """A shell that keeps pictures and tracebacks for the notebook instead of showing them."""

    displayhook_class = PublishedResult
    traceback = ()

    def enable_gui(self, gui=None):
        """Do nothing: there is no window."""

    def _showtraceback(self, etype, evalue, stb):
        self.traceback = stb


def start():
    """Make the shell; figures appear after their cell, as in a notebook."""
    shell = NotebookShell.instance()
    shell.colors = "NoColor"
    shell.history_manager.enabled = False
    shell.run_line_magic("matplotlib", "inline")
    # Drawing is what costs most: as it comes, matplotlib draws a figure three times, for a window that is not there,
    # to find its edges, and for the picture.
    pyplot.uninstall_repl_displayhook()
    shell.events.register("post_execute", flush_figures)
    shell.display_formatter.formatters["image/png"].for_type(Figure, _png)
    return shell


def run_cell(shell, source):
    """Run one cell and return its outputs: [{"kind": "stream" | "display" | "error", ...}]."""
    with capture_output() as captured:
        result = shell.run_cell(source, store_history=False)
    outputs = [{"kind": "stream", "name": name, "text": text[:MAX_TEXT]}
               for name, text in (("stdout", captured.stdout), ("stderr", captured.stderr)) if text]
    for rich in captured.outputs[:MAX_OUTPUTS]:
        data = {kind: _small(rich.data[kind]) for kind in KEPT if kind in (rich.data or {})}
        outputs.append({"kind": "display", "data": {kind: text for kind, text in data.items() if len(text)}})
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        outputs.append({"kind": "error", "name": type(error).__name__, "message": str(error)[:500],
                        "traceback": "\n".join(shell.traceback)[:MAX_TEXT]})
    return outputs


def _png(figure):
    """A figure as base64 of a PNG; one whose layout is managed has nothing beyond its edges."""
    return print_figure(figure, "png", bbox_inches=None if figure.get_layout_engine() else "tight", base64=True)


def _small(content):
    """Text as it is, a picture as its bytes in an array, neither of them too long."""
    if isinstance(content, str) and content.startswith(BASE64_OF_PNG):
        content = base64.b64decode(content)
    if isinstance(content, bytes):
        return np.frombuffer(content, np.uint8) if len(content) <= MAX_IMAGE else "(a picture that is too large)"
    return content[:MAX_TEXT]
