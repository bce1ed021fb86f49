from datetime import datetime

import pytest

from grading_engine import feedback, group_pages
from grading_engine.course import CourseError
from tests.grading_engine.tiny_class import TRIPLE, TinyClass


@pytest.fixture(scope="module")
def pairs(tmp_path_factory, tiny_root, sandbox):
    """A class of two pairs and one more student: one pair hands in once, the other twice."""
    with pytest.MonkeyPatch.context() as patch:
        made = TinyClass(tmp_path_factory.mktemp("pairs") / "class", tiny_root, patch)
        (made.folder / "groups.csv").write_text("group,student\none,ada\none,ben\ntwo,cho\ntwo,dan\n")
        for student, day in {"ada": 1, "cho": 1, "dan": 2, "eve": 1}.items():
            made.hand_in(student, **({"double": TRIPLE} if student == "cho" else {}))
            (made.folder / "submitted" / student / "tiny" / "timestamp.txt").write_text(f"2025-05-0{day} 12:00:00 UTC")
        made.autograde()
        for student in ("ada", "cho", "dan", "eve"):
            feedback.write(made.workspace, made.exercises, student)
        yield made


def page(pairs, student):
    return (pairs.folder / "feedback" / student / "tiny" / "tiny.html").read_bytes()


def test_every_member_gets_the_page_of_what_counts(pairs):
    assert page(pairs, "cho") != page(pairs, "dan")
    copied, sentences = group_pages.hand_round(pairs.workspace, pairs.exercises)
    assert copied == ["ben", "cho"]
    assert page(pairs, "ben") == page(pairs, "ada")
    assert page(pairs, "cho") == page(pairs, "dan")
    assert sentences == ["cho of two handed in too; what dan handed in later counts for all of the group"]


def test_where_nobody_knows_what_counts_no_page_is_written(pairs):
    with pairs.gradebook() as gradebook:
        gradebook.find_submission("tiny", "cho").timestamp = datetime(2025, 5, 2, 12)
        gradebook.db.commit()
    with pytest.raises(CourseError, match="two handed in 2 times"):
        group_pages.check(pairs.workspace, pairs.exercises)


def test_a_class_without_groups_has_nothing_to_copy(pairs):
    (pairs.folder / "groups.csv").rename(pairs.folder / "none.csv")
    assert group_pages.hand_round(pairs.workspace, pairs.exercises) == ([], [])
