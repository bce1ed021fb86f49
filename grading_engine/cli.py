"""The `course` command."""

import json
import logging
import os
import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grading_engine.course import KIT, CourseError, problem_set, problem_sets
from grading_engine.sandbox.bubblewrap import NoSandbox, why_not
from grading_engine.seed import course_seed
from grading_engine.submission import BadSubmission
from grading_engine.text import plain

console = Console()
complain = Console(stderr=True)

_unsafe = click.option("--unsafe-no-sandbox", "unsafe", is_flag=True,
                       help="Run student code without a sandbox, on a machine that has none.")
_workers = click.option("--workers", type=click.IntRange(1), default=os.cpu_count(), show_default="all cores",
                        help="Processes that grade at the same time.")
_require_gpu = click.option("--require-gpu", is_flag=True, help="Train networks on a GPU or not at all.")
_scheduler = click.option("--scheduler", metavar="ADDRESS", default="",
                          help="Let the workers of this Dask scheduler do the work, such as tcp://host:8786.")
_sets = click.argument("names", metavar="[PS]...", nargs=-1)


def main():
    """Run the command; what goes wrong with the course's files or the machine is one line, not a traceback."""
    try:
        commands(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit("stopped")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except (CourseError, NoSandbox, BadSubmission) as error:
        complain.print(f"course: {plain(str(error))}", style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(2)


@click.group()
def commands():
    """Release problem sets, grade submissions and write feedback.

    PS is the name of a problem set, such as ps2_linear_regression, or its beginning: ps2.
    """
    logging.basicConfig(level=logging.ERROR, format="%(message)s")


@commands.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@_require_gpu
@_unsafe
def grade(notebook, as_json, require_gpu, unsafe):
    """Grade one notebook file and change nothing else."""
    from grading_engine import grading
    from grading_engine.sandbox import flavours

    _only_on_a_gpu(require_gpu)
    exercises, assembled = grading.open_submission(notebook)
    try:
        result = grading.grade(exercises, assembled, course_seed(), unsafe,
                               flavour=flavours.without_notebook(exercises.flavour))
    except NoSandbox:
        _refuse_without_sandbox(unsafe)
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


@commands.command()
@click.argument("name", metavar="PS")
@click.option("--student", "students", multiple=True, metavar="ID", help="Grade this student; can be repeated.")
@click.option("--force", is_flag=True, help="Grade also what is graded already and has not changed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@_workers
@_scheduler
@_require_gpu
@_unsafe
def autograde(name, students, force, as_json, workers, scheduler, require_gpu, unsafe):
    """Grade a class's submissions into nbgrader's gradebook.

    A run that was stopped goes on where it was: what is recorded and has not changed is not graded again.
    """
    from grading_engine import autograde as engine
    from grading_engine.workspace import only_writer, open_workspace

    if not scheduler:
        _refuse_without_sandbox(unsafe)
        _only_on_a_gpu(require_gpu)
    exercises, workspace = _problem_set(name), open_workspace()
    submitted = engine.submitted_students(workspace, exercises)
    unknown = sorted(set(students) - set(submitted))
    if unknown:
        raise CourseError(f"no submission of {exercises.name} by {', '.join(unknown)}")
    chosen = list(students) or submitted
    if not chosen:
        raise CourseError(f"nobody has submitted {exercises.name}: submitted/*/{exercises.name} is empty")
    done = []
    try:
        with only_writer(workspace), _progress() as progress:
            task = progress.add_task("grading", total=len(chosen))

            def show(outcome):
                done.append(outcome)
                progress.update(task, advance=1, description=f"grading: {_totals(done)}")

            outcomes = engine.autograde(workspace, exercises, chosen, course_seed(), force=force, unsafe=unsafe,
                                        workers=workers, scheduler=scheduler, on_done=show)
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
        table.add_row(_shown(outcome.student), points, _shown(engine.what_happened(outcome)))
    console.print(table)
    console.print(f"{_totals(outcomes)}; a log of each is in .course/logs/{exercises.name}", highlight=False)
    waiting = [outcome for outcome in outcomes if engine.needs_a_person(outcome)]
    if waiting:
        console.print(f"{len(waiting)} of {len(outcomes)} need a person: "
                      f"{', '.join(_shown(outcome.student) for outcome in waiting)}", highlight=False)
    sys.exit(bool(waiting))


@commands.command()
@click.argument("name", metavar="PS")
@_workers
@_unsafe
def watch(name, workers, unsafe):
    """Grade what is handed in within seconds; Ctrl-C ends it.

    Students get a page in feedback/ that shows what c.Watch in nbgrader_config.py allows.
    """
    from grading_engine import autograde as engine
    from grading_engine.watch import Watch
    from grading_engine.workspace import open_workspace

    _refuse_without_sandbox(unsafe)

    def tell(outcome, shown):
        points = f"{outcome.grade.score:g} / {outcome.grade.max_score:g}; " if outcome.grade else ""
        line = f"{outcome.student}: {points}{engine.what_happened(outcome)}{'' if shown else '; no page for now'}"
        console.print(f"{datetime.now():%H:%M:%S}", _shown(line), highlight=False, soft_wrap=True)

    watcher = Watch(open_workspace(), _problem_set(name), course_seed(), unsafe=unsafe, workers=workers, on_done=tell,
                    on_trouble=lambda sentence: _complain([plain(sentence)]))
    console.print(f"Watching {watcher.problem_set.name}. Students see {watcher.disclosure}, at most "
                  f"{watcher.results_per_day} times a day. Ctrl-C ends it.", highlight=False)
    watcher.run()


@commands.command()
@click.argument("name", metavar="PS")
@click.option("--accept-lower", is_flag=True, help="Record a mark that is lower than before too.")
@_workers
@_unsafe
def regrade(name, accept_lower, workers, unsafe):
    """Grade again what a changed grader, mark, seed or submission touches.

    What a person has marked or commented stays; no mark gets lower without --accept-lower.
    """
    from grading_engine import regrade as engine
    from grading_engine.workspace import only_writer, open_workspace

    _refuse_without_sandbox(unsafe)
    exercises, workspace = _problem_set(name), open_workspace()
    with only_writer(workspace), _progress() as progress:
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


@commands.command()
def reseed():
    """Draw a new secret number for hidden inputs, in the old one's place."""
    from grading_engine import seed

    seed.reseed()
    console.print("There is a new seed: hidden inputs change for the whole class. Run `course regrade PS` for every "
                  "problem set that is graded, so that all marks come from the same inputs.", highlight=False)


@commands.command()
@click.argument("name", metavar="PS")
def feedback(name):
    """Write a page of feedback for every graded student."""
    from grading_engine import feedback as engine
    from grading_engine.workspace import open_workspace

    exercises, workspace = _problem_set(name), open_workspace()
    students = engine.graded_students(workspace, exercises)
    if not students:
        raise CourseError(f"nobody's {exercises.name} is graded yet: run `course autograde {exercises.name}`")
    with _progress() as progress:
        for student in progress.track(students, description="writing feedback"):
            page = engine.write(workspace, exercises, student)
    console.print(f"{len(students)} pages, such as {page}", highlight=False, soft_wrap=True)


@commands.command()
@_sets
@click.option("--check", is_flag=True, help="Write nothing: fail when the committed release is not fresh.")
@_workers
@_unsafe
def release(names, check, workers, unsafe):
    """Make what students get, once its graders are proven, and make sure that it holds nothing else."""
    from grading_engine import release as engine
    from grading_engine.workspace import open_workspace

    workspace, failed = open_workspace(), False
    for exercises in _problem_sets(names):
        if check:
            problems = [] if engine.is_fresh(workspace, exercises) else [
                f"release/{exercises.name} is not what source/ gives: run `course release {exercises.name}`"]
            problems += engine.audit(exercises, engine.release_folder(exercises)) if not problems else []
        else:
            _refuse_without_sandbox(unsafe)
            problems = _verified([exercises], workers, unsafe)[1] or engine.make(workspace, exercises)
        _complain([f"{exercises.name}: {problem}" for problem in problems])
        failed = failed or bool(problems)
        if not problems:
            console.print(f"release/{exercises.name} is {'fresh' if check else 'made'} and shows no secret",
                          highlight=False)
    sys.exit(failed)


@commands.command()
@_sets
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object instead of a table.")
@click.option("--every", type=click.IntRange(1), default=1, metavar="N",
              help="Try every Nth automatic mutant only; a release wants all of them.")
@_workers
@_unsafe
def verify(names, as_json, every, workers, unsafe):
    """Prove the graders on right and wrong solutions, and measure their strength."""
    from grading_engine import strength

    _refuse_without_sandbox(unsafe)
    verdicts, problems = _verified(_problem_sets(names), workers, unsafe, every)
    _complain(problems)
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


@commands.command()
@_sets
@click.option("--runs", type=click.IntRange(2), default=20, show_default=True, help="Training runs of the reference.")
@_require_gpu
def calibrate(names, runs, require_gpu):
    """Find what test accuracy a trained network is worth here, from seeded runs of the reference.

    The bands are kept beside the grader, one table for GPUs and one for CPUs.
    """
    from grading_engine import calibration

    _only_on_a_gpu(require_gpu)
    for exercise in calibration.exercises_with_a_task(_problem_sets(names)):
        with _progress() as progress:
            progress.add_task(f"calibrating {exercise.name}", total=runs)
            bands = calibration.calibrate(exercise, runs, lambda run, shown=progress: shown.advance(shown.task_ids[0]))
        calibration.store(exercise, bands)
        console.print(f"{exercise.name} on {bands.device} with Keras on {bands.backend}: accuracy {bands.mean:.2%} "
                      f"± {bands.deviation:.2%} in {runs} runs, {bands.images_per_second:,} images/s",
                      highlight=False, soft_wrap=True)
        for edge, chance in zip(bands.edges, bands.chance_missed, strict=True):
            console.print(f"  band from {edge:.1%}; the reference misses it with a chance of {chance:.2g}",
                          highlight=False)


@commands.command()
def doctor():
    """Tell what works on this machine, what does not, and what to do."""
    from grading_engine import doctor as engine

    table = Table("", "what", "found", "what to do", show_lines=False)
    findings = engine.examine()
    for finding in findings:
        mark = "[green]✓" if finding.works else "[red]✗" if finding.needed else "[yellow]–"
        table.add_row(mark, finding.what, finding.found, finding.remedy)
    console.print(table)
    sys.exit(any(finding.needed and not finding.works for finding in findings))


def _verified(sets, workers, unsafe, every=1):
    """Verify problem sets; returns the verdicts, and a sentence for everything that does not go as it must."""
    from grading_engine import strength
    from grading_engine import verify as engine

    names, seed = [exercises.name for exercises in sets], course_seed()
    with _progress() as progress:
        task = progress.add_task("verifying", total=sum(len(engine.trials(name, seed, every)) for name in names))
        verdicts = engine.verify(names, seed, every=every, unsafe=unsafe, workers=workers,
                                 on_done=lambda verdict: progress.advance(task))
    strength.store_tolerances(verdicts)
    problems = [f"{v.trial.function} {v.trial.kind} {v.trial.version}: {v.problem}" for v in verdicts if v.problem]
    problems += [f"{v.trial.function} {v.trial.kind} {v.trial.version}: is wrongly recognised as {name}"
                 for v in verdicts for name in v.misnamed]
    problems += strength.closing_gaps(verdicts)
    return verdicts, problems


def _complain(problems):
    for problem in problems:
        complain.print(problem, style="red", highlight=False, markup=False, soft_wrap=True)


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


def _regraded(exercises, outcomes):
    """A table of the marks that changed, that would have, or that need a person."""
    table = Table("student", "function", "old", "new", "why", title=exercises.name)
    for outcome in outcomes:
        if outcome.problem:
            table.add_row(_shown(outcome.student), "", "", "", _shown(f"needs a person: {outcome.problem}"))
        for change in outcome.changes:
            new = _mark(change.new) + (f" (kept {change.old:g})" if change.kept else "")
            table.add_row(_shown(change.student), change.function, _mark(change.old), new, _shown(change.reason))
    return table


def _totals(outcomes):
    """How many of a class have full marks, some, or wait for a person."""
    from grading_engine.autograde import needs_a_person

    waiting = sum(map(needs_a_person, outcomes))
    full = sum(not needs_a_person(outcome) and outcome.grade.score == outcome.grade.max_score for outcome in outcomes)
    return f"{full} full, {len(outcomes) - full - waiting} partial, {waiting} for a person"


def _shown(text):
    """Text that may be a student's, such as a folder's name, as one line that a terminal can be given."""
    return escape(" ".join(plain(text.encode("utf-8", "replace").decode()).split()))


def _mark(score):
    return "needs a person" if score is None else f"{score:g}"


def _progress():
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(),
                    TimeRemainingColumn(), console=complain, transient=True)


class _Rate(ProgressColumn):
    """How many are done in a second."""

    def render(self, task):
        """Return the rate as text."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


def _problem_set(name):
    names = problem_sets()
    fitting = [known for known in names if known == name] or [known for known in names if known.startswith(name)]
    if len(fitting) != 1:
        raise CourseError(f"there is no problem set {name!r}; there are: {', '.join(names)}")
    return problem_set(fitting[0])


def _problem_sets(names):
    return [_problem_set(name) for name in names or problem_sets()]


def _only_on_a_gpu(required):
    """Let every training run of this command refuse a CPU; raises at once where there is no GPU."""
    if required:
        from grading_engine import training

        os.environ[training.REQUIRE_GPU] = "1"
        try:
            training.device_class()
        except training.NoGpu as error:
            raise CourseError(str(error)) from None


def _refuse_without_sandbox(unsafe):
    if not unsafe and why_not():
        raise NoSandbox(f"no grading without a sandbox. {why_not()} "
                        "(--unsafe-no-sandbox grades all the same: student code can then read and change anything.)")
