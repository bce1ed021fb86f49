"""The system calls that a student's process may make, as a seccomp filter: what numpy and plots need, no more."""

import errno
import functools
import os

# Left out are, besides everything that reaches beyond the process, the ways to memory that no limit counts: files and
# segments in memory, message queues, sockets and their buffers.
ALLOWED = """
    read write readv writev pread64 pwrite64 lseek open openat close close_range dup dup2 dup3 flock fsync
    fdatasync stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat
    getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    ftruncate chmod fchmod fchmodat utimensat umask pipe pipe2 poll ppoll select pselect6 epoll_create1 epoll_ctl
    epoll_wait epoll_pwait recvfrom sendto shutdown getsockopt getsockname getpeername mmap munmap mprotect mremap
    madvise brk mincore membarrier rt_sigaction rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigpending
    rt_sigtimedwait sigaltstack kill tgkill tkill getpid gettid getppid getuid geteuid getgid getegid getresuid
    getresgid getgroups getpgrp getpgid getsid nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday
    time times setitimer getitimer alarm pause futex set_robust_list get_robust_list set_tid_address rseq
    arch_prctl sched_yield sched_getaffinity getcpu uname sysinfo getrlimit prlimit64 getrusage getrandom exit
    exit_group wait4 waitid restart_syscall
"""

# What students' code plausibly tries is refused with words that say so; the rest is answered as unknown, as the C
# library expects of calls that a kernel does not have.
REFUSED = ("fork", "vfork", "clone", "socket", "socketpair", "connect", "bind", "ptrace", "unshare", "mount",
           "memfd_create", "shmget", "setuid", "setgid", "symlink", "link", "chroot")

# What Python asks of every file that it opens: is it a terminal, how wide, how much is waiting, close it on exec.
FILE_QUESTIONS = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)
# Threads wake each other through counters of the kernel, ask how urgent they are, and share semaphores, which are
# files with two names for a moment.
FOR_THREADS = ("eventfd2", "sched_getparam", "sched_getscheduler", "link", "linkat")
# Of clone's kinds this one makes a thread of the same process.
CLONE_THREAD = 0x00010000
# Duplicating a descriptor, its flags: no locks, leases and sizes of pipes.
FILE_CONTROLS = (0, 1, 2, 3, 4, 1030)


@functools.cache
def filter_program(may_execute, threads=False):
    """Return the filter as the BPF bytes that the kernel takes.

    Parameters
    ----------
    may_execute : bool
        Whether the process has its interpreter still to start.
    threads : bool
        Whether it may have several threads; further processes it may have never.
    """
    import pyseccomp  # here, so that a machine without libseccomp can still be told what it lacks

    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.ENOSYS))
    for name in (*ALLOWED.split(), *(["execve"] if may_execute else [])):
        rules.add_rule(pyseccomp.ALLOW, name)
    for name in set(REFUSED).difference(("clone", *FOR_THREADS) if threads else ()):
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    if threads:
        for name in FOR_THREADS:
            rules.add_rule(pyseccomp.ALLOW, name)
        for flag, action in ((CLONE_THREAD, pyseccomp.ALLOW), (0, pyseccomp.ERRNO(errno.EPERM))):
            rules.add_rule(action, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, flag))
    for request in FILE_QUESTIONS:
        rules.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    for command in FILE_CONTROLS:
        rules.add_rule(pyseccomp.ALLOW, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, command))
    with open(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
