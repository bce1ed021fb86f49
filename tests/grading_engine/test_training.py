"""Training runs of tiny networks, what is remembered of them, whose turn it is on a GPU, and bands of accuracy."""

import contextlib
import fcntl
import math
import queue
import subprocess
import sys
import threading
from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers

from grading_engine import calibration, models, training
from grading_engine.course import KIT, CourseError
from grading_engine.training import UNTRAINED, Budget, Task

CLASSES = 4
UNTRAINED_LOSS = math.log(CLASSES)
WAIT = 30  # seconds until a test gives up on a thread


def quadrants(rng, images):
    """Noise in which one quarter of the image, the label, is brighter."""
    def drawn(count):
        y = rng.integers(CLASSES, size=count)
        x = rng.normal(0, 0.1, (count, 8, 8, 1))
        for image, label in zip(x, y, strict=True):
            row, column = 4 * (label // 2), 4 * (label % 2)
            image[row:row + 4, column:column + 4] += 1
        return x.astype(np.float32), y

    return drawn(images), drawn(40)


def task(epochs=1, images=64, seconds=WAIT):
    budget = Budget(images, epochs, 16, seconds)
    return Task((8, 8, 1), CLASSES, quadrants, {"cpu": budget, "gpu": budget})


def network(*parts, optimizer="sgd", loss="sparse_categorical_crossentropy", **options):
    model = keras.Sequential([keras.Input((8, 8, 1)), *parts, layers.Flatten(),
                              layers.Dense(CLASSES, activation="softmax", **options)])
    model.compile(optimizer, loss)
    return model


def cnn():
    return network(layers.Conv2D(2, 3, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.3),
                   optimizer=keras.optimizers.Adam(0.05), loss="mse")


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch):
    monkeypatch.delenv(training.REQUIRE_GPU, raising=False)
    monkeypatch.setattr(training, "gpus", lambda: [])


