# %% slope
def slope(f, x):
    class Evil(float):
        __rmul__ = __pow__ = lambda self, *others: exit()

    hostile = [(), (x, x), ("x" * 20_000,), (b"x",), (None,), ({},), ({"x": x, 2: x},), ([x] * 4000,), ([({1: [x]},)],),
               (10 ** 1200,), (-(1 << 4000),), (1e308,), (float("nan"),), (np.random.default_rng(3),), (f,), (Evil(x),),
               (np.ones((300, 300)),), (np.ones(1_000_000),), (np.ones((1, 1, 1, 1, 1, 1, 1, 50_000)),),
               (np.ones((0, 1 << 20)),), (np.arange(9, dtype=np.uint8),), (np.array(True),), (np.float16(3),),
               (np.array([None, f], dtype=object),), (np.ones(4, dtype="M8[s]"),), ("\ud800",), (type,), (slope,)]
    for args in hostile:
        for kwargs in ({}, {"x": x}, {"__class__": x}):
            try:
                f(*args, **kwargs)
            except Exception:
                pass
    return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
