"""Students who hand in together: ``groups.csv`` in the class's folder, one line for each member (group,student).

A group hands in once, by any of its members or under its own id; the last submission counts for all of them.
"""

from dataclasses import dataclass
from pathlib import Path

from grading_engine import tables
from grading_engine.course import CourseError

FILE = "groups.csv"


@dataclass(frozen=True)
class Shared:
    """What counts for whom.

    Attributes
    ----------
    by_student : dict of str to str
        For every member of a group: under which id the submission that counts was handed in.
    sentences : list of str
        About submissions of members that do not count.
    """

    by_student: dict
    sentences: list


def read(root):
    """Return {group: [students]} of the class below ``root``; empty where nobody hands in together."""
    path, groups, group_of = Path(root) / FILE, {}, {}
    if not path.exists():
        return groups
    for where, line in tables.read_with(path, "group", "student"):
        group, student = line["group"], line["student"]
        if not group or not student:
            raise CourseError(f"{where}: a group and a student, please")
        if student in group_of:
            raise CourseError(f"{where}: {student} is in {group_of[student]} already")
        group_of[student] = group
        groups.setdefault(group, []).append(student)
    for group in groups:
        if group in group_of and group_of[group] != group:
            raise CourseError(f"{path}: {group} is the name of a group and a member of another")
    return groups


def shared(groups, handed_in):
    """Find which submission counts for the members of each group.

    Parameters
    ----------
    groups : dict of str to list of str
    handed_in : dict of str to datetime or None
        When each submission was handed in, by the id under which it lies; None where nobody knows.

    Raises
    ------
    CourseError
        When a group handed in more than once and nobody knows what came last.
    """
    by_student, sentences = {}, []
    for group, members in groups.items():
        ids = [one for one in dict.fromkeys([group, *members]) if one in handed_in]
        if not ids:
            continue
        if len(ids) > 1:
            times = [handed_in[one] for one in ids]
            if None in times or times.count(max(times)) > 1:
                raise CourseError(f"{group} handed in {len(ids)} times, as {', '.join(ids)}, and nothing says which is "
                                  "the last: remove the others from submitted/ and from nbgrader's gradebook, or take "
                                  f"them out of {FILE}")
        counts = max(ids, key=lambda one: (handed_in[one] is not None, handed_in[one]))
        by_student |= dict.fromkeys(members, counts)
        sentences += [f"{one} of {group} handed in too; what {counts} handed in later counts for all of the group"
                      for one in ids if one != counts]
    return Shared(by_student, sentences)
