import shutil

import nbformat
from nbformat.v4 import new_code_cell

from grading_engine.course import ProblemSet


def test_what_is_given_comes_with_the_imports_that_it_needs_itself(tiny_root, tmp_path):
    root = shutil.copytree(tiny_root, tmp_path / "course")
    path = root / "source" / "tiny" / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(1, new_code_cell("""import math
import matplotlib.pyplot as plt
def half(x):
    return root(x) / 2
def root(x):
    return math.sqrt(x)
def draw(x):
    plt.plot(x)
""", id="given"))
    nbformat.write(notebook, path)
    course = ProblemSet("tiny", root)
    assert course.definitions({"half"}).split("\n")[0] == "import math"
    assert "def root" in course.definitions({"half"})
    assert "plt" not in course.definitions({"half", "np"})
    assert course.definitions({"np"}) == "import numpy as np"
    assert course.definitions(()) == ""
