"""Hidden grader of `conv_output_size`."""

import keras
import numpy as np
from hypothesis import strategies as st

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.properties import for_all

RETURNS = ("the length",)


def reference(n, k, stride=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}; it is 'valid' or 'same'")
    layer = keras.layers.Conv2D(1, (int(k), 1), strides=(int(stride), 1), padding=padding)
    return int(layer.compute_output_shape((1, int(n), 1, 1))[1])


def test_valid(student, rng):
    """'valid' with steps of 1, which is what nothing else said means: n - k + 1"""
    for n, k in [(5, 3), (28, 3), (6, 1), (4, 4), (9, 2), (1, 1)]:
        student.conv_output_size.must_match(reference, n, k)
    student.conv_output_size.must_match(reference, 28, 5, 1, "valid")


def test_valid_with_strides(student, rng):
    """'valid' with longer steps, also where they do not come out even"""
    for n, k, stride in [(7, 3, 2), (8, 3, 2), (11, 2, 2), (26, 2, 2), (10, 4, 3), (12, 4, 3), (9, 1, 4), (5, 5, 3)]:
        student.conv_output_size.must_match(reference, n, k, stride)
        student.conv_output_size.must_match(reference, n, k, stride, "valid")


def test_same(student, rng):
    """'same' with steps of 1: as long as before, whatever the filter"""
    for n, k in [(5, 3), (28, 5), (6, 2), (7, 4), (3, 1)]:
        student.conv_output_size.must_match(reference, n, k, 1, "same")


def test_same_with_strides(student, rng):
    """'same' with longer steps: n / stride rounded up, whatever the filter"""
    for n, k, stride in [(6, 3, 2), (5, 3, 2), (5, 2, 2), (8, 2, 2), (9, 4, 3), (10, 5, 3), (11, 1, 3), (13, 3, 4)]:
        student.conv_output_size.must_match(reference, n, k, stride, "same")


def test_the_lectures_layers(student):
    """the layers of the lecture's networks: 28 to 26 to 13 to 11 to 5, and 150 to 148 to 74"""
    for n, k, stride, length in [(28, 3, 1, 26), (26, 2, 2, 13), (13, 3, 1, 11), (11, 2, 2, 5), (150, 3, 1, 148),
                                 (148, 2, 2, 74)]:
        student.conv_output_size.must_return(length, n, k, stride)
    student.conv_output_size.must_return(32, 32, 5, 1, "same")


def test_small_sizes(student, rng):
    """all small sizes, filters and steps, steps longer than the filter or the axis among them"""
    sizes = st.integers(1, 12)

    @for_all(rng, sizes.flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.integers(1, 6), examples=20)
    def valid(n_and_k, stride):
        student.conv_output_size.must_match(reference, *n_and_k, stride, "valid")

    @for_all(rng, sizes, st.integers(1, 6), st.integers(1, 6), examples=20)
    def same(n, k, stride):
        student.conv_output_size.must_match(reference, n, k, stride, "same")


def test_other_padding(student):
    """refuses any other padding"""
    for padding in ("full", "zeros", ""):
        student.conv_output_size.must_raise(ValueError, 8, 3, 2, padding, naming=("padding",))


@known_mistake("The + 1 is missing: the place at the very beginning counts as well.")
def first_place_not_counted(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k) // stride
    if padding == "same":
        return -(-n // stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("The 1 is added before the division; it counts the first place, so add it after n - k is divided by the "
               "stride.")
