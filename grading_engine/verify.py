"""Proving the graders: right solutions get full marks, wrong ones lose them and are named, and how strong that is."""

import atexit
import contextlib
import functools
import hashlib
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace

from course_lib.answers import visible
from grading_engine import assembly, diagnosis, grading, hidden_tests, submission
from grading_engine.course import KIT, grade_id, problem_set
from grading_engine.files import write_whole
from grading_engine.grader import Grader, as_solution
from grading_engine.language import ENGLISH, speaking
from grading_engine.mutants import mutants
from grading_engine.properties import any_counterexample
from grading_engine.sandbox import launch

# The same on every machine, so that what was verified once stays verified; the class's own seed is tried besides,
# on everything that has to be right.
SEED = 0
REMEMBERED = KIT / ".course" / "verified"
# A solution that is one call has hardly any mutants; below this number the variants are mutated too.
FEW_MUTANTS = 12
# How far a tolerance has to be from both sides: right answers use at most a tenth of it, wrong ones ten times it.
MARGIN = 10.0


@dataclass(frozen=True)
class Trial:
    """One submission whose marks are known beforehand.

    Attributes
    ----------
    kind : str
        "solution", "stub", "variant", "mistake" or "mutant".
    function : str
        The function that is tried; "" for a whole notebook.
    version : str
        Name of the variant, mistake or mutant.
    seed : int
        What its inputs are drawn from.
    """

    problem_set: str
    kind: str
    function: str = ""
    version: str = ""
    seed: int = SEED


@dataclass(frozen=True)
class Verdict:
    """How a trial went.

    Attributes
    ----------
    problem : str
        Why it did not go as it must; "" when it did.
    killed : bool
        Whether marks were lost.
    named : tuple of str
        Known mistakes that were recognised.
    misnamed : tuple of str
        Those among them that do something else than this version on inputs that were not tried before.
    message : str
        What the student would read first, without the call.
    tolerance_used : dict of str to float
        By test: the largest error in units of what is tolerated.
    """

    trial: Trial
    problem: str = ""
    killed: bool = False
    named: tuple = ()
    misnamed: tuple = ()
    message: str = ""
    tolerance_used: dict = field(default_factory=dict)


def trials(name, class_seed, every=1):
    """Return everything that has to be tried for one problem set, or only every second, third ... wrong version."""
    planned = [Trial(name, "solution"), Trial(name, "stub"), Trial(name, "solution", seed=class_seed)]
    for function, exercise in problem_set(name).exercises.items():
        grader = Grader(exercise.grader)
        planned += [Trial(name, "variant", function, variant, seed)
                    for variant in grader.variants for seed in (SEED, class_seed)]
        planned += [Trial(name, "mistake", function, mistake.name) for mistake in grader.mistakes[::every]]
        planned += [Trial(name, "mutant", function, mutant) for mutant in list(_mutants(name, function))[::every]]
    return planned


@speaking(ENGLISH)
def verify(names, class_seed, *, every=1, unsafe=False, workers=2, on_done=lambda verdict: None):
    """Try everything of some problem sets and return the `Verdict` objects, in the order of the trials.

    What was tried before is remembered by content and is not tried again.  All is tried in English, whatever a class
    speaks.
    """
    planned = [trial for name in names for trial in trials(name, class_seed, every)]
    verdicts = {trial: verdict for trial in planned if (verdict := _remembered(trial))}
    for verdict in verdicts.values():
        on_done(verdict)
    waiting = [trial for trial in planned if trial not in verdicts]
    if waiting:
        # One more than there are cores: each waits for its sandbox for almost half of its time.
        with ProcessPoolExecutor(workers + 1, mp_context=multiprocessing.get_context("spawn")) as executor:
            futures = {executor.submit(run, trial, unsafe): trial for trial in waiting}
            for future in as_completed(futures):
                verdict = verdicts[futures[future]] = future.result()
                if not unsafe:
                    _remember(verdict)
                on_done(verdict)
    return [verdicts[trial] for trial in planned]


def run(trial, unsafe=False):
    """Run one trial and return its `Verdict`."""
    exercises = problem_set(trial.problem_set)
    if trial.kind == "stub":
        untouched = [submission.Cell(cell.cell_type, visible(cell.source), grade_id(cell))
                     for cell in exercises.cleared.cells]
        assembled = assembly.assemble(exercises, untouched)
        return Verdict(trial, _not_zero(grading.grade(exercises, assembled, trial.seed, unsafe)))
    assembled = _solved(trial.problem_set)
    processes = _processes(problem_set(trial.problem_set).flavour, unsafe)
    if trial.kind == "solution":
        tried = hidden_tests.run(exercises, assembled, trial.seed, processes)
        grades = {name: grading.function_grade(exercises.exercises[name], tests)
                  for name, tests in tried.results.items()}
        used = {f"{name}.{test}": value for name, grade in grades.items() for test, value in _used(grade).items()}
        return Verdict(trial, "; ".join(filter(None, map(_not_full, grades.values()))), tolerance_used=used)
    assembled = replace(assembled, solutions=assembled.solutions | {trial.function: _source(trial)})
    exercise = exercises.exercises[trial.function]
    # Most of a mutant's time would go into the search for the smallest counterexample; only a hint needs it.
    with any_counterexample() if trial.kind == "mutant" else contextlib.nullcontext():
        tried = hidden_tests.run(exercises, assembled, trial.seed, processes, [trial.function])
    if trial.kind == "mutant" and _named(tried, trial):
        tried = hidden_tests.run(exercises, assembled, trial.seed, processes, [trial.function])
    grade, named = grading.function_grade(exercise, tried.results[trial.function]), _named(tried, trial)
    misnamed = ()
    if named and trial.kind != "mistake":
        # On other inputs than those that the hint was given for.
        others = hidden_tests.run(exercises, assembled, trial.seed + 1, processes, [trial.function])
        misnamed = _not_the_same(Grader(exercise.grader), named, others.values[trial.function])
    return _judged(trial, grade, named, misnamed)


