"""Every attack of the corpus comes to what its outcome says, and nothing secret shows anywhere."""

import json

import pytest

from grading_engine import pipeline, report
from grading_engine.submission import BadSubmission
from tests.hostile import course
from tests.hostile.conftest import CORPUS, outcome

CASES = sorted(path.parent.name for path in CORPUS.glob("*/outcome.toml"))


# What only the way that is used by default keeps out: names of files take memory that bubblewrap cannot limit.
WARM_ONLY = {"memory_in_names_of_files"}
# Cold processes take their time; a part of the cases shows that both ways have the same walls.
BOTH_WAYS = [(case, "warm") for case in CASES] + [(case, "cold") for case in CASES[::4] if case not in WARM_ONLY]


@pytest.mark.parametrize(("case", "attack"), BOTH_WAYS, indirect=["attack"])
def test_an_attack_comes_to_what_it_must(attack, case):
    wanted = outcome(case)
    if "refused" in wanted:
        with pytest.raises(BadSubmission, match=wanted["refused"]) as raised:
            attack(case)
        assert course.CANARY not in str(raised.value)
        return
    graded = attack(case)
    functions = graded.grade.functions
    reports = "\n".join(report.as_text(function) for function in functions.values())
    marks = {name: function.score for name, function in functions.items()}
    assert marks == course.POINTS | wanted.get("marks", {}), reports
    first_lost = {name: next((test.outcome for test in functions[name].tests if test.outcome != "passed"), "passed")
                  for name in wanted.get("outcomes", {})}
    assert first_lost == wanted.get("outcomes", {}), reports
    for text in wanted.get("says", []):
        assert text in reports
    outputs = json.dumps([cell.get("outputs") for cell in graded.notebook.cells])
    for secret in (course.CANARY, *wanted.get("never", [])):
        assert secret not in reports + outputs
    # The hidden region of a grade cell is the staff's and taken out again before a student sees it.
    cells = [cell.source for cell in graded.notebook.cells if not pipeline.is_grade_cell(cell)]
    assert course.CANARY not in "".join(cells)
    told = wanted.get("repairs", [])
    assert len(graded.grade.repairs) == len(told)
    for part, repair in zip(told, graded.grade.repairs, strict=True):
        assert part in repair


def test_every_case_says_what_it_is_about():
    for case in CASES:
        assert outcome(case)["attack"].endswith(".")
        assert outcome(case)["about"] in ("marks", "secrets", "runs", "readers")
