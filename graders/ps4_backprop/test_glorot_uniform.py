"""Hidden grader of `glorot_uniform`.

Weights are random, so what is compared are their bounds and their distribution.  Each threshold says how seldom right
weights miss it: so seldom that it will not happen to any class.
"""

import copy

import keras
import numpy as np

from grading_engine.grader import accepted_variant, known_mistake


def reference(n_in, n_out, rng):
    # Submissions' code may ask for weights too: keep them few.
    if n_in * n_out > 100_000:
        raise ValueError("n_in and n_out are too large")
    glorot = keras.initializers.GlorotUniform(int(rng.integers(2**31)))
    return np.array(glorot((n_in, n_out), dtype="float64"))


def bounds(glorot_uniform, n_in, n_out, rng):
    """Shape, dtype and the largest weight, for matrices of any size."""
    W, limit = glorot_uniform(n_in, n_out, copy.deepcopy(rng)), np.sqrt(6 / (n_in + n_out))
    return {
        "the shape of the weights": str(np.shape(W)), "the dtype of the weights": W.dtype.name,
        "the number of weights beyond sqrt(6 / (n_in + n_out))": np.count_nonzero(np.abs(W) > limit * (1 + 1e-12)),
    }


def distribution(glorot_uniform, n_in, n_out, rng):
    """What 24,000 and more weights have in common, whatever they are."""
    W, limit = glorot_uniform(n_in, n_out, copy.deepcopy(rng)), np.sqrt(6 / (n_in + n_out))
    shares = np.sort(np.ravel(W)) / limit / 2 + 0.5
    return bounds(lambda *_: W, n_in, n_out, rng) | {
        # All n right weights stay below 0.995 of the limit with probability 0.995**n, which is 6e-53 for 24,000.
        "the largest weight, divided by sqrt(6 / (n_in + n_out)) and rounded,":
            round(float(np.max(np.abs(W)) / limit), 2),
        # The share of weights below any value differs from the uniform one by more than t with probability
        # 2 * exp(-2 * n * t**2) at most (Dvoretzky, Kiefer, Wolfowitz): 4e-19 for n = 24,000 and t = 0.03.
        "the weights are not spread evenly between the bounds":
            bool(np.max(np.abs(shares - np.linspace(0, 1, shares.size))) > 0.03),
        # Of 60,000 numbers in float64 two are equal in one case of five million; hundreds of them never are.
        "the number of weights that occur again and again": W.size - len(np.unique(W)) > 0.01 * W.size,
    }


def generators(glorot_uniform, n_in, n_out, rng):
    """Weights are those of the generator that is handed in, and of no other."""
    def draw(state):
        return glorot_uniform(n_in, n_out, copy.deepcopy(state))

    later = copy.deepcopy(rng)
    later.random(1000)
    W = draw(rng)
    return {"the same state of rng gives other weights": not np.array_equal(W, draw(rng)),
            "a later state of rng gives the same weights": bool(np.array_equal(W, draw(later)))}


def new(rng):
    return np.random.default_rng(int(rng.integers(2**32)))


def test_distribution(student, rng):
    """uniform between -sqrt(6 / (n_in + n_out)) and its opposite, for layers with more inputs and with more units"""
    for n_in, n_out in [(120, 200), (300, 80)]:
        student.glorot_uniform.must_match(reference, n_in, n_out, new(rng), through=distribution)


def test_small_layers(student, rng):
    """small layers: the shape (n_in, n_out), and no weight beyond the bounds"""
    for n_in, n_out in [(2, 4), (4, 1), (1, 3), (1, 1), (5, 2)]:
        student.glorot_uniform.must_match(reference, n_in, n_out, new(rng), through=bounds)


def test_rng(student, rng):
    """the weights are drawn from rng: the same ones from the same state, others from another"""
    for n_in, n_out in [(3, 4), (6, 2)]:
        student.glorot_uniform.must_match(reference, n_in, n_out, new(rng), through=generators)


