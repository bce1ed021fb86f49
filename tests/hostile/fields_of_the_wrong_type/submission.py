# %%
def instead(message):
    """Sends this message instead of the next answer."""
    import wire
    honest = wire.encode

    def forged(_):
        wire.encode = honest
        return honest(message)

    wire.encode = forged

# %% double
def double(x):
    instead({"raised": np.ones(3), "builtin": ["ValueError"], "message": {"x": 1}, "line": "1", "text": 7, "cell": x})

# %% mean
def mean(x):
    instead({"args": 7, "warned": np.ones(2), "outcome": "passed"})

# %% slope
def slope(f, x):
    instead({"missing": [], "not_callable": {}, "returned": 1.0})

# %% innocent
def innocent(x):
    instead({"not_callable": {1: [x, (x, {"x": x})]}, "returned": x + 1.0})
