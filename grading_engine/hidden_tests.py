"""The trusted side: runs hidden tests, which pytest collects, against one submission and keeps what happened."""

import functools
import logging
import warnings
import zlib
from dataclasses import dataclass, replace

import numpy as np
import pytest

from course_lib.answers import is_stub
from grading_engine import diagnosis, heat_map
from grading_engine.grader import Grader
from grading_engine.language import texts
from grading_engine.student import Failure, Student

_ = texts.gettext

# How a test may also end because of another cell: it patched numpy, say, or left a thread behind.
_MAYBE_SPOILED = ("failed", "timeout", "memory", "exit", "crash")

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
    """One run over one submission.

    Attributes
    ----------
    results : dict of str to list of TestResult
        By function, in the notebook's order.
    values : dict of str to list of Answer
        Every answer that a function gave where values were asked for.
    """

    def __init__(self, problem_set, assembled, seed, processes, pictures=False):
        self.problem_set = problem_set
        self.assembled = assembled
        self.seed = seed
        self.graders = {name: Grader(exercise.grader) for name, exercise in problem_set.exercises.items()}
        self.results = {}
        self.values = {}
        self._pictures = pictures
        self._alone = set()
        self._mistakes = {}
        self._by_values = set()
        self._student = Student(problem_set, assembled, self.graders, processes, seed)

    def run(self, functions=None):
        """Run the tests of all functions, or of some, each of those with nothing but the answers that it needs."""
        self._alone = set(functions or ())
        # In the notebook's order, so that what a function builds on is judged before it.
        names = [name for name in self.problem_set.exercises if functions is None or name in functions]
        self.results = {name: [] for name in names}
        tests = collected(self.problem_set.graders)
        with warnings.catch_warnings():
            # What a reference warns of is nobody's mistake.
            warnings.simplefilter("ignore")
            try:
                for name in names:
                    for item in tests.get(self.problem_set.exercises[name].grader, ()):
                        self.results[name].append(self._tried(name, item))
            finally:
                self._student.close()
            for name, results in self.results.items():
                self.values[name] = self._student.values(name)
                self.results[name] = self._explained(name, [self._confirmed(name, result) for result in results])

    def _tried(self, function, item):
        """Run one test, and when it fails again in ways that set other functions' mistakes aside."""
        result = self._run(function, item, alone=function in self._alone)
        source = self.assembled.solutions.get(function, "")
        untouched = result.unwritten and (not source or is_stub(source, function))
        if result.outcome in _MAYBE_SPOILED and not untouched and function not in self._alone:
            self._alone.add(function)
            result = self._run(function, item, alone=True)
        if result.outcome not in ("passed", "error") and (upstream := self._wrong_upstream(function)):
            mistake = self._mistakes.get((function, item.name))
            again = self._run(function, item, served=upstream, alone=True)
            self._mistakes[function, item.name] = mistake
            if again.outcome == "passed":
                return replace(again, inherited=upstream, message=_("inherited from {names}").format(
                    names=", ".join(f"`{name}`" for name in upstream)))
        return result

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

    def _run(self, function, item, served=(), alone=False):
        title = self.graders[function].translated(title_of(item.function))
        try:
            return self._result(function, item, title, self._failure_of(function, item, served, alone))
        except Exception:
            # The grader's own fault, never the student's: a person has to look.
            logger.exception("the hidden test %s broke", item.nodeid)
            return TestResult(item.name, title, "error",
                              _("The grader itself failed here. This is not your mistake: a person will look at it."))

    def _failure_of(self, function, item, served, alone):
        rng = np.random.default_rng([self.seed, zlib.crc32(f"{function} {item.name}".encode())])
        given = {"student": self._student, "rng": rng}
        try:
            self._student.begin_test(function, served, alone)
            item.obj(**{name: given[name] for name in item.fixturenames})
        except Failure as failure:
            return failure
        return None

    def _result(self, function, item, title, failure):
        used = self._student.tolerance_used
        if failure is None:
            return TestResult(item.name, title, "passed", tolerance_used=used, picture=self._picture(right=True))
        mistake = failure.recognise()
        self._mistakes[function, item.name] = mistake
        if failure.mismatch:
            self._by_values.add((function, item.name))
        return TestResult(item.name, title, failure.outcome, str(failure), mistake and mistake.name,
                          mistake.sentence if mistake else "", unwritten=failure.unwritten, tolerance_used=used,
                          picture=self._picture(failure.mismatch))

    def _picture(self, mismatch=None, right=False):
        """Draw what a test shows, or else the wrong array beside the right one; only for those who write reports."""
        if not self._pictures:
            return ""
        shown = "".join(draw(*args) for draw, args, when_right in self._student.pictures if when_right or not right)
        if shown or not (mismatch and mismatch.arrays):
            return shown
        return heat_map.as_html(*mismatch.arrays, mismatch.label)

    def _wrong_upstream(self, function):
        """Earlier functions that are not right and that this submission's code for ``function`` mentions."""
        return tuple(name for name in self.assembled.built_on(function, self.problem_set.exercises)
                     if any(result.outcome != "passed" or result.inherited for result in self.results.get(name, ())))


def title_of(test):
    """What a hidden test is called: the first line of its docstring."""
    return (test.__doc__ or test.__name__).strip().splitlines()[0]


class _Collector:
    """A pytest plugin that provides the two fixtures of hidden tests and keeps what pytest collected."""

    items = ()

    @pytest.fixture
    def student(self):
        """The submission's functions, a `Student`; the engine hands it in."""

    @pytest.fixture
    def rng(self):
        """A `numpy.random.Generator`, the same for every submission and known to the staff only; as above."""

    @pytest.hookimpl
    def pytest_collection_finish(self, session):
        """Keep the tests."""
        self.items = session.items


@functools.cache
def collected(folder):
    """Return {file: its pytest items} of a problem set's hidden graders; pytest reads them once.

    Raises
    ------
    RuntimeError
        When a file cannot be read or has no tests, or a test asks for what only a run of pytest has.
    """
    collector = _Collector()
    # Nothing of the surroundings configures this, and what looks for leaks after a session takes a second.
    options = ["-c", str(folder.parent / "pytest.ini"), f"--rootdir={folder.parent.parent}", "--import-mode=importlib",
               "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:unraisableexception",
               "-p", "no:threadexception", "--noconftest", "--disable-plugin-autoload", "--collect-only"]
    status = pytest.main([*options, str(folder)], plugins=[collector])
    if status is not pytest.ExitCode.OK:
        raise RuntimeError(f"the hidden tests in {folder} could not be read: pytest ended with {status!r}")
    found = {}
    for item in collector.items:
        if others := set(item.fixturenames) - {"student", "rng"}:
            raise RuntimeError(f"{item.nodeid} asks for {', '.join(sorted(others))}: "
                               "a hidden test gets `student` and `rng` only")
        found.setdefault(item.path, []).append(item)
    return found


def run(problem_set, assembled, seed, processes, functions=None, pictures=False):
    """Run the hidden tests and return the `HiddenTests` that has the results.

    Parameters
    ----------
    problem_set : ProblemSet
    assembled : Assembled
    seed : int
        What inputs are drawn from.
    processes : Cold, Warm or Kept
        Where student code runs; see `launch`.
    functions : iterable of str, optional
        Run these only, each with nothing but the answers that it needs.
    pictures : bool
        Draw pictures for a report.
    """
    tests = HiddenTests(problem_set, assembled, seed, processes, pictures)
    tests.run(functions)
    return tests
