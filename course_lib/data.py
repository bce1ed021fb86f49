"""The data of the lectures: small tables typed in, larger sets drawn from a seed, and real images.

Every function returns new arrays, so that a notebook may change what it got.  Arrays are float64 where nothing
else is said.  The ids in the "Source" sections are those of the curriculum inventory.
"""

import importlib
from pathlib import Path

import numpy as np

CLASS_NAMES = {
    "mnist": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    "fashion_mnist": ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
                      "ankle boot"),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    "cifar100_three": ("apple", "otter", "pickup truck"),
}

# Their numbers among the hundred classes of CIFAR-100.
_THREE_OF_CIFAR100 = (0, 55, 58)


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


def powers_table():
    """Eight rows of three columns, to practise slices on.

    Returns
    -------
    table : ndarray, shape (8, 3)
        Row k holds i, 3i and i squared for i = k + 1.

    Source
    ------
    B17: the matrix of the NumPy slides.
    """
    i = np.arange(1.0, 9.0)
    return np.column_stack([i, 3 * i, i**2])


def scaling_table():
    """Three samples whose features differ by a factor of a thousand.

    Returns
    -------
    table : ndarray, shape (3, 3)
        Rows are samples, columns features; no units.

    Source
    ------
    B14: the table of min-max scaling.
    """
    return np.array([[1000.0, 5.0, 70.0], [2000.0, 6.0, 90.0], [2500.0, 2.0, 95.0]])


def digits():
    """Handwritten digits by 13 people, small enough to come with the course and to train on in seconds.

    Returns
    -------
    images : ndarray, shape (1797, 8, 8)
        Grey levels 0 (paper) to 16 (ink), whole numbers in float64.
    labels : ndarray of int64, shape (1797,)
        The digit, 0 to 9.

    Source
    ------
    Stands in for MNIST (C13) wherever there is no network.  E. Alpaydin and C. Kaynak, Optical Recognition of
    Handwritten Digits, UCI Machine Learning Repository, 1998, licensed CC BY 4.0; made from the copy of its test
    set in scikit-learn (BSD 3-Clause).  See digits.LICENSE.txt beside the file.
    """
    with np.load(Path(__file__).with_name("digits.npz")) as file:
        return file["images"].astype(np.float64), file["labels"].astype(np.int64)


def sigmoid_table():
    """The arguments of the lecture's table of the sigmoid.

    Returns
    -------
    z : ndarray, shape (7,)
        From -10 to 5; no units.

    Source
    ------
    B10, which corrects two of the values that the slide gives for them.
    """
    return np.array([-10.0, -8.0, -4.0, 0.0, 0.5, 1.0, 5.0])


def bce_table():
    """Four predictions for each class, from nearly right to nearly the opposite.

    Returns
    -------
    y_true : ndarray, shape (8,)
        The class, 0 or 1.
    y_pred : ndarray, shape (8,)
        The predicted probability of class 1.

    Source
    ------
    B11: the table of the binary cross-entropy.
    """
    y_true = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    y_pred = np.array([0.99999, 0.7, 0.1, 1e-6, 1e-6, 0.3, 0.9, 0.999999])
    return y_true, y_pred


def softmax_scores():
    """Three scores of one sample, one per class.

    Returns
    -------
    z : ndarray, shape (3,)
        Logits; no units.

    Source
    ------
    B12: the example of the softmax slide.
    """
    return np.array([2.33, -1.46, 0.56])


def tumours(outlier=False):
    """Sizes of ten tumours that a line can tell apart, until an eleventh is very large.

    Parameters
    ----------
    outlier : bool
        Whether the eleventh, malignant and of size 23, is there too.

    Returns
    -------
    size : ndarray, shape (10,) or (11,)
        In centimetres.
    malignant : ndarray, shape (10,) or (11,)
        1 for malignant, 0 for benign.

    Source
    ------
    B23: made for the course; the lecture's own numbers are only in a picture.
    """
    size = np.array([0.5, 1.1, 1.6, 2.2, 3.0, 3.4, 4.0, 4.3, 5.0, 5.6])
    malignant = np.repeat([0.0, 1.0], [6, 4])
    if outlier:
        return np.append(size, 23.0), np.append(malignant, 1.0)
    return size, malignant


