import base64
import gzip
import hashlib
import io
import json
import re
import tarfile

import pytest

from grading_engine import browser_runtime
from grading_engine.browser_runtime import PACKAGE, SCRIPT, VERSION, NoPackage, put_beside
from grading_engine.course import CourseError

LIBRARY = b'/*!\n * notice\n */\n"use strict";var ort={env:{wasm:{}}};\n//# sourceMappingURL=ort.wasm.min.js.map\n'
GLUE = 'export default () => "</script>\u2028é";\n//# sourceMappingURL=glue.map\n'.encode()
WASM = bytes(range(256)) * 40


def pack(path, **changed):
    """Write an archive as npm packs it; ``library``, ``glue`` or ``wasm`` may be None, and then it lacks that file."""
    parts = {"library": LIBRARY, "glue": GLUE, "wasm": WASM} | changed
    names = {"library": "ort.wasm.min.js", "glue": "ort-wasm-simd-threaded.mjs", "wasm": "ort-wasm-simd-threaded.wasm"}
    with tarfile.open(path, "w:gz") as tar:
        for part, content in parts.items():
            if content is not None:
                entry = tarfile.TarInfo(f"package/dist/{names[part]}")
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return path


def digest(path):
    return base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


@pytest.fixture(autouse=True)
def cache(request, tmp_path, monkeypatch):
    """An empty cache, and a PATH without npm."""
    if request.node.get_closest_marker("network"):
        return None
    monkeypatch.setattr(browser_runtime, "CACHE", tmp_path / "cache" / "npm")
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return browser_runtime.CACHE


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The package in the registry."""
    path = pack(tmp_path / "published.tgz")
    monkeypatch.setattr(browser_runtime, "SHA512", digest(path))
    return path


@pytest.fixture
def cached(published, cache):
    cache.mkdir(parents=True)
    return published.rename(cache / f"{PACKAGE}-{VERSION}.tgz")


@pytest.fixture
def npm(tmp_path):
    """Put a program in npm's place, which writes down how it was called."""

    def install(does):
        path = tmp_path / "bin" / "npm"
        path.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n'
                        f'while [ "$1" != --pack-destination ]; do shift; done\nPATH=/usr/bin:/bin\n{does}\n')
        path.chmod(0o755)
        return tmp_path / "calls"

    return install


def test_the_script_holds_all_parts_of_the_package(cached, tmp_path):
    path = put_beside(tmp_path / "page")
    assert path == tmp_path / "page" / SCRIPT
    assert [entry.name for entry in path.parent.iterdir()] == [SCRIPT]
    source = path.read_text()
    assert LIBRARY.decode().splitlines()[3] in source
    glue = re.search(r"new Blob\(\[(\".*\")\], \{type: \"text/javascript\"\}\)", source)[1]
    assert json.loads(glue).rstrip("\n") == GLUE.decode().split("\n")[0]
    assert gzip.decompress(base64.b64decode(re.search(r'atob\("([^"]*)"\)', source)[1])) == WASM


def test_the_script_starts_with_the_license(cached, tmp_path):
    source = put_beside(tmp_path).read_text()
    notice = source[:source.index("*/")]
    assert source.startswith("/*!")
    assert "MIT License" in notice
    assert "Copyright (c) Microsoft Corporation" in notice
    assert "The above copyright notice and this permission notice shall be included" in notice
    assert VERSION in notice


def test_the_script_looks_for_no_other_file(cached, tmp_path):
    source = put_beside(tmp_path).read_text()
    assert "sourceMappingURL" not in source


def test_the_same_package_gives_the_same_script(cached, tmp_path):
    assert put_beside(tmp_path / "a").read_bytes() == put_beside(tmp_path / "b").read_bytes()


def test_the_package_is_downloaded_once(published, cache, npm, tmp_path):
    calls = npm(f'cp {published} "$2/{PACKAGE}-{VERSION}.tgz"')
    put_beside(tmp_path / "a")
    put_beside(tmp_path / "b")
    (call,) = calls.read_text().splitlines()
    assert call.startswith(f"pack {PACKAGE}@{VERSION} ")
    assert "://" not in call
    assert [entry.name for entry in cache.iterdir()] == [f"{PACKAGE}-{VERSION}.tgz"]


def test_without_npm_it_says_so(cache, tmp_path):
    with pytest.raises(NoPackage, match=r"npm is not installed.*apt-get install npm"):
        put_beside(tmp_path / "page")
    assert not (tmp_path / "page").exists()


@pytest.mark.parametrize(("does", "says"), [
    ("""echo '{"error": {"code": "ENOTFOUND", "summary": "getaddrinfo ENOTFOUND registry"}}'; exit 1""",
     "getaddrinfo ENOTFOUND registry"),
    ("echo 'npm: broken\ninstallation' >&2; exit 1", "npm: broken installation"),
    ("exit 3", "exit status 3"),
])
def test_without_network_it_says_what_npm_says(cache, npm, does, says, tmp_path):
    npm(does)
    with pytest.raises(NoPackage, match=f"could not bring {PACKAGE} {VERSION}: check the network.*{says}$"):
        put_beside(tmp_path / "page")
    assert list(cache.iterdir()) == []


def test_a_network_that_hangs_is_given_up(npm, monkeypatch, tmp_path):
    npm("exec sleep 30")
    monkeypatch.setattr(browser_runtime, "DOWNLOAD_SECONDS", .2)
    with pytest.raises(NoPackage, match=r"within 0\.2 s"):
        put_beside(tmp_path / "page")


def test_another_package_is_not_kept(cache, npm, tmp_path):
    npm(f'echo other > "$2/{PACKAGE}-{VERSION}.tgz"')
    with pytest.raises(CourseError, match=r"not .* as it was published") as caught:
        put_beside(tmp_path / "page")
    assert caught.type is CourseError
    assert list(cache.iterdir()) == []


def test_a_damaged_copy_is_replaced(cached, npm, tmp_path):
    whole = cached.rename(tmp_path / "whole.tgz")
    cached.write_bytes(whole.read_bytes()[:-1])
    npm(f'cp {whole} "$2/{PACKAGE}-{VERSION}.tgz"')
    put_beside(tmp_path / "page")
    assert cached.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("part", ["library", "glue", "wasm"])
def test_a_package_that_lacks_a_part_is_named(cached, part, monkeypatch, tmp_path):
    pack(cached, **{part: None})
    monkeypatch.setattr(browser_runtime, "SHA512", digest(cached))
    with pytest.raises(CourseError, match=f"{PACKAGE}-{VERSION}.tgz does not hold what a page needs"):
        put_beside(tmp_path / "page")


@pytest.mark.network
def test_the_published_package_has_all_parts(tmp_path):
    try:
        path = put_beside(tmp_path)
    except NoPackage as reason:
        pytest.skip(str(reason))
    source = path.read_text()
    assert f"ONNX Runtime Web v{VERSION}" in source
    assert gzip.decompress(base64.b64decode(re.search(r'atob\("([^"]*)"\)', source)[1])).startswith(b"\0asm")
    assert not re.search(r"^\s*(import|export)\b", source, re.MULTILINE)