def _named(tried, trial):
    return tuple(dict.fromkeys(test.mistake for test in tried.results[trial.function] if test.mistake))


@functools.cache
def _solved(name):
    """The instructor's notebook as a submission; no trial changes it."""
    exercises = problem_set(name)
    return assembly.assemble(exercises, submission.read(exercises.path))


@functools.cache
def _processes(flavour, unsafe):
    processes = launch.Kept(launch.launcher(flavour, unsafe))
    atexit.register(processes.close)
    return processes


def _judged(trial, grade, named, misnamed):
    """Compare what happened with what has to happen to this kind of trial."""
    if trial.kind == "variant":
        problem = _not_full(grade)
    elif trial.kind == "mistake":
        problem = _not_named(grade, trial.version)
    else:
        problem = _survives(grade, trial.version,
                            Grader(problem_set(trial.problem_set).exercises[trial.function].grader).equivalent_mutants)
    failed = next((test for test in grade.tests if test.outcome != "passed"), None)
    message = f"{failed.message.splitlines()[-1]} {failed.hint}".strip() if failed else ""
    return Verdict(trial, problem, grade.status in ("partial", "fail"), named, misnamed, message, _used(grade))


def _not_the_same(grader, named, answers):
    """Names of known mistakes that do not give these answers; pairs are left out."""
    functions = {mistake.name: mistake.function for mistake in grader.mistakes}
    return tuple(name for name in named if name in functions
                 and not all(diagnosis.agrees(functions[name], answer) for answer in answers))


def _source(trial):
    grader = Grader(problem_set(trial.problem_set).exercises[trial.function].grader)
    if trial.kind == "mutant":
        return _mutants(trial.problem_set, trial.function)[trial.version]
    wrong = {mistake.name: mistake.function for mistake in grader.mistakes}
    return as_solution((wrong | grader.variants)[trial.version], trial.function)


@functools.cache
def _mutants(name, function):
    """Return {name: source} of a function's mutants."""
    exercise = problem_set(name).exercises[function]
    if Grader(exercise.grader).no_mutants:
        return {}
    found = {mutant.name: mutant.source for mutant in mutants(exercise.solution)}
    for variant in Grader(exercise.grader).variants.values():
        if len(found) < FEW_MUTANTS:
            found |= {mutant.name: mutant.source for mutant in mutants(as_solution(variant, function))}
    return found


def _not_full(grade):
    return "" if grade.status == "pass" else (
        f"{grade.name} gets {grade.score} of {grade.max_score:g}: {_first_failure(grade)}")


def _not_zero(grade):
    return "; ".join(f"{name} gets {function.score}" for name, function in grade.functions.items()
                     if function.score != 0.0)


def _not_named(grade, name):
    if grade.status not in ("partial", "fail"):
        return f"gets {grade.score} of {grade.max_score:g} and should lose marks"
    named = {test.mistake for test in grade.tests if test.mistake}
    return "" if named == {name} else f"is recognised as {', '.join(sorted(named)) or 'nothing'}"


def _survives(grade, name, equivalent):
    if grade.status == "error":
        return f"the engine failed: {_first_failure(grade)}"
    if grade.status == "pass" and name not in equivalent:
        return "survives: no test takes marks from it, and the grader's EQUIVALENT_MUTANTS do not say why"
    if grade.status != "pass" and name in equivalent:
        return "stands in EQUIVALENT_MUTANTS and loses marks all the same"
    return ""


def _first_failure(function):
    return next((f"{test.title}: {test.message}" for test in function.tests if test.outcome != "passed"), "no tests")


def _used(grade):
    return {test.name: test.tolerance_used for test in grade.tests if test.tolerance_used is not None}


def _remembered(trial):
    try:
        stored = json.loads((REMEMBERED / f"{_fingerprint(trial)}.json").read_text())
        return Verdict(**stored | {"trial": trial, "named": tuple(stored["named"]),
                                   "misnamed": tuple(stored["misnamed"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(verdict):
    write_whole(REMEMBERED / f"{_fingerprint(verdict.trial)}.json", json.dumps(asdict(verdict)))


def _fingerprint(trial):
    """A digest of all that decides how a trial goes."""
    exercises = problem_set(trial.problem_set)
    graders = [exercises.exercises[trial.function].grader] if trial.function else sorted(
        exercises.graders.glob("*.py"))
    version = _source(trial) if trial.function else ""
    parts = [json.dumps(asdict(trial)), version, _engine(), exercises.path.read_text(),
             *(path.read_text() for path in graders)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@functools.cache
def _engine():
    shared = [KIT / "course_lib" / name for name in ("answers.py", "compare.py", "notebook.py")]
    files = [*sorted((KIT / "grading_engine").rglob("*.py")), *shared, KIT / "requirements.lock"]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
