"""A file per submission that says what its last grading found, for whoever asks afterwards."""

from datetime import UTC, datetime

from grading_engine import report
from grading_engine.results import file_of

FOLDER = ".course/logs"


def write(workspace, problem_set, outcome):
    """Write what became of a submission (`autograde.Outcome`) into its log."""
    lines = [f"{problem_set.name} of {outcome.student!r}, graded {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"]
    grade = outcome.grade
    if grade is None:
        lines.append(f"needs a person: {outcome.problem}")
    else:
        lines.append(f"{grade.score:g} of {grade.max_score:g} points; sandbox: {grade.sandbox}")
        lines += [f"repaired: {repair}" for repair in grade.repairs]
        lines += [report.as_text(function, grade.sandbox != "none") for function in grade.functions.values()]
    path = file_of(workspace, FOLDER, problem_set, outcome.student, "txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