def two_gaussians(m=100, seed=0):
    """Two round clouds of points that overlap a little.

    Parameters
    ----------
    m : int
        Number of points; half of them, rounded down, belong to class 0.
    seed : int
        Seed of the generator.

    Returns
    -------
    X : ndarray, shape (m, 2)
        Normal with deviation 0.7 in both columns, around (-1, -1) for class 0 and (1, 1) for class 1.
    y : ndarray, shape (m,)
        The class, 0 or 1; class 0 comes first, so shuffle before taking points one by one.

    Source
    ------
    C27: the set for the paths of batch and stochastic descent.
    """
    rng = np.random.default_rng(seed)
    y = np.repeat([0.0, 1.0], [m // 2, m - m // 2])
    return rng.normal(2 * y[:, None] - 1, 0.7, (m, 2)), y


def admission(m=100, seed=0):
    """Two exam scores and whether the student was admitted: a good score makes up for a bad one, but not for any.

    Admitted are those whose points above 40 in the two exams have a geometric mean of more than 18, which is a
    curved boundary.  Students between 16 and 20 are left out, so that the classes do not touch.

    Parameters
    ----------
    m : int
        Number of students.
    seed : int
        Seed of the generator.

    Returns
    -------
    X : ndarray, shape (m, 2)
        Scores in the two exams, 30 to 100 points, with one decimal.
    y : ndarray, shape (m,)
        1 for admitted, 0 for not.

    Source
    ------
    C10 and C11: made for the course; the lecture's own table is not public.
    """
    rng = np.random.default_rng(seed)
    # More than are needed, as some are left out.
    scores = rng.uniform(30.0, 100.0, (2 * m + 20, 2)).round(1)
    mean = np.sqrt(np.maximum(scores - 40.0, 0.0).prod(axis=1))
    clear = np.flatnonzero(np.abs(mean - 18.0) > 2.0)[:m]
    return scores[clear], (mean[clear] > 18.0).astype(np.float64)


def apples_otters_trucks(split="train"):
    """The confusion matrix of a network that learned three classes of CIFAR-100 almost by heart.

    Parameters
    ----------
    split : {"train", "test"}
        On which images the network was tried.

    Returns
    -------
    cm : ndarray of int64, shape (3, 3)
        ``cm[i, j]`` images of class i were taken for class j; ``CLASS_NAMES["cifar100_three"]`` names the classes.

    Raises
    ------
    ValueError
        For any other split.

    Source
    ------
    B16: the lecture prints only the reports.  The one for training determines the matrix; of the matrices that
    fit the one for testing, this is that with a = 2.
    """
    matrices = {
        "train": [[500, 0, 0], [3, 495, 2], [0, 0, 500]],
        "test": [[95, 2, 3], [10, 71, 19], [12, 23, 65]],
    }
    if split not in matrices:
        raise ValueError(f"split is {split!r}; expected 'train' or 'test'")
    return np.array(matrices[split], dtype=np.int64)


def gate_weights():
    """Weights that make one sigmoid neuron with two inputs a logic gate.

    Returns
    -------
    w_and, w_nand, w_or : ndarray, shape (3,)
        The bias first, then one weight for each input.

    Source
    ------
    B15: the gates of the lecture, which gets one of OR's sums wrong, but not the gates.
    """
    return np.array([-30.0, 20.0, 20.0]), np.array([30.0, -20.0, -20.0]), np.array([-10.0, 20.0, 20.0])


def xor_table():
    """The four rows of the exclusive or: one or the other, but not both.

    Returns
    -------
    X : ndarray, shape (4, 2)
        The inputs, 0 or 1.
    y : ndarray, shape (4,)
        1 where exactly one of the inputs is 1, else 0.

    Source
    ------
    B15 and C2: the function that no single neuron computes.
    """
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0, 1.0, 0.0])


