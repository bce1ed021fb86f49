# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x")
    return (2.0 * x)[np.newaxis]

# %% mean
def mean(x):
    return np.zeros((0,))

# %% slope
def slope(f, x):
    return np.broadcast_to((f(x + 1e-5) - f(x - 1e-5)) / 2e-5, (1,))

# %% innocent
def innocent(x):
    return np.lib.stride_tricks.as_strided(x[:0] + 1.0, shape=(0, len(x)), strides=(0, 0))
