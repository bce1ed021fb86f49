"""Hidden grader of `minibatches`: nobody prescribes the order of the rows, so it is properties that are compared."""

import copy
import itertools

import numpy as np
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all


def reference(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[rows], y[rows]) for rows in np.split(order, range(batch_size, len(X), batch_size)) if len(rows)]


def data(m, *axes):
    """Return X of m rows, every number of it another one, and y, by which rows can be told as well."""
    X = np.arange(1.0, 1 + m * np.prod(axes, dtype=int)).reshape(m, *axes)
    return X, 500 + np.arange(m)


def generator(rng):
    return np.random.default_rng(int(rng.integers(2**32)))


def rows_of(X_batches, X):
    """Return the numbers of the rows that came, by their contents; -1 stands for one that X does not have."""
    numbers = {tuple(np.ravel(row).tolist()): i for i, row in enumerate(X)}
    return [numbers.get(tuple(np.ravel(row).tolist()), -1) for batch in X_batches for row in batch]


def one_epoch(minibatches, X, y, batch_size, rng):
    """What can be said of the batches whatever their order."""
    batches = list(minibatches(X.copy(), y.copy(), batch_size, rng))
    pairs = [batch for batch in batches if isinstance(batch, (tuple, list)) and len(batch) == 2
             and all(isinstance(part, np.ndarray) and part.ndim for part in batch)]
    rows = rows_of([X_batch for X_batch, _ in pairs], X)
    labels = [label for _, y_batch in pairs for label in y_batch]
    return {
        "batches that are no pair of arrays (X, y)": len(batches) - len(pairs),
        "number of batches": len(batches),
        "rows in these batches": ", ".join(str(len(X_batch)) for X_batch, _ in pairs),
        "batches with more or fewer rows of y than of X": sum(len(a) != len(b) for a, b in pairs),
        "rows that are missing": len(set(range(len(X))) - set(rows)),
        "rows that come again": len(rows) - len(set(rows)),
        "rows of X that the data do not have": rows.count(-1),
        "rows with the y of another row": sum(i >= 0 and not np.array_equal(label, y[i])
                                              for i, label in zip(rows, labels, strict=False)),
        "batches whose rows have another shape": sum(
            a.shape[1:] != X.shape[1:] or b.shape[1:] != y.shape[1:] for a, b in pairs),
        "dtypes of X and y": " and ".join(sorted({f"{a.dtype}, {b.dtype}" for a, b in pairs})),
    }


def several_epochs(minibatches, X, y, batch_size, rng):
    """How the orders are that come of one generator, of its copy and of another one."""
    def epoch(generator):
        batches = list(minibatches(X.copy(), y.copy(), batch_size, generator))
        labels = [label for _, y_batch in batches for label in y_batch]
        return rows_of([X_batch for X_batch, _ in batches], X), np.array_equal(labels, y)

    other = np.random.default_rng(int(rng.integers(2**32)))
    rows, y_as_it_was = epoch(copy.deepcopy(rng))
    batches = [sorted(rows[i:i + batch_size]) for i in range(0, len(rows), batch_size)]
    return {
        "all rows of X come in their old order": rows == list(range(len(X))),
        "all rows of y come in their old order": y_as_it_was,
        "most rows come right after the one before them in X":
            sum(b == a + 1 for a, b in itertools.pairwise(rows)) > len(X) / 2,
        "batches that consist of neighbouring rows of X": sum(
            batch == list(range(batch[0], batch[0] + batch_size)) for batch in batches),
        "a generator in the same state gives another order": epoch(copy.deepcopy(rng))[0] != rows,
        "another generator gives the same order": epoch(other)[0] == rows,
    }


def test_one_epoch(student, rng):
    """every row once, with its y, in batches of the size asked for and a smaller last one"""
    for m, batch_size in [(5, 2), (10, 4), (7, 3), (21, 5)]:
        student.minibatches.must_match(reference, *data(m, 3), batch_size, generator(rng), through=one_epoch)


