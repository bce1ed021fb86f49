"""Marks for other systems, as nbgrader's export plugins.

``nbgrader export --exporter=grading_engine.export.CanvasExportPlugin`` works like ``course export --format canvas``.
"""

from dataclasses import dataclass
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from grading_engine import groups, roster, tables
from grading_engine.course import CourseError
from grading_engine.language import texts

_WAITING_COLUMN = "waiting_for_a_person"
_COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
            "late_submission_penalty", "score", "max_score", "handed_in_by", _WAITING_COLUMN)
_SHOWN = 10


@dataclass(frozen=True)
class Mark:
    """One student's mark of one problem set.

    Attributes
    ----------
    raw, penalty : float
        The marks, and what comes off for handing in late.
    waiting : int
        How many answers a person has still to mark; they count as nothing so far.
    handed_in_by : str
        Under which id it was handed in: for members of a group this may be another student.
    timestamp : datetime or None
    """

    student: str
    raw: float
    penalty: float
    waiting: int
    handed_in_by: str
    timestamp: object

    @property
    def score(self):
        """What counts."""
        return max(0.0, self.raw - self.penalty)


def marks(gradebook, assignment, coursedir):
    """Return ({student: Mark}, sentences) of everybody who handed in and is graded, alone or with a group."""
    entries = {entry.student_id: entry for entry in gradebook.assignment_submissions(assignment)}
    members = groups.read(coursedir.root)
    shared = groups.shared(members, {student: entry.timestamp for student, entry in entries.items()})
    by_student = {student: student for student in entries if student not in members} | shared.by_student
    found = {}
    for student, handed_in_by in sorted(by_student.items()):
        entry = entries[handed_in_by]
        waiting = sum(_waits(grade) for notebook in entry.notebooks for grade in notebook.grades)
        found[student] = Mark(student, entry.score, entry.late_submission_penalty or 0.0, waiting, handed_in_by,
                              entry.timestamp)
    submitted = Path(coursedir.root, coursedir.submitted_directory).glob(f"*/{assignment}")
    ungraded = sorted({path.parent.name for path in submitted} - set(entries))
    return found, shared.sentences + [f"handed in, but without a mark: {_some(ungraded)}"] * bool(ungraded)


def _waits(grade):
    """Whether a person has still to look: also where grading ended before it came to a mark."""
    return bool(grade.needs_manual_grade) or (grade.auto_score is None and grade.manual_score is None)


class _Export(ExportPlugin):
    """What our exporters share; ``sentences`` says, after an export, what somebody should know about it."""

    def export(self, gradebook):
        """Write the file ``to``."""
        self.sentences = []
        try:
            self._export(gradebook)
        except CourseError as error:
            if isinstance(self.parent, NbGrader):
                self.parent.fail(str(error))
            raise
        for sentence in self.sentences:
            self.log.warning(sentence)


class CsvExportPlugin(_Export):
    """nbgrader's own columns, and two more: by whom it was handed in, and how many answers wait for a person.

    Whoever handed in nothing has no mark; nbgrader would write 0.
    """

    def _export(self, gradebook):
        table = tables.Table(list(_COLUMNS), [])
        for assignment in gradebook.assignments:
            if self.assignment and assignment.name not in self.assignment:
                continue
            found, sentences = marks(gradebook, assignment.name, self.parent.coursedir)
            self.sentences += sentences
            waiting = sum(bool(mark.waiting) for mark in found.values())
            if waiting:
                self.sentences.append(f"{waiting} of {len(found)} marks of {assignment.name} still wait for a person: "
                                      f"see the column {_WAITING_COLUMN}")
            people = {student.id: student for student in gradebook.students}
            for student in sorted(people.keys() - groups.read(self.parent.coursedir.root).keys() | found.keys()):
                if not self.student or student in self.student:
                    table.rows.append(self._row(assignment, people.get(student), student, found.get(student)))
        tables.write(Path(self.to or "grades.csv"), table)

    def _row(self, assignment, person, student, mark):
        about = [getattr(person, name, None) or "" for name in ("last_name", "first_name", "email")]
        scores = [mark.raw, mark.penalty, mark.score] if mark else ["", "", ""]
        return [assignment.name, assignment.duedate or "", (mark and mark.timestamp) or "", student, *about, *scores,
                assignment.max_score, mark.handed_in_by if mark else "", mark.waiting if mark else ""]


