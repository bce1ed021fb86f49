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
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Any, Bool

from grading_engine import assembly, pipeline, submission
from grading_engine.course import problem_set
from grading_engine.seed import course_seed

_REPAIRS = "repairs"
# When it was handed in, and what the exchange recognises its student by when it gives feedback back.
_OF_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


class SubmissionExporter(NotebookExporter):
    """Reads what students handed in as data; nbgrader would follow links and believe metadata."""

    def from_filename(self, filename, resources=None, **kwargs):
        """Convert a notebook file; one that comes from a student is read with caps first."""
        if not self.parent._sanitizing:
            return super().from_filename(filename, resources, **kwargs)
        _drop_other_files(Path(self.parent._format_dest(resources["nbgrader"]["assignment"],
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

    graded = Any(None, help="A `pipeline.Graded` that a worker has made of this submission already.")

    def preprocess(self, nb, resources):
        """Return the notebook with outputs and reports; the marks go on to `RecordMarks` in the resources."""
        graded = self.graded
        if graded is None:
            exercises = problem_set(resources["nbgrader"]["assignment"])
            graded = pipeline.grade_assembled(exercises, assembly.reopen(exercises, nb, nb.metadata[_REPAIRS]),
                                              course_seed(), self.unsafe_no_sandbox)
        resources["grade"] = graded.grade
        return graded.notebook, resources


class RecordMarks(SaveAutoGrades):
    """Writes the engine's marks into the gradebook; no output of a notebook has a say in them."""

    def _add_score(self, cell, resources):
        if not pipeline.is_grade_cell(cell):
            super()._add_score(cell, resources)
            return
        name = cell.metadata.nbgrader.grade_id
        entry = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        entry.auto_score = resources["grade"].functions[pipeline.graded_function(cell)].score
        # No score means that the engine failed there: a person decides.  A mark that a person gave stays.
        entry.needs_manual_grade = entry.auto_score is None or entry.manual_score is not None
        self.gradebook.db.commit()


def _as_node(cell):
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell,
            "raw": nbformat.v4.new_raw_cell}
    return make[cell.kind](cell.source, metadata={"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {})


def _drop_other_files(folder):
    """Remove what nbgrader copied along from a submission: only notebooks are graded, and links lead anywhere."""
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            if entry.name in _OF_THE_EXCHANGE and entry.is_file(follow_symlinks=False):
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
