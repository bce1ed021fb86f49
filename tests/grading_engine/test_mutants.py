from grading_engine.mutants import mutants

SOURCE = '''
import numpy as np


def f(X, y):
    """A docstring that is no code."""
    total = np.mean(X.T - y, axis=0)
    if len(y) == 0:
        raise ValueError("y is empty")
    return np.sqrt(np.dot(X, y)) / 2
'''


def after():
    return {mutant.name.partition("  ->  ")[2] for mutant in mutants(SOURCE)}


def test_every_kind_of_slip_is_made():
    found = after()
    for line in ("total = np.mean(X.T + y, axis=0)", "total = np.mean(y - X.T, axis=0)",
                 "total = np.mean(X - y, axis=0)", "total = np.mean(X.T - y, axis=1)", "total = np.mean(X.T - y)",
                 "total = np.sum(X.T - y, axis=0)", "if len(y) != 0:", "if len(y) == 1:", "pass",
                 "return np.sqrt(np.dot(y, X)) / 2", "return np.dot(X, y) / 2", "return np.sqrt(np.dot(X, y)) * 2",
                 "return np.sqrt(np.dot(X, y)) / 3"):
        assert line in found


def test_mutants_differ_from_the_solution_and_from_each_other():
    made = mutants(SOURCE)
    assert len({mutant.source for mutant in made}) == len({mutant.name for mutant in made}) == len(made)
    assert mutants(SOURCE) == made
    for mutant in made:
        compile(mutant.source, "mutant", "exec")
        assert mutant.source.startswith("import numpy as np")
