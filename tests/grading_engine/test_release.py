import nbformat
import pytest

from grading_engine import release
from grading_engine.course import KIT, problem_set, problem_sets
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
