"""The help of the `course` command: its commands in the order of the road, each under what it is for."""

import inspect

import click


class Sections(click.Group):
    """A group whose help lists its commands in sections.

    Parameters
    ----------
    sections : dict of str to list of Command
    """

    def __init__(self, *args, sections, **options):
        super().__init__(*args, **options)
        self.sections = sections
        for command in (command for section in sections.values() for command in section):
            self.add_command(command)

    def format_commands(self, ctx, formatter):
        """Write the sections."""
        width = max(map(len, self.commands))
        for title, section in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(command.name.ljust(width), command.get_short_help_str(limit=200))
                                    for command in section])

    def format_epilog(self, ctx, formatter):
        """Write the end as it stands: its lines are commands."""
        write_as_it_stands(formatter, self.epilog)


class Command(click.Command):
    """A command whose help ends with examples.

    Parameters
    ----------
    example : str
        One or more lines to type.
    """

    def __init__(self, *args, example, **options):
        super().__init__(*args, **options)
        self.example = example

    def format_epilog(self, ctx, formatter):
        """Write the examples."""
        lines = inspect.cleandoc(self.example).splitlines()
        write_as_it_stands(formatter, "\n".join([f"Example{'s' if len(lines) > 1 else ''}:", "",
                                                 *(f"    {line}" for line in lines)]))


def command(**options):
    """As `click.command`, with an ``example``."""
    return click.command(cls=Command, **options)


def write_as_it_stands(formatter, text):
    """Write text without filling its lines; paragraphs that are no commands are filled."""
    for paragraph in text.split("\n\n"):
        formatter.write_paragraph()
        if paragraph.startswith("    "):
            formatter.write(f"{paragraph}\n")
        else:
            formatter.write_text(paragraph)
