import shutil

import pytest

from grading_engine import strength, verify
from grading_engine.course import ProblemSet
from grading_engine.verify import Trial, Verdict

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def try_out(tiny, monkeypatch):
    """Run a trial of the tiny course."""
    monkeypatch.setattr(verify, "problem_set", lambda name: tiny)
    verify._mutants.cache_clear()
    yield lambda kind, function="", version="": verify.run(Trial("tiny", kind, function, version))
    verify._mutants.cache_clear()


@pytest.fixture
def blind(tiny_root, tmp_path, monkeypatch):
    """Run a trial against a grader that sees nothing: it only ever doubles zero."""
    shutil.copytree(tiny_root, tmp_path / "blind")
    grader = tmp_path / "blind" / "graders" / "tiny" / "test_double.py"
    text = grader.read_text().replace("rng.normal(size=n)", "np.zeros(n)")
    grader.unlink()
    # A folder of its own name, so that the module is not the seeing one that is loaded already.
    grader.parent.rename(grader.parent.with_name("tiny_blind"))
    folder = grader.parent.with_name("tiny_blind")
    (folder / "test_double.py").write_text(text)
    source = tmp_path / "blind" / "source"
    (source / "tiny").rename(source / "tiny_blind")
    (source / "tiny_blind" / "tiny.ipynb").rename(source / "tiny_blind" / "tiny_blind.ipynb")
    exercises = ProblemSet("tiny_blind", tmp_path / "blind")
    monkeypatch.setattr(verify, "problem_set", lambda name: exercises)
    verify._mutants.cache_clear()
    yield lambda kind, function="", version="": verify.run(Trial("tiny_blind", kind, function, version))
    verify._mutants.cache_clear()


def test_right_versions_get_full_marks_and_the_stub_none(try_out):
    assert try_out("solution").problem == ""
    assert try_out("stub").problem == ""
    assert try_out("variant", "double", "added").problem == ""


def test_a_known_mistake_loses_marks_and_is_named(try_out):
    verdict = try_out("mistake", "double", "squared")
    assert (verdict.problem, verdict.killed, verdict.named) == ("", True, ("squared",))
    assert "squared, not doubled" in verdict.message
    assert verdict.tolerance_used["test_values"] > 1e3


def test_a_mutant_is_killed(try_out):
    name = "return 2.0 * x  ->  return 2.0 + x"
    assert name in verify._mutants("tiny", "double")
    verdict = try_out("mutant", "double", name)
    assert (verdict.problem, verdict.killed, verdict.named) == ("", True, ())


def test_a_grader_that_sees_nothing_does_not_pass(blind):
    assert "should lose marks" in blind("mistake", "double", "squared").problem
    assert "survives" in blind("mutant", "double", "return 2.0 * x  ->  return 3.0 * x").problem


def test_what_was_verified_is_remembered_by_content(tiny, monkeypatch, tmp_path):
    monkeypatch.setattr(verify, "problem_set", lambda name: tiny)
    monkeypatch.setattr(verify, "REMEMBERED", tmp_path)
    verdict = Verdict(Trial("tiny", "mistake", "double", "squared"), killed=True, named=("squared",))
    assert verify._remembered(verdict.trial) is None
    verify._remember(verdict)
    assert verify._remembered(verdict.trial) == verdict
    assert verify._remembered(Trial("tiny", "mistake", "double", "in_place")) is None
    monkeypatch.setattr(verify, "_engine", lambda: "another engine")
    assert verify._remembered(verdict.trial) is None


def test_a_damaged_memory_is_no_memory(tiny, monkeypatch, tmp_path):
    monkeypatch.setattr(verify, "problem_set", lambda name: tiny)
    monkeypatch.setattr(verify, "REMEMBERED", tmp_path)
    trial = Trial("tiny", "mistake", "double", "squared")
    (tmp_path / f"{verify._fingerprint(trial)}.json").write_text('{"half": ')
    assert verify._remembered(trial) is None


def verdicts():
    def mistake(version, **values):
        return Verdict(Trial("ps", "mistake", "f", version), killed=True, **values)

    return [
        Verdict(Trial("ps", "solution"), tolerance_used={"f.t": 0.001}),
        Verdict(Trial("ps", "variant", "f", "v"), tolerance_used={"t": 0.002}),
        mistake("a", named=("a",), message="same", tolerance_used={"t": 400.0}),
        mistake("b", named=(), message="same", problem="is recognised as nothing"),
        Verdict(Trial("ps", "mutant", "f", "<1>"), killed=True, tolerance_used={"t": 50.0}),
        Verdict(Trial("ps", "mutant", "f", "2"), problem="survives"),
        Verdict(Trial("ps", "mutant", "f", "3")),
    ]


def test_the_figures():
    assert strength.figures(verdicts()) == {
        "mistakes": 2, "mistakes_killed": 1.0, "mistakes_named": 0.5, "messages_shared": 1.0, "mutants": 3,
        "equivalent": 1, "survived": 1, "mutants_killed": 0.5, "mutants_named": 0.0, "misnamed": 0,
        "variants_accepted": 1.0}


def test_tolerances_lie_between_right_and_wrong():
    assert strength.tolerances(verdicts()) == {"f": {"t": {"right": 0.002, "wrong": 50.0}}}
    assert list(strength.closing_gaps(verdicts())) == []


@pytest.mark.parametrize(("kind", "used", "word"), [("variant", 0.5, "widen"), ("mutant", 2.0, "narrow")])
def test_a_gap_that_closes_is_told(kind, used, word):
    closing = [*verdicts(), Verdict(Trial("ps", kind, "f", "x"), killed=kind == "mutant", tolerance_used={"t": used})]
    assert [word in gap for gap in strength.closing_gaps(closing)] == [True]


def test_the_page_escapes_and_shows_what_went_wrong():
    page = strength.page(verdicts())
    assert "is recognised as nothing" in page
    assert "survives" in page
    assert "<1>" not in page
