"""What runs a student's model in a browser: onnxruntime-web, as one script beside the page.

A page that is opened from the disk may load a classic script and nothing else.  So the parts of the package are put
into one: the library, the glue code that it would import, and the WebAssembly that it would fetch.
"""

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from grading_engine.course import KIT, CourseError
from grading_engine.files import write_whole

PACKAGE = "onnxruntime-web"
VERSION = "1.30.0"
SHA512 = "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
SCRIPT = "onnxruntime.js"
CACHE = KIT / ".course" / "npm"
DOWNLOAD_SECONDS = 300

_LIBRARY, _GLUE, _WASM = "ort.wasm.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"
_LICENSE = f"""\
/*!
 * ONNX Runtime Web {VERSION}, from the npm package {PACKAGE}: {_LIBRARY}, {_GLUE} and {_WASM} in one file.
 * Notices for what it contains: ThirdPartyNotices.txt at v{VERSION} of https://github.com/microsoft/onnxruntime
 *
 * MIT License
 *
 * Copyright (c) Microsoft Corporation
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */
"""
# Threads would need headers that a plain web server does not send.  The WebAssembly is packed, which makes the script
# a quarter as long; a page waits for ortReady before it opens a model.
_START = """
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = {mjs: URL.createObjectURL(new Blob([%(glue)s], {type: "text/javascript"}))};
var ortReady = (async () => {
  const packed = Uint8Array.from(atob("%(wasm)s"), letter => letter.charCodeAt(0));
  const whole = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  ort.env.wasm.wasmBinary = await new Response(whole).arrayBuffer();
})();
"""


class NoPackage(CourseError):
    """The package is not here and cannot be had: no npm, or no network."""


def put_beside(folder):
    """Write the script into the folder where a page lies; returns its path."""
    path = Path(folder) / SCRIPT
    write_whole(path, script(archive()))
    return path


def archive():
    """Return the path of the package as npm packs it; it is downloaded once."""
    path = CACHE / f"{PACKAGE}-{VERSION}.tgz"
    if path.is_file() and _digest(path) == SHA512:
        return path
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        _download(folder)
        brought = Path(folder, path.name)
        if _digest(brought) != SHA512:
            raise CourseError(f"what npm brought is not {PACKAGE} {VERSION} as it was published: its SHA-512 is "
                              f"{_digest(brought)}; expected {SHA512}")
        return brought.replace(path)


def script(package):
    """Make one classic script of the package's parts.

    Parameters
    ----------
    package : Path
        The package as npm packs it, a ``.tgz`` with everything below ``package/``.

    Returns
    -------
    str
    """
    library, glue, wasm = _members(package, (_LIBRARY, _GLUE, _WASM))
    start = _START % {"glue": json.dumps(_without_map(glue)),
                      "wasm": base64.b64encode(gzip.compress(wasm, mtime=0)).decode()}
    return _LICENSE + _without_map(library) + start


def _members(package, names):
    try:
        with tarfile.open(package) as tar:
            return [tar.extractfile(f"package/dist/{name}").read() for name in names]
    except (KeyError, tarfile.TarError, EOFError) as error:
        raise CourseError(f"{package} does not hold what a page needs: {error}") from None


def _without_map(source):
    """Code without the comment that makes browsers' tools look for a file which is not there."""
    return "\n".join(line for line in source.decode().split("\n") if not line.startswith("//# sourceMappingURL="))


def _digest(path):
    """A file's SHA-512 as the registry writes it."""
    return base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def _download(folder):
    npm = shutil.which("npm")
    if not npm:
        raise NoPackage(f"npm is not installed, and {PACKAGE} {VERSION} comes from its registry: install it (Debian: "
                        "apt-get install npm), then try again")
    # With npm's own number and length of retries nobody hears for a minute that there is no network.
    command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--json", "--pack-destination", folder,
               "--fetch-retries", "1", "--fetch-retry-mintimeout", "1000"]
    try:
        subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                       timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        raise NoPackage(f"npm did not bring {PACKAGE} {VERSION} within {DOWNLOAD_SECONDS} s: check the network, then "
                        "try again") from None
    except subprocess.CalledProcessError as error:
        raise NoPackage(f"npm could not bring {PACKAGE} {VERSION}: check the network, then try again. npm says: "
                        f"{_reason(error)}") from None


def _reason(error):
    """What npm says about its failure, in a line."""
    try:
        return json.loads(error.stdout)["error"]["summary"]
    except (ValueError, KeyError, TypeError):
        return " ".join(error.stderr.split()) or f"exit status {error.returncode}"
