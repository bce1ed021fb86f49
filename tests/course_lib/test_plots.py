"""The shared plots draw what they say: real lines and paths, on the right axes."""

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.contour import ContourSet

from course_lib.plots import (
    plot_bars,
    plot_confusion_matrix,
    plot_cost_contour,
    plot_decision_boundary,
    plot_images,
    plot_loss_curves,
)

M_VALUES = np.linspace(-2, 4, 31)
B_VALUES = np.linspace(-1, 7, 21)
X, Y = np.array([1.0, 2.0]), np.array([3.0, 5.0])
COST = np.mean((M_VALUES[:, None, None] * X + B_VALUES[None, :, None] - Y) ** 2, axis=-1)
PATH = np.array([[-1.0, 5.0], [-0.7, 5.1], [-0.58, 5.09]])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def lines_of(ax, points):
    """The drawn lines with just these points."""
    return [line for line in ax.lines if np.array_equal(line.get_xydata(), points)]


def test_contour_draws_the_path_and_the_minimum():
    ax = plot_cost_contour(M_VALUES, B_VALUES, COST, PATH, minimum=(2.0, 1.0))
    assert lines_of(ax, PATH)
    assert lines_of(ax, [[2.0, 1.0]])
    assert lines_of(ax, PATH[:1])
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "2 steps of descent" in texts
    ax.figure.canvas.draw()


def test_contour_puts_the_first_parameter_to_the_right():
    ax = plot_cost_contour(M_VALUES, B_VALUES, COST)
    assert ax.get_xlim() == (-2, 4)
    assert ax.get_ylim() == (-1, 7)
    lowest = ax.collections[0].get_paths()[0].vertices
    # The floor of the valley surrounds m = 2, b = 1 and not m = 1, b = 2.
    assert lowest[:, 0].min() < 2 < lowest[:, 0].max()
    np.testing.assert_allclose(lowest.mean(axis=0), [2, 1], atol=0.4)


def test_contour_refuses_a_transposed_grid():
    with pytest.raises(ValueError, match="one row per m"):
        plot_cost_contour(M_VALUES, B_VALUES, COST.T)


def test_contour_spaces_its_levels_so_that_the_valley_shows():
    ax = plot_cost_contour(M_VALUES, B_VALUES, COST)
    levels = ax.collections[0].levels
    assert levels[0] == COST.min()
    assert levels[1] - levels[0] < 2e-3 * np.ptp(COST)
    assert levels[-1] == pytest.approx(COST.max())


def test_contour_keeps_the_view_of_a_path_that_runs_away():
    runaway = np.array([[0.0, 0.0], [1e6, -1e6], [np.inf, np.nan]])
    ax = plot_cost_contour(M_VALUES, B_VALUES, COST, runaway)
    assert ax.get_xlim() == (-2, 4)
    ax.figure.canvas.draw()


def test_contour_of_a_constant_cost_draws():
    plot_cost_contour(M_VALUES, B_VALUES, np.zeros((31, 21))).figure.canvas.draw()


def test_plots_use_the_axes_they_are_given():
    _, (left, right) = plt.subplots(1, 2)
    assert plot_cost_contour(M_VALUES, B_VALUES, COST, ax=left) is left
    assert plot_loss_curves({"a": [3.0, 2.0]}, ax=right, xlabel="step") is right
    assert right.get_xlabel() == "step"


def test_loss_curves_draw_every_value():
    history = np.array([42.2, 8.4, 2.1, 0.9])
    ax = plot_loss_curves({"rate 0.01": history})
    assert lines_of(ax, np.column_stack([np.arange(4), history]))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["rate 0.01"]


def test_loss_curves_choose_the_scale():
    assert plot_loss_curves({"steep": [100.0, 1.0]}).get_yscale() == "log"
    assert plot_loss_curves({"flat": [2.0, 1.0]}).get_yscale() == "linear"
    assert plot_loss_curves({"steep": [100.0, 1.0]}, log=False).get_yscale() == "linear"


def test_a_diverging_curve_leaves_the_others_readable():
    falling = 40.0 * 0.5 ** np.arange(20)
    rising = np.array([40.0, 4e3, 4e8, np.inf, np.nan])
    ax = plot_loss_curves({"good": falling, "bad": rising})
    assert ax.get_ylim()[1] <= 30 * 40
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["good", "bad (diverges)"]
    ax.figure.canvas.draw()


