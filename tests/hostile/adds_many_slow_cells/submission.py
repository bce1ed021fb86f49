# %%
import time


def slow_1(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_2(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_3(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_4(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_5(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_6(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_7(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_8(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_9(nap=time.sleep(1.2)):
    return nap

# %%
import time


def slow_10(nap=time.sleep(1.2)):
    return nap
