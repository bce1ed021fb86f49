import pytest

from grading_engine.text import plain, used_syntax


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


@pytest.mark.parametrize(("source", "found"), [
    ("a @ b", {"@"}), ("a @= b", {"@="}), ("np.dot(a, b)", {".dot", "("}), ("dot = 1\ndot + 1", set()),
    ("from numpy import dot as d", {".dot"}), ("from numpy import (\n    dot,\n)", {".dot"}), ("sum(v)", {"sum("}),
    ("v.sum()", set()), ("tf.nn.relu(z)", {"tf."}), ("tf = 1\na.tf.b", set()), ("[x for x in v]", {"for"}),
    ("# for @ dot", set()), ("'for'", set()),
])
def test_syntax_is_told_by_its_use(source, found):
    ruled_out = {"@", "@=", ".dot", "sum(", "tf.", "for", "while"}
    assert used_syntax(source) & ruled_out == found & ruled_out


@pytest.mark.parametrize("source", ["(" * 50_000, "'unfinished", "  x\n y", "\x00", "1 +" * 50_000])
def test_syntax_of_what_is_no_python_ends_quietly(source):
    assert "@" not in used_syntax(source)
