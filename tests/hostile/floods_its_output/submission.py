# %%
import os
import sys
import warnings

from IPython.display import display

flood = "flood" * 10_000 + "very end"
for number in range(300):
    display(flood)
    print(flood)
    print(flood, file=sys.stderr)
    warnings.warn(flood)
os.write(1, b"flood" * 100_000)
os.write(2, b"flood" * 100_000)
flood * 10

# %%
import matplotlib.pyplot as plt

for number in range(15):
    plt.figure(figsize=(1, 1))

# %%
plt.figure(figsize=(600, 600), dpi=100)
plt.plot([1, 2])

# %% double
def double(x):
    import sys
    sys.stdout.write("flood" * 10_000_000)
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    return 2.0 * x
