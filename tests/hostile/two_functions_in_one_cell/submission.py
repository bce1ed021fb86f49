# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return 2.0 * x


def mean(x):
    return float(np.sum(x) / len(x))

# %% mean
def mean(x):
    # YOUR CODE HERE
    raise NotImplementedError()

# %% slope
# moved below

# %% innocent
def slope(f, x):
    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5


def innocent(x):
    return x + 1.0
