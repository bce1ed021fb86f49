"""The sandbox that has Keras: what crosses into it and back, what its walls let through, reading files elsewhere."""

import json
import os
import textwrap

import keras
import numpy as np
import pytest
from keras import layers

from grading_engine import models
from grading_engine.course import KIT
from grading_engine.sandbox import flavours, keras_values, launch
from grading_engine.sandbox.process import Ended
from grading_engine.sandbox.wire import Folder, Model, Unsupported
from tests.grading_engine.conftest import failure_of

pytestmark = pytest.mark.usefixtures("sandbox")

IMPORTS = "import os\nimport keras\nimport numpy as np\nimport tensorflow as tf\n"
FILES = {"train/cat/1.png": b"one", "train/dog/2.png": b"two", "notes.txt": b""}


@pytest.fixture(scope="module")
def warm():
    """The fork server, which has Keras loaded; one for all tests."""
    made = launch.Warm(flavours.KERAS)
    yield made
    made.close()


def asked(process, body, *args, seconds=60):
    """Define a function in a process that forgets what was before, and call it."""
    process.request({"op": "forget"}, 60)
    source = f"{IMPORTS}def f(*args):\n{textwrap.indent(textwrap.dedent(body), '    ')}"
    errors = process.request({"op": "load", "cell": "f", "source": source, "definitions_only": False}, 60)
    assert errors == {"errors": []}
    return process.request({"op": "call", "function": "f", "args": models.crossing(args)}, seconds)


@pytest.fixture(scope="module", params=["warm", "cold"])
def call(request, warm):
    """Call functions in one process, started in either way: none of them may end it."""
    with (warm if request.param == "warm" else launch.Cold(flavours.KERAS)).start() as process:
        yield lambda body, *args: asked(process, body, *args)


@pytest.fixture
def fresh(warm):
    """Call a function in a process of its own, which may end."""
    processes = []

    def run(body, *args, seconds=60):
        processes.append(warm.start())
        return asked(processes[-1], body, *args, seconds=seconds)

    yield run
    for process in processes:
        process.kill()


@pytest.fixture
def load(one_function, warm):
    """Load a student's function ``f``, given as its body, and return its `StudentFunction`."""

    def loaded(body, parameters="x", before=""):
        source = f"{before}\ndef f({parameters}):\n{textwrap.indent(textwrap.dedent(body), '    ')}"
        return one_function(source, warm, parameters=parameters.split(", "), flavour=flavours.KERAS, given=IMPORTS)

    return loaded


def network(*parts):
    model = keras.Sequential([keras.Input((3,)), *parts, layers.Dense(2)])
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 9)), "mse", metrics=["accuracy"])
    return model


def branches():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Add()([layers.Dense(3, activation="relu")(inputs), inputs]))


def bits(model):
    return [weight.tobytes() for weight in model.get_weights()]


@pytest.mark.parametrize("imported", [{"keras"}, {"numpy", "tensorflow"}])
def test_a_notebook_that_imports_keras_gets_it(imported):
    assert flavours.that_has(imported) is flavours.KERAS
    assert flavours.that_has({"numpy", "matplotlib"}) is flavours.NUMPY


@pytest.mark.parametrize("make", [lambda: network(layers.BatchNormalization(), layers.Dropout(0.5)), branches])
def test_a_model_crosses_both_ways_with_weights_and_settings(call, make):
    model = make()
    reply = call("return args[0], bool(args[0].built), args[0].compiled, args[0](np.ones((1, 3)))", model)
    returned, built, compiled, output = reply["returned"]
    assert (built, compiled) == (True, model.compiled)
    np.testing.assert_allclose(output, model(np.ones((1, 3))), rtol=1e-5)
    back = models.built(returned)
    assert bits(back) == bits(model)
    assert json.dumps(back.get_config()) == json.dumps(model.get_config())
    if model.compiled:
        assert back.get_compile_config() == model.get_compile_config()
    assert models.same(keras_values.described(model), reply["args"][0])


