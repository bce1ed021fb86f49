"""Making what students get, and looking into the produced files themselves for what they must not get."""

import filecmp
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells
from nbgrader.utils import temp_attrs

import course_lib
from course_lib import handed_out, language
from course_lib.answers import defined_functions
from grading_engine import assembly, browser_runtime
from grading_engine.course import KIT, CourseError, grade_id, is_manual, problem_set, problem_sets
from grading_engine.sandbox import flavours

# A page that runs a student's network in the browser; what it runs on is fetched when a release is made.
_PAGE = "draw.html"
_WHEEL = "course_lib-*.whl"
# Lines shorter than this, such as "return w", also stand in what students may see.
_TELLING = 16
_MARKER = re.compile(r"#+\s*(?:BEGIN|END)\b[^\n]*")
_STAFF_ONLY = ("grading_engine", "graders/", "BEGIN MARK SCHEME", "known_mistake")
# Where a problem set is done in numpy, these stand in graders only.
_REFERENCES_ONLY = ("import tensorflow", "from tensorflow", "import keras", "from keras")


def make(workspace, problem_set):
    """Generate a problem set's release, audit it and put it into ``release/``; returns what the audit found.

    Nothing is written when the audit finds something.
    """
    with tempfile.TemporaryDirectory() as folder:
        produced = _generate(workspace, problem_set, Path(folder))
        leaks = audit(problem_set, produced)
        if not leaks:
            _add_what_is_built(produced)
            target = release_folder(problem_set)
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(produced, target)
    return leaks


def is_fresh(workspace, problem_set):
    """Whether the committed release is what the source would give now."""
    with tempfile.TemporaryDirectory() as folder:
        produced = _generate(workspace, problem_set, Path(folder))
        committed = release_folder(problem_set)
        names = sorted(path.relative_to(produced) for path in produced.rglob("*") if path.is_file())
        if not committed.is_dir() or names != sorted(
                path.relative_to(committed) for path in committed.rglob("*")
                if path.is_file() and not _is_built(path)):
            return False
        return not any(filecmp.cmpfiles(produced, committed, map(str, names), shallow=False)[1:])


def release_folder(problem_set):
    """Where the committed release of a problem set lies."""
    return KIT / "release" / problem_set.name


class HandOut(NbGraderPreprocessor):
    """nbgrader's last stage for a release: puts beside a notebook of the kit's what students need besides."""

    def preprocess(self, nb, resources):
        """Return the notebook as it is."""
        name = resources["nbgrader"]["assignment"]
        if name not in problem_sets():
            return nb, resources
        folder = Path(self.parent.parent._format_dest(name, "."))
        folder.mkdir(parents=True, exist_ok=True)
        _note(problem_set(name), nb, folder)
        _add_what_is_built(folder)
        return nb, resources


def _note(problem_set, notebook, folder):
    """Note what a notebook looked like when it was handed out."""
    note = handed_out.HandedOut(problem_set.name, course_lib.__version__, language.current(),
                                assembly.given(problem_set, notebook))
    (folder / handed_out.NAME).write_text(note.to_json(), encoding="utf-8")


def _add_what_is_built(folder):
    if (folder / _PAGE).is_file():
        browser_runtime.put_beside(folder)
    build_wheel(folder)


def build_wheel(folder):
    """Put what notebooks import into ``folder``, as a wheel that students install; returns its path."""
    done = subprocess.run([sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory",
                           str(folder)], cwd=KIT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["hatchling says nothing"])[-1]
        raise CourseError(f"the wheel of course_lib could not be built: {reason}; `make setup` brings what it needs")
    return next(Path(folder).glob(_WHEEL))


def _is_built(path):
    """Whether a file of a release is made anew with every release and is not in git."""
    return path.name == browser_runtime.SCRIPT or path.match(_WHEEL)


