"""Students install course_lib alone: it needs numpy and matplotlib and knows nothing of grading."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import course_lib

ROOT = Path(course_lib.__file__).parent.parent
MODULES = ["course_lib", *(f"course_lib.{module.name}" for module in pkgutil.iter_modules(course_lib.__path__))]
FORBIDDEN = {"tensorflow", "keras", "nbgrader", "graders", "grading_engine", "IPython", "pytest", "sklearn"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_loads_nothing_of_the_staff(module):
    program = f"import sys, {module}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not FORBIDDEN & set(done.stdout.split())


@pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith("plots")])
def test_only_the_plots_load_matplotlib(module):
    program = f"import sys, {module}\nprint('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
