"""What hidden tests can say about a function, each on one small function in a real sandbox."""

import numpy as np
import pytest

from grading_engine.sandbox.launch import Kept, launcher
from tests.grading_engine.conftest import failure_of


@pytest.fixture
def load(one_function):
    """Put one function ``f`` into a sandbox: load(source, mistakes) -> its `StudentFunction`."""

    def loaded(source, mistakes=(), parameters=("x",)):
        return one_function(source, launcher(), mistakes=mistakes, parameters=parameters)

    return loaded


def test_the_answer_comes_back(load):
    assert load("def f(x): return x + 1.0").must_return(3.0, 2.0) == 3.0


def test_a_generator_arrives_as_its_items_even_from_one_buffer(load):
    f = load("def f(x):\n    buffer = np.zeros(1)\n    for i in range(3):\n        buffer[0] = i\n        yield buffer")
    f.must_return([np.array([0.0]), np.array([1.0]), np.array([2.0])], 0)


def test_a_generator_without_end_is_cut_off(load):
    failure = failure_of(load("def f(x):\n    while True: yield 1").must_return, [1, 1], 0)
    assert "list of 4097 values" in str(failure)


def test_a_random_generator_crosses_in_its_state(load):
    rng = np.random.default_rng(5)
    rng.integers(3)
    f = load("def f(rng): return rng.normal(size=3)")
    f.must_match(lambda rng: rng.normal(size=3), rng)
    f.must_match(lambda rng: rng.normal(size=3), rng)


def test_a_generator_that_a_given_function_draws_from_moves_on(load):
    f = load("def f(draw, rng): return np.array([draw(rng), draw(rng), rng.normal()])")
    f.must_match(lambda draw, rng: rng.normal(size=3), lambda rng: rng.normal(), np.random.default_rng(1))


@pytest.mark.parametrize(("make", "flag"), [
    (lambda: np.arange(6.0).reshape(2, 3).T, "f_contiguous"),
    (lambda: np.arange(6.0)[::2], "c_contiguous"),
    (lambda: np.arange(12.0).reshape(2, 6)[:, ::2], "c_contiguous"),
])
def test_the_layout_of_an_array_crosses(load, make, flag):
    load(f"def f(x): return x.flags.{flag}").must_return(flag == "f_contiguous", make())
    load("def f(x): return x").must_match(lambda x: x, make())


def test_read_only_arrays_are_read_only_there_too(load):
    frozen = np.arange(3.0)
    frozen.flags.writeable = False

    def doubled(x):
        x *= 2
        return x

    load("def f(x): return x.flags.writeable").must_return(False, frozen)
    failure = failure_of(load("def f(x):\n    x *= 2\n    return x", [doubled]).must_match, lambda x: 2 * x, frozen)
    assert "read-only" in str(failure)
    assert failure.recognise().name == "doubled"


def test_other_dtypes_pass_only_where_they_are_allowed(load):
    f = load("def f(x): return x.astype(np.float32)")
    f.must_match(lambda x: x, np.ones(2), dtypes=(np.floating,))
    assert "float32" in str(failure_of(f.must_match, lambda x: x, np.ones(2)))


def naive(x):
    return 1 / (1 + np.exp(-x))


def test_a_warning_fails_only_where_it_matters_and_names_the_mistake(load):
    def other(x):
        return np.where(x > 0, 1.0, 0.0)

    f = load("def f(x): return 1 / (1 + np.exp(-x))", [naive, other])
    far = np.array([-1000.0, 1000.0])
    f.must_return(np.array([0.0, 1.0]), far)
    failure = failure_of(f.must_return, np.array([0.0, 1.0]), far, quiet=True)
    assert "overflow" in str(failure)
    assert failure.recognise().name == "naive"


def on_every_second(function, x):
    return {"of the view": function(x[::2])}


def test_a_warning_within_a_sequence_of_calls_counts(load):
    f = load("def f(x): return 1 / (1 + np.exp(-x))", [naive])
    failure = failure_of(f.must_match, lambda x: np.zeros(len(x)), np.full(4, -1000.0), through=on_every_second,
                         quiet=True)
    assert "overflow" in str(failure)
    assert failure.recognise().name == "naive"


def layout(function, x):
    return {"read-only": not x.flags.writeable, "contiguous": x.flags.c_contiguous, "first": function(x)}


def test_what_calls_the_function_gets_arrays_as_they_are(load):
    x = np.arange(6.0)[::2]
    x.flags.writeable = False
    load("def f(x): return float(x[0])").must_return(
        {"read-only": True, "contiguous": False, "first": 0.0}, x, through=layout)


def three_steps(function, w, rate):
    state, path = {}, []
    for gradient in (1.0, -2.0, 0.5):
        w, state = function(w, gradient, state, rate)
        path.append(w)
    return {f"w after step {k}": w for k, w in enumerate(path, start=1)}


def right_step(w, g, state, rate):
    v = 0.9 * state.get("v", 0.0) - rate * g
    return w + v, {"v": v}


