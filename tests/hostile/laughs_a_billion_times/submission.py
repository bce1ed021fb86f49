# %% innocent
def innocent(x):
    laughs = ["ha"] * 1000
    for _ in range(6):
        laughs = [laughs] * 1000
    return laughs
