import json
import struct

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grading_engine.sandbox import wire

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3), max_leaves=8)
arrays = hnp.arrays(st.sampled_from([np.float64, np.float32, np.int64, np.int8, np.bool_]),
                    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))


def there_and_back(value):
    frame = wire.encode({"value": value})
    header, _ = struct.unpack(">II", frame[:8])
    return wire.decode(frame[8:8 + header], frame[8 + header:])["value"]


@given(plain)
def test_plain_values_survive(value):
    result = there_and_back(value)
    assert result == value
    assert type(result) is type(value)


@given(arrays)
def test_arrays_survive_with_shape_and_dtype(array):
    result = there_and_back(array)
    assert type(result) is np.ndarray
    assert (result.shape, result.dtype) == (array.shape, array.dtype)
    assert result.tobytes() == array.tobytes()


def test_fortran_order_survives():
    array = np.arange(6.0).reshape(2, 3).T
    result = there_and_back(array)
    assert result.flags.f_contiguous
    np.testing.assert_array_equal(result, array)


def test_a_random_generator_goes_on_where_it_was():
    rng = np.random.default_rng(3)
    rng.integers(10, dtype=np.int32)  # leaves half a draw behind
    np.testing.assert_array_equal(there_and_back(rng).integers(1000, size=5, dtype=np.int32),
                                  rng.integers(1000, size=5, dtype=np.int32))


def test_a_view_with_a_step_and_a_read_only_array_stay_such():
    array = np.arange(12.0).reshape(3, 4)[:, ::2]
    result = there_and_back(array)
    assert not result.flags.c_contiguous
    np.testing.assert_array_equal(result, array)
    array.flags.writeable = False
    assert not there_and_back(array).flags.writeable


def test_numpy_scalars_stay_scalars():
    assert type(there_and_back(np.float64(1.5))) is np.float64


@pytest.mark.parametrize("value", [object(), {1.5: 2}, 1j, np.array([None]), np.ma.masked_array([1.0]),
                                   np.zeros(1).view(type("Mine", (np.ndarray,), {})), (i for i in "ab"), b"bytes"])
def test_other_values_cross_as_their_type_only(value):
    assert isinstance(there_and_back(value), wire.Unsupported)


def test_a_float_that_lies_is_no_float():
    class Lying(float):
        def __repr__(self):
            return "2.5"

    assert isinstance(there_and_back(Lying(1.0)), wire.Unsupported)


@pytest.mark.parametrize("header", [
    b"", b"[]", b"nonsense", b'{"a": 1}', b'{"a": {"int": 5}}', b'{"a": {"float": "x"}}', b'{"a": {"eval": "1"}}',
    b'{"a": {"int": "0x1", "float": "0x1"}}', b'{"a": {"dict": [["x"]]}}', b'{"a": {"dict": [[{"list": []}, null]]}}',
    b'{"a": {"generator": ["0x1"]}}', b'{"a": {"generator": ["0x1", "0x1", "0x0", 5]}}', b'{"a": {"generator": 3}}',
    b'{"a": {"generator": ["-0x1", "0x1", "0x0", "0x0"]}}', b'{"a": {"generator": ["0x1", "0x1", "0x2", "0x0"]}}',
    b'{"a": {"array": "|O8", "shape": [1]}}', b'{"a": {"array": "<f8", "shape": [2]}}',
    b'{"a": {"array": "<f8", "shape": [-1]}}', b'{"a": {"array": "<f8", "shape": "x"}}',
    b'{"a": ' + b'{"list": [' * 100 + b"]}" * 100 + b"}", b"[" * 100_000,
])
def test_what_is_no_message_is_refused(header):
    with pytest.raises(wire.WireError):
        wire.decode(header, b"")


def test_bytes_that_nothing_refers_to_are_refused():
    with pytest.raises(wire.WireError):
        wire.decode(json.dumps({}).encode(), b"x")


def test_a_frame_that_claims_to_be_huge_is_refused_before_it_is_read():
    def read(size):
        assert size == 8
        return struct.pack(">II", 10, wire.MAX_BUFFER_BYTES + 1)

    with pytest.raises(wire.WireError):
        wire.read_frame(read)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
    | st.sampled_from(["<f8", "|O8", "00%", "strided", "F", "C", "0x1", "nan"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["array", "shape", "scalar", "layout", "readonly", "int", "float", "other", "tuple", "list",
                         "dict", "handle", "generator", "x"]), inner, max_size=5), max_leaves=12)


@given(JUNK | st.dictionaries(st.text(max_size=3), JUNK, max_size=3), st.binary(max_size=40))
@example({"a": {"array": "<f8", "shape": [0, 2**25, 2**25, 2**25], "scalar": False, "layout": "C"}}, b"")
@example({"a": {"array": "<f8", "shape": [], "scalar": False, "layout": "strided"}}, bytes(8))
def test_any_bytes_are_a_message_or_none(tree, body):
    for header in (json.dumps(tree).encode(), body):
        try:
            message = wire.decode(header, body)
        except wire.WireError:
            continue
        assert isinstance(message, dict)


@pytest.mark.parametrize("array", [np.arange(6.0).astype(">f8"), np.arange(6).astype(">i4").reshape(2, 3).T])
def test_an_array_of_the_other_byte_order_keeps_its_values(array):
    np.testing.assert_array_equal(there_and_back(array), array)


def test_what_is_nested_too_deeply_says_so():
    value = 1
    for _ in range(20):
        value = [value]
    assert "Unsupported" not in repr(there_and_back(value))
