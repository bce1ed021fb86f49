# %%
class Forever:
    while True:
        pass

# %% double
def double(x, forever=sum(1 for _ in iter(int, 1))):
    return 2.0 * x
