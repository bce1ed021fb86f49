# %%
import multiprocessing
import os
import pty
import subprocess

RAN = []


def tried(start):
    try:
        told = start()
    except BaseException:
        return
    # 0 and what a program printed mean that one ran; the name is put together to not give the alarm itself.
    if told == 0 or (isinstance(told, (bytes, str)) and told):
        RAN.append(f"spa{'wned'} {told!r}")


def worker(queue):
    queue.put("worker")


def in_a_worker():
    queue = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.Process(target=worker, args=(queue,))
    process.start()
    return queue.get(timeout=0.3)


tried(lambda: os.system("id"))
tried(lambda: os.popen("id").read())
tried(lambda: subprocess.check_output(["/usr/bin/su", "-c", "id"], stdin=subprocess.DEVNULL))
tried(lambda: subprocess.check_output("ls /; cat /etc/shadow", shell=True))
tried(lambda: os.waitpid(os.posix_spawn("/usr/bin/mount", ["mount"], {}), 0)[1])
tried(lambda: pty.spawn("/usr/bin/id"))
tried(in_a_worker)
tried(lambda: get_ipython().getoutput("id")[0])
print(RAN)

# %%
!id
!!cat /etc/passwd

# %%
%%bash
id; ls /home

# %% double
def double(x):
    if np.ndim(x) != 1:
        raise ValueError("x must have one axis")
    if RAN:
        raise RuntimeError(str(RAN))
    return 2.0 * x