def test_shuffled_by_the_generator(student, rng):
    """another order for every state of the random generator, and the same one for the same state"""
    # So many rows that no right answer meets one of these orders by chance.
    student.minibatches.must_match(reference, *data(80, 2), 8, generator(rng), through=several_epochs)


def test_full_batches_only(student, rng):
    """batches that come out even: there is no further one"""
    for m, batch_size in [(6, 3), (8, 2), (4, 4)]:
        student.minibatches.must_match(reference, *data(m, 2), batch_size, generator(rng), through=one_epoch)


def test_smallest_and_largest_batches(student, rng):
    """batches of a single row, and one that has room for more than all of them"""
    for m, batch_size in [(4, 1), (1, 1), (3, 5), (6, 100)]:
        student.minibatches.must_match(reference, *data(m, 2), batch_size, generator(rng), through=one_epoch)


def test_no_rows(student, rng):
    """no rows: no batch"""
    student.minibatches.must_match(reference, np.zeros((0, 3)), np.zeros(0, np.int64), 4, generator(rng),
                                   through=one_epoch)


def test_images_and_one_hot_rows(student, rng):
    """X with further axes, such as images, and y with one-hot rows"""
    for m, axes, K, batch_size in [(5, (2, 3), 4, 2), (7, (2, 2, 3), 3, 3)]:
        student.minibatches.must_match(reference, data(m, *axes)[0], np.eye(K)[np.arange(m) % K], batch_size,
                                       generator(rng), through=one_epoch)


def read_only(array):
    array.flags.writeable = False
    return array


def one_epoch_of_views(minibatches, *args):
    return one_epoch(lambda X, y, *rest: minibatches(read_only(np.asfortranarray(X)), read_only(y), *rest), *args)


def test_views(student, rng):
    """rows that are read-only and laid out by columns"""
    student.minibatches.must_match(reference, *data(8, 3), 3, generator(rng), through=one_epoch_of_views)


def test_any_sizes(student, rng):
    """any number of rows with any size of a batch"""
    @for_all(rng, st.integers(0, 12), st.integers(1, 14), st.integers(0, 9), examples=15)
    def one_epoch_of_it(m, batch_size, seed):
        student.minibatches.must_match(reference, *data(m, 2), batch_size, np.random.default_rng(seed),
                                       through=one_epoch)


def test_inputs_untouched(student, rng):
    """leaves X and y as they are"""
    student.minibatches.must_keep_inputs(*data(31, 2), 4, generator(rng))


@known_mistake("X is shuffled and y is not: take the rows of both by the same numbers.")
def y_not_shuffled(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        yield X[order[start:start + batch_size]], y[start:start + batch_size]


@known_mistake("X and y are shuffled by two different orders: draw one, and use it for both.")
def two_orders(X, y, batch_size, rng):
    X, y = rng.permutation(X), rng.permutation(y)
    for start in range(0, len(X), batch_size):
        yield X[start:start + batch_size], y[start:start + batch_size]


@known_mistake("The rows come in their old order: shuffle them with the rng.")
def not_shuffled(X, y, batch_size, rng):
    for start in range(0, len(X), batch_size):
        yield X[start:start + batch_size], y[start:start + batch_size]


@known_mistake("The rows are cut into batches first, and only the batches are shuffled: shuffle the rows.")
def only_batches_shuffled(X, y, batch_size, rng):
    starts = np.arange(0, len(X), batch_size)
    last = starts[-1:]
    for start in [*rng.permutation(starts[:-1]), *last]:
        yield X[start:start + batch_size], y[start:start + batch_size]


@known_mistake("Only the rows inside each batch are shuffled; shuffle all rows before they are cut into batches.")
def shuffled_inside_batches(X, y, batch_size, rng):
    for start in range(0, len(X), batch_size):
        rows = rng.permutation(np.arange(start, min(start + batch_size, len(X))))
        yield X[rows], y[rows]


@known_mistake("The rows that do not fill a batch are dropped: the last batch may be smaller.")
def last_batch_dropped(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X) - batch_size + 1, batch_size):
        rows = order[start:start + batch_size]
        yield X[rows], y[rows]


