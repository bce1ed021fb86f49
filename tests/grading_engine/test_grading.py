import shutil
import sys

import pytest

from grading_engine import grading, hidden_tests, report
from grading_engine.course import ProblemSet
from grading_engine.hidden_tests import TestResult
from tests.grading_engine.conftest import SEED, assembled, solutions

RIGHT = "def double(x):\n    if x.ndim != 1: raise ValueError('x')\n    return x + x"


def outcome(grade, function="double"):
    return [(test.name, test.outcome, test.mistake) for test in grade.functions[function].tests]


def test_the_instructors_solution_gets_full_marks(tiny, grade):
    result = grade(solutions(tiny))
    assert (result.score, result.max_score) == (8.0, 8.0)
    assert {function.status for function in result.functions.values()} == {"pass"}


def test_the_untouched_notebook_gets_nothing(tiny, grade):
    stubs = {cell.metadata.nbgrader.grade_id: cell.source for cell in tiny.cleared.cells
             if cell.metadata.get("nbgrader", {}).get("solution")}
    result = grade({name: stubs[name] for name in tiny.exercises})
    assert result.score == 0
    assert {function.status for function in result.functions.values()} == {"missing"}


def test_points_are_shared_among_the_tests(grade):
    function = grade({"double": "def double(x):\n    return x + x"}).functions["double"]
    assert (function.score, function.status) == (4.0, "partial")


def test_nothing_counts_without_the_general_case(grade):
    function = grade({"double": "def double(x):\n    raise ValueError('x')"}).functions["double"]
    assert (function.score, function.status) == (0.0, "fail")


def test_a_known_mistake_is_named(grade):
    wrong = "def double(x):\n    if x.ndim != 1: raise ValueError('x')\n    return x * x"
    result = grade({"double": wrong}).functions["double"]
    assert result.tests[0].mistake == "squared"
    assert result.tests[0].hint == "The numbers are squared, not doubled."
    assert "expected" in result.tests[0].message


def test_an_unknown_mistake_is_not_named(grade):
    assert grade({"double": "def double(x):\n    return 3 * x"}).functions["double"].tests[0].mistake is None


def test_what_only_all_tests_together_tell_is_said_at_each(tiny_root, tmp_path, sandbox):
    root = shutil.copytree(tiny_root, tmp_path / "course")
    path = root / "graders" / "tiny" / "test_double.py"
    path.write_text(path.read_text().replace("def test_axes", """def test_a_pair(student):
    \"\"\"doubles a pair\"\"\"
    student.double.must_return(np.array([4.0, 6.0]), np.array([2.0, 3.0]))


@known_mistake("Added two.")
def two_more(x):
    return x + 2


@known_mistake("Two more, or doubled for negative numbers.")
def two_more_or_double(x):
    return np.where(x < 0, 2 * x, x + 2)


def test_axes""").replace("rng.normal(size=n)", "np.arange(1.0, n + 1)").replace(
        "[2.0, 3.0]", "[-2.0, 3.0]").replace("[4.0, 6.0]", "[-4.0, 6.0]"))
    sys.modules.pop("graders.tiny.test_double", None)
    try:
        course = ProblemSet("tiny", root)
        function = grading.grade(course, assembled(course, {"double": "def double(x): return x + 2"}),
                                 SEED).functions["double"]
    finally:
        sys.modules.pop("graders.tiny.test_double", None)
    assert [test.mistake for test in function.tests[:2]] == ["two_more", "two_more"]


def test_a_changed_input_is_named(grade):
    wrong = "def double(x):\n    if x.ndim != 1: raise ValueError('x')\n    x *= 2\n    return x"
    function = grade({"double": wrong}).functions["double"]
    assert function.score == 4.0
    assert function.tests[2].mistake == "in_place"


def test_what_builds_on_a_wrong_function_is_judged_with_right_answers(grade):
    result = grade({"double": "def double(x):\n    return 3 * x",
                    "quadruple": "def quadruple(x):\n    return double(double(x))"})
    assert result.functions["double"].score == 0
    assert result.functions["quadruple"].status == "pass"
    assert "inherited from `double`" in result.functions["quadruple"].tests[0].message


def test_two_functions_cannot_vouch_for_each_other(grade):
    result = grade({"double": "def double(x):\n    return quadruple(x) / 2",
                    "quadruple": "def quadruple(x):\n    return 2 * double(x)"}, functions=["double"])
    assert result.functions["double"].score == 0


