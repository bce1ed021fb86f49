"""Unpacking what a learning platform lets staff download: archives that hold archives that students packed."""

import os
import stat
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from nbgrader.plugins import ExtractorPlugin

from grading_engine.submission import MAX_BYTES

MAX_MEMBERS = 50_000
MAX_TOTAL = 8 << 30
# What one student packs: a notebook and some data.
MAX_OF_ONE = 256 << 20
MAX_DEPTH = 3
MAX_NAME = 1000

_CHUNK = 1 << 20


class CappedExtractor(ExtractorPlugin):
    """Takes the place of nbgrader's extractor: unpacks regular files only, below their folder, and so many bytes.

    What is left out is said in a warning and kept in ``skipped``; it costs nobody else's files.
    """

    def __init__(self, **traits):
        super().__init__(**traits)
        self.skipped = []

    def extract(self, archive_path, extracted_path):
        """Unpack or copy everything in ``archive_path`` into ``extracted_path``."""
        for source in sorted(Path(archive_path).rglob("*")):
            if source.is_symlink() or not source.is_file():
                continue
            relative = source.relative_to(archive_path)
            if self._is_archive(source):
                self._unpack(source, Path(extracted_path, relative.parent, _stem(relative.name)), MAX_TOTAL, 1)
            else:
                with open(source, "rb") as file:
                    self._copy(file, Path(extracted_path, relative), MAX_BYTES)

    def unpack(self, archive, folder):
        """Unpack one archive into ``folder`` itself."""
        self._unpack(Path(archive), Path(folder), MAX_TOTAL, 1)

    def _is_archive(self, path):
        return path.suffix in self.zip_ext

    def _unpack(self, archive, folder, budget, depth):
        """Unpack one archive, and the archives in it, each into a folder of its own; returns the bytes written."""
        written = 0
        try:
            for number, (name, opened) in enumerate(_members(archive)):
                if number == MAX_MEMBERS:
                    self._skip(archive, f"it holds more than {MAX_MEMBERS:,} files; the rest is left out")
                    break
                target = _below(folder, name)
                if target is None or opened is None or target.exists():
                    self._skip(archive, f"{name!r} in it is left out: no regular file, or not below its folder, "
                                        "or there twice")
                    continue
                limit = min(MAX_OF_ONE if self._is_archive(target) else MAX_BYTES, budget - written)
                with opened() as file:
                    written += self._copy(file, target, limit)
                if target.is_file() and self._is_archive(target):
                    if depth == MAX_DEPTH:
                        self._skip(target, "archives are nested too deeply")
                    else:
                        inner = min(MAX_OF_ONE, budget - written)
                        written += self._unpack(target, target.with_name(_stem(target.name)), inner, depth + 1)
                    target.unlink()
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, NotImplementedError, RuntimeError, ValueError,
                OSError) as error:
            # Encrypted, damaged, of a kind that Python does not know: one student's, and only theirs.
            self._skip(archive, f"it cannot be unpacked to the end ({error})")
        return written

    def _copy(self, file, target, limit):
        """Copy a file unless it is larger than ``limit``; returns the bytes written."""
        target.parent.mkdir(parents=True, exist_ok=True)
        written = 0
        with open(target, "wb") as out:
            while chunk := file.read(min(_CHUNK, limit - written + 1)):
                written += len(chunk)
                if written > limit:
                    break
                out.write(chunk)
        if written > limit:
            target.unlink()
            self._skip(target, "it is too large and is left out")
        return written

    def _skip(self, path, why):
        self.skipped.append(f"{Path(path).name!r}: {why}")
        self.log.warning("%r: %s", Path(path).name, why)


def _members(archive):
    """Yield (name, function that opens it) of an archive's members; None in its place for all but regular files."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            for member in opened.infolist():
                if not member.is_dir():
                    kind = stat.S_IFMT(member.external_attr >> 16)
                    regular = kind in (0, stat.S_IFREG)
                    yield member.filename, (lambda member=member: opened.open(member)) if regular else None
        return
    # Read as a stream: a member is met only once the ones before it were, and nothing is looked up by name.
    with tarfile.open(archive, "r|*") as opened:
        for member in opened:
            if not member.isdir():
                yield member.name, (lambda member=member: opened.extractfile(member)) if member.isreg() else None


def _below(folder, name):
    """Where a member belongs, or None when its name leads elsewhere."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    leads_elsewhere = not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]
    if leads_elsewhere or "\0" in name or len(os.fsencode(name)) > MAX_NAME:
        return None
    return folder.joinpath(*parts)


def _stem(name):
    """A folder's name for an archive: ``alice.tar.gz`` goes to ``alice``."""
    return Path(name).stem.removesuffix(".tar")
