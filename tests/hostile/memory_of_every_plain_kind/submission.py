# %% double
def double(x):
    return np.ones(1 << 40)

# %% mean
def mean(x):
    kept = []
    while True:
        kept.append(np.zeros(32 << 20))

# %% slope
import mmap


def slope(f, x):
    kept = []
    while True:
        kept.append(mmap.mmap(-1, 256 << 20))
        kept[-1].write(b"x" * (1 << 20))

# %% innocent
def innocent(x):
    return [["x" * (1 << 40)] * (1 << 40)]
