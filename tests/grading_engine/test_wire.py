import gc
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grading_engine.course import KIT
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


def folder_message(*names, entry=""):
    empty = {"array": "|u1", "shape": [0], "scalar": False, "layout": "C"}
    return json.dumps({"value": {"folder": [entry, [[name, empty] for name in names]]}}).encode()


FILES = {"a.txt": b"one", "train/cat/1.png": bytes(range(256)), "train/dog/0 b-c.png": b"", "x/y/z/u/v": b"deep"}


@pytest.mark.parametrize("entry", ["", "train", "train/cat", "model.keras"])
def test_a_folder_arrives_as_one_of_its_own_with_the_same_files(entry):
    folder = wire.Folder(FILES, entry)
    arrived = there_and_back(folder)
    assert type(arrived) is wire.Folder
    assert arrived.files() == folder.files() == FILES
    assert arrived.root != folder.root
    assert arrived == os.path.join(arrived.root, entry).rstrip("/")
    assert repr(arrived) == repr(folder)
    assert arrived.root not in repr(arrived)


def test_an_empty_folder_arrives_too():
    assert there_and_back(wire.Folder({})).files() == {}


def test_a_folder_is_gone_with_its_path():
    folder = wire.Folder(FILES)
    inner = wire.Folder(FILES, "train")
    roots = folder.root, inner.root
    assert all(map(os.path.isdir, roots))
    del folder, inner
    gc.collect()
    assert not any(map(os.path.exists, roots))


WORKER = """
import multiprocessing, os, sys, tempfile
from grading_engine.sandbox.wire import Folder

kept = []

def work():
    tempfile.tempdir = sys.argv[1]
    kept.append(Folder({"a": b"1"}))

if __name__ == "__main__":
    process = multiprocessing.get_context(sys.argv[2]).Process(target=work)
    process.start()
    process.join()
    sys.exit(process.exitcode)
"""


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_folders_that_a_worker_kept_are_gone_with_it(tmp_path, method):
    """A worker may end without what Python does at an exit."""
    script, made_in = tmp_path / "script.py", tmp_path / "made"
    script.write_text(WORKER)
    made_in.mkdir()
    subprocess.run([sys.executable, "-P", str(script), str(made_in), method], cwd=KIT, check=True)
    assert list(made_in.iterdir()) == []


def test_what_is_no_regular_file_does_not_cross(tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").write_text("secret")
    folder = wire.Folder({"real": b"1"})
    os.symlink(tmp_path / "secret", os.path.join(folder, "link"))
    os.symlink(tmp_path / "folder", os.path.join(folder, "linked"))
    os.symlink("real", os.path.join(folder, "to_itself"))
    os.symlink("nowhere", os.path.join(folder, "broken"))
    os.mkfifo(os.path.join(folder, "fifo"))
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(os.path.join(folder, "socket"))
        assert there_and_back(folder).files() == {"real": b"1"}


def test_of_too_many_files_the_first_ones_cross():
    folder = wire.Folder({f"{number:03}": b"x" for number in range(wire.MAX_FILES + 5)})
    assert sorted(there_and_back(folder).files()) == [f"{number:03}" for number in range(wire.MAX_FILES)]


def test_too_large_files_do_not_cross_and_cost_the_others_nothing(monkeypatch):
    monkeypatch.setattr(wire, "MAX_FILE_BYTES", 10)
    folder = wire.Folder({"a": bytes(6), "b": bytes(11), "c": bytes(5), "d": bytes(4), "e": b"x"})
    assert {name: len(content) for name, content in folder.files().items()} == {"a": 6, "d": 4}


def test_a_file_that_is_mostly_a_hole_is_too_large(tmp_path):
    folder = wire.Folder({"small": b"1"})
    with open(os.path.join(folder, "hole"), "wb") as file:
        file.truncate(1 << 40)
    assert folder.files() == {"small": b"1"}


HOSTILE_NAMES = ["../x", "/etc/x", "a//b", "..", ".", "", "/", "a/", "/a", "a/../b", "a/./b", "./a", "a/..", ".hidden",
                 "a/.ssh", "a\\b", "a\nb", "a\n", "a\0b", "\0", "é", "ａ", "~", "~root/x", "-rf", "a:b", "a\u202eb",
                 "C:x", "a/b/c/d/e/f", "x" * 82, " a", "$HOME", "a*", "a'b", "a;b"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_of_files_are_refused(name):
    for header in (folder_message(name), folder_message("fine", name)):
        with pytest.raises(wire.WireError):
            wire.decode(header, b"")


@pytest.mark.parametrize("name", [name for name in HOSTILE_NAMES if name])
def test_hostile_entries_are_refused(name):
    with pytest.raises(wire.WireError):
        wire.decode(folder_message("fine", entry=name), b"")


def test_files_with_hostile_names_do_not_leave():
    folder = wire.Folder({"fine": b"1"})
    for name in (".hidden", "-rf", "a:b", "é", "line\nbreak"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"x")
    assert folder.files() == {"fine": b"1"}


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a"), ("a/b/c", "a/b")])
def test_files_that_stand_in_each_others_way_are_refused_and_leave_nothing(names, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(wire.WireError):
        wire.decode(folder_message(*names), b"")
    gc.collect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [
    None, 1, "x", [], [""], ["", [], []], ["", {}], ["", "ab"], [1, []], [None, []], ["", [1]], ["", [[]]],
    ["", [["a"]]], ["", [["a", None]]], ["", [["a", {"int": "0x1"}]]], ["", [["a", {"list": []}]]],
    ["", [[1, {"array": "|u1"}]]],
    ["", [["a", {"array": "|u1", "shape": [1], "scalar": False, "layout": "C"}]]],
    ["", [["a", {"array": "|O8", "shape": [0]}]]], ["", [["a", {"array": "|u1", "shape": [0]}, 1]]],
    ["", [[f"{number}", {"array": "|u1", "shape": [0]}] for number in range(wire.MAX_FILES + 1)]],
])
def test_what_is_no_folder_is_refused(content):
    with pytest.raises(wire.WireError):
        wire.decode(json.dumps({"value": {"folder": content}}).encode(), b"")


def test_a_model_arrives_with_its_weights_bit_by_bit():
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(3, 2)).astype(np.float32), np.array([np.nan, -0.0, np.inf]), np.zeros((2, 0)),
               np.array(3.5), rng.normal(size=(4, 4)).T]
    arrived = there_and_back(wire.Model('{"a": "ü"}', "", weights))
    assert type(arrived) is wire.Model
    assert (arrived.config, arrived.compiled) == ('{"a": "ü"}', "")
    assert [weight.tobytes() for weight in arrived.weights] == [weight.tobytes() for weight in weights]
    assert [(weight.shape, weight.dtype) for weight in arrived.weights] == [(w.shape, w.dtype) for w in weights]


