"""Submissions that were downloaded from Canvas or Moodle, into ``submitted/``.

The platforms' ways to name files are plugins of nbgrader, which its own command takes too:
``nbgrader zip_collect PS --collector=grading_engine.collecting.CanvasCollector``.
"""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Unicode

from grading_engine import roster
from grading_engine.archives import CappedExtractor
from grading_engine.autograde import notebook_path
from grading_engine.course import CourseError

_STUDENT = re.compile(r"\w[\w.@+ -]*", re.ASCII)
# What other programs leave beside notebooks: not handed in by anybody.
_NOT_MEANT = re.compile(r"__MACOSX|\..*")
# Of three numbers in Canvas's name, the first may belong to the student's name or the last to the file's.
_TWO_WAYS = re.compile(r"\d+_")


class _Collector(FileNameCollectorPlugin):
    """What both platforms share: the outermost folder or file with a name of the platform's says whose a file is.

    Not the whole path, as nbgrader does it: what a student packs may contain any names.
    """

    folder = Unicode("", help="Where the download was unpacked.")
    assignment = Unicode("", help="The problem set.")

    def collect(self, submitted_file):
        """Return whose file it is and what it is; None for what belongs to nobody."""
        folder, assignment = self.folder, self.assignment
        if not folder:
            folder = self.parent._format_collect_path(self.parent.extracted_directory)
            assignment = self.parent.coursedir.assignment_id
        parts = PurePosixPath(os.path.relpath(submitted_file, folder)).parts
        if os.path.splitext(submitted_file)[1] not in self.valid_ext or any(map(_NOT_MEANT.fullmatch, parts)):
            return None
        for depth, part in enumerate(parts):
            match = re.fullmatch(self.named_regexp, part)
            # A folder of Moodle's says nothing of a file; a file's own name does.
            if match and (depth < len(parts) - 1 or match["file_id"]):
                name = parts[-1] if depth < len(parts) - 1 else match["file_id"]
                return match.groupdict() | {"file_id": _as_handed_out(name, assignment), "given_name": name,
                                            "depth": len(parts) - depth}
        return None


class CanvasCollector(_Collector):
    """Names as Canvas gives them under Download Submissions: ``lovelaceada_LATE_501_9001_ps2-1.ipynb``."""

    named_regexp = Unicode(
        r"(?P<name>.*?)_(?P<late>LATE_)?(?P<student_id>\d+)_(?P<upload>\d+)_(?P<file_id>.+)",
        help="A name of Canvas's: the student's name, LATE where it is, the student's number, the upload's, the file."
    ).tag(config=True)


class MoodleCollector(_Collector):
    """Names as Moodle gives them under Download all submissions: ``Ada Lovelace_501_assignsubmission_file_``.

    That is a folder or, as some sites set it, the beginning of a file's name.
    """

    named_regexp = Unicode(
        r"(?P<name>.*)_(?P<student_id>\d+)_assignsubmission_file_?(?P<file_id>.*)",
        help="A name of Moodle's: the student's name, the participant's number, and the file where it stands there."
    ).tag(config=True)


COLLECTORS = {roster.CANVAS: CanvasCollector, roster.MOODLE: MoodleCollector}


@dataclass
class Collected:
    """What became of a download.

    Attributes
    ----------
    new, changed, unchanged : list of str
        Students.
    late : list of str
        Those whose submission the platform calls late.
    left_out : list of str
        Sentences about what was not collected.
    remarks : list of str
        Sentences about what was collected, but otherwise than it came.
    """

    new: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    unchanged: list = field(default_factory=list)
    late: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    remarks: list = field(default_factory=list)


