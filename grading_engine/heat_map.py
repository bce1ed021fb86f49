"""A wrong array beside the right one, as small tables with coloured cells: a slip in indexing is seen, not read."""

import re
from html import escape

import numpy as np

from grading_engine.language import texts

_ = texts.gettext

# More rows or columns do not fit beside each other on a page.
MOST = 8
# Rows and columns of pictures and of kernels, as the labels of returned values call them.
_ROWS_AND_COLUMNS = (("H", "W"), ("kh", "kw"))
# Two right programs differ by less than this share of the largest number.
_ROUNDING = 1e-9
_WRONG, _BELOW, _ABOVE = (213, 94, 0), (0, 114, 178), (230, 159, 0)


def as_html(got, expected, label):
    """Draw what a function returned, what was expected, and the difference.

    Parameters
    ----------
    got, expected : ndarray
        Of one shape; with more than two axes the plane with the largest difference is drawn.
    label : str
        What the array is called, with its axes where they are known: "dx (m, H, W, C)".

    Returns
    -------
    str
        HTML with inline styles, or "" for arrays that are no table.
    """
    if got.ndim < 2 or got.dtype.kind not in "biuf":
        return ""
    got, expected = np.asarray(got, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    size = float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        difference = got - expected
        difference[(got == expected) | (np.abs(difference) <= _ROUNDING * size)] = 0.0
    plane = _plane(difference, label)
    got, expected, difference = (array[plane] for array in (got, expected, difference))
    if min(got.shape) < 2:
        return ""
    window = _window(difference)
    where = "" if got.ndim == len(plane) else _(", the plane [{plane}]").format(plane=_written(plane))
    if got[window].shape != got.shape:
        rows, columns = window
        where += _(", rows {top} to {bottom} and columns {left} to {right}").format(
            top=rows.start, bottom=rows.stop - 1, left=columns.start, right=columns.stop - 1)
    tables = [_table(_("got"), got[window], size), _table(_("expected"), expected[window], size),
              _table(_("difference"), difference[window], None)]
    # A printer leaves out backgrounds otherwise; a narrow screen scrolls the tables and not the page.
    return (f'<figure style="margin:.4em 0;text-indent:0;print-color-adjust:exact;-webkit-print-color-adjust:exact">'
            f'<figcaption style="font-size:90%">{escape(label + where)}</figcaption>'
            f'<div tabindex="0" role="group" aria-label="{escape(label)}" style="display:flex;flex-wrap:wrap;gap:1.2em;'
            f'overflow-x:auto">{"".join(tables)}</div></figure>')


def _plane(difference, label):
    """An index that leaves two axes: rows and columns of a picture, or else the last two."""
    axes = re.findall(r"\w+", label.partition("(")[2])
    kept = [difference.ndim - 2, difference.ndim - 1]
    for names in _ROWS_AND_COLUMNS:
        if len(axes) == difference.ndim and set(names) <= set(axes):
            kept = [axes.index(name) for name in names]
    size = np.where(np.isnan(difference), np.inf, np.abs(difference))
    worst = np.unravel_index(int(np.argmax(size)), difference.shape)
    return tuple(slice(None) if axis in kept else int(worst[axis]) for axis in range(difference.ndim))


def _window(difference):
    """Rows and columns around the largest difference, as many as fit."""
    size = np.where(np.isnan(difference), np.inf, np.abs(difference))
    worst = np.unravel_index(int(np.argmax(size)), difference.shape)
    starts = [max(0, min(int(place) - MOST // 2, length - MOST))
              for place, length in zip(worst, difference.shape, strict=True)]
    return tuple(slice(start, min(start + MOST, length))
                 for start, length in zip(starts, difference.shape, strict=True))


def _table(title, values, size):
    rows = "".join(f"<tr>{''.join(_cell(value, size) for value in row)}</tr>" for row in values.tolist())
    return (f'<table style="border-collapse:collapse;font-size:80%;font-variant-numeric:tabular-nums">'
            f'<caption style="text-align:left;font-weight:600;padding:0;color:inherit">{escape(title)}</caption>'
            f"{rows}</table>")


def _cell(value, size):
    """One number; below zero blue and above zero orange, and in the difference all that is wrong in red."""
    if size is None:
        share, colour = float(value != 0), _WRONG
    else:
        share, colour = min(1.0, abs(value) / size) if np.isfinite(value) else 1.0, _BELOW if value < 0 else _ABOVE
    tint = f"background:rgba({','.join(map(str, colour))},{0.45 * share:.2f});" if share > 0.02 else ""
    return f'<td style="{tint}color:inherit;padding:1px 5px;text-align:right">{value:.3g}</td>'


def _written(plane):
    return ", ".join(":" if isinstance(part, slice) else str(part) for part in plane)
