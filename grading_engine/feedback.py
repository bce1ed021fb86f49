"""Pages of feedback, through nbgrader's own converter."""

from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.utils import temp_attrs


def graded_students(workspace, problem_set):
    """Return the ids of the students whose submission is graded, sorted."""
    folder = Path(workspace.coursedir.root) / workspace.coursedir.autograded_directory
    return sorted(path.parent.parent.name for path in folder.glob(f"*/{problem_set.name}/{problem_set.name}.ipynb"))


def write(workspace, problem_set, student):
    """Write a student's page and return its path."""
    with temp_attrs(workspace.coursedir, assignment_id=problem_set.name, student_id=student, notebook_id="*"):
        converter = GenerateFeedback(coursedir=workspace.coursedir, parent=workspace)
        converter.force = True
        converter.start()
    folder = workspace.coursedir.format_path(workspace.coursedir.feedback_directory, student, problem_set.name)
    return Path(folder) / f"{problem_set.name}.html"
