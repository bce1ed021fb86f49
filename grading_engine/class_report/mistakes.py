"""Known mistakes of a class: who made which, and wrong answers that several gave and that have no name yet."""

from dataclasses import dataclass

from grading_engine.class_report.records import FULL, MISSING, WAITS

# Of a heat map; beyond it nobody compares them.
MOST_COLUMNS = 30


@dataclass(frozen=True)
class Mistake:
    """A known mistake that occurs.

    Attributes
    ----------
    number : int
        From 1, by frequency.
    name, sentence : str
        From the hidden grader; the sentence is what the student read.
    students : list of Student
    """

    number: int
    function: str
    name: str
    sentence: str
    students: list

    @property
    def several(self):
        """Whether more than one student made it."""
        return len(self.students) > 1


@dataclass(frozen=True)
class Unnamed:
    """A wrong answer that several students gave alike, and that no known mistake explains.

    Attributes
    ----------
    title, message : str
        Of the first hidden test that failed.
    """

    function: str
    title: str
    message: str
    students: list


def known(students, functions):
    """Return the `Mistake`s that occur, the most frequent first, then in the notebook's order."""
    found = {}
    for student in students:
        for function in functions:
            told = {test.mistake: test.hint for test in student.tests[function] if test.mistake}
            for name, sentence in told.items():
                entry = found.setdefault((function, name), (sentence, []))
                entry[1].append(student)
    order = sorted(found, key=lambda key: (-len(found[key][1]), functions.index(key[0]), key[1]))
    return [Mistake(number, *key, *found[key]) for number, key in enumerate(order, start=1)]


def unnamed(students, functions):
    """Return the `Unnamed` answers of at least two students, the most frequent first."""
    found = {}
    for student in students:
        for function in functions:
            tests = student.tests[function]
            first = next((test for test in tests if test.outcome != "passed"), None)
            if (first is None or any(test.mistake for test in tests) or not first.message
                    or student.statuses[function] in (FULL, MISSING, WAITS)):
                continue
            found.setdefault((function, first.title, first.message), []).append(student)
    several = [Unnamed(*key, alike) for key, alike in found.items() if len(alike) > 1]
    return sorted(several, key=lambda one: (-len(one.students), functions.index(one.function), one.message))


@dataclass(frozen=True)
class HeatMap:
    """Students by mistakes, equal ones put together.

    Attributes
    ----------
    columns : list of list of Mistake
        Mistakes of the same students share a column.
    rows : list of (list of Student, list of bool, list of Mistake)
        Students with the same mistakes share a row; whether they made those of each column, and what they made that
        has no column.
    """

    columns: list
    rows: list

    @property
    def has_others(self):
        """Whether there are mistakes without a column."""
        return any(others for _students, _made, others in self.rows)


def heat_map(mistakes):
    """Put `Mistake`s and their students into a `HeatMap`: frequent mistakes to the left, equal students together.

    Where there are too many columns to be read, mistakes of a single student get none.
    """
    columns, others = _columns(mistakes), []
    if len(columns) > MOST_COLUMNS:
        others = [mistake for mistake in mistakes if len(mistake.students) == 1]
        columns = _columns([mistake for mistake in mistakes if len(mistake.students) > 1])
    rows, names = {}, {student.number: student for mistake in mistakes for student in mistake.students}
    for number in sorted(names):
        made = tuple(number in column for column in columns)
        alone = tuple(mistake for mistake in others if mistake.students[0].number == number)
        rows.setdefault((made, tuple(mistake.number for mistake in alone)), ([], alone))[0].append(names[number])
    # As in a dictionary: those who share the most frequent mistake stand together, and so on within them.
    ordered = sorted(rows.items(), key=lambda row: row[0][0], reverse=True)
    return HeatMap(list(columns.values()), [(students, list(made), list(alone))
                                            for (made, _numbers), (students, alone) in ordered])


def _columns(mistakes):
    """{numbers of the students: mistakes of exactly these}."""
    columns = {}
    for mistake in mistakes:
        columns.setdefault(tuple(student.number for student in mistake.students), []).append(mistake)
    return columns
