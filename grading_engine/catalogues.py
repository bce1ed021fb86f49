"""The catalogues of texts in other languages: made from the sources, filled in by people, compiled for programs.

``make catalogues`` brings every ``.po`` up to date and compiles it; translators write into ``.po`` files and nowhere
else.  A new language is a new folder in ``course_lib/locale`` (``de``) before that.  Each problem set has a catalogue
of its own beside its graders, for titles of tests and sentences of mistakes, so that nothing of it reaches students.
"""

import ast
import io
import re
import string
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from grading_engine import hidden_tests
from grading_engine.course import KIT, CourseError, problem_set, problem_sets
from grading_engine.grader import Grader
from grading_engine.language import ENGLISH, available, speaking

# What is not known of a catalogue's making would change in every file with every run.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_CODE = re.compile(r"`[^`]+`")


@dataclass(frozen=True)
class Domain:
    """One catalogue's texts, in English.

    Attributes
    ----------
    name : str
    folder : Path
        Where its languages lie.
    template : Catalog
    """

    name: str
    folder: Path
    template: Catalog

    def path(self, language, ending):
        """Where its ``po`` or ``mo`` file of a language lies."""
        return self.folder / language / "LC_MESSAGES" / f"{self.name}.{ending}"


def domains():
    """Return all of them: students' texts, the engine's, and each problem set's."""
    with speaking(ENGLISH):
        return [*map(_of_package, ("course_lib", "grading_engine")),
                *(_of_graders(problem_set(name)) for name in problem_sets())]


def update(domain, language):
    """Take new texts into a catalogue, drop those that are gone, and compile it."""
    path = domain.path(language, "po")
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = _updated(domain, language)
    path.write_bytes(_as_po(catalog))
    for message in list(catalog):
        if not all(_forms(message.string)):
            catalog.delete(message.id)  # of plural forms empty ones would be shown
    with open(domain.path(language, "mo"), "wb") as file:
        write_mo(file, catalog)


def problems(domain, language):
    """Yield a sentence for everything that is wrong with a catalogue."""
    path = domain.path(language, "po")
    where = path.relative_to(KIT) if path.is_relative_to(KIT) else path
    if not path.is_file() or path.read_bytes() != _as_po(_updated(domain, language)):
        yield f"{where} is not what the sources say: run `make catalogues`"
        return
    catalog = _read(path, language)
    compiled = domain.path(language, "mo")
    if not compiled.is_file() or _texts(_compiled(compiled)) != _texts(catalog):
        yield f"{where} is not compiled: run `make catalogues`"
    for message in catalog:
        if message.id:
            yield from (f"{where}, {_first(message.id)!r}: {problem}" for problem in _problems_of(
                message, formatted=domain.folder.parent.name in ("course_lib", "grading_engine"),
                forms=catalog.num_plurals))


def _of_package(name):
    template, methods = Catalog(), [("**.py", _in_python), ("**.j2", "jinja2")]
    for file, _line, message, _comments, _context in extract_from_dir(
            KIT / name, method_map=methods, options_map={"**.j2": {"silent": "false"}}):
        template.add(message, locations=[(f"{name}/{file}", 0)])
    return Domain(name, KIT / name / "locale", template)


def _in_python(file, keywords, comment_tags, options):
    """Yield texts as Babel's own extractor does, and those in f-strings too, which it does not see."""
    calls = [node for node in ast.walk(ast.parse(file.read())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        said = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in keywords and said:
            yield call.lineno, name, tuple(said) if len(said) > 1 else said[0], []
        elif name == "_":
            raise CourseError(f"{file.name}, line {call.lineno}: what is translated has to be one string")


def _of_graders(exercises):
    template = Catalog()
    for name, exercise in exercises.exercises.items():
        grader = Grader(exercise.grader)
        for test, value in vars(grader.module).items():
            if test.startswith("test_") and callable(value):
                template.add(hidden_tests.title_of(value), auto_comments=[f"title, {name}"])
        for mistake in grader.mistakes:
            template.add(mistake.sentence, auto_comments=[f"mistake, {name}"])
        tree = ast.parse(exercise.grader.read_text())
        for label in dict.fromkeys([*grader.returns, *_keys(tree)]):
            if " " in label.partition(" (")[0]:  # what is one word stands in the code as well
                template.add(label, auto_comments=[f"label, {name}"])
        for sentence in _said(tree):
            template.add(sentence, auto_comments=[f"message, {name}"])
    return Domain(exercises.name, exercises.graders / "locale", template)


def _said(tree):
    """What a grader's file says in ``must(condition, sentence)`` and ``must_not_use(..., because=sentence)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            said = node.args[1:2] if node.func.attr == "must" else []
            said += [keyword.value for keyword in node.keywords if keyword.arg == "because"]
            yield from (one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _keys(tree):
    """What a grader's file calls the properties that it compares; its mutants are called after their code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                        and "  ->  " not in key.value)


def _updated(domain, language):
    path = domain.path(language, "po")
    catalog = _read(path, language) if path.is_file() else Catalog(locale=language)
    catalog.update(domain.template, no_fuzzy_matching=True)  # its guesses are far off in short texts
    for message in catalog:
        message.flags &= {"fuzzy"}  # others are guesses about what a text is
    catalog.creation_date = catalog.revision_date = _NEVER
    return catalog


def _read(path, language):
    with open(path, "rb") as file:
        return read_po(file, locale=language)


def _compiled(path):
    with open(path, "rb") as file:
        return read_mo(file)


def _as_po(catalog):
    """A catalogue as the bytes of its file: without dates, versions and lines, which change when no text does."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, omit_header=True, include_lineno=False, ignore_obsolete=True)
    language = str(catalog.locale)
    header = (f'# {Locale.parse(language).english_name}. Made by `make catalogues`; translations are written in here.\n'
              'msgid ""\nmsgstr ""\n'
              f'"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
              f'"Plural-Forms: {get_plural(language).plural_forms}\\n"\n\n')
    return header.encode() + file.getvalue()


def _texts(catalog):
    """{English: translation} of what a program would show."""
    return {_first(message.id): _forms(message.string) for message in catalog
            if message.id and message.string and not message.fuzzy and all(_forms(message.string))}


def _problems_of(message, formatted, forms):
    if message.fuzzy:
        yield "is marked as fuzzy: see whether the translation fits, and take the line away"
    translations = _forms(message.string)
    if not all(translations) or len(translations) != (forms if message.pluralizable else 1):
        yield "is not translated"
        return
    wanted = [_marks(text, formatted) for text in _forms(message.id)]
    for text in translations:
        if _marks(text, formatted) not in wanted:
            yield f"{text!r} has other names in braces or other code"


def _marks(text, formatted):
    """What a translation has to keep: names in braces, or in texts that are shown as they are, code."""
    if not formatted:
        return Counter(_CODE.findall(text))
    # A comma between thousands is not everybody's.
    return {(name, format_.replace(",", ""), conversion) for _, name, format_, conversion
            in string.Formatter().parse(text) if name is not None}


def _forms(text):
    return [text] if isinstance(text, str) else list(text or [""])


def _first(text):
    return _forms(text)[0]


def main():
    """Bring all catalogues up to date; what is left for people is told."""
    left = []
    for domain in domains():
        for language in available()[1:]:
            update(domain, language)
            left += problems(domain, language)
    print("\n".join(left) or "all catalogues are complete")
    sys.exit(bool(left))


if __name__ == "__main__":
    main()
