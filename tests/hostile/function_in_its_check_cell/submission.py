# %% mean
def mean(x):
    # YOUR CODE HERE
    raise NotImplementedError()

# %% test_mean
def mean(x):
    return float(np.mean(x))


assert callable(mean)
