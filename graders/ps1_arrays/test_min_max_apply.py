"""Hidden grader of `min_max_apply`."""

import numpy as np
import sklearn

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the scaled samples",)


def reference(X, lo, hi):
    # Two rows with these limits; the span of a constant feature counts as 1.
    scaler = sklearn.preprocessing.MinMaxScaler().fit(np.array([lo, hi], dtype=np.float64))
    return scaler.transform(np.asarray(X, dtype=np.float64))


def inside(rng, m, d):
    """Return samples and a range that is wider than theirs."""
    X = rng.normal(size=(m, d)) * rng.uniform(1, 100, size=d)
    return X, X.min(axis=0) - rng.uniform(1, 9, size=d), X.max(axis=0) + rng.uniform(1, 9, size=d)


def outside(rng, m, d):
    """Return samples and a range that most of them leave."""
    lo = rng.normal(scale=5, size=d)
    return rng.normal(scale=20, size=(m, d)), lo, lo + rng.uniform(0.5, 4, size=d)


def test_any_number_of_samples(student, rng):
    """samples between the limits that are given, 2 to 40 of them with 2 to 6 features"""
    for m, d in [(3, 2), (2, 4), (5, 3), (40, 6)]:
        student.min_max_apply.must_match(reference, *inside(rng, m, d))


def test_unseen_samples(student, rng):
    """samples beyond limits that come from others: below 0 and above 1, also one sample alone"""
    for m, d in [(1, 3), (4, 2), (7, 5), (1, 1)]:
        student.min_max_apply.must_match(reference, *outside(rng, m, d))


def test_the_lectures_table(student):
    """the lecture's table, whose limits become 0 and 1"""
    X = np.array([[1000.0, 5, 70], [2000, 6, 90], [2500, 2, 95]])
    student.min_max_apply.must_return(np.array([[0, 0.75, 0], [2 / 3, 1, 0.8], [1, 0, 1]]), X,
                                      np.array([1000.0, 2, 70]), np.array([2500.0, 6, 95]))


def test_constant_features(student, rng):
    """0 for a feature that never changes, without a warning, and the others as ever"""
    for constant in (3.0, 0.0, -40.0, 0.1):
        X, lo, hi = inside(rng, 4, 3)
        X[:, 1] = lo[1] = hi[1] = constant
        student.min_max_apply.must_match(reference, X, lo, hi, quiet=True)
    student.min_max_apply.must_match(reference, np.full((3, 2), 8.0), np.full(2, 8.0), np.full(2, 8.0), quiet=True)


def test_narrow_ranges(student, rng):
    """features that hardly change are stretched like all others"""
    for m, d in [(3, 2), (5, 4)]:
        X, lo, hi = inside(rng, m, d)
        for size in (1e-6, 1e-10):
            student.min_max_apply.must_match(reference, X * size, lo * size, hi * size)
    # Nearly equal limits are not equal.
    X = 1000 + rng.permutation(np.array([0.0, 1.0, 2.0, 4.0])).reshape(2, 2) / 1024
    student.min_max_apply.must_match(reference, X, np.full(2, 1000.0), np.full(2, 1000 + 4 / 1024))


def test_as_many_samples_as_features(student, rng):
    """as many samples as features: limits belong to columns, not to rows"""
    for n in (2, 3, 5):
        student.min_max_apply.must_match(reference, *outside(rng, n, n))


