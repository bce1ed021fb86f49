"""Running a notebook from top to bottom in a fresh Python: "Restart and Run All" that leaves the open one alone.

The lower half of this file runs in that fresh Python, which starts it as a script and not as a part of the package:
whether the notebook finds `course_lib` by itself is part of what is tried.
"""

import json
import os
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field

LIMIT_MINUTES = 10


@dataclass(frozen=True)
class Stop:
    """A cell that raised an exception.

    Attributes
    ----------
    number : int
        Counted from 1, code cells only.
    error : str
        Class of the exception.
    message : str
    line : str
        The line of the notebook at which it happened, or "".
    unwritten : bool
        Whether only something was not written yet.
    name : str
        The name that a `NameError` missed, or "".
    """

    number: int
    error: str
    message: str
    line: str
    unwritten: bool
    name: str


@dataclass
class CleanRun:
    """How a run went.

    Attributes
    ----------
    stops : list of Stop
    last : int
        Number of the cell that was begun last.
    seconds : float
    late : bool
        Whether it was stopped at the limit.
    interrupted : bool
        Whether somebody interrupted it.
    exit : int
        What Python ended with before the last cell was done; 0 otherwise.
    not_started : str
        Why there was no run at all, or "".
    """

    stops: list = field(default_factory=list)
    last: int = 0
    seconds: float = 0.0
    late: bool = False
    interrupted: bool = False
    exit: int = 0
    not_started: str = ""


def run(sources, folder, on_cell=lambda number: None, minutes=LIMIT_MINUTES):
    """Run code cells in a fresh Python; what they show is dropped, and one that raises does not stop the rest.

    Parameters
    ----------
    sources : list of str
        Of the notebook's code cells.
    folder : Path
        Where the notebook lies, so that it finds its files.
    on_cell : callable
        Is told the number of every cell that begins, counted from 1.
    minutes : float
        After this long the run is ended.

    Returns
    -------
    CleanRun
    """
    outcome = CleanRun()
    begin = time.monotonic()
    environment = os.environ | {"COURSE_GRADING": "1", "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    try:
        process = subprocess.Popen([sys.executable, __file__], cwd=folder, env=environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    except OSError as error:
        return CleanRun(not_started=str(error))
    timer = threading.Timer(60 * minutes, process.kill)
    timer.start()
    done = False
    try:
        with process.stdin as pipe:
            json.dump(sources, pipe)
        for line in process.stdout:
            said = json.loads(line)
            done = said == "done"
            if isinstance(said, int):
                outcome.last = said
                on_cell(said)
            elif not done:
                outcome.stops.append(Stop(**said))
    except KeyboardInterrupt:
        outcome.interrupted = True
    except (OSError, ValueError):
        pass  # it ended in the middle of what it said; its exit status tells the rest
    finally:
        outcome.late = timer.finished.is_set() and not done
        timer.cancel()
        process.kill()
        process.stdout.close()
        code = process.wait()
    if not (done or outcome.late or outcome.interrupted):
        outcome.exit = code
    outcome.seconds = time.monotonic() - begin
    return outcome


def _main():
    """Run the cells that standard input holds, and say on standard output, line by line, what happens."""
    sources = json.load(sys.stdin)
    # Whatever the cells print, and the programs that they start, goes nowhere.
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    # As for a notebook: its own folder comes first, not the one of this file.
    sys.path[0] = ""

    def say(what):
        print(json.dumps(what), file=report, flush=True)

    run_cell = _runner()
    for number, source in enumerate(sources, start=1):
        say(number)
        error = run_cell(source, number)
        if error is not None:
            say(_described(error, number))
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
    say("done")


def _runner():
    """Return a function that runs a cell and returns its exception or None: IPython's way where it is installed."""
    try:
        from IPython.core.interactiveshell import InteractiveShell
    except ImportError:
        return _plain_runner()

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """Do nothing: there is no window."""

        def _showtraceback(self, *args):
            """Show nothing: what happened is told otherwise."""

    shell = Shell.instance()
    shell.history_manager.enabled = False

    def run_cell(source, number):
        result = shell.run_cell(source, store_history=False)
        return result.error_before_exec or result.error_in_exec

    return run_cell


def _plain_runner():
    namespace = {"__name__": "__main__"}

    def run_cell(source, number):
        try:
            exec(compile(source, f"<cell {number}>", "exec"), namespace)
        except BaseException as error:  # noqa: BLE001 - whatever a cell raises is told
            return error
        return None

    return run_cell


def _described(error, number):
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith("<")]
    line = frames[-1].line if frames else ""
    message = str(error)
    if isinstance(error, SyntaxError):
        message, line = error.msg, (error.text or "").strip()
    name = error.name if isinstance(error, NameError) else ""
    unwritten = isinstance(error, NotImplementedError) or bool(getattr(error, "unwritten", False))
    return {"number": number, "error": type(error).__name__[:80], "message": message[:500], "line": (line or "")[:200],
            "unwritten": unwritten, "name": name or ""}


if __name__ == "__main__":
    _main()
