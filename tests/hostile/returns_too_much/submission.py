# %% double
def double(x):
    return list(range(5_000_000))

# %% mean
def mean(x):
    nested = 1.0
    for _ in range(100_000):
        nested = [nested]
    return nested

# %% slope
class Bomb:
    def __repr__(self):
        return "bomb" * 100_000_000

    __str__ = __repr__


def slope(f, x):
    return {number: Bomb() for number in range(4000)}

# %% innocent
def innocent(x):
    return ["ha" * 10_000] * 4000