def test_whole_numbers(student, rng):
    """whole numbers and float32 give float64 too"""
    for dtype in (np.int64, np.uint8, np.float32):
        X = rng.integers(0, 200, size=(5, 3)).astype(dtype)
        student.min_max_apply.must_match(reference, X, np.array([20.0, 0.0, 99.5]), np.array([60.5, 255.0, 100.0]))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are, and works with ones that must not be written to"""
    X, lo, hi = inside(rng, 4, 3)
    lo[2] = hi[2] = X[:, 2] = 5.0
    student.min_max_apply.must_keep_inputs(X, lo, hi)
    X, lo, hi = inside(rng, 3, 5)
    for array in (X, lo, hi):
        array.flags.writeable = False
    student.min_max_apply.must_match(reference, X[:, ::-1], lo[::-1], hi[::-1])


@known_mistake("The limits are found anew in X: use lo and hi as they are given, or unseen samples are not scaled "
               "as the training data were.")
def fitted_anew(X, lo, hi):
    lo, hi = X.min(axis=0), X.max(axis=0)
    return (X - lo) / np.where(hi > lo, hi - lo, 1.0)


@known_mistake("A feature that never changes divides 0 by 0: divide by 1 where hi equals lo.")
def unguarded(X, lo, hi):
    return (X - lo) / (hi - lo)


@known_mistake("nan is replaced by 0 afterwards, but 0 has been divided by 0 and numpy warns: "
               "choose the divisor first, with np.where.")
def repaired_afterwards(X, lo, hi):
    return np.nan_to_num((X - lo) / (hi - lo))


@known_mistake("Results are cut off at 0 and 1; unseen samples may lie beyond, and that is worth knowing.")
def clipped(X, lo, hi):
    return np.clip((X - lo) / np.where(hi > lo, hi - lo, 1.0), 0, 1)


@known_mistake("A feature that never changes becomes 1; it becomes 0.")
def constant_to_one(X, lo, hi):
    return np.where(hi > lo, (X - lo) / np.where(hi > lo, hi - lo, 1.0), 1.0)


@known_mistake("A feature that never changes becomes 0.5; it becomes 0.")
def constant_to_a_half(X, lo, hi):
    return np.where(hi > lo, (X - lo) / np.where(hi > lo, hi - lo, 1.0), 0.5)


@known_mistake("A feature that never changes keeps its value; it becomes 0.")
def constant_kept(X, lo, hi):
    return np.where(hi > lo, (X - lo) / np.where(hi > lo, hi - lo, 1.0), X)


@known_mistake("lo and hi are swapped: lo becomes 0 and hi becomes 1.")
def upside_down(X, lo, hi):
    return (hi - X) / np.where(hi > lo, hi - lo, 1.0)


@known_mistake("X is divided by the span but lo is not subtracted first: lo has to become 0.")
def not_shifted(X, lo, hi):
    return np.where(hi > lo, X / np.where(hi > lo, hi - lo, 1.0), 0.0)


@known_mistake("The difference is divided by hi; divide it by the span, hi - lo.")
def divided_by_hi(X, lo, hi):
    return (X - lo) / np.where(hi == 0, 1.0, hi)


@known_mistake("The brackets are missing: `X - lo / (hi - lo)` divides only lo.")
def brackets_missing(X, lo, hi):
    return np.where(hi > lo, X - lo / np.where(hi > lo, hi - lo, 1.0), 0.0)


@known_mistake("The results run from -1 to 1; lo becomes 0.")
def from_minus_one(X, lo, hi):
    return np.where(hi > lo, 2 * (X - lo) / np.where(hi > lo, hi - lo, 1.0) - 1, 0.0)


@known_mistake("The smallest lo and the largest hi are used for all features; every feature has its own.")
def one_range_for_all(X, lo, hi):
    span = hi.max() - lo.min()
    return np.where(hi > lo, (X - lo.min()) / (span if span > 0 else 1.0), 0.0)


@known_mistake("A small number is added to every span against division by 0; features of narrow range become wrong.")
def small_number_added(X, lo, hi):
    return (X - lo) / (hi - lo + 1e-8)


@known_mistake("The results are written into an array like X: where that holds whole numbers, fractions are cut off.")
def dtype_of_input(X, lo, hi):
    scaled = np.empty_like(X)
    scaled[:] = (X - lo) / np.where(hi > lo, hi - lo, 1.0)
    return scaled if X.dtype.kind != "f" else scaled.astype(float)


@known_mistake("The results are written into X: the caller's data are lost, and whole numbers cannot hold them.")
def overwrites_input(X, lo, hi):
    X -= lo
    X /= np.where(hi > lo, hi - lo, 1.0)
    return X


@accepted_variant
def with_loops(X, lo, hi):
    scaled = np.zeros(X.shape)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            if hi[j] != lo[j]:
                scaled[i, j] = (X[i, j] - lo[j]) / (hi[j] - lo[j])
    return scaled


@accepted_variant
def divides_where_it_can(X, lo, hi):
    span = hi - lo
    return np.divide(X - lo, span, out=np.zeros(X.shape), where=span != 0)


@accepted_variant
def silenced(X, lo, hi):
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = (X - lo) / (hi - lo)
    scaled[:, hi == lo] = 0
    return scaled


@accepted_variant
def factor_and_offset(X, lo, hi):
    span = hi - lo
    span[span == 0] = 1
    return X * (1 / span) - lo / span


EQUIVALENT_MUTANTS = {
    "span = np.where(hi > lo, hi - lo, 1.0)  ->  span = np.where(hi > lo, hi - lo, 2.0)":
        "a constant feature has the difference 0, whatever it is divided by",
    "span = np.where(hi > lo, hi - lo, 1.0)  ->  span = np.where(hi != lo, hi - lo, 1.0)":
        "lo is never above hi",
}
