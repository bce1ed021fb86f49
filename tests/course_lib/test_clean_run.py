"""A notebook runs in a Python of its own, and every cell that raises is told."""

import os
import sys

import pytest

from course_lib import clean_run


def stops(tmp_path, *sources, **options):
    return clean_run.run(list(sources), tmp_path, **options)


def test_what_raises_is_told_and_the_rest_runs(tmp_path):
    begun = []
    outcome = stops(
        tmp_path, "import os\nprint('noise', flush=True)\nos.write(1, b'noise')", "def f():\n    return 1 / 0\nf()",
        "def g(:\n    pass", "raise NotImplementedError", "print(missing)", "input()", "import sys\nsys.exit(3)",
        "open('made', 'w').write(os.environ['COURSE_GRADING'] + os.environ['MPLBACKEND'])", on_cell=begun.append)
    told = {stop.number: stop for stop in outcome.stops}
    assert {n: stop.error for n, stop in told.items()} == {
        2: "ZeroDivisionError", 3: "SyntaxError", 4: "NotImplementedError", 5: "NameError", 6: told[6].error,
        7: "SystemExit"}
    assert (told[2].message, told[2].line) == ("division by zero", "return 1 / 0")
    assert told[3].line == "def g(:"
    assert [n for n, stop in told.items() if stop.unwritten] == [4]
    assert told[5].name == "missing"
    assert begun == list(range(1, 9))
    assert (tmp_path / "made").read_text() == "1Agg"
    assert (outcome.exit, outcome.late) == (0, False)


def test_a_check_of_what_is_not_written_counts_as_unwritten(tmp_path):
    source = ("import sys\nsys.path.insert(0, {!r})\nfrom course_lib.checks import check\ndef f(x):\n    {}\n"
              "with check(f) as call:\n    call(1).gives(1)")
    outcome = stops(tmp_path, *(source.format(os.getcwd(), body) for body in ("raise NotImplementedError", "return 2")))
    assert [(stop.error, stop.unwritten) for stop in outcome.stops] == [("CheckFailed", True), ("CheckFailed", False)]


def test_the_folder_of_the_notebook_is_where_it_imports_from(tmp_path):
    (tmp_path / "beside.py").write_text("value = 1")
    outcome = stops(tmp_path, "import beside", "import clean_run")
    assert [(stop.number, stop.error) for stop in outcome.stops] == [(2, "ModuleNotFoundError")]


def test_ipythons_ways_are_known(tmp_path):
    pytest.importorskip("IPython")
    assert stops(tmp_path, "%pwd\nwhere = !echo here", "assert where == ['here']", "?print").stops == []


def test_a_python_that_ends_is_told(tmp_path):
    outcome = stops(tmp_path, "a = 1", "import os\nos._exit(7)", "b = 2")
    assert (outcome.exit, outcome.last, outcome.late) == (7, 2, False)


def test_a_cell_without_end_is_stopped(tmp_path):
    outcome = stops(tmp_path, "while True: pass", minutes=0.02)
    assert (outcome.late, outcome.stops, outcome.exit) == (True, [], 0)


def test_where_no_process_starts_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    assert "nothing" in stops(tmp_path, "a = 1").not_started


def test_who_interrupts_gets_what_was_found_so_far(tmp_path):
    def interrupt(number):
        if number == 2:
            raise KeyboardInterrupt

    outcome = stops(tmp_path, "1 / 0", "a = 1", "b = 1", on_cell=interrupt)
    assert outcome.interrupted
    assert [stop.number for stop in outcome.stops] == [1]


@pytest.mark.parametrize("source", ["x = 1", "1 / 0", "raise SystemExit"])
def test_without_ipython_cells_run_too(source):
    run_cell = clean_run._plain_runner()
    assert run_cell("start = 1", 1) is None
    assert (run_cell(f"start\n{source}", 2) is None) == (source == "x = 1")