def test_loss_curves_need_at_least_one():
    with pytest.raises(ValueError, match="histories"):
        plot_loss_curves({})


def test_contour_draws_several_paths():
    paths = {"stochastic": PATH + 0.5, "batch": PATH[:2], "other": [[-0.5, 5.5], [0, 5], [1, 3]]}
    ax = plot_cost_contour(M_VALUES, B_VALUES, COST, paths)
    colors = []
    for path in paths.values():
        # The outline is white, so that the path is seen on dark and light blue.
        outline, line = lines_of(ax, path)
        assert outline.get_color() == "white"
        colors.append(line.get_color())
    assert len(set(colors)) == 3
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["stochastic, 2 steps", "batch, 1 step", "other, 2 steps", "start (-0.5, 5.5)", "start (-1, 5)"]
    ax.figure.canvas.draw()


def test_contour_survives_a_path_without_a_finite_point():
    ax = plot_cost_contour(M_VALUES, B_VALUES, COST, {"lost": np.full((4, 2), np.nan)})
    ax.figure.canvas.draw()


@pytest.mark.parametrize(("path", "message"), [
    (PATH.T, r"path has shape \(2, 3\); expected \(steps \+ 1, 2\)"),
    ({"batch": PATH[:, 0]}, r"path\['batch'\] has shape \(3,\)"),
    ({}, "path is an empty dict"),
])
def test_contour_refuses_other_paths(path, message):
    with pytest.raises(ValueError, match=message):
        plot_cost_contour(M_VALUES, B_VALUES, COST, path)


def images_of(axes):
    return [ax.images[0] for ax in axes]


def test_images_are_drawn_row_by_row_with_what_stands_around_them():
    images = np.arange(7 * 6.0).reshape(7, 2, 3)
    axes = plot_images(images, range(7), columns=3, titles="abcdefg", title="Seven")
    assert len(axes) == 7
    assert len(axes[0].figure.axes) == 9
    for i, (ax, picture) in enumerate(zip(axes, images_of(axes), strict=True)):
        np.testing.assert_array_equal(picture.get_array(), images[i])
        assert (ax.get_xlabel(), ax.get_title()) == (str(i), "abcdefg"[i])
        assert picture.get_clim() == (0, 41)
    axes[0].figure.canvas.draw()
    assert axes[1].get_position().x0 > axes[0].get_position().x1
    assert axes[3].get_position().y1 < axes[0].get_position().y0
    assert axes[0].figure.get_suptitle() == "Seven"


def test_images_limits():
    images = [np.eye(2), 5 * np.eye(3)]
    assert [p.get_clim() for p in images_of(plot_images(images))] == [(0, 5), (0, 5)]
    assert [p.get_clim() for p in images_of(plot_images(images, limits="each"))] == [(0, 1), (0, 5)]
    assert [p.get_clim() for p in images_of(plot_images(images, limits=(0, 255)))] == [(0, 255)] * 2


@pytest.mark.parametrize("images", [
    np.zeros((2, 4, 5)), np.zeros((2, 4, 5, 1)), np.ones((2, 4, 5, 3)), np.full((2, 4, 5, 3), 255, np.uint8),
    [np.zeros((4, 5)), np.ones((2, 2, 3))],
])
def test_images_may_be_grey_or_coloured(images):
    plot_images(images)[0].figure.canvas.draw()


def test_images_use_the_axes_they_are_given():
    _, grid = plt.subplots(2, 2)
    axes = plot_images(np.zeros((3, 2, 2)), axes=grid)
    assert list(axes) == [grid[0, 0], grid[0, 1], grid[1, 0]]
    with pytest.raises(ValueError, match="axes has 4 entries; expected 5 or more"):
        plot_images(np.zeros((5, 2, 2)), axes=grid)


