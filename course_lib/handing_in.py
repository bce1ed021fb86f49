"""The look at a notebook before it is handed in: is every answer there, and does it run?"""

import json
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from course_lib import answers, clean_run, handed_out, notebook
from course_lib.cards import FAIL, NOTE, PASS, TODO, Line, Live, Report
from course_lib.language import texts
from course_lib.training import being_graded

_ = texts.gettext

# What else there is of a kind is told as a number: the first ones are mostly the reason for the others.
_SHOWN = 6
_ABSENT = (answers.MISSING, answers.UNDEFINED)
_CHECK = re.compile(r"^with check\(\s*(\w+)", flags=re.MULTILINE)
_UPGRADE = "%pip install --upgrade course_lib-{}-py3-none-any.whl"


@dataclass(frozen=True)
class _Opened:
    """A notebook that was found.

    Attributes
    ----------
    name : str
    folder : Path
        Where it lies, or where Python runs.
    data : bytes
    state : str
        Which state of it this is, in words.
    """

    name: str
    folder: Path
    data: bytes
    state: str


def check_submission(path=None):
    """Look at your notebook before you hand it in, and show what is found.

    It reads the notebook's file as it was saved last: save first.  It compares the answers with what was handed out,
    and runs all cells once, from top to bottom, in a fresh Python.  Nothing is changed, and nothing is sent.

    Parameters
    ----------
    path : str or Path, optional
        The notebook's file.  In JupyterLab, VS Code and Colab it is found without.
    """
    # Grading, and the fresh Python of this check itself, run this cell too.
    if being_graded():
        return
    live = Live()
    live.say(_("Looking at the notebook ..."))
    try:
        opened = _open(path)
        cells = notebook.parse(opened.data, opened.name)
    except notebook.BadSubmission as problem:
        live.finish(Report(_("Before you hand in"), _("the notebook cannot be read"),
                           ((_("File"), [Line(FAIL, str(problem))]),)))
        return
    given = handed_out.read(opened.folder) or handed_out.read()
    found = given and answers.find(given.cells, cells)
    sections = [(_("File"), _file_lines(opened, given)),
                (_("Answers"), _answer_lines(given, found) if given else _stub_lines(cells))]
    absent = {repair.name for repair in found.repairs if repair.kind in _ABSENT} if found else set()
    code = [cell.source for cell in cells if cell.kind == "code"]

    def tell(number):
        live.say(_("Running the notebook in a fresh Python, for at most {minutes} minutes: cell {number} of {total} "
                   "...").format(minutes=clean_run.LIMIT_MINUTES, number=number, total=len(code)))

    tell(0)
    sections.append((_("All cells, from top to bottom, in a fresh Python"),
                     _run_lines(clean_run.run(code, opened.folder, tell), code, absent)))
    live.finish(_report(opened.name, tuple(sections)))


def _report(name, sections):
    open_lines = sum(line.status in (FAIL, NOTE, TODO) for _heading, lines in sections for line in lines)
    summary = texts.ngettext("{n} thing to look at before you hand it in", "{n} things to look at before you hand it "
                             "in", open_lines).format(n=open_lines) if open_lines else _("ready to be handed in")
    return Report(name, summary, sections, _("Marks come from more cases than your checks show: this look finds what "
                                             "is missing or does not run, not what is wrong."))


def _open(path):
    """Find and read the notebook; raises `BadSubmission` when there is none."""
    if path is None and "google.colab" in sys.modules:
        return _open_in_colab()
    found = _path(path)
    data = notebook.content(found)
    saved = found.stat().st_mtime
    when = time.strftime("%H:%M:%S" if time.time() - saved < 12 * 3600 else "%Y-%m-%d %H:%M:%S", time.localtime(saved))
    state = _("as it was saved at {when}; what you changed after that is not in it: save, then run this again").format(
        when=when)
    return _Opened(found.name, found.parent, data, state)


def _open_in_colab():
    # Colab has no file of the notebook; this is how its own tools ask for it.
    from google.colab import _message

    try:
        content = _message.blocking_request("get_ipynb", request="", timeout_sec=60)["ipynb"]
        name = str(content.get("metadata", {}).get("colab", {}).get("name") or "notebook.ipynb")
    except Exception as error:  # noqa: BLE001 - whatever Colab's side raises, there is no notebook to look at
        raise notebook.BadSubmission(_("Colab did not give the notebook ({error}): run this cell again").format(
            error=type(error).__name__)) from None
    return _Opened(name, Path.cwd(), json.dumps(content).encode(), _("as it is open in Colab now"))


