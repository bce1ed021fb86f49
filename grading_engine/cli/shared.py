"""What several commands share: consoles, options, names of problem sets, and what they refuse."""

import os

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from grading_engine import course
from grading_engine.course import CourseError
from grading_engine.sandbox.bubblewrap import NoSandbox, why_not
from grading_engine.text import plain

console = Console()
complain = Console(stderr=True)

unsafe_option = click.option("--unsafe-no-sandbox", "unsafe", is_flag=True,
                             help="Run student code without a sandbox, on a machine that has none.")
workers_option = click.option("--workers", type=click.IntRange(1), default=os.cpu_count(), show_default="all cores",
                              help="Processes that grade at the same time.")
require_gpu_option = click.option("--require-gpu", is_flag=True, help="Train networks on a GPU or not at all.")


def names_that_fit(context, parameter, incomplete):
    """Return the names of problem sets that begin so, for a shell to complete."""
    return [name for name in course.problem_sets() if name.startswith(incomplete)]


set_argument = click.argument("name", metavar="PS", shell_complete=names_that_fit)
sets_argument = click.argument("names", metavar="[PS]...", nargs=-1, shell_complete=names_that_fit)


def problem_set(name):
    """Return the problem set of this name, or the only one whose name begins so."""
    names = course.problem_sets()
    fitting = [known for known in names if known == name] or [known for known in names if known.startswith(name)]
    if len(fitting) != 1:
        raise CourseError(f"there is no problem set {name!r}; there are: {', '.join(names)}")
    return course.problem_set(fitting[0])


def chosen_sets(names):
    """Return the problem sets of these names; all where there are none."""
    return [problem_set(name) for name in names or course.problem_sets()]


def complain_about(sentences):
    """Print sentences about what is wrong on standard error."""
    for sentence in sentences:
        complain.print(sentence, style="red", highlight=False, markup=False, soft_wrap=True)


def shown(text):
    """Return text that may be a student's, such as a folder's name, as one line that a terminal can be given."""
    return escape(" ".join(plain(text.encode("utf-8", "replace").decode()).split()))


def progress_bar():
    """Return a bar that is gone when the work is done."""
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(),
                    TimeRemainingColumn(), console=complain, transient=True)


class _Rate(ProgressColumn):
    """How many are done in a second."""

    def render(self, task):
        """Return the rate as text."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


def only_on_a_gpu(required):
    """Let every training run of this command refuse a CPU; raises at once where there is no GPU."""
    if required:
        from grading_engine import training

        os.environ[training.REQUIRE_GPU] = "1"
        try:
            training.device_class()
        except training.NoGpu as error:
            raise CourseError(str(error)) from None


def refuse_without_sandbox(unsafe):
    """Raise `NoSandbox` on a machine that has none, unless that is wanted."""
    if not unsafe and why_not():
        raise NoSandbox(f"no grading without a sandbox. {why_not()} "
                        "(--unsafe-no-sandbox grades all the same: student code can then read and change anything.)")