@pytest.mark.parametrize(("images", "keywords", "message"), [
    (np.zeros((8, 8)), {}, r"images\[0\] has shape \(8,\).*must stand in a list"),
    (np.zeros((2, 8, 8, 2)), {}, r"images\[0\] has shape \(8, 8, 2\)"),
    (np.zeros((2, 0, 8)), {}, r"images\[0\] has shape \(0, 8\)"),
    (np.zeros((0, 8, 8)), {}, "images is empty"),
    (np.full((1, 2, 2, 3), 200.0), {}, r"images\[0\] has float64 colours outside 0 to 1"),
    (np.full((1, 2, 2, 3), -1), {}, r"images\[0\] has int64 colours outside 0 to 255"),
    (np.zeros((2, 8, 8)), {"labels": [1]}, "labels has 1 entries; expected 2"),
    (np.zeros((2, 8, 8)), {"titles": "abc"}, "titles has 3 entries; expected 2"),
])
def test_images_say_what_is_wrong(images, keywords, message):
    with pytest.raises(ValueError, match=message):
        plot_images(images, **keywords)


CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([0, 1, 1, 0])


def boundary_of(ax):
    """The points of all boundary lines."""
    contours = [c for c in ax.collections if isinstance(c, ContourSet)]
    return np.concatenate([path.vertices for contour in contours for path in contour.get_paths()])


def probability(points):
    """Half at x1 = 0.4; it does not depend on x2."""
    return 1 / (1 + np.exp(-5 * (points[:, 0] - 0.4)))


@pytest.mark.parametrize(("threshold", "x1"), [(0.5, 0.4), (0.9, 0.4 + np.log(9) / 5)])
def test_boundary_runs_where_the_probability_is_the_threshold(threshold, x1):
    ax = plot_decision_boundary(probability, CORNERS, [0, 0, 1, 1], threshold=threshold)
    line = boundary_of(ax)
    np.testing.assert_allclose(line[:, 0], x1, atol=1e-3)
    assert line[:, 1].min() < 0
    assert line[:, 1].max() > 1
    assert f"boundary at {threshold}" in [text.get_text() for text in ax.get_legend().get_texts()]
    ax.figure.canvas.draw()


def test_boundary_shades_the_probability():
    ax = plot_decision_boundary(probability, CORNERS, [0, 0, 1, 1])
    left, right, low, high = ax.images[0].get_extent()
    assert left == low == -0.12
    assert right == high == 1.12
    values = ax.images[0].get_array()
    np.testing.assert_allclose(values[0], probability(np.column_stack([np.linspace(left, right, len(values))] * 2)))
    assert ax.images[0].origin == "lower"
    assert ax.images[0].get_clim() == (0, 1)


