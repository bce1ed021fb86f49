"""The data functions, and the worked numbers of the inventory's section B recomputed from them."""

import inspect
import itertools
import sys
import types
from importlib import resources

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from course_lib import data

PUBLIC = [function for name, function in inspect.getmembers(data, inspect.isfunction) if not name.startswith("_")]
EVERY_SET = [function for function in PUBLIC if function is not data.image_set]
COUNTS = {data.apples_otters_trucks: [np.int64], data.digits: [np.float64, np.int64]}


def arrays_of(answer):
    if isinstance(answer, dict):
        return tuple(answer.values())
    return answer if isinstance(answer, tuple) else (answer,)


def with_ones(features):
    return np.column_stack([np.ones(len(features)), features])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def fit_logistic(features, y, rate, steps):
    """Weights, bias first, after so many steps of batch descent from zero."""
    design = with_ones(features)
    w = np.zeros(design.shape[1])
    for _ in range(steps):
        w -= rate * design.T @ (sigmoid(design @ w) - y) / len(y)
    return w


def accuracy(features, y, w):
    return np.mean((with_ones(features) @ w >= 0) == (y == 1))


def min_max(features):
    low, high = features.min(axis=0), features.max(axis=0)
    return (features - low) / (high - low)


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
def test_sets_are_the_same_and_new_each_time(make):
    first, second = arrays_of(make()), arrays_of(make())
    for one, other in zip(first, second, strict=True):
        assert np.isfinite(one).all()
        assert_array_equal(one, other)
        assert not np.shares_memory(one, other)
        assert one.flags.writeable
    assert [one.dtype for one in first] == COUNTS.get(make, [np.float64] * len(first))
    assert len({len(one) for one in first}) == 1


@pytest.mark.parametrize("make", PUBLIC, ids=lambda make: make.__name__)
def test_docstrings_name_the_source_and_the_shapes(make):
    assert "Source\n" in make.__doc__
    assert "shape (" in make.__doc__
    for name in inspect.signature(make).parameters:
        assert f"    {name} : " in make.__doc__


@pytest.mark.parametrize("make", [data.generated_houses, data.sine_log, data.two_gaussians, data.admission])
def test_drawn_sets_follow_size_and_seed(make):
    features, y = make(m=7, seed=5)
    assert len(features) == len(y) == 7
    assert_array_equal(make(m=7, seed=5)[0], features)
    assert not np.array_equal(make(m=7, seed=6)[0], features)


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


def test_powers_table():
    table = data.powers_table()
    assert table.shape == (8, 3)
    assert_array_equal(table[0:3], [[1, 3, 1], [2, 6, 4], [3, 9, 9]])
    assert_array_equal(table[0:5, [-1]], [[1], [4], [9], [16], [25]])
    assert_array_equal(table[7], [8, 24, 64])


def test_scaling_table():
    table = data.scaling_table()
    assert_allclose(min_max(table), [[0, 0.75, 0], [2 / 3, 1, 0.8], [1, 0, 1]])
    assert_allclose((table - table.mean(axis=0)) / table.std(axis=0),
                    [[-1.3363, 0.3922, -1.3887], [0.2673, 0.9806, 0.4629], [1.0690, -1.3728, 0.9258]], atol=5e-5)


