"""The documents: every command in them runs, every link leads somewhere, and no sentence stands twice.

Commands stand in blocks marked ``sh``, and nothing else does.  They are run in the order in which a document gives
them, in a copy of the kit with a part of PS2.  A comment that begins as `MARKED` does says that no test can run this
command: it is looked up instead.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import entry_points

import nbformat
import pytest
from nbgrader.apps import NbGraderApp

from course_lib import __version__
from demo.submissions import Answers, solutions
from grading_engine import cli
from grading_engine.course import KIT, grade_id

NAME = "ps2_linear_regression"
# What is kept of PS2: nothing that a person marks, since marks that wait for a person are not exported.
KEPT, POINTS = ("predict_line", "mse", "rmse"), 8
# In the order in which they are read; a student fetches what an instructor has released.
RUN = ["README.md", "docs/instructors.md", "docs/students.md", "docs/tas.md", "docs/grading.md", "docs/security.md",
       "docs/performance.md", "docs/scale.md", "docs/gpu.md", "docs/coverage.md", "CONTRIBUTING.md", "CHANGELOG.md"]
TEXTS = {name: (KIT / name).read_text(encoding="utf-8") for name in RUN}
MARKED = re.compile(r"\s# (?:takes|needs|runs until)\b")
# On no machine of a test: the cluster's own.
ELSEWHERE = {"kubectl"}
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
# What an instructor does before a command of the students' page, in another class of the same course.
BEFORE = {"nbgrader fetch_feedback": ["course init ~/fall", "cd ~/fall", f"nbgrader collect {NAME}",
                                      "course autograde ps2", "course feedback ps2",
                                      f"nbgrader release_feedback {NAME}", "cd ~/student"]}


def commands(name):
    """Return the commands of a document, with the comments that mark some."""
    return [line for _indent, language, block in BLOCK.findall(TEXTS[name]) if language == "sh"
            for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def without_comment(line):
    return re.sub(r"\s+# .*", "", line)


def test_every_command_that_is_not_marked_runs(tmp_path):
    kit, home = tmp_path / "kit", tmp_path / "home"
    copy_of_the_kit(kit)
    fill_home(kit, home)
    folders = {"docs/students.md": home / "student", "docs/tas.md": home / "spring", "docs/grading.md": home / "spring"}
    said, failed = {}, []
    for name in RUN:
        lines = [without_comment(line) for line in commands(name) if not MARKED.search(line)]
        lines = [line for line in lines if line not in said]
        for line, status, output in session(kit, home, folders.get(name, kit), lines):
            said.setdefault(line, output)
            failed += [f"{name}: {line}\n{output}"] * (status != 0)
    assert not failed, "\n\n".join(failed)
    assert "3 full" in said["course autograde ps2"]
    assert json.loads(said["course grade homework.ipynb --json"])["score"] == POINTS


def copy_of_the_kit(root):
    """The kit with a few exercises of one problem set, and its programs in `.venv`."""
    for folder in ("course_lib", "grading_engine", "tests/course_lib"):
        shutil.copytree(KIT / folder, root / folder)
    for name in ("nbgrader_config.py", "requirements.lock", "pyproject.toml", "Makefile", "README.md", "LICENSE",
                 "bin", "graders/pytest.ini", "tests/__init__.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if (KIT / name).is_dir() else shutil.copy)(KIT / name, root / name)
    graders, source = root / "graders" / NAME, root / "source" / NAME
    graders.mkdir()
    source.mkdir(parents=True)
    for name in KEPT:
        shutil.copy(KIT / "graders" / NAME / f"test_{name}.py", graders)
    notebook = nbformat.read(KIT / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    last = next(number for number, cell in enumerate(notebook.cells) if grade_id(cell) == f"test_{KEPT[-1]}")
    notebook.cells = [*notebook.cells[: last + 1], *notebook.cells[-2:]]
    nbformat.write(notebook, source / f"{NAME}.ipynb")
    scripts = root / ".venv" / "bin"
    scripts.mkdir(parents=True)
    for name, what in {"course": "-P -m grading_engine", "nbgrader": "-P -m nbgrader", "python": "",
                       "ruff": "-P -m ruff"}.items():
        (scripts / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {what} "$@"\n')
        (scripts / name).chmod(0o755)
    (root / ".venv" / ".ready").touch()


def fill_home(kit, home):
    """What lies there when a document begins: an exchange, what was downloaded, and a student's own settings."""
    home.mkdir()
    (home / "exchange").mkdir()
    (home / "exchange").chmod(0o777)
    settings = f"c = get_config()\nc.Exchange.root = {str(home / 'exchange')!r}\n"
    (home / "settings").mkdir()
    (home / "settings" / "nbgrader_config.py").write_text(settings)
    student = home / "student"
    student.mkdir()
    (student / "nbgrader_config.py").write_text(
        f"{settings}c.CourseDirectory.student_id = 'ada'\nc.Exchange.cache = {str(student / 'cache')!r}\n")
    handed_in = answered(kit / "source" / NAME / f"{NAME}.ipynb")
    spring = home / "spring"
    spring.mkdir()
    with zipfile.ZipFile(spring / "submissions.zip", "w") as archive:
        archive.writestr(f"lovelaceada_501_9001_{NAME}.ipynb", handed_in)
        archive.writestr(f"bobben_502_9002_{NAME}.ipynb", handed_in)
    with zipfile.ZipFile(spring / "downloads.zip", "w") as archive:
        archive.writestr(f"Cho Kim_603_assignsubmission_file_/{NAME}.ipynb", handed_in)
    (spring / "gradebook-from-canvas.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,"
        f"{NAME} (77)\n    Points Possible,,,,,{POINTS}\nAda,501,1,ada,S,\nBen,502,2,ben,S,\n")
    (spring / "worksheet-from-moodle.csv").write_text(
        "Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Feedback comments\n"
        f"Participant 603,Cho Kim,cho,cho@example.org,Submitted,,{POINTS},Yes,-,-,\n")
    (spring / "homework.ipynb").write_text(handed_in)


