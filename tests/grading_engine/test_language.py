"""A class's language changes what people read, and nothing else: no mark, no name of a mistake, no outcome."""

import json
import logging
import os
import re
from concurrent.futures import Future
from html import unescape

import nbformat
import pytest
from babel.messages.catalog import Catalog
from traitlets.config import Config

from course_lib.language import VARIABLE, current
from grading_engine import catalogues, execution, feedback, language, nbgrader_stages, results, verify, watch, workers
from grading_engine.course import KIT, CourseError
from grading_engine.feedback_page import FeedbackExporter
from grading_engine.formgrader import MarkingScheme
from grading_engine.grader import catalogue
from grading_engine.workspace import CONFIG, make_class, open_workspace
from tests.grading_engine.tiny_class import RIGHT, TinyClass

DOUBLE = "def double(x):\n    if x.ndim != 1: raise {}\n    {}"
STUDENTS = {
    "right": RIGHT,
    "squared": DOUBLE.format("ValueError('x')", "return x**2"),
    "changes": DOUBLE.format("ValueError('x')", "x *= 2; return x"),
    "column": DOUBLE.format("TypeError('x')", "return 2 * x[:, None]"),
    "unnamed": DOUBLE.format("ValueError('wrong')", "return (x + x, x)"),
    "raises": DOUBLE.format("ValueError('x')", "return x @ y"),
    "ends": DOUBLE.format("ValueError('x')", "raise SystemExit"),
    "exits": "import os\ndef double(x):\n    os._exit(0)",
    "broken": "def double(x:",
    "stub": "def double(x):\n    raise NotImplementedError",
}
IN_RUSSIAN = {
    "doubles every element": "удваивает каждый элемент",
    "refuses a table": "отвергает таблицу",
    "leaves its input as it is": "не изменяет аргумент",
    "multiplies every element by four": "умножает каждый элемент на четыре",
    "The numbers are squared, not doubled.": "Числа возведены в квадрат, а не удвоены.",
    "The input itself is doubled: work on a copy.": "Удвоен сам аргумент: работайте с копией.",
}


def translate(folder):
    """Give the tiny set's graders a catalogue."""
    catalog = Catalog(locale="ru")
    for english, russian in IN_RUSSIAN.items():
        catalog.add(english, russian)
    path = folder / "locale" / "ru" / "LC_MESSAGES" / f"{folder.name}.mo"
    path.parent.mkdir(parents=True)
    with open(path, "wb") as file:
        catalogues.write_mo(file, catalog)


def graded_class(folder, tiny_root, monkeypatch, code, students=STUDENTS):
    """A class of the tiny set, graded in a language."""
    one = TinyClass(folder, tiny_root, monkeypatch)
    translate(folder / "graders" / "tiny")
    speak(one, code)
    for student in students:
        one.hand_in(student, STUDENTS[student])
    one.outcomes = {outcome.student: outcome for outcome in one.autograde()}
    return one


@pytest.fixture(scope="module")
def two_classes(tmp_path_factory, tiny_root, sandbox):
    """The same submissions, graded in English and in Russian."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "en")
        folder = tmp_path_factory.mktemp("two")
        yield {code: graded_class(folder / code, tiny_root, patch, code) for code in ("en", "ru")}


def speak(one, code):
    """Change the language in a class's configuration, and open it again."""
    with open(one.folder / CONFIG, "a") as file:
        file.write(f"c.Course.language = {code!r}\n")
    one.workspace = open_workspace(one.folder)


def facts(one):
    """All of a class's results that is not written for people."""
    found = {}
    for student, outcome in one.outcomes.items():
        for name, function in outcome.grade.functions.items():
            found[student, name] = (function.score, function.status, [
                (test.name, test.outcome, test.mistake, test.inherited, test.unwritten, test.tolerance_used)
                for test in function.tests])
    return found


def test_both_languages_give_the_same_marks_and_other_words(two_classes):
    english, russian = two_classes["en"], two_classes["ru"]
    assert facts(english) == facts(russian)
    assert [english.marks(student) for student in STUDENTS] == [russian.marks(student) for student in STUDENTS]
    squared = {code: one.outcomes["squared"].grade.functions["double"].tests[0] for code, one in two_classes.items()}
    assert squared["en"].mistake == squared["ru"].mistake == "squared"
    for said in ("title", "hint"):
        assert getattr(squared["ru"], said) == IN_RUSSIAN[getattr(squared["en"], said)]
    for student in STUDENTS:
        assert not re.search("[а-я]", english.graded(student))
    assert "пока неверно" in russian.graded("unnamed")
    for code, one in two_classes.items():
        remembered = results.load(one.workspace, one.exercises, "right").values()
        assert {result.origin.language for result in remembered} == {code}


