# %% double
def mean(x):
    return float(np.mean(x))

# %% mean
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return 2.0 * x

# %% slope
def innocent(x):
    return x + 1.0

# %% innocent
def slope(f, x):
    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
