"""Commands that make a course: init, new, verify, release, calibrate."""

import json
import sys
from pathlib import Path

import click
from rich.table import Table

from grading_engine.cli import shared
from grading_engine.cli.sections import command
from grading_engine.cli.shared import console
from grading_engine.course import KIT, CourseError
from grading_engine.seed import course_seed


@command(example="""
    course init ~/spring-class
    cd ~/spring-class && course doctor""")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def init(folder):
    """Make the folder of a class, with its settings.

    FOLDER gets an nbgrader_config.py that builds on the kit's; what instructors change most stands in it as comments.
    Gradebook, submissions and feedback of this class will lie there.
    """
    from grading_engine.workspace import CONFIG, make_class

    make_class(folder)
    console.print(f"{folder / CONFIG} is there: look into it, then work in {folder}", highlight=False, soft_wrap=True)


@command(example="""
    course new ps2_linear_regression median_error --points 2
    course new ps8_attention softmax_rows""")
@click.argument("name", metavar="PS", shell_complete=shared.names_that_fit)
@click.argument("function")
@click.option("--points", type=float, default=3.0, show_default=True, help="What the exercise is worth.")
def new(name, function, points):
    """Write the skeletons of a new exercise: its cells in the notebook and its hidden grader.

    A problem set that is not there yet is made. What you have to write is marked TODO in both files, and `course
    verify` lists it until it is done.
    """
    from grading_engine import new as engine

    notebook, grader = engine.exercise(name, function, points)
    console.print(f"Write what is marked TODO in\n  {notebook}\n  {grader}\nthen prove it: course verify "
                  f"{notebook.stem}", highlight=False, soft_wrap=True)


@command(example="""
    course verify ps2
    course verify ps2 --every 10""")
@shared.sets_argument
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object instead of a table.")
@click.option("--every", type=click.IntRange(1), default=1, metavar="N",
              help="Try every Nth known mistake and mutant only; a release wants all of them.")
@shared.workers_option
@shared.unsafe_option
def verify(names, as_json, every, workers, unsafe):
    """Prove the graders on right and wrong solutions, and measure their strength."""
    from grading_engine import strength

    shared.refuse_without_sandbox(unsafe)
    sets = shared.chosen_sets(names)
    _refuse_unfinished(sets)
    verdicts, problems = verified(sets, workers, unsafe, every)
    shared.complain_about(problems)
    page = KIT / "build" / "verify.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text(strength.page(verdicts))
    if as_json:
        click.echo(json.dumps(strength.figures(verdicts)))
    else:
        console.print(_verification(verdicts))
        for name, value in strength.figures(verdicts).items():
            console.print(f"  {name.replace('_', ' '):20} {value:g}", highlight=False)
        console.print(f"The same as a page: {page.relative_to(KIT)}", highlight=False)
    sys.exit(bool(problems))


@command(example="""
    course release ps2
    course release --check""")
@shared.sets_argument
@click.option("--check", is_flag=True, help="Write nothing: fail when the committed release is not fresh.")
@shared.workers_option
@shared.unsafe_option
def release(names, check, workers, unsafe):
    """Make what students get, once its graders are proven, and make sure that it holds nothing else."""
    from grading_engine import release as engine
    from grading_engine.workspace import open_workspace

    workspace, failed = open_workspace(), False
    for exercises in shared.chosen_sets(names):
        if check:
            problems = [] if engine.is_fresh(workspace, exercises) else [
                f"release/{exercises.name} is not what source/ gives: run `course release {exercises.name}`"]
            problems += engine.audit(exercises, engine.release_folder(exercises)) if not problems else []
        else:
            shared.refuse_without_sandbox(unsafe)
            _refuse_unfinished([exercises])
            problems = verified([exercises], workers, unsafe)[1] or engine.make(workspace, exercises)
        shared.complain_about([f"{exercises.name}: {problem}" for problem in problems])
        failed = failed or bool(problems)
        if not problems:
            console.print(f"release/{exercises.name} is {'fresh' if check else 'made'} and shows no secret",
                          highlight=False)
    sys.exit(failed)


@command(example="course calibrate ps7")
@shared.sets_argument
@click.option("--runs", type=click.IntRange(2), default=20, show_default=True, help="Training runs of the reference.")
@shared.require_gpu_option
def calibrate(names, runs, require_gpu):
    """Find what test accuracy a trained network is worth here, from seeded runs of the reference.

    The bands are kept beside the grader, one table for GPUs and one for CPUs.
    """
    from grading_engine import calibration

    shared.only_on_a_gpu(require_gpu)
    for exercise in calibration.exercises_with_a_task(shared.chosen_sets(names)):
        with shared.progress_bar() as progress:
            progress.add_task(f"calibrating {exercise.name}", total=runs)
            bands = calibration.calibrate(exercise, runs, lambda run, shown=progress: shown.advance(shown.task_ids[0]))
        calibration.store(exercise, bands)
        console.print(f"{exercise.name} on {bands.device} with Keras on {bands.backend}: accuracy {bands.mean:.2%} "
                      f"± {bands.deviation:.2%} in {runs} runs, {bands.images_per_second:,} images/s",
                      highlight=False, soft_wrap=True)
        for edge, chance in zip(bands.edges, bands.chance_missed, strict=True):
            console.print(f"  band from {edge:.1%}; the reference misses it with a chance of {chance:.2g}",
                          highlight=False)


def _refuse_unfinished(sets):
    """Raise `CourseError` where skeletons are not filled in yet; there is nothing to prove."""
    from grading_engine import new as engine

    left = [f"  {sentence}" for exercises in sets for sentence in engine.left_to_do(exercises)]
    if left:
        raise CourseError("\n".join([f"{len(left)} things are left to write:", *left]))


def verified(sets, workers, unsafe, every=1):
    """Verify problem sets; returns the verdicts, and a sentence for everything that does not go as it must."""
    from grading_engine import strength
    from grading_engine import verify as engine

    names, seed = [exercises.name for exercises in sets], course_seed()
    with shared.progress_bar() as progress:
        task = progress.add_task("verifying", total=sum(len(engine.trials(name, seed, every)) for name in names))
        verdicts = engine.verify(names, seed, every=every, unsafe=unsafe, workers=workers,
                                 on_done=lambda verdict: progress.advance(task))
    if every == 1:
        strength.store_tolerances(verdicts)
    problems = [f"{v.trial.function} {v.trial.kind} {v.trial.version}: {v.problem}" for v in verdicts if v.problem]
    problems += [f"{v.trial.function} {v.trial.kind} {v.trial.version}: is wrongly recognised as {name}"
                 for v in verdicts for name in v.misnamed]
    problems += strength.closing_gaps(verdicts)
    return verdicts, problems


def _verification(verdicts):
    """A table of functions and kinds of trials, each with how many went as they must."""
    from grading_engine.strength import KINDS, by_function, summary

    table = Table("function", "solution", "stub", "variants", "mistakes", "mutants", title="verified")
    known = None
    for (name, function), kinds in by_function(verdicts).items():
        if name != known:
            known = name
            table.add_section()
            table.add_row(f"[bold]{name}")
        table.add_row(function, *(
            f"[{'red' if any(v.problem for v in kinds[kind]) else 'green'}]{summary(kind, kinds[kind])}"
            for kind in KINDS))
    return table
