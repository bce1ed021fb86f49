"""nbgrader's configuration: only what we change, each with its reason."""

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import AssignLatePenalties, ClearHiddenTests, GetGrades

from grading_engine.nbgrader_stages import GradeSubmission, RebuildNotebook, RecordMarks, SubmissionExporter

c = get_config()  # noqa: F821 - traitlets provides it

c.CourseDirectory.course_id = "deep_learning"

# A submission is data: it is read with caps and only its sources count.
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.sanitize_preprocessors = [RebuildNotebook]
# Student code runs in the sandbox and hidden tests outside of it; nbgrader's Execute does both in one kernel.
c.Autograde.autograde_preprocessors = [GradeSubmission, RecordMarks, AssignLatePenalties]

# A student gets no hidden region back, not even the line that stands for it.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