class _PlatformExport(_Export):
    """What exports to learning platforms share: one problem set, their own table of students, no unfinished marks."""

    roster = Unicode("", help="The platform's own table of students, as it was downloaded.").tag(config=True)
    unfinished = Bool(False, help="Export marks of submissions that still wait for a person too.").tag(config=True)

    def _export(self, gradebook):
        if len(self.assignment) != 1:
            raise CourseError("say which one problem set is to be exported")
        name, = self.assignment
        found, self.sentences = marks(gradebook, name, self.parent.coursedir)
        if self.student:
            found = {student: mark for student, mark in found.items() if student in self.student}
        if not found:
            raise CourseError(f"nobody's {name} is graded yet: run `course autograde {name}`")
        waiting = [student for student, mark in found.items() if mark.waiting]
        if waiting and not self.unfinished:
            raise CourseError(f"{len(waiting)} of {len(found)} marks of {name} still wait for a person: "
                              f"{_some(waiting)}. Mark them in the formgrader, or export them as they are with "
                              "--unfinished")
        if waiting:
            self.sentences.append(f"exported unfinished: {_some(waiting)}")
        late = [student for student, mark in found.items() if mark.penalty]
        if late:
            self.sentences.append(f"with points taken off for handing in late: {_some(late)}")
        table = self._table(gradebook.find_assignment(name), found, gradebook)
        tables.write(Path(self.to or f"{name}-{self.platform}.csv"), table)

    def _matched(self, read, found):
        """Return the platform's table, and {number of a row: Mark}; who is missing on either side is said."""
        table = read(self.roster)
        matched = table.rows_of(found)
        lost = sorted(found.keys() - set(matched.values()))
        if lost:
            self.sentences.append(f"not in {self.roster}, so not exported: {', '.join(lost)}")
        if not matched:
            raise CourseError(f"none of the {len(found)} students with a mark is in {self.roster}")
        if len(table.students) > len(matched):
            self.sentences.append(f"{len(table.students) - len(matched)} students of {self.roster} have no mark; there "
                                  "nothing changes")
        return table.table, {number: found[student] for number, student in matched.items()}

    def _same_points(self, theirs, ours):
        """Raise `CourseError` where the platform counts another number of points: its marks would all be wrong."""
        try:
            same = not theirs or abs(float(theirs.replace(",", ".")) - ours) < 0.005
        except ValueError:
            same = True  # "(read only)", say, is no number of points
        if not same:
            raise CourseError(f"{self.roster} says that {theirs} points are possible, but there are {ours:g}: set the "
                              "points there and download it again")