@pytest.fixture(scope="module")
def done():
    """One run of a network with everything that is random, and the network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "gpus", lambda: [])
        model = cnn()
        return training.train(model, task(epochs=3), 5), model


def test_a_run_tells_what_happened(done):
    run, model = done
    assert run.y_true.shape == run.y_pred.shape == (40,)
    assert run.accuracy == np.mean(run.y_true == run.y_pred)
    assert run.accuracy > 0.5
    assert set(map(len, run.curves.values())) == {3}
    assert run.curves["unseen images"][-1] == pytest.approx(run.accuracy)
    assert (run.changed, run.finite, run.stopped, run.seed) == (True, True, False, 5)
    assert (run.parameters, run.backend) == (model.count_params(), keras.backend.backend())
    assert run.device
    assert run.memory > 1 << 20
    assert run.images_per_second > 0


def test_the_same_seed_gives_the_same_run_whatever_weights_the_network_came_with(done):
    run, model = done
    smuggled = models.copied(model)
    smuggled.set_weights([weight + 100 for weight in smuggled.get_weights()])
    before = [weight.copy() for weight in smuggled.get_weights()]
    keras.utils.set_random_seed(99)
    again = training.train(smuggled, task(epochs=3), 5)
    assert (again.first_loss, again.accuracy, again.curves) == (run.first_loss, run.accuracy, run.curves)
    np.testing.assert_array_equal(again.y_pred, run.y_pred)
    np.testing.assert_array_equal(again.y_true, run.y_true)
    # The network itself is not trained.
    assert all(map(np.array_equal, smuggled.get_weights(), before))
    assert smuggled.loss == "mse"


def test_another_seed_gives_other_data_another_start_and_another_order(done):
    run, model = done
    other = training.train(model, task(), 6)
    assert not np.array_equal(other.y_true, run.y_true)
    assert other.first_loss != run.first_loss
    assert other.curves["training images"][0] != run.curves["training images"][0]


def test_a_network_that_knows_nothing_starts_near_the_logarithm_of_the_classes(done):
    low, high = UNTRAINED
    assert low * UNTRAINED_LOSS < done[0].first_loss < high * UNTRAINED_LOSS


def test_a_network_that_knows_the_answer_before_it_learns_starts_far_from_there():
    knowing = network(layers.AveragePooling2D(4), kernel_initializer=keras.initializers.Identity(gain=50))
    run = training.train(knowing, task(images=16), 0)
    assert run.first_loss < UNTRAINED[0] * UNTRAINED_LOSS
    assert run.accuracy == 1


def test_a_network_that_is_sure_of_one_class_starts_far_from_there_too():
    sure = network(bias_initializer=keras.initializers.Constant([50.0, 0.0, 0.0, 0.0]))
    assert training.train(sure, task(images=16), 0).first_loss > UNTRAINED[1] * UNTRAINED_LOSS


def test_a_rate_of_0_changes_nothing():
    still = network(layers.Conv2D(2, 3), layers.BatchNormalization(), optimizer=keras.optimizers.SGD(0.0))
    run = training.train(still, task(images=16), 0)
    assert not run.changed
    assert run.finite


def test_one_layer_that_does_not_learn_is_enough():
    """Behind zeros no kernel changes, though the bias does."""
    run = training.train(network(layers.Rescaling(0.0)), task(images=16), 0)
    assert not run.changed


def test_a_layer_that_is_frozen_on_purpose_is_no_such_layer():
    frozen = network(layers.Conv2D(2, 3, trainable=False))
    assert training.train(frozen, task(images=16), 0).changed


def test_a_run_that_explodes_is_not_finite():
    deep = network(layers.Flatten(), layers.Dense(4), optimizer=keras.optimizers.SGD(1e30))
    run = training.train(deep, task(images=16, epochs=3), 0)
    assert not run.finite
    assert run.accuracy == np.mean(run.y_true == run.y_pred)


class Ticks:
    """A clock that goes on by one second whenever someone looks at it."""

    def __init__(self):
        self.now = 0

    def monotonic(self):
        self.now += 1
        return self.now


@pytest.fixture(scope="module")
def stopped():
    """A run whose time is over when the second batch of its second epoch is, by a clock that ticks when looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "gpus", lambda: [])
        patch.setattr(training, "time", Ticks())
        return training.train(network(), task(epochs=1000, seconds=8), 0)


def test_a_run_ends_with_its_time(stopped):
    assert stopped.stopped
    assert set(map(len, stopped.curves.values())) == {2}
    assert len(stopped.y_pred) == 40


def test_images_that_were_not_seen_are_not_counted(stopped):
    assert stopped.images_per_second == 32 / 3


def test_images_per_second_are_those_of_all_epochs_but_the_first(monkeypatch):
    monkeypatch.setattr(training, "time", Ticks())
    run = training.train(network(), task(epochs=2), 0)
    assert not run.stopped
    assert run.images_per_second == 64 / 5


def failing(monkeypatch, error, method="evaluate"):
    def fail(*args, **options):
        raise error

    monkeypatch.setattr(keras.Model, method, fail)


@pytest.mark.parametrize("error", [
    RuntimeError("RESOURCE_EXHAUSTED: out of memory while trying to allocate 99 bytes"), MemoryError(),
    ValueError("{{node x}} OOM when allocating tensor with shape[1000000,1000000]"),
    type("ResourceExhaustedError", (Exception,), {})("too much")])
def test_what_does_not_fit_says_so(monkeypatch, error):
    failing(monkeypatch, error)
    with pytest.raises(training.OutOfMemory, match="did not fit into the memory of"):
        training.train(network(), task(), 0)


def test_it_says_so_too_when_training_is_what_does_not_fit(monkeypatch):
    failing(monkeypatch, RuntimeError("RESOURCE_EXHAUSTED: failed to allocate"), "fit")
    with pytest.raises(training.OutOfMemory):
        training.train(network(), task(images=16), 0)


