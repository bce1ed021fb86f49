"""Hidden grader of `steps_per_epoch`."""

import numpy as np
import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake

RETURNS = ("the number of steps",)


def reference(n, batch_size):
    return int(tf.data.Dataset.range(n).batch(batch_size).cardinality())


def test_a_last_batch_that_is_not_full(student, rng):
    """batches that do not come out even: the last, smaller one counts as well"""
    student.steps_per_epoch.must_match(reference, 7, 10)
    student.steps_per_epoch.must_match(reference, 5 * 7 + 5, 7)
    student.steps_per_epoch.must_match(reference, 5 * 7 + 2, 7)
    for batch_size in (10, 32):
        for rest in (1, int(rng.integers(2, batch_size - 1)), batch_size - 1):
            student.steps_per_epoch.must_match(reference, int(rng.integers(2, 20)) * batch_size + rest, batch_size)


def test_full_batches_only(student):
    """batches that come out even: there is no further one"""
    for n, batch_size in [(6, 3), (5, 5), (40, 8), (60000, 100)]:
        student.steps_per_epoch.must_match(reference, n, batch_size)


def test_large_batches(student):
    """a batch with room for more than all samples: one step"""
    for n, batch_size in [(1, 32), (3, 4), (17, 100)]:
        student.steps_per_epoch.must_match(reference, n, batch_size)


def test_single_samples(student):
    """batches of one sample: as many steps as samples"""
    for n in (1, 2, 13):
        student.steps_per_epoch.must_match(reference, n, 1)


def test_mnist(student):
    """the 60000 images of MNIST in batches of 32, 64 and 128, as Keras counts them"""
    for steps, batch_size in [(938, 64), (1875, 32), (469, 128)]:
        student.steps_per_epoch.must_return(steps, 60000, batch_size)


@known_mistake("The last batch is dropped where it is not full: round up, not down.")
def rounded_down(n, batch_size):
    return n // batch_size


@known_mistake("One step is always added, also where the batches come out even.")
def one_more_always(n, batch_size):
    return n // batch_size + 1


@known_mistake("The quotient is rounded to the nearest whole number; any rest takes a step of its own: round up.")
def rounded_to_nearest(n, batch_size):
    return round(n / batch_size)


@known_mistake("The number is a float; steps are counted with an int.")
def as_a_float(n, batch_size):
    return np.ceil(n / batch_size)


@known_mistake("This is the size of the last batch; the number of batches is asked for.")
def rest_only(n, batch_size):
    return n % batch_size


@known_mistake("Samples and batch size are swapped: the samples are divided by the batch size.")
def swapped(n, batch_size):
    return -(-batch_size // n)


@known_mistake("Whole steps are counted, at least one; a last batch that is not full counts as well: round up.")
def at_least_one(n, batch_size):
    return max(1, n // batch_size)


@accepted_variant
def with_a_ceiling(n, batch_size):
    return int(np.ceil(n / batch_size))


@accepted_variant
def with_the_rest(n, batch_size):
    return n // batch_size + (n % batch_size > 0)


@accepted_variant
def with_divmod(n, batch_size):
    full, rest = divmod(n, batch_size)
    return full + 1 if rest else full


@accepted_variant
def rounded_up_beforehand(n, batch_size):
    return (n + batch_size - 1) // batch_size


@accepted_variant
def by_counting(n, batch_size):
    return len(range(0, n, batch_size))