@pytest.mark.parametrize(("source", "expected"), [
    ("def double(x):\n    while True: pass", "timeout"),
    ("import os\ndef double(x):\n    os._exit(0)", "exit"),
    ("def double(x):\n    raise SystemExit", "exit"),
    ("import ctypes\ndef double(x):\n    ctypes.string_at(0)", "crash"),
    ("def double(x):\n    return np.ones(10**11)", "memory"),
    ("def double(x):\n    return (1", "failed"),
    ("while True: pass\ndef double(x): return x", "timeout"),
    ("import os\nos._exit(1)\ndef double(x): return x", "exit"),
])
def test_what_breaks_one_function_costs_no_other(grade, monkeypatch, source, expected):
    monkeypatch.setattr("grading_engine.student.TEST_SECONDS", 2)
    monkeypatch.setattr("grading_engine.student.LOAD_SECONDS", 3)
    result = grade({"double": source, "quadruple": "def quadruple(x):\n    return 4 * x"})
    assert result.functions["double"].score == 0
    assert {test.outcome for test in result.functions["double"].tests} == {expected}
    assert result.functions["quadruple"].status == "pass"


@pytest.mark.parametrize("spoiler", [
    "import threading, time, os\nthreading.Thread(target=lambda: (time.sleep(0.2), os._exit(0))).start()",
    "np.ndarray = np.zeros = np.multiply = None\nimport builtins\nbuiltins.len = None",
    "def quadruple(x):\n    return 5 * x",
])
def test_a_cell_that_spoils_the_others_costs_its_own_function_alone(grade, spoiler):
    result = grade({"quadruple": "import time\ndef quadruple(x):\n    time.sleep(0.4)\n    return np.multiply(4.0, x)",
                    "double": "def double(x):\n    return 3 * x\n" + spoiler})
    assert result.functions["quadruple"].status == "pass"
    assert result.functions["double"].score == 0


def test_only_the_hanging_test_is_lost(grade, monkeypatch):
    monkeypatch.setattr("grading_engine.student.TEST_SECONDS", 2)
    source = RIGHT + "\nplain = double\ndef double(x):\n    while x.size == 3: pass\n    return plain(x)"
    function = grade({"double": source}).functions["double"]
    assert [test.outcome for test in function.tests] == ["passed", "passed", "timeout"]


def test_a_variable_of_another_cell_is_not_there(grade):
    result = grade({"double": "def double(x):\n    return factor * x"}, added=["factor = 2.0"])
    assert "`factor` is a variable of another cell" in result.functions["double"].tests[0].message


def test_functions_imports_and_constants_of_other_cells_are_there(grade):
    added = ["import math\nTWO = 2.0\ndef helper(x):\n    return math.sqrt(4) * x / 2 * TWO"]
    source = "def double(x):\n    if x.ndim != 1: raise ValueError('x')\n    return helper(x)"
    assert grade({"double": source}, added).functions["double"].status == "pass"


def test_magics_do_not_matter(grade):
    assert grade({"double": "%matplotlib inline\n" + RIGHT}).functions["double"].status == "pass"


@pytest.mark.parametrize("value", [
    "x.tolist()", "np.matrix(2 * x)", "np.ma.array(2 * x)", "(2 * x).astype('float32')", "(2 * x)[:, None]",
    "np.float64(2)", "np.full_like(x, np.nan)", "type('A', (np.ndarray,), {'__eq__': lambda *a: True})(x.shape)",
    "None", "double", "iter(x)", "object()",
])
def test_answers_of_another_kind_are_wrong(grade, value):
    assert grade({"double": f"def double(x):\n    return {value}"}).functions["double"].score == 0


def test_patching_numpy_does_not_help(grade):
    source = """
        import builtins, sys
        np.testing.assert_allclose = np.allclose = np.isclose = lambda *a, **k: True
        np.abs = lambda x: 0 * x
        builtins.AssertionError = ValueError
        sys.modules['wire'].decode = None
        def double(x):
            print('{"returned": "full marks"}')
            return 3 * x
    """
    assert grade({"double": source}).functions["double"].score == 0