def test_what_was_learned_comes_back_with_the_argument(call):
    model = network()
    reply = call("args[0].layers[0].set_weights([np.full((3, 2), 7.0), np.full(2, 8.0)])", model)
    assert reply["returned"] is None
    assert isinstance(reply["args"][0], Model)
    np.testing.assert_array_equal(reply["args"][0].weights[0], np.full((3, 2), 7.0))


def test_tensors_variables_histories_and_datasets_arrive_as_what_they_hold(call):
    returned = call("""
        data = tf.data.Dataset.from_tensor_slices((np.arange(6.0).reshape(3, 2), [7, 8, 9])).batch(2)
        history = keras.callbacks.History()
        history.history = {"loss": [1.0, 0.5]}
        return {"tensor": tf.constant([1.5, 2.5]), "scalar": tf.constant(3), "variable": tf.Variable([1, 2]),
                "weight": keras.Variable(np.ones((2, 2)), dtype="float32"), "history": history, "data": data,
                "nested": [(tf.constant(True), [keras.ops.zeros(1)])], "optimizer": keras.optimizers.SGD()}
    """)["returned"]
    np.testing.assert_array_equal(returned["tensor"], np.array([1.5, 2.5], np.float32), strict=True)
    np.testing.assert_array_equal(returned["variable"], np.array([1, 2], np.int32), strict=True)
    np.testing.assert_array_equal(returned["weight"], np.ones((2, 2), np.float32), strict=True)
    assert returned["scalar"] == 3
    assert returned["history"] == {"loss": [1.0, 0.5]}
    assert [(images.tolist(), labels.tolist()) for images, labels in returned["data"]] == [
        ([[0.0, 1.0], [2.0, 3.0]], [7, 8]), ([[4.0, 5.0]], [9])]
    assert returned["nested"] == [(True, [np.zeros(1, np.float32)])]
    assert isinstance(returned["optimizer"], Unsupported)


def test_a_dataset_without_end_is_cut_off(call):
    assert len(call("return tf.data.Dataset.range(3).repeat()")["returned"]) == keras_values.MAX_BATCHES


def test_a_folder_is_one_of_its_own_on_each_side(call):
    folder = Folder(FILES, "train")
    reply = call("""
        found = {os.path.join(root, name)[len(args[0]) + 1:]: open(os.path.join(root, name), "rb").read()
                 for root, _, names in os.walk(args[0]) for name in names}
        open(os.path.join(args[0], "cat", "1.png"), "wb").write(b"changed")
        os.makedirs(args[0] + "/new/deep")
        open(args[0] + "/new/deep/file.bin", "wb").write(bytes(300))
        os.remove(os.path.join(args[0], "dog", "2.png"))
        told = {name: content.decode() for name, content in found.items()}
        return type(args[0]) is str, os.path.basename(args[0]), told
    """, folder)
    assert reply["returned"] == (True, "train", {"cat/1.png": "one", "dog/2.png": "two"})
    assert reply["args"][0].files() == {"train/cat/1.png": b"changed", "train/new/deep/file.bin": bytes(300),
                                        "notes.txt": b""}
    # The one on this side is another: the walls hide it.
    assert folder.files() == FILES
    assert call(f"return os.path.exists({folder.root!r})")["returned"] is False


def test_its_folder_in_the_sandbox_goes_with_the_call(call):
    body = "return [name for name in os.listdir('/tmp') if name.startswith('course-')]"
    assert len(call(body, Folder(FILES))["returned"]) == 1
    call("return 1")
    assert call(body)["returned"] == []


