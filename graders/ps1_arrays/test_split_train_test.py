"""Hidden grader of `split_train_test`."""

import numpy as np
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all


def reference(X, y, test_fraction=0.2, seed=0):
    # There are many right splits: what is compared are the properties below, and here is one that has them.
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = round(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


def samples(rng, m, *axes):
    """Return rows and labels that all differ, so that each can be recognised."""
    return rng.permutation(m * int(np.prod(axes))).reshape(m, *axes) / 2, rng.permutation(m) + 100


def known_by(row):
    """What a row is recognised by: all that is in it."""
    return tuple(np.ravel(row).tolist())


# Each call gets copies, as it does in a student's process, so that what one does to X is not seen by the next.


def sizes(split, X, y, *options):
    X_train, X_test, y_train, y_test = split(X.copy(), y.copy(), *options)
    return {
        "the number of rows in X_test": len(X_test), "the number of rows in X_train": len(X_train),
        "the number of labels in y_test": len(y_test), "the number of labels in y_train": len(y_train),
        "rows keep their shape": X_train.shape[1:] == X_test.shape[1:] == X.shape[1:],
        "labels have one axis": y_train.ndim == y_test.ndim == 1,
    }


def pairs(split, X, y, *options):
    """Where the rows are and whether their labels are there too; X and y themselves are handed in."""
    X_train, X_test, y_train, y_test = split(X, y, *options)
    label_of = dict(zip(map(known_by, X), y.tolist(), strict=True))
    rows = [known_by(row) for part in (X_train, X_test) for row in part]
    labels = [*y_train.tolist(), *y_test.tolist()]
    return {
        "the number of rows that X does not have": len(set(rows) - set(label_of)),
        "the number of rows that come twice": len(rows) - len(set(rows)),
        "the number of rows that are missing": len(set(label_of) - set(rows)),
        "the number of rows that lost their label": sum(label_of.get(row) != label for row, label in
                                                        zip(rows, labels, strict=False)),
    }


def pairs_of_views(split, X, y, *options):
    """The same for every second row, in views that must not be written to."""
    X, y = X[::2, ::-1], y[::2]
    X.flags.writeable = y.flags.writeable = False
    return pairs(split, X, y, *options)


def draws(split, X, y, test_fraction, seeds):
    """What becomes of the rows when the seed changes."""
    position = {known_by(row): i for i, row in enumerate(X)}
    first, *others = [{position.get(known_by(row), -1) for row in split(X.copy(), y.copy(), test_fraction, seed)[1]}
                      for seed in (seeds[0], *seeds)]
    return {
        "the same seed gives the same test part": first == others[0],
        "the number of different test parts": len(set(map(frozenset, others))),
        "the number of rows that never get into the test part": len(X) - len(set().union(*others) - {-1}),
        "the number of rows that are always in the test part": len(set.intersection(*others)),
        "the test part is made of neighbours": any(is_block(rows, len(X)) for rows in others),
    }


def is_block(rows, m):
    """Whether rows follow each other in X, where the first one comes after the last."""
    return sum((row + 1) % m not in rows for row in rows) <= 1


def defaults(split, X, y):
    """The test parts where the fraction or the seed is left out."""
    fraction_left_out, seed_left_out, complete = (
        split(X.copy(), y.copy(), *options)[1] for options in ((), (0.4,), (0.4, 0)))
    return {"the number of test rows without test_fraction": len(fraction_left_out),
            "without a seed it is the test part of seed 0":
                set(map(known_by, seed_left_out)) == set(map(known_by, complete))}


def dtypes(split, X, y):
    parts = split(X.copy(), y.copy())
    return {f"the dtype of {name}": part.dtype.name
            for name, part in zip(("X_train", "X_test", "y_train", "y_test"), parts, strict=True)}


def test_every_row_once(student, rng):
    """two parts of the right size: every row in one of them, once, with its label"""
    for m, d, fraction, seed in [(5, 2, 0.2, 1), (7, 3, 0.3, 2), (20, 1, 0.4, 3), (41, 4, 0.25, 4)]:
        X, y = samples(rng, m, d)
        student.split_train_test.must_match(reference, X, y, fraction, seed, through=sizes)
        student.split_train_test.must_match(reference, X, y, fraction, seed, through=pairs)


def test_rounded_sizes(student, rng):
    """m * test_fraction rounded up or down to the nearest whole number"""
    @for_all(rng, st.integers(1, 12), st.sampled_from([0.1, 0.2, 0.3, 0.37, 0.6, 0.7, 0.9]), examples=20)
    def of_that_size(m, fraction):
        # Halves may be rounded either way.
        if abs(m * fraction % 1 - 0.5) > 0.01:
            student.split_train_test.must_match(reference, *samples(np.random.default_rng(m), m, 2), fraction, 5,
                                                through=sizes)


def test_an_empty_part(student, rng):
    """a fraction so small that no row is for testing, or so large that none is for training"""
    for m, fraction in [(2, 0.2), (3, 0.1), (1, 0.3), (2, 0.8), (1, 0.7)]:
        X, y = samples(rng, m, 2)
        student.split_train_test.must_match(reference, X, y, fraction, 6, through=sizes)
        student.split_train_test.must_match(reference, X, y, fraction, 6, through=pairs)


def test_shuffled_by_the_seed(student, rng):
    """the seed draws which rows go where: the same one the same rows, another one others"""
    X, y = samples(rng, 30, 2)
    student.split_train_test.must_match(reference, X, y, 0.3, rng.permutation(900)[:50].tolist(), through=draws)


def test_defaults(student, rng):
    """a fifth of the rows and seed 0 where nothing else is said"""
    student.split_train_test.must_match(reference, *samples(rng, 25, 2), through=defaults)


def test_images(student, rng):
    """X of more axes, such as images, and X of a single one"""
    for shape in [(6, 2, 3), (11, 3, 2, 4), (9,)]:
        X, y = samples(rng, *shape)
        student.split_train_test.must_match(reference, X, y, 0.4, 8, through=sizes)
        student.split_train_test.must_match(reference, X, y, 0.4, 8, through=pairs)


def test_dtypes(student, rng):
    """rows and labels as they were: whole numbers stay whole numbers"""
    X, y = samples(rng, 8, 3)
    student.split_train_test.must_match(reference, X, y, through=dtypes)
    student.split_train_test.must_match(reference, (2 * X).astype(np.uint8), y / 2, through=dtypes)


def test_inputs_untouched(student, rng):
    """leaves X and y in their order: works with ones that must not be written to"""
    for m, d in [(12, 3), (25, 2)]:
        student.split_train_test.must_match(reference, *samples(rng, m, d), 0.4, 9, through=pairs_of_views)


@known_mistake("X is shuffled but y is not, so rows lose their labels: draw one order and use it for both.")
def labels_not_shuffled(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = round(len(X) * test_fraction)
    return X[order[n_test:]], X[order[:n_test]], y[n_test:], y[:n_test]


@known_mistake("X and y are shuffled one after the other, each in an order of its own: draw one order for both.")
def two_orders(X, y, test_fraction=0.2, seed=0):
    rng = np.random.default_rng(seed)
    X, y = rng.permutation(X), rng.permutation(y)
    n_test = round(len(X) * test_fraction)
    return X[n_test:], X[:n_test], y[n_test:], y[:n_test]


@known_mistake("The last rows are always the test part, and they may all be of one kind: "
               "shuffle all rows before the cut.")
def last_rows(X, y, test_fraction=0.2, seed=0):
    n_train = len(X) - round(len(X) * test_fraction)
    return X[:n_train], X[n_train:], y[:n_train], y[n_train:]


@known_mistake("A random stretch of neighbouring rows is the test part; draw every row by itself.")
def random_stretch(X, y, test_fraction=0.2, seed=0):
    order = (np.arange(len(X)) + np.random.default_rng(seed).integers(len(X))) % len(X)
    n_test = round(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("All rows are in the training part, those of the test part too: a test on known rows proves nothing.")
def parts_overlap(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    test = order[:round(len(X) * test_fraction)]
    return X[order], X[test], y[order], y[test]


@known_mistake("The fraction is that of the training part; test_fraction is the share of the test part.")
def fraction_for_training(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_train = round(len(X) * test_fraction)
    train, test = order[:n_train], order[n_train:]
    return X[train], X[test], y[train], y[test]


@known_mistake("The parts come in another order: X_train, X_test, y_train, y_test is asked for.")
def other_order_of_parts(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = round(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    return X[train], y[train], X[test], y[test]


@known_mistake("The same seed gives another split every time: make the generator of it in every call, "
               "np.random.default_rng(seed).")
def seed_ignored(X, y, test_fraction=0.2, seed=0):
    order = np.random.permutation(len(X))
    n_test = round(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("The generator has a fixed seed, so all seeds give the same split: np.random.default_rng(seed).")
def fixed_seed(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(0).permutation(len(X))
    n_test = round(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("int() cuts the size of the test part off; round it.")
def size_cut_off(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = int(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("The size of the test part is rounded up; round it to the nearest whole number.")
def size_rounded_up(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = int(np.ceil(len(X) * test_fraction))
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("The test part has one row at least; round(m * test_fraction) may be 0.")
def one_test_row_at_least(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = max(round(len(X) * test_fraction), 1)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("The test rows are drawn with replacement, so some come twice: use one permutation, or replace=False.")
def drawn_with_replacement(X, y, test_fraction=0.2, seed=0):
    rng = np.random.default_rng(seed)
    test = rng.choice(len(X), round(len(X) * test_fraction))
    train = rng.choice(len(X), len(X) - len(test))
    return X[train], X[test], y[train], y[test]


@known_mistake("Every row is drawn by a coin of its own, so the test part has any size: "
               "cut one permutation at round(m * test_fraction).")
def drawn_by_coins(X, y, test_fraction=0.2, seed=0):
    test = np.random.default_rng(seed).random(len(X)) < test_fraction
    return X[~test], X[test], y[~test], y[test]


@known_mistake("With no test rows `order[:-n_test]` is `order[:0]`, so the training part is empty: cut at m - n_test.")
def cut_at_minus_zero(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = round(len(X) * test_fraction)
    train, test = order[:-n_test], order[-n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("Every column is shuffled by itself, which tears the rows apart: "
               "rng.permutation moves whole rows, rng.permuted does not.")
def columns_shuffled(X, y, test_fraction=0.2, seed=0):
    X = np.random.default_rng(seed).permuted(X, axis=0)
    y = np.random.default_rng(seed).permuted(y, axis=0)
    n_test = round(len(X) * test_fraction)
    return X[n_test:], X[:n_test], y[n_test:], y[:n_test]


@known_mistake("Without a fraction a quarter of the rows is for testing; the default is 0.2.")
def other_default(X, y, test_fraction=0.25, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = round(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("Without a seed the split is not that of seed 0: the default seed is 0.")
def no_default_seed(X, y, test_fraction=0.2, seed=None):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = round(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


@known_mistake("The labels come back as floats, as from one table with X: take them from y itself, "
               "in the same order as X.")
def labels_as_floats(X, y, test_fraction=0.2, seed=0):
    order = np.random.default_rng(seed).permutation(len(X))
    n_test = round(len(X) * test_fraction)
    test, train = order[:n_test], order[n_test:]
    y = y.astype(float)
    return X[train], X[test], y[train], y[test]


@known_mistake("rng.shuffle moves the rows of X and y themselves, so the caller's data are in disorder: "
               "shuffle an array of indices.")
def shuffles_input(X, y, test_fraction=0.2, seed=0):
    np.random.default_rng(seed).shuffle(X)
    np.random.default_rng(seed).shuffle(y)
    n_test = round(len(X) * test_fraction)
    return X[n_test:], X[:n_test], y[n_test:], y[:n_test]


@accepted_variant
def drawn_without_replacement(X, y, test_fraction=0.2, seed=0):
    m = X.shape[0]
    test = np.random.default_rng(seed).choice(m, size=round(m * test_fraction), replace=False)
    is_test = np.zeros(m, dtype=bool)
    is_test[test] = True
    return X[~is_test], X[is_test], y[~is_test], y[is_test]


@accepted_variant
def shuffled_indices(X, y, test_fraction=0.2, seed=0):
    indices = np.arange(len(y))
    np.random.default_rng(seed).shuffle(indices)
    n_train = len(y) - round(len(y) * test_fraction)
    return (np.take(X, indices[:n_train], axis=0), np.take(X, indices[n_train:], axis=0),
            np.take(y, indices[:n_train]), np.take(y, indices[n_train:]))


@accepted_variant
def older_generator(X, y, test_fraction=0.2, seed=0):
    order = np.random.RandomState(seed).permutation(len(X))
    n_test = int(len(X) * test_fraction + 0.5)
    X_test, X_train = np.split(X[order], [n_test])
    y_test, y_train = np.split(y[order], [n_test])
    return [X_train, X_test, y_train, y_test]


@accepted_variant
def sorted_by_random_keys(X, y, test_fraction=0.2, seed=0):
    order = np.argsort(np.random.default_rng(seed).random(len(X)))
    n_test = round(test_fraction * len(X))
    test = [i for i in range(len(X)) if i in order[:n_test]]
    train = [i for i in range(len(X)) if i not in order[:n_test]]
    return X[train], X[test], y[train], y[test]


EQUIVALENT_MUTANTS = {
    "def split_train_test(X, y, test_fraction=0.2, seed=0):  ->  "
    "def split_train_test(X, y, test_fraction=-0.8, seed=0):":
        "all but the last 80 % are the first 20 %",
}
