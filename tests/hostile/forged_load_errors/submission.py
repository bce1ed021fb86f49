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
instead({"errors": [{}]})
if False:
    double = None

# %% mean
instead({"errors": [{"raised": 1, "message": {}, "text": np.ones(3), "line": np.ones(2)}]})
if False:
    mean = None