def test_reports_and_a_page_in_russian_say_nothing_in_english(two_classes):
    russian = two_classes["ru"]
    language.speak("ru")
    for student, outcome in russian.outcomes.items():
        grade = outcome.grade
        said = "\n".join(f"{test.title}\n{test.message}\n{test.hint}"
                         for function in grade.functions.values() for test in function.tests)
        page = feedback.write(russian.workspace, russian.exercises, student).read_text()
        shown = watch.page("tiny", grade, "messages", 0.0, 2)
        for text in (said, visible(page), visible(shown)):
            assert re.search("[а-я]{3}", text)
            assert not english_words(text)
        assert '<html lang="ru">' in page
        assert '<html lang="ru">' in shown


def english_words(text):
    """Words of ours, more than one in a row; notebooks, code and what Python says stay English."""
    text = re.sub(r"Why is twice two four\?|Two pairs\.|'\(' was never closed|name 'y' is not defined", "", text)
    text = re.sub(r"\b(double|quadruple)\(x=.*\)|`[^`]*`", "", text)
    return re.findall(r"\b[A-Za-z]{2,} [a-z]{2,}\b", text)


def visible(html):
    """What a reader of a page sees or hears, without code."""
    html = re.sub(r"<(style|script|code|pre)\b.*?</\1>", " ", html, flags=re.DOTALL)
    html = re.sub(r'<[^>]*?\b(?:alt|aria-label)="([^"]*)"', r"\n\1\n<", html)
    return unescape(re.sub(r"<[^>]+>", "\n", html))


def test_a_class_that_changes_its_language_gets_its_reports_again_and_keeps_its_marks(
        tmp_path, tiny_root, monkeypatch, sandbox):
    one = graded_class(tmp_path, tiny_root, monkeypatch, "en", ["squared", "unnamed"])
    before = [one.marks(student) for student in one.outcomes]
    speak(one, "ru")
    assert one.changes() == []
    assert [one.marks(student) for student in one.outcomes] == before
    assert "пока неверно" in one.graded("squared")
    assert "not right yet" not in one.graded("squared")
    assert one.regrade() == []


CARD = """\
from course_lib.checks import check
def half(x):
    return x
with check(half) as call:
    call(1.0).gives(0.5)
"""


def test_cards_in_the_sandbox_are_in_the_class_s_language(sandbox):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CARD)])
    for code, words in (("ru", "проверка не пройдена"), ("en", "the check fails")):
        with language.speaking(code):
            execution.execute(notebook, lambda cell: False)
        assert words in json.dumps(notebook.cells[0].outputs, ensure_ascii=False)


def test_the_configuration_decides_whatever_the_environment_says(tmp_path, monkeypatch):
    make_class(tmp_path, 'c.Course.language = "ru"\n')
    open_workspace(tmp_path)
    assert current() == os.environ[VARIABLE] == "ru"
    open_workspace(KIT)
    assert current() == "en"


def test_a_language_that_is_not_there_is_english_and_one_sentence(tmp_path, caplog):
    language._complain.cache_clear()
    make_class(tmp_path, 'c.Course.language = "tlh"\n')
    with caplog.at_level(logging.ERROR, logger=language.__name__):
        for _ in range(2):
            open_workspace(tmp_path)
    assert current() == "en"
    (sentence,) = caplog.messages
    assert sentence.startswith("c.Course.language is 'tlh'")
    assert "en, ru" in sentence


def test_what_is_no_language_is_told(tmp_path):
    make_class(tmp_path, "c.Course.language = 7\n")
    with pytest.raises(CourseError, match=r"c\.Course.*'language' trait"):
        open_workspace(tmp_path)


@pytest.mark.parametrize("stage", [FeedbackExporter, MarkingScheme, nbgrader_stages.SubmissionExporter])
def test_nbgrader_s_own_commands_follow_the_configuration_too(stage):
    stage(config=Config({"Course": {"language": "ru"}}))
    assert current() == "ru"


def test_graders_are_proven_in_english(monkeypatch):
    spoken = []
    monkeypatch.setattr(verify, "trials", lambda *args: spoken.append(current()) or [])
    language.speak("ru")
    assert verify.verify(["tiny"], 1) == []
    assert spoken == ["en"]
    assert current() == "ru"


def test_a_worker_speaks_the_language_of_the_class_whose_work_it_does(monkeypatch):
    class Elsewhere:
        def __init__(self, *args, **options):
            pass

        def submit(self, function, *arguments):
            language.speak("xx")
            future = Future()
            future.set_result(function(*arguments))
            return future

        def shutdown(self, cancel_futures):
            pass

    answers = {}
    monkeypatch.setattr(workers, "ProcessPoolExecutor", Elsewhere)
    language.speak("ru")
    workers.in_workers(current, ["ada"], lambda student: (), lambda student, answer, problem: answers.update(
        {student: answer}))
    assert answers == {"ada": "ru"}


def test_speaking_for_a_while_leaves_no_trace(monkeypatch):
    for before in ("ru", None):
        monkeypatch.delenv(VARIABLE) if before is None else monkeypatch.setenv(VARIABLE, before)
        with language.speaking("en"):
            assert current() == "en"
        assert os.environ.get(VARIABLE) == before


def test_sets_without_a_catalogue_are_english(tmp_path):
    with language.speaking("ru"):
        assert catalogue(tmp_path / "tiny").gettext("refuses a table") == "refuses a table"
