# %%
def double(x):
    return x

# %% double
def double(x):
    # raise NotImplementedError()
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return 2.0 * x
