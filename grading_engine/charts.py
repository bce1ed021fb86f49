"""Pictures for reports: curves, confusion matrices and decision regions as PNG, readable on light and dark ground."""

import base64
import io
from html import escape

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from grading_engine.language import texts

_ = texts.gettext

# Blue and orange, which everyone tells apart; the second dashed, so that equal curves are both seen.
_LINES = (("#0072b2", "-"), ("#e69f00", "--"), ("#009e73", "-."), ("#cc79a7", ":"))

# Points to a side of a plane: a boundary is seen, and a slow function still answers in its time.
SIDE = 48
_REGIONS = LinearSegmentedColormap.from_list("blue to orange", ["#5aa9d6", "#f7f7f7", "#f0b43c"])


def curves(values, xlabel, ylabel):
    """Draw curves into one picture.

    Parameters
    ----------
    values : dict of str to sequence of float
        By the name in the legend; the numbers stand at 1, 2, ...
    xlabel, ylabel : str

    Returns
    -------
    str
        HTML that needs nothing from elsewhere.
    """
    figure = Figure(figsize=(5.6, 3.0), layout="constrained")
    axes = figure.add_subplot()
    for (name, heights), (colour, style) in zip(values.items(), _LINES, strict=False):
        heights = np.asarray(heights, dtype=np.float64)
        axes.plot(np.arange(1, len(heights) + 1), heights, style, color=colour, label=name,
                  marker="o" if len(heights) < 4 else None)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    return _as_html(figure, _("{ylabel} by {xlabel}: {names}").format(ylabel=ylabel, xlabel=xlabel,
                                                                      names=", ".join(values)))


def confusion(matrix, names):
    """Draw a confusion matrix.

    Parameters
    ----------
    matrix : ndarray, shape (K, K), int
        Rows actual, columns predicted.
    names : sequence of str
        Of the K classes.

    Returns
    -------
    str
        HTML, as above.
    """
    figure = Figure(figsize=(4.2, 3.8), layout="constrained")
    axes = figure.add_subplot()
    # Errors are few beside the hits: shares of a row show them.
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (i, j), count in np.ndenumerate(matrix):
        if count:
            axes.text(j, i, str(count), ha="center", va="center", fontsize=7,
                      color="white" if shares[i, j] > 0.5 else "black")
    axes.set(xticks=range(len(names)), yticks=range(len(names)), xticklabels=names, yticklabels=names,
             xlabel=_("predicted"), ylabel=_("actual"))
    return _as_html(figure, _("Confusion matrix, rows actual and columns predicted"))


def plane(left, right, bottom, top):
    """Return the points of a plane, (SIDE², 2), that `decision_regions` wants the answers for."""
    x, y = np.meshgrid(np.linspace(left, right, SIDE), np.linspace(bottom, top, SIDE))
    return np.column_stack([x.ravel(), y.ravel()])


def decision_regions(values, extent, samples=(), classes=()):
    """Draw where a classifier of two features says 0 and where it says 1, beside others.

    Parameters
    ----------
    values : dict of str to array-like
        Answers for ``plane(*extent)`` by what they are called: probabilities or classes of the SIDE² points, right
        answers last.  Those that are no such numbers are left out.
    extent : tuple of float
        Left, right, bottom and top of the plane.
    samples : array-like, shape (m, 2)
        Points to mark in it.
    classes : array-like, shape (m,) or (m, 1)
        Their classes, 0 and 1.

    Returns
    -------
    str
        HTML, as above.  In words it says how much of the plane gets the same class from the first and the last.
    """
    drawn = {name: field for name, value in values.items() if (field := _field(value)) is not None}
    if not drawn:
        return ""
    figure = Figure(figsize=(3.1 * len(drawn), 2.9), layout="constrained")
    samples, classes = np.reshape(samples, (-1, 2)), np.ravel(classes)
    all_axes = figure.subplots(1, len(drawn), squeeze=False)[0]
    for axes, (name, field) in zip(all_axes, drawn.items(), strict=True):
        # What is no number stays the grey of the ground.
        axes.set_facecolor("#8c8c8c")
        axes.imshow(field, cmap=_REGIONS, vmin=0, vmax=1, origin="lower", extent=extent, aspect="auto")
        numbers = np.ma.masked_invalid(field)
        if numbers.count() and numbers.min() < 0.5 < numbers.max():
            axes.contour(numbers, [0.5], colors="black", linewidths=1.2, extent=extent)
        for label, marker in ((0, "o"), (1, "^")):
            axes.scatter(*samples[classes == label].T, marker=marker, s=28, color="white" if label else "black",
                         edgecolors="black", linewidths=0.8)
        axes.set(title=name, xlim=extent[:2], ylim=extent[2:])
    first, last = (drawn[name] >= 0.5 for name in (next(iter(drawn)), next(reversed(drawn))))
    return _as_html(figure, _("Decision regions: {names}; the same class on {share} of the plane").format(
        names=", ".join(drawn), share=f"{np.mean(first == last):.0%}"))


def training_run(run):
    """Draw a `training.Run`: curves, confusion matrix, and what it was computed on, in words."""
    from sklearn.metrics import confusion_matrix  # here, since it loads slowly and few reports need it

    classes = range(max(run.y_true.max(), run.y_pred.max(), 1) + 1)
    matrix = confusion_matrix(run.y_true, run.y_pred, labels=classes)
    told = [_("{share:.1%} of {number:,} unseen pictures").format(share=run.accuracy, number=len(run.y_true)),
            _("{number:,} parameters").format(number=run.parameters),
            _("{number:,.0f} images/s on {device} with Keras on {backend}").format(
                number=run.images_per_second, device=run.device, backend=run.backend),
            _("at most {number:,.0f} MB").format(number=run.memory / 2**20)]
    if run.stopped:
        told.append(_("stopped early: its time was over"))
    names = {"training images": _("training images"), "unseen images": _("unseen images")}
    lines = {names.get(name, name): values for name, values in run.curves.items()}
    return (f'<div style="margin:.3em 0">{escape("; ".join(told))}</div>'
            '<div style="display:flex;flex-wrap:wrap;gap:.6em">'
            f'{curves(lines, _("epoch"), _("accuracy"))}{confusion(matrix, classes)}</div>')


def _field(value):
    """Answers for a plane as an array of its rows and columns, all that is not finite as nan; None when it is none."""
    try:
        field = np.array(value, dtype=np.float64).reshape(SIDE, SIDE)
    except (TypeError, ValueError):
        return None
    field[~np.isfinite(field)] = np.nan
    return field


def _as_html(figure, description):
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=100)
    encoded = base64.b64encode(data.getvalue()).decode()
    return (f'<img alt="{escape(description)}" src="data:image/png;base64,{encoded}" '
            'style="display:block;max-width:100%;background:#fff;border-radius:4px;margin:.4em 0">')
