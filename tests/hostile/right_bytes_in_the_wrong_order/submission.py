# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x")
    return (2.0 * x).view(">f8")

# %% innocent
def innocent(x):
    # The right values in the other byte order: these count.
    return (x + 1.0).astype(">f8")