def audit(problem_set, folder):
    """Return a sentence for everything in ``folder`` that students must not see; an empty list is the aim."""
    secrets = _secret_lines(problem_set)
    secret_words = _STAFF_ONLY + (_REFERENCES_ONLY if problem_set.flavour is flavours.NUMPY else ())
    leaks = []
    for path in sorted(Path(folder).rglob("*")):
        if not path.is_file():
            continue
        if path.match(_WHEEL):
            leaks += _foreign_members(path)
            continue
        text = _text_of(path)
        lines = {_squeezed(line) for line in text.splitlines()}
        leaks += [f"{path.name}: shows {what}: {line}" for line, what in secrets.items() if line in lines]
        leaks += [f"{path.name}: names {word!r}, which is the staff's" for word in secret_words if word in text]
        leaks += [f"{path.name}: has a marker left, perhaps misspelt: {marker}" for marker in _MARKER.findall(text)]
    notebook = Path(folder) / f"{problem_set.name}.ipynb"
    return leaks + list(_unready_cells(problem_set, nbformat.read(notebook, as_version=4)))


def _foreign_members(wheel):
    try:
        with zipfile.ZipFile(wheel) as archive:
            tops = {name.split("/")[0] for name in archive.namelist()}
    except zipfile.BadZipFile:
        return [f"{wheel.name}: is no wheel"]
    return [f"{wheel.name}: holds {top}, which is not course_lib" for top in sorted(tops)
            if top != "course_lib" and not top.endswith(".dist-info")]


def _unready_cells(problem_set, notebook):
    stubs = {grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell)}
    for name in problem_set.exercises:
        source = stubs.get(name, "")
        if name not in defined_functions(source) or "raise NotImplementedError" not in source:
            yield f"{notebook_name(problem_set)}: the cell {name} is no stub of the function"
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.outputs:
            yield f"{notebook_name(problem_set)}: a cell still has outputs: {cell.source.splitlines()[:1]}"


def notebook_name(problem_set):
    """File name of a problem set's notebook."""
    return f"{problem_set.name}.ipynb"


def _generate(workspace, problem_set, folder):
    """Run nbgrader's generate_assignment into ``folder``, without touching the gradebook, and note what came out."""
    with temp_attrs(workspace.coursedir, assignment_id=problem_set.name, student_id=".", notebook_id="*",
                    source_directory=str(KIT / "source"), release_directory=str(folder)):
        converter = GenerateAssignment(coursedir=workspace.coursedir, parent=workspace)
        converter.no_database = True
        converter.preprocessors = [stage for stage in converter.preprocessors if stage not in (SaveCells, HandOut)]
        converter.force = True
        try:
            converter.start()
        except NbGraderException as error:
            raise NbGraderException(f"nbgrader could not generate {problem_set.name}: {error}") from None
    produced = folder / problem_set.name
    _note(problem_set, nbformat.read(produced / notebook_name(problem_set), as_version=4), produced)
    return produced


def _secret_lines(problem_set):
    """Return {line: what it is} for every line of the source that only the staff may see."""
    visible, secret = set(), {}
    for cell in problem_set.source.cells:
        inside = "a written answer or its marking scheme" if is_manual(cell) and not _has_region(cell) else ""
        for line in cell.source.splitlines():
            marker = re.match(r"\s*#+\s*(BEGIN|END)\s+(.*)", line)
            if marker:
                inside = f"a line of {marker[2].lower()}" if marker[1] == "BEGIN" else ""
            elif inside and len(line.strip()) >= _TELLING:
                secret[_squeezed(line)] = inside
            elif not inside:
                visible.add(_squeezed(line))
    return {line: what for line, what in secret.items() if line not in visible}


def _has_region(cell):
    return "BEGIN SOLUTION" in cell.source


def _squeezed(line):
    return " ".join(line.split())


def _text_of(path):
    """All text of a file; of a notebook and other JSON every string in it, however it is nested."""
    raw = path.read_bytes().decode("utf-8", "replace")
    return "\n".join(_strings(json.loads(raw))) if path.suffix in (".ipynb", ".json") else raw


def _strings(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _strings(value)
    elif isinstance(node, list):
        if all(isinstance(item, str) for item in node):
            yield "".join(node)
        else:
            for item in node:
                yield from _strings(item)
