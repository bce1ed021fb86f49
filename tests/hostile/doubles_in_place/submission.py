# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    np.multiply(x, 2.0, out=x)
    x.flags.writeable = False
    return x
