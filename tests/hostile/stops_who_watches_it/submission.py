# %% innocent
import os
import signal
import time


def innocent(x):
    try:
        os.kill(0, signal.SIGSTOP)
    except OSError:
        pass
    # Where it works, it is enough to be seen.
    time.sleep(60)
    os._exit(0)
