"""Text of a student: what their process says, made fit for a terminal and a page, and what their code mentions."""

import io
import keyword
import re
import tokenize
import unicodedata

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")


def plain(value):
    """Return text without what terminals and browsers obey; anything but text is "".

    Control characters and marks that reverse the direction of writing go, lines stay.  So does where an object lies
    in memory, which differs in every run and tells a reader nothing.
    """
    if not isinstance(value, str):
        return ""
    visible = "".join(c for c in _ESCAPES.sub("", value) if c.isprintable() or c in "\n\t")
    return _ADDRESS.sub("at 0x…", visible)


def used_syntax(source):
    """Return the keywords and operators of Python code, and its names by their use; comments and strings do not count.

    "for" and "@" stand for themselves, "sum(" for a call of what is called so, ".dot" for an attribute or for something
    imported, since a variable may be called `dot`, and "tf." for something of what is called `tf`.  The code is split
    into tokens only, since a student's may be no Python, or nested deep enough to hurt a parser.
    """
    # A line of a magic may hide the rest from a tokenizer, and it may be no magic: both readings count.  Python itself
    # takes letters of other shapes for the plain ones.
    plain_letters = unicodedata.normalize("NFKC", source)
    return _tokens(plain_letters) | _tokens(re.sub(r"^([ \t]*)[%!].*", r"\1pass", plain_letters, flags=re.MULTILINE))


def _tokens(source):
    found, before, importing = set(), "", False
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
                continue
            if token.type == tokenize.NEWLINE:
                before, importing = "", False
                continue
            if not before:
                importing = token.string in ("from", "import")
            if token.type == tokenize.NAME and (before == "." or importing):
                found.add(f".{token.string}")
            elif keyword.iskeyword(token.string) or token.type == tokenize.OP:
                found.add(token.string)
                if token.string in "(." and before.isidentifier():
                    found.add(f"{before}{token.string}")
            # What stands after a point is called as an attribute, not by its own name.
            before = f".{token.string}" if before == "." else token.string
    except (tokenize.TokenError, SyntaxError):
        pass  # what came before the error counts
    return found