def test_any_other_error_stays_what_it_is(monkeypatch):
    failing(monkeypatch, RuntimeError("a fault of the engine"))
    with pytest.raises(RuntimeError, match="a fault of the engine"):
        training.train(network(), task(), 0)


def test_a_gpu_is_used_where_there_is_one(monkeypatch):
    assert training.device_class() == "cpu"
    monkeypatch.setattr(training, "gpus", lambda: ["one"])
    assert training.device_class() == "gpu"


def test_where_a_gpu_is_required_a_cpu_is_no_substitute(monkeypatch):
    monkeypatch.setenv(training.REQUIRE_GPU, "1")
    with pytest.raises(training.NoGpu, match="no GPU"):
        training.device_class()
    with pytest.raises(training.NoGpu):
        training.train(network(), task(), 0)
    monkeypatch.setattr(training, "gpus", lambda: ["one"])
    assert training.device_class() == "gpu"


@pytest.fixture
def waiting(monkeypatch, tmp_path):
    """Locks in a folder of their own; the event is set when someone is about to wait for one."""
    event, flock = threading.Event(), fcntl.flock

    def noted(file, operation):
        if not operation & fcntl.LOCK_NB:
            event.set()
        flock(file, operation)

    monkeypatch.setattr(training, "_LOCKS", tmp_path)
    monkeypatch.setattr(training.fcntl, "flock", noted)
    return event


class User(threading.Thread):
    """Someone who takes a device in a way of its own and keeps it until the end of a ``with`` block."""

    def __init__(self, take):
        super().__init__(daemon=True)
        self._take, self._taken, self._enough = take, queue.Queue(), threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self._enough.set()
        self.join(WAIT)
        assert not self.is_alive()

    def run(self):
        with contextlib.ExitStack() as stack:
            self._taken.put(self._take(stack))
            self._enough.wait(WAIT)

    def waits(self):
        return self._taken.empty()

    def device(self):
        return self._taken.get(timeout=WAIT)


def one_of(devices):
    return User(lambda stack: training._locked(stack, devices))


def test_two_devices_are_for_two_users_and_a_third_one_waits(waiting):
    with contextlib.ExitStack() as until_the_end, one_of(2) as first:
        assert first.device() == 0
        second = until_the_end.enter_context(one_of(2))
        assert second.device() == 1
        third = until_the_end.enter_context(one_of(2))
        assert waiting.wait(WAIT)
        assert third.waits()
        first.__exit__()
        assert third.device() == 0


def test_a_device_that_was_given_back_is_given_away_again(waiting):
    for _ in range(3):
        with one_of(2) as user:
            assert user.device() == 0
    assert not waiting.is_set()