class CanvasExportPlugin(_PlatformExport):
    """What Canvas takes under Grades, Import.

    Canvas knows students by ids of its own, which stand in the gradebook that it exports: pass that as ``roster``.
    Students without a mark keep what is there.
    """

    platform = roster.CANVAS
    column = Unicode("", help="Name or id of the assignment in Canvas; needed where its name does not hold the "
                              "problem set's.").tag(config=True)

    _FIXED = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID",
              "Root Account", "Section")

    def _table(self, assignment, found, gradebook):
        points = assignment.max_score
        if not self.roster:
            raise CourseError("Canvas takes marks under its own ids only: in Canvas, open Grades, choose Export, and "
                              "pass that file with --roster")
        theirs, by_row = self._matched(roster.canvas, found)
        column = self._column(theirs, assignment.name)
        keep = [index for index, name in enumerate(theirs.header) if name in self._FIXED]
        rows, possible, unassigned = [], False, []
        for number, row in enumerate(theirs.rows):
            before = "" if column is None else row[column].strip()
            fixed = [row[index] for index in keep]
            if row[0].strip() == "Points Possible":
                self._same_points(before, points)
                possible = True
                rows.append([*fixed, points])
            elif number in by_row:
                rows.append([*fixed, by_row[number].score])
                unassigned += [by_row[number].student] if before == "N/A" else []
            elif any(fixed):
                rows.append([*fixed, "" if before == "N/A" else before])
            elif before:
                rows.append([*fixed, before])  # "Manual Posting" stands in a row of its own
        name = assignment.name if column is None else theirs.header[column]
        if not possible:
            rows.insert(0, ["    Points Possible", *[""] * (len(keep) - 1), points])
        if unassigned:
            self.sentences.append(f"Canvas will leave these marks out, since it has not assigned {name} to them: "
                                  f"{', '.join(unassigned)}")
        if column is None:
            self.sentences.append(f"{self.roster} has no assignment {name}: Canvas will ask whether to make a new one")
        return tables.Table([*(theirs.header[index] for index in keep), name], rows, [], theirs.delimiter, theirs.bom)

    def _column(self, table, name):
        """The index of the assignment's column, called ``name (id)``; None where there is none."""
        wanted = (self.column or name).casefold()
        titles = {index: title.casefold() for index, title in enumerate(table.header)
                  if title not in self._FIXED and title.endswith(")") and title[:-1].rpartition("(")[2].isdigit()}
        exact = [index for index, title in titles.items()
                 if wanted in (title, title.rpartition(" (")[0], title[:-1].rpartition("(")[2])]
        fitting = exact or [index for index, title in titles.items() if wanted in title]
        if len(fitting) > 1:
            raise CourseError(f"{self.roster} has several assignments that could be {self.column or name}: "
                              f"{', '.join(table.header[index] for index in fitting)}; say which with --column")
        if not fitting and self.column:
            raise CourseError(f"{self.roster} has no assignment {self.column}; there are: "
                              f"{', '.join(table.header[index] for index in titles) or 'none'}")
        return fitting[0] if fitting else None


class MoodleExportPlugin(_PlatformExport):
    """What Moodle takes as an assignment's grading worksheet (``roster``), or else under Grades, Import.

    Students without a mark keep what is there.
    """

    platform = roster.MOODLE

    def _table(self, assignment, found, gradebook):
        if not self.roster:
            people = {student.id: student for student in gradebook.students}
            rows = [[student, getattr(people.get(student), "email", None) or "", mark.score, _comment(mark)]
                    for student, mark in found.items()]
            return tables.Table(["ID number", "Email address", "Grade", "Feedback comments"], rows)
        theirs, by_row = self._matched(roster.moodle, found)
        grade, comment = theirs.column("Grade"), theirs.column("Feedback comments")
        if grade is None:
            raise CourseError(f"{self.roster} has no column Grade: download the grading worksheet again, with English "
                              "as the language of Moodle")
        for number, mark in by_row.items():
            row = theirs.rows[number]
            self._same_points(theirs.cell(row, "Maximum Grade"), assignment.max_score)
            row[grade] = mark.score
            if comment is not None and _comment(mark):
                row[comment] = _comment(mark)
        return theirs


EXPORTERS = {"csv": CsvExportPlugin, "canvas": CanvasExportPlugin, "moodle": MoodleExportPlugin}


def _comment(mark):
    """What a student should know about a mark; "" where it is simply the mark."""
    said = []
    if mark.waiting:
        said.append(texts.ngettext("So far: {n} answer waits for a person.", "So far: {n} answers wait for a person.",
                                   mark.waiting).format(n=mark.waiting))
    if mark.penalty:
        said.append(texts.gettext("{points} points were taken off for handing in late.").format(
            points=tables.number(min(mark.penalty, mark.raw))))
    return " ".join(said)


def _some(students):
    more = len(students) - _SHOWN
    return ", ".join(students[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
