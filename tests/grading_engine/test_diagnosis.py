import numpy as np

from grading_engine.diagnosis import recognise
from grading_engine.grader import Mistake
from grading_engine.student import Answer

X = np.array([1.0, 2.0, 4.0])


def mistakes_of(**functions):
    return [Mistake(name, f"{name}.", function) for name, function in functions.items()]


def answered(*calls):
    return [Answer((x,), value=value, after=(x,)) for x, value in calls]


def named(mistakes, answers):
    mistake = recognise(mistakes, answers, 1e-7, 1e-9)
    return mistake and mistake.name


def test_the_mistake_that_gives_the_same_value_is_named():
    both = mistakes_of(total=np.sum, largest=np.max)
    assert named(both, answered((X, 7.0))) == "total"
    assert named(both, answered((X, 6.9))) is None


def test_every_answer_has_to_agree():
    assert named(mistakes_of(total=np.sum), answered((X, 7.0), (2 * X, 13.0))) is None


def test_two_that_explain_it_equally_well_are_not_named():
    assert named(mistakes_of(total=np.sum, again=lambda x: x.sum()), answered((X, 7.0))) is None


def test_not_a_number_is_recognised():
    with np.errstate(all="ignore"):
        assert named(mistakes_of(root=lambda x: np.sqrt(-x)), answered((X, np.sqrt(-X)))) == "root"


def test_answers_near_zero_are_not_all_alike():
    assert named(mistakes_of(tiny=lambda x: 1e-10 * x), answered((X, 0 * X))) is None
    assert named(mistakes_of(tiny=lambda x: 1e-10 * x), answered((X, 1e-10 * X))) == "tiny"


def test_an_exception_is_recognised_by_type_and_message():
    def breaks(x):
        raise ValueError("singular")

    same = Answer((X,), raised={"raised": "ValueError", "message": "singular"})
    other = Answer((X,), raised={"raised": "ValueError", "message": "something else"})
    assert named(mistakes_of(breaks=breaks), [same]) == "breaks"
    assert named(mistakes_of(breaks=breaks), [other]) is None


def test_an_input_that_was_changed_belongs_to_the_mistake():
    def doubles(x):
        x *= 2
        return x

    changed = Answer((X,), value=2 * X, after=(2 * X,))
    kept = Answer((X,), value=2 * X, after=(X,))
    assert named(mistakes_of(doubles=doubles), [changed]) == "doubles"
    assert named(mistakes_of(doubles=doubles), [kept]) is None


def test_two_mistakes_in_two_values_are_both_named():
    mistakes = mistakes_of(negative=lambda x: (-np.sum(x), np.max(x)), least=lambda x: (np.sum(x), np.min(x)))
    found = recognise(mistakes, answered((X, (-7.0, 1.0)), (3 * X, (-21.0, 3.0))), 1e-7, 1e-9)
    assert (found.name, found.sentence) == ("negative + least", "negative. least.")
    assert found.function(X) == (-7.0, 1.0)
