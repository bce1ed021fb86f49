"""How a student's process is walled in: bubblewrap's arguments and the limits that hold inside."""

import contextlib
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from grading_engine.sandbox import flavours, packages, system_calls, wire
from grading_engine.sandbox.walls import known_of_itself

ENGINE = Path(__file__).parent
KIT = ENGINE.parent.parent

SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")

# What -I does, but for ignoring the environment: that is ours, and its PYTHONHASHSEED keeps sets in one order.
_ISOLATED = ("-s", "-P", "-S")

OUT_OF_MEMORY = 128 + signal.SIGKILL  # which here only the kernel sends
KILLED_FROM_OUTSIDE = -1


class NoSandbox(RuntimeError):
    """Student code cannot be walled in on this machine."""


class ColdLife:
    """The process that bubblewrap runs as, or the student's own where there is no sandbox."""

    def __init__(self, process, unsafe=False):
        self._process = process
        self._unsafe = unsafe

    def status(self, seconds):
        """Return the exit status, or None when the process did not end within ``seconds``."""
        try:
            status = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        if self._unsafe:
            return meaning(status)
        # bubblewrap reports how the process in it ended as 128 + signal; a signal of its own came from outside.
        return KILLED_FROM_OUTSIDE if status < 0 else status

    def end(self):
        """Kill the process and everything in its namespaces; returns when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def meaning(status):
    """Turn the status that Python gives into the one that a shell gives: 128 + signal."""
    return status if status >= 0 else 128 - status


def start(sock, flavour, unsafe=False):
    """Start a student's process that talks over a socket, and return its `ColdLife`.

    Parameters
    ----------
    sock : socket.socket
        The child's end of a socket pair.
    flavour : Flavour
    unsafe : bool
        Run without any sandbox: for machines that have none, when the staff said so.
    """
    if unsafe:
        return ColdLife(_start_unsafe(sock, flavour), unsafe)
    # bubblewrap reads the filter from a pipe, and the student's process inherits nothing but the socket.
    reading, writing = os.pipe()
    try:
        with open(writing, "wb") as pipe:
            pipe.write(system_calls.filter_program(may_execute=True, threads=flavour.threads))
        walls = [*_walls(flavour), "--disable-userns", "--seccomp", str(reading)]
        return ColdLife(_popen([*walls, "--", python(), *_ISOLATED, "/engine/student_process.py", str(sock.fileno()),
                                *map(str, flavour.limits)], sock.fileno(), reading))
    finally:
        os.close(reading)


def start_fork_server(sock, flavour):
    """Start the process that students' processes are forked from, and return its `ColdLife`; see `fork_server`."""
    # It writes down in /proc who its children are; they do not see it.
    return ColdLife(_popen([*_walls(flavour, serving=True), "--proc", "/proc", "--", python(), *_ISOLATED,
                            "/engine/fork_server.py", str(sock.fileno()), ",".join(flavour.preloaded),
                            *map(str, flavour.limits)], sock.fileno()))


