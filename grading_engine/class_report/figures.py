"""The numbers of a class: summaries, histograms, and how well an item tells strong students from weak ones."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

# Below this number a correlation says more about chance than about the item.
FEWEST = 10
BINS = 10
_STEPS = [timedelta(hours=1), timedelta(hours=3), timedelta(hours=6), timedelta(hours=12), timedelta(days=1),
          timedelta(days=2), timedelta(days=7), timedelta(days=28)]
_MOST_BARS = 16


@dataclass(frozen=True)
class Summary:
    """Location and spread of some marks; the quartiles as `numpy.percentile` has them."""

    count: int
    mean: float
    sd: float
    lowest: float
    lower: float
    median: float
    upper: float
    highest: float


def summary(values):
    """Return the `Summary` of some marks, None where there are none; ``sd`` is the sample's (0 for a single mark)."""
    values = np.asarray(values, dtype=np.float64)
    if not len(values):
        return None
    quartiles = np.percentile(values, [0, 25, 50, 75, 100])
    lowest, lower, median, upper, highest = map(float, quartiles)
    sd = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return Summary(len(values), float(values.mean()), sd, lowest, lower, median, upper, highest)


def histogram(shares):
    """Return for each tenth of 0..1, from the top, the indices of the shares in it; 1 belongs to the first."""
    places = np.clip(np.floor(np.asarray(shares, dtype=np.float64) * BINS + 1e-9), 0, BINS - 1)
    return [np.flatnonzero(places == place).tolist() for place in reversed(range(BINS))]


def discrimination(scores, rest):
    """Corrected item-total correlation: Pearson's, of an item with the total of the other items.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Points of the item.
    rest : array_like, shape (n,)
        Points of all other items together.

    Returns
    -------
    float or None
        None for fewer than `FEWEST` students, and where one of the two does not vary.
    """
    scores, rest = (np.asarray(values, dtype=np.float64) for values in (scores, rest))
    if len(scores) < FEWEST or np.ptp(scores) < 1e-9 or np.ptp(rest) < 1e-9:
        return None
    return float(np.corrcoef(scores, rest)[0, 1])


def varies(scores):
    """Whether some marks differ at all; nan is none."""
    scores = scores[~np.isnan(scores)]
    return bool(len(scores)) and float(np.ptp(scores)) >= 1e-9


def mean_share(scores, points):
    """Return the mean of some marks as a share of the points; None without marks or points."""
    scores = scores[~np.isnan(scores)]
    return float(scores.mean() / points) if len(scores) and points else None


def score_table(students, items):
    """Return the marks of students (rows) and items (columns); nan where a person has to decide."""
    return np.array([[np.nan if student.scores[item.name] is None else student.scores[item.name] for item in items]
                     for student in students], dtype=np.float64).reshape(len(students), len(items))


def discriminations(table):
    """Return the discrimination of every column of a `score_table`.

    The other items are those that everybody has a mark for; students without a mark of the item itself are left out.
    """
    whole = ~np.isnan(table).any(axis=0)
    found = []
    for column in range(table.shape[1]):
        others = whole.copy()
        others[column] = False
        rows = ~np.isnan(table[:, column])
        found.append(discrimination(table[rows, column], table[np.ix_(rows, others)].sum(axis=1)))
    return found


def timeline(times, due=None):
    """Divide times of handing in into bars of equal length, of which one ends at the due date.

    Returns
    -------
    list of (datetime, datetime, list of int)
        Begin, end and the indices of the times from begin to before the end; no bars without times.
    """
    if not times:
        return []
    first, last = min(times), max(times)
    for step in _STEPS:
        anchor = due or first.replace(hour=0, minute=0, second=0, microsecond=0)
        begin = anchor + (first - anchor) // step * step
        count = (last - begin) // step + 1
        if count <= _MOST_BARS:
            break
    count = min(count, _MOST_BARS * 4)
    bars = [(begin + k * step, begin + (k + 1) * step, []) for k in range(count)]
    for index, time in enumerate(times):
        bars[min((time - begin) // step, count - 1)][2].append(index)
    return bars