def test_the_lock_of_a_process_that_was_killed_is_free(waiting, tmp_path):
    code = ("import contextlib, pathlib, sys\nfrom grading_engine import training\n"
            "training._LOCKS = pathlib.Path(sys.argv[1])\nstack = contextlib.ExitStack()\n"
            "print(training._locked(stack, 1), flush=True)\nsys.stdin.read()")
    with subprocess.Popen([sys.executable, "-P", "-c", code, str(tmp_path)], cwd=KIT, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "0\n"
        with one_of(1) as user:
            assert waiting.wait(WAIT)
            assert user.waits()
            process.kill()
            assert user.device() == 0


def test_every_user_computes_on_the_device_whose_lock_it_has(waiting, monkeypatch):
    monkeypatch.setattr(training, "gpus", lambda: ["a GPU", "another GPU"])
    asked = []
    monkeypatch.setattr(keras, "device", lambda name: asked.append(name) or contextlib.nullcontext())

    def user():
        return User(lambda stack: stack.enter_context(training._device())[1])

    with user() as first:
        assert first.device() == "a GPU"
        with user() as second:
            assert second.device() == "another GPU"
    assert asked == ["gpu:0", "gpu:1"]


def test_a_cpu_needs_no_lock(waiting, tmp_path):
    with training._device() as (_, one), training._device() as (_, other):
        assert one == other != ""
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def trained(monkeypatch, done):
    """Seeds that networks were trained with; each run is as good as ``accuracies`` says."""
    seeds, accuracies = [], {}

    def train(model, task, seed):
        seeds.append(seed)
        if seed not in accuracies:
            raise training.OutOfMemory("did not fit into the memory of a device")
        return replace(done[0], accuracy=accuracies[seed], seed=seed)

    monkeypatch.setattr(training, "train", train)
    monkeypatch.setattr(training, "_done", {})
    return SimpleNamespace(seeds=seeds, accuracies=accuracies)


BANDS = calibration.Bands([0.5, 0.8], [0.1, 0.2], 0.9, 0.04, [], 0, "", "")


def test_a_network_is_trained_once(trained):
    trained.accuracies |= {3: 0.7, 4: 0.6}
    model = network()
    run = training.run(model, task(), 3)
    model.set_weights([weight + 1 for weight in model.get_weights()])
    assert training.run(model, task(), 3) is run
    assert training.run(models.copied(model), task(), 3, BANDS) is run
    assert trained.seeds == [3]
    assert training.run(model, task(), 4).accuracy == 0.6
    assert trained.seeds == [3, 4]


def test_another_network_is_trained_anew(trained):
    trained.accuracies[3] = 0.7
    for model in (network(), network(layers.ReLU()), network(optimizer="adam"),
                  network(optimizer=keras.optimizers.SGD(0.5))):
        training.run(model, task(), 3)
    assert trained.seeds == [3] * 4


def test_another_task_is_another_run(trained):
    trained.accuracies[3] = 0.7
    model = network()
    tasks = [task(), replace(task(), classes=5), replace(task(), data=lambda rng, images: quadrants(rng, 2 * images)),
             task(epochs=2)]
    for one in tasks:
        training.run(model, one, 3)
    assert trained.seeds == [3] * 4


@pytest.mark.parametrize(("first", "second", "best"), [(0.79, 0.81, 4), (0.79, 0.7, 3), (0.77, 0.78, 4),
                                                       (0.49, 0.2, 3)])
def test_just_below_an_edge_a_second_seed_is_tried_and_the_better_one_counts(trained, first, second, best):
    trained.accuracies |= {3: first, 4: second}
    model = network()
    assert training.run(model, task(), 3, BANDS).seed == best
    assert training.run(model, task(), 3, BANDS).seed == best
    assert trained.seeds == [3, 4]


@pytest.mark.parametrize("accuracy", [0.8, 0.81, 0.75, 0.5, 0.51, 0.45, 0.0, 1.0])
def test_elsewhere_one_run_is_enough(trained, accuracy):
    trained.accuracies[3] = accuracy
    assert training.run(network(), task(), 3, BANDS).accuracy == accuracy
    assert trained.seeds == [3]


def test_a_network_that_did_not_fit_is_not_tried_again(trained):
    model = network()
    for _ in range(2):
        with pytest.raises(training.OutOfMemory, match="did not fit"):
            training.run(model, task(), 3)
    assert trained.seeds == [3]


def test_a_second_run_that_does_not_fit_takes_nothing_from_the_first(trained):
    trained.accuracies[3] = 0.79
    assert training.run(network(), task(), 3, BANDS).accuracy == 0.79


def test_bands_follow_from_the_accuracies():
    found = calibration.bands([0.90, 0.92, 0.94], 1234.5, "a device", "a backend")
    # 0.92 - 3 * 0.02 is the best edge; then 1.5 times as many errors each.
    np.testing.assert_allclose(found.edges, [0.527, 0.685, 0.79, 0.86], atol=0.0011)
    assert found.edges == [round(edge, 3) for edge in found.edges]
    # No rounding makes it harder than it was found to be.
    assert all(edge <= exact + 1e-9 for edge, exact in zip(found.edges, [0.5275, 0.685, 0.79, 0.86], strict=True))
    assert found.chance_missed == sorted(found.chance_missed)
    assert found.chance_missed[-1] == pytest.approx(0.00135, rel=0.25)
    assert (found.mean, found.deviation, found.accuracies) == (0.92, 0.02, [0.90, 0.92, 0.94])
    assert (found.images_per_second, found.device, found.backend) == (1234, "a device", "a backend")


def test_bands_of_runs_that_are_all_alike():
    found = calibration.bands([1.0, 1.0, 1.0])
    assert found.edges == [1.0] * 4
    assert not found.is_near(0.999)
    assert all(0 <= chance <= 1 for chance in found.chance_missed)


@pytest.mark.parametrize(("accuracy", "near"), [(0.79, True), (0.761, True), (0.49, True), (0.8, False), (0.801, False),
                                                (0.75, False), (0.45, False), (0.5, False), (0.55, False)])
def test_near_is_below_an_edge_by_no_more_than_a_deviation(accuracy, near):
    assert BANDS.is_near(accuracy) is near


def exercise(root, name="design"):
    return SimpleNamespace(name=name, grader=root / "ps7" / f"test_{name}.py")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "ps7").mkdir()
    return tmp_path


