import re
import stat
import textwrap
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from grading_engine.course import KIT
from grading_engine.sandbox import bubblewrap, flavours, launch
from grading_engine.sandbox.process import Ended

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture(params=[launch.Cold, launch.Warm], scope="module")
def launcher(request):
    """Both ways to a process: each has to be as strong as the other."""
    made = request.param()
    yield made
    if request.param is launch.Warm:
        made.close()


@pytest.fixture
def call(launcher):
    """Define a function in a student's process and call it there."""
    processes = []

    def run(body, *args, seconds=20):
        process = launcher.start()
        processes.append(process)
        source = "import numpy as np\ndef f(*args):\n" + textwrap.indent(textwrap.dedent(body), "    ")
        errors = process.request({"op": "load", "cell": "f", "source": source, "definitions_only": False}, 20)
        assert errors == {"errors": []}
        return process.request({"op": "call", "function": "f", "args": list(args)}, seconds)

    yield run
    for process in processes:
        process.kill()


def test_values_and_arguments_come_back(call):
    reply = call("args[0][0] = 9\nreturn args[0] * 2, 'text'", np.arange(3.0))
    np.testing.assert_array_equal(reply["returned"][0], [18, 2, 4])
    np.testing.assert_array_equal(reply["args"][0], [9, 1, 2])


def test_a_function_that_was_given_can_be_called_back(call):
    reply = call("return [args[0](x) for x in (1.0, 2.0)]", lambda x: x * 10)
    assert reply["returned"] == [10.0, 20.0]


def test_time_in_which_a_function_waits_for_an_answer_is_not_its_own(call):
    def slow(x):
        time.sleep(1.2)
        return x

    assert call("return args[0](1)", slow, seconds=1)["returned"] == 1


def test_who_waits_for_answers_again_and_again_runs_out_of_time(call, monkeypatch):
    monkeypatch.setattr("grading_engine.sandbox.process.ANSWERING_SECONDS", 0.5)
    with pytest.raises(Ended, match="did not finish") as ended:
        call("while True: args[0](1)", lambda x: time.sleep(0.1), seconds=0.5)
    assert ended.value.reason == "timeout"


def test_an_error_of_a_given_function_reaches_the_caller(call):
    def refuse(x):
        raise ValueError("not this one")

    reply = call("return args[0](1)", refuse)
    assert (reply["raised"], reply["message"]) == ("ValueError", "not this one")


@pytest.mark.parametrize("path", [str(KIT), str(KIT / "graders"), str(KIT / ".course"), "/home", "/root/.bashrc",
                                  "/etc/passwd", "/etc/shadow", f"/proc/1/root{KIT}"])
def test_nothing_of_the_staff_is_in_sight(call, path):
    assert call(f"import os\nreturn os.path.exists({path!r})")["returned"] is False


@pytest.mark.parametrize("module", ["tensorflow", "keras", "nbgrader", "grading_engine", "graders", "pytest",
                                    "sklearn"])
def test_forbidden_libraries_are_not_there(call, module):
    assert call(f"import {module}")["raised"] == "ModuleNotFoundError"


@pytest.mark.parametrize("path", ["/x", "/site/x", "/engine/wire.py", "/usr/x", "/dev/shm/x", "/dev/x"])
def test_nothing_can_be_written_outside_tmp(call, path):
    assert call(f"open({path!r}, 'w').write('x')")["raised"] in ("OSError", "PermissionError")


def test_tmp_is_private_and_small(call):
    assert call("open('/tmp/mine', 'w').write('x')\nreturn True")["returned"] is True
    assert call("import os\nreturn os.path.exists('/tmp/mine')")["returned"] is False
    body = "for i in range(10):\n    open(f'/tmp/{i}', 'wb').write(bytes(16 << 20))"
    assert call(body)["raised"] == "OSError"


@pytest.mark.parametrize("body", [
    "import os\nos.fork()", "import subprocess\nsubprocess.run(['ls'])", "import socket\nsocket.socket()",
    "import threading\nthreading.Thread(target=print).start()",
    "import ctypes\nassert ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0) == 0",
    "import ctypes\nassert ctypes.CDLL(None, use_errno=True).unshare(0x10000000) == 0",
])
def test_processes_sockets_and_tracing_are_refused(call, body):
    assert call(body)["raised"] in ("PermissionError", "AssertionError", "RuntimeError")


