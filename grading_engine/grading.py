"""From a submission to marks: what the hidden tests found becomes points, on the trusted side alone."""

from dataclasses import dataclass, replace

from grading_engine import assembly, hidden_tests, submission
from grading_engine.course import which_problem_set
from grading_engine.sandbox import launch


@dataclass(frozen=True)
class FunctionGrade:
    """Marks of one function.

    Attributes
    ----------
    score : float or None
        None when the engine itself failed: a person decides.
    status : str
        "pass", "partial", "fail", "missing" or "error".
    tests : list of TestResult
    """

    name: str
    score: float | None
    max_score: float
    status: str
    tests: list


@dataclass(frozen=True)
class Grade:
    """All marks of one notebook."""

    problem_set: str
    functions: dict
    sandbox: str
    seed: int
    repairs: list

    @property
    def score(self):
        """Points of all functions; one that needs a person counts as nothing yet."""
        return round(sum(function.score or 0.0 for function in self.functions.values()), 2)

    @property
    def max_score(self):
        """Points that the functions are worth."""
        return sum(function.max_score for function in self.functions.values())

    def as_json(self):
        """Return the grade as a dict that `json` can write."""
        return {
            "problem_set": self.problem_set, "score": self.score, "max_score": self.max_score,
            "sandbox": self.sandbox, "seed": self.seed, "repairs": self.repairs,
            "functions": {name: {"score": function.score, "max_score": function.max_score,
                                 "status": function.status, "tests": [_test_as_json(t) for t in function.tests]}
                          for name, function in self.functions.items()},
        }


def without_pictures(grade):
    """Return a grade that weighs little: a run holds those of a whole class."""
    return replace(grade, functions={
        name: replace(function, tests=[replace(test, picture="") for test in function.tests])
        for name, function in grade.functions.items()})


def grade(problem_set, assembled, seed, unsafe=False, functions=None, flavour=None):
    """Run the hidden tests against an assembled submission and return its `Grade`."""
    processes = launch.launcher(flavour or problem_set.flavour, unsafe)
    results = hidden_tests.run(problem_set, assembled, seed, processes, functions, pictures=True).results
    grades = {name: function_grade(problem_set.exercises[name], tests) for name, tests in results.items()}
    return Grade(problem_set.name, grades, "none" if unsafe else "bubblewrap", seed, assembled.repairs)


def open_submission(path):
    """Read a notebook file and put it together.

    Returns
    -------
    (ProblemSet, Assembled)

    Raises
    ------
    BadSubmission
        When it is no notebook, or one that belongs to no problem set.
    """
    return opened(submission.content(path), path.name)


def opened(content, name):
    """Put a notebook's bytes together; ``name`` is its file's.  As `open_submission`."""
    cells = submission.parse(content, name)
    problem_set = which_problem_set(name.removesuffix(".ipynb"), [cell.source for cell in cells if cell.kind == "code"])
    if problem_set is None:
        raise submission.BadSubmission(
            f"{name} belongs to no problem set: neither its name nor its functions say which")
    return problem_set, assembly.assemble(problem_set, cells)


def function_grade(exercise, tests):
    """Points are shared equally among the tests; without the first one, the general case, there are none.

    A function that gets the general case wrong would otherwise collect points for refusing bad arguments or for
    leaving its inputs alone, which a function that does nothing also does.
    """
    passed = sum(test.outcome == "passed" for test in tests)
    if not tests or any(test.outcome == "error" for test in tests):
        return FunctionGrade(exercise.name, None, exercise.points, "error", tests)
    if passed == len(tests):
        return FunctionGrade(exercise.name, exercise.points, exercise.points, "pass", tests)
    if all(test.unwritten for test in tests):
        return FunctionGrade(exercise.name, 0.0, exercise.points, "missing", tests)
    if tests[0].outcome != "passed":
        return FunctionGrade(exercise.name, 0.0, exercise.points, "fail", tests)
    score = round(exercise.points * passed / len(tests), 2)
    return FunctionGrade(exercise.name, score, exercise.points, "partial", tests)


def _test_as_json(test):
    message = f"{test.message}\n{test.hint}" if test.hint else test.message
    return {"name": test.name, "title": test.title, "outcome": test.outcome, "message": message,
            "mistake": test.mistake}
