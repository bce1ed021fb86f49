"""nbgrader's configuration: only what we change, each with its reason."""

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.server_extensions.formgrader import handlers

from grading_engine.archives import CappedExtractor
from grading_engine.course import KIT
from grading_engine.feedback_page import FeedbackExporter
from grading_engine.feedback_stages import Formulas, GetMarks, Outline, ReadablePage
from grading_engine.formgrader import MarkingScheme
from grading_engine.late import AssignLatePenalties, LateDays
from grading_engine.markdown import markdown2html
from grading_engine.nbgrader_stages import (
    GradeSubmission,
    RebuildNotebook,
    RecordMarks,
    SubmissionExporter,
    set_aside_irregular_files,
)
from grading_engine.release import HandOut

c = get_config()  # noqa: F821 - traitlets provides it

c.CourseDirectory.course_id = "deep_learning"

# The language of cards, checks, reports and pages: one that grading_engine/catalogues.py keeps, "en" or "ru".
c.Course.language = "en"

# Students get the library's wheel and a note of what was handed out together with the notebook.
c.GenerateAssignment.preprocessors = [*GenerateAssignment.class_traits()["preprocessors"].default(), HandOut]

# A submission is data: it is read with caps and only its sources count.
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.pre_convert_hook = set_aside_irregular_files
c.Autograde.sanitize_preprocessors = [RebuildNotebook]
# Student code runs in the sandbox and hidden tests outside of it; nbgrader's Execute does both in one kernel.
c.Autograde.autograde_preprocessors = [GradeSubmission, RecordMarks, AssignLatePenalties]

# Nothing comes off for handing in late unless a class says how much; docs/instructors.md.
c.AssignLatePenalties.plugin_class = LateDays

# An archive that students packed is data too: capped, regular files only, and nothing outside its folder.
c.ZipCollectApp.extractor_plugin = CappedExtractor

# What `course watch` shows students while they work: "nothing", "marks" or "messages"; and how often a day.
c.Watch.disclosure = "marks"
c.Watch.results_per_day = 3

# What students wrote neither runs nor loads anything in a reader's browser, and formulas need no network.
c.HTMLExporter.preprocessors = [Formulas, ReadablePage]
# The formgrader's page, with the marking scheme beside an answer; feedback is not made with HTMLExporter.
c.HTMLExporter.filters = {"markdown2html": markdown2html, "marking_scheme": MarkingScheme}
c.HTMLExporter.template_name = "course_formgrade"
c.HTMLExporter.extra_template_basedirs = [str(KIT / "grading_engine" / "templates"), handlers.template_path]
c.HTMLExporter.extra_template_paths = [handlers.template_path]

# Our page with the marks at a glance. A student gets no hidden region back, not even the line that stands for it.
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = [GetMarks, ClearHiddenTests, Outline, Formulas, ReadablePage]