def test_an_error_of_the_grader_is_no_mark(tiny_root, tmp_path, sandbox):
    shutil.copytree(tiny_root, tmp_path / "c")
    grader = tmp_path / "c" / "graders" / "tiny" / "test_double.py"
    grader.write_text(grader.read_text().replace("doubles every element\"\"\"", "doubles\"\"\"\n    1 / 0"))
    broken = ProblemSet("tiny", tmp_path / "c")
    sys.modules.pop("graders.tiny.test_double", None)
    try:
        function = grading.grade(broken, assembled(broken, {"double": RIGHT}), SEED).functions["double"]
    finally:
        sys.modules.pop("graders.tiny.test_double", None)
    assert (function.score, function.status) == (None, "error")
    assert [o.output_type for o in report.outputs(function)] == ["display_data"]


def test_an_error_while_a_failure_is_explained_is_no_mark(grade, monkeypatch):
    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr(hidden_tests.diagnosis, "recognise", broken)
    function = grade({"double": "def double(x):\n    return 3 * x"}).functions["double"]
    assert (function.score, function.status) == (None, "error")


@pytest.mark.parametrize(("text", "said"), [
    ("def test_broken(:\n", "could not be read"),
    ("\n", "could not be read"),
    ("def test_it(student, tmp_path):\n    pass\n", "asks for .*tmp_path"),
])
def test_a_grader_that_cannot_run_is_refused_by_name(tmp_path, text, said):
    path = tmp_path / "graders" / tmp_path.name / "test_it.py"
    path.parent.mkdir(parents=True)
    (path.parent.parent / "pytest.ini").write_text("[pytest]\n")
    path.write_text(text)
    with pytest.raises(RuntimeError, match=said):
        hidden_tests.collected(path.parent)


def test_without_a_sandbox_every_report_says_so(tiny):
    result = grading.grade(tiny, assembled(tiny, solutions(tiny)), SEED, unsafe=True)
    assert (result.score, result.sandbox) == (8.0, "none")
    assert "without a sandbox" in report.as_text(result.functions["double"], sandboxed=False)


def test_the_same_submission_gets_the_same_report(grade):
    source = {"double": "def double(x):\n    return 3 * x"}
    assert grade(source).as_json() == grade(source).as_json()


def test_reports_escape_what_comes_from_a_student(grade):
    source = "def double(x):\n    raise ValueError('<script>alert(1)</script>')"
    html = report.as_html(grade({"double": source}).functions["double"])
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_mistake_is_told_once():
    tests = [TestResult(name, name, "failed", "wrong", "summed", "It is the mean.", picture="<figure></figure>")
             for name in ("one", "two")]
    tests.append(TestResult("three", "three", "failed", "wrong", picture="<figure></figure>"))
    html = report.as_html(grading.FunctionGrade("f", 0.0, 3.0, "fail", tests))
    assert html.count("It is the mean.") == 1
    assert html.count("<figure>") == 2


def test_a_mistake_keeps_its_name_where_right_foundations_end_the_function(grade):
    # With its own `double`, quadruple gives what the mistake gives; with a right one it gives nothing.
    wrong = {"double": "def double(x):\n    return x * np.sqrt(2 / 3)",
             "quadruple": "def quadruple(x):\n    y = double(double(x))\n    assert not np.allclose(y, 4 * x)\n"
                          "    return 3 * y"}
    assert [test.mistake for test in grade(wrong).functions["quadruple"].tests] == ["doubled_once"]


@pytest.mark.parametrize(("solution", "shown"), [("def double(x): return 2.0 * x", "always"),
                                                 ("def double(x): return x + 2", "always, when wrong")])
def test_pictures_of_what_is_right_are_drawn_only_if_wanted(tmp_path, tiny_root, sandbox, solution, shown):
    root = tmp_path / "course"
    shutil.copytree(tiny_root, root)
    path = root / "graders" / "tiny" / "test_double.py"
    path.write_text(path.read_text().replace('"""doubles every element"""', '"""doubles every element"""\n'
                    '    student.show(str, "always", when_right=True)\n    student.show(str, ", when wrong")'))
    sys.modules.pop("graders.tiny.test_double", None)
    try:
        course = ProblemSet("tiny", root)
        function = grading.grade(course, assembled(course, {"double": solution}), SEED).functions["double"]
    finally:
        sys.modules.pop("graders.tiny.test_double", None)
    assert function.tests[0].picture == shown