def test_digits():
    images, labels = data.digits()
    assert images.shape == (1797, 8, 8)
    assert labels.shape == (1797,)
    assert (images.min(), images.max()) == (0, 16)
    assert_array_equal(np.bincount(labels), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    assert_array_equal(labels[:12], [*range(10), 0, 1])
    # The first image as scikit-learn's handbook prints it, and two sums over all of them.
    assert_array_equal(images[0, 0], [0, 0, 5, 13, 9, 1, 0, 0])
    assert images.sum() == 561718
    assert (images.sum(axis=(1, 2)) @ np.arange(1797)) == 503342547


def test_digits_come_with_their_licence():
    folder = resources.files("course_lib")
    text = folder.joinpath("digits.LICENSE.txt").read_text()
    assert "CC BY 4.0" in text
    assert "BSD 3-Clause" in text
    assert len(folder.joinpath("digits.npz").read_bytes()) < 60_000


def test_sigmoid_table():
    s = sigmoid(data.sigmoid_table())
    assert_allclose(s, [4.539786870243e-05, 0.0003353501304665, 0.01798620996209, 0.5, 0.6224593312019,
                        0.7310585786300, 0.9933071490757], rtol=1e-12)
    assert_allclose(s * (1 - s), [4.53958e-05, 0.000335237671, 0.01766270621, 0.25, 0.2350037122, 0.1966119332,
                                  0.006648056671], rtol=1e-5)


def test_bce_table():
    y_true, y_pred = data.bce_table()
    losses = -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))
    assert_allclose(losses, [1.000005e-05, 0.35667494, 2.30258509, 13.81551056, 1.0000005e-06, 0.35667494,
                             2.30258509, 13.81551056], rtol=1e-7)
    assert_allclose(losses.mean(), 4.118694023726981)
    assert_allclose(losses.sum(), 32.94955218981585)
    assert_allclose((y_true - y_pred) ** 2, [1e-10, 0.09, 0.81, 0.999998, 1e-12, 0.09, 0.81, 0.999998], rtol=1e-5)


def test_softmax_scores():
    powers = np.exp(data.softmax_scores())
    assert_allclose(powers, [10.2779415, 0.2322362747, 1.7506725003], rtol=1e-7)
    assert_allclose(powers / powers.sum(), [0.8382731438, 0.0189412862, 0.1427855700], rtol=1e-8)
    assert_allclose(sigmoid(data.softmax_scores()), [0.9113, 0.1885, 0.6365], atol=5e-5)


def test_apples_otters_trucks_give_the_printed_reports():
    train, test = data.apples_otters_trucks(), data.apples_otters_trucks("test")
    assert_array_equal(train.sum(axis=1), [500] * 3)
    assert_array_equal(np.diag(train) / train.sum(axis=0), [500 / 503, 1, 500 / 502])
    assert_allclose(np.trace(train) / train.sum(), 0.9967, atol=5e-5)
    assert_array_equal(test.sum(axis=1), [100] * 3)
    precision, recall = np.diag(test) / test.sum(axis=0), np.diag(test) / test.sum(axis=1)
    f1 = 2 * precision * recall / (precision + recall)
    assert_allclose(f1, [0.8755760369, 0.7244897959, 0.6951871658], rtol=1e-9)
    assert_allclose([precision.mean(), recall.mean(), f1.mean()], [0.7662, 0.7700, 0.7651], atol=5e-5)
    assert test[0, 1] == 2
    assert len(data.CLASS_NAMES["cifar100_three"]) == 3
    with pytest.raises(ValueError, match="'validation'; expected 'train' or 'test'"):
        data.apples_otters_trucks("validation")


def test_one_large_tumour_turns_four_malignant_ones_benign():
    size, malignant = data.tumours()
    assert malignant.sum() == 4
    intercept, slope = least_squares(size, malignant)
    assert_allclose((0.5 - intercept) / slope, 3.463, atol=5e-4)
    assert_array_equal(intercept + slope * size >= 0.5, malignant == 1)
    size, malignant = data.tumours(outlier=True)
    assert (size[-1], malignant[-1], len(size)) == (23, 1, 11)
    intercept, slope = least_squares(size, malignant)
    assert_allclose((slope, (0.5 - intercept) / slope), (0.04518, 5.888), rtol=1e-4)
    assert_array_equal(size[(intercept + slope * size < 0.5) & (malignant == 1)], [4, 4.3, 5, 5.6])


def test_two_gaussians_are_those_of_the_inventory():
    features, y = data.two_gaussians()
    assert features.shape == (100, 2)
    assert y.sum() == 50
    design = with_ones(features)
    assert_allclose(np.linalg.eigvalsh(design.T @ design / 100), [0.382, 1.012, 2.327], atol=5e-4)
    assert_allclose(2 / np.linalg.eigvalsh(design.T @ design / 100)[-1], 0.859, atol=5e-4)
    assert accuracy(features, y, fit_logistic(features, y, 0.5, 100)) == 0.96
    assert_array_equal(data.two_gaussians(m=5)[1], [0, 0, 1, 1, 1])


