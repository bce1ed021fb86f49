# %%
name = input("Your marks? ")

# %%
import getpass
getpass.getpass()

# %% double
import sys


def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    for ask in (input, sys.stdin.read, lambda: open("/dev/tty").read(), lambda: __import__("getpass").getpass()):
        try:
            ask()
        except (EOFError, OSError):
            pass
    return 2.0 * x
