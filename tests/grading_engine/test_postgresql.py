"""The gradebook in PostgreSQL, for classes that several machines look into: a real server, in a folder of its own."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from grading_engine import autograde, results
from grading_engine.workspace import CONFIG, open_workspace
from tests.grading_engine.tiny_class import RIGHT, TRIPLE, TinyClass

pytestmark = pytest.mark.postgresql
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server that takes connections on loopback only."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL's server is not installed: apt-get install postgresql")
    programs, folder = PROGRAMS[-1].parent, tmp_path_factory.mktemp("postgresql") / "data"
    folder.mkdir()
    # It refuses to run as root, and must reach its own folder.
    user = {}
    if os.getuid() == 0:
        user = {"user": "postgres", "group": "postgres", "cwd": "/"}
        shutil.chown(folder, "postgres")
        for parent in list(folder.parents)[:4]:
            parent.chmod(parent.stat().st_mode | 0o011)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def run(program, *options):
        subprocess.run([programs / program, "-D", folder, *options], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env={"LC_ALL": "C.UTF-8"}, **user)

    run("initdb", "-U", "staff", "--auth=trust")
    run("pg_ctl", "-w", "-o", f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", "start")
    try:
        yield f"postgresql+psycopg://staff@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")


def test_a_class_in_postgresql_has_the_marks_that_it_has_in_sqlite(server, tmp_path, tiny_root, monkeypatch, sandbox):
    marks = {}
    for kind in ("sqlite", "postgresql"):
        made = TinyClass(tmp_path / kind, tiny_root, monkeypatch)
        if kind == "postgresql":
            with (made.folder / CONFIG).open("a") as file:
                file.write(f"c.CourseDirectory.db_url = {server!r}\n")
            made.workspace = open_workspace(made.folder)
        made.hand_in("ada", RIGHT)
        made.hand_in("eve", TRIPLE)
        assert [outcome.problem for outcome in made.autograde()] == ["", ""]
        made.hand_in("eve", RIGHT)
        assert [outcome.before for outcome in made.autograde()] == [True, False]
        marks[kind] = {student: entry.marks for student, entry in
                       results.recorded(made.workspace, made.exercises).items()}
        assert autograde._complete(made.workspace, made.exercises, ["ada", "eve"]).keys() == {"ada", "eve"}
    assert marks["postgresql"] == marks["sqlite"]
    assert not (tmp_path / "postgresql" / "gradebook.db").exists()
