"""The same submission gets the same marks and the same words, whatever happens around it."""

import base64
import copy
import functools
import inspect
import json
import pickle

import nbformat
import numpy as np
import pytest

from course_lib import data
from course_lib.checks import check
from grading_engine import assembly, grading, pipeline, report
from grading_engine.course import ProblemSet, problem_set
from grading_engine.submission import Cell
from grading_engine.workers import in_workers
from tests.grading_engine.conftest import SEED, assembled, solutions
from tests.grading_engine.tiny_class import BUILDS_ON_IT, RIGHT, TRIPLE, UNCHECKED

# Sets have another order in every process unless somebody sees to it, and so has what they are printed as.
UNORDERED = "def double(x):\n    raise KeyError(f\"{set('abcdefgh')} {hash('x')}\")"
SUBMISSIONS = {
    "right": {"double": RIGHT, "quadruple": BUILDS_ON_IT},
    "partly": {"double": UNCHECKED, "quadruple": "def quadruple(x):\n    return 3 * x"},
    "inherits": {"double": TRIPLE, "quadruple": BUILDS_ON_IT},
    "unordered": {"double": UNORDERED, "quadruple": "def quadruple(x):\n    return (1"},
    "nothing": {},
}
ADDED = ["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint(set('abcdefgh'))\nset('abcdefgh')"]


def as_text(graded):
    """Everything that anybody ever reads of a grading."""
    pages = [report.as_html(function) + report.as_text(function) for function in graded.grade.functions.values()]
    return json.dumps([graded.grade.as_json(), pages, nbformat.writes(graded.notebook)])


def grade_one(root, name):
    """Grade one submission of this file; runs in a worker too, where the course is read anew."""
    exercises = ProblemSet("tiny", root)
    return as_text(pipeline.grade_assembled(exercises, assembled(exercises, SUBMISSIONS[name], ADDED), SEED))


def grade_in_workers(root, names, workers):
    """Grade submissions of this file as `course autograde` does; returns {name: everything that is read of it}."""
    answers = {}

    def take(name, answer, problem):
        assert problem == ""
        answers[name] = answer

    in_workers(grade_one, names, lambda name: (root, name), take, workers)
    return answers


def test_a_second_run_and_more_workers_change_nothing(tiny_root, sandbox):
    names = ["partly", "inherits", "unordered"]
    one = grade_in_workers(tiny_root, names, workers=1)
    assert grade_in_workers(tiny_root, reversed(names), workers=2) == one


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_the_order_of_the_hidden_tests_files_changes_nothing(tiny, sandbox, name):
    submission = assembled(tiny, SUBMISSIONS[name])
    straight = grading.grade(tiny, submission, SEED, functions=["double", "quadruple"])
    reverse = grading.grade(tiny, submission, SEED, functions=["quadruple", "double"])
    assert reverse.functions == straight.functions


@pytest.mark.parametrize("name", [name for name in SUBMISSIONS if name != "inherits"])
def test_a_function_is_graded_alone_as_it_is_among_others(tiny, sandbox, name):
    submission = assembled(tiny, SUBMISSIONS[name])
    together = grading.grade(tiny, submission, SEED)
    for function in tiny.exercises:
        alone = grading.grade(tiny, submission, SEED, functions=[function])
        assert alone.functions == {function: together.functions[function]}


def test_a_new_seed_changes_inputs_and_no_marks(tiny, sandbox):
    for name, answers in SUBMISSIONS.items():
        submission = assembled(tiny, answers)
        one, other = (grading.grade(tiny, submission, seed) for seed in (SEED, SEED + 1))
        assert [(f.score, f.status) for f in one.functions.values()] == [
            (f.score, f.status) for f in other.functions.values()]
        messages = [[test.message for test in grade.functions["double"].tests] for grade in (one, other)]
        assert (messages[0] != messages[1]) == (name in ("partly", "inherits", "unordered"))


def test_grading_does_not_depend_on_numpys_own_random_numbers(tiny, sandbox):
    submission = assembled(tiny, SUBMISSIONS["partly"])
    grades = []
    state = np.random.get_state()
    for seed in (1, 2):
        np.random.seed(seed)
        grades.append(grading.grade(tiny, copy.deepcopy(submission), SEED).as_json())
    np.random.set_state(state)
    assert grades[0] == grades[1]


LOOKUP = '''
def {name}{signature}:
    import base64
    import pickle
    args = list(locals().values())[:{count}]
    table = pickle.loads(base64.b64decode("{table}"))
    answer = table.get(repr([None if callable(arg) else np.asarray(arg).tolist() for arg in args]),
                       list(table.values())[0])
    if isinstance(answer, Exception):
        raise answer
    return answer
'''


def by_heart(exercises):
    """Answers that give what the visible checks ask for, and nothing else, from a table of their calls."""
    names = {"np": np, "data": data, "check": check}
    for source in solutions(exercises).values():
        exec(source, names)
    signatures = {name: inspect.signature(names[name]) for name in exercises.exercises}
    tables = {name: {} for name in signatures}
    for name, table in tables.items():
        names[name] = noted(names[name], table)
    run_checks(exercises, names)
    assert all(tables.values())
    return {name: LOOKUP.format(name=name, signature=signature, count=len(signature.parameters),
                                table=base64.b64encode(pickle.dumps(tables[name])).decode())
            for name, signature in signatures.items()}


def noted(function, table):
    """Return the function, with every call and its answer noted in a table."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args, **options):
        bound = signature.bind(*args, **options)
        bound.apply_defaults()
        key = repr([None if callable(arg) else np.asarray(arg).tolist() for arg in bound.arguments.values()])
        try:
            table[key] = function(*args, **options)
        except ValueError as error:
            table[key] = error
            raise
        return table[key]

    return call


def run_checks(exercises, names):
    """Run the visible part of every grade cell."""
    for cell in exercises.source.cells:
        if pipeline.is_grade_cell(cell):
            exec(cell.source.partition("### BEGIN HIDDEN TESTS")[0], names)


def test_the_numbers_of_the_visible_checks_learned_by_heart_are_worth_nothing(sandbox, capsys):
    exercises = problem_set("ps2_linear_regression")
    answers = by_heart(exercises)
    cells = [Cell("code", "import numpy as np", "")]
    cells += [Cell("code", source, name) for name, source in answers.items()]
    grade = grading.grade(exercises, assembly.assemble(exercises, cells), SEED)
    assert {name: function.score for name, function in grade.functions.items()} == dict.fromkeys(answers, 0.0)
    # They do satisfy every check, so it is the hidden inputs that tell.
    names = {"np": np, "data": data, "check": check}
    for source in answers.values():
        exec(source, names)
    run_checks(exercises, names)