def test_a_student_can_leave_nothing_but_files(call):
    reply = call("""
        told = []
        for make in (lambda: os.symlink("/etc/passwd", args[0] + "/link"), lambda: os.mkfifo(args[0] + "/fifo"),
                     lambda: os.symlink("/", args[0] + "/root")):
            try:
                make()
            except OSError:
                told.append("refused")
        for number in range(200):
            open(f"{args[0]}/z{number:03}", "w").close()
        with open(args[0] + "/large", "wb") as file:
            file.truncate(20 << 20)
        for name in (".hidden", "a:b", "-rf", "line\\nbreak"):
            open(os.path.join(args[0], name), "w").close()
        return told
    """, Folder(FILES))
    assert reply["returned"] == ["refused"] * 3
    files = reply["args"][0].files()
    assert set(files) <= {*FILES, *(f"z{number:03}" for number in range(200))}
    assert len(files) == 64


def test_threads_work(call):
    assert call("""
        import concurrent.futures
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda n: n * n, range(8)))
    """)["returned"] == [n * n for n in range(8)]


@pytest.mark.parametrize("body", [
    "os.fork()", "os.forkpty()", "import subprocess\nsubprocess.run(['/bin/true'])",
    "import subprocess\nsubprocess.run('true', shell=True)", "os.posix_spawn('/bin/true', ['true'], {})",
    "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()",
    "import multiprocessing\nmultiprocessing.get_context('spawn').Process(target=print).start()",
    "import concurrent.futures\nconcurrent.futures.ProcessPoolExecutor(1).submit(print)",
    # clone as fork makes it, vfork, clone3 with and without a thread's flags, unshare, memfd_create
    *(f"import ctypes\nassert ctypes.CDLL(None).syscall({numbers}) >= 0" for numbers in (
        "56, 17, 0, 0, 0, 0", "56, 0x4111, 0, 0, 0, 0", "58", "435, 0, 0", "435, bytes(88), 88", "272, 0x10000000",
        "319, b'x', 0")),
])
def test_processes_do_not(call, body):
    reply = call(body)
    assert reply["raised"] in ("PermissionError", "AssertionError", "OSError")


@pytest.mark.parametrize("body", [
    "import socket\nsocket.socket()", "import socket\nsocket.socketpair()",
    "import socket\nsocket.create_connection(('127.0.0.1', 80), timeout=1)",
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1/', timeout=1)",
    "keras.utils.get_file('x', 'http://127.0.0.1/x')",
])
def test_there_is_no_network(call, body):
    assert "raised" in call(body)


def test_it_sees_nothing_of_the_staff(call, monkeypatch):
    paths = [str(KIT), str(KIT / "graders"), "/home", "/root/.bashrc", "/etc/passwd", f"/proc/1/root{KIT}"]
    assert call(f"return [os.path.exists(path) for path in {paths}]")["returned"] == [False] * len(paths)
    modules = ["grading_engine", "graders", "nbgrader", "sklearn", "pytest"]
    found = f"import importlib.util\nreturn [importlib.util.find_spec(name) for name in {modules}]"
    assert call(found)["returned"] == [None] * len(modules)
    assert call("return os.listdir('/proc'), os.getpid(), tf.config.list_physical_devices('GPU')")["returned"] == (
        ["self"], 1, [])


def test_what_notebooks_of_networks_need_is_there(call):
    assert call("""
        import joblib, onnx, onnxruntime, tf2onnx
        joblib.dump({"a": 1}, "/tmp/x.joblib")
        return joblib.load("/tmp/x.joblib"), keras.backend.backend()
    """)["returned"] == ({"a": 1}, "tensorflow")


@pytest.mark.parametrize("path", ["/x", "/site/x", "/site/keras/x.py", "/engine/keras_values.py", "/dev/x"])
def test_nothing_can_be_written_outside_tmp(call, path):
    assert call(f"open({path!r}, 'w').write('x')")["raised"] in ("OSError", "PermissionError", "FileNotFoundError")


def test_what_threads_share_is_small_and_their_own(call):
    assert call("open('/dev/shm/mine', 'wb').write(bytes(1000))")["returned"] is None
    assert call("open('/dev/shm/large', 'wb').write(bytes(16 << 20))")["raised"] == "OSError"
    assert not os.path.exists("/dev/shm/mine")
    assert call("os.remove('/dev/shm/mine')\nos.remove('/dev/shm/large')")["returned"] is None


