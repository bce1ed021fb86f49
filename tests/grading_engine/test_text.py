import pytest

from grading_engine.text import plain


@pytest.mark.parametrize(("text", "expected"), [
    ("two\nlines\tand a tab", "two\nlines\tand a tab"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("\x1b]0;title\x07shown", "shown"),
    ("\x1b]8;;http://x\x1b\\link", "link"),
    ("bell\x07 back\x08 null\0", "bell back null"),
    ("\u202eevil", "evil"),
    ("<object at 0x7f3a5c0d9e10>", "<object at 0x…>"),
    ("naïve Größe ŷ", "naïve Größe ŷ"),
    (None, ""), (3, ""), (b"x", ""),
])
def test_text_is_made_plain(text, expected):
    assert plain(text) == expected
