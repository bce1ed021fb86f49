"""The `course` command; each group of its commands is a module of its own."""

import logging
import sys

import click

from grading_engine.cli import grading, machine, making, talking
from grading_engine.cli.sections import Sections
from grading_engine.cli.shared import complain
from grading_engine.course import CourseError
from grading_engine.language import ENGLISH, speak
from grading_engine.sandbox.bubblewrap import NoSandbox
from grading_engine.submission import BadSubmission
from grading_engine.text import plain


def main():
    """Run the command; what goes wrong with the course's files or the machine is one line, not a traceback."""
    try:
        commands(prog_name="course", standalone_mode=False)
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


@click.group(cls=Sections, context_settings={"max_content_width": 100}, sections={
    "Make a course": [making.init, making.new, making.verify, making.release, making.calibrate],
    "Grade": [grading.collect, grading.autograde, grading.watch, grading.grade, grading.regrade, grading.reseed],
    "Talk about marks": [talking.report, talking.feedback, talking.export],
    "This machine": [machine.doctor, machine.completion],
}, epilog="""A first run, from the exercise to a page for every student:

    course release ps2
    course autograde ps2
    course feedback ps2

`course COMMAND --help` explains each one, with an example. docs/instructors.md leads through a whole course.""")
def commands():
    """Release problem sets, grade submissions and tell people about it.

    PS is the name of a problem set, such as ps2_linear_regression, or its beginning: ps2. A command works on the class
    whose folder you are in: the nearest one upwards with an nbgrader_config.py.
    """
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    # Whatever the shell's environment says: who opens a class speaks its language, everybody else English.
    speak(ENGLISH)