def test_more_memory_than_there_is_is_an_error(call):
    assert call("np.ones(10**10)")["builtin"] == "MemoryError"
    assert call("keras.ops.ones((10**6, 10**6))")["raised"] == "ResourceExhaustedError"


@pytest.mark.parametrize(("body", "reason"), [
    ("while True: pass", "timeout"), ("os._exit(0)", "exit"), ("os.abort()", "crash"),
    ("import threading\nthreading.Thread(target=lambda: os._exit(3)).start()\nwhile True: pass", "exit"),
    ("import wire\nwire.Folder.files = lambda folder: {'../evil': b'x'}", "crash"),
    ("import wire\nwire.Folder.files = lambda folder: {'/tmp/evil': b'x'}", "crash"),
    ("import wire\nwire.Folder.files = lambda folder: {'a//b': b'x'}", "crash"),
    ("import wire\nwire.MAX_FILES = 999\nfor n in range(99): open(f'{args[0]}/{n}', 'w')", "crash"),
    ("import wire\nwire.Folder.files = lambda folder: {'a': b'x', 'a/b': b'x'}", "crash"),
    ("import wire\nwire.MAX_CONFIG = 10**9\nreturn wire.Model('x' * 500_000, '', [])", "crash"),
])
def test_how_a_process_ends_is_told(fresh, body, reason):
    with pytest.raises(Ended) as end:
        fresh(body, Folder(FILES), seconds=3)
    assert end.value.reason == reason


def test_a_model_that_was_passed_in_learns_what_the_students_function_taught_it(load):
    model = network()
    before, settings = model.get_weights(), model.get_compile_config()
    f = load("model.compile('sgd', 'mae')\nreturn model.fit(x, x[:, :2], epochs=2, verbose=0)", "model, x")
    history = f.returned(model, np.ones((4, 3), np.float32))
    assert len(history["loss"]) == 2
    assert not any(map(np.array_equal, before, model.get_weights()))
    assert model.get_compile_config() == settings
    # The next call begins where this one ended.
    after = load("return model.get_weights()", "model").returned(model)
    assert all(map(np.array_equal, after, model.get_weights()))


def double(call, model):
    """A driver: what a function does to a network."""
    call(model)
    return {"kernel": model.get_weights()[0]}


def test_a_driver_can_look_at_the_model_afterwards(load):
    def doubled(model):
        model.set_weights([2 * weight for weight in model.get_weights()])

    model = network()
    before = bits(model)
    load("model.set_weights([2 * weight for weight in model.get_weights()])", "model").must_match(
        doubled, model, through=double)
    failure = failure_of(load("pass", "model").must_match, doubled, model, through=double)
    assert "kernel" in str(failure)
    # Drivers work with copies.
    assert bits(model) == before


def test_a_model_has_to_stay_as_it_was_where_that_is_asked_for(load):
    load("return model.predict(np.ones((2, 3)), verbose=0)", "model").must_keep_inputs(network())
    f = load("model.set_weights([1 + weight for weight in model.get_weights()])", "model")
    assert "changed its input `model`" in str(failure_of(f.must_keep_inputs, network()))


@pytest.mark.parametrize("body", [
    "model.pop()", "model.add(keras.layers.Dense(5))", "model.layers[-1].enable_lora(1)",
])
def test_a_model_whose_layers_were_changed_is_the_students_failure(load, body):
    model = network()
    before = bits(model)
    failure = failure_of(load(body, "model").returned, model)
    assert "`f` changed the layers of the model" in str(failure)
    assert bits(model) == before


