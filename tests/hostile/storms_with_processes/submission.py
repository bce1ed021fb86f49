# %%
import ctypes
import multiprocessing
import os
import subprocess

LIBC = ctypes.CDLL(None)


def by_number(number, *args):
    child = LIBC.syscall(number, *args)
    if child == 0:
        os._exit(0)
    return child


MADE = []
for make in (os.fork, os.forkpty, lambda: by_number(57), lambda: by_number(58), lambda: by_number(56, 17, 0, 0, 0, 0),
             lambda: by_number(435, bytes(32) + (17).to_bytes(8, "little") + bytes(48), 88),
             lambda: os.posix_spawn("/usr/bin/true", ["true"], {}), lambda: subprocess.Popen(["true"]).pid,
             lambda: multiprocessing.get_context("fork").Process(target=int).start() or 1):
    for _ in range(50):
        try:
            made = make()
        except Exception:
            break
        if made == 0 or isinstance(made, tuple) and made[0] == 0:
            os._exit(0)
        if isinstance(made, int) and made < 0:
            break
        MADE.append(made)

# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    if MADE:
        raise RuntimeError(f"{len(MADE)} processes")
    return 2.0 * x
