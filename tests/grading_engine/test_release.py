import os
import re
import subprocess
import sys
import zipfile

import nbformat
import pytest

from course_lib import handed_out
from course_lib.answers import FUNCTION, PLOT, WRITTEN
from grading_engine import assembly, release
from grading_engine.course import KIT, grade_id, problem_set, problem_sets
from grading_engine.workspace import open_workspace


@pytest.fixture
def clean(tiny, tmp_path):
    """A release of the tiny set that shows nothing."""
    notebook = nbformat.from_dict(tiny.cleared)
    for cell in notebook.cells:
        cell.source = release._MARKER.sub("", cell.source.replace(
            'raise RuntimeError("The hidden tests', "").replace("run in the grading engine only", ""))
    nbformat.write(notebook, tmp_path / "tiny.ipynb")
    assert release.audit(tiny, tmp_path) == []
    return tmp_path


def change(folder, text=None, outputs=None, metadata=None):
    path = folder / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "imports")
    cell.source += "\n" + (text or "")
    cell.outputs = outputs or []
    cell.metadata.update(metadata or {})
    nbformat.write(notebook, path)


@pytest.mark.parametrize("leak", [
    'raise ValueError("x must have one axis")', "    return double(double(x))", "### BEGIN HIDEN TESTS",
    "# BEGIN SOLUTION", "import grading_engine", "import tensorflow as tf",
    "Because two pairs are four things. One point for pairs.",
])
def test_a_secret_in_a_cell_is_found(tiny, clean, leak):
    change(clean, leak)
    assert release.audit(tiny, clean)


def test_a_secret_in_metadata_is_found(tiny, clean):
    change(clean, metadata={"note": ["return double(double(x))"]})
    assert release.audit(tiny, clean)


def test_outputs_are_found(tiny, clean):
    change(clean, outputs=[nbformat.v4.new_output("stream", text="3")])
    assert release.audit(tiny, clean)


def test_a_secret_in_another_file_is_found(tiny, clean):
    (clean / "data").mkdir()
    (clean / "data" / "helper.py").write_text("def f(x):\n        return double(double(x))\n")
    assert any("helper.py" in leak for leak in release.audit(tiny, clean))


def test_a_stub_that_is_none_is_found(tiny, clean):
    path = clean / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "double").source = "def double(x):\n    return 2.0 * x"
    nbformat.write(notebook, path)
    assert any("double" in leak for leak in release.audit(tiny, clean))


@pytest.mark.parametrize("name", problem_sets())
def test_the_committed_release_is_fresh_and_shows_nothing(name):
    exercises = problem_set(name)
    assert release.is_fresh(open_workspace(KIT), exercises)
    assert release.audit(exercises, release.release_folder(exercises)) == []


def test_a_release_with_a_leak_is_not_written(monkeypatch, tmp_path):
    exercises = problem_set(problem_sets()[0])
    monkeypatch.setattr(release, "release_folder", lambda problem_set: tmp_path / "release")
    monkeypatch.setattr(release, "audit", lambda problem_set, folder: ["a leak"])
    assert release.make(open_workspace(KIT), exercises) == ["a leak"]
    assert not (tmp_path / "release").exists()


def test_a_release_that_differs_is_not_fresh(monkeypatch, tmp_path):
    exercises = problem_set(problem_sets()[0])
    monkeypatch.setattr(release, "release_folder", lambda problem_set: tmp_path)
    (tmp_path / f"{exercises.name}.ipynb").write_text("{}")
    assert not release.is_fresh(open_workspace(KIT), exercises)


def test_a_secret_in_what_was_handed_out_is_found(tiny, clean):
    cells = assembly.given(tiny, tiny.source)
    (clean / handed_out.NAME).write_text(handed_out.HandedOut("tiny", "1", "en", cells).to_json())
    assert any("handed_out.json" in leak and "double(double(x))" in leak for leak in release.audit(tiny, clean))


