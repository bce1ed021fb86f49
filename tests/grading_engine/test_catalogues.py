"""Catalogues are what the sources say, complete, and safe to format; what is wrong with one is told."""

import gettext
import io

import pytest
from babel.messages.catalog import Catalog

from grading_engine import catalogues
from grading_engine.course import CourseError
from grading_engine.language import available

ENTRIES = (
    ("{got} of {most:,}", "{got} из {most}"),
    (("{n} test", "{n} tests"), ("{n} тест", "{n} теста", "{n} тестов")),
)


def test_every_catalogue_of_the_kit_is_fresh_complete_and_compiled():
    languages = available()[1:]
    assert "ru" in languages
    domains = catalogues.domains()
    assert {"course_lib", "grading_engine", "ps1_arrays", "ps7_cnn"} <= {domain.name for domain in domains}
    assert [problem for domain in domains for language in languages
            for problem in catalogues.problems(domain, language)] == []


def domain(folder, entries=ENTRIES):
    template = Catalog()
    for message, _translation in entries:
        template.add(message, locations=[("course_lib/some.py", 0)])
    return catalogues.Domain("texts", folder / "course_lib" / "locale", template)


@pytest.fixture
def made(tmp_path):
    """A catalogue with all its translations."""
    made = domain(tmp_path)
    catalogues.update(made, "ru")
    path = made.path("ru", "po")
    text = path.read_text()
    for message, translation in ENTRIES:
        if isinstance(message, tuple):
            for number, one in enumerate(translation):
                text = text.replace(f'msgstr[{number}] ""', f'msgstr[{number}] "{one}"')
        else:
            text = text.replace(f'msgid "{message}"\nmsgstr ""', f'msgid "{message}"\nmsgstr "{translation}"')
    path.write_text(text)
    catalogues.update(made, "ru")
    return made


def problems(made):
    return " ".join(catalogues.problems(made, "ru"))


def test_a_complete_catalogue_has_no_problem_and_is_what_programs_say(made):
    assert problems(made) == ""
    with open(made.path("ru", "mo"), "rb") as file:
        texts = gettext.GNUTranslations(file)
    assert texts.gettext("{got} of {most:,}") == "{got} из {most}"
    assert [texts.ngettext("{n} test", "{n} tests", n) for n in (1, 2, 5)] == ["{n} тест", "{n} теста", "{n} тестов"]


def test_making_it_again_changes_nothing(made):
    before = [made.path("ru", ending).read_bytes() for ending in ("po", "mo")]
    catalogues.update(made, "ru")
    assert [made.path("ru", ending).read_bytes() for ending in ("po", "mo")] == before


@pytest.mark.parametrize(("old", "new", "problem"), [
    ("{got} из {most}", "", "is not translated"),
    ("{n} теста", "", "is not translated"),
    ("{got} из {most}", "{got} из {moist}", "other names in braces"),
    ("{got} из {most}", "{got} из {most:d}", "other names in braces"),
    ("{got} из {most}", "всего {most}", "other names in braces"),
    ("{n} тестов", "тестов", "other names in braces"),
    ("#: course_lib/some.py", "#: course_lib/some.py\n#, fuzzy", "fuzzy"),
])
def test_what_is_wrong_with_a_translation_is_told(made, old, new, problem):
    path = made.path("ru", "po")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert "is not compiled" in problems(made)
    catalogues.update(made, "ru")
    assert problem in problems(made)


def test_texts_that_came_or_went_are_told(made, tmp_path):
    for entries in (ENTRIES[:1], (*ENTRIES, ("new", ""))):
        assert "is not what the sources say" in problems(domain(tmp_path, entries))


def test_an_unfinished_plural_is_english_until_it_is_finished(made):
    path = made.path("ru", "po")
    path.write_text(path.read_text().replace("{n} теста", ""))
    catalogues.update(made, "ru")
    with open(made.path("ru", "mo"), "rb") as file:
        assert gettext.GNUTranslations(file).ngettext("{n} test", "{n} tests", 2) == "{n} tests"


def test_code_stays_code_where_a_text_is_shown_as_it_is(tmp_path):
    template = Catalog()
    template.add("`exp(z)` is missing.", auto_comments=["mistake, sigmoid"])
    made = catalogues.Domain("ps0", tmp_path / "ps0" / "locale", template)
    catalogues.update(made, "ru")
    path = made.path("ru", "po")
    for translation, problem in (("Не хватает `exp(-z)`.", "other code"), ("Не хватает `exp(z)`.", "")):
        text = path.read_text().split("`exp(z)` is missing.")[0]
        path.write_text(f'{text}`exp(z)` is missing."\nmsgstr "{translation}"\n')
        catalogues.update(made, "ru")
        assert problem in problems(made)
    assert problems(made) == ""


def in_python(source):
    return [text for _line, _name, text, _comments in catalogues._in_python(
        io.StringIO(source), ("_", "gettext", "ngettext"), (), {})]


def test_texts_are_found_in_code_and_in_f_strings():
    source = "a = _('one ' 'text')\nb = f\"{_('two')}\"\nc = texts.ngettext('three', 'many', n)\nd = other('four')"
    assert in_python(source) == ["one text", "two", ("three", "many")]


@pytest.mark.parametrize("call", ["_(f'{n} tests')", "_('{} tests'.format(n))", "_(text)"])
def test_what_cannot_be_translated_is_an_error(call):
    file = io.StringIO(call)
    file.name = "some.py"
    with pytest.raises(CourseError, match=r"some\.py, line 1"):
        list(catalogues._in_python(file, ("_",), (), {}))
