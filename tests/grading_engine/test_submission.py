import json
import os

import pytest

from course_lib import notebook
from grading_engine import submission
from grading_engine.submission import BadSubmission, Cell


def write(path, notebook):
    path.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook))
    return path


def test_only_kind_source_and_id_are_kept(tmp_path):
    path = write(tmp_path / "n.ipynb", {"nbformat": 4, "metadata": {"kernelspec": {"name": "evil"}}, "cells": [
        {"cell_type": "code", "source": ["a = 1\n", "b"], "outputs": [{"text": "100"}], "execution_count": 1,
         "metadata": {"nbgrader": {"grade_id": "mse", "points": 100, "solution": False}, "tags": ["skip-execution"]}},
        {"cell_type": "raw", "source": "x"},
        {"cell_type": "markdown", "source": "text", "metadata": None},
    ]})
    assert submission.read(path) == [Cell("code", "a = 1\nb", "mse"), Cell("raw", "x", ""),
                                     Cell("markdown", "text", "")]


def test_a_notebook_of_an_old_format_is_read(tmp_path):
    path = write(tmp_path / "n.ipynb", {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [
        {"metadata": {}, "cells": [{"cell_type": "code", "input": "a = 1", "outputs": [], "language": "python",
                                    "metadata": {}, "collapsed": False}]}]})
    assert submission.read(path) == [Cell("code", "a = 1", "")]


@pytest.mark.parametrize("content", ["", "not json", "[]", "3", "{}", '{"cells": 3}', '{"worksheets": [3]}',
                                     "[" * 200_000, '{"cells": ' + "[" * 200_000, '{"a": ' + "1" * 10_000 + "}"])
def test_what_is_no_notebook_is_refused_in_one_line(tmp_path, content):
    with pytest.raises(BadSubmission) as refusal:
        submission.read(write(tmp_path / "n.ipynb", content))
    assert "n.ipynb" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_odd_cells_are_passed_over(tmp_path):
    cells = [None, 3, [], {}, {"cell_type": "code", "source": 5}, {"cell_type": "code", "source": [1, "a"]},
             {"cell_type": ["code"], "source": ""}, {"cell_type": "code", "source": "\ud800\0x", "metadata": {
                 "nbgrader": {"grade_id": ["mse"]}}}]
    read = submission.read(write(tmp_path / "n.ipynb", {"cells": cells}))
    assert read == [Cell("code", "a", ""), Cell("code", "?\N{REPLACEMENT CHARACTER}x", "")]


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(notebook, "MAX_BYTES", 100)
    with pytest.raises(BadSubmission, match="too large"):
        submission.read(write(tmp_path / "n.ipynb", "x" * 101))


def test_too_many_cells_are_refused(tmp_path):
    with pytest.raises(BadSubmission, match="cells"):
        submission.read(write(tmp_path / "n.ipynb", {"cells": [{}] * 2001}))


def test_links_fifos_folders_and_absent_files_are_refused(tmp_path):
    good = write(tmp_path / "good.ipynb", {"cells": []})
    (tmp_path / "link.ipynb").symlink_to(good)
    os.mkfifo(tmp_path / "fifo.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    for name in ("link", "fifo", "folder", "absent"):
        with pytest.raises(BadSubmission):
            submission.read(tmp_path / f"{name}.ipynb")


def test_what_is_irregular_in_a_folder_is_found(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_text("x")
    assert submission.what_is_irregular(tmp_path) is None
    os.mkfifo(tmp_path / "deep" / "fifo")
    assert submission.what_is_irregular(tmp_path)[0].name == "fifo"
    (tmp_path / "elsewhere").symlink_to(tmp_path / "deep")
    assert submission.what_is_irregular(tmp_path / "elsewhere")[0].name == "elsewhere"
