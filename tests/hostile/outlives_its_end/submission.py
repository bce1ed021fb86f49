# %% innocent
import ctypes
import os
import signal
import time


def innocent(x):
    libc = ctypes.CDLL(None)
    libc.prctl(1, 0, 0, 0, 0)  # no signal when the parent ends
    libc.prctl(36, 1, 0, 0, 0)  # children of children come here
    for detach in (os.setsid, os.setpgrp, lambda: os.fork() and os._exit(0), lambda: os.fork() and os._exit(0)):
        try:
            detach()
        except OSError:
            pass
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    # Where it works, half a minute is enough to be seen.
    end = time.monotonic() + 30
    while time.monotonic() < end:
        time.sleep(0.1)
    os._exit(0)