def forgetful_step(w, g, state, rate):
    return w - rate * g, {}


FORGETFUL = "def f(w, g, state, rate):\n    return w - rate * g, {'other': np.zeros(2)}"


def test_a_sequence_of_calls_is_one_answer_whatever_the_state_is_called(load):
    f = load("def f(w, g, state, rate):\n    v = 0.9 * state.get('speed', 0.0) - rate * g\n"
             "    return w + v, {'speed': v}")
    f.must_match(right_step, 1.0, 0.1, through=three_steps)
    failure = failure_of(load(FORGETFUL, [forgetful_step]).must_match, right_step, 1.0, 0.1, through=three_steps)
    assert "w after step 2 is 1.1; expected" in str(failure)
    assert failure.recognise().name == "forgetful_step"


def test_an_answer_that_the_sequence_cannot_go_on_with_is_the_students_failure(load):
    def only_w(w, g, state, rate):
        return w - rate * g

    f = load("def f(w, g, state, rate): return w - rate * g", [only_w, forgetful_step])
    failure = failure_of(f.must_match, right_step, 1.0, 0.1, through=three_steps)
    assert "returned 0.9, which is not what is asked for" in str(failure)
    assert failure.recognise().name == "only_w"


def test_an_exception_within_a_sequence_is_told_with_the_call_that_raised_it(load):
    f = load("def f(w, g, state, rate): return w + state['v'], state", parameters=("w", "g", "state", "rate"))
    failure = failure_of(f.must_match, right_step, 1.0, 0.1, through=three_steps)
    assert "f(w=1, g=1, state={}, rate=0.1)\nraised KeyError" in str(failure)


def test_a_broken_driver_without_any_answer_is_the_graders_own_fault(load):
    def broken(function, x):
        raise RuntimeError("no call yet")

    with pytest.raises(RuntimeError):
        load("def f(x): return x").must_match(lambda x: x, 1.0, through=broken)


def test_inputs_within_dicts_and_lists_have_to_stay(load):
    f = load("def f(state, pairs):\n    state['n'] = 1\n    return 1.0", parameters=("state", "pairs"))
    assert "changed its input `state`" in str(failure_of(f.must_keep_inputs, {}, [(np.zeros(2),)]))
    f = load("def f(state, pairs):\n    pairs[0][0][0] = 1\n    return 1.0", parameters=("state", "pairs"))
    assert "changed its input `pairs`" in str(failure_of(f.must_keep_inputs, {}, [(np.zeros(2),)]))
    f = load("def f(x):\n    x[0] = 1.0\n    return 1.0")
    assert "changed its input `x`" in str(failure_of(f.must_keep_inputs, [1, 2]))
    f.must_keep_inputs([1.0, np.nan, "text", None, True])


def test_a_call_that_keeps_its_inputs_says_nothing_about_a_mistake(load):
    def other_keys(x):
        return {"other": 1.0}

    f = load("def f(x): return {'mine': 1.0}", [other_keys])
    f.must_keep_inputs(np.zeros(2))
    f._student.begin_test("f")
    assert failure_of(f.must_return, {"right": 1.0}, 0, through=lambda f, x: {"right": 2.0 * len(f(x))}
                      ).recognise().name == "other_keys"


def test_forbidden_names_count_in_code_only(load):
    def with_at(x):
        return x @ x

    harmless = load("def f(x):\n    'no @, no dot'\n    return float(np.sum(x * x))  # dot")
    harmless.must_not_use("@", ".dot", because="Write the loops.")
    f = load("def f(x): return x @ x", [with_at])
    f.must_return(5.0, np.array([1.0, 2.0]))
    failure = failure_of(f.must_not_use, "@", ".dot", because="Write the loops.")
    assert str(failure) == "uses `@`. Write the loops."
    assert failure.recognise().name == "with_at"


def test_a_process_that_is_kept_knows_nothing_of_before(sandbox):
    processes = Kept(launcher())
    first = processes.start()
    first.request({"op": "load", "cell": "f", "source": "left = 1\ndef f(): return left", "definitions_only": False}, 5)
    assert first.request({"op": "call", "function": "f", "args": []}, 5)["returned"] == 1
    processes.end(first)
    with processes.start() as again:
        assert again is first
        assert again.request({"op": "call", "function": "f", "args": []}, 5) == {"missing": True}
        source = "def f(): return 'left' in globals()"
        again.request({"op": "load", "cell": "f", "source": source, "definitions_only": False}, 5)
        assert again.request({"op": "call", "function": "f", "args": []}, 5)["returned"] is False


def test_a_refusal_in_other_words_is_the_same_refusal(load):
    def one_sided(x):
        if x < 0:
            raise ValueError("x is negative")
        return 1.0

    f = load("def f(x):\n    if x < 0: raise ValueError('no such x')\n    return 1.0", [one_sided])
    f.must_raise(ValueError, -1.0, naming=("x",))
    assert failure_of(f.must_raise, ValueError, 5.0, naming=("x",)).recognise().name == "one_sided"
