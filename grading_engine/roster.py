"""Who is who on a learning platform: its own table of students, and the ids that the class knows them by."""

import re

from grading_engine import tables
from grading_engine.course import CourseError

CANVAS, MOODLE = "canvas", "moodle"
_NUMBER_AT_THE_END = re.compile(r"\d+$")


class Roster:
    """A table that a platform exported, one row per student.

    Attributes
    ----------
    table : tables.Table
    students : dict of int to str
        By the number of the row: the name of the student, for people to read.
    """

    def __init__(self, path, key, names, identifiers, what):
        self.path, self.table = path, tables.read(path)
        if self.table.column(key) is None or not any(name in self.table.header for name in names):
            raise CourseError(f"{path} is no {what}")
        self._key, self._names, self._identifiers = key, names, identifiers
        self.students = {number: self._name(row) for number, row in enumerate(self.table.rows)
                         if self.platform_id(number)}

    def _name(self, row):
        return " ".join(filter(None, (self.table.cell(row, name) for name in self._names)))

    def platform_id(self, number):
        """Return the number that the platform has for the student of a row; "" for a row of something else."""
        found = _NUMBER_AT_THE_END.search(self.table.cell(self.table.rows[number], self._key))
        return found[0] if found else ""

    def rows_of(self, students):
        """Match students of the class with rows; returns {number of the row: student}.

        Raises
        ------
        CourseError
            When a student could be in two rows: no mark may go to the wrong one.
        """
        wanted = set(students)
        ids = {number: student for number, student in self._ids(wanted).items() if student in wanted}
        self._refuse_doubles(ids)
        return ids

    def students_by_platform_id(self, known):
        """Return {platform's number: the class's id of that student}.

        Parameters
        ----------
        known : set of str
            Students that the class has already: where the roster has their ids, it has everybody's.
        """
        ids = self._ids(known)
        self._refuse_doubles(ids)
        return {self.platform_id(number): student for number, student in ids.items()}

    def _ids(self, known):
        """{number of the row: id}, all of one kind, so that no id is taken for one of another kind."""
        kinds = [{number: cut(self.table.cell(self.table.rows[number], name)) for number in self.students}
                 for name in self._identifiers for cut in (str, _before_the_at)]
        kinds.append({number: self.platform_id(number) for number in self.students})
        fitting = max(kinds, key=lambda ids: len(known & set(ids.values())))
        if not known & set(fitting.values()):
            fitting = next(ids for ids in kinds if all(ids.values()))
        return {number: student for number, student in fitting.items() if student}

    def _refuse_doubles(self, ids):
        for student in ids.values():
            rows = [number for number, other in ids.items() if other == student]
            if len(rows) > 1:
                raise CourseError(f"{self.path}: {student} could be any of " + ", ".join(
                    f"{self.students[number]} ({self.platform_id(number)})" for number in rows))


def _before_the_at(value):
    return value.partition("@")[0]


def canvas(path):
    """Read a gradebook that Canvas exported."""
    return Roster(path, "ID", ("Student", "FirstName", "LastName"), ("SIS Login ID", "SIS User ID"),
                  "gradebook of Canvas: in Canvas, open Grades and choose Export")


def moodle(path):
    """Read a grading worksheet of one of Moodle's assignments."""
    return Roster(path, "Identifier", ("Full name", "First name", "Last name", "Email address", "Identifier"),
                  ("ID number", "Username", "Email address"),
                  "grading worksheet of Moodle: in the assignment, choose Download grading worksheet, with English as "
                  "the language of Moodle")


READERS = {CANVAS: canvas, MOODLE: moodle}
