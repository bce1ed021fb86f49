import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from grading_engine import cli
from grading_engine.course import KIT

NAME = "ps2_linear_regression"


def course(*arguments, cwd=None):
    """Run the command as a person would."""
    return subprocess.run([sys.executable, "-P", "-m", "grading_engine", *map(str, arguments)], text=True,
                          capture_output=True, cwd=cwd, check=False)


def test_grade_prints_exactly_one_json_object(tmp_path):
    # A copy under another name anywhere on the disk: its functions tell the problem set.
    copy = tmp_path / "my homework (2).ipynb"
    shutil.copy(KIT / "source" / NAME / f"{NAME}.ipynb", copy)
    before = copy.read_bytes()
    done = course("grade", copy, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout)
    assert (result["problem_set"], result["score"], result["max_score"]) == (NAME, 67.0, 67.0)
    assert result["sandbox"] == "bubblewrap"
    assert isinstance(result["seed"], int)
    assert len(result["functions"]) == 13
    mse = result["functions"]["mse"]
    assert (mse["score"], mse["max_score"], mse["status"]) == (3.0, 3.0, "pass")
    assert set(mse["tests"][0]) == {"name", "title", "outcome", "message", "mistake"}
    assert copy.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [copy.name]


@pytest.mark.parametrize(("content", "name", "word"), [
    ("no json", "a.ipynb", "not a notebook"),
    ('{"cells": []}', "a.ipynb", "belongs to no problem set"),
    ('{"cells": [{"cell_type": "code", "source": "def other(x):\\n    pass"}]}', "a.ipynb", "no problem set"),
    (None, "absent.ipynb", "cannot be read"),
])
def test_what_cannot_be_graded_is_one_line_and_exit_status_2(tmp_path, content, name, word):
    if content is not None:
        (tmp_path / name).write_text(content)
    done = course("grade", tmp_path / name, "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert word in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_set_that_does_not_exist_is_told_with_those_that_do():
    done = course("verify", "ps99")
    assert done.returncode == 2
    assert NAME in done.stderr


def test_without_a_sandbox_grading_refuses(monkeypatch):
    def missing(flavour, unsafe):
        raise cli.NoSandbox("bubblewrap is not installed")

    monkeypatch.setattr("grading_engine.sandbox.launch.launcher", missing)
    monkeypatch.setattr(cli, "why_not", lambda: "bubblewrap is not installed")
    result = CliRunner().invoke(cli.commands, ["grade", str(KIT / "source" / NAME / f"{NAME}.ipynb")])
    assert isinstance(result.exception, cli.NoSandbox)
    assert "--unsafe-no-sandbox" in str(result.exception)


@pytest.mark.parametrize("command", sorted(cli.commands.commands))
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(cli.commands, [command, "--help"])
    assert result.exit_code == 0
    assert cli.commands.commands[command].help


def test_doctor_looks_at_everything():
    result = CliRunner().invoke(cli.commands, ["doctor"])
    assert result.exit_code == 0
    for what in ("Python", "sandbox", "TensorFlow", "GPU", "nbgrader"):
        assert what in result.output


def test_a_release_is_refused_while_a_grader_is_not_proven(monkeypatch):
    from grading_engine import release

    monkeypatch.setattr(cli, "_verified", lambda sets, workers, unsafe: ([], ["mse mutant x: survives"]))
    monkeypatch.setattr(release, "make", lambda *args: pytest.fail("a release was made"))
    result = CliRunner().invoke(cli.commands, ["release", NAME])
    assert result.exit_code == 1
