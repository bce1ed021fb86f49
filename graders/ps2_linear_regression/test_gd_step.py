"""Hidden grader of `gd_step`."""

import keras
import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("m", "b")


def reference(m, b, dm, db, learning_rate):
    variables = [tf.Variable(float(m), dtype=tf.float64), tf.Variable(float(b), dtype=tf.float64)]
    # Given as a number, Keras would round the learning rate to float32.
    optimizer = keras.optimizers.SGD(lambda: tf.constant(learning_rate, tf.float64))
    optimizer.apply([tf.constant(dm, tf.float64), tf.constant(db, tf.float64)], variables)
    return tuple(float(variable.numpy()) for variable in variables)


def test_one_step(student, rng):
    """one step against the gradient, for several learning rates"""
    for learning_rate in (0.1, 0.003, 1.5):
        student.gd_step.must_match(reference, *rng.normal(scale=3, size=4).tolist(), learning_rate)


def test_the_lectures_steps(student):
    """the lecture's steps on the points (1, 3) and (2, 5), with rate 0.1 and with rate 2"""
    student.gd_step.must_return((-0.7, 5.1), -1.0, 5.0, -3.0, -1.0, 0.1)
    student.gd_step.must_return((-0.58, 5.09), -0.7, 5.1, -1.2, 0.1, 0.1)
    student.gd_step.must_return((785.0, 487.0), -61.0, -35.0, -423.0, -261.0, 2.0)


def test_no_step(student, rng):
    """stays where the gradient is zero, in one direction or in both"""
    m, b = rng.normal(size=2).tolist()
    for dm, db in [(0.0, 0.0), (0.0, rng.normal()), (rng.normal(), 0.0)]:
        student.gd_step.must_match(reference, m, b, dm, db, 0.1)


@known_mistake("The step goes up the slope: it is subtracted, since the gradient points uphill.")
def uphill(m, b, dm, db, learning_rate):
    return m + learning_rate * dm, b + learning_rate * db


@known_mistake("The gradient is subtracted as it is: multiply it by the learning rate.")
def learning_rate_ignored(m, b, dm, db, learning_rate):
    return m - dm, b - db


@known_mistake("The derivatives are swapped: m moves by dm and b moves by db.")
def swapped_derivatives(m, b, dm, db, learning_rate):
    return m - learning_rate * db, b - learning_rate * dm


@known_mistake("The new values are returned in the wrong order: m first, then b.")
def swapped_answers(m, b, dm, db, learning_rate):
    return b - learning_rate * db, m - learning_rate * dm


@known_mistake("The new b starts from the m that has just been updated; it starts from the old b.")
def b_from_new_m(m, b, dm, db, learning_rate):
    m = m - learning_rate * dm
    b = m - learning_rate * db
    return m, b


@known_mistake("These are the steps, not the place they lead to: subtract them from m and b.")
def steps_only(m, b, dm, db, learning_rate):
    return learning_rate * dm, learning_rate * db


@known_mistake("The gradient is divided by the learning rate; multiply it.")
def divided_by_rate(m, b, dm, db, learning_rate):
    return m - dm / learning_rate, b - db / learning_rate


@accepted_variant
def as_vectors(m, b, dm, db, learning_rate):
    new_m, new_b = np.array([m, b]) - learning_rate * np.array([dm, db])
    return new_m, new_b


@accepted_variant
def in_place(m, b, dm, db, learning_rate):
    m -= learning_rate * dm
    b -= learning_rate * db
    return [float(m), float(b)]