def _popen(command, *descriptors, **options):
    options = {"env": {}, "cwd": "/"} | options
    return subprocess.Popen(command, pass_fds=descriptors, start_new_session=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


@functools.cache
def why_not():
    """Return why no sandbox can be had on this machine, as a sentence with the remedy, or "" when it works."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed: run `apt-get install bubblewrap`, or your system's equivalent."
    try:
        # One that was killed by chance says nothing about the machine.
        if any(_answers() for _ in range(3)):
            return ""
    except (ImportError, RuntimeError) as error:
        return f"the sandbox cannot start: {error}. It needs libseccomp (Debian: `apt-get install libseccomp2`)."
    return ("bubblewrap is installed but cannot make namespaces here: allow unprivileged user namespaces "
            "(sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0).")


def _answers():
    """Whether a student's process starts and answers."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            life = start(theirs, flavours.NUMPY)
        try:
            ours.settimeout(60)
            ours.sendall(wire.encode({"op": "serve", "functions": []}))
            return bool(ours.recv(1))
        except OSError:
            return False  # bubblewrap ended at once; why, it only says to itself
        finally:
            life.end()


def python():
    """The interpreter itself, not the virtual environment's link to it."""
    return os.path.realpath(sys.executable)


@functools.cache
def _walls(flavour, serving=False):
    arguments = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--unshare-user",
                 "--uid", "1000", "--gid", "1000", "--hostname", "grader", "--cap-drop", "ALL",
                 "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"]
    bound = []
    for path in SYSTEM:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        elif os.path.exists(path):
            arguments += ["--ro-bind", path, path]
            bound.append(Path(path))
    prefix = Path(sysconfig.get_config_var("installed_base")).resolve()
    if not prefix.is_relative_to("/usr"):
        arguments += ["--ro-bind", str(prefix), str(prefix)]
        bound.append(prefix)
    # The kit may lie below something that is bound, for example in /usr/local: then it is covered again.
    for path in bound:
        for secret in (KIT, Path(sys.prefix)):
            if secret.resolve().is_relative_to(path) and secret.resolve() != path:
                arguments += ["--tmpfs", str(secret.resolve())]
    arguments += ["--dev", "/dev", "--remount-ro", "/dev"]
    if flavour.limits.shared:
        arguments += ["--size", str(flavour.limits.shared), "--tmpfs", "/dev/shm"]
    for name, path in packages.importable(*flavour.packages).items():
        arguments += ["--ro-bind", str(path), f"/site/{name}"]
    arguments += ["--ro-bind", str(KIT / "course_lib"), "/site/course_lib"]
    for name in ("student_process.py", "fork_server.py", "walls.py", "notebook_shell.py", "wire.py",
                 "keras_values.py"):
        arguments += ["--ro-bind", str(ENGINE / name), f"/engine/{name}"]
    arguments += ["--size", str(flavour.limits.tmp), "--tmpfs", "/tmp", "--dir", "/tmp/home", "--chdir", "/tmp/home",
                  "--dir", "/proc"]
    if not serving:
        for name, target in known_of_itself(python()).items():
            arguments += ["--symlink", target, name]
    for file in _font_lists():
        arguments += ["--ro-bind", str(file), f"/tmp/matplotlib/{file.name}"]
    arguments += ["--remount-ro", "/"]
    for name, value in _environment(flavour).items():
        arguments += ["--setenv", name, value]
    return arguments


def _environment(flavour):
    # One thread for linear algebra: the answers do not depend on the number of cores, and two workers do not
    # fight for them.  COURSE_GRADING shortens long training, see `course_lib.training`.
    return {"HOME": "/tmp/home", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MPLCONFIGDIR": "/tmp/matplotlib",
            "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
            "IPYTHONDIR": "/tmp/home/ipython", "PYTHONHASHSEED": "0", "COURSE_GRADING": "1",
            **dict(flavour.environment)}


def _font_lists():
    """Matplotlib's list of fonts: without it every process would search the machine for a second."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "matplotlib")
    found = sorted(cache.glob("fontlist-*.json"))
    if not found:
        import matplotlib.font_manager  # which makes the list, and itself takes half a second

        found = sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
    return found


def _start_unsafe(sock, flavour):
    paths = [str(ENGINE), *{str(path.parent) for path in packages.importable(*flavour.packages).values()}, str(KIT)]
    code = ("import sys, runpy; sys.path[:0] = sys.argv.pop(1).split(':'); sys.argv.pop(0);"
            "runpy.run_path(sys.argv[0], run_name='__main__')")
    home = tempfile.gettempdir()
    return _popen([python(), *_ISOLATED, "-c", code, ":".join(paths), str(ENGINE / "student_process.py"),
                   str(sock.fileno()), *map(str, flavour.limits)], sock.fileno(), cwd=home,
                  env=_environment(flavour) | {"HOME": home, "MPLCONFIGDIR": home, "IPYTHONDIR": home})
