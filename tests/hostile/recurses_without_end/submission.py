# %% double
import sys


def double(x):
    sys.setrecursionlimit(1 << 30)
    nested = ()
    for _ in range(1_000_000):
        nested = (nested,)
    return hash(nested)

# %% mean
def mean(x):
    return mean(x)

# %% slope
def slope(f, x):
    return eval("-" * 1_000_000 + "1")

# %% innocent
def innocent(x, deep=eval("-" * 1_000_000 + "1")):
    return x + 1.0
