"""Commands that tell others about marks: report, feedback, export."""

from pathlib import Path

import click

from grading_engine.cli import shared
from grading_engine.cli.sections import command
from grading_engine.cli.shared import console, shown
from grading_engine.course import CourseError


@command(example="course report ps2")
@shared.set_argument
def report(name):
    """Write a page about a graded class: where marks were lost, which mistakes were made, who waits for a person."""
    from grading_engine import class_report
    from grading_engine.workspace import open_workspace

    path = class_report.write(open_workspace(), shared.problem_set(name))
    console.print(f"The report: {path}", highlight=False, soft_wrap=True)


@command(example="course feedback ps2")
@shared.set_argument
def feedback(name):
    """Write a page of feedback for every graded student.

    Who handed in with a group (groups.csv) gets the page of what the group handed in.
    """
    from grading_engine import feedback as engine
    from grading_engine import group_pages
    from grading_engine.workspace import open_workspace

    exercises, workspace = shared.problem_set(name), open_workspace()
    students = engine.graded_students(workspace, exercises)
    if not students:
        raise CourseError(f"nobody's {exercises.name} is graded yet: run `course autograde {exercises.name}`")
    group_pages.check(workspace, exercises)
    with shared.progress_bar() as progress:
        for student in progress.track(students, description="writing feedback"):
            page = engine.write(workspace, exercises, student)
    copied, sentences = group_pages.hand_round(workspace, exercises)
    shared.complain_about(map(shown, sentences))
    console.print(f"{len(students)} pages, such as {page}", highlight=False, soft_wrap=True)
    if copied:
        console.print(f"copies for members of groups: {', '.join(map(shown, copied))}", highlight=False)


@command(example="""
    course export ps2
    course export ps2 --format canvas --roster gradebook-from-canvas.csv
    course export ps2 --format moodle --roster worksheet-from-moodle.csv --to upload.csv""")
@shared.set_argument
@click.option("--format", "kind", type=click.Choice(["csv", "canvas", "moodle"]), default="csv", show_default=True,
              help="For a spreadsheet, or for what the platform imports.")
@click.option("--roster", type=click.Path(exists=True, dir_okay=False),
              help="The platform's own table: Canvas's exported gradebook, Moodle's grading worksheet.")
@click.option("--column", default="", metavar="NAME", help="The assignment in Canvas, where its name is another.")
@click.option("--unfinished", is_flag=True, help="Export marks that still wait for a person too, and name them.")
@click.option("--to", type=click.Path(dir_okay=False), default="", help="The file to write.  [default: PS-FORMAT.csv]")
def export(name, kind, roster, column, unfinished, to):
    """Write marks for Canvas, Moodle or a spreadsheet.

    Platforms get the marks after what was taken off for handing in late; a table for spreadsheets has both. Members of
    a group get the mark of the group. Marks that a person has still to complete are not exported unless you ask for it.
    """
    from nbgrader.api import Gradebook

    from grading_engine import export as engine
    from grading_engine import late
    from grading_engine.workspace import open_workspace

    options = {"roster": roster, "unfinished": unfinished, "column": column}
    takes = {name: value for name, value in options.items() if value}
    refused = [name for name in takes if name not in engine.EXPORTERS[kind].class_trait_names()]
    if refused:
        raise CourseError(f"--format {kind} has no use for --{refused[0]}")
    exercises, workspace = shared.problem_set(name), open_workspace()
    to = to or f"{exercises.name}{'' if kind == 'csv' else f'-{kind}'}.csv"
    late.settle(workspace, exercises)
    plugin = engine.EXPORTERS[kind](parent=workspace, to=to, assignment=[exercises.name], **takes)
    with Gradebook(workspace.coursedir.db_url, workspace.coursedir.course_id) as gradebook:
        plugin.export(gradebook)
    shared.complain_about(map(shown, plugin.sentences))
    console.print(f"Written: {Path(to).resolve()}", highlight=False, soft_wrap=True)
