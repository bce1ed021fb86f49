# %% double
END = "very end"


def double(x):
    raise type("E" * 1_000_000 + END, (Exception,), {})("huge" * 10_000_000 + END, x, [x] * 1000)

# %% mean
def mean(x):
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    one.__context__, two.__context__ = two, one
    raise one

# %% slope
import sys
import types


def slope(f, x):
    trace = None
    for number in range(200_000):
        trace = types.TracebackType(trace, sys._getframe(), 0, 10 ** 9)
    raise ValueError("x").with_traceback(trace)

# %% innocent
class Liar(type):
    @property
    def __name__(cls):
        raise SystemExit


class Lie(Exception, metaclass=Liar):
    @property
    def __traceback__(self):
        raise SystemExit

    def __str__(self):
        raise SystemExit


def innocent(x):
    raise Lie

# %%
raise ExceptionGroup("monsters" * 100_000 + END, [ValueError("monsters" * 10_000)] * 1000)
