"""Pages of feedback, through nbgrader's own converter."""

import logging
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.utils import temp_attrs


def graded_students(app, problem_set):
    """Return the ids of the students whose submission is graded, sorted."""
    folder = Path(app.coursedir.root) / app.coursedir.autograded_directory
    return sorted(path.parent.parent.name for path in folder.glob(f"*/{problem_set.name}/{problem_set.name}.ipynb"))


def write(app, problem_set, student):
    """Write a student's page and return its path."""
    with temp_attrs(app.coursedir, assignment_id=problem_set.name, student_id=student, notebook_id="*"):
        converter = GenerateFeedback(coursedir=app.coursedir, parent=app)
        converter.log.setLevel(logging.ERROR)
        converter.force = True
        converter.start()
    folder = app.coursedir.format_path(app.coursedir.feedback_directory, student, problem_set.name)
    return Path(folder) / f"{problem_set.name}.html"
