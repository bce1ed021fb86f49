# %% double
import signal
import sys


def end(*args):
    sys.exit(3)


signal.signal(signal.SIGALRM, end)
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.01)


def double(x):
    signal.pause()
    return 2.0 * x
