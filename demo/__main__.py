"""``make demo``: release, fetch, submit, collect, autograde, feedback, export, report, for a class of twelve."""

import contextlib
import shutil
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, track
from rich.table import Table
from traitlets.config import Config

from demo.submissions import PROBLEM_SET, STUDENTS, Answers
from grading_engine import autograde, class_report, feedback
from grading_engine.course import KIT, problem_set
from grading_engine.export import CsvExportPlugin
from grading_engine.sandbox import bubblewrap
from grading_engine.seed import course_seed
from grading_engine.workspace import load_config, make_class, open_workspace

FOLDER = KIT / "build" / "demo"
CLASS = FOLDER / "class"
EXCHANGE = FOLDER / "exchange"

console = Console()


def main():
    """Play the whole road and show where it led."""
    problem = bubblewrap.why_not()
    if problem:
        sys.exit(f"the demonstration needs a sandbox: {problem}")
    instructor = give_out()
    hand_in(instructor)
    exercises, workspace = problem_set(PROBLEM_SET), open_workspace(CLASS)
    with Progress(console=console) as progress:
        task = progress.add_task("autograde", total=len(STUDENTS))
        outcomes = autograde.autograde(workspace, exercises, autograde.submitted_students(workspace, exercises),
                                       course_seed(), on_done=lambda outcome: progress.advance(task))
    pages = [feedback.write(workspace, exercises, student)
             for student in track(feedback.graded_students(workspace, exercises), "feedback ", console=console)]
    show(outcomes, pages, export(workspace), class_report.write(workspace, exercises))


def give_out():
    """Make the class's folder, generate the release with nbgrader and put it into the exchange."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    make_class(CLASS, f"c.Exchange.root = {str(EXCHANGE)!r}\n")
    EXCHANGE.mkdir()
    EXCHANGE.chmod(0o777)  # as nbgrader asks of an exchange that several accounts share
    instructor = NbGraderAPI(config=load_config(CLASS), log_level="ERROR")
    with contextlib.chdir(CLASS):
        _must_succeed(instructor.generate_assignment(PROBLEM_SET))
        _must_succeed(instructor.release_assignment(PROBLEM_SET))
    return instructor


def hand_in(instructor):
    """Let every student fetch, answer and submit; then collect."""
    for student, answer in track(STUDENTS.items(), description="submit   ", console=console):
        home = FOLDER / "students" / student
        home.mkdir(parents=True)
        api = student_api(student, home)
        with contextlib.chdir(home):
            api.exchange.FetchAssignment(coursedir=api.coursedir, authenticator=api.authenticator, parent=api).start()
            path = home / PROBLEM_SET / f"{PROBLEM_SET}.ipynb"
            notebook = nbformat.read(path, as_version=4)
            answer(Answers(notebook))
            nbformat.write(notebook, path)
            api.exchange.Submit(coursedir=api.coursedir, authenticator=api.authenticator, parent=api).start()
    with contextlib.chdir(CLASS):
        _must_succeed(instructor.collect(PROBLEM_SET))


def student_api(student, home):
    """Return nbgrader's API as one student has it."""
    config = Config()
    config.CourseDirectory.course_id = "deep_learning"
    config.CourseDirectory.root = str(home)
    config.CourseDirectory.student_id = student
    config.CourseDirectory.assignment_id = PROBLEM_SET
    config.Exchange.root = str(EXCHANGE)
    config.Exchange.cache = str(home / "cache")
    return NbGraderAPI(config=config, log_level="ERROR")


def export(workspace):
    """Write the gradebook as a table that other systems read, and return its path."""
    path = CLASS / "grades.csv"
    with Gradebook(workspace.coursedir.db_url, workspace.coursedir.course_id) as gradebook:
        CsvExportPlugin(parent=workspace, to=str(path)).export(gradebook)
    return path


def show(outcomes, pages, grades, report):
    """Print who got what, why, and where to read on."""
    table = Table("student", "points", "what happened", title=f"{PROBLEM_SET}: marks of the functions")
    for outcome in outcomes:
        points = f"{outcome.grade.score:g} of {outcome.grade.max_score:g}" if outcome.grade else "–"
        table.add_row(outcome.student, points, escape(autograde.what_happened(outcome)))
    console.print(table)
    console.print("Plots and written answers wait for a person: open the formgrader in", _short(CLASS), style="dim")
    console.print("\nPages of feedback:")
    for page in pages:
        console.print(" ", _short(page), highlight=False, soft_wrap=True)
    console.print("Grades for other systems:", _short(grades), highlight=False, soft_wrap=True)
    console.print("The report about the class:", _short(report), highlight=False, soft_wrap=True)


def _short(path):
    return str(Path(path).relative_to(KIT))


def _must_succeed(result):
    if not result["success"]:
        sys.exit(f"nbgrader: {result.get('error') or result.get('log')}")


if __name__ == "__main__":
    main()
