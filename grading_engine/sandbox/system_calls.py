"""The system calls that a student's process may not make, as a seccomp filter."""

import errno
import functools
import os

CLONE_THREAD = 0x00010000

# What no exercise needs and escapes or fork storms are made of.
FORBIDDEN = ("fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "unshare", "setns", "mount",
             "umount2", "pivot_root", "chroot", "bpf", "perf_event_open", "io_uring_setup", "io_uring_enter",
             "io_uring_register", "userfaultfd", "keyctl", "add_key", "request_key", "kexec_load", "init_module",
             "finit_module", "delete_module", "open_by_handle_at", "personality", "socket")


@functools.cache
def filter_program():
    """Return the filter as the BPF bytes that bubblewrap's ``--seccomp`` takes."""
    import pyseccomp  # here, so that a machine without libseccomp can still be told what it lacks

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in FORBIDDEN:
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    # A thread is allowed, a process is not.  clone3 hides its flags in memory, so it is answered as unknown and
    # the C library falls back to clone.
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone",
                   pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, 0))
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    with open(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
