"""Files with odd names."""

import json
import os


def make(folder, notebook):
    """Write the submission."""
    (folder / "attacked.ipynb").write_text(json.dumps(notebook))
    for name in (b"-rf", b"--help", b"a\nb", b"<img src=x onerror=alert(1)>.html", b"\x1b[2J", b"\xff\xfe", b"%s{0}",
                 b"n" * 255, "\u202egpj.exe".encode(), b"numpy.py", b"conftest.py", b"sitecustomize.py", b"*", b" "):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(b"raise SystemExit('forged')")
