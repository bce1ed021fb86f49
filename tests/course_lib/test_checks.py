"""Visible checks: what they accept, what they refuse, and what a student reads."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import course_lib
from course_lib.cards import FAIL, PASS, TODO, Card, Row
from course_lib.checks import CheckFailed, check

X = np.array([0.5, -1.0, 2.0])
Y = np.array([1.0, 0.0, -2.0])
DESIGN = np.array([[1.0, 0.5, 2.0], [1.0, -1.0, 0.0], [1.0, 3.0, 1.0], [1.0, 2.0, -2.0]])
TARGET = np.array([1.0, 0.0, -1.0, 4.0])
WEIGHTS = np.array([0.5, -1.0, 2.0])


def mse(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError(f"y_pred has shape {y_pred.shape}, y_true {y_true.shape}")
    return float(np.mean((y_true - y_pred) ** 2))


def line_cost(x, y, m, b):
    return mse(y, m * x + b)


def line_gradient(x, y, m, b):
    error = m * x + b - y
    return float(2 * np.mean(error * x)), float(2 * np.mean(error))


def half_cost(features, y, w):
    return float(np.mean((features @ w - y) ** 2) / 2)


def half_gradient(features, y, w):
    return features.T @ (features @ w - y) / len(y)


def outcome(function, expect):
    """The headline of the failure, or None."""
    try:
        with check(function) as call:
            expect(call)
    except CheckFailed as failure:
        return str(failure)
    return None


def test_a_right_function_passes_and_says_so(capsys):
    with check(mse) as call:
        call(np.array([3.0, 5.0]), np.array([4.0, 3.0])).gives(2.5)
        call(np.zeros(3), np.zeros((3, 1))).raises(ValueError, naming=("y_true", "y_pred"))
        call(y_pred=np.zeros(2), y_true=np.ones(2)).gives(1.0)
    text = capsys.readouterr().out
    assert "mse: all 3 checks pass" in text
    assert "mse([3., 5.], [4., 3.]) -> 2.5" in text
    assert "y_pred=[0., 0.]" in text


def test_every_failing_call_is_told(capsys):
    def wrong(y_true, y_pred):
        return float(np.sum((y_true - y_pred) ** 2))

    def expect(call):
        call(np.array([3.0, 5.0]), np.array([4.0, 3.0])).gives(2.5)
        call(np.zeros(1), np.zeros(1)).gives(0.0)
        call(np.zeros(2), np.ones(2)).gives(1.0)

    message = outcome(wrong, expect)
    assert message.startswith("wrong: 2 of 3 checks fail. First: wrong(")
    assert "is 5; expected 2.5" in message
    text = capsys.readouterr().out
    assert text.count("✗ wrong(") == 2
    assert text.count("✓ wrong(") == 1


def test_a_failure_is_an_assertion_error_with_one_line_in_jupyter():
    failure = CheckFailed("mse: the check fails")
    assert isinstance(failure, AssertionError)
    assert failure._render_traceback_() == ["CheckFailed: mse: the check fails"]


def test_what_is_no_function_is_told_once(capsys):
    def expect(call):
        call(1.0).gives(1.0)
        call(2.0).gives(2.0)

    message = outcome(3.5, expect)
    assert "not a function" in message
    assert capsys.readouterr().out.count("✗ 3.5(") == 1


def test_not_written_yet(capsys):
    def stub(x):
        raise NotImplementedError

    assert outcome(stub, lambda call: call(1.0).gives(1.0)) == "stub: not written yet"
    assert outcome(stub, lambda call: call(1.0).raises(ValueError)) == "stub: not written yet"
    assert "Fill in the cell above" in capsys.readouterr().out


def test_a_function_that_needs_an_unwritten_one_says_which():
    def mean_error(x):
        raise NotImplementedError

    def root(x):
        return mean_error(x) ** 0.5

    assert outcome(root, lambda call: call(1.0).gives(1.0)) == "root: needs mean_error, which is not written yet"


def test_an_exception_is_told_with_its_line():
    def broken(x):
        return x[7]

    message = outcome(broken, lambda call: call(X).gives(1.0))
    assert "raised IndexError" in message
    assert "at `return x[7]`" in message


def test_the_values_come_before_the_inputs():
    def changes(x):
        x *= 2
        return float(x.sum())

    assert "changed its input x" in outcome(changes, lambda call: call(np.ones(2)).gives(4.0))
    assert "is 4; expected 2" in outcome(changes, lambda call: call(np.ones(2)).gives(2.0))


@pytest.mark.parametrize(
    "change",
    [lambda v: v.sort(), lambda v: v.append(1), lambda v: v[0].fill(7.0), lambda v: v.__setitem__(0, "other")],
)
def test_changed_containers_are_noticed(change):
    def touches(values):
        change(values)
        return 0.0

    values = [3, 1, 2] if change.__code__.co_names in (("sort",), ("append",)) else [np.zeros(2), 1]
    assert "changed its input values" in outcome(touches, lambda call: call(values).gives(0.0))


def test_each_call_gets_copies():
    arrays = []

    def spoil(x):
        arrays.append(x)
        x[:] = -1.0
        return 0.0

    mine = np.arange(3.0)
    message = outcome(spoil, lambda call: (call(mine).gives(0.0), call(x=mine).gives(0.0)))
    assert "2 of 2" in message
    np.testing.assert_array_equal(mine, [0, 1, 2])
    assert arrays[0] is not mine
    assert arrays[1] is not arrays[0]


def test_a_generator_may_move_on():
    def draw(rng):
        return float(rng.random())

    expected = float(np.random.default_rng(1).random())
    with check(draw) as call:
        call(np.random.default_rng(1)).gives(expected)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, "raise ValueError here"),
        (TypeError("y_pred"), "raised TypeError"),
        (ValueError("shapes differ"), "must name y_true or y_pred"),
        (ValueError(""), "says nothing"),
        (ValueError("my_y_pred_2"), "must name y_true or y_pred"),
    ],
)
def test_errors_must_be_of_the_class_and_name_the_argument(error, words):
    def answer(y_true, y_pred):
        if error:
            raise error
        return 0.0

    message = outcome(answer, lambda call: call(X, Y).raises(ValueError, naming=("y_true", "y_pred")))
    assert words in message


def test_of_an_iterator_the_items_count():
    def counted(n):
        yield from range(n)

    with check(counted) as call:
        call(3).gives([0, 1, 2])
    with pytest.raises(CheckFailed, match="2 values"), check(counted) as call:
        call(3).gives([0, 1])


def test_a_warning_counts_only_where_it_is_said_to():
    def naive(z):
        return 1 / (1 + np.exp(-z))

    with check(naive) as call:
        call(np.array([-1000.0])).gives(np.array([0.0]))
    with pytest.raises(CheckFailed, match="overflow"), check(naive) as call:
        call(np.array([-1000.0])).gives(np.array([0.0]), quiet=True)


def test_what_is_compared_may_be_made_from_several_calls():
    def twice(function, x):
        return {"the second answer": function(function(x))}

    with check(lambda x: x + 1) as call:
        call(1).gives({"the second answer": 3}, through=twice)
    with pytest.raises(CheckFailed, match="the second answer is 3; expected 4"), check(lambda x: x + 1) as call:
        call(1).gives({"the second answer": 4}, through=twice)


def test_an_error_need_not_name_anything_unless_asked():
    def refuse(x):
        raise ValueError("no")

    with check(refuse) as call:
        call(X).raises(ValueError)


def test_an_error_after_a_changed_input_is_not_enough():
    def refuse(x):
        x[0] = 9.0
        raise ValueError("x is wrong")

    assert "changed its input x" in outcome(refuse, lambda call: call(X).raises(ValueError, naming="x"))


def test_right_gradients_pass():
    with check(line_gradient) as call:
        call(X, Y, 0.3, 2.0).is_slope_of(line_cost, along=("m", "b"))
        call(X, Y, m=0.3, b=2.0).is_slope_of(line_cost, along=("m", "b"))
    with check(half_gradient) as call:
        call(DESIGN, TARGET, WEIGHTS).is_slope_of(half_cost, along="w")
        call(DESIGN, TARGET, 1e3 * WEIGHTS).is_slope_of(half_cost, along="w")


def test_right_gradients_of_curved_functions_and_matrices_pass():
    def cost(weights):
        return float(np.sum(np.log1p(np.exp(weights))))

    def gradient(weights):
        return 1 / (1 + np.exp(-weights))

    with check(gradient) as call:
        call(np.array([[-3.0, 0.0, 8.0], [1.0, 2.0, -9.0]])).is_slope_of(cost, along="weights")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("half as long", lambda dm, db, n: (dm / 2, db / 2)),
        ("twice as long", lambda dm, db, n: (2 * dm, 2 * db)),
        ("1/n is missing", lambda dm, db, n: (n * dm, n * db)),
        ("swapped", lambda dm, db, n: (db, dm)),
        ("zero", lambda dm, db, n: (0.0, 0.0)),
        ("sign", lambda dm, db, n: (-dm, -db)),
        ("one wrong", lambda dm, db, n: (dm, db * 1.001)),
        ("nan", lambda dm, db, n: (dm, float("nan"))),
        ("an array", lambda dm, db, n: np.array([dm, db])),
    ],
)
def test_wrong_pairs_are_refused(name, wrong):
    def gradient(x, y, m, b):
        return wrong(*line_gradient(x, y, m, b), len(x))

    message = outcome(gradient, lambda call: call(X, Y, 0.3, 2.0).is_slope_of(line_cost, along=("m", "b")))
    assert "against the slope measured on the cost" in message


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("half as long", lambda g: g / 2),
        ("twice as long", lambda g: 2 * g),
        ("1/m is missing", lambda g: 4 * g),
        ("reversed", lambda g: g[::-1].copy()),
        ("zero", lambda g: np.zeros_like(g)),
        ("column", lambda g: g[:, None]),
        ("float32", lambda g: g.astype(np.float32)),
        ("list", lambda g: list(g)),
        ("without the intercept", lambda g: g[1:]),
    ],
)
def test_wrong_vectors_are_refused(name, wrong):
    def gradient(features, y, w):
        return wrong(half_gradient(features, y, w))

    message = outcome(gradient, lambda call: call(DESIGN, TARGET, WEIGHTS).is_slope_of(half_cost, along="w"))
    assert "against the slope measured on the cost, " in message
    assert "dw" in message


def test_the_slope_may_be_taken_along_a_default():
    def cost(x, b=0.5):
        return float(np.sum((x + b) ** 2))

    def derivative(x):
        return float(np.sum(2 * (x + 0.5)))

    with check(derivative) as call:
        call(X).is_slope_of(cost, along="b")


def test_a_flat_cost_proves_nothing():
    zeros = np.zeros(3)
    message = outcome(lambda w: zeros, lambda call: call(zeros).is_slope_of(lambda w: float(w @ w), along="w"))
    assert "does not change here" in message
    message = outcome(lambda w: zeros, lambda call: call(zeros).is_slope_of(lambda w: float("nan"), along="w"))
    assert "does not change here" in message


def test_a_cost_that_fails_is_told_as_such():
    def unwritten(w):
        raise NotImplementedError

    def broken(w):
        raise KeyError("w")

    for cost, words in [(unwritten, "not written yet"), (broken, "raised KeyError")]:
        message = outcome(lambda w: w, lambda call, cost=cost: call(X).is_slope_of(cost, along="w"))
        assert f"the cost to compare with: {words}" in message


def test_a_cost_that_changes_its_inputs_is_measured_all_the_same():
    def cost(w):
        value = float(w @ w)
        w *= 0
        return value

    def gradient(w):
        return 2 * w

    with check(gradient) as call:
        call(X).is_slope_of(cost, along="w")


def test_mistakes_of_the_author_are_not_put_down_to_the_student():
    with pytest.raises(ValueError, match="weights"), check(half_gradient) as call:
        call(DESIGN, TARGET, WEIGHTS).is_slope_of(half_cost, along="weights")
    with pytest.raises(RuntimeError, match="expects nothing"), check(mse) as call:
        call(X, Y)
    with pytest.raises(RuntimeError, match="no call"), check(mse):
        pass


def test_an_exception_of_the_block_itself_propagates(capsys):
    def expect(call):
        call(X, X).gives(0.0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outcome(mse, expect)
    assert capsys.readouterr().out == ""


def test_everything_in_a_card_is_escaped():
    nasty = "<script>alert(1)</script>\x1b[31m\nnext"
    card = Card(nasty, (Row(FAIL, nasty, nasty, "<b>expected</b>", nasty), Row(PASS, nasty, nasty)))
    html = card.to_html()
    assert "<script" not in html
    assert "<b>" not in html
    for text in (html, card.to_text()):
        assert "\x1b" not in text
    assert card.to_text().count("\n") == 5


def test_a_card_shows_both_answers_unless_the_sentence_does():
    assert Row(FAIL, "f(1)", "5", "2.5", "the answer is 5; expected 2.5").comparison == ()
    row = Row(FAIL, "f(1)", "[1., 2.]", "[1., 3.]", "the answer is 2 at index 1; expected 3")
    assert row.comparison == (("got", "[1., 2.]"), ("expected", "[1., 3.]"))
    assert Row(PASS, "f(1)", "5", "5").comparison == ()


def test_the_status_of_a_card():
    done, failed, todo = Row(PASS, "f"), Row(FAIL, "f"), Row(TODO, "f", message="not written yet")
    assert Card("f", (done, done)).status == PASS
    assert Card("f", (todo, todo)).status == TODO
    assert Card("f", (done, todo)).status == FAIL
    assert Card("f", (done, failed)).summary == "1 of 2 checks fails"
    assert Card("f", (todo,)).summary == "not written yet"


def test_long_answers_are_capped():
    assert len(Card("f", (Row(PASS, "f()", "x" * 9999),)).to_text()) < 600


PROGRAM = """
import sys
sys.modules["IPython"] = None  # as if it were not installed
from course_lib.checks import check
def twice(x):
    return 2 * x
with check(twice) as call:
    call(2.0).gives(4.0)
with check(twice) as call:
    call(2.0).gives(5.0)
"""


def test_a_plain_script_without_ipython_prints_and_fails():
    root = Path(course_lib.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=False,
                          env={"PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 1
    assert "✓ twice: the check passes" in done.stdout
    assert done.stderr.rstrip().endswith("CheckFailed: twice: the check fails. First: twice(2): "
                                         "the returned value is 4; expected 5")


def test_ipython_gets_html_and_a_text_fallback_and_one_line_of_traceback():
    pytest.importorskip("IPython")
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
with capture_output() as captured:
    shell.run_cell({PROGRAM.replace('sys.modules["IPython"] = None', 'pass')!r})
green, red = captured.outputs
assert set(green.data) == {{"text/html", "text/plain"}} == set(red.data)
assert "<code" in red.data["text/html"] and red.data["text/plain"].startswith("✗ twice")
lines = captured.stdout.strip().splitlines()
assert len(lines) == 1 and lines[0].startswith("CheckFailed: twice"), lines
print("fine")
"""
    root = Path(course_lib.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "fine", done.stderr
