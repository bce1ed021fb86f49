"""Tables that other systems write and read: CSV files, kept in the form in which they came."""

import csv
import io
from dataclasses import dataclass, field

from grading_engine.course import CourseError
from grading_engine.files import write_whole

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Table:
    """A CSV file: its header and its rows, each of them as long as the header.

    Attributes
    ----------
    lines : list of int
        The line of the file that each row begins at.
    delimiter, bom : str
        How the file is written; spreadsheets of other countries put semicolons.
    """

    header: list
    rows: list
    lines: list = field(default_factory=list)
    delimiter: str = ","
    bom: str = ""

    def column(self, name):
        """Return the index of a column, or None."""
        return self.header.index(name) if name in self.header else None

    def cell(self, row, name):
        """Return what a row has in a column, without spaces around it; "" where there is no such column."""
        index = self.column(name)
        return "" if index is None else row[index].strip()


def read(path):
    """Read a CSV file.

    Raises
    ------
    CourseError
        When it cannot be read, or is no table.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror.lower()}") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not UTF-8: save it as CSV with that encoding") from None
    bom, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader, found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []
    try:
        start = 1
        for row in reader:
            found.append((start, row))
            start = reader.line_num + 1
    except csv.Error as error:
        raise CourseError(f"{path} is no CSV file: line {reader.line_num}: {error}") from None
    found = [(number, row) for number, row in found if any(cell.strip() for cell in row)]
    if not found:
        raise CourseError(f"{path} is empty")
    header = [name.strip() for name in found[0][1]]
    for number, row in found[1:]:
        if len(row) > len(header):
            raise CourseError(f"{path}, line {number}: {len(row)} cells, but the first line has {len(header)}")
    rows = [row + [""] * (len(header) - len(row)) for _, row in found[1:]]
    return Table(header, rows, [number for number, _ in found[1:]], delimiter, bom)


def read_with(path, *columns):
    """Read a CSV file that has to have these columns; yields (where, {column: cell}) of its rows."""
    table = read(path)
    missing = [name for name in columns if table.column(name) is None]
    if missing:
        raise CourseError(f"{path} has no column {', '.join(missing)}: its first line has to be {','.join(columns)}")
    return [(f"{path}, line {number}", {name: table.cell(row, name) for name in columns})
            for number, row in zip(table.lines, table.rows, strict=True)]


def write(path, table):
    """Write a CSV file; no cell of it is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=table.delimiter, lineterminator="\r\n")
    writer.writerows([[harmless(cell) for cell in row] for row in (table.header, *table.rows)])
    try:
        write_whole(path, table.bom + text.getvalue())
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror.lower()}") from None


def harmless(cell):
    """Return a cell's text such that no spreadsheet takes it for a formula; numbers stay numbers."""
    text = number(cell) if isinstance(cell, float) else str(cell)
    if not text.lstrip(" ").startswith(_FORMULA) or text.strip() in ("-", "+") or _is_number(text):
        return text
    return f"'{text}"


def number(value):
    """Return a mark as text: at most two decimals, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
