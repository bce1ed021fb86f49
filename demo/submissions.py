"""Twelve ways to hand in PS2: what each student of the demonstration does with the released notebook."""

import re

from grading_engine.course import grade_id, problem_set
from grading_engine.grader import Grader, as_solution

PROBLEM_SET = "ps2_linear_regression"

_FOR_EVER = '''
def descend(df, x0, learning_rate, steps):
    path = [x0]
    while len(path) <= steps + 1:
        path[0] = path[0] - learning_rate * df(path[0])
    return np.array(path)
'''

_EXITS = '''
def mae(y_true, y_pred):
    import os
    os._exit(0)
'''

_NO_PYTHON = '''
def gd_step(m, b, dm, db, learning_rate):
    return (m - learning_rate * dm, b - learning_rate * db
'''

_ATTACK = '''
def cost_grid(x, y, m_values, b_values):
    import builtins, glob, os
    wanted = ["graders/*/test_cost_grid.py", "source/*/*.ipynb", "gradebook.db", "submitted/*/*/*.ipynb"]
    homes = [".", "..", "/*", "/*/*", "/*/*/*", "/proc/1/cwd", "/proc/1/root/*"]
    stolen = [open(path).read() for home in homes for name in wanted for path in glob.glob(f"{home}/{name}")]
    for path in glob.glob("/*/autograded") + ["/tmp/../marks.csv"]:
        try:
            open(path, "w").write("full marks")
        except OSError:
            pass
    np.testing.assert_allclose = lambda *args, **kwargs: None
    np.allclose = lambda *args, **kwargs: True
    builtins.AssertionError = type("Fine", (Exception,), {})
    print({"score": 5.0, "max_score": 5.0, "status": "pass"}, len(stolen))

    class AlwaysRight(np.ndarray):
        def __eq__(self, other):
            return True

    return np.zeros((len(m_values), len(b_values))).view(AlwaysRight)
'''


def all_right(answers):
    """Answers every function as the instructor does."""
    answers.functions(solutions())


def with_known_mistake(function, mistake):
    """Return a student who is right but for one known mistake."""

    def submit(answers):
        grader = _grader(function)
        wrong = next(m.function for m in grader.mistakes if m.name == mistake)
        answers.functions(solutions() | {function: as_solution(wrong, function)})

    return submit


def with_code(function, source):
    """Return a student who is right but for one function, which is this code."""

    def submit(answers):
        answers.functions(solutions() | {function: source.lstrip()})

    return submit


def otherwise_written(answers):
    """Answers every function rightly and otherwise than the instructor: loops for array operations."""
    variants = {}
    for function in solutions():
        by_name = _grader(function).variants
        name = next((name for name in by_name if "loop" in name), next(iter(by_name)))
        variants[function] = as_solution(by_name[name], function)
    answers.functions(variants)


def untouched(answers):
    """Hands the release in again."""


def through_colab(answers):
    """Right, but the notebook comes back without any cell's metadata and with other cell ids."""
    all_right(answers)
    for number, cell in enumerate(answers.notebook.cells):
        cell.metadata = {}
        cell["id"] = f"colab-{number}"


STUDENTS = {
    "01-all-right": all_right,
    "02-sum-for-mean": with_known_mistake("mse", "sum_for_mean"),
    "03-shapes-unchecked": with_known_mistake("mse", "shapes_unchecked"),
    "04-no-transpose": with_known_mistake("cost_grid", "transposed"),
    "05-inverse": with_known_mistake("normal_equation", "inverse_of_singular"),
    "06-loops": otherwise_written,
    "07-untouched": untouched,
    "08-for-ever": with_code("descend", _FOR_EVER),
    "09-exits": with_code("mae", _EXITS),
    "10-syntax-error": with_code("gd_step", _NO_PYTHON),
    "11-through-colab": through_colab,
    "12-attack": with_code("cost_grid", _ATTACK),
}


class Answers:
    """A fetched notebook that a student writes into."""

    def __init__(self, notebook):
        self.notebook = notebook

    def functions(self, sources):
        """Put {function: source} into the solution cells, and a sentence into every written answer."""
        for cell in self.notebook.cells:
            name = grade_id(cell)
            if name in sources:
                cell.source = sources[name]
            elif name.startswith("written_"):
                cell.source = "The gradient is zero at the minimum and points back to it on either side."


def solutions():
    """Return the instructor's solutions, without the marks that fence them in."""
    return {name: re.sub(r"^\s*### (BEGIN|END) SOLUTION\n?", "", exercise.solution, flags=re.MULTILINE)
            for name, exercise in problem_set(PROBLEM_SET).exercises.items()}


def _grader(function):
    return Grader(problem_set(PROBLEM_SET).exercises[function].grader)