def test_a_returned_model_is_built_anew(load):
    returned = load("""
        net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, kernel_initializer="ones")])
        net.compile("sgd", "mse")
        net.predict = lambda *args: 1 / 0
        return net, [net]
    """).returned(0)
    model = returned[0]
    assert type(model) is keras.Sequential
    np.testing.assert_array_equal(model.predict(np.ones((1, 3)), verbose=0), [[3, 3]])
    assert type(model.optimizer) is keras.optimizers.SGD
    assert models.is_model(returned[1][0])


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("body", "words"), [
    ("return keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x)])", "Lambda layer"),
    ("return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation=lambda x: x)])", "function"),
    ("class Mine(keras.layers.Dense): pass\nreturn keras.Sequential([keras.Input((3,)), Mine(2)])", "uses Mine"),
    ("return keras.Sequential([keras.layers.Dense(2)])", "begin with keras.Input"),
    ("import wire\nreturn wire.Model('{', '', [])", "without a readable configuration"),
    ("import wire\nreturn {'a': [wire.Model('{\"class_name\": \"Mine\"}', '', [])]}", "class of its own (Mine)"),
    ("import wire, json, keras_values\nnet = keras_values.described(keras.Sequential([keras.Input((3,)), "
     "keras.layers.Dense(2)]))\nnet.config = net.config.replace('\"units\": 2', '\"units\": 1000000000')\nreturn net",
     "do not fit together"),
])
def test_a_returned_model_that_may_not_be_built_is_the_students_failure(load, body, words):
    assert words in str(failure_of(load(body).returned, 0))


def test_a_function_that_takes_too_much_memory_fails_with_that_reason(load):
    assert failure_of(load("return np.ones(10**10)").returned, 0).outcome == "memory"


def test_a_folder_becomes_what_the_students_function_made_of_it(load):
    folder = Folder(FILES)
    load("""
        os.remove(folder + "/train/cat/1.png")
        open(folder + "/notes.txt", "w").write("more")
        os.makedirs(folder + "/a/b")
        open(folder + "/a/b/c.txt", "w").write("new")
    """, "folder").returned(folder)
    assert folder.files() == {"train/dog/2.png": b"two", "notes.txt": b"more", "a/b/c.txt": b"new"}


@pytest.mark.parametrize(("body", "files"), [
    ("os.remove(folder + '/notes.txt')\nos.mkdir(folder + '/notes.txt')\nopen(folder + '/notes.txt/x', 'w').close()",
     {"train/cat/1.png": b"one", "train/dog/2.png": b"two", "notes.txt/x": b""}),
    ("import shutil\nshutil.rmtree(folder + '/train')\nopen(folder + '/train', 'w').close()",
     {"train": b"", "notes.txt": b""}),
    ("import shutil\nshutil.rmtree(folder)", {}),
    ("import shutil\nshutil.rmtree(folder)\nopen(folder, 'w').close()", {}),
])
def test_files_in_the_place_of_folders_are_taken_over_too(load, body, files):
    folder = Folder(FILES)
    load(body, "folder").returned(folder)
    assert folder.files() == files


def test_a_folder_has_to_stay_as_it_was_where_that_is_asked_for(load):
    load("return os.listdir(folder)", "folder").must_keep_inputs(Folder(FILES, "train"))
    f = load("os.remove(folder + '/notes.txt')", "folder")
    assert "changed its input `folder`" in str(failure_of(f.must_keep_inputs, Folder(FILES)))


def test_a_folders_place_is_told_in_no_message(load):
    folder = Folder(FILES, "train")
    message = str(failure_of(load("return 1", "folder").must_return, 2, folder))
    assert "folder/train" in message
    assert folder.root not in message


# Functions of the staff, which are sent as source.

def kernel_in(path):
    import keras
    return np.asarray(keras.models.load_model(path).get_weights()[0])


def surroundings(marker):
    import builtins
    import os

    import keras
    return {"names": sorted(name for name in globals() if not name.startswith("__")),
            "marked": [name for name in (marker, "left_behind") if hasattr(builtins, name) or hasattr(keras, name)],
            "files": [name for name in os.listdir("/tmp") if name.startswith(marker)],
            "variable": os.environ.get(marker), "loader": keras.models.load_model.__module__}