def one_added_before_dividing(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k + 1) // stride
    if padding == "same":
        return -(-n // stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("With 'valid' a last place that hangs over the end is counted: round (n - k) / stride down.")
def valid_rounded_up(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return -(-(n - k) // stride) + 1
    if padding == "same":
        return -(-n // stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("With 'valid' the stride is left out: divide n - k by it, rounded down.")
def valid_without_stride(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return n - k + 1
    if padding == "same":
        return -(-n // stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("The length of the filter is left out: with 'valid' the last place begins at n - k at most.")
def filter_left_out(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - 1) // stride + 1
    if padding == "same":
        return -(-n // stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("n - k is divided by the length of the filter, as if places never overlapped: divide it by the stride.")
def steps_as_long_as_the_filter(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k) // k + 1
    if padding == "same":
        return -(-n // stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("With 'same' n / stride is rounded down: it is rounded up, since the rest gets a place as well.")
def same_rounded_down(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k) // stride + 1
    if padding == "same":
        return n // stride
    raise ValueError(f"padding is {padding!r}")


@known_mistake("With 'same' the stride is left out: the length is n / stride, rounded up.")
def same_without_stride(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k) // stride + 1
    if padding == "same":
        return n
    raise ValueError(f"padding is {padding!r}")


@known_mistake("With 'same' there is always one place more than n // stride, also where the division comes out even: "
               "round n / stride up.")
def same_one_more(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k) // stride + 1
    if padding == "same":
        return n // stride + 1
    raise ValueError(f"padding is {padding!r}")


@known_mistake("With 'same' k // 2 is added on both sides, which is one too many for filters of even length: the "
               "length is n / stride rounded up, whatever the filter.")
def half_filter_on_both_sides(n, k, stride=1, padding="valid"):
    if padding == "same":
        n = n + 2 * (k // 2)
    elif padding != "valid":
        raise ValueError(f"padding is {padding!r}")
    return (n - k) // stride + 1


@known_mistake("'valid' and 'same' have changed places.")
def paddings_swapped(n, k, stride=1, padding="valid"):
    if padding == "same":
        return (n - k) // stride + 1
    if padding == "valid":
        return -(-n // stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("'same' is treated like 'valid': it pads, and then the length is n / stride rounded up.")
def same_is_valid(n, k, stride=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}")
    return (n - k) // stride + 1


@known_mistake("With 'valid' the division is not rounded down: part of a place is none. Use //.")
def fraction_of_a_place(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k) / stride + 1
    if padding == "same":
        return -(-n // stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("np.floor and np.ceil return floats; a length is an int: use //, or int().")
def floats(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return np.floor((n - k) / stride) + 1
    if padding == "same":
        return np.ceil(n / stride)
    raise ValueError(f"padding is {padding!r}")


@known_mistake("Any other padding is taken for 'valid': refuse it with a ValueError.")
def others_are_valid(n, k, stride=1, padding="valid"):
    if padding == "same":
        return -(-n // stride)
    return (n - k) // stride + 1


@known_mistake("Any other padding is taken for 'same': refuse it with a ValueError.")
def others_are_same(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k) // stride + 1
    return -(-n // stride)


@known_mistake("Any other padding gives None: raise a ValueError, which nobody can overlook.")
def none_for_an_error(n, k, stride=1, padding="valid"):
    if padding == "valid":
        return (n - k) // stride + 1
    if padding == "same":
        return -(-n // stride)
    return None


@known_mistake("Any other padding is looked up in a dict, which raises a KeyError: make it a ValueError that names "
               "padding.")
def key_error(n, k, stride=1, padding="valid"):
    return {"valid": (n - k) // stride + 1, "same": -(-n // stride)}[padding]


@accepted_variant
def counts_the_places(n, k, stride=1, padding="valid"):
    if padding == "valid":
        starts = range(0, n - k + 1, stride)
    elif padding == "same":
        starts = range(0, n, stride)
    else:
        raise ValueError("padding must be valid or same")
    return len(starts)


@accepted_variant
def with_floor_and_ceil(n, k, stride=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"unknown padding: {padding}")
    return int(np.ceil(n / stride)) if padding == "same" else int(np.floor((n - k) / stride + 1))


@accepted_variant
def pads_first(n, k, stride=1, padding="valid"):
    if padding == "same":
        n += max((-(-n // stride) - 1) * stride + k - n, 0)
    elif padding != "valid":
        raise ValueError(f"padding {padding!r} is neither 'valid' nor 'same'")
    return (n - k) // stride + 1


@accepted_variant
def valid_rounded_up_from_below(n, k, stride=1, padding="valid"):
    match padding:
        case "same":
            return np.int64((n + stride - 1) // stride)
        case "valid":
            return np.int64((n - k + stride) // stride)
    raise ValueError("padding has to be 'valid' or 'same'")
