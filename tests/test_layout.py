"""Folder = visibility: what students install holds course_lib alone, and imports point one way."""

import ast
import subprocess
import sys
import zipfile

import pytest

from grading_engine.course import KIT

ALLOWED = {
    "course_lib": {"course_lib"},
    "grading_engine": {"course_lib", "grading_engine"},
    "graders": {"course_lib", "grading_engine", "graders"},
}


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_point_one_way(package):
    ours = {"course_lib", "grading_engine", "graders", "demo", "tests"}
    for path in (KIT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] not in ours - ALLOWED[package], f"{path}: {name}"


def test_the_wheel_that_students_install_holds_course_lib_alone(tmp_path):
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--no-build-isolation", "--no-index", "--wheel-dir", str(tmp_path), str(KIT)], check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        tops = {name.split("/")[0] for name in wheel.namelist()}
        metadata = wheel.read(next(n for n in wheel.namelist() if n.endswith("METADATA"))).decode()
    assert {top for top in tops if not top.endswith(".dist-info")} == {"course_lib"}
    needed = [line.split(":")[1].strip() for line in metadata.splitlines() if line.startswith("Requires-Dist")
              and "extra ==" not in line]
    assert sorted(needed) == ["matplotlib", "numpy"]


def test_the_lock_file_names_versions_and_no_address():
    for line in (KIT / "requirements.lock").read_text().splitlines():
        name, _, version = line.partition("==")
        assert name
        assert version
        assert not set("/:@ ") & set(line), line
