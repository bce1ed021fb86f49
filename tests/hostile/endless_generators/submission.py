# %% double
import itertools


def double(x):
    return itertools.repeat(2.0 * x)

# %% mean
import time


def mean(x):
    while True:
        time.sleep(0.2)
        yield float(np.mean(x))

# %% slope
class Itself:
    __iter__ = lambda self: self
    __next__ = lambda self: self
    __deepcopy__ = lambda self, memo: itertools.count()


def slope(f, x):
    return Itself()

# %% innocent
import sys


def innocent(x):
    yield x + 1.0
    sys.exit()
