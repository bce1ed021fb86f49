"""A warm process that students' processes are forked from: the libraries are loaded, nothing of a course is.

Started in bubblewrap as ``python fork_server.py FD MODULES LIMIT...`` with a connected socket at FD and the names of
modules to load besides, with commas.  It runs no student's code itself.  For every process that is asked for it
forks a keeper, which enters namespaces of its own, forks the student's process as the first one in them, and says how
that ended.
"""

import gc
import importlib
import os
import select
import signal
import socket
import sys

sys.path[:0] = ["/engine", "/site"]
import student_process  # noqa: E402 - found at its mount point only after the line above
import walls  # noqa: E402

MAX_FILTER = 1 << 16
MAX_DESCRIPTORS = 1 << 16


def main():
    """Answer requests until the trusted side hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    limits = walls.Limits(*map(int, sys.argv[3:]))
    filter_program = control.recv(MAX_FILTER)
    modules = {name: importlib.import_module(name) for name in filter(None, sys.argv[2].split(","))}
    shell = modules["notebook_shell"].start() if "notebook_shell" in modules else None
    gc.collect()
    gc.freeze()
    # Nobody waits for keepers: they report to the trusted side.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.send(b"ready")
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 16, 2)
        if not data:
            return
        if os.fork() == 0:
            control.close()
            try:
                _keep(*descriptors, shell, limits, filter_program)
            finally:
                os._exit(1)
        for descriptor in descriptors:
            os.close(descriptor)


def _keep(bridge, life, shell, limits, filter_program):
    """Start a student's process, end it when the trusted side hangs up on ``life``, and report its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Signals to a process group know no namespaces: each of the three stays in a group of its own.
    os.setsid()
    walls.enter_namespaces()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.closerange(3, bridge)
        os.closerange(bridge + 1, MAX_DESCRIPTORS)
        try:
            walls.mount_private_folders(limits)
            walls.set_limits(limits)
            walls.give_up_rights(filter_program)
            student_process.answer(socket.socket(fileno=bridge), shell)
        finally:
            os._exit(1)
    os.close(bridge)
    poll = select.poll()
    ended = os.pidfd_open(pid)
    poll.register(ended, select.POLLIN)
    poll.register(life, select.POLLIN)
    if ended not in dict(poll.poll()):
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(life, str(status).encode())
    os._exit(0)


if __name__ == "__main__":
    main()
