# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return 2.0 * x


def unwritten(*args, **kwargs):
    raise NotImplementedError


np.mean = unwritten
