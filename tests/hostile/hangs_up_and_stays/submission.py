# %% innocent
import os
import time


def innocent(x):
    os.closerange(3, 64)
    time.sleep(1000)