def network_332():
    """A network of three inputs, three hidden units and two outputs, small enough to compute by hand.

    Both layers use the sigmoid and have no biases.

    Returns
    -------
    x : ndarray, shape (3,)
        One sample.
    hidden : ndarray, shape (3, 3)
        Weights of the hidden layer: a row for each input, a column for each unit.
    output : ndarray, shape (3, 2)
        Weights of the output layer: a row for each hidden unit, a column for each output.

    Source
    ------
    B8, whose slides print the weights of a unit as a row: these are the transposes.
    """
    x = np.array([0.5, 0.9, -0.3])
    hidden = np.array([[1.0, -2.0, 2.0], [2.0, 1.0, -4.0], [1.0, -1.0, 0.0]]).T
    output = np.array([[-3.0, 1.0, -3.0], [0.0, 1.0, 2.0]]).T
    return x, hidden, output


def image_set(name, online=False):
    """One of the large sets of images, downloaded by Keras, which keeps a copy for the next time.

    Parameters
    ----------
    name : {"mnist", "fashion_mnist", "cifar10", "cifar100_three"}
        Which set; the last is apples, otters and pickup trucks of CIFAR-100.
    online : bool
        Must be True: nothing is downloaded unasked.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : two tuples of ndarray
        As Keras returns them.  Images are uint8, 0 to 255: shape (m, 28, 28) for the first two sets and
        (m, 32, 32, 3) for the others.  Labels are integers that count from 0 in the order of
        ``CLASS_NAMES[name]``: shape (m,) for the first two sets and (m, 1) for the others.

    Raises
    ------
    ValueError
        For any other name.
    RuntimeError
        Without ``online=True``, without Keras, and where the download fails.

    Source
    ------
    C13, C15, C22 and C24; Lab 4B.
    """
    if name not in CLASS_NAMES:
        raise ValueError(f"name is {name!r}; expected one of {', '.join(map(repr, CLASS_NAMES))}")
    if not online:
        raise RuntimeError(
            f"image_set({name!r}) downloads its images: pass online=True to allow that, or work offline with digits(), "
            "which comes with the course"
        )
    load = _keras_set("cifar100" if name == "cifar100_three" else name).load_data
    try:
        train, test = load()
    except Exception as error:  # noqa: BLE001 - Keras raises a bare Exception where a download fails
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
    else:
        return (_three_classes(*train), _three_classes(*test)) if name == "cifar100_three" else (train, test)
    # Out here no other traceback is printed above this one.
    raise RuntimeError(
        f"could not load {name!r} with Keras ({reason}); check the network, or work offline with digits()"
    )


def _keras_set(name):
    try:
        return getattr(importlib.import_module("keras.datasets"), name)
    except ImportError as error:
        reason = error
    raise RuntimeError(
        f"image_set needs Keras, which cannot be imported ({reason}): `pip install tensorflow` brings it, or work "
        "offline with digits()"
    )


def _three_classes(images, labels):
    kept = np.isin(labels[:, 0], _THREE_OF_CIFAR100)
    return images[kept], np.searchsorted(_THREE_OF_CIFAR100, labels[kept])


def binary_image():
    """Five by five pixels, black and white, to slide a filter over by hand.

    Returns
    -------
    image : ndarray, shape (5, 5)
        Rows and columns of 0 and 1.

    Source
    ------
    B18: the moving picture of convolution, whose filter is ``[[1, 0, 1], [0, 1, 0], [1, 0, 1]]``.
    """
    return np.array([[1.0, 1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0, 1.0],
                     [0.0, 0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0, 0.0]])


def six_by_six():
    """Six by six small numbers for the filter that answers to vertical edges.

    Returns
    -------
    image : ndarray, shape (6, 6)
        Rows and columns of whole numbers, 0 to 9.

    Source
    ------
    B18: the well-known stand-in for a slide that cannot be read; its filter has three rows ``[1, 0, -1]``.
    """
    return np.array([[3.0, 0.0, 1.0, 2.0, 7.0, 4.0], [1.0, 5.0, 8.0, 9.0, 3.0, 1.0], [2.0, 7.0, 2.0, 5.0, 1.0, 3.0],
                     [0.0, 1.0, 3.0, 1.0, 7.0, 8.0], [4.0, 2.0, 1.0, 6.0, 2.0, 8.0], [2.0, 4.0, 5.0, 2.0, 3.0, 9.0]])


