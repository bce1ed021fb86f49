"""The data functions, and every worked number of sections B1 to B6 of the inventory recomputed from them."""

import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from course_lib import data

EVERY_SET = [function for _, function in inspect.getmembers(data, inspect.isfunction)]


def line_mse(x, y, m, b):
    return np.mean((m * x + b - y) ** 2)


def line_gradient(x, y, m, b):
    error = m * x + b - y
    return 2 * np.mean(error * x), 2 * np.mean(error)


def least_squares(x, y):
    """Intercept and slope."""
    return np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0]


def descend_line(x, y, start, rate, steps):
    m, b = start
    for _ in range(steps):
        dm, db = line_gradient(x, y, m, b)
        m, b = m - rate * dm, b - rate * db
    return m, b


@pytest.mark.parametrize("make", EVERY_SET, ids=lambda make: make.__name__)
def test_sets_are_float64_pairs_and_new_each_time(make):
    first, second = make(), make()
    for one, other in zip(first, second, strict=True):
        assert one.dtype == np.float64
        assert np.isfinite(one).all()
        assert_array_equal(one, other)
        assert not np.shares_memory(one, other)
    assert len(first[0]) == len(first[1])
    assert first[1].ndim == 1


@pytest.mark.parametrize("make", EVERY_SET, ids=lambda make: make.__name__)
def test_docstrings_name_the_source_and_the_shapes(make):
    assert "Source\n" in make.__doc__
    assert "shape (" in make.__doc__


@pytest.mark.parametrize(
    ("m", "b", "mse", "gradient"),
    [(-1, 5, 2.5, (-3, -1)), (-1, 4, 4.5, (-6, -3)), (0, 4, 1.0, (-1, 0)), (-0.7, 5.1, 1.825, (-1.2, 0.1)),
     (5, 7, 112.5, (33, 21)), (2, 1, 0.0, (0, 0))],
)
def test_two_points_table(m, b, mse, gradient):
    x, y = data.two_points()
    assert_allclose(line_mse(x, y, m, b), mse, atol=1e-12)
    assert_allclose(line_gradient(x, y, m, b), gradient, atol=1e-12)
    assert_allclose(gradient, (5 * m + 3 * b - 13, 3 * m + 2 * b - 8), atol=1e-12)


def test_two_points_descent():
    x, y = data.two_points()
    assert_allclose(line_mse(x, y, -1, 5) ** 0.5, 1.5811388300841898)
    assert_allclose(descend_line(x, y, (-1, 5), 0.1, 1), (-0.7, 5.1))
    assert_allclose(descend_line(x, y, (-1, 5), 0.1, 100), (1.3978835852, 1.9742448243), rtol=1e-10)
    assert_allclose(descend_line(x, y, (-1, 5), 0.1, 1000), (1.9999989160, 1.0000017540), rtol=1e-10)
    path = [line_mse(x, y, *descend_line(x, y, (-1, 5), 0.1, k)) for k in range(6)]
    assert_allclose(path, [2.5, 1.825, 1.7125, 1.6569925, 1.608410725, 1.5617624965])
    runaway = [line_mse(x, y, *descend_line(x, y, (5, 7), 2.0, k)) for k in range(4)]
    assert_allclose(runaway, [112.5, 18022.5, 2910532.5, 470046442.5])


def test_two_points_curvature():
    x, _ = data.two_points()
    hessian = 2 / 2 * np.array([[x @ x, x.sum()], [x.sum(), 2.0]])
    assert_array_equal(hessian, [[5, 3], [3, 2]])
    assert_allclose(np.linalg.eigvalsh(hessian), [0.1458980338, 6.8541019662], rtol=1e-9)
    assert_allclose(2 / np.linalg.eigvalsh(hessian)[-1], 0.2917960675)


def test_parabola_of_the_lecture():
    def after(v, rate, steps):
        for _ in range(steps):
            v -= rate * 4 * (v - 5)
        return v

    assert after(0.0, 0.1, 1000) == 4.999999999999999
    assert after(10.0, 0.1, 1000) == 5.000000000000001
    assert_allclose([after(0.0, 0.1, k) for k in (1, 2, 3, 10)], [2.0, 3.2, 3.92, 4.969766912])
    assert after(0.0, 0.25, 1) == 5.0
    assert [after(0.0, 0.5, k) for k in range(4)] == [0, 10, 0, 10]
    assert_allclose([after(0.0, 0.6, k) for k in range(1, 5)], [12, -4.8, 18.72, -14.208])


