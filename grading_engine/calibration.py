"""Bands of test accuracy for a training run, from many seeded runs of the reference on the same class of device."""

import json
import math
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import NormalDist, fmean, stdev

from grading_engine import training
from grading_engine.course import CourseError
from grading_engine.files import write_whole
from grading_engine.grader import Grader

FILE = "calibration.json"
# The best band is missed by the reference once in about 700 times; each one below allows half as many errors again.
DEVIATIONS = 3.0
MORE_ERRORS = 1.5
BANDS = 4


@dataclass(frozen=True)
class Bands:
    """What test accuracy is worth.

    Attributes
    ----------
    edges : list of float
        Accuracies from which on each band begins, the lowest one first.
    chance_missed : list of float
        How likely a run of the reference stays below each, by the normal distribution.
    mean, deviation : float
        Of the reference's accuracies.
    accuracies : list of float
    images_per_second : float
    device, backend : str
    """

    edges: list
    chance_missed: list
    mean: float
    deviation: float
    accuracies: list
    images_per_second: float
    device: str
    backend: str

    def is_near(self, accuracy):
        """Whether a run is so little below an edge that another seed may reach it."""
        return any(0 < edge - accuracy <= self.deviation for edge in self.edges)


def exercises_with_a_task(sets):
    """Return those exercises of some problem sets whose networks are trained.

    The other graders are not loaded: where Keras runs on JAX there may be no TensorFlow.
    """
    return [exercise for exercises in sets for exercise in exercises.exercises.values()
            if re.search(r"^TASK = ", exercise.grader.read_text(), flags=re.MULTILINE)]


def calibrate(exercise, runs, on_done=lambda run: None):
    """Train the reference with the seeds 0, 1, ... and return the `Bands`.

    Parameters
    ----------
    exercise : Exercise
    runs : int
    on_done : callable
        Gets each `Run`.
    """
    grader, done = Grader(exercise.grader), []
    model = grader.reference(grader.task.input_shape, grader.task.classes)
    for seed in range(runs):
        done.append(training.train(model, grader.task, seed))
        on_done(done[-1])
    return bands([run.accuracy for run in done], fmean(run.images_per_second for run in done), done[0].device,
                 done[0].backend)


def bands(accuracies, images_per_second=0.0, device="", backend=""):
    """Return the `Bands` that follow from accuracies of the reference."""
    mean, deviation = fmean(accuracies), stdev(accuracies)
    best = mean - DEVIATIONS * deviation
    edges = [math.floor(1000 * (1 - MORE_ERRORS**step * (1 - best))) / 1000 for step in reversed(range(BANDS))]
    chances = [float(f"{NormalDist(mean, max(deviation, 1e-9)).cdf(edge):.2g}") for edge in edges]
    return Bands(edges, chances, round(mean, 4), round(deviation, 4), [round(value, 4) for value in accuracies],
                 round(images_per_second), device, backend)


def store(exercise, found):
    """Write the bands of a function beside its grader, for this class of device."""
    path = exercise.grader.parent / FILE
    stored = _stored(path)
    stored.setdefault(exercise.name, {})[training.device_class()] = asdict(found)
    write_whole(path, json.dumps(stored, indent=1) + "\n")


def load(grader):
    """Return the `Bands` of a grader for the device that there is.

    Raises
    ------
    CourseError
        When nobody has calibrated it on this class of device.
    """
    grader, device = Path(grader), training.device_class()
    found = _stored(grader.parent / FILE).get(grader.stem.removeprefix("test_"), {}).get(device)
    if found is None:
        raise CourseError(f"{grader.stem} has no bands for a {device}: run `course calibrate {grader.parent.name}` "
                          "where there is one")
    return Bands(**found)


def _stored(path):
    return json.loads(path.read_text()) if path.exists() else {}
