"""Hidden grader of `cost_grid`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the grid",)


def reference(x, y, m_values, b_values):
    # Submissions' code may ask for a grid too: keep it small.
    if len(x) * len(m_values) * len(b_values) > 1_000_000:
        raise ValueError("the grid is too large")
    x, y = tf.constant(x, tf.float64), tf.constant(y, tf.float64)
    slopes = tf.constant(m_values, tf.float64)[:, None, None]
    intercepts = tf.constant(b_values, tf.float64)[None, :, None]
    return tf.reduce_mean((slopes * x + intercepts - tf.ensure_shape(y, x.shape)) ** 2, axis=2).numpy()


def arguments(rng, n, rows, columns):
    """Return n samples, and the slopes and intercepts of a grid, in no order."""
    return (rng.normal(size=n), rng.normal(scale=2, size=n), rng.normal(size=rows),
            rng.normal(scale=2, size=columns))


def test_any_grid(student, rng):
    """the mean squared error of every pair, slopes down and intercepts across, wide grids and tall ones"""
    for n, rows, columns in [(3, 2, 4), (6, 5, 2), (20, 7, 9)]:
        student.cost_grid.must_match(reference, *arguments(rng, n, rows, columns))


def test_equal_lengths(student, rng):
    """as many samples as slopes or intercepts, which invites a wrong broadcast"""
    for n, rows, columns in [(4, 4, 3), (5, 2, 5), (3, 3, 3)]:
        student.cost_grid.must_match(reference, *arguments(rng, n, rows, columns))


def test_thin_grids(student, rng):
    """one slope only, one intercept only, one sample only: the grid keeps both axes"""
    for n, rows, columns in [(4, 1, 3), (4, 3, 1), (1, 2, 3), (2, 1, 1)]:
        student.cost_grid.must_match(reference, *arguments(rng, n, rows, columns))


def test_the_lectures_points(student):
    """the points (1, 3) and (2, 5), and lines of the lecture"""
    grid = np.array([[4.5, 2.5, 4.5], [58.5, 74.5, 112.5]])
    student.cost_grid.must_return(grid, np.array([1.0, 2.0]), np.array([3.0, 5.0]),
                                  np.array([-1.0, 5.0]), np.array([4.0, 5.0, 7.0]))


def test_inputs_untouched(student, rng):
    """leaves its inputs as they are"""
    student.cost_grid.must_keep_inputs(*arguments(rng, 6, 2, 4))


@known_mistake("The grid is transposed: slopes run down the rows and intercepts across the columns.")
def transposed(x, y, m_values, b_values):
    lines = m_values[:, None, None] * x + b_values[None, :, None]
    return np.mean((lines - y) ** 2, axis=2).T


@known_mistake("Slope and intercept are swapped in the line: m_values are the slopes, which x is multiplied by.")
def swapped_parameters(x, y, m_values, b_values):
    lines = b_values[None, :, None] * x + m_values[:, None, None]
    return np.mean((lines - y) ** 2, axis=2)


@known_mistake("The squared errors are added up but not divided by the number of samples.")
def sum_for_mean(x, y, m_values, b_values):
    lines = m_values[:, None, None] * x + b_values[None, :, None]
    return np.sum((lines - y) ** 2, axis=2)


@known_mistake("This is the grid of the halved cost; the mean squared error has no factor 1/2.")
def halved(x, y, m_values, b_values):
    lines = m_values[:, None, None] * x + b_values[None, :, None]
    return np.mean((lines - y) ** 2, axis=2) / 2


@known_mistake("The mean error is squared; square each sample's error before the mean, or they cancel.")
def square_of_mean(x, y, m_values, b_values):
    lines = m_values[:, None, None] * x + b_values[None, :, None]
    return np.mean(lines - y, axis=2) ** 2


@known_mistake("The values are sorted first, and in place: row i belongs to m_values[i] as it was given.")
def sorted_values(x, y, m_values, b_values):
    m_values.sort()
    b_values.sort()
    lines = m_values[:, None, None] * x + b_values[None, :, None]
    return np.mean((lines - y) ** 2, axis=2)


@known_mistake("The rows are upside down, as if for a picture: row 0 belongs to m_values[0].")
def upside_down(x, y, m_values, b_values):
    lines = m_values[:, None, None] * x + b_values[None, :, None]
    return np.mean((lines - y) ** 2, axis=2)[::-1]


@known_mistake("The grid is a flat list of all pairs; it has shape (len(m_values), len(b_values)).")
def flat(x, y, m_values, b_values):
    lines = m_values[:, None, None] * x + b_values[None, :, None]
    return np.mean((lines - y) ** 2, axis=2).ravel()


@known_mistake("The samples are centred in place, so the caller's data are lost.")
def overwrites_input(x, y, m_values, b_values):
    mean_x, mean_y = x.mean(), y.mean()
    x -= mean_x
    y -= mean_y
    heights = m_values[:, None, None] * mean_x + b_values[None, :, None] - mean_y
    return np.mean((m_values[:, None, None] * x + heights - y) ** 2, axis=2)


@accepted_variant
def with_two_loops(x, y, m_values, b_values):
    grid = np.zeros((len(m_values), len(b_values)))
    for i, m in enumerate(m_values):
        for j, b in enumerate(b_values):
            grid[i, j] = np.mean((m * x + b - y) ** 2)
    return grid


@accepted_variant
def with_comprehensions(x, y, m_values, b_values):
    return np.array([[sum((m * x + b - y) ** 2) / len(x) for b in b_values] for m in m_values])


@accepted_variant
def with_meshgrid(x, y, m_values, b_values):
    m, b = np.meshgrid(m_values, b_values, indexing="ij")
    return ((m[..., np.newaxis] * x + b[..., np.newaxis] - y) ** 2).mean(axis=-1)


@accepted_variant
def multiplied_out(x, y, m_values, b_values):
    m, b = m_values[:, None], b_values[None, :]
    return (m**2 * np.mean(x**2) + 2 * m * b * np.mean(x) + b**2
            - 2 * m * np.mean(x * y) - 2 * b * np.mean(y) + np.mean(y**2))


EQUIVALENT_MUTANTS = {
    "return np.mean((predictions - y) ** 2, axis=-1)  ->  return np.mean((y - predictions) ** 2, axis=-1)":
        "the error is squared: its sign does not matter",
}