def bright_pixel():
    """A pixel with its neighbours, and a filter that makes it brighter than white.

    Returns
    -------
    image : ndarray, shape (3, 3)
        Grey levels, 0 to 255; the pixel is in the middle.
    kernel : ndarray, shape (3, 3)
        The filter.

    Source
    ------
    B18: the example whose sum is 577, with the filter as published.
    """
    image = np.array([[0.0, 64.0, 128.0], [48.0, 192.0, 144.0], [142.0, 226.0, 168.0]])
    return image, np.array([[-1.0, 0.0, -2.0], [0.5, 4.5, -1.5], [1.5, 2.0, -3.0]])


def filters():
    """The ten filters that the lecture names.

    Returns
    -------
    dict of str -> ndarray, shape (3, 3)
        Each filter under its name, in the order of the lecture.

    Source
    ------
    A11.2 and B18, which give the matrices in part; the others are the usual ones.
    """
    return {
        "identity": np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]),
        "edge detection": np.array([[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]]),
        "sharpen": np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
        "box blur": np.full((3, 3), 1 / 9),
        "Gaussian blur": np.array([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]) / 16,
        "soft blur": np.array([[0.0, 0.2, 0.0], [0.2, 0.2, 0.2], [0.0, 0.2, 0.0]]),
        "emboss": np.array([[-1.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]),
        "excessive sharpen": np.array([[1.0, 1.0, 1.0], [1.0, -7.0, 1.0], [1.0, 1.0, 1.0]]),
        "detect edges": np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]]),
        "right Sobel": np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]),
    }


def pooling_tables():
    """Two tables of four by four numbers, for windows of two by two.

    Returns
    -------
    first, second : ndarray, shape (4, 4)
        Rows and columns of whole numbers.

    Source
    ------
    B18: the pooling figures of the lecture and of the lab.
    """
    first = np.array([[12.0, 20.0, 30.0, 0.0], [8.0, 12.0, 2.0, 0.0], [34.0, 70.0, 37.0, 4.0],
                      [112.0, 100.0, 25.0, 12.0]])
    second = np.array([[1.0, 1.0, 2.0, 4.0], [5.0, 6.0, 7.0, 8.0], [3.0, 2.0, 1.0, 0.0], [1.0, 2.0, 3.0, 4.0]])
    return first, second


def picture(size=96, seed=0):
    """A painted scene to try filters on: a house, a fence and the sun, with edges in all directions.

    Parameters
    ----------
    size : int
        Height and width in pixels.
    seed : int
        Seed of the noise, which is strong in the meadow and weak elsewhere.

    Returns
    -------
    image : ndarray, shape (size, size)
        Grey levels, whole numbers 0 to 255.

    Source
    ------
    C16: stands in for the photograph of the lecture's notebook, which is not public.
    """
    rng = np.random.default_rng(seed)
    # Painted four times as fine and averaged, so that the edges are soft as in a photograph.
    down, right = (np.indices((4 * size, 4 * size)) + 0.5) / (4 * size)
    scene = 235 - 110 * down
    scene[np.hypot(right - 0.25, down - 0.25) < 0.13] = 255
    scene[down > 0.72] = (130 - 90 * down)[down > 0.72]
    scene[(abs(right - 0.69) < 0.19) & (abs(down - 0.62) < 0.17)] = 165
    scene[(down < 0.45) & (down - 0.18 > 1.1 * abs(right - 0.69))] = 70
    scene[(abs(right - 0.6) < 0.055) & (abs(down - 0.6) < 0.065)] = 30
    scene[(abs(right - 0.78) < 0.055) & (abs(down - 0.68) < 0.11)] = 45
    scene[(right < 0.44) & (abs(down - 0.72) < 0.09) & (right * 18 % 1 < 0.5)] = 225
    image = scene.reshape(size, 4, size, 4).mean(axis=(1, 3))
    in_meadow = np.arange(size)[:, None] > 0.81 * size
    return np.clip(np.round(image + rng.normal(0.0, np.where(in_meadow, 9.0, 2.0), image.shape)), 0.0, 255.0)