def test_there_is_no_other_process_and_no_descriptor_but_the_bridge(call):
    body = """
        import contextlib, os, stat
        kinds = []
        for descriptor in range(1000):
            with contextlib.suppress(OSError):
                kinds.append(stat.S_IFMT(os.fstat(descriptor).st_mode))
        try:
            os.kill(-1, 0)
        except ProcessLookupError:
            alone = True
        return os.getpid(), alone, kinds, os.listdir("/proc")
    """
    assert call(body)["returned"] == (1, True, [stat.S_IFCHR] * 3 + [stat.S_IFSOCK], ["self"])


def test_no_capability_survives_and_the_environment_is_ours(call, monkeypatch):
    monkeypatch.setenv("STAFF_SECRET", "x")
    before = set(psutil.Process().children(recursive=True))
    assert "STAFF_SECRET" not in call("import os\nreturn dict(os.environ)")["returned"]
    # Other processes of this test session, such as warm ones of other tests, were there before.
    innermost = [process for process in set(psutil.Process().children(recursive=True)) - before
                 if not process.children()]
    told = [Path(f"/proc/{process.pid}/status").read_text().splitlines() for process in innermost]
    status = next(lines for lines in told if any(re.fullmatch(r"NSpid:\t\d+.*\t1", line) for line in lines))
    values = dict(line.split(":\t") for line in status if line.startswith(("Cap", "NoNew", "Seccomp:")))
    assert values.pop("NoNewPrivs") == "1"
    assert values.pop("Seccomp") == "2"
    assert {int(value, 16) for value in values.values()} == {0}


@pytest.mark.parametrize(("body", "reason"), [
    ("while True: pass", "timeout"),
    ("import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\ntime.sleep(99)", "timeout"),
    ("import os\nos._exit(0)", "exit"),
    ("import ctypes\nctypes.string_at(0)", "crash"),
    ("import os\nos.abort()", "crash"),
    ("import contextlib, os\nfor fd in range(3, 256):\n    with contextlib.suppress(OSError): os.write(fd, b'x' * 64)",
     "crash"),
])
def test_how_a_process_ends_is_told(call, body, reason):
    with pytest.raises(Ended) as end:
        call(body, seconds=2)
    assert end.value.reason == reason


def test_too_much_memory_is_an_error_of_the_student(call):
    assert call("np.ones(10**10)")["builtin"] == "MemoryError"


def test_an_endless_conversation_ends(call, monkeypatch):
    monkeypatch.setattr("grading_engine.sandbox.process.MAX_CALLBACKS", 50)
    with pytest.raises(Ended) as end:
        call("while True: args[0](1.0)", lambda x: x)
    assert end.value.reason == "timeout"


def ask_until_it_ends(process):
    """Death takes a moment to reach the innermost process."""
    for _ in range(1000):
        process.request({"op": "serve", "functions": []}, 5)


def test_whoever_ends_the_sandbox_itself_is_not_the_student(launcher):
    process = launcher.start()
    (launcher._server if type(launcher) is launch.Warm else process._life)._process.kill()
    with pytest.raises(Ended) as end:
        ask_until_it_ends(process)
    assert end.value.reason == "killed"
    launcher.start().kill()


def test_without_bubblewrap_there_is_a_remedy(monkeypatch):
    def missing(sock, flavour):
        raise FileNotFoundError("bwrap")

    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(bubblewrap, "start_fork_server", missing)
    bubblewrap.why_not.cache_clear()
    try:
        assert "apt-get install bubblewrap" in bubblewrap.why_not()
        with pytest.raises(bubblewrap.NoSandbox):
            launch._launcher.__wrapped__(flavours.NUMPY, False)
    finally:
        bubblewrap.why_not.cache_clear()


def test_without_libseccomp_there_is_a_remedy(monkeypatch):
    def missing(may_execute, threads):
        raise RuntimeError("Unable to find libseccomp")

    monkeypatch.setattr("grading_engine.sandbox.system_calls.filter_program", missing)
    bubblewrap.why_not.cache_clear()
    try:
        assert "apt-get install libseccomp2" in bubblewrap.why_not()
    finally:
        bubblewrap.why_not.cache_clear()
