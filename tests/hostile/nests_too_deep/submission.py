# %% double
def double(x):
    nested = 2.0 * x
    for _ in range(12):
        nested = [nested]
    return nested

# %% slope
def slope(f, x):
    nested = x
    for _ in range(500):
        nested = [nested]
    try:
        f(nested)
    except Exception:
        pass
    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
