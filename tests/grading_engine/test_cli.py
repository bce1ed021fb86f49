import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from grading_engine import cli
from grading_engine.cli import making, shared
from grading_engine.course import KIT
from grading_engine.sandbox.bubblewrap import NoSandbox
from grading_engine.workspace import load_config

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
        raise NoSandbox("bubblewrap is not installed")

    monkeypatch.setattr("grading_engine.sandbox.launch.launcher", missing)
    monkeypatch.setattr(shared, "why_not", lambda: "bubblewrap is not installed")
    result = CliRunner().invoke(cli.commands, ["grade", str(KIT / "source" / NAME / f"{NAME}.ipynb")])
    assert isinstance(result.exception, NoSandbox)
    assert "--unsafe-no-sandbox" in str(result.exception)


@pytest.mark.parametrize("command", sorted(cli.commands.commands))
def test_every_command_explains_itself_and_has_an_example(command):
    result = CliRunner().invoke(cli.commands, [command, "--help"])
    assert result.exit_code == 0
    assert cli.commands.commands[command].help
    assert f"\n    course {command}" in result.output.partition("Example")[2]


def test_the_help_lists_every_command_in_the_order_of_the_road():
    text = CliRunner().invoke(cli.commands, ["--help"]).output
    order = ["Make a course:", "init", "new", "verify", "release", "calibrate",
             "Grade:", "collect", "autograde", "watch", "grade", "regrade", "reseed",
             "Talk about marks:", "report", "feedback", "export", "This machine:", "doctor", "completion"]
    found = [line.split("  ")[line.startswith("  ")] for line in text.splitlines() if line.strip()]
    assert [word.strip() for word in found if word.strip() in order] == order
    assert set(cli.commands.commands) < set(order)
    assert "    course release ps2\n    course autograde ps2\n    course feedback ps2\n" in text
    assert "docs/instructors.md" in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_and_how_to_install_it(shell):
    result = CliRunner().invoke(cli.commands, ["completion", shell])
    assert result.exit_code == 0
    first, _, script = result.output.partition("\n")
    assert first.startswith(f"# To install: course completion {shell} > ")
    assert f"_COURSE_COMPLETE={shell}_complete" in script


@pytest.mark.parametrize("command", ["verify", "autograde", "new", "export"])
def test_names_of_problem_sets_complete(command):
    done = subprocess.run([sys.executable, "-P", "-m", "grading_engine"], text=True, capture_output=True, check=False,
                          env=os.environ | {"_COURSE_COMPLETE": "bash_complete", "COMP_CWORD": "2",
                                            "COMP_WORDS": f"course {command} ps2"})
    assert done.stdout.split() == [f"plain,{NAME}"]


def test_a_gpu_is_not_promised_for_a_cluster():
    done = course("autograde", "ps2", "--scheduler", "tcp://127.0.0.1:9", "--require-gpu")
    assert done.returncode == 2
    assert "COURSE_REQUIRE_GPU=1" in done.stderr


def test_a_class_is_made_once(tmp_path):
    assert course("init", tmp_path / "spring").returncode == 0
    config = load_config(tmp_path / "spring")
    assert config.LateDays == {}
    assert config.CourseDirectory.source_directory == str(KIT / "source")
    # What stands there as comments has to be right when it is uncommented.
    path = tmp_path / "spring" / "nbgrader_config.py"
    path.write_text(re.sub(r"^# ((?:c\.|os\.).*)$", r"\1", path.read_text(), flags=re.MULTILINE))
    config = load_config(tmp_path / "spring")
    assert (config.LateDays.free, config.LateDays.penalty_per_day) == (3, 0.1)
    assert config.Exchange.root
    done = course("init", tmp_path / "spring")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "is there already" in done.stderr


def test_what_a_format_has_no_use_for_is_refused(tmp_path):
    (tmp_path / "roster.csv").write_text("a,b\n")
    for arguments in (["--roster", tmp_path / "roster.csv"], ["--unfinished"], ["--format", "moodle", "--column", "x"]):
        done = course("export", "ps2", *arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert "has no use for --" in done.stderr
        assert not list(tmp_path.glob("*.db"))


def test_doctor_looks_at_everything():
    result = CliRunner().invoke(cli.commands, ["doctor"])
    assert result.exit_code == 0
    for what in ("Python", "sandbox", "TensorFlow", "GPU", "nbgrader"):
        assert what in result.output


def test_a_release_is_refused_while_a_grader_is_not_proven(monkeypatch):
    from grading_engine import release

    monkeypatch.setattr(making, "verified", lambda sets, workers, unsafe: ([], ["mse mutant x: survives"]))
    monkeypatch.setattr(release, "make", lambda *args: pytest.fail("a release was made"))
    result = CliRunner().invoke(cli.commands, ["release", NAME])
    assert result.exit_code == 1
