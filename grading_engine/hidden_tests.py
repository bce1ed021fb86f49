"""The trusted pytest side: runs hidden tests against one submission and keeps what happened."""

import logging
import zlib
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest

from grading_engine import diagnosis, heat_map
from grading_engine.course import TEST_PREFIX
from grading_engine.grader import Grader
from grading_engine.student import Failure, Student

# How a test may also end because of another cell: it patched numpy, say, or left a thread behind.  A timeout is not
# tried again, since that would cost as much once more.
_MAYBE_SPOILED = ("failed", "memory", "exit", "crash")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TestResult:
    """What happened in one hidden test; most fields are described in the README ("What a grade looks like").

    Attributes
    ----------
    hint : str
        The sentence of the known mistake.
    inherited : tuple of str
        Wrong functions that were answered for when this test passed.
    unwritten : bool
        Whether there was nothing to test.
    tolerance_used : float or None
        The largest error of a compared value, in units of what is tolerated.
    picture : str
        HTML of the wrong array beside the right one.
    """

    __test__ = False  # the name is pytest's term; it is no test

    name: str
    title: str
    outcome: str
    message: str = ""
    mistake: str | None = None
    hint: str = ""
    inherited: tuple = ()
    unwritten: bool = False
    tolerance_used: float | None = None
    picture: str = ""


class HiddenTests:
    """A pytest plugin for one run over one submission.

    Attributes
    ----------
    results : dict of str to list of TestResult
        By function, in the notebook's order.
    alone : set of str
        Functions that run with nothing but the answers that they need.
    values : dict of str to list of Answer
        Every answer that a function gave where values were asked for.
    """

    def __init__(self, problem_set, assembled, seed, processes):
        self.problem_set = problem_set
        self.assembled = assembled
        self.seed = seed
        self.graders = {name: Grader(exercise.grader) for name, exercise in problem_set.exercises.items()}
        self.results = {name: [] for name in problem_set.exercises}
        self.values = {}
        self.alone = set()
        self._mistakes = {}
        self._by_values = set()
        self._planned = Counter()
        self._student = Student(problem_set, assembled, self.graders, processes)

    @pytest.fixture
    def student(self):
        """The submission's functions."""
        return self._student

    @pytest.fixture
    def rng(self, request):
        """A `numpy.random.Generator` that is the same for every submission and known to the staff only."""
        return self._rng(request.node)

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items):
        """Functions in the notebook's order, so that what a function builds on is judged before it."""
        order = list(self.problem_set.exercises)
        items.sort(key=lambda item: order.index(_function(item)))
        self._planned = Counter(map(_function, items))

    @pytest.hookimpl
    def pytest_pyfunc_call(self, pyfuncitem):
        """Run one test, and when it fails again in ways that set other functions' mistakes aside."""
        function = _function(pyfuncitem)
        result = self._run(pyfuncitem, alone=function in self.alone)
        if result.outcome in _MAYBE_SPOILED and not result.unwritten and function not in self.alone:
            self.alone.add(function)
            result = self._run(pyfuncitem, alone=True)
        if result.outcome not in ("passed", "error") and (upstream := self._wrong_upstream(function)):
            again = self._run(pyfuncitem, served=upstream, alone=True)
            if again.outcome == "passed":
                result = replace(again, inherited=upstream,
                                 message="inherited from " + ", ".join(f"`{name}`" for name in upstream))
        self.results[function].append(result)
        return True

    @pytest.hookimpl
    def pytest_sessionfinish(self):
        """Leave no process behind, and no hint that does not explain all that a function did."""
        self._student.begin_test("")
        self._student.close()
        for function, results in self.results.items():
            if len(results) != self._planned[function]:
                results.append(TestResult("", "all tests were run", "error",
                                          "The grader itself failed here: a person will look at it."))
        for function, results in self.results.items():
            self.values[function] = self._student.values(function)
            self.results[function] = self._explained(function, [self._confirmed(function, r) for r in results])

    def _explained(self, function, results):
        """Give the hint to all tests that failed by their values, where it took all of them to tell the mistake."""
        known = {result.mistake: result.hint for result in results if result.mistake}
        if len(known) != 1:
            return results
        (mistake, hint), = known.items()
        return [replace(result, mistake=mistake, hint=hint)
                if result.outcome == "failed" and (function, result.name) in self._by_values else result
                for result in results]

    def _confirmed(self, function, result):
        if result.mistake is None:
            return result
        mistake = self._mistakes[function, result.name].function
        if all(diagnosis.agrees(mistake, answer) for answer in self.values[function]):
            return result
        return replace(result, mistake=None, hint="")

    def _run(self, item, served=(), alone=False):
        names = {"student": self._student, "rng": self._rng(item)}
        wanted = item._fixtureinfo.argnames
        title = (item.function.__doc__ or item.name).strip().splitlines()[0]
        try:
            arguments = {name: names.get(name, item.funcargs[name]) for name in wanted}
            return self._result(item, title, self._failure_of(item, arguments, served, alone))
        except Exception:
            # The grader's own fault, never the student's: a person has to look.
            logger.exception("the hidden test %s broke", item.nodeid)
            return TestResult(item.name, title, "error",
                              "The grader itself failed here. This is not your mistake: a person will look at it.")

    def _failure_of(self, item, arguments, served, alone):
        try:
            self._student.begin_test(_function(item), served, alone)
            item.obj(**arguments)
        except Failure as failure:
            return failure
        return None

    def _result(self, item, title, failure):
        used = self._student.tolerance_used
        if failure is None:
            return TestResult(item.name, title, "passed", tolerance_used=used)
        mistake = failure.recognise()
        self._mistakes[_function(item), item.name] = mistake
        if failure.mismatch:
            self._by_values.add((_function(item), item.name))
        return TestResult(item.name, title, failure.outcome, str(failure), mistake and mistake.name,
                          mistake.sentence if mistake else "", unwritten=failure.unwritten, tolerance_used=used,
                          picture=_picture(failure.mismatch))

    def _rng(self, item):
        return np.random.default_rng([self.seed, zlib.crc32(f"{_function(item)} {item.name}".encode())])

    def _wrong_upstream(self, function):
        """Earlier functions that are not right and that this submission's code for ``function`` mentions."""
        return tuple(name for name in self.assembled.built_on(function, self.problem_set.exercises)
                     if any(result.outcome != "passed" or result.inherited for result in self.results.get(name, ())))


