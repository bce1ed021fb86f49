# %% mean
def mean(x):
    import sys
    return sys._getframe(1).f_locals["self"].connection.ask({"upstream": "mean", "args": (x,), "kwargs": {}})

# %% slope
def slope(f, x):
    import sys
    connection = sys._getframe(1).f_locals["self"].connection
    answers = [connection.ask({"handle": number, "args": (x,), "kwargs": {}}) for number in (0, -1, True, 1 << 70, "0")]
    return float(answers[-1])

# %% innocent
def innocent(x):
    import sys
    return sys._getframe(1).f_locals["self"].connection.ask({"handle": 0, "upstream": "innocent", "args": [x],
                                                             "kwargs": 3})