def _path(path):
    """Return the notebook's file: the one that is named, the one that the editor tells, the only one here."""
    if path is not None:
        return Path(path).expanduser().resolve()
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    told = (os.environ.get("JPY_SESSION_NAME"), shell and shell.user_ns.get("__vsc_ipynb_file__"))
    # An editor does not tell that a notebook was renamed.
    known = [Path(name) for name in told if name and str(name).endswith(".ipynb") and Path(name).is_file()]
    here = sorted(Path.cwd().glob("*.ipynb"))
    if known:
        return known[0].resolve()
    if len(here) == 1:
        return here[0].resolve()
    raise notebook.BadSubmission(
        _("which notebook is this? Say it, for example: check_submission({name!r})").format(
            name=here[0].name if here else "ps2_linear_regression.ipynb"))


def _file_lines(opened, given):
    from course_lib import __version__

    size = _("{size:.1f} MiB of at most {most}").format(size=max(len(opened.data) / (1 << 20), 0.1),
                                                        most=notebook.MAX_BYTES >> 20)
    if len(opened.data) > notebook.MAX_BYTES:
        lines = [Line(FAIL, _("too large: {size}; clear the outputs of all cells and save").format(size=size))]
    else:
        lines = [Line(PASS, f"{size}, {opened.state}")]
    if given is None:
        return lines
    wanted = f"{given.problem_set}.ipynb"
    if opened.name != wanted:
        lines.append(Line(NOTE, _("it is called `{name}`: give it back the name `{wanted}` before you hand it "
                                  "in").format(name=opened.name, wanted=wanted)))
    if given.course_lib != __version__:
        lines.append(Line(NOTE, _("this set was made for `course_lib` {wanted}, and {version} is installed: run "
                                  "`{command}` in a cell of its own, then restart the kernel").format(
            wanted=given.course_lib, version=__version__, command=_UPGRADE.format(given.course_lib))))
    return lines


def _answer_lines(given, found):
    repairs = {}
    for repair in found.repairs:
        repairs.setdefault(repair.name, []).append(repair)
    written, untouched, moved, special = [], [], [], []
    for cell in given.cells:
        name = cell.grade_id
        if not cell.answer:
            continue
        if name in repairs:
            moved += [name] if repairs[name][0].kind == answers.MOVED else []
            special += [Line(FAIL if repair.kind in _ABSENT else NOTE,
                             f"{repair.sentence}: {_advice(repair.kind)}") for repair in repairs.pop(name)]
            if answers.is_untouched(found.answers.get(name, "-"), cell):
                untouched.append(name)
        else:
            (untouched if answers.is_untouched(found.answers[name], cell) else written).append(name)
    # What is left is about cells in which nobody answers.
    special += [Line(NOTE, f"{repair.sentence}: {_advice(repair.kind)}")
                for others in repairs.values() for repair in others]
    if len(moved) > _SHOWN:
        special = [line for line in special if not any(f"`{name}`" in line.text for name in moved)]
        special.append(Line(NOTE, _("these were found, though their cells had lost their places: {names}; they count, "
                                    "and with a fresh copy of the notebook nothing has to be guessed").format(
            names=_code_list(moved))))
    lines = []
    if written:
        lines.append(Line(PASS, _("written: {names}").format(names=_code_list(written))))
    if untouched:
        lines.append(Line(TODO, _("not written yet: {names}").format(names=_code_list(untouched))))
    return lines + special


def _advice(kind):
    return {
        answers.MISSING: _("take its cell from a fresh copy of the notebook"),
        answers.UNDEFINED: _("give the function its name back"),
        answers.MOVED: _("it counts; with a fresh copy of the notebook nothing has to be guessed"),
        answers.TWICE: _("delete what you do not want to hand in"),
        answers.CHANGED: _("if it is not meant to be there, delete it"),
    }[kind]


