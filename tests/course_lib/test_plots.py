"""The shared plots draw what they say: real lines and paths, on the right axes."""

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib.plots import plot_cost_contour, plot_loss_curves

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
