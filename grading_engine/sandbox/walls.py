"""What a forked process does to itself before it runs a student's code: namespaces, limits, no way back.

Runs in the sandbox, where only numpy's own requirements are; Python has no calls for most of this before 3.12.
"""

import ctypes
import os
import resource
import struct
import sys
from typing import NamedTuple

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, SECCOMP_MODE_FILTER = 47, 4, 2
LAST_CAPABILITY = 63
CAPABILITY_VERSION_3 = 0x20080522
SIGKILL = 9

_libc = ctypes.CDLL(None, use_errno=True)


class Limits(NamedTuple):
    """What a student's process may use: bytes of address space, of a file, of /tmp and of /dev/shm; open files."""

    memory: int
    file_size: int
    files: int
    tmp: int
    shared: int


def enter_namespaces():
    """Leave every namespace that is shared; the next child is the first process of its own pid namespace."""
    uid, gid = os.getuid(), os.getgid()
    _call(_libc.unshare, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def mount_private_folders(limits):
    """Cover /tmp and /dev/shm by empty folders of limited size, with a home in /tmp, and /proc by next to nothing."""
    _mount("/tmp", f"size={limits.tmp},nr_inodes=4096,mode=0755")
    if limits.shared:
        _mount("/dev/shm", f"size={limits.shared},nr_inodes=64,mode=0755")
    _mount("/proc", "size=4k,mode=0555")
    os.mkdir("/proc/self")
    for name, target in known_of_itself(os.path.realpath(sys.executable)).items():
        os.symlink(target, name)
    _mount("/proc", "size=4k,mode=0555", MS_REMOUNT | MS_RDONLY)
    os.mkdir("/tmp/home")
    os.chdir("/tmp/home")


def known_of_itself(program):
    """Return {link: target} of what stands in /proc: TensorFlow ends a process that has neither."""
    return {"/proc/self/exe": program, "/proc/self/cmdline": "/dev/null"}


def give_up_rights(filter_program):
    """Drop every capability for ever and put the filter of system calls on.

    Parameters
    ----------
    filter_program : bytes
        BPF; see `system_calls`.
    """
    for capability in range(LAST_CAPABILITY + 1):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails above the kernel's last one
    _call(_libc.prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _call(_libc.capset, struct.pack("=II", CAPABILITY_VERSION_3, 0), bytes(24))
    _call(_libc.prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    _call(_libc.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    program = ctypes.create_string_buffer(filter_program, len(filter_program))
    # struct sock_fprog: the number of instructions, eight bytes each, and where they are.
    header = struct.pack("HxxxxxxP", len(filter_program) // 8, ctypes.addressof(program))
    _call(_libc.prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0)


def set_limits(limits):
    """Limit what this process may use; there is no way back."""
    for name, limit in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_FSIZE, limits.file_size),
                        (resource.RLIMIT_NOFILE, limits.files),
                        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_MSGQUEUE, 0), (resource.RLIMIT_MEMLOCK, 0)):
        resource.setrlimit(name, (limit, limit))


def _mount(path, options, flags=0):
    _call(_libc.mount, b"tmpfs", path.encode(), b"tmpfs", flags | MS_NOSUID | MS_NODEV | MS_NOEXEC,
          options.encode())


def _call(function, *args):
    if function(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}: {os.strerror(number)}")
