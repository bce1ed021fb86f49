"""Pictures for reports: curves and confusion matrices as PNG inside the page, readable on light and dark ground."""

import base64
import io
from html import escape

import numpy as np
from matplotlib.figure import Figure

# Blue and orange, which everyone tells apart; the second dashed, so that equal curves are both seen.
_LINES = (("#0072b2", "-"), ("#e69f00", "--"), ("#009e73", "-."), ("#cc79a7", ":"))


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
    return _as_html(figure, f"{ylabel} by {xlabel}: {', '.join(values)}")


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
             xlabel="predicted", ylabel="actual")
    return _as_html(figure, "Confusion matrix, rows actual and columns predicted")


def training_run(run):
    """Draw a `training.Run`: curves, confusion matrix, and what it was computed on, in words."""
    from sklearn.metrics import confusion_matrix  # here, since it loads slowly and few reports need it

    classes = range(max(run.y_true.max(), run.y_pred.max(), 1) + 1)
    matrix = confusion_matrix(run.y_true, run.y_pred, labels=classes)
    told = [f"{run.accuracy:.1%} of {len(run.y_true):,} unseen pictures", f"{run.parameters:,} parameters",
            f"{run.images_per_second:,.0f} images/s on {run.device} with Keras on {run.backend}",
            f"at most {run.memory / 2**20:,.0f} MB"]
    if run.stopped:
        told.append("stopped early: its time was over")
    return (f'<div style="margin:.3em 0">{escape("; ".join(told))}</div>'
            '<div style="display:flex;flex-wrap:wrap;gap:.6em">'
            f'{curves(run.curves, "epoch", "accuracy")}{confusion(matrix, classes)}</div>')


def _as_html(figure, description):
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=100)
    encoded = base64.b64encode(data.getvalue()).decode()
    return (f'<img alt="{escape(description)}" src="data:image/png;base64,{encoded}" '
            'style="display:block;max-width:100%;background:#fff;border-radius:4px;margin:.4em 0">')
