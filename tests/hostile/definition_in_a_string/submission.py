# %% double
"""
def double(x):
    return 2.0 * x
"""
def double(x):
    return x

# %% mean
def mean(x):
    return 0.0

# %% innocent
def innocent(x):
    return x + 1.0


double = lambda x: 2.0 * x
mean = lambda x: float(np.mean(x))
