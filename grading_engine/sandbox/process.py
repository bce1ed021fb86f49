"""The trusted side's end of one student's process: it asks, waits a limited time and says how the process ended."""

import time
from collections.abc import Iterator

import numpy as np

from grading_engine.language import texts
from grading_engine.sandbox import wire
from grading_engine.sandbox.bubblewrap import KILLED_FROM_OUTSIDE, OUT_OF_MEMORY

_ = texts.gettext

START_SECONDS = 30
ENDING_SECONDS = 5
# Who asks on and on has no more than this for free.
ANSWERING_SECONDS = 20
MAX_CALLBACKS = 200_000
MAX_CALLBACK_ELEMENTS = 100_000


class Ended(Exception):
    """The student's process is gone.

    Attributes
    ----------
    reason : str
        "timeout", "memory", "exit", "crash", or "killed" when something from outside ended the sandbox itself.
    """

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason


class StudentProcess:
    """One sandboxed process; use it as a context manager, so that it never outlives its user.

    Parameters
    ----------
    sock : socket.socket
        The trusted end of the bridge.
    life : ColdLife or WarmLife
        Ends the process and knows how it ended.

    Attributes
    ----------
    answering : float
        For how many seconds of the last request the student's code waited for answers of the trusted side.
    """

    def __init__(self, sock, life):
        self._socket = sock
        self._life = life
        self._deadline = None
        self.answering = 0.0
        # The first answer also waits for the interpreter and numpy.
        self.request({"op": "serve", "functions": []}, START_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.kill()

    def request(self, message, seconds, functions=(), upstream=None):
        """Send one request and return the answer.

        Parameters
        ----------
        message : dict
            See `student_process`; functions among the arguments become handles.
        seconds : float
            Wall-clock time for everything that the request causes in the student's process.
        functions : list
            Receives the functions that went along; the student's code may call them back.
        upstream : callable, optional
            ``upstream(name, args, kwargs)`` answers for a graded function that is served.

        Raises
        ------
        Ended
            When there is no answer: the process is then gone for good.
        """
        functions = list(functions)
        self._deadline, self.answering = time.monotonic() + seconds, 0.0
        try:
            self._send(wire.encode(message, handle_of=lambda function: _register(functions, function)))
            for _call in range(MAX_CALLBACKS):
                answer = wire.read_frame(self._read_exactly)
                if "handle" not in answer and "upstream" not in answer:
                    return answer
                begin = time.monotonic()
                reply = _reply(answer, functions, upstream)
                self._allow_for(time.monotonic() - begin)
                self._send(reply)
            raise Ended("timeout", _("called a function that it was given more than {number:,} times").format(
                number=MAX_CALLBACKS))
        except TimeoutError:
            self.kill()
            raise Ended("timeout", _("did not finish within {seconds:g} seconds").format(seconds=seconds)) from None
        except (EOFError, ConnectionError):
            raise self._how_it_ended() from None
        except wire.WireError as error:
            self.kill()
            raise Ended("crash", _("sent an answer that cannot be read: {error}").format(error=error)) from None

    def _allow_for(self, seconds):
        """Time in which a student's code waits for the trusted side, which may load TensorFlow, is not its own."""
        seconds = min(seconds, ANSWERING_SECONDS - self.answering)
        self.answering += seconds
        self._deadline += seconds

    def kill(self):
        """End the process and everything in its namespaces; returns when it is gone."""
        self._socket.close()
        self._life.end()

    def _how_it_ended(self):
        status = self._life.status(ENDING_SECONDS)
        self.kill()
        if status == KILLED_FROM_OUTSIDE:
            return Ended("killed", _("was ended from outside"))
        if status == OUT_OF_MEMORY:
            return Ended("memory", _("used more memory than there is"))
        if status is None or not 0 <= status < 128:
            return Ended("crash", _("crashed the Python interpreter"))
        return Ended("exit", _("ended the Python process (exit status {status})").format(status=status))

    def _remaining(self):
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def _send(self, data):
        self._socket.settimeout(self._remaining())
        self._socket.sendall(data)

    def _read_exactly(self, size):
        parts = bytearray()
        while len(parts) < size:
            self._socket.settimeout(self._remaining())
            part = self._socket.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


def _elements(value):
    """How many numbers an argument holds, however it is nested."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return sum(map(_elements, value))
    return np.size(value)


def _register(functions, function):
    functions.append(function)
    return len(functions) - 1


def _reply(question, functions, upstream):
    """Answer a call that the student's code makes: of a function that it was given, or of a served one."""
    args, kwargs = question.get("args"), question.get("kwargs")
    if not isinstance(args, tuple) or not isinstance(kwargs, dict):
        raise wire.WireError("a call without arguments")
    number = question.get("handle")
    try:
        # The function runs on the trusted side: what a student's code sends it stays small.
        if _elements((args, kwargs)) > MAX_CALLBACK_ELEMENTS:
            raise ValueError(_("called with more than {number:,} numbers").format(number=MAX_CALLBACK_ELEMENTS))
        if type(number) is int and 0 <= number < len(functions):
            returned = functions[number](*args, **kwargs)
        elif upstream is not None:
            returned = upstream(question.get("upstream"), args, kwargs)
        else:
            raise wire.WireError("a call of an unknown function")
    except wire.WireError:
        raise
    except Exception as error:  # noqa: BLE001 - the arguments are the student's: the error belongs to their code
        return wire.encode({"raised": type(error).__name__, "message": str(error)[:300]})
    # What was drawn from a random generator has to be gone on the student's side too.
    drawn = [arg if isinstance(arg, np.random.Generator) else None for arg in (*args, *kwargs.values())]
    return wire.encode({"returned": list(returned) if isinstance(returned, Iterator) else returned, "drawn": drawn})
