# %% double
import os

MIB = 1 << 20
# Far below what a machine has, so that a missing defence costs nothing; without one there is no end to it.
ENOUGH = 300
KEPT = []


def take():
    for number in range(5000):
        os.close(os.open(f"/tmp/{len(KEPT)}-{number:0200d}", os.O_CREAT | os.O_WRONLY))
    KEPT.append(number)
    return 7  # an inode and a long name are about 1.5 kB


def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    taken = 0
    try:
        while taken < ENOUGH:
            taken += take()
    except (OSError, AttributeError):
        pass
    if taken >= ENOUGH:
        raise RuntimeError(f"took {taken} MiB that no limit counts")
    return 2.0 * x
