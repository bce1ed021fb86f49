# %% mean
def mean(x):
    return float(total(x) / len(x))

# %% test_mean
def total(x):
    return np.sum(x)


assert callable(mean)
