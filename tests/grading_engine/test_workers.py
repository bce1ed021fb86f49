import contextlib
import os
import signal

import psutil
import pytest

from grading_engine import workers


def worker_of_a_call():
    """Let one worker say who it is."""
    said = []
    workers.in_workers(os.getpid, ["somebody"], lambda student: (), lambda *answer: said.append(answer), workers=1)
    ((student, pid, problem),) = said
    assert (student, problem) == ("somebody", "")
    return pid


def test_a_service_keeps_its_processes_from_call_to_call():
    with workers.kept_warm():
        first = worker_of_a_call()
        assert worker_of_a_call() == first
    assert not psutil.pid_exists(first)
    assert worker_of_a_call() != first


def test_processes_that_read_other_graders_are_not_used_again(monkeypatch):
    with workers.kept_warm():
        first = worker_of_a_call()
        monkeypatch.setattr(workers, "_content", lambda: "another grader")
        second = worker_of_a_call()
        assert second != first
        assert not psutil.pid_exists(first)
        assert worker_of_a_call() == second


def test_a_pool_that_was_stopped_is_not_kept():
    with workers.kept_warm():
        first = worker_of_a_call()
        with pytest.raises(ZeroDivisionError):
            workers.in_workers(os.getpid, ["somebody"], lambda student: 1 / 0, None, workers=1)
        assert worker_of_a_call() != first


def test_ctrl_c_waits_for_what_is_being_recorded_and_is_never_lost():
    taken = []

    def take(*answer):
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        taken.append(answer)

    with pytest.raises(KeyboardInterrupt):
        workers.in_workers(os.getpid, ["one", "other"], lambda student: (), take, workers=1)
    assert len(taken) == 1