def collect(workspace, problem_set, download, platform, roster_path=None):
    """Put what was downloaded into ``submitted/`` and return what became of it as `Collected`.

    Parameters
    ----------
    workspace : Workspace
    problem_set : ProblemSet
    download : Path
        An archive, or a folder that was unpacked from one.
    platform : str
        "canvas" or "moodle".
    roster_path : str or None
        The platform's table of students.  Without it, students are called by the platform's numbers.

    Raises
    ------
    CourseError
        When there is no submission in it at all.
    """
    download, collected = Path(download), Collected()
    known = _known_students(workspace)
    ids = roster.READERS[platform](roster_path).students_by_platform_id(known) if roster_path else None
    with tempfile.TemporaryDirectory() as folder:
        extractor = CappedExtractor(parent=workspace)
        if download.is_dir():
            extractor.extract(download, folder)
        elif download.is_file():
            extractor.unpack(download, folder)
        else:
            raise CourseError(f"{download} does not exist")
        collected.left_out += extractor.skipped
        collector = COLLECTORS[platform](parent=workspace, folder=folder, assignment=problem_set.name)
        by_number = {}
        for path in sorted(Path(folder).rglob("*")):
            found = collector.collect(str(path)) if path.is_file() else None
            if found and platform == roster.CANVAS and _TWO_WAYS.match(found["file_id"]):
                collected.left_out.append(f"{path.name}: whose it is cannot be told from its name")
            elif found:
                by_number.setdefault(found["student_id"], []).append((found, path))
        if not by_number:
            what = "; ".join(extractor.skipped) or f"no name in it is one of {platform.capitalize()}'s"
            raise CourseError(f"{download} holds no notebook that was handed in: {what}")
        for number, files in sorted(by_number.items()):
            _take(workspace, problem_set, collected, number, files, ids)
    return collected


def _take(workspace, problem_set, collected, number, files, ids):
    """Put one student's notebook into its place."""
    who = f"{files[0][0]['name']} ({number})"
    student = number if ids is None else ids.get(number)
    if student is None:
        collected.left_out.append(f"{who} is not in the roster")
        return
    if not _STUDENT.fullmatch(student):
        collected.left_out.append(f"{who} has the id {student!r}, which cannot be the name of a folder")
        return
    found, path = _notebook(problem_set, files)
    if found is None:
        names = ", ".join(sorted({found["given_name"] for found, _ in files}))
        collected.left_out.append(f"{who}: which of {names} is meant? None is called {problem_set.name}.ipynb, or more "
                                  "than one")
        return
    if found["file_id"] != f"{problem_set.name}.ipynb":
        collected.remarks.append(f"{student}: {found['given_name']} was taken for {problem_set.name}.ipynb")
    target = notebook_path(workspace, problem_set, student)
    if found.get("late"):
        collected.late.append(student)
    if target.is_file() and target.read_bytes() == path.read_bytes():
        collected.unchanged.append(student)
        return
    (collected.changed if target.is_file() else collected.new).append(student)
    _put(path, target)


def _notebook(problem_set, files):
    """The one file that counts: of the right name, last uploaded, least deep; (None, None) where that is unclear."""
    def rank(file):
        found, _ = file
        return found["file_id"] == f"{problem_set.name}.ipynb", int(found.get("upload") or 0), -found["depth"]

    best = max(map(rank, files))
    right_name = best[0]
    candidates = [file for file in files if rank(file) == best]
    if len(candidates) > 1 or (len(files) > 1 and not right_name):
        return None, None
    return candidates[0]


def _put(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, unfinished)
    os.replace(unfinished, target)
    # A download does not say when a file was handed in, and what the last one says is not about this one.
    target.with_name("timestamp.txt").unlink(missing_ok=True)


def _as_handed_out(name, assignment):
    """Take from a file's name what platforms and browsers add to it: ``ps2-1.ipynb``, ``ps2 (1).ipynb``."""
    return re.sub(rf"({re.escape(assignment)})(-\d+|[ _]?\(\d+\))+\.ipynb", r"\1.ipynb", name)


def _known_students(workspace):
    folder = Path(workspace.coursedir.root, workspace.coursedir.submitted_directory)
    return {path.name for path in folder.glob("*") if path.is_dir()}
