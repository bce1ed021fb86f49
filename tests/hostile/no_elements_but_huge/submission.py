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
    shape = [0] + [1 << 25] * 7
    raw(b'{"returned": {"array": "<f8", "shape": %s}}' % str(shape).encode())

# %% innocent
def innocent(x):
    # The same as something else than an answer: an argument after the call.
    shape = [1 << 25] * 7 + [0]
    raw(b'{"returned": null, "args": {"list": [{"array": "|b1", "shape": %s}]}}' % str(shape).encode())