def test_admission_is_curved():
    scores, admitted = data.admission()
    assert scores.shape == (100, 2)
    assert admitted.sum() == 53
    assert scores.min() >= 30
    assert scores.max() <= 100
    features = min_max(scores)
    figures = [accuracy(features, admitted, fit_logistic(features, admitted, 0.5, steps)) for steps in (300, 3000)]
    assert figures == [0.93, 0.93]
    mean = np.sqrt(np.maximum(scores - 40, 0).prod(axis=1))
    assert_array_equal(mean > 18, admitted == 1)
    assert np.abs(mean - 18).min() > 2


@pytest.mark.parametrize("seed", range(3))
def test_admission_is_learnt_by_a_small_network(seed):
    scores, admitted = data.admission()
    outputs = train_network(min_max(scores), admitted, (2, 8, 4, 1), rate=3.0, epochs=1500, seed=seed)
    assert np.mean((outputs >= 0.5) == (admitted == 1)) >= 0.99


@pytest.mark.parametrize("m", [0, 1, 2, 3, 1000])
def test_admission_has_as_many_students_as_asked(m):
    for seed in range(20):
        assert len(data.admission(m, seed)[0]) == m


def test_gates():
    inputs, exclusive = data.xor_table()
    w_and, w_nand, w_or = data.gate_weights()
    scores = {"and": with_ones(inputs) @ w_and, "nand": with_ones(inputs) @ w_nand, "or": with_ones(inputs) @ w_or}
    assert_array_equal(scores["and"], [-30, -10, -10, 10])
    assert_array_equal(scores["nand"], [30, 10, 10, -10])
    # The slide has 10 in the last row.
    assert_array_equal(scores["or"], [-10, 10, 10, 30])
    assert_allclose(sigmoid(scores["and"]), [9.357622969e-14, 4.539786870e-05, 4.539786870e-05, 0.9999546021])
    hidden = np.column_stack([sigmoid(scores["or"]), sigmoid(scores["nand"])])
    score = with_ones(hidden) @ w_and
    assert_allclose(score, [-9.9990920, 9.9981841, 9.9981841, -9.9990920], rtol=1e-8)
    assert_allclose(sigmoid(score), [4.543910e-05, 0.9999545, 0.9999545, 4.543910e-05], rtol=1e-6)
    assert_array_equal(np.round(sigmoid(score)), exclusive)


def test_xor_of_the_lab_is_neither_and_nor_nor():
    inputs, exclusive = data.xor_table()
    scores = with_ones(inputs) @ np.array([[-8.0, 3.0], [5.0, -7.0], [5.0, -7.0]])
    assert_array_equal(scores, [[-8, 3], [-3, -4], [-3, -4], [2, -11]])
    assert_array_equal(with_ones(scores > 0) @ [6, -11, -11], [-5, 6, 6, -5])
    outputs = sigmoid(with_ones(sigmoid(scores)) @ [6, -11, -11])
    assert_allclose(outputs, [0.0111842, 0.9949357, 0.9949357, 0.0243885], atol=5e-8)
    assert_array_equal(np.round(outputs), exclusive)


def test_network_332():
    x, hidden, output = data.network_332()
    scores = x @ hidden
    assert_allclose(scores, [-1.9, 3.1, -0.4])
    activations = sigmoid(scores)
    assert_allclose(activations, [0.1301084743629978, 0.9568927450589139, 0.4013123398875480], rtol=1e-14)
    assert_allclose(activations @ output, [-0.6373696970, 1.7595174248], rtol=1e-8)
    outputs = sigmoid(activations @ output)
    assert_allclose(outputs, [0.3458413646, 0.8531492108], rtol=1e-9)
    # From the slide's rounded hidden units.
    assert_allclose(sigmoid(np.array([-0.63, 1.76])), [0.3475105378, 0.8532096602], rtol=1e-9)