def test_bands_are_read_as_they_were_stored(root, monkeypatch):
    low = calibration.bands([0.5, 0.52, 0.55], 9, "a processor")
    high = calibration.bands([0.9, 0.92, 0.95], 99, "a GPU")
    calibration.store(exercise(root), low)
    calibration.store(exercise(root, "other"), high)
    monkeypatch.setattr(training, "gpus", lambda: ["one"])
    calibration.store(exercise(root), high)
    assert calibration.load(exercise(root).grader) == high
    monkeypatch.setattr(training, "gpus", lambda: [])
    assert calibration.load(str(exercise(root).grader)) == low
    calibration.store(exercise(root), high)
    assert calibration.load(exercise(root).grader) == high
    assert calibration.load(exercise(root, "other").grader) == high


def test_where_nobody_has_calibrated_it_is_said_what_to_run(root, monkeypatch):
    with pytest.raises(CourseError, match="test_design has no bands for a cpu: run `course calibrate ps7`"):
        calibration.load(exercise(root).grader)
    calibration.store(exercise(root), calibration.bands([0.5, 0.52, 0.55]))
    with pytest.raises(CourseError, match="test_other has no bands for a cpu"):
        calibration.load(exercise(root, "other").grader)
    monkeypatch.setattr(training, "gpus", lambda: ["one"])
    with pytest.raises(CourseError, match="no bands for a gpu"):
        calibration.load(exercise(root).grader)


def test_the_reference_is_trained_with_one_seed_after_the_other(root, trained, monkeypatch):
    trained.accuracies |= {0: 0.9, 1: 0.92, 2: 0.94}
    grader = SimpleNamespace(task=task(), reference=lambda shape, classes: (shape, classes))
    monkeypatch.setattr(calibration, "Grader", lambda path: grader)
    shown = []
    found = calibration.calibrate(exercise(root), runs=3, on_done=lambda run: shown.append(run.seed))
    assert trained.seeds == shown == [0, 1, 2]
    assert found.accuracies == [0.9, 0.92, 0.94]


def test_only_graders_with_a_task_are_calibrated_and_none_is_loaded_to_find_out(root):
    one, other = exercise(root), exercise(root, "other")
    one.grader.write_text("raise ImportError\nTASK = Task()\n")
    other.grader.write_text("raise ImportError\n# TASK = none\n")
    assert calibration.exercises_with_a_task([SimpleNamespace(exercises={"one": one, "other": other})]) == [one]
