# %% double
def double(x):
    """Twice x."""

# %% test_double
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return 2.0 * x
