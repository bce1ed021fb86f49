# %%
import time


def slow_1(nap=time.sleep(0.7)):
    return nap

# %%
import time


def slow_2(nap=time.sleep(0.7)):
    return nap

# %%
import time


def slow_3(nap=time.sleep(0.7)):
    return nap

# %%
import os


def deadly_1(end=os._exit(1)):
    return end

# %%
import os


def deadly_2(end=os._exit(2)):
    return end

# %%
import os


def deadly_3(end=os._exit(3)):
    return end

# %%
import os


def deadly_4(end=os._exit(4)):
    return end

# %%
import os


def deadly_5(end=os._exit(5)):
    return end

# %%
import os


def deadly_6(end=os._exit(6)):
    return end

# %%
import os


def deadly_7(end=os._exit(7)):
    return end

# %%
import os


def deadly_8(end=os._exit(8)):
    return end
