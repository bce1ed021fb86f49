"""What runs inside the sandbox: it executes a student's cells and answers calls of the trusted side.

Nothing here is secret and nothing here is trusted: the trusted side treats every answer as the student's own.
Started as ``python student_process.py FD`` with a connected socket at FD; see `student.StudentProcess`.
"""

import ast
import builtins
import copy
import itertools
import linecache
import os
import re
import socket
import sys
import warnings
from collections.abc import Iterator

sys.path[:0] = ["/engine", "/site"]
import walls  # noqa: E402 - found at its mount point only after the line above
import wire  # noqa: E402

MAX_MESSAGE = 500


def main():
    """Set the limits of a process that was started for itself, then answer."""
    walls.set_limits(walls.Limits(*map(int, sys.argv[2:])))
    answer(socket.socket(fileno=int(sys.argv[1])))


def answer(sock, shell=None):
    """Answer requests over a socket until the trusted side hangs up."""
    connection = Connection(sock)
    notebook = Notebook(connection, shell)
    answers = {"load": notebook.load, "call": notebook.call, "run": notebook.run, "serve": notebook.serve,
               "forget": notebook.forget}
    while True:
        request = connection.receive()
        answer = answers[request.pop("op")](**request)
        try:
            connection.send(answer)
        except wire.WireError:
            connection.send({"returned": wire.Unsupported("an answer that is too large"), "args": [], "outputs": []})


class Connection:
    """Frames to and from the trusted side."""

    def __init__(self, sock):
        self.sock = sock

    def send(self, message):
        """Send one message."""
        self.sock.sendall(wire.encode(message))

    def receive(self):
        """Wait for one message."""
        return wire.read_frame(self._read_exactly)

    def _read_exactly(self, size):
        parts = []
        while size:
            part = self.sock.recv(min(size, 1 << 20))
            if not part:
                os._exit(0)  # the trusted side is gone
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def ask(self, message):
        """Call a function of the trusted side: the answer's value, or the exception that it reports."""
        self.send(message)
        reply = self.receive()
        if "raised" in reply:
            kind = getattr(builtins, reply["raised"], ValueError)
            raise kind(reply["message"])
        for arg, after in zip((*message["args"], *message["kwargs"].values()), reply["drawn"], strict=True):
            if after is not None:
                arg.bit_generator.state = after.bit_generator.state
        return reply["returned"]


class Notebook:
    """The student's names, and the ways in which they are made and used."""

    def __init__(self, connection, shell=None):
        self.connection = connection
        self.shell = shell
        self.forget()

    def forget(self):
        """Begin anew, without any names."""
        self.namespace = {"__name__": "__main__", "__builtins__": builtins}
        self.answers = {}
        return {}

    def load(self, cell, source, definitions_only):
        """Execute the statements of a cell one by one, so that a failing one costs only what it defines."""
        try:
            tree = _parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return {"errors": [_described(error, cell)]}
        filename = f"<cell {cell}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        errors = []
        for statement in tree.body:
            if definitions_only and not _defines(statement):
                continue
            try:
                module = ast.Module(body=[statement], type_ignores=[])
                exec(compile(module, filename, "exec"), self.namespace)
            except BaseException as error:  # noqa: BLE001 - whatever a student's cell raises is reported
                errors.append(_described(error, cell))
        if cell in self.namespace:
            # A later cell may use the same name for something else: this one is what was handed in for it.
            self.answers[cell] = self.namespace[cell]
        return {"errors": errors}

    def call(self, function, args):
        """Call one function; the answer carries the arguments as the call left them."""
        if function not in self.answers:
            return {"missing": True}
        target = self.answers[function]
        if not callable(target):
            return {"not_callable": type(target).__name__}
        folders = {number: arg for number, arg in enumerate(args) if isinstance(arg, wire.Folder)}
        args = [self._proxy(arg) for arg in args]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                returned = self._plain(_listed(target(*args)))
            except BaseException as error:  # noqa: BLE001 - whatever a student's function raises is reported
                return _described(error, function)
        after = [folders.get(number, self._plain(arg)) for number, arg in enumerate(args)]
        after = [None if callable(arg) else arg for arg in after]
        return {"returned": returned, "args": after,
                "warned": str(caught[0].message)[:MAX_MESSAGE] if caught else ""}

    def serve(self, functions):
        """Replace functions by ones that ask the trusted side."""
        for name in functions:
            self.namespace[name] = self._asker({"upstream": name})
        return {}

    def run(self, cell, source, language="en"):
        """Run a cell as Jupyter would, where people read that language, and return its outputs."""
        import notebook_shell  # here, since IPython and matplotlib load slowly and hidden tests need neither

        if self.shell is None:
            self.shell = notebook_shell.start()
        os.environ["COURSE_LANGUAGE"] = language  # as in `course_lib.language`
        return {"outputs": notebook_shell.run_cell(self.shell, source)}

    def _proxy(self, value):
        """What a student's function gets: functions that ask, Keras models, paths."""
        if isinstance(value, wire.Handle):
            return self._asker({"handle": value.number})
        if isinstance(value, wire.Model):
            import keras_values  # here and below, since only a sandbox with Keras can import it

            return keras_values.called(keras_values.model(value))
        return str(value) if isinstance(value, wire.Folder) else value

    def _plain(self, value):
        """What crosses the bridge of a value: of Keras's and TensorFlow's ones what they hold."""
        if "keras" not in sys.modules:
            return value
        import keras_values

        return keras_values.plain(value)

    def _asker(self, target):
        def ask(*args, **kwargs):
            return self.connection.ask({**target, "args": args, "kwargs": kwargs})

        return ask


def _listed(returned):
    """Take the items out of an iterator, such as a generator; each is copied, since the next may overwrite it."""
    if not isinstance(returned, Iterator):
        return returned
    return [copy.deepcopy(item) for item in itertools.islice(returned, wire.MAX_ITEMS + 1)]


def _parse(source):
    """Parse a cell; only one that is no Python may hold magics and shell lines, which then become ``pass``."""
    try:
        return ast.parse(source)
    except SyntaxError:
        lines = source.splitlines()
        plain = [re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in lines]
        if plain == lines:
            raise
        return ast.parse("\n".join(plain))


def _defines(statement):
    """Imports, functions, classes, lambdas and CONSTANTS: what a function may use of a cell that is not its own."""
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return True
    if not isinstance(statement, ast.Assign):
        return False
    return isinstance(statement.value, ast.Lambda) or all(
        isinstance(target, ast.Name) and target.id.isupper() for target in statement.targets)


def _described(error, cell):
    """An exception as plain text: type, message, the student's line."""
    try:
        message = str(error)[:MAX_MESSAGE]
    except BaseException:  # noqa: BLE001 - a student's exception class may do anything
        message = ""
    line, text = 0, ""
    if isinstance(error, SyntaxError):
        line, text, message = error.lineno or 0, error.text or "", error.msg or ""
    else:
        trace = error.__traceback__
        while trace is not None:
            name = trace.tb_frame.f_code.co_filename
            if name.startswith("<cell "):
                cell = name[6:-1]
                line, text = trace.tb_lineno, linecache.getline(name, trace.tb_lineno)
            trace = trace.tb_next
    builtin = next((k.__name__ for k in type(error).__mro__ if getattr(builtins, k.__name__, None) is k), "")
    return {"raised": type(error).__name__, "builtin": builtin, "message": message, "cell": cell, "line": line,
            "text": text.strip()[:200]}


if __name__ == "__main__":
    main()
