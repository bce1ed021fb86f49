"""A class that takes the tiny course: on disk, graded in this process, so that a test can change what it is made of."""

import shutil
import sys
from concurrent.futures import Future

import nbformat
from nbgrader.api import Gradebook

from grading_engine import autograde, grading, hidden_tests, nbgrader_stages, regrade, results, workers
from grading_engine.course import ProblemSet
from grading_engine.workspace import CONFIG, make_class, open_workspace
from tests.grading_engine.conftest import SEED, tiny_notebook

RIGHT = "def double(x):\n    if x.ndim != 1: raise ValueError('x')\n    return x + x"
UNCHECKED = "def double(x):\n    return x + x"
TRIPLE = "def double(x):\n    return 3 * x"
BUILDS_ON_IT = "def quadruple(x):\n    return double(double(x))"


class TinyClass:
    """Submissions, graders and gradebook of one class; ``seed`` is what the next grading draws its inputs from.

    It starts as a copy of ``template``: the tiny course, or another class.
    """

    def __init__(self, folder, template, monkeypatch):
        self.folder = folder
        self.seed = SEED
        self.monkeypatch = monkeypatch
        shutil.copytree(template, folder, dirs_exist_ok=True)
        (folder / CONFIG).unlink(missing_ok=True)
        make_class(folder, 'c.CourseDirectory.source_directory = "source"\n')
        self.workspace = open_workspace(folder)
        self.refresh()
        # The kit knows the problem sets of its own folder only, and its workers would be fresh processes.
        monkeypatch.setattr(grading, "which_problem_set", lambda stem, sources: self.exercises)
        monkeypatch.setattr(nbgrader_stages, "problem_set", lambda name: self.exercises)
        monkeypatch.setattr(regrade, "problem_set", lambda name: self.exercises)
        monkeypatch.setattr(workers, "ProcessPoolExecutor", ThisProcess)

    def refresh(self):
        """Read the course again, as the next command would."""
        self.exercises = ProblemSet("tiny", self.folder)
        for name in self.exercises.exercises:
            sys.modules.pop(f"graders.tiny.test_{name}", None)
        hidden_tests.collected.cache_clear()

    def hand_in(self, student, double=RIGHT, quadruple=BUILDS_ON_IT):
        """Put a submission into place."""
        notebook = tiny_notebook()
        answers = {"double": double, "quadruple": quadruple, "written_why": "Two pairs."}
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        folder = self.folder / "submitted" / student / "tiny"
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / "tiny.ipynb")

    def autograde(self, *students):
        """Grade everybody or some."""
        chosen = students or autograde.submitted_students(self.workspace, self.exercises)
        return autograde.autograde(self.workspace, self.exercises, chosen, self.seed)

    def regrade(self, **options):
        """Grade again what is touched."""
        return regrade.regrade(self.workspace, self.exercises, self.seed, **options)

    def changes(self, **options):
        """Grade again and return the changes alone, as tuples of student, function, old, new, kept, reason."""
        outcomes = self.regrade(**options)
        assert not any(outcome.problem for outcome in outcomes)
        return [tuple(vars(change).values()) for outcome in outcomes for change in outcome.changes]

    def start_over(self):
        """Forget every grading."""
        (self.folder / "gradebook.db").unlink()
        for folder in ("autograded", ".course/results"):
            shutil.rmtree(self.folder / folder)

    def edit_grader(self, function, old, new):
        """Replace text in a hidden grader."""
        path = self.folder / "graders" / "tiny" / f"test_{function}.py"
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))
        self.refresh()

    def set_points(self, function, points):
        """Let a function be worth something else."""
        path = self.folder / "source" / "tiny" / "tiny.ipynb"
        notebook = nbformat.read(path, as_version=4)
        cell = next(cell for cell in notebook.cells if cell.id == f"test_{function}")
        cell.metadata.nbgrader.points = points
        nbformat.write(notebook, path)
        self.refresh()

    def gradebook(self):
        """nbgrader's gradebook, to look into or to mark in."""
        return Gradebook(self.workspace.coursedir.db_url, self.workspace.coursedir.course_id)

    def marks(self, student):
        """The engine's marks of a student's functions, from the gradebook."""
        recorded = results.recorded(self.workspace, self.exercises)[student].marks
        return {name: recorded[f"test_{name}"].auto for name in self.exercises.exercises}

    def graded(self, student):
        """The text of a student's graded notebook."""
        return (self.folder / "autograded" / student / "tiny" / "tiny.ipynb").read_text()


class ThisProcess:
    """An executor that does its work at once and here."""

    def __init__(self, workers, mp_context, initializer):
        self.workers = workers

    def submit(self, function, *arguments):
        """Return a future that is done."""
        future = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)
        return future

    def shutdown(self, cancel_futures):
        """Do nothing: nothing is left to do."""
