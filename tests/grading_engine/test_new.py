"""A new exercise, from the skeletons to its proof, as docs/instructors.md leads through it, in a copy of the kit."""

import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from grading_engine import new
from grading_engine.course import KIT, CourseError, ProblemSet, problem_sets

NAME = "ps8_attention"


def copy_of_the_kit(root, sets=("ps6_convolution",)):
    """The kit with a few of its problem sets, as a folder of its own."""
    for folder in ("grading_engine", "course_lib"):
        shutil.copytree(KIT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "requirements.lock", "graders/pytest.ini"):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(KIT / name, root / name)
    for name in sets:
        for folder in ("source", "graders"):
            shutil.copytree(KIT / folder / name, root / folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def course(root, *arguments):
    """Run the copy's command: its folder comes first on the path, before the kit that is installed."""
    return subprocess.run([sys.executable, "-m", "grading_engine", *arguments], cwd=root, text=True,
                          capture_output=True, check=False)


@pytest.fixture
def kit(tmp_path):
    """The root of a course with one small set."""
    (tmp_path / "graders").mkdir()
    new.exercise("ps7_small", "half", 2.5, tmp_path)
    return tmp_path


def test_the_road_of_the_instructors_page(tmp_path):
    blocks = re.findall(r"^```(?:markdown|python)\n(.*?)^```", (KIT / "docs" / "instructors.md").read_text(),
                        re.DOTALL | re.MULTILINE)
    root = copy_of_the_kit(tmp_path / "kit")
    done = course(root, "new", NAME, "softmax_rows", "--points", "3")
    assert done.returncode == 0, done.stderr
    for command in (["verify", NAME], ["release", NAME]):
        done = course(root, *command)
        assert done.returncode == 2
        assert "left to write" in done.stderr
        assert "test_softmax_rows.py, line 10: the right answer from TensorFlow" in done.stderr
        assert f"{NAME}.ipynb, cell softmax_rows: your solution" in done.stderr
    path = root / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    *texts, grader = blocks
    for name, text in zip(("intro", "softmax_rows_prompt", "softmax_rows", "test_softmax_rows"), texts, strict=True):
        cells[name].source = text.rstrip("\n")
    nbformat.write(notebook, path)
    (root / "graders" / NAME / "test_softmax_rows.py").write_text(grader)
    done = course(root, "verify", NAME)
    assert done.returncode == 0, done.stderr
    assert "survived" in done.stdout
    assert "3 of 3" in done.stdout


def test_a_notebook_is_made_like_the_others(tmp_path):
    root = copy_of_the_kit(tmp_path / "kit")
    path, grader = new.exercise(NAME, "softmax_rows", root=root)
    assert problem_sets(root) == ["ps6_convolution", NAME]
    made = ProblemSet(NAME, root)
    assert {name: exercise.points for name, exercise in made.exercises.items()} == {"softmax_rows": 3}
    assert made.exercises["softmax_rows"].grader == grader
    other = nbformat.read(root / "source" / "ps6_convolution" / "ps6_convolution.ipynb", as_version=4)
    same = {cell.id: cell.source for cell in other.cells}
    cells = nbformat.read(path, as_version=4).cells
    assert [cell.id for cell in cells] == ["intro", "how_this_works", "first_cell", "imports", "softmax_rows_prompt",
                                           "softmax_rows", "test_softmax_rows", "finish", "check_submission"]
    assert all(cell.source == same[cell.id] for cell in cells if cell.id in ("first_cell", "check_submission"))
    nbformat.validate(nbformat.read(path, as_version=4))


def test_another_exercise_stands_before_what_closes_the_notebook(kit):
    path, _ = new.exercise("ps7", "third", 1, kit)
    cells = nbformat.read(path, as_version=4).cells
    assert list(ProblemSet("ps7_small", kit).exercises) == ["half", "third"]
    assert [cell.id for cell in cells][-4:] == ["third_prompt", "third", "test_third", "finish"]
    assert cells[-4].source.startswith("### `third(x)` · 1 point\n")
    assert '"points": 2.5' in path.read_text()
    assert '"points": 1,' in path.read_text()


@pytest.mark.parametrize(("name", "function", "points", "sentence"), [
    ("ps9", "f", 3, "no problem set 'ps9'.*such as ps8_attention"), ("Attention", "f", 3, "cannot be called so"),
    ("../x", "f", 3, "cannot be called so"), ("ps7_small_too", "f", 3, "taken for each other"),
    ("ps7", "half", 3, "ps7_small.ipynb has half already"), ("ps7", "max", 3, "cannot be called 'max'"),
    ("ps7", "class", 3, "cannot be called"), ("ps7", "Half", 3, "cannot be called"),
    ("ps7", "a-b", 3, "cannot be called"),
    ("ps7", "test_x", 3, "begin the names of other cells"), ("ps7", "f", 0, "worth more than 0 points"),
    ("ps7", "imports", 3, "has imports already")])
def test_what_cannot_be_is_one_sentence_and_changes_nothing(kit, name, function, points, sentence):
    before = {path: path.read_bytes() for path in kit.rglob("*") if path.is_file()}
    with pytest.raises(CourseError, match=sentence):
        new.exercise(name, function, points, kit)
    assert before == {path: path.read_bytes() for path in kit.rglob("*") if path.is_file()}


def test_a_grader_that_is_there_is_not_written_over(kit):
    (kit / "graders" / "ps7_small" / "test_third.py").write_text("mine")
    with pytest.raises(CourseError, match=r"test_third.py is there already"):
        new.exercise("ps7", "third", 3, kit)


def test_the_kits_own_sets_have_nothing_left_to_do():
    for name in problem_sets():
        assert new.left_to_do(ProblemSet(name)) == []
