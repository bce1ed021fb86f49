"""Lines as Windows and old Macs end them."""

import json


def make(folder, notebook):
    """Write the submission."""
    for cell in notebook["cells"]:
        end = "\r" if cell["id"] == "mean" else "\r\n"
        cell["source"] = "".join(cell["source"]).replace("\n", end)
        if cell["id"] == "mean":
            # With a line above it the definition begins no line for who counts line feeds only.
            cell["source"] = f"# the average{end}{cell['source']}"
    (folder / "attacked.ipynb").write_bytes(json.dumps(notebook, indent=1).replace("\n", "\r\n").encode("utf-8-sig"))
