"""Commands about the machine: doctor, completion."""

import sys

import click
from click.shell_completion import get_completion_class
from rich.table import Table

from grading_engine.cli.sections import command
from grading_engine.cli.shared import console

_INSTALL = {
    "bash": 'course completion bash > ~/.course-completion.bash && echo ". ~/.course-completion.bash" >> ~/.bashrc',
    "zsh": 'course completion zsh > ~/.course-completion.zsh && echo ". ~/.course-completion.zsh" >> ~/.zshrc',
    "fish": "course completion fish > ~/.config/fish/completions/course.fish",
}


@command(example="course doctor")
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


@command(example="\n".join(_INSTALL.values()))
@click.argument("shell", type=click.Choice(list(_INSTALL)))
@click.pass_context
def completion(context, shell):
    """Print what makes a shell complete commands, options and the names of problem sets.

    The examples below install it; it holds for shells that are opened from then on.
    """
    script = get_completion_class(shell)(context.find_root().command, {}, "course", "_COURSE_COMPLETE").source()
    click.echo(f"# To install: {_INSTALL[shell]}\n{script}")