def test_lab1_table():
    x, y = data.lab1_table()
    assert (x.sum(), y.sum(), x @ x, x @ y, y @ y) == (45, 56, 285, 344, 422)
    intercept, slope = least_squares(x, y)
    assert_allclose((intercept, slope), (0.5818181818181818, 920 / 825))
    assert_allclose(line_mse(x, y, slope, intercept), 0.5806060606060606)
    assert_allclose(np.mean(np.abs(slope * x + intercept - y)), 0.6339393939393939)
    assert_allclose(line_mse(x, y, 344 / 285, 0), 0.6785964912280703)
    assert_allclose([line_mse(x, y, w, 0) for w in (0, 0.5, 1.0, 1.4, 1.5, 2.0)],
                    [42.2, 14.925, 1.9, 1.74, 3.125, 18.6])
    assert_allclose(line_gradient(x, y, 1.4, 0)[0], 11.0)
    design = np.column_stack([np.ones(10), x])
    assert_allclose(np.linalg.eigvalsh(2 * design.T @ design / 10), [0.5647, 58.435], rtol=1e-4)


def test_exact_line():
    x, y = data.exact_line()
    assert_array_equal(y, 2 * x + 1)
    m, b = descend_line(x, y, (0.0, 0.0), 0.02, 500)
    assert_allclose([m * 13 + b, m * -5 + b], [27.004007, -9.008772], rtol=1e-7)
    design = np.column_stack([np.ones(9), x])
    assert_allclose(np.linalg.eigvalsh(2 * design.T @ design / 9), [0.48951, 83.7327], rtol=1e-5)


@pytest.mark.parametrize(
    ("slope", "intercept", "mse"),
    [(0.5, 0.5, 37.1625), (0.7, 0.92, 21.5873), (0.98, 1.2, 8.729252), (1.5, 1.3, 2.6125),
     (2.85, 2.83, 95.479225)],
)
def test_eight_houses_guesses(slope, intercept, mse):
    assert_allclose(line_mse(*data.eight_houses(), slope, intercept), mse)


def test_eight_houses_fit():
    size, price = data.eight_houses()
    intercept, slope = least_squares(size, price)
    assert_allclose((intercept, slope), (1.4421611493, 1.3834062045), rtol=1e-9)
    assert_allclose(line_mse(size, price, slope, intercept), 2.2892686862, rtol=1e-9)
    assert_allclose(intercept + slope * np.array([8, 12]), [12.5094107849, 18.0430356027], rtol=1e-9)
    slope, intercept = descend_line(size, price, (0.0, 0.0), 0.02, 500)
    # In forty digits; the inventory's last three digits are a slip.
    assert_allclose((intercept, slope), (1.441104065389255, 1.383553905220413), rtol=1e-12)
    assert_allclose(line_mse(size, price, slope, intercept), 2.2892690853, rtol=1e-10)


def test_squared_errors_of_the_illustration():
    truth, guess = np.array([4.0, 4.0, 4.0, -4.0]), np.array([4.0, 3.0, 7.0, -3.0])
    assert_array_equal((truth - guess) ** 2, [0, 1, 9, 1])


def test_generated_houses():
    features, price = data.generated_houses()
    assert features.shape == (156, 3)
    assert price.shape == (156,)
    low, high = features.min(axis=0), features.max(axis=0)
    assert (low >= [22, 1, 1]).all()
    assert (high <= [300, 5, 115]).all()
    assert set(features[:, 1]) == {1, 2, 3, 4, 5}
    assert (price > 0).all()
    other, _ = data.generated_houses(m=20, seed=1)
    assert other.shape == (20, 3)
    assert not np.array_equal(other, features[:20])


def test_scaling_shortens_the_ravine_of_the_generated_houses():
    features, _ = data.generated_houses()
    low, high = features.min(axis=0), features.max(axis=0)
    conditions = []
    for columns in (features, (features - low) / (high - low)):
        design = np.column_stack([np.ones(len(columns)), columns])
        conditions.append(np.linalg.cond(design.T @ design / len(design)))
    # C9 gives about 3.8e5 and 34 for another draw from the same ranges.
    assert 2e5 < conditions[0] < 8e5
    assert 25 < conditions[1] < 50


def test_noisy_sine():
    x, y = data.noisy_sine()
    assert_allclose(x, np.arange(10) / 9)
    errors = []
    for degree in (1, 3):
        powers = x[:, None] ** np.arange(degree + 1)
        errors.append(np.mean((powers @ np.linalg.lstsq(powers, y, rcond=None)[0] - y) ** 2))
    assert_allclose(errors, [0.448, 0.081], atol=5e-4)


def test_sine_log_is_the_set_of_lab_2a():
    features, y = data.sine_log()
    assert features.shape == (2400, 2)
    design = np.column_stack([np.ones(2400), features])
    w = np.linalg.lstsq(design[:1600], y[:1600], rcond=None)[0]
    error = design @ w - y
    assert_allclose(w, [-0.5296, -0.0329, 0.6036], atol=5e-5)
    assert_allclose(np.mean(error[:1600] ** 2), 3.012, atol=5e-4)
    assert_allclose(np.mean(error[1600:2000] ** 2), 2.921, atol=5e-4)
    assert_allclose(np.mean(np.abs(error[2000:])), 1.397, atol=5e-4)
    assert_allclose(1 / np.linalg.eigvalsh(design[:1600].T @ design[:1600] / 1600)[-1], 0.01674, rtol=1e-3)
