"""Hidden grader of `descend`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the path",)


def reference(df, x0, learning_rate, steps):
    x = tf.Variable(x0, dtype=tf.float64)
    # Given as a number, Keras would round the learning rate to float32.
    optimizer = keras.optimizers.SGD(lambda: tf.constant(learning_rate, tf.float64))
    path = [x.numpy()]
    for _ in range(steps):
        optimizer.apply([tf.constant(df(float(x.numpy())), tf.float64)], [x])
        path.append(x.numpy())
    return np.array(path)


def slope_of_parabola(x):
    """Of 2 (x - 5)**2 + 3."""
    return 4 * (x - 5)


def slope_of_two_valleys(x):
    """Of x**4 / 4 - x**2, which has its minima at -sqrt(2) and sqrt(2)."""
    return x * (x * x - 2)


def slope_of_wave(x):
    """Of sin(x)."""
    return np.cos(x)


def test_the_whole_path(student, rng):
    """every point of the path, for 1 to 25 steps down two functions"""
    for steps, learning_rate in [(3, 0.1), (1, 0.2), (12, 0.05), (25, 0.15)]:
        student.descend.must_match(reference, slope_of_parabola, rng.normal(), learning_rate, steps)
    student.descend.must_match(reference, slope_of_wave, rng.normal(), 0.1, 5)


def test_other_functions(student, rng):
    """functions that are no parabola: two valleys, and a wave"""
    student.descend.must_match(reference, slope_of_two_valleys, rng.uniform(0.2, 1.8), 0.1, 10)
    student.descend.must_match(reference, slope_of_two_valleys, rng.uniform(-1.8, -0.2), 0.1, 10)
    student.descend.must_match(reference, slope_of_wave, rng.normal(), 0.3, 10)


def test_no_steps(student, rng):
    """no step at all: the path is its start"""
    student.descend.must_match(reference, slope_of_parabola, rng.normal(), 0.1, 0)


def test_large_rates(student, rng):
    """rates that arrive in one step, oscillate or diverge: the path goes on all the same"""
    for learning_rate in (0.25, 0.4, 0.5, 0.6):
        student.descend.must_match(reference, slope_of_parabola, rng.normal(), learning_rate, 8)


def test_start_in_the_minimum(student):
    """a start in the minimum: the path stays there for all its steps"""
    student.descend.must_match(reference, slope_of_parabola, 5.0, 0.1, 4)


def test_start_at_a_whole_number(student):
    """a start at 0 or 10, written without a point: the path has fractions all the same"""
    for x0 in (0, 10):
        student.descend.must_match(reference, slope_of_parabola, x0, 0.1, 5)


@known_mistake("The start is missing: the path has the start first, then the point after each step.")
def without_start(df, x0, learning_rate, steps):
    x, path = x0, np.zeros(steps)
    for k in range(steps):
        x = x - learning_rate * df(x)
        path[k] = x
    return path


@known_mistake("One step too few is taken: `steps` steps visit steps + 1 points.")
def one_step_too_few(df, x0, learning_rate, steps):
    path = [float(x0)]
    for _ in range(steps - 1):
        path.append(path[-1] - learning_rate * df(path[-1]))
    return np.array(path)


@known_mistake("One step too many is taken: the start is no step, so the path has steps + 1 points.")
def one_step_too_many(df, x0, learning_rate, steps):
    path = [float(x0)]
    for _ in range(steps + 1):
        path.append(path[-1] - learning_rate * df(path[-1]))
    return np.array(path)


@known_mistake("The slope of the start is used for all steps: ask df again at every new point.")
def slope_of_start_only(df, x0, learning_rate, steps):
    path = np.full(steps + 1, float(x0))
    for k in range(steps):
        path[k + 1] = path[k] - learning_rate * df(x0)
    return path


@known_mistake("Every step starts from x0 again: start it from the last point.")
def always_from_start(df, x0, learning_rate, steps):
    path = np.full(steps + 1, float(x0))
    for k in range(steps):
        path[k + 1] = x0 - learning_rate * df(path[k])
    return path


@known_mistake("The path climbs: the step is subtracted, since the slope points uphill.")
def uphill(df, x0, learning_rate, steps):
    path = np.full(steps + 1, float(x0))
    for k in range(steps):
        path[k + 1] = path[k] + learning_rate * df(path[k])
    return path


@known_mistake("The slope is subtracted as it is: multiply it by the learning rate.")
def learning_rate_ignored(df, x0, learning_rate, steps):
    path = np.full(steps + 1, float(x0))
    for k in range(steps):
        path[k + 1] = path[k] - df(path[k])
    return path


@known_mistake("Only the last point is returned; the whole path is asked for.")
def end_only(df, x0, learning_rate, steps):
    x = float(x0)
    for _ in range(steps):
        x = x - learning_rate * df(x)
    return x


@known_mistake("The path stops where the slope is zero; it has steps + 1 points in any case.")
def stops_in_the_minimum(df, x0, learning_rate, steps):
    path = [float(x0)]
    for _ in range(steps):
        if df(path[-1]) == 0:
            break
        path.append(path[-1] - learning_rate * df(path[-1]))
    return np.array(path)


@known_mistake("The array of the path takes its dtype from x0: where that is a whole number, fractions are cut off.")
def integer_path(df, x0, learning_rate, steps):
    path = np.full(steps + 1, x0)
    for k in range(steps):
        path[k + 1] = path[k] - learning_rate * df(path[k])
    return path


@accepted_variant
def with_a_list(df, x0, learning_rate, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * df(path[-1]))
    return np.array(path, dtype=float)


@accepted_variant
def with_append(df, x0, learning_rate, steps):
    x, path = x0, np.array([])
    for _ in range(steps + 1):
        path = np.append(path, x)
        x -= learning_rate * df(x)
    return path


@accepted_variant
def with_recursion(df, x0, learning_rate, steps):
    def rest(x, left):
        return [x] + (rest(x - learning_rate * df(x), left - 1) if left else [])

    return np.array(rest(float(x0), steps))