def test_blame_in_network_332():
    x, hidden, output = data.network_332()
    activations = sigmoid(x @ hidden)
    first = sigmoid(activations @ output)[0]
    assert_allclose((first - 0.9) ** 2 / 2, 0.1535458966, rtol=1e-9)
    assert_allclose(0.13 * (0.35 - 0.9) * 0.35 * (1 - 0.35), -0.016266250)
    score = (first - 0.9) * first * (1 - first)
    assert_allclose(score * activations, [-0.016311717995, -0.119965779978, -0.050312585311], rtol=1e-9)
    scores = score * output[:, 0] * activations * (1 - activations)
    assert_allclose(np.outer(x, scores).T, [[0.021284137878, 0.038311448181, -0.012770482727],
                                            [-0.002585697731, -0.004654255916, 0.001551418639],
                                            [0.045182285961, 0.081328114730, -0.027109371577]], rtol=1e-9)
    assert_allclose(hidden @ scores, [0.122590056756, -0.180672518898, 0.105822133361], rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_xor_is_learnt_by_four_hidden_units(seed):
    inputs, exclusive = data.xor_table()
    outputs = train_network(inputs, exclusive, (2, 4, 1), rate=2.0, epochs=1000, seed=seed)
    assert_array_equal(np.round(outputs), exclusive)


def train_network(features, y, sizes, rate, epochs, seed):
    """What a net of sigmoids answers after full-batch descent of the binary cross-entropy."""
    rng = np.random.default_rng(seed)
    weights = []
    for rows, columns in itertools.pairwise(sizes):
        limit = np.sqrt(6 / (rows + columns))
        weights.append(np.vstack([np.zeros(columns), rng.uniform(-limit, limit, (rows, columns))]))
    for _ in range(epochs):
        inputs, outputs = run_network(features, weights)
        delta = (outputs - y[:, None]) / len(y)
        for k in reversed(range(len(weights))):
            slope = inputs[k].T @ delta
            delta = delta @ weights[k][1:].T * inputs[k][:, 1:] * (1 - inputs[k][:, 1:])
            weights[k] = weights[k] - rate * slope
    return run_network(features, weights)[1][:, 0]


def run_network(features, weights):
    """The inputs of each layer, ones first, and the outputs of the last."""
    inputs, outputs = [], features
    for w in weights:
        inputs.append(with_ones(outputs))
        outputs = sigmoid(inputs[-1] @ w)
    return inputs, outputs


def fake_keras(monkeypatch, **sets):
    """Put a package in the place of Keras whose sets are loaded by these functions."""
    datasets = types.ModuleType("keras.datasets")
    for name, load in sets.items():
        setattr(datasets, name, types.SimpleNamespace(load_data=load))
    keras = types.ModuleType("keras")
    keras.datasets = datasets
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setitem(sys.modules, "keras.datasets", datasets)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_image_set_returns_what_keras_does(monkeypatch, name):
    train = np.zeros((3, 28, 28), np.uint8), np.array([1, 2, 0], np.uint8)
    test = np.ones((2, 28, 28), np.uint8), np.array([0, 0], np.uint8)
    fake_keras(monkeypatch, **{name: lambda: (train, test)})
    assert data.image_set(name, online=True) == (train, test)
    assert len(data.CLASS_NAMES[name]) == 10


def test_image_set_picks_three_classes_of_cifar100(monkeypatch):
    fine = np.array([[58], [1], [0], [55], [99], [0], [54]])
    images = np.arange(7, dtype=np.uint8)[:, None, None, None] * np.ones((1, 32, 32, 3), np.uint8)
    fake_keras(monkeypatch, cifar100=lambda: ((images, fine), (images[:4], fine[:4])))
    (x_train, y_train), (x_test, y_test) = data.image_set("cifar100_three", online=True)
    assert x_train.shape == (4, 32, 32, 3)
    assert_array_equal(x_train[:, 0, 0, 0], [0, 2, 3, 5])
    assert_array_equal(y_train, [[2], [0], [1], [0]])
    assert np.issubdtype(y_train.dtype, np.integer)
    assert_array_equal(x_test[:, 0, 0, 0], [0, 2, 3])
    assert_array_equal(y_test, [[2], [0], [1]])


def test_image_set_downloads_nothing_unasked(monkeypatch):
    fake_keras(monkeypatch, mnist=lambda: pytest.fail("loaded"))
    with pytest.raises(RuntimeError, match=r"pass online=True.*digits\(\)"):
        data.image_set("mnist")


def test_image_set_lists_the_names():
    with pytest.raises(ValueError, match=r"'imagenet'.*'mnist', 'fashion_mnist', 'cifar10', 'cifar100_three'"):
        data.image_set("imagenet", online=True)


def test_image_set_says_that_keras_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setitem(sys.modules, "keras.datasets", None)
    with pytest.raises(RuntimeError, match=r"Keras.*pip install tensorflow.*digits\(\)") as caught:
        data.image_set("cifar10", online=True)
    assert_shown_alone(caught.value)


@pytest.mark.parametrize("error", [Exception("URL fetch failure on https://example.org: None -- no route"),
                                   OSError(), ValueError("File\nis cut off")])
def test_image_set_says_that_a_download_failed(monkeypatch, error):
    def load():
        raise error

    fake_keras(monkeypatch, mnist=load)
    with pytest.raises(RuntimeError, match=r"could not load 'mnist'.*check the network.*digits\(\)") as caught:
        data.image_set("mnist", online=True)
    assert str(error).split("\n")[0] in str(caught.value)
    assert "\n" not in str(caught.value)
    assert_shown_alone(caught.value)


def assert_shown_alone(error):
    """No other traceback is printed above this one."""
    assert error.__cause__ is None
    assert error.__context__ is None


def cross_correlate(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijab,ab->ij", windows, kernel)


def test_binary_image():
    kernel = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    assert_array_equal(cross_correlate(data.binary_image(), kernel), [[4, 3, 4], [2, 4, 3], [2, 3, 4]])


def test_six_by_six():
    edges = cross_correlate(data.six_by_six(), np.array([[1, 0, -1]] * 3))
    assert_array_equal(edges, [[-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]])
    # A convolution proper, with the filter turned round, gives the same with the other sign.
    assert_array_equal(cross_correlate(data.six_by_six(), np.array([[-1, 0, 1]] * 3)), -edges)


def test_bright_pixel():
    image, kernel = data.bright_pixel()
    assert (image * kernel).sum() == 577


def test_filters():
    filters = data.filters()
    assert len(filters) == 10
    assert {name: round(float(kernel.sum()), 12) for name, kernel in filters.items()} == {
        "identity": 1, "edge detection": 0, "sharpen": 1, "box blur": 1, "Gaussian blur": 1, "soft blur": 1,
        "emboss": 0, "excessive sharpen": 1, "detect edges": 0, "right Sobel": 0}
    turned = {name for name, kernel in filters.items() if not np.array_equal(kernel, kernel[::-1, ::-1])}
    assert turned == {"emboss", "right Sobel"}


def test_pooling_tables():
    first, second = (table.reshape(2, 2, 2, 2) for table in data.pooling_tables())
    assert_array_equal(first.max(axis=(1, 3)), [[20, 30], [112, 37]])
    assert_array_equal(first.mean(axis=(1, 3)), [[13, 8], [79, 19.5]])
    assert_array_equal(second.max(axis=(1, 3)), [[6, 8], [3, 4]])
    assert_array_equal(second.mean(axis=(1, 3)), [[3.25, 5.25], [2, 2]])


@pytest.mark.parametrize("size", [1, 17, 96])
def test_picture(size):
    image = data.picture(size)
    assert image.shape == (size, size)
    assert ((image >= 0) & (image <= 255) & (image == np.round(image))).all()
    assert_array_equal(data.picture(size), image)


def test_picture_has_a_sun_walls_and_noise():
    image = data.picture()
    assert image[18:30, 18:30].min() > 245
    assert image.min() < 40
    across = abs(cross_correlate(image, data.filters()["right Sobel"]))
    assert (across > 300).sum() > 300
    assert (abs(cross_correlate(image, data.filters()["right Sobel"].T)) > 300).sum() > 100
    assert not np.array_equal(data.picture(seed=1), image)
