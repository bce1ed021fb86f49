# %% double
SEEN = []


def double(x):
    told = f"x: {len(SEEN)} arrays from before: {[one.tolist() for one in SEEN]}" if SEEN else "x: none"
    SEEN.append(np.array(x))
    if np.ndim(x) == 1 and len(x) == 3:
        raise ValueError(told)
    if np.ndim(x) != 1:
        # Fails this test too: a function that has failed is alone in its process from then on.
        raise TypeError(told)
    return 2.0 * x