def test_a_wheel_that_holds_more_than_the_library_is_found(tiny, clean):
    path = clean / "course_lib-0.1.0-py3-none-any.whl"
    path.write_text("graders/")
    assert release.audit(tiny, clean) == [f"{path.name}: is no wheel"]
    foreign = [f"{path.name}: holds graders, which is not course_lib"]
    for members, leaks in [((), []), (("graders/ps/test_mse.py",), foreign)]:
        with zipfile.ZipFile(path, "w") as wheel:
            for name in ("course_lib/__init__.py", "course_lib-0.1.0.dist-info/METADATA", *members):
                wheel.writestr(name, "")
        assert release.audit(tiny, clean) == leaks


def test_what_students_get_lies_together_and_stays_fresh(monkeypatch, tmp_path):
    exercises, workspace = problem_set("ps2_linear_regression"), open_workspace(KIT)
    monkeypatch.setattr(release, "release_folder", lambda problem_set: tmp_path / "release")
    assert release.make(workspace, exercises) == []
    [wheel] = (tmp_path / "release").glob("course_lib-*.whl")
    assert sorted(path.name for path in (tmp_path / "release").iterdir()) == [
        wheel.name, "handed_out.json", "ps2_linear_regression.ipynb"]
    # The wheel is made anew with every release and is not in git.
    assert release.is_fresh(workspace, exercises)
    wheel.unlink()
    assert release.is_fresh(workspace, exercises)
    note = tmp_path / "release" / handed_out.NAME
    note.write_text(note.read_text().replace("YOUR CODE HERE", "your code here", 1))
    assert not release.is_fresh(workspace, exercises)


@pytest.mark.parametrize("name", problem_sets())
def test_what_was_handed_out_is_the_notebook(name):
    exercises, folder = problem_set(name), release.release_folder(problem_set(name))
    note = handed_out.read(folder)
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    assert [(cell.kind, cell.source, cell.grade_id) for cell in note.cells] == [
        (cell.cell_type, cell.source, grade_id(cell)) for cell in notebook.cells]
    assert note.functions == list(exercises.exercises)
    kinds = {cell.grade_id.partition("_")[0]: cell.answer for cell in note.cells if cell.answer not in ("", FUNCTION)}
    assert kinds == {"plot": PLOT, "written": WRITTEN}


def given_cell(name, identity):
    return next(cell.source for cell in problem_set(name).source.cells if cell.get("id") == identity)


@pytest.mark.parametrize("name", problem_sets())
def test_every_notebook_begins_and_ends_alike(name):
    code = [cell for cell in problem_set(name).source.cells if cell.cell_type == "code"]
    assert (code[0].id, code[-1].id) == ("first_cell", "check_submission")
    for identity in ("first_cell", "check_submission"):
        assert given_cell(name, identity) == given_cell(problem_sets()[0], identity)


@pytest.mark.parametrize("name", problem_sets())
def test_prompts_name_lectures_in_the_form_that_is_read(name):
    for cell in problem_set(name).source.cells:
        if "*Lectures:*" in cell.source:
            assert cell.id.endswith("_prompt")
            assert re.fullmatch(r"\*Lectures:\* (?:00\d|LAB)(?:, (?:00\d|LAB))* · [^\n]+", cell.source.splitlines()[-1])


def test_the_first_cell_installs_the_wheel_beside_the_notebook(tmp_path):
    # -S hides what is installed here; pip, which the cell starts, gets its target and no network from its variables.
    cell = given_cell("ps2_linear_regression", "first_cell")
    notebook, target = tmp_path / "notebook", tmp_path / "installed"
    notebook.mkdir()

    def run(program):
        environment = os.environ | {"PIP_TARGET": str(target), "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1",
                                    "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return subprocess.run([sys.executable, "-I", "-S", "-c", program], cwd=notebook, env=environment,
                              capture_output=True, text=True)

    alone = run(cell)
    assert alone.returncode == 1
    assert "is not beside this notebook. Put it there" in alone.stderr.splitlines()[-1]
    release.build_wheel(notebook)
    done = run(f"{cell}\nsys.path.append({str(target)!r})\nimport course_lib\nprint(course_lib.__file__)\n"
               "wheels = None\n" + cell + "\nprint(wheels)")
    assert done.stdout.splitlines() == [str(target / "course_lib" / "__init__.py"), "None"], done.stderr
