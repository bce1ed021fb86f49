# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x")
    return 2.0 * x + 1j * np.full(len(x), np.nan)

# %% mean
from fractions import Fraction


def mean(x):
    return sum(map(Fraction, x)) / len(x)

# %% slope
def slope(f, x):
    answer = np.zeros((), dtype=[("value", float), ("other", "M8[s]")])
    answer["value"] = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
    return answer

# %% innocent
class One:
    __eq__ = __le__ = __lt__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *others: 0.0


def innocent(x):
    answer = np.empty(len(x), dtype=object)
    answer[:] = One()
    return answer