def content(path):
    with open(path, "rb") as file:
        return np.frombuffer(file.read(), np.uint8)


def unpickled(path):
    import joblib
    return joblib.load(path)


def endless(path):
    while True:
        pass


def forbidden_network(path):
    import keras
    return keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x)])


def scaled(model, x, factor):
    return model(x) * factor, model


PATCHES = """
import builtins
class Fake:
    def get_weights(self): return [np.full((3, 2), 99.0)]
real_save = keras.Model.save
keras.models.load_model = keras.saving.load_model = lambda *args, **options: Fake()
builtins.marker = keras.marker = 1
os.environ["marker"] = "1"
def kernel_in(path): return 99
def surroundings(marker): return 99
"""


def test_files_that_a_student_wrote_are_read_by_nobody_that_the_student_can_reach(load):
    f = load("real_save(model, folder + '/net.keras')\nopen('/tmp/marker', 'w').close()", "model, folder", PATCHES)
    model, folder = network(), Folder({})
    f.returned(model, folder)
    assert list(folder.files()) == ["net.keras"]
    student = f._student
    found = student.elsewhere(kernel_in, Folder(folder.files(), "net.keras"))
    np.testing.assert_array_equal(found, model.get_weights()[0])
    assert student.elsewhere(surroundings, "marker") == {
        "names": ["np", "surroundings"], "marked": [], "files": [], "variable": None, "loader": kernel_module()}
    # The student's own process is still there, and still as the student left it.
    assert f._student._process is not None
    assert load("return kernel_in(x)", before=PATCHES).returned("x") == 99


def kernel_module():
    return keras.models.load_model.__module__


def test_models_and_folders_cross_into_elsewhere_and_models_back(load):
    student, model = load("return 1")._student, network()
    value, back = student.elsewhere(scaled, model, np.ones((1, 3), np.float32), 2)
    np.testing.assert_allclose(value, 2 * np.asarray(model(np.ones((1, 3)))), rtol=1e-5)
    assert bits(back) == bits(model)
    assert bytes(student.elsewhere(content, Folder(FILES, "train/dog/2.png"))) == b"two"


def test_what_elsewhere_cannot_read_is_the_students_failure(load, monkeypatch):
    student = load("return 1")._student
    for name in ("net.keras", "missing.keras"):
        failure = failure_of(student.elsewhere, kernel_in, Folder({"net.keras": b"nonsense"}, name))
        assert "what was written cannot be read: raised ValueError" in str(failure)
    monkeypatch.setattr("grading_engine.student.LOAD_SECONDS", 0.4)
    failure = failure_of(student.elsewhere, endless, "x")
    assert "did not finish" in str(failure)
    assert failure.outcome == "timeout"


def test_code_in_a_file_runs_where_it_reaches_nothing(load):
    f = load("""
        class Evil:
            def __reduce__(self): return os._exit, (3,)
        import joblib
        joblib.dump(Evil(), folder + "/scaler.joblib")
    """, "folder")
    folder = Folder({})
    f.returned(folder)
    failure = failure_of(f._student.elsewhere, unpickled, Folder(folder.files(), "scaler.joblib"))
    assert failure.outcome == "exit"
    assert load("return x").returned(1) == 1


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_network_from_elsewhere_that_may_not_be_built_is_the_students_failure(load):
    failure = failure_of(load("return 1")._student.elsewhere, forbidden_network, "x")
    assert "Lambda" in str(failure)


def test_temporary_folders_are_gone_when_all_is_done(load, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    f = load("open(folder + '/new', 'w').close()\nreturn os.path.exists(folder + '/notes.txt')", "folder")
    f.must_return(True, Folder(FILES))
    f.must_match(lambda folder: os.path.exists(f"{folder}/notes.txt"), Folder(FILES))
    f._student.elsewhere(content, Folder(FILES, "notes.txt"))
    f._student.begin_test("f")
    f._student._values.clear()
    assert list(tmp_path.iterdir()) == []
