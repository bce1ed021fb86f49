"""Our stages in nbgrader's pipeline; `nbgrader_config.py` puts them in.

submitted --SubmissionExporter, RebuildNotebook--> autograded --GradeSubmission, RecordMarks--> gradebook
"""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import nbformat.v4
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Comment, Grade, Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum
from sqlalchemy.orm import joinedload
from traitlets import Bool

from grading_engine import assembly, pipeline, submission
from grading_engine.course import grade_id, problem_set
from grading_engine.language import follow
from grading_engine.seed import course_seed

_REPAIRS = "repairs"
_UNANSWERED = "No response."  # nbgrader's own words
# When it was handed in, and what the exchange recognises its student by when it gives feedback back.
_OF_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


class SubmissionExporter(NotebookExporter):
    """Reads what students handed in as data; nbgrader would follow links and believe metadata."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        follow(self.config)

    def from_filename(self, filename, resources=None, **kwargs):
        """Convert a notebook file; one that comes from a student is read with caps first."""
        if not self.parent._sanitizing:
            return super().from_filename(filename, resources, **kwargs)
        drop_other_files(Path(self.parent._format_dest(resources["nbgrader"]["assignment"],
                                                       resources["nbgrader"]["student"])))
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [_as_node(cell) for cell in submission.read(Path(filename))]
        return self.from_notebook_node(notebook, resources, **kwargs)


def set_aside_irregular_files(assignment, student, notebooks):
    """nbgrader's hook before a submission is copied: links, FIFOs, devices and folders without end are taken out of it.

    They hold no content of their own.  nbgrader swallows what a hook raises, so this only keeps a run going; what
    keeps it safe is `SubmissionExporter`.
    """
    folder = Path(notebooks[0]).parent
    while irregular := submission.what_is_irregular(folder):
        # Python's own way to remove folders does not reach as deep as folders do.
        subprocess.run(["rm", "-rf", "--", irregular[0]], check=True)


class RebuildNotebook(NbGraderPreprocessor):
    """Replaces a submission by the instructor's notebook with the student's answers in it."""

    def preprocess(self, nb, resources):
        """Return the rebuilt notebook."""
        cells = submission.cells(nb, "the notebook")
        assembled = assembly.assemble(problem_set(resources["nbgrader"]["assignment"]), cells)
        assembled.notebook.metadata[_REPAIRS] = assembled.repairs
        return assembled.notebook, resources


class GradeSubmission(NbGraderPreprocessor):
    """Takes the place of nbgrader's Execute: runs the cells in the sandbox and the hidden tests outside of it."""

    unsafe_no_sandbox = Bool(
        False, help="Run student code without a sandbox, on a machine that has none; every report says so."
    ).tag(config=True)

    def preprocess(self, nb, resources):
        """Return the notebook with outputs and reports; the marks go on to `RecordMarks` in the resources."""
        exercises = problem_set(resources["nbgrader"]["assignment"])
        graded = pipeline.grade_assembled(exercises, assembly.reopen(exercises, nb, nb.metadata[_REPAIRS]),
                                          course_seed(), self.unsafe_no_sandbox)
        resources["grade"] = graded.grade
        return graded.notebook, resources


class RecordMarks(NbGraderPreprocessor):
    """Writes the engine's marks into the gradebook; no output of a notebook has a say in them.

    nbgrader's `SaveAutoGrades` asks the gradebook about every cell and commits every one: that took longer than to
    write the notebook.
    """

    def preprocess(self, nb, resources):
        """Return the notebook as it is."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            entry = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            grades, comments = (_by_cell(gradebook, kind, entry) for kind in (Grade, Comment))
            for cell in nb.cells:
                name = grade_id(cell)
                if name in grades:
                    self._record(cell, grades[name], resources["grade"])
                if name in comments:
                    comments[name].auto_comment = _UNANSWERED if _is_untouched(cell) else None
            gradebook.db.commit()
        return nb, resources

    def _record(self, cell, entry, grade):
        if pipeline.is_grade_cell(cell):
            entry.auto_score = grade.functions[pipeline.graded_function(cell)].score
        else:
            entry.auto_score = 0.0 if _is_untouched(cell) else None
        # No score means that a person decides.  A mark that a person gave stays.
        entry.needs_manual_grade = entry.auto_score is None or entry.manual_score is not None


def _by_cell(gradebook, kind, entry):
    """What the gradebook holds for a submitted notebook, by the name of its cell."""
    found = gradebook.db.query(kind).filter(kind.notebook_id == entry.id).options(joinedload(kind.cell))
    return {one.cell.name: one for one in found}


def _is_untouched(cell):
    """Whether a cell that is answered in is as it was handed out."""
    return cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)


def _as_node(cell):
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell,
            "raw": nbformat.v4.new_raw_cell}
    return make[cell.kind](cell.source, metadata={"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {})


def drop_other_files(folder):
    """Remove what nbgrader copied along from a submission: only notebooks are graded, and links lead anywhere."""
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            if entry.name in _OF_THE_EXCHANGE and entry.is_file(follow_symlinks=False):
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
