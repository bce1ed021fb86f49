"""Commands that grade: collect, autograde, watch, grade, regrade, reseed."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from grading_engine.cli import shared
from grading_engine.cli.sections import command
from grading_engine.cli.shared import complain, console, shown
from grading_engine.course import CourseError
from grading_engine.sandbox.bubblewrap import NoSandbox
from grading_engine.seed import course_seed
from grading_engine.text import plain


@command(example="""
    course collect ps2 submissions.zip --from canvas --roster gradebook-from-canvas.csv
    course collect ps2 downloads.zip --from moodle""")
@shared.set_argument
@click.argument("download", type=click.Path(exists=True, path_type=Path))
@click.option("--from", "platform", type=click.Choice(["canvas", "moodle"]), required=True,
              help="Where it was downloaded.")
@click.option("--roster", type=click.Path(exists=True, dir_okay=False),
              help="The platform's own table of students, for their ids; without it they are called by its numbers.")
def collect(name, download, platform, roster):
    """Put what was downloaded from Canvas or Moodle into submitted/.

    DOWNLOAD is the archive, or the folder that it was unpacked to. What was collected before and is the same stays.
    """
    from grading_engine import collecting
    from grading_engine.workspace import only_writer, open_workspace

    exercises, workspace = shared.problem_set(name), open_workspace()
    with only_writer(workspace):
        found = collecting.collect(workspace, exercises, download, platform, roster)
    console.print(f"{exercises.name}: {len(found.new)} new, {len(found.changed)} changed, "
                  f"{len(found.unchanged)} as they were", highlight=False)
    if found.late:
        console.print(f"late, says {platform.capitalize()}: {', '.join(map(shown, found.late))}", highlight=False)
    for remark in found.remarks:
        console.print(shown(remark), highlight=False, soft_wrap=True)
    shared.complain_about(f"left out: {plain(sentence)}" for sentence in found.left_out)
    sys.exit(bool(found.left_out))


@command(example="course grade my-notebook.ipynb")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@shared.require_gpu_option
@shared.unsafe_option
def grade(notebook, as_json, require_gpu, unsafe):
    """Grade one notebook file and change nothing else."""
    from grading_engine import grading
    from grading_engine.sandbox import flavours

    shared.only_on_a_gpu(require_gpu)
    exercises, assembled = grading.open_submission(notebook)
    try:
        result = grading.grade(exercises, assembled, course_seed(), unsafe,
                               flavour=flavours.without_notebook(exercises.flavour))
    except NoSandbox:
        shared.refuse_without_sandbox(unsafe)
        raise
    if as_json:
        click.echo(json.dumps(result.as_json()))
        return
    from grading_engine import report

    for function in result.functions.values():
        console.print(report.as_text(function, not unsafe), markup=False, highlight=False)
    console.print(f"\n{result.score:g} of {result.max_score:g} points", style="bold")
    for repair in result.repairs:
        console.print(f"repaired: {repair}", markup=False, highlight=False)


@command(example="""
    course autograde ps2
    course autograde ps2 --student ada --force""")
@shared.set_argument
@click.option("--student", "students", multiple=True, metavar="ID", help="Grade this student; can be repeated.")
@click.option("--force", is_flag=True, help="Grade also what is graded already and has not changed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@shared.workers_option
@click.option("--scheduler", metavar="ADDRESS", default="",
              help="Let the workers of this Dask scheduler do the work, such as tcp://host:8786.")
@shared.require_gpu_option
@shared.unsafe_option
def autograde(name, students, force, as_json, workers, scheduler, require_gpu, unsafe):
    """Grade a class's submissions into nbgrader's gradebook.

    A run that was stopped goes on where it was: what is recorded and has not changed is not graded again. What comes
    off for handing in late is put right each time, so extensions count from the next run on.
    """
    from grading_engine import autograde as engine
    from grading_engine import late
    from grading_engine.workspace import only_writer, open_workspace

    if not scheduler:
        shared.refuse_without_sandbox(unsafe)
        shared.only_on_a_gpu(require_gpu)
    elif require_gpu:
        raise CourseError("--require-gpu says nothing to the workers of a cluster: start them with "
                          "COURSE_REQUIRE_GPU=1 in their environment (docs/scale.md)")
    exercises, workspace = shared.problem_set(name), open_workspace()
    late.extensions(workspace.coursedir.root)  # a list that makes no sense would cost every student a grade
    submitted = engine.submitted_students(workspace, exercises)
    unknown = sorted(set(students) - set(submitted))
    if unknown:
        raise CourseError(f"no submission of {exercises.name} by {', '.join(unknown)}")
    chosen = list(students) or submitted
    if not chosen:
        raise CourseError(f"nobody has submitted {exercises.name}: submitted/*/{exercises.name} is empty")
    done = []
    try:
        with only_writer(workspace), shared.progress_bar() as progress:
            task = progress.add_task("grading", total=len(chosen))

            def show(outcome):
                done.append(outcome)
                progress.update(task, advance=1, description=f"grading: {_totals(done)}")

            outcomes = engine.autograde(workspace, exercises, chosen, course_seed(), force=force, unsafe=unsafe,
                                        workers=workers, scheduler=scheduler, on_done=show)
            late.settle(workspace, exercises)
    except KeyboardInterrupt:
        complain.print(f"stopped: {len(done)} of {len(chosen)} are recorded; the same command goes on from here",
                       highlight=False)
        sys.exit(130)
    if as_json:
        click.echo(json.dumps({"problem_set": exercises.name, "students": {
            outcome.student: outcome.grade.as_json() if outcome.grade else {"needs_a_person": outcome.problem}
            for outcome in outcomes}}))
        sys.exit(any(map(engine.needs_a_person, outcomes)))
    table = Table("student", "points", "what happened", title=exercises.name)
    for outcome in outcomes:
        points = f"{outcome.grade.score:g} / {outcome.grade.max_score:g}" if outcome.grade else "–"
        table.add_row(shown(outcome.student), points, shown(engine.what_happened(outcome)))
    console.print(table)
    console.print(f"{_totals(outcomes)}; a log of each is in .course/logs/{exercises.name}", highlight=False)
    waiting = [outcome for outcome in outcomes if engine.needs_a_person(outcome)]
    if waiting:
        console.print(f"{len(waiting)} of {len(outcomes)} need a person: "
                      f"{', '.join(shown(outcome.student) for outcome in waiting)}", highlight=False)
    sys.exit(bool(waiting))


@command(example="course watch ps2")
@shared.set_argument
@shared.workers_option
@shared.unsafe_option
def watch(name, workers, unsafe):
    """Grade what is handed in within seconds; Ctrl-C ends it.

    Students get a page in feedback/ that shows what c.Watch in nbgrader_config.py allows.
    """
    from grading_engine import autograde as engine
    from grading_engine.watch import Watch
    from grading_engine.workspace import open_workspace

    shared.refuse_without_sandbox(unsafe)

    def tell(outcome, has_page):
        points = f"{outcome.grade.score:g} / {outcome.grade.max_score:g}; " if outcome.grade else ""
        line = f"{outcome.student}: {points}{engine.what_happened(outcome)}{'' if has_page else '; no page for now'}"
        console.print(f"{datetime.now():%H:%M:%S}", shown(line), highlight=False, soft_wrap=True)

    watcher = Watch(open_workspace(), shared.problem_set(name), course_seed(), unsafe=unsafe, workers=workers,
                    on_done=tell, on_trouble=lambda sentence: shared.complain_about([plain(sentence)]))
    console.print(f"Watching {watcher.problem_set.name}. Students see {watcher.disclosure}, at most "
                  f"{watcher.results_per_day} times a day. Ctrl-C ends it.", highlight=False)
    watcher.run()


@command(example="""
    course regrade ps2
    course regrade ps2 --accept-lower""")
@shared.set_argument
@click.option("--accept-lower", is_flag=True, help="Record a mark that is lower than before too.")
@shared.workers_option
@shared.unsafe_option
def regrade(name, accept_lower, workers, unsafe):
    """Grade again what a changed grader, mark, seed or submission touches.

    What a person has marked or commented stays; no mark gets lower without --accept-lower.
    """
    from grading_engine import regrade as engine
    from grading_engine.workspace import only_writer, open_workspace

    shared.refuse_without_sandbox(unsafe)
    exercises, workspace = shared.problem_set(name), open_workspace()
    with only_writer(workspace), shared.progress_bar() as progress:
        task = progress.add_task("grading again", total=None)
        outcomes = engine.regrade(workspace, exercises, course_seed(), accept_lower=accept_lower, unsafe=unsafe,
                                  workers=workers,
                                  on_done=lambda done, total: progress.update(task, completed=done, total=total))
    if not outcomes:
        console.print(f"nothing to do: every mark of {exercises.name} was made from what is there now",
                      highlight=False)
        return
    if any(outcome.changes or outcome.problem for outcome in outcomes):
        console.print(_regraded(exercises, outcomes))
    changes = [change for outcome in outcomes for change in outcome.changes]
    kept = sum(change.kept for change in changes)
    console.print(f"functions graded again: {sum(len(outcome.ran) for outcome in outcomes)} of "
                  f"{len(outcomes)} students; marks changed: "
                  f"{sum(not change.kept and change.new != change.old for change in changes)}; kept: {kept}",
                  highlight=False)
    if any(change.kept and change.new is not None for change in changes):
        console.print(f"`course regrade {exercises.name} --accept-lower` records the lower marks too", highlight=False)
    sys.exit(any(outcome.problem for outcome in outcomes) or any(change.new is None for change in changes))


@command(example="course reseed")
def reseed():
    """Draw a new secret number for hidden inputs, in the old one's place."""
    from grading_engine import seed

    seed.reseed()
    console.print("There is a new seed: hidden inputs change for the whole class. Run `course regrade PS` for every "
                  "problem set that is graded, so that all marks come from the same inputs.", highlight=False)


def _regraded(exercises, outcomes):
    """A table of the marks that changed, that would have, or that need a person."""
    table = Table("student", "function", "old", "new", "why", title=exercises.name)
    for outcome in outcomes:
        if outcome.problem:
            table.add_row(shown(outcome.student), "", "", "", shown(f"needs a person: {outcome.problem}"))
        for change in outcome.changes:
            new = _mark(change.new) + (f" (kept {change.old:g})" if change.kept else "")
            table.add_row(shown(change.student), change.function, _mark(change.old), new, shown(change.reason))
    return table


def _totals(outcomes):
    """How many of a class have full marks, some, or wait for a person."""
    from grading_engine.autograde import needs_a_person

    waiting = sum(map(needs_a_person, outcomes))
    full = sum(not needs_a_person(outcome) and outcome.grade.score == outcome.grade.max_score for outcome in outcomes)
    return f"{full} full, {len(outcomes) - full - waiting} partial, {waiting} for a person"


def _mark(score):
    return "needs a person" if score is None else f"{score:g}"
