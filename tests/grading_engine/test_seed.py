import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from grading_engine import cli, seed
from grading_engine.cli import grading, shared
from grading_engine.course import CourseError


@pytest.fixture
def seed_file(tmp_path, monkeypatch):
    """A place for a seed where none is yet."""
    path = tmp_path / ".course" / "seed"
    monkeypatch.setattr(seed, "SEED_FILE", path)
    return path


def test_a_seed_is_drawn_once_and_is_the_staffs_alone(seed_file):
    drawn = seed.course_seed()
    assert 0 <= drawn < 2**63
    assert seed.course_seed() == drawn
    assert stat.S_IMODE(seed_file.stat().st_mode) == 0o600
    assert os.listdir(seed_file.parent) == ["seed"]


def test_graders_that_start_at_the_same_time_have_one_seed(seed_file):
    with ThreadPoolExecutor(16) as executor:
        assert len(set(executor.map(lambda _: seed.course_seed(), range(64)))) == 1


def test_reseed_puts_another_seed_into_its_place(seed_file):
    seen = {seed.course_seed()}
    for _ in range(3):
        seed.reseed()
        seen.add(seed.course_seed())
    assert len(seen) == 4
    assert stat.S_IMODE(seed_file.stat().st_mode) == 0o600
    assert os.listdir(seed_file.parent) == ["seed"]


def test_reseed_repairs_what_holds_no_number(seed_file):
    seed_file.parent.mkdir()
    for content in (b"", b"\xff\xfe", b"12a", b"-1"):
        seed_file.write_bytes(content)
        with pytest.raises(CourseError, match="course reseed"):
            seed.course_seed()
    seed.reseed()
    assert seed.course_seed() >= 0


def test_what_cannot_be_read_or_written_is_one_line(seed_file):
    seed_file.mkdir(parents=True)
    with pytest.raises(CourseError, match="cannot be read"):
        seed.course_seed()
    with pytest.raises(CourseError, match="cannot be written"):
        seed.reseed()


def test_the_command_says_what_follows_and_shows_no_seed(seed_file):
    old = seed.course_seed()
    result = CliRunner().invoke(cli.commands, ["reseed"])
    assert result.exit_code == 0
    new = seed.course_seed()
    assert new != old
    with shared.console.capture() as captured:
        grading.reseed.callback()
    text = " ".join(captured.get().split())
    assert "hidden inputs change for the whole class" in text
    assert "course regrade PS" in text
    assert str(seed.course_seed()) not in text