def test_boundary_draws_the_samples_by_class():
    ax = plot_decision_boundary(lambda points: (points[:, 0] > 0.5) ^ (points[:, 1] > 0.5), CORNERS, XOR,
                                labels=("a", "b"), title="XOR", class_names=("same", "different"))
    same, different = [c for c in ax.collections if isinstance(c, PathCollection)]
    np.testing.assert_array_equal(same.get_offsets(), [[0, 0], [1, 1]])
    np.testing.assert_array_equal(different.get_offsets(), [[0, 1], [1, 0]])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["same", "different"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("a", "b", "XOR")
    assert len(np.unique(ax.images[0].get_array())) == 2
    assert np.abs(boundary_of(ax) - 0.5).min(axis=1).max() < 0.01


def test_boundary_of_many_classes():
    ax = plot_decision_boundary(lambda points: np.floor(points[:, 0] * 3).clip(0, 2).astype(int), CORNERS, [0, 0, 2, 2])
    distances = np.abs(boundary_of(ax)[:, :1] - [1 / 3, 2 / 3])
    assert distances.min(axis=1).max() < 0.01
    assert (distances.min(axis=0) < 0.01).all()


@pytest.mark.parametrize("answer", [np.zeros(1), np.ones(1), np.full(1, 0.5), np.zeros(1, int)])
def test_boundary_of_a_classifier_with_one_answer(answer):
    ax = plot_decision_boundary(lambda points: answer.repeat(len(points)), CORNERS[:1], [0])
    ax.figure.canvas.draw()


@pytest.mark.parametrize(("keywords", "message"), [
    ({"X": np.zeros((4, 3))}, r"X has shape \(4, 3\); expected \(m, 2\)"),
    ({"y": np.zeros((4, 1))}, r"y has shape \(4, 1\); expected \(4,\)"),
    ({"y": [0, 1, -1, 0]}, "y has other values than whole numbers from 0"),
    ({"y": [0, 1, 0.5, 0]}, "y has other values than whole numbers from 0"),
    ({"predict": lambda points: points}, r"predict returned shape \(40401, 2\); expected \(40401,\)"),
    ({"predict": lambda points: points[:, 0] * 9}, "predict returned floats outside 0 to 1"),
    ({"predict": lambda points: points[:, 0] * np.nan}, "predict returned floats outside 0 to 1"),
])
def test_boundary_says_what_is_wrong(keywords, message):
    with pytest.raises(ValueError, match=message):
        plot_decision_boundary(**{"predict": probability, "X": CORNERS, "y": XOR} | keywords)
    assert not plt.get_fignums()


def test_confusion_matrix_shows_counts_and_shares():
    cm = np.array([[95, 2, 3], [10, 80, 10], [0, 0, 0]])
    ax = plot_confusion_matrix(cm, ("apple", "otter", "truck"), title="Test")
    for (i, j), count in np.ndenumerate(cm):
        assert [text.get_text() for text in ax.texts if text.get_position() == (j, i)] == [str(count)]
    np.testing.assert_allclose(ax.images[0].get_array(), [[0.95, 0.02, 0.03], [0.1, 0.8, 0.1], [0, 0, 0]])
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == (
        "predicted (shade: share of the row)", "actual", "Test")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["apple", "otter", "truck"]
    ax.figure.canvas.draw()
    # The first row is drawn at the top.
    assert ax.transData.transform((0, 0))[1] > ax.transData.transform((0, 2))[1]


@pytest.mark.parametrize(("cm", "names", "message"), [
    (np.zeros((2, 3)), None, r"cm has shape \(2, 3\); expected \(K, K\)"),
    (np.zeros(4), None, r"cm has shape \(4,\)"),
    (np.eye(3), ("a", "b"), "class_names has 2 entries; expected 3"),
])
def test_confusion_matrix_says_what_is_wrong(cm, names, message):
    with pytest.raises(ValueError, match=message):
        plot_confusion_matrix(cm, names)


def heights_of(ax):
    return [bar.get_height() for bar in ax.patches]


def test_bars_of_numbers():
    ax = plot_bars({"loop": 0.3, "vectorised": 0.0002}, ylabel="seconds", title="Speed")
    assert heights_of(ax) == [0.3, 0.0002]
    assert ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["loop", "vectorised"]
    assert [text.get_text() for text in ax.texts] == ["0.3", "0.0002"]
    assert plot_bars({"a": 1.0, "b": 100.0}, log=False).get_yscale() == "linear"
    assert plot_bars({"a": 0.0, "b": 100.0}).get_yscale() == "linear"


def test_bars_in_groups():
    ax = plot_bars({"SGD": (0.9, 0.8), "Adam": (1.0, 0.7), "ReLU": (0.95, 0.9)}, series=("train", "test"))
    assert heights_of(ax) == [0.9, 1.0, 0.95, 0.8, 0.7, 0.9]
    centres = [bar.get_x() + bar.get_width() / 2 for bar in ax.patches]
    np.testing.assert_allclose(np.add(centres[:3], centres[3:]) / 2, [0, 1, 2], atol=1e-12)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["train", "test"]
    assert ax.get_yscale() == "linear"
    ax.figure.canvas.draw()


@pytest.mark.parametrize(("values", "series", "message"), [
    ({}, None, "values is empty"),
    ({"a": 1.0, "b": (1.0, 2.0)}, None, "values has groups of different sizes"),
    ({"a": (1.0, 2.0)}, ("x",), "series has 1 entries; expected 2"),
])
def test_bars_say_what_is_wrong(values, series, message):
    with pytest.raises(ValueError, match=message):
        plot_bars(values, series=series)


def test_new_plots_use_the_axes_they_are_given():
    _, (left, middle, right) = plt.subplots(1, 3)
    assert plot_decision_boundary(probability, CORNERS, XOR, ax=left) is left
    assert plot_confusion_matrix(np.eye(2, dtype=int), ax=middle) is middle
    assert plot_bars({"a": 1.0}, ax=right) is right
