"""The plots that several notebooks share.  Each draws into given or new Axes and returns them."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap, ListedColormap, to_rgb

# Told apart also by readers who do not see red and green as two colours.
COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc3311", "#7b3fa0", "#56b4e9", "#8a6d3b", "#555555")
PATH_COLOR = "#d1350f"
# Those that stand out from a map in blues.
PATH_COLORS = (PATH_COLOR, "#ffb000", "#7b3fa0", "#009e73", "#555555")
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*")
GRID_SIZE = 201


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
    path : ndarray, shape (steps + 1, 2), or dict of label -> such an array, optional
        The points (m, b) that descent visited, the start first.  Points outside the grid are cut off.  Of
        several paths, later ones are drawn over earlier ones: the longest first.
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
    ax = _axes(ax, (7.0, 5.2))
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
        _draw_paths(ax, path if isinstance(path, dict) else {None: path})
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
    ax = _axes(ax, (7.0, 4.3))
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


def plot_images(
    images, labels=None, *, columns=5, titles=None, title=None, limits=None, cmap="gray", axes=None,
):
    """Draw images in a grid, row by row.

    Parameters
    ----------
    images : ndarray, shape (m, H, W), (m, H, W, 1) or (m, H, W, 3), or list of m images
        Grey or coloured; those of a list may differ in size.  Colours are integers 0 to 255 or floats 0 to 1.
    labels : sequence of length m, optional
        What stands under each image, such as its class.
    columns : int
        Images in a row.
    titles : sequence of length m, optional
        What stands over each image, such as the filter that made it.
    title : str, optional
        Title of the whole grid.
    limits : tuple of two floats or "each", optional
        The values that are drawn in the first and the last colour of grey images.  By default the least and the
        greatest value of all images together; "each" takes those of each image by itself.
    cmap : str
        Colours for grey images; "gray_r" draws 0 white, like paper.
    axes : sequence of matplotlib.axes.Axes, optional
        Where to draw, m or more; a new figure without it.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (m,)
    """
    images = [_drawable(image, i) for i, image in enumerate(images)]
    if not images:
        raise ValueError("images is empty; give at least one image")
    labels, titles = _one_each("labels", labels, len(images)), _one_each("titles", titles, len(images))
    if axes is None:
        axes = _image_grid(len(images), columns, any(labels) + any(titles))
    axes = np.asarray(axes, dtype=object).ravel()[: len(images)]
    if len(axes) < len(images):
        raise ValueError(f"axes has {len(axes)} entries; expected {len(images)} or more, one for each image")
    if limits is None:
        limits = min(map(np.min, images)), max(map(np.max, images))
    for ax, image, label, over in zip(axes, images, labels, titles, strict=True):
        low, high = (image.min(), image.max()) if limits == "each" else limits
        ax.imshow(image, cmap=cmap, vmin=low, vmax=high, interpolation="nearest")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color("#bbbbbb")
        ax.set_xlabel(label, labelpad=3)
        ax.set_title(over, fontsize="medium", pad=4)
    if title is not None:
        axes[0].figure.suptitle(title)
    return axes


def plot_decision_boundary(
    predict, X, y, *, ax=None, labels=("x1", "x2"), title="Decision boundary",  # noqa: N803 - as in the notebooks
    threshold=0.5, class_names=None,
):
    """Draw what a classifier answers over the plane of two features, its boundary and the samples.

    Parameters
    ----------
    predict : function of an ndarray, shape (n, 2), to an ndarray, shape (n,)
        Probabilities of class 1 as floats, or class numbers as integers.  It is called once, with a fine grid.
    X : ndarray, shape (m, 2)
        The samples, in the same units as ``predict`` takes.
    y : ndarray, shape (m,)
        Their classes, whole numbers from 0.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without it.
    labels : tuple of two str
        Names of the features.
    title : str
        Title of the plot.
    threshold : float
        The probability at which the boundary is drawn.
    class_names : sequence of str, optional
        Names for the legend; "class 0", "class 1" and so on without it.

    Returns
    -------
    matplotlib.axes.Axes
    """
    samples, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if samples.ndim != 2 or samples.shape[1] != 2 or len(samples) == 0:
        raise ValueError(f"X has shape {samples.shape}; expected (m, 2): the boundary is drawn over two features")
    if y.shape != samples.shape[:1]:
        raise ValueError(f"y has shape {y.shape}; expected {samples.shape[:1]}: one class for each row of X")
    classes = np.unique(y)
    if (classes != np.abs(np.round(classes))).any():
        raise ValueError("y has other values than whole numbers from 0; expected classes")
    low, high = samples.min(axis=0), samples.max(axis=0)
    room = np.where(high > low, 0.12 * (high - low), 1.0)
    across, up = np.linspace(low - room, high + room, GRID_SIZE).T
    answers = _answers(predict, np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2))
    answers = answers.reshape(GRID_SIZE, GRID_SIZE)
    ax = _axes(ax, (6.4, 5.0))
    if np.issubdtype(answers.dtype, np.floating):
        _draw_probabilities(ax, across, up, answers, threshold)
    else:
        _draw_regions(ax, across, up, answers)
    for k in classes.astype(int):
        name = f"class {k}" if class_names is None else class_names[k]
        ax.scatter(*samples[y == k].T, s=44, marker=MARKERS[k % len(MARKERS)], color=COLORS[k % len(COLORS)],
                   edgecolors="#222222", linewidths=0.7, label=name, zorder=3)
    ax.set(xlabel=labels[0], ylabel=labels[1], title=title)
    # Below the plot, as there may be points in every corner.
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False)
    return ax


def plot_confusion_matrix(cm, class_names=None, *, ax=None, title="Confusion matrix"):
    """Draw a confusion matrix: the counts as numbers, their share of the row as shade.

    Parameters
    ----------
    cm : ndarray, shape (K, K)
        ``cm[i, j]`` samples of class i were predicted to be of class j.
    class_names : sequence of K str, optional
        Names of the classes; their numbers without it.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without it.
    title : str
        Title of the plot.

    Returns
    -------
    matplotlib.axes.Axes
    """
    cm = np.asarray(cm)
    if cm.ndim != 2 or cm.shape[0] != cm.shape[1]:
        raise ValueError(f"cm has shape {cm.shape}; expected (K, K): a row and a column for each class")
    names = list(map(str, range(len(cm)) if class_names is None else class_names))
    if len(names) != len(cm):
        raise ValueError(f"class_names has {len(names)} entries; expected {len(cm)}, as many as cm has rows")
    size = 2.6 + 0.42 * len(cm)
    ax = _axes(ax, (size + 0.6, size))
    share = cm / np.maximum(cm.sum(axis=1, keepdims=True), 1)
    ax.imshow(share, cmap="Blues", vmin=0.0, vmax=1.0)
    for (i, j), count in np.ndenumerate(cm):
        ax.text(j, i, f"{count}", ha="center", va="center", color="white" if share[i, j] > 0.5 else "#222222")
    slanted = max(map(len, names)) * len(names) > 40
    ax.set_xticks(range(len(cm)), names, rotation=40 if slanted else 0, ha="right" if slanted else "center",
                  rotation_mode="anchor" if slanted else "default")
    ax.set_yticks(range(len(cm)), names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="predicted (shade: share of the row)", ylabel="actual", title=title)
    return ax


def plot_bars(values, *, ax=None, series=None, ylabel="", title="", log=None):
    """Draw one bar, or one group of bars, for each label, with its value written over it.

    Parameters
    ----------
    values : dict of label -> float or sequence of floats
        All numbers, or all sequences of the same length.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without it.
    series : sequence of str, optional
        What the bars of each group are, for the legend.
    ylabel, title : str
        Texts of the plot.
    log : bool, optional
        Logarithmic axis; by default where all values are positive and span more than a factor of 20.

    Returns
    -------
    matplotlib.axes.Axes
    """
    if not values:
        raise ValueError("values is empty; give at least one label with its value")
    if len({np.shape(value) for value in values.values()}) > 1:
        raise ValueError("values has groups of different sizes; expected as many bars for each label")
    heights = np.array(list(values.values()), dtype=np.float64).reshape(len(values), -1)
    groups, bars = heights.shape
    if series is not None and len(series) != bars:
        raise ValueError(f"series has {len(series)} entries; expected {bars}, one for each bar of a group")
    ax = _axes(ax, (max(4.6, 1.0 + 0.75 * groups * max(1.0, 0.6 * bars)), 4.0))
    if log is None:
        log = bool((heights > 0).all() and heights.max() / heights.min() > 20)
    width = 0.64 if bars == 1 else 0.84 / bars
    for j in range(bars):
        places = np.arange(groups) + (j - (bars - 1) / 2) * width
        drawn = ax.bar(places, heights[:, j], 0.92 * width, color=COLORS[j % len(COLORS)],
                       label=None if series is None else series[j])
        ax.bar_label(drawn, fmt="{:.3g}", padding=2, fontsize="small")
    if log:
        ax.set_yscale("log")
        ax.set_ylim(heights.min() / 3, heights.max() * 3)
    else:
        ax.margins(y=0.1)
    ax.set_xticks(range(groups), list(map(str, values)))
    ax.set(ylabel=ylabel, title=title)
    ax.tick_params(axis="x", length=0)
    ax.spines[["top", "right"]].set_visible(False)
    if series is not None:
        # Beside the bars, which may reach up to the top anywhere.
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def _valley_levels(cost, count):
    """Levels in constant ratio above the floor of the valley: even ones would all lie on its walls."""
    finite = cost[np.isfinite(cost)]
    low, high = float(finite.min()), float(finite.max())
    span = high - low
    if span == 0:
        span = abs(low) or 1.0
    return low + np.concatenate([[0.0], np.geomspace(1e-3, 1.0, count) * span])


def _axes(ax, size):
    return plt.subplots(figsize=size, layout="constrained")[1] if ax is None else ax


def _draw_paths(ax, paths):
    if not paths:
        raise ValueError("path is an empty dict; give at least one label with its path")
    starts = []
    for i, (label, path) in enumerate(paths.items()):
        points = np.asarray(path, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2:
            where = "path" if label is None else f"path[{label!r}]"
            raise ValueError(f"{where} has shape {points.shape}; expected (steps + 1, 2)")
        steps = "1 step" if len(points) == 2 else f"{len(points) - 1} steps"
        text = f"{steps} of descent" if label is None else f"{label}, {steps}"
        points = points[np.isfinite(points).all(axis=1)]
        color = PATH_COLORS[i % len(PATH_COLORS)]
        # A long path beside others is a line without dots, or it would hide them.
        _draw_path(ax, points, color, text, marker=3.2 if label is None or len(points) <= 150 else 0.0)
        starts += [(tuple(point), color) for point in points[:1]]
    for i, (start, color) in enumerate(starts):
        if start not in [other for other, _ in starts[:i]]:
            ax.plot(*start, marker="o", markersize=9, color="white", markeredgecolor=color, markeredgewidth=2,
                    linestyle="none", label=f"start ({start[0]:.3g}, {start[1]:.3g})", zorder=5)


def _draw_path(ax, points, color, text, marker):
    ax.plot(points[:, 0], points[:, 1], color="white", linewidth=3.4, zorder=3)
    ax.plot(points[:, 0], points[:, 1], color=color, linewidth=1.5, marker="o", markersize=marker, label=text,
            zorder=4)


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


def _drawable(image, i):
    """The image as imshow takes it, without an axis of a single channel."""
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    if image.size == 0 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
        raise ValueError(
            f"images[{i}] has shape {image.shape}; expected (H, W), (H, W, 1) or (H, W, 3). "
            "A single image must stand in a list"
        )
    if image.ndim == 3:
        top = 255 if np.issubdtype(image.dtype, np.integer) else 1
        if image.min() < 0 or image.max() > top:
            raise ValueError(f"images[{i}] has {image.dtype} colours outside 0 to {top}; scale or clip them first")
    return image


def _one_each(name, texts, count):
    if texts is None:
        return [""] * count
    if len(texts) != count:
        raise ValueError(f"{name} has {len(texts)} entries; expected {count}, one for each image")
    return [str(text) for text in texts]


def _image_grid(count, columns, lines):
    """Axes for so many images, with room for so many lines of text around each."""
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    side = 1.25 if columns > 3 else 2.4
    _, grid = plt.subplots(rows, columns, figsize=(side * columns, (side + 0.22 * lines) * rows + 0.3),
                           layout="constrained", squeeze=False)
    for ax in grid.ravel()[count:]:
        ax.set_axis_off()
    return grid


def _answers(predict, points):
    answers = np.asarray(predict(points))
    if answers.shape != points.shape[:1]:
        raise ValueError(f"predict returned shape {answers.shape}; expected {points.shape[:1]}: one answer per point")
    if not np.issubdtype(answers.dtype, np.floating):
        return answers.astype(int)
    if not (np.isfinite(answers).all() and answers.min() >= -1e-9 and answers.max() <= 1 + 1e-9):
        raise ValueError("predict returned floats outside 0 to 1; expected probabilities, or class numbers as integers")
    return answers


def _draw_probabilities(ax, across, up, answers, threshold):
    cmap = LinearSegmentedColormap.from_list("classes", [_pale(COLORS[0]), "white", _pale(COLORS[1])])
    picture = _draw_map(ax, across, up, answers, cmap=cmap, vmin=0.0, vmax=1.0, interpolation="bilinear")
    bar = ax.figure.colorbar(picture, ax=ax, label="probability of class 1", pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    if answers.min() < threshold <= answers.max():
        ax.contour(across, up, answers, levels=[threshold], colors="#222222", linewidths=1.8)
        ax.plot([], [], color="#222222", linewidth=1.8, label=f"boundary at {threshold:.3g}")


def _draw_regions(ax, across, up, answers):
    count = len(COLORS)
    _draw_map(ax, across, up, answers % count, cmap=ListedColormap([_pale(color) for color in COLORS]), vmin=-0.5,
              vmax=count - 0.5, interpolation="nearest")
    for k in np.unique(answers)[1:]:
        ax.contour(across, up, np.where(answers == k, 1.0, 0.0), levels=[0.5], colors="#222222", linewidths=1.4)


def _draw_map(ax, across, up, values, **how):
    extent = (across[0], across[-1], up[0], up[-1])
    return ax.imshow(values, origin="lower", extent=extent, aspect="auto", zorder=0, **how)


def _pale(color):
    """Light enough for points of the same colour to stand out."""
    return tuple(0.45 * channel + 0.55 for channel in to_rgb(color))
