"""The data of the lectures: small tables typed in, larger sets drawn from a seed.

Every function returns new arrays, so that a notebook may change what it got.  All arrays are float64.  The
ids in the "Source" sections are those of the curriculum inventory.
"""

import numpy as np


def two_points():
    """Two points on the line y = 2x + 1, small enough to check every step by hand.

    Returns
    -------
    x, y : ndarray, shape (2,)
        Samples; no units.

    Source
    ------
    B1: the points (1, 3) and (2, 5).
    """
    return np.array([1.0, 2.0]), np.array([3.0, 5.0])


def lab1_table():
    """Ten measurements that lie near a line through the origin.

    Returns
    -------
    x, y : ndarray, shape (10,)
        Samples; no units.

    Source
    ------
    B3: the table of Lab 1.
    """
    return np.arange(10.0), np.array([1.0, 1.0, 2.0, 4.0, 5.0, 7.0, 8.0, 9.0, 10.0, 9.0])


def exact_line():
    """Nine points exactly on y = 2x + 1, with gaps in x.

    Returns
    -------
    x, y : ndarray, shape (9,)
        Samples; no units.

    Source
    ------
    B4: the set on which the lecture trains a single neuron.
    """
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 8.0, 9.0, 11.0])
    return x, 2 * x + 1


def eight_houses():
    """Sizes and prices of eight small houses.

    Returns
    -------
    size : ndarray, shape (8,)
        Floor area in units of 10 square metres.
    price : ndarray, shape (8,)
        Price in units of 10 000 Philippine pesos.

    Source
    ------
    B5, as reconstructed there: the slides contradict each other on one size, one price and the unit of area.
    """
    size = np.array([0.2, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 9.0])
    price = np.array([0.2, 1.8, 4.0, 7.0, 11.0, 12.0, 13.0, 14.0])
    return size, price


def generated_houses(m=156, seed=0):
    """Houses drawn at random, with three features of very different ranges.

    Parameters
    ----------
    m : int
        Number of houses.
    seed : int
        Seed of the generator; the same seed gives the same houses.

    Returns
    -------
    features : ndarray, shape (m, 3)
        Columns: area (22 to 300 square metres), bedrooms (1 to 5), age (1 to 115 years).
    price : ndarray, shape (m,)
        Price in units of 10 000 Philippine pesos: 60 + 1.2 area + 15 bedrooms - 0.5 age, plus noise of
        deviation 20.

    Source
    ------
    C9, which gives the ranges; the lecture's own table is not public.
    """
    rng = np.random.default_rng(seed)
    area = rng.uniform(22.0, 300.0, m)
    bedrooms = rng.integers(1, 6, m).astype(np.float64)
    age = rng.uniform(1.0, 115.0, m)
    price = 60 + 1.2 * area + 15 * bedrooms - 0.5 * age + rng.normal(0.0, 20.0, m)
    return np.column_stack([area, bedrooms, age]), price


def noisy_sine(m=10, seed=3):
    """Evenly spaced samples of one period of a sine with some noise.

    Parameters
    ----------
    m : int
        Number of samples.
    seed : int
        Seed of the noise.

    Returns
    -------
    x : ndarray, shape (m,)
        From 0 to 1, both included.
    y : ndarray, shape (m,)
        sin(2 pi x) plus noise of deviation 0.2.

    Source
    ------
    C21: the set for interpolation against extrapolation.
    """
    rng = np.random.default_rng(seed)
    x = np.linspace(0.0, 1.0, m)
    return x, np.sin(2 * np.pi * x) + rng.normal(0.0, 0.2, m)


def sine_log(m=2400, seed=0):
    """A curved surface over two features that no plane fits.

    Parameters
    ----------
    m : int
        Number of samples; Lab 2A splits 2400 into 1600 for training, 400 for validation and 400 for testing.
    seed : int
        Seed of the generator.

    Returns
    -------
    features : ndarray, shape (m, 2)
        Columns x1 and x2, both between 0 and 10.
    y : ndarray, shape (m,)
        2 sin(x1) + ln(x2 ** 2 / 2) plus noise of deviation 0.5, so the best possible MSE is near 0.25.

    Source
    ------
    B22: Labs 2A and 3A.
    """
    rng = np.random.default_rng(seed)
    x1 = rng.uniform(0.0, 10.0, m)
    x2 = rng.uniform(0.0, 10.0, m)
    y = 2 * np.sin(x1) + np.log(0.5 * x2**2) + rng.normal(0.0, 0.5, m)
    return np.column_stack([x1, x2]), y
