"""Proving the graders: right solutions get full marks, wrong ones lose them and are named."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace

from grading_engine import grading
from grading_engine.course import problem_set
from grading_engine.grader import Grader, as_solution
from grading_engine.release import notebook_name, release_folder


@dataclass(frozen=True)
class Trial:
    """One submission whose marks are known beforehand.

    Attributes
    ----------
    kind : str
        "solution", "stub", "variant" or "mistake".
    function : str
        The function that is tried; "" for a whole notebook.
    version : str
        Name of the mistake or variant.
    """

    problem_set: str
    kind: str
    function: str = ""
    version: str = ""


@dataclass(frozen=True)
class Verdict:
    """How a trial went; ``problem`` is "" when it went as it must."""

    trial: Trial
    problem: str = ""


def trials(name):
    """Return everything that has to be tried for one problem set."""
    exercises = problem_set(name).exercises
    planned = [Trial(name, "solution"), Trial(name, "stub")]
    for function, exercise in exercises.items():
        grader = Grader(exercise.grader)
        planned += [Trial(name, "variant", function, variant) for variant in grader.variants]
        planned += [Trial(name, "mistake", function, mistake.name) for mistake in grader.mistakes]
    return planned


def verify(names, seed, *, unsafe=False, workers=2, on_done=lambda verdict: None):
    """Try everything of some problem sets and return the `Verdict` objects, in the order of the trials."""
    planned = [trial for name in names for trial in trials(name)]
    verdicts = {}
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as executor:
        futures = {executor.submit(run, trial, seed, unsafe): trial for trial in planned}
        for future in as_completed(futures):
            verdicts[futures[future]] = future.result()
            on_done(future.result())
    return [verdicts[trial] for trial in planned]


def run(trial, seed, unsafe=False):
    """Run one trial and return its `Verdict`."""
    exercises = problem_set(trial.problem_set)
    if trial.kind == "stub":
        _, assembled = grading.open_submission(release_folder(exercises) / notebook_name(exercises))
        return Verdict(trial, _not_zero(grading.grade(exercises, assembled, seed, unsafe)))
    _, assembled = grading.open_submission(exercises.path)
    if trial.kind == "solution":
        return Verdict(trial, _not_full(grading.grade(exercises, assembled, seed, unsafe)))
    grader = Grader(exercises.exercises[trial.function].grader)
    wrong = {mistake.name: mistake.function for mistake in grader.mistakes}
    source = as_solution((wrong | grader.variants)[trial.version], trial.function)
    assembled = replace(assembled, solutions=assembled.solutions | {trial.function: source})
    grade = grading.grade(exercises, assembled, seed, unsafe, [trial.function])
    if trial.kind == "variant":
        return Verdict(trial, _not_full(grade))
    return Verdict(trial, _not_named(grade.functions[trial.function], trial.version))


def _not_full(grade):
    return "; ".join(f"{name} gets {function.score} of {function.max_score:g}: {_first_failure(function)}"
                     for name, function in grade.functions.items() if function.status != "pass")


def _not_zero(grade):
    return "; ".join(f"{name} gets {function.score}" for name, function in grade.functions.items()
                     if function.score != 0.0)


def _not_named(function, mistake):
    if function.status not in ("partial", "fail"):
        return f"gets {function.score} of {function.max_score:g} and should lose marks"
    named = {test.mistake for test in function.tests if test.mistake}
    if named != {mistake}:
        return f"is recognised as {', '.join(sorted(named)) or 'nothing'}"
    return ""


def _first_failure(function):
    return next((f"{test.title}: {test.message}" for test in function.tests if test.outcome != "passed"), "no tests")
