"""The real road on the real problem set: stock nbgrader and our own commands have to give the same marks."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig

import nbformat
import pytest
from nbgrader.api import Gradebook

from demo.submissions import PROBLEM_SET, Answers, all_right, through_colab, untouched, with_code, with_known_mistake
from grading_engine import autograde, feedback
from grading_engine.course import KIT, problem_set
from grading_engine.seed import course_seed
from grading_engine.workspace import make_class, open_workspace

# Its class is graded three times: by one worker of the test run only.

PAYLOAD = """<script>alert(1)</script><img src=x onerror="alert(1)"> ![spy](http://127.0.0.1:9/spy.png)
[click](javascript:alert(1)) and $\\href{javascript:alert(1)}{x}$, but $a < b$ stays"""


def hostile_reader(answers):
    """Right, with written answers and outputs that would run in a reader's browser."""
    all_right(answers)
    for cell in answers.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("written_"):
            cell.source = PAYLOAD
    answers.notebook.cells.append(nbformat.v4.new_code_cell(
        "from IPython.display import HTML, display\ndisplay(HTML('<script>alert(2)</script>'))"))


STUDENTS = {
    "wrong": with_known_mistake("mse", "sum_for_mean"),
    "colab": through_colab,
    "untouched": untouched,
    "leaves": with_code("mae", "import os\ndef mae(y_true, y_pred):\n    os._exit(0)\n"),
    "reader": hostile_reader,
}
MARKS = {"wrong": 64.0, "colab": 67.0, "untouched": 0.0, "leaves": 66.0, "reader": 67.0}


@pytest.fixture(scope="module")
def classroom(tmp_path_factory, request):
    """Two folders with the same submissions: one for stock nbgrader, one for ``course autograde``."""
    root = tmp_path_factory.mktemp("classes")
    for name in ("stock", "ours"):
        folder = root / name
        shutil.copytree(KIT / "source", folder / "source")
        make_class(folder, 'c.CourseDirectory.source_directory = "source"\n')
        for student, answer in STUDENTS.items():
            notebook = nbformat.read(KIT / "release" / PROBLEM_SET / f"{PROBLEM_SET}.ipynb", as_version=4)
            answer(Answers(notebook))
            target = folder / "submitted" / student / PROBLEM_SET
            target.mkdir(parents=True)
            nbformat.write(notebook, target / f"{PROBLEM_SET}.ipynb")
        # A link to the staff's files beside the notebook: nbgrader would copy what it leads to.
        (folder / "submitted" / "wrong" / PROBLEM_SET / "notes.txt").symlink_to(KIT / "README.md")
    return root


@pytest.fixture(scope="module")
def stock(classroom):
    """The folder that nbgrader's own commands have graded."""
    environment = os.environ | {"PATH": sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"]}
    for command in ("generate_assignment", "autograde"):
        done = subprocess.run([sys.executable, "-P", "-m", "nbgrader", command, PROBLEM_SET], text=True,
                              cwd=classroom / "stock", env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    return classroom / "stock"


@pytest.fixture(scope="module")
def ours(classroom):
    """The folder that ``course autograde`` has graded, with what it said."""
    folder = classroom / "ours"
    (folder / "submitted" / "wrong" / PROBLEM_SET / "notes.txt").unlink()
    workspace = open_workspace(folder)
    exercises = problem_set(PROBLEM_SET)
    students = autograde.submitted_students(workspace, exercises)
    outcomes = autograde.autograde(workspace, exercises, students, course_seed())
    return folder, workspace, {outcome.student: outcome for outcome in outcomes}


def test_nbgraders_own_release_has_what_students_need_beside_the_notebook(stock):
    released = stock / "release" / PROBLEM_SET
    assert sorted(path.suffix for path in released.iterdir()) == [".ipynb", ".json", ".whl"]
    for name in (f"{PROBLEM_SET}.ipynb", "handed_out.json"):
        assert (released / name).read_text() == (KIT / "release" / PROBLEM_SET / name).read_text()


def marks(folder):
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {submission.student.id: {grade.name: (grade.auto_score, grade.needs_manual_grade)
                                        for notebook in submission.notebooks for grade in notebook.grades}
                for submission in gradebook.assignment_submissions(PROBLEM_SET)}


def test_stock_nbgrader_and_ours_give_the_same_marks(stock, ours):
    assert marks(stock) == marks(ours[0])
    assert set(marks(stock)) == set(STUDENTS)


def test_the_gradebook_has_the_engines_marks(ours):
    folder, _, outcomes = ours
    assert {student: outcome.grade.score for student, outcome in outcomes.items()} == MARKS
    for student, grades in marks(folder).items():
        functions = [score for name, (score, _) in grades.items() if name.startswith("test_")]
        assert sum(functions) == MARKS[student]


def test_answers_and_plots_wait_for_a_person(ours):
    grades = marks(ours[0])["reader"]
    assert all(waits for name, (_, waits) in grades.items() if name.startswith("written_"))
    assert not any(waits for name, (_, waits) in grades.items() if name.startswith("test_"))


def test_grade_cells_hold_one_finite_number(ours):
    notebook = nbformat.read(ours[0] / "autograded" / "wrong" / PROBLEM_SET / f"{PROBLEM_SET}.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_mse")
    assert [output.output_type for output in cell.outputs] == ["display_data", "execute_result"]
    assert cell.outputs[1].data == {"text/plain": "0.0"}
    assert "divided by their number" in cell.outputs[0].data["text/html"]


@pytest.mark.parametrize("folder", ["autograded", "feedback"])
def test_nothing_of_the_staff_reaches_a_students_folder(stock, folder):
    if folder == "feedback":
        done = subprocess.run([sys.executable, "-P", "-m", "nbgrader", "generate_feedback", PROBLEM_SET],
                              cwd=stock, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    files = {path.name for path in (stock / folder / "wrong" / PROBLEM_SET).iterdir()}
    assert files == {f"{PROBLEM_SET}.{'ipynb' if folder == 'autograded' else 'html'}"}


def test_a_page_of_feedback_shows_the_report_and_no_secret(ours):
    _, workspace, _ = ours
    page = feedback.write(workspace, problem_set(PROBLEM_SET), "wrong").read_text()
    assert "The squared errors are added up but not divided by their number" in page
    assert "64 of 100 points so far" in page
    assert "<math" in page
    for secret in ("HIDDEN TESTS", "grading_engine", "tensorflow", "must_match", "def reference"):
        assert secret not in page


def test_what_a_student_writes_cannot_run_in_a_readers_browser(ours):
    folder, workspace, _ = ours
    page = feedback.write(workspace, problem_set(PROBLEM_SET), "reader").read_text()
    notebook = nbformat.read(folder / "autograded" / "reader" / PROBLEM_SET / f"{PROBLEM_SET}.ipynb", as_version=4)
    shown = [cell.source if cell.cell_type == "markdown" else json.dumps(cell.outputs) for cell in notebook.cells]
    for text in (page, "\n".join(shown)):
        for danger in ("<script>alert", "<img src=x", "alt=\"spy\"", "src=\"http://127", "href=\"javascript"):
            assert danger not in text
    assert "&lt;script&gt;alert(1)" in page or "&lt;script>alert(1)" in page
