import io
import logging
import os
import stat
import subprocess
import sys
import tarfile
import zipfile

import pytest

from grading_engine import archives
from grading_engine.archives import CappedExtractor
from grading_engine.workspace import make_class

NOTEBOOK = b'{"cells": []}'


def packed(**members):
    """A zip archive in memory; double underscores stand for dots."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return data.getvalue()


@pytest.fixture
def unpacked(tmp_path, caplog):
    """Unpack {name: bytes} and return the files that came out: {path: bytes}."""
    def run(**files):
        (tmp_path / "archive").mkdir()
        for name, content in files.items():
            (tmp_path / "archive" / name.replace("__", ".")).write_bytes(content)
        plugin = CappedExtractor()
        plugin.log.setLevel(logging.WARNING)
        plugin.extract(str(tmp_path / "archive"), str(tmp_path / "extracted"))
        found = (tmp_path / "extracted").rglob("*") if (tmp_path / "extracted").exists() else ()
        return {str(path.relative_to(tmp_path / "extracted")): path.read_bytes() for path in found if path.is_file()}

    return run


def test_archives_in_archives_come_out_below_their_names(unpacked):
    inner = packed(ps2__ipynb=NOTEBOOK)
    assert unpacked(download__zip=packed(alice__zip=inner, bob__ipynb=NOTEBOOK), loose__ipynb=NOTEBOOK) == {
        "download/alice/ps2.ipynb": NOTEBOOK, "download/bob.ipynb": NOTEBOOK, "loose.ipynb": NOTEBOOK}


def test_a_bomb_costs_nobody_else_anything(unpacked, monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 10_000)
    bomb = packed(**{f"part{n}__ipynb": bytes(10_000) for n in range(5)}, big__ipynb=bytes(1 << 20))
    monkeypatch.setattr(archives, "MAX_OF_ONE", 35_000)
    found = unpacked(download__zip=packed(mallory__zip=bomb, zoe__ipynb=NOTEBOOK))
    assert found["download/zoe.ipynb"] == NOTEBOOK
    assert sum(map(len, found.values())) <= 35_000 + len(NOTEBOOK)


def test_nesting_and_numbers_are_bounded(unpacked, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    nested = packed(a__ipynb=NOTEBOOK)
    for _ in range(6):
        nested = packed(next__zip=nested)
    many = packed(**{f"n{n}__ipynb": NOTEBOOK for n in range(9)})
    assert set(unpacked(deep__zip=nested, many__zip=many)) == {f"many/n{n}.ipynb" for n in range(3)}


@pytest.mark.parametrize("name", ["../out.ipynb", "/out.ipynb", "a/../../out.ipynb", "..\\out.ipynb", "C:\\out.ipynb"])
def test_nothing_leaves_its_folder(unpacked, tmp_path, name):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, NOTEBOOK)
        archive.writestr("good.ipynb", NOTEBOOK)
    assert unpacked(a__zip=data.getvalue()) == {"a/good.ipynb": NOTEBOOK}
    assert not list(tmp_path.rglob("out.ipynb"))


def test_only_regular_files_come_out(unpacked):
    data, tar = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        link = zipfile.ZipInfo("link.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("fifo", tarfile.FIFOTYPE),
                           ("device", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(f"{name}.ipynb")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        member = tarfile.TarInfo("good.ipynb")
        member.size = len(NOTEBOOK)
        archive.addfile(member, io.BytesIO(NOTEBOOK))
    assert unpacked(a__zip=data.getvalue(), b__tar__gz=tar.getvalue()) == {"b/good.ipynb": NOTEBOOK}


def test_what_is_no_archive_is_said_and_left_out(unpacked, caplog):
    assert unpacked(a__zip=b"no archive", b__zip=packed(x__ipynb=NOTEBOOK)[:-30], c__zip=packed(y__ipynb=NOTEBOOK)) == {
        "c/y.ipynb": NOTEBOOK}


def test_zip_collect_uses_it(tmp_path):
    make_class(tmp_path, r"c.FileNameCollectorPlugin.named_regexp = r'.*/(?P<student_id>[a-z]+)_(?P<file_id>\w+)'" "\n")
    folder = tmp_path / "downloaded" / "ps2_linear_regression" / "archive"
    folder.mkdir(parents=True)
    link = zipfile.ZipInfo("mallory_ps2_linear_regression.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "download.zip", "w") as archive:
        archive.writestr("alice_ps2_linear_regression.ipynb", NOTEBOOK)
        archive.writestr(link, "/etc/passwd")
    done = subprocess.run([sys.executable, "-P", "-m", "nbgrader", "zip_collect", "ps2_linear_regression"], text=True,
                          cwd=tmp_path, env=os.environ, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [str(path.relative_to(tmp_path / "submitted")) for path in (tmp_path / "submitted").rglob("*.ipynb")] == [
        "alice/ps2_linear_regression/ps2_linear_regression.ipynb"]
    assert "left out" in done.stderr
