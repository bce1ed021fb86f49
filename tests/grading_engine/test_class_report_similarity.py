"""Similar submissions: natural likeness of short functions shows nobody, a shared invention shows a pair."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from grading_engine.class_report import similarity
from grading_engine.course import problem_set
from grading_engine.grader import Grader, as_solution

INVENTED = {
    "mae": """
def mae(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    collected = []
    for position in range(y_true.size):
        distance = y_true.flat[position] - y_pred.flat[position]
        if distance < 0:
            distance = -distance
        collected.append(distance)
    return float(sum(collected) / len(collected))
""",
    "descend": """
def descend(df, x0, learning_rate, steps):
    visited, remaining = [x0], steps
    while remaining > 0:
        slope = df(visited[len(visited) - 1])
        visited.append(visited[len(visited) - 1] - slope * learning_rate)
        remaining = remaining - 1
    return np.array(visited)
"""}
RENAMED = {"distance": "d", "collected": "box", "visited": "points", "remaining": "left", "position": "k", "slope": "s"}


@pytest.fixture(scope="module")
def ps2():
    return problem_set("ps2_linear_regression")


def class_of_variants(exercises, size):
    """Students who wrote every function themselves, each as the kit's solution or one of its accepted variants."""
    rng = np.random.default_rng(3)
    forms = {name: [exercise.solution, *(as_solution(variant, name)
                                         for variant in Grader(exercise.grader).variants.values())]
             for name, exercise in exercises.exercises.items()}
    return [SimpleNamespace(number=number, sources={name: str(rng.choice(known)) for name, known in forms.items()})
            for number in range(size)]


@pytest.mark.parametrize("size", [2, 12])
def test_right_answers_in_their_natural_forms_show_nobody(ps2, size):
    assert similarity.pairs(class_of_variants(ps2, size), ps2) == []


def test_a_shared_invention_shows_its_pair_even_with_other_names_and_comments(ps2):
    students = class_of_variants(ps2, 6)
    copied = {name: re.sub(r"\b(" + "|".join(RENAMED) + r")\b", lambda word: RENAMED[word[0]], source)
              for name, source in INVENTED.items()}
    students[1].sources |= INVENTED
    students[4].sources |= {name: source.replace(":\n", ":  # mine\n") for name, source in copied.items()}
    (pair,) = similarity.pairs(students, ps2)
    assert pair.students == (students[1], students[4])
    assert pair.share == pytest.approx(1, abs=0.01)
    assert [match.function for match in pair.matches] == ["mae", "descend"]
    assert not any(match.to_the_letter for match in pair.matches)
    for match in pair.matches:
        for pieces, one in zip(match.pieces, pair.students, strict=True):
            assert "".join(text for text, _shared in pieces) == one.sources[match.function].strip()
            assert sum(len(text) for text, shared in pieces if shared) > 100


def test_one_function_alone_is_no_reason_to_look(ps2):
    students = class_of_variants(ps2, 2)
    for one in students:
        one.sources |= {"mae": INVENTED["mae"] + INVENTED["descend"]}
    assert similarity.pairs(students, ps2) == []


def test_what_many_of_the_class_have_is_usual(ps2):
    students = class_of_variants(ps2, 8)
    for one in students[:6]:
        one.sources |= INVENTED
    assert similarity.pairs(students, ps2) == []


def test_code_that_is_no_python_warns_of_nothing(ps2):
    broken = "def mae(y_true, y_pred):\n    return '\\d' ((\n  \x00 ''' é"
    students = [SimpleNamespace(number=number, sources={"mae": broken, "mse": "", "descend": "\n\n"})
                for number in range(3)]
    assert similarity.pairs(students, ps2) == []