def _stub_lines(cells):
    """What can be told without knowing what was handed out."""
    sources = [cell.source for cell in cells if cell.kind == "code"]
    stubs = [name for source in sources for name in answers.defined_functions(source) if answers.is_stub(source, name)]
    lines = [Line(TODO, _("not written yet: {names}").format(names=_code_list(dict.fromkeys(stubs))))] if stubs else []
    return [*lines, Line(NOTE, _("`{file}` is not beside the notebook, so nobody can tell here whether an answer is "
                                 "missing. It came with the notebook: put it into the same folder (Colab: upload it in "
                                 "the files pane on the left), then run this again").format(file=handed_out.NAME))]


def _run_lines(run, code, absent):
    if run.not_started:
        return [Line(NOTE, _("no fresh Python could be started here ({reason}): restart the kernel and run all cells "
                             "instead").format(reason=run.not_started))]
    # A cell that misses what another cell should have made has nothing wrong with it.
    unwritten, following, own = [], [], []
    unmade = set(absent)
    for stop in run.stops:
        source = code[stop.number - 1]
        group = unwritten if stop.unwritten else following if stop.name and stop.name in unmade else own
        group.append(stop.number)
        unmade |= answers.bound_names(source)
    lines = [Line(FAIL, _told(stop, code)) for stop in run.stops if stop.number in own[:_SHOWN]]
    if len(own) > _SHOWN:
        lines.append(Line(FAIL, _("and so do code cells {numbers}").format(numbers=_number_list(own[_SHOWN:]))))
    if unwritten:
        lines.append(Line(TODO, texts.ngettext(
            "{n} cell waits for what is not written yet: code cell {numbers}",
            "{n} cells wait for what is not written yet: code cells {numbers}", len(unwritten)).format(
                n=len(unwritten), numbers=_number_list(unwritten))))
    if following:
        lines.append(Line(TODO, texts.ngettext(
            "{n} cell needs what is missing above: code cell {numbers}",
            "{n} cells need what is missing above: code cells {numbers}", len(following)).format(
                n=len(following), numbers=_number_list(following))))
    return lines + _end_lines(run, code)


def _end_lines(run, code):
    where = _where(run.last, code)
    if run.late:
        return [Line(FAIL, _("stopped after {minutes} minutes, in {where}: does it ever end?").format(
            minutes=clean_run.LIMIT_MINUTES, where=where))]
    if run.interrupted:
        return [Line(NOTE, _("interrupted in {where}").format(where=where))]
    if run.exit:
        return [Line(FAIL, _("Python itself ended (exit status {status}) in {where}: perhaps there was not enough "
                             "memory").format(status=run.exit, where=where))]
    if run.stops:
        return [Line("", _("{n} of {total} code cells ran in {seconds:.0f} s").format(
            n=len(code) - len(run.stops), total=len(code), seconds=run.seconds))]
    return [Line(PASS, _("all {total} code cells ran in {seconds:.0f} s").format(total=len(code), seconds=run.seconds))]


def _told(stop, code):
    where = _where(stop.number, code)
    if stop.error == "CheckFailed":
        return _("{where}, fails: {message}").format(where=where, message=stop.message.partition(": ")[2])
    told = _("{where}, raises {error}").format(where=where, error=stop.error)
    if stop.message:
        told += f": {stop.message}"
    # Where a cell is called by this line already, it need not be said again.
    known = not stop.line or _first_line(code[stop.number - 1]).startswith(stop.line) or _CHECK.match(stop.line)
    return told if known else _("{told}, at `{line}`").format(told=told, line=stop.line.replace("`", "'"))


def _where(number, code):
    if not number:
        return _("the beginning")
    check = _CHECK.search(code[number - 1])
    if check:
        return _("code cell {number}, the check of `{name}`").format(number=number, name=check[1])
    line = _first_line(code[number - 1])[:80].replace("`", "'")
    return _("code cell {number}, `{line}`").format(number=number, line=line)


def _first_line(source):
    return next((line.strip() for line in source.splitlines() if line.strip()), "")


def _code_list(names):
    return ", ".join(f"`{name}`" for name in names)


def _number_list(numbers):
    more = " ..." if len(numbers) > 2 * _SHOWN else ""
    return ", ".join(map(str, numbers[: 2 * _SHOWN])) + more