def answered(path):
    """A notebook of the kept exercises, answered rightly."""
    notebook = nbformat.read(path, as_version=4)
    Answers(notebook).functions(solutions())
    return nbformat.writes(notebook)


def session(kit, home, folder, lines):
    """Run lines in one shell, as somebody would type them; returns [(line, exit status, what it said)]."""
    lines = [one for line in lines
             for one in (*next((others for start, others in BEFORE.items() if line.startswith(start)), ()), line)]
    script = [f"{line}\nprintf '\\n@@ {number} %d\\n' $?" for number, line in enumerate(lines)]
    scripts = str(kit / ".venv" / "bin")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COURSE"))}
    environment |= {"HOME": str(home), "PYTHONPATH": str(kit), "JUPYTER_CONFIG_DIR": str(home / "settings"),
                    "PATH": os.pathsep.join([scripts, sysconfig.get_path("scripts"), environment["PATH"]])}
    done = subprocess.run(["bash"], input="\n".join(script), cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    parts = re.split(r"\n@@ (\d+) (\d+)\n", done.stdout)
    ended = {int(number): (int(status), said)
             for said, number, status in zip(parts[::3], parts[1::3], parts[2::3], strict=False)}
    return [(line, *ended.get(number, (None, parts[-1]))) for number, line in enumerate(lines)]


MARKED_LINES = [without_comment(line) for name in RUN for line in commands(name) if MARKED.search(line)]
INLINE = sorted({code for text in TEXTS.values() for code in re.findall(r"(?<!`)`((?:course|nbgrader|make) [^`]+)`",
                                                                          BLOCK.sub("", text))})


@pytest.mark.parametrize("line", sorted({*MARKED_LINES, *INLINE}))
def test_commands_that_are_not_run_exist(line):
    program, *arguments = shlex.split(line)
    if any(re.fullmatch(r"[A-Z]+", word) for word in arguments):
        return  # in the place of any command
    program = program.removeprefix(".venv/bin/")
    if program == "course" and arguments != ["--help"]:
        _parse(cli.commands.get_command(None, arguments[0]), arguments)
    elif program == "dask":
        _parse(entry_points(group="dask_cli")[arguments[0]].load(), arguments)
    elif program == "nbgrader":
        _nbgrader(*arguments)
    elif program == "make":
        done = subprocess.run(["make", "-n", *arguments], cwd=KIT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    elif program == "jupyter":
        assert shutil.which(f"jupyter-{arguments[0]}", path=sysconfig.get_path("scripts"))
    elif program not in ELSEWHERE:
        assert shutil.which(program, path=sysconfig.get_path("scripts"))


def _parse(command, arguments):
    """Let a program's own parser read a command; one that is only named, without arguments, has to be there."""
    assert command, "no such command"
    if arguments[1:]:
        command.make_context(arguments[0], arguments[1:])


def _nbgrader(name, *options):
    app = NbGraderApp.subcommands[name][0]
    known = {*app.aliases, *app.flags}
    for option in options:
        if option.startswith("--"):
            assert option[2:].partition("=")[0] in known, option


@pytest.mark.parametrize("name", RUN)
def test_blocks_say_what_they_are(name):
    assert all(language for _indent, language, _block in BLOCK.findall(TEXTS[name]))
    text = BLOCK.sub("", TEXTS[name])
    assert "```" not in text
    assert not re.findall(r"^    \S.*$", text, flags=re.MULTILINE), "indented: commands would be overlooked here"


def test_every_command_is_in_the_readme_where_its_help_has_it():
    rows = re.findall(r"^\| ([A-Z][a-z ]+) \| ((?:`\w+` ?)+)\|$", TEXTS["README.md"], flags=re.MULTILINE)
    assert {title: re.findall(r"`(\w+)`", names) for title, names in rows} == {
        title: [command.name for command in section] for title, section in cli.commands.sections.items()}


@pytest.mark.parametrize("name", RUN)
def test_links_lead_somewhere(name):
    folder = (KIT / name).parent
    for target in re.findall(r"\]\(([^)]+)\)", BLOCK.sub("", TEXTS[name])):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        found = (folder / path).resolve() if path else KIT / name
        assert found.is_file(), target
        if anchor:
            assert anchor in map(_anchor, re.findall(r"^#+ (.+)$", found.read_text(), flags=re.MULTILINE)), target
    for path in re.findall(r"`((?:docs|tests|graders|grading_engine|course_lib|demo|benchmarks|bin)/[\w./]+)`",
                           TEXTS[name]):
        assert (KIT / path).exists() or "ps8_attention" in path, path


def _anchor(heading):
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_document_is_linked_from_the_readme():
    linked = set(re.findall(r"\]\(([^):]+\.md)\)", TEXTS["README.md"]))
    assert {*RUN} == {*linked, "README.md"}
    assert {*RUN} == {str(path.relative_to(KIT)) for path in [*KIT.glob("*.md"), *KIT.glob("docs/*.md")]}


def test_no_sentence_stands_twice():
    seen = {}
    for name, text in TEXTS.items():
        for sentence in _sentences(text):
            seen.setdefault(sentence, []).append(name)
    assert not {sentence: names for sentence, names in seen.items() if len(names) > 1}


def _sentences(text):
    """Sentences of more than eight words, as they sound: without marks, in small letters."""
    text = BLOCK.sub("\n\n", text)
    for paragraph in re.split(r"\n\s*\n|\n\s*(?=[-*|]|\d+\.)|(?<!\\)\|", text):
        for sentence in re.split(r"(?<=[.:;?!])\s+", " ".join(paragraph.split())):
            words = re.findall(r"\w+", sentence.lower())
            if len(words) > 8:
                yield " ".join(words)


def test_versions_agree():
    citation = (KIT / "CITATION.cff").read_text()
    assert f"\nversion: {__version__}\n" in citation
    assert f"becomes {__version__}," in TEXTS["CHANGELOG.md"] or f"## [{__version__}]" in TEXTS["CHANGELOG.md"]


def test_pictures_are_small():
    pictures = list((KIT / "docs" / "pictures").glob("*.png"))
    assert len(pictures) >= 3
    assert all(path.stat().st_size < 150_000 and f"pictures/{path.name}" in "".join(TEXTS.values())
               for path in pictures)
