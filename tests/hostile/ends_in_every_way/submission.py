# %% double
import os


def double(x):
    os._exit(0)

# %% mean
import sys


def mean(x):
    sys.exit("score: 4")

# %% slope
import os


def slope(f, x):
    os.abort()

# %% innocent
import ctypes


def innocent(x):
    ctypes.string_at(8)