def run(problem_set, assembled, seed, processes, functions=None):
    """Run the hidden tests and return the `HiddenTests` that has the results.

    Parameters
    ----------
    problem_set : ProblemSet
    assembled : Assembled
    seed : int
        What inputs are drawn from.
    processes : Fresh
        Where student code runs.
    functions : iterable of str, optional
        Run these only, each with nothing but the answers that it needs.
    """
    plugin = HiddenTests(problem_set, assembled, seed, processes)
    names = list(functions or problem_set.exercises)
    plugin.results = {name: plugin.results[name] for name in names}
    plugin.alone = set(functions or ())
    arguments = [str(problem_set.exercises[name].grader) for name in names]
    # Nothing of the surroundings configures this run, and what only looks after a test session's own leaks, at a
    # quarter of a second each time, stays out of it.
    folder = problem_set.graders.parent
    options = ["-c", str(folder / "pytest.ini"), f"--rootdir={folder.parent}",
               "--import-mode=importlib", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:unraisableexception",
               "-p", "no:threadexception", "--noconftest", "--disable-plugin-autoload"]
    status = pytest.main([*options, *arguments], plugins=[plugin])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"the hidden tests of {problem_set.name} could not be run: pytest ended with {status!r}")
    return plugin


def _picture(mismatch):
    return heat_map.as_html(*mismatch.arrays, mismatch.label) if mismatch and mismatch.arrays else ""


def _function(item):
    return item.path.stem.removeprefix(TEST_PREFIX)
