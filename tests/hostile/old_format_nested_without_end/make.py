"""Worksheets inside worksheets."""

def make(folder, notebook):
    """Write the submission."""
    deep = '{"worksheets":[' * 450 + "]}" * 450
    (folder / "attacked.ipynb").write_text(f'{{"nbformat": 3, "worksheets": [{deep}]}}')
