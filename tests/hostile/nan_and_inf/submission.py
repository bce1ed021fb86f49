# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x")
    return np.full(len(x), np.nan)

# %% mean
def mean(x):
    return float("inf")

# %% slope
def slope(f, x):
    return -np.float64("nan")

# %% innocent
def innocent(x):
    return np.where(np.arange(len(x)) == len(x) - 1, -np.inf, x + 1.0)
