"""Work on a class, done by processes: of this machine, or of a cluster that Dask schedules.

Workers keep nothing of a submission: its content goes in, marks and the graded notebook come out, and whoever called
writes them down.
"""

import contextlib
import functools
import hashlib
import logging
import multiprocessing
import os
import signal
import threading
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, ProcessPoolExecutor, wait

from course_lib import language
from grading_engine.course import KIT, CourseError
from grading_engine.language import speak
from grading_engine.submission import BadSubmission

logger = logging.getLogger(__name__)

DEATHS = 3
# As many as this for each worker are read and on their way, so that none waits and a class need not fit into memory.
AHEAD = 4
CONNECT_SECONDS = 10

_one_at_a_time = threading.Lock()


def in_workers(function, students, arguments_of, take, workers=2, scheduler="", on_gpu=False):
    """Call ``function(*arguments_of(student))`` for every student in worker processes.

    Parameters
    ----------
    function : callable
        Found by its name in the workers.
    students : list of str
    arguments_of : callable
        Called here, when a worker is about to be free; it may raise `BadSubmission`.
    take : callable
        ``take(student, answer, problem)`` gets each answer as it comes, one at a time; where there is none,
        ``problem`` says in words why.
    workers : int
        How many processes, on this machine.
    scheduler : str
        Address of a Dask scheduler, whose workers do it instead.
    on_gpu : bool
        Whether it is worth a GPU, where the cluster has one.

    Raises
    ------
    CourseError
        When the scheduler does not answer, or a worker there has another version of the kit.
    """
    function = functools.partial(_speaking, language.current(), function)
    if scheduler:
        _on_cluster(function, students, arguments_of, take, scheduler, on_gpu)
    else:
        _here(function, students, arguments_of, take, workers)


def _here(function, students, arguments_of, take, workers):
    waiting, deaths = dict.fromkeys(students), Counter()

    def taken(student, answer, problem):
        del waiting[student]
        take(student, answer, problem)

    while waiting:
        # Whoever was twice at work when a worker died is tried alone, so that it is known who is to blame.
        suspected = [student for student in waiting if deaths[student] >= DEATHS - 1]
        several = [student for student in waiting if student not in suspected]
        group = several or suspected[:1]
        _one_pool(function, group, arguments_of, workers if several else 1, taken)
        for student in [student for student in group if student in waiting][:workers if several else 1]:
            deaths[student] += 1
            if deaths[student] == DEATHS:
                taken(student, None, f"the process that graded it was ended {DEATHS} times")


def _one_pool(function, students, arguments_of, workers, take):
    """Take answers from one pool of workers, until all are there or a worker dies."""
    executor, done = _kept.get(workers) or _new_pool(workers), False
    try:
        _take_all(executor, function, students, arguments_of, AHEAD * workers, take)
        done = True
    except BrokenExecutor:
        return
    finally:
        if not (done and _kept.take(workers, executor)):
            # Whoever stops a run waits for the submissions in work, not for the rest of the class.
            executor.shutdown(cancel_futures=True)


def _new_pool(workers):
    # Not forked from this process: TensorFlow does not survive that.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grading_engine.autograde"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_obey_the_coordinator)


class _Kept:
    """A pool that waits for the next call: its workers have loaded graders and libraries already."""

    def __init__(self):
        self.wanted = False
        self._pool, self._for = None, None

    def get(self, workers):
        """Hand out the pool, if it was made for as many workers and for the notebooks and graders as they are now."""
        pool, self._pool = self._pool, None
        if pool is not None and self._for != (workers, _content()):
            pool.shutdown()
            return None
        return pool

    def take(self, workers, pool):
        """Keep a pool, if somebody wants that; returns whether it is kept."""
        if self.wanted:
            self._pool, self._for = pool, (workers, _content())
        return self.wanted

    def close(self):
        """End the pool."""
        self.wanted = False
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


_kept = _Kept()


