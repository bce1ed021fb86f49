# %%
def raw(header, body=b""):
    """Sends these bytes instead of the next answer."""
    import struct
    import wire
    honest = wire.encode

    def forged(message):
        wire.encode = honest
        return struct.pack(">II", len(header), len(body)) + header + body

    wire.encode = forged

# %% double
def double(x):
    raw(b'{"returned": ' + b'{"list": [' * 50_000 + b"]}" * 50_000 + b"}")

# %% mean
def mean(x):
    raw(b'{"returned": NaN, "args": {"list": []}}')

# %% slope
def slope(f, x):
    raw(b'[{"returned": {"float": "0x1p0"}}, "passed"]')

# %% innocent
def innocent(x):
    raw(b'{"returned": {"array": "<f8", "shape": [4]}}', (x + 1.0).tobytes() + x.tobytes())