@pytest.mark.parametrize("content", [
    None, 1, "x", [], ["", ""], ["", "", [], []], [1, "", []], ["", None, []], ["", "", {}], ["", "", "ab"],
    ["", "", [1]], ["", "", [None]], ["", "", [{"int": "0x1"}]], ["", "", [{"model": ["", "", []]}]],
    ["", "", [{"array": "<f4", "shape": [2], "scalar": False, "layout": "C"}]],
    ["", "", [{"array": "|O8", "shape": [0]}]], ["x" * (wire.MAX_CONFIG + 1), "", []],
    ["x" * wire.MAX_CONFIG, "x", []], ["", "", [{"array": "<f4", "shape": [0]}] * (wire.MAX_WEIGHTS + 1)],
])
def test_what_is_no_model_is_refused(content):
    with pytest.raises(wire.WireError):
        wire.decode(json.dumps({"value": {"model": content}}).encode(), b"")


@pytest.mark.parametrize("model", [wire.Model("x" * (wire.MAX_CONFIG + 1), "", []),
                                   wire.Model("", "x" * (wire.MAX_CONFIG + 1), []),
                                   wire.Model("", "", [np.zeros(0)] * (wire.MAX_WEIGHTS + 1))])
def test_a_model_that_is_too_large_crosses_as_a_sentence(model):
    assert "too large" in repr(there_and_back(model))


@pytest.mark.parametrize("weight", [np.zeros(2, np.complex128), np.array([None]), np.zeros(2, "V2"),
                                    np.zeros((1,) * (wire.MAX_DIMENSIONS + 1))])
def test_a_model_with_weights_that_cannot_cross_does_not_break_the_message(weight):
    assert isinstance(there_and_back(wire.Model("", "", [np.zeros(2), weight])), wire.Unsupported)


def test_nor_does_one_with_a_weight_that_is_too_large(monkeypatch):
    monkeypatch.setattr(wire, "MAX_BUFFER_BYTES", 1000)
    assert isinstance(there_and_back(wire.Model("", "", [np.zeros(126)])), wire.Unsupported)


@given(st.lists(JUNK | st.just([["a", {"array": "|u1", "shape": [1], "scalar": False, "layout": "C"}]]), max_size=4),
       st.sampled_from(["folder", "model"]), st.binary(max_size=3))
@example(["", "", [{"array": "<f4", "shape": [], "scalar": True, "layout": "C"}]], "model", bytes(4))
def test_any_folder_or_model_is_a_message_or_none(content, kind, body):
    try:
        message = wire.decode(json.dumps({"value": {kind: content}}).encode(), body)
    except wire.WireError:
        return
    assert type(message["value"]) in (wire.Folder, wire.Model)
