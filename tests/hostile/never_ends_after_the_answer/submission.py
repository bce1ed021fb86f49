# %% double
class Slow(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def double(x):
    raise Slow

# %% innocent
class Copied:
    def __deepcopy__(self, memo):
        while True:
            pass


def innocent(x):
    return iter([Copied()])
