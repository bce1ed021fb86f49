# %% double
if True:
    def double(x, *, check=lambda x: np.ndim(x) != 1):
        if check(x):
            raise ValueError("x")
        return 2.0 * x

# %% mean
async def mean(x):
    return float(np.mean(x))

# %% slope
class Slope:
    def __call__(self, f, x):
        return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5


slope = Slope()

# %% innocent
exec("innocent = " + "lambda x: x + 1.0")