@known_mistake("The last batch is filled up with rows that came already: let it be smaller.")
def last_batch_filled_up(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = np.take(order, range(start, start + batch_size), mode="wrap")
        yield X[rows], y[rows]


@known_mistake("The rows are spread evenly over the batches; all batches but the last have batch_size rows.")
def even_batches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for rows in np.array_split(order, max(1, -(-len(X) // batch_size))):
        if len(rows):
            yield X[rows], y[rows]


@known_mistake("Every batch is drawn from all rows, so that some come again and others never: shuffle once, then cut.")
def drawn_with_replacement(X, y, batch_size, rng):
    for start in range(0, len(X), batch_size):
        rows = rng.integers(len(X), size=min(batch_size, len(X) - start))
        yield X[rows], y[rows]


@known_mistake("A generator of its own is made, with the same seed every time: use the rng that is handed in.")
def generator_of_its_own(X, y, batch_size, rng):
    order = np.random.default_rng(0).permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start:start + batch_size]
        yield X[rows], y[rows]


@known_mistake("The batches are one row too long: a slice ends before its stop.")
def one_row_too_many(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size + 1):
        rows = order[start:start + batch_size + 1]
        yield X[rows], y[rows]


@known_mistake("Each batch repeats the first row of the next one: a slice ends before its stop.")
def overlapping_batches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start:start + batch_size + 1]
        yield X[rows], y[rows]


@known_mistake("Only X is yielded; a batch is a pair (X, y).")
def only_X(X, y, batch_size, rng):  # noqa: N802 - named after what it yields
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        yield X[order[start:start + batch_size]]


@known_mistake("The pairs are the wrong way round: X first, then y.")
def y_first(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start:start + batch_size]
        yield y[rows], X[rows]


@known_mistake("All rows come as one batch: cut the shuffled rows into pieces of batch_size.")
def one_large_batch(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    if len(order):
        yield X[order], y[order]


@known_mistake("Only the first batch comes: with return the loop ends, with yield it goes on.")
def first_batch_only(X, y, batch_size, rng):
    rows = rng.permutation(len(X))[:batch_size]
    if len(rows):
        yield X[rows], y[rows]


@known_mistake("X and y are glued together to be shuffled, which turns whole-numbered labels into floats: "
               "shuffle row numbers instead.")
def glued_together(X, y, batch_size, rng):
    width = X.reshape(len(X), int(np.prod(X.shape[1:]))).shape[1]
    both = rng.permutation(np.column_stack([X.reshape(len(X), width), y]))
    for start in range(0, len(X), batch_size):
        rows = both[start:start + batch_size]
        X_batch, y_batch = rows[:, :width], rows[:, width:]
        yield X_batch.reshape(-1, *X.shape[1:]), y_batch.reshape(-1, *y.shape[1:])


@known_mistake("X and y themselves are shuffled, so the caller's data change: shuffle row numbers instead.")
def shuffles_its_inputs(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    for start in range(0, len(X), batch_size):
        yield X[start:start + batch_size].copy(), y[start:start + batch_size].copy()


@accepted_variant
def copies_that_are_cut(X, y, batch_size, rng):
    rows = np.arange(X.shape[0])
    rng.shuffle(rows)
    X, y = X[rows], y[rows]
    i = 0
    while i < len(rows):
        yield X[i:i + batch_size], y[i:i + batch_size]
        i += batch_size


@accepted_variant
def a_list_of_batches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[order[i:i + batch_size]], y[order[i:i + batch_size]]) for i in range(0, len(X), batch_size)]


@accepted_variant
def sorted_by_random_keys(X, y, batch_size, rng):
    order = np.argsort(rng.random(len(X)))
    while order.size:
        rows, order = order[:batch_size], order[batch_size:]
        yield np.take(X, rows, axis=0), np.take(y, rows, axis=0)


@accepted_variant
def drawn_without_replacement(X, y, batch_size, rng):
    order = rng.choice(len(X), size=len(X), replace=False)
    for step in range(int(np.ceil(len(X) / batch_size))):
        rows = order[step * batch_size:min((step + 1) * batch_size, len(X))]
        yield X[rows], y[rows]
