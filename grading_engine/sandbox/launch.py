"""Starting students' processes: each from nothing, or forked from a warm one; and one for the staff's own code."""

import atexit
import contextlib
import functools
import socket

from grading_engine.sandbox import bubblewrap, flavours, system_calls
from grading_engine.sandbox.process import ENDING_SECONDS, START_SECONDS, Ended, StudentProcess

TRIES = 3

_READY = b"ready"


class Cold:
    """Starts an interpreter of its own for every process.

    Attributes
    ----------
    trusted : bool
        Whether what runs there is the staff's own code.
    """

    trusted = False

    def __init__(self, flavour=flavours.NUMPY, unsafe=False):
        self._flavour = flavour
        self._unsafe = unsafe

    def start(self):
        """Return a new `StudentProcess`."""
        ours, theirs = socket.socketpair()
        with theirs:
            life = bubblewrap.start(theirs, self._flavour, self._unsafe)
        return StudentProcess(ours, life)

    def end(self, process):
        """End a process that is not needed any more."""
        process.kill()


class Warm(Cold):
    """Forks every process from a server that has the libraries loaded; the server is started when it is needed."""

    def __init__(self, flavour=flavours.NUMPY):
        super().__init__(flavour)
        self._server = self._control = None
        atexit.register(self.close)

    def start(self):
        """Return a new `StudentProcess`."""
        for _ in range(TRIES):
            try:
                return self._fork()
            except (OSError, Ended):
                # No student's code has run yet: something from outside ended the server or what it forked.
                self.close()
        return self._fork()

    def _fork(self):
        """Fork one process; it fails where the server or what it forked was killed from outside."""
        ours, theirs = socket.socketpair()
        life, keeper = socket.socketpair()
        try:
            with theirs, keeper:
                self._ask_for(theirs, keeper)
            return StudentProcess(ours, WarmLife(life, self.close))
        except BaseException:
            ours.close()
            life.close()
            raise

    def close(self):
        """End the server and every process that was forked from it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._server is not None:
            self._server.end()
            self._server = None

    def _ask_for(self, *sockets):
        if self._server is None:
            self._start_server()
        socket.send_fds(self._control, [b"fork"], [sock.fileno() for sock in sockets])

    def _start_server(self):
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = bubblewrap.start_fork_server(theirs, self._flavour)
        self._control.settimeout(START_SECONDS)
        # What is forked has all its code in memory already.
        self._control.send(system_calls.filter_program(may_execute=False, threads=self._flavour.threads))
        if self._control.recv(len(_READY)) != _READY:
            raise ConnectionError("the fork server did not start")


class WarmLife:
    """The end of a socket whose other end the keeper of a forked process holds; ``end_all`` ends the whole server."""

    def __init__(self, sock, end_all):
        self._socket = sock
        self._end_all = end_all
        self._status = None

    def status(self, seconds):
        """Return the exit status, or None when the process did not end within ``seconds``."""
        if self._status is None:
            self._socket.settimeout(seconds)
            try:
                told = self._socket.recv(16)
            except TimeoutError:
                return None
            except OSError:
                told = b""
            # A keeper that says nothing was killed itself.
            self._status = bubblewrap.meaning(int(told)) if told else bubblewrap.KILLED_FROM_OUTSIDE
        return self._status

    def end(self):
        """Let the keeper kill the process; returns when it is gone."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        if self.status(ENDING_SECONDS) is None:
            # The keeper does not answer: everything goes.
            self._end_all()
        self._socket.close()


class Kept:
    """Hands out one process again and again: for code of the staff only, which leaves nothing bad behind."""

    trusted = True

    def __init__(self, launcher):
        self._launcher = launcher
        self._idle = None

    def start(self):
        """Return a `StudentProcess` without any definitions."""
        process, self._idle = self._idle or self._launcher.start(), None
        process.request({"op": "forget"}, START_SECONDS)
        return process

    def end(self, process):
        """Keep the process for the next one who asks."""
        self._idle = process

    def close(self):
        """End the process that is kept."""
        if self._idle is not None:
            self._idle.kill()
            self._idle = None


def launcher(flavour=flavours.NUMPY, unsafe=False):
    """Return what starts students' processes here: warm where forked ones can be walled in, else cold.

    Raises
    ------
    NoSandbox
        When there is no sandbox, and ``unsafe`` does not say that none is wanted.
    """
    return _launcher(flavour, unsafe)


@functools.cache
def _launcher(flavour, unsafe):
    if unsafe:
        return Cold(flavour, unsafe=True)
    warm = Warm(flavour)
    try:
        warm.start().kill()
    except (OSError, Ended, RuntimeError, ImportError):
        warm.close()
        if problem := bubblewrap.why_not():
            raise bubblewrap.NoSandbox(problem) from None
        return Cold(flavour)
    return warm
