"""The plots that several notebooks share.  Each draws into given or new Axes and returns them."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap

# Told apart also by readers who do not see red and green as two colours.
COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc3311", "#7b3fa0", "#56b4e9", "#8a6d3b", "#555555")
PATH_COLOR = "#d1350f"


def plot_cost_contour(
    m_values, b_values, cost, path=None, *, ax=None, minimum=None, labels=("slope m", "intercept b"),
    title="Cost", levels=14,
):
    """Draw the cost over two parameters as a map, with the path that descent took across it.

    Parameters
    ----------
    m_values : ndarray, shape (n_m,)
        Grid of the first parameter, drawn to the right.
    b_values : ndarray, shape (n_b,)
        Grid of the second parameter, drawn upwards.
    cost : ndarray, shape (n_m, n_b)
        ``cost[i, j]`` belongs to ``m_values[i]`` and ``b_values[j]``.
    path : ndarray, shape (steps + 1, 2), optional
        The points (m, b) that descent visited, the start first.  Points outside the grid are cut off.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without it.
    minimum : tuple of two floats, optional
        Marks the best point, where it is known.
    labels : tuple of two str
        Names of the parameters.
    title : str
        Title of the plot.
    levels : int
        Number of contour lines.

    Returns
    -------
    matplotlib.axes.Axes
    """
    m_values, b_values, cost = np.asarray(m_values), np.asarray(b_values), np.asarray(cost)
    if cost.shape != (len(m_values), len(b_values)):
        wanted = (len(m_values), len(b_values))
        raise ValueError(f"cost has shape {cost.shape}; expected {wanted}: one row per m, one column per b")
    if ax is None:
        _, ax = plt.subplots(figsize=(7.0, 5.2), layout="constrained")
    edges = _valley_levels(cost, levels)
    cmap = ListedColormap(plt.get_cmap("Blues_r")(np.linspace(0.12, 0.98, len(edges) - 1)))
    norm = BoundaryNorm(edges, cmap.N)
    filled = ax.contourf(m_values, b_values, cost.T, levels=edges, cmap=cmap, norm=norm)
    ax.contour(m_values, b_values, cost.T, levels=edges[1:], colors="#1f3b57", linewidths=0.6, alpha=0.6)
    bar = ax.figure.colorbar(filled, ax=ax, ticks=edges[::2], format="{x:.3g}", pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(which="both", length=0)
    if minimum is not None:
        ax.plot(*minimum, marker="*", markersize=15, color="#ffd21f", markeredgecolor="#333333",
                linestyle="none", label=f"minimum ({minimum[0]:.3g}, {minimum[1]:.3g})", zorder=5)
    if path is not None:
        _draw_path(ax, np.asarray(path))
    # The grid decides what is seen: a path that runs away must not shrink the valley to a dot.
    ax.set(xlim=(m_values.min(), m_values.max()), ylim=(b_values.min(), b_values.max()),
           xlabel=labels[0], ylabel=labels[1], title=title)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="best", framealpha=0.92)
    return ax


def plot_loss_curves(
    histories, *, ax=None, xlabel="epoch", ylabel="MSE", title="Loss", log=None, headroom=30.0,
):
    """Draw one loss curve per label and keep all of them readable, also beside one that diverges.

    Parameters
    ----------
    histories : dict of label -> ndarray, shape (steps + 1,)
        The loss before the first step, after it, and so on.  Lengths may differ; nan or infinity ends one.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without it.
    xlabel, ylabel, title : str
        Texts of the plot.
    log : bool, optional
        Logarithmic loss axis; by default where the losses span more than a factor of 20.
    headroom : float
        How many times the largest starting loss still fits in; a curve that climbs higher leaves the picture
        and says so in the legend.

    Returns
    -------
    matplotlib.axes.Axes
    """
    if not histories:
        raise ValueError("histories is empty; give at least one label with its losses")
    curves = {label: np.asarray(losses, dtype=np.float64) for label, losses in histories.items()}
    if ax is None:
        _, ax = plt.subplots(figsize=(7.0, 4.3), layout="constrained")
    starts = [losses[0] for losses in curves.values() if losses.size and np.isfinite(losses[0])]
    ceiling = headroom * max(starts, default=1.0)
    shown = np.concatenate([losses[np.isfinite(losses) & (losses <= ceiling)] for losses in curves.values()])
    positive = shown[shown > 0]
    if log is None:
        log = positive.size > 0 and positive.max() / positive.min() > 20
    for (label, losses), color in zip(curves.items(), _colors(len(curves)), strict=True):
        _draw_losses(ax, label, losses, ceiling, color, log)
    if log:
        ax.set_yscale("log")
    elif shown.size:
        ax.set_ylim(bottom=min(0.0, float(shown.min())))
    if any((losses > ceiling).any() for losses in curves.values()):
        ax.set_ylim(top=ceiling)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(True, which="major", color="#888888", alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def _valley_levels(cost, count):
    """Levels in constant ratio above the floor of the valley: even ones would all lie on its walls."""
    finite = cost[np.isfinite(cost)]
    low, high = float(finite.min()), float(finite.max())
    span = high - low
    if span == 0:
        span = abs(low) or 1.0
    return low + np.concatenate([[0.0], np.geomspace(1e-3, 1.0, count) * span])


def _draw_path(ax, path):
    inside = path[np.isfinite(path).all(axis=1)]
    ax.plot(inside[:, 0], inside[:, 1], color="white", linewidth=3.4, zorder=3)
    ax.plot(inside[:, 0], inside[:, 1], color=PATH_COLOR, linewidth=1.5, marker="o", markersize=3.2,
            label=f"{len(path) - 1} steps of descent", zorder=4)
    start = inside[0]
    ax.plot(*start, marker="o", markersize=9, color="white", markeredgecolor=PATH_COLOR, markeredgewidth=2,
            linestyle="none", label=f"start ({start[0]:.3g}, {start[1]:.3g})", zorder=5)


def _draw_losses(ax, label, losses, ceiling, color, log):
    gone = ~np.isfinite(losses) | (losses > ceiling)
    end = int(np.argmax(gone)) if gone.any() else len(losses)
    # One point above the ceiling stays, so that the line visibly leaves the picture.
    visible = losses[: end + 1] if end < len(losses) and np.isfinite(losses[end]) else losses[:end]
    steps = np.arange(len(visible))
    text = f"{label} (diverges)" if gone.any() or (len(losses) > 1 and losses[-1] > losses[0]) else f"{label}"
    draw = ax.semilogy if log else ax.plot
    draw(steps, visible, color=color, linewidth=2, label=text)


def _colors(count):
    return [COLORS[i % len(COLORS)] for i in range(count)]
