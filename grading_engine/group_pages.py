"""Pages of feedback for those who handed in together: each member gets the page of what counts for the group."""

import shutil

from grading_engine import groups, results
from grading_engine.autograde import notebook_path


def check(workspace, problem_set):
    """Raise `CourseError` where nobody can say what counts for a group."""
    _shared(workspace, problem_set)


def hand_round(workspace, problem_set):
    """Copy pages; returns the students who got one, and sentences about submissions that do not count."""
    shared, copied = _shared(workspace, problem_set), []
    for student, handed_in_by in shared.by_student.items():
        page = _page(workspace, problem_set, handed_in_by)
        if student != handed_in_by and page.is_file():
            target = _page(workspace, problem_set, student)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page, target)
            copied.append(student)
    return copied, shared.sentences


def _shared(workspace, problem_set):
    members = groups.read(workspace.coursedir.root)
    if not members:
        return groups.Shared({}, [])
    recorded = results.recorded(workspace, problem_set)
    return groups.shared(members, {student: entry.handed_in for student, entry in recorded.items()})


def _page(workspace, problem_set, student):
    return notebook_path(workspace, problem_set, student, "feedback").with_suffix(".html")