@contextlib.contextmanager
def kept_warm():
    """Keep the processes of one call of `in_workers` for the next one: for a service that grades now and then."""
    _kept.wanted = True
    try:
        yield
    finally:
        _kept.close()


def _content():
    """What the notebooks and graders look like: processes that have read them before know nothing of a change."""
    return [(path, path.stat().st_mtime_ns) for folder, kind in (("graders", "*.py"), ("source", "*.ipynb"))
            for path in sorted((KIT / folder).rglob(kind))]


def _take_all(executor, function, students, arguments_of, most, take):
    """Keep so many calls on their way, and take their answers as they come; raises `BrokenExecutor`."""
    coming, futures = iter(students), {}
    while True:
        while len(futures) < most and (student := next(coming, None)) is not None:
            try:
                arguments = arguments_of(student)
            except BadSubmission as error:
                take(student, None, str(error))
                continue
            futures[executor.submit(function, *arguments)] = student
        if not futures:
            return
        for future in wait(futures, return_when=FIRST_COMPLETED).done:
            student, error = futures.pop(future), future.exception()
            if isinstance(error, BrokenExecutor):
                raise error
            with _whole():
                if error is None:
                    take(student, future.result(), "")
                else:
                    take(student, None, what_went_wrong(student, error))


@contextlib.contextmanager
def _whole():
    """Let Ctrl-C wait until an answer is taken: what records it may run code that would swallow the exception."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *args: pressed.append(args))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def what_went_wrong(student, error):
    """Say in words why a submission has no grade; the log keeps the rest of a fault of our own."""
    if isinstance(error, BadSubmission):
        return str(error)
    if type(error).__name__ == "KilledWorker":
        return f"the processes that graded it were ended {DEATHS} times"
    logger.error("grading %s broke", student, exc_info=error)
    return f"the engine failed ({type(error).__name__}); the log says more"


def _obey_the_coordinator():
    """Leave interrupts to it, and end when it has ended, however hard: an idle worker would wait for ever.

    Ctrl-C reaches every process of the terminal; a worker ends what it is at.  A handler, unlike a signal that is
    ignored, is not passed on to the students' processes.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=_end_with_the_coordinator, daemon=True).start()


def _end_with_the_coordinator():
    multiprocessing.parent_process().join()
    os._exit(1)


def _on_cluster(function, students, arguments_of, take, address, on_gpu):
    from distributed import Client  # here, since few need it

    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CourseError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        found = client.run(kit_digest)
        if not found:
            raise CourseError(f"the Dask scheduler at {address} has no workers: start `dask worker {address}` "
                              "in the kit's environment")
        others = [worker for worker, digest in found.items() if digest != kit_digest()]
        if others:
            raise CourseError(f"the Dask workers {', '.join(others)} have another version of the kit or its graders: "
                              "bring them to this one and start them again")
        # A cluster with GPUs says so in Dask's resources; there, one submission has a GPU for itself.
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        has_gpu = any(worker["resources"].get("GPU") for worker in workers)
        executor = client.get_executor(pure=False, **({"resources": {"GPU": 1}} if on_gpu and has_gpu else {}))
        try:
            _take_all(executor, functools.partial(alone, function), students, arguments_of, AHEAD * len(found), take)
        finally:
            executor.shutdown(wait=False)


def _speaking(code, function, *args):
    """Call a function in a worker, which may have worked for a class of another language before."""
    speak(code)
    return function(*args)


def alone(function, *args):
    """Call a function with nothing else beside it: a worker of Dask may run several threads, and the engine none."""
    with _one_at_a_time:
        return function(*args)


@functools.cache
def kit_digest():
    """A digest of all that decides about marks and reports: engine, graders, notebooks, texts, packages."""
    files = [path for folder in ("grading_engine", "course_lib", "graders", "source")
             for path in sorted((KIT / folder).rglob("*"))
             if path.is_file() and path.suffix in (".py", ".ipynb", ".json", ".npz", ".mo")]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in [*files, KIT / "requirements.lock"])).hexdigest()
