# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x")
    return np.ma.masked_all(len(x))

# %% mean
def mean(x):
    return np.ma.masked

# %% slope
def slope(f, x):
    return np.ma.masked_array(0.0, mask=True)

# %% innocent
def innocent(x):
    answer = np.ma.masked_array(x * 0.0, mask=True)
    answer.fill_value = 1.0
    return answer
