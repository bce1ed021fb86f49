"""What holds for all tests."""

import pytest

from course_lib.language import ENGLISH, VARIABLE


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    """A test begins in English, whatever its shell or the test before speaks: opening a class chooses a language."""
    monkeypatch.setenv(VARIABLE, ENGLISH)