@known_mistake("The weights are normal, not uniform: draw them with rng.uniform.")
def normal(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


@known_mistake("The bound is sqrt(6 / n_in), He's for ReLU: Glorot's counts the units too, sqrt(6 / (n_in + n_out)).")
def he(n_in, n_out, rng):
    r = np.sqrt(6 / n_in)
    return rng.uniform(-r, r, (n_in, n_out))


@known_mistake("The bound is sqrt(3 / n_in), LeCun's, which counts the inputs alone: it is sqrt(6 / (n_in + n_out)).")
def inputs_only(n_in, n_out, rng):
    r = np.sqrt(3 / n_in)
    return rng.uniform(-r, r, (n_in, n_out))


@known_mistake("The bound is sqrt(6 / n_out), which leaves out the inputs: it is sqrt(6 / (n_in + n_out)).")
def units_only(n_in, n_out, rng):
    r = np.sqrt(6 / n_out)
    return rng.uniform(-r, r, (n_in, n_out))


@known_mistake("The bound is 1 / sqrt(n_in), an older rule: Glorot's is sqrt(6 / (n_in + n_out)).")
def older_rule(n_in, n_out, rng):
    r = 1 / np.sqrt(n_in)
    return rng.uniform(-r, r, (n_in, n_out))


@known_mistake("The root of 6 alone is divided: the sum n_in + n_out belongs under the root too.")
def root_of_6_alone(n_in, n_out, rng):
    r = np.sqrt(6) / (n_in + n_out)
    return rng.uniform(-r, r, (n_in, n_out))


@known_mistake("The root is missing: the bound is sqrt(6 / (n_in + n_out)).")
def no_root(n_in, n_out, rng):
    r = 6 / (n_in + n_out)
    return rng.uniform(-r, r, (n_in, n_out))


@known_mistake("The standard deviation sqrt(2 / (n_in + n_out)) is taken for the bound, which is sqrt(3) times as far.")
def deviation_as_bound(n_in, n_out, rng):
    r = np.sqrt(2 / (n_in + n_out))
    return rng.uniform(-r, r, (n_in, n_out))


@known_mistake("The product of the sizes is under the root; it is their sum, n_in + n_out.")
def product_of_sizes(n_in, n_out, rng):
    r = np.sqrt(6 / (n_in * n_out))
    return rng.uniform(-r, r, (n_in, n_out))


@known_mistake("No weight is negative: draw from -r to r, not from 0 to r.")
def positive_only(n_in, n_out, rng):
    r = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(0, r, (n_in, n_out))


@known_mistake("The weights lie between -1 and 1, whatever the sizes are: the bound is sqrt(6 / (n_in + n_out)).")
def from_minus_1_to_1(n_in, n_out, rng):
    return rng.uniform(-1, 1, (n_in, n_out))


@known_mistake("The shape is (n_out, n_in): W has a row for each input and a column for each unit, (n_in, n_out).")
def transposed(n_in, n_out, rng):
    r = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-r, r, (n_out, n_in))


@known_mistake("The weights come from a new generator with a seed of its own, the same ones each time: draw from rng.")
def generator_of_its_own(n_in, n_out, rng):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.default_rng(0).uniform(-r, r, (n_in, n_out))


@known_mistake("The weights come from numpy's global generator, which nobody seeded: draw from rng.")
def global_generator(n_in, n_out, rng):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.uniform(-r, r, (n_in, n_out))


@known_mistake("One row is drawn and repeated, so that all inputs have the same weights: draw n_in * n_out numbers.")
def one_row_repeated(n_in, n_out, rng):
    r = np.sqrt(6 / (n_in + n_out))
    return np.tile(rng.uniform(-r, r, n_out), (n_in, 1))


@known_mistake("All weights are 0: units that start equal stay equal. Draw them from rng.")
def zeros(n_in, n_out, rng):
    return np.zeros((n_in, n_out))


@accepted_variant
def stretched_from_0_to_1(n_in, n_out, rng):
    r = (6 / (n_in + n_out)) ** 0.5
    return (2 * rng.random((n_in, n_out)) - 1) * r


@accepted_variant
def column_by_column(n_in, n_out, rng):
    limit = np.sqrt(6.0) / np.sqrt(n_in + n_out)
    return np.column_stack([rng.uniform(-limit, limit, n_in) for _ in range(n_out)])


@accepted_variant
def with_a_loop(n_in, n_out, rng):
    r = np.sqrt(6 / (n_in + n_out))
    W = np.zeros((n_in, n_out))
    for i in range(n_in):
        for j in range(n_out):
            W[i, j] = rng.uniform(low=-r, high=r)
    return W


@accepted_variant
def from_the_deviation(n_in, n_out, rng):
    # A uniform distribution from -r to r has the standard deviation r / sqrt(3).
    r = np.sqrt(3) * np.sqrt(2 / (n_in + n_out))
    return r - 2 * r * rng.random(size=(n_in, n_out))
