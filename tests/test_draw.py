"""The page on which students show their classifier, in a real browser, with models that Keras exported.

Models are trained and asked in a process of its own: a pytest process that has run TensorFlow can no longer fork.
"""

import functools
import http.server
import multiprocessing
import os
import shutil
import threading
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import sync_playwright

from course_lib import data
from grading_engine import browser_runtime
from grading_engine.course import KIT

PAGE = KIT / "source" / "ps7_cnn" / "draw.html"
BROWSER = shutil.which("chromium")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not BROWSER, reason="there is no chromium")]


def arc(x, y, width, height, start, end):
    angles = np.radians(np.linspace(start, end, 16))
    return list(zip(x + width * np.cos(angles), y + height * np.sin(angles), strict=True))


# Strokes as people write them, in parts of the drawing area, from left to right and from top to bottom.
DIGITS = [
    [arc(.5, .5, .26, .38, -90, 270)],
    [[(.36, .28), (.52, .12), (.52, .88)]],
    [[*arc(.5, .32, .24, .2, -170, 40), (.28, .86), (.76, .86)]],
    [[*arc(.47, .3, .22, .19, -160, 80), *arc(.47, .68, .26, .2, -80, 160)]],
    [[(.56, .1), (.24, .6), (.8, .6)], [(.62, .38), (.62, .9)]],
    [[(.74, .12), (.34, .12), (.31, .45), *arc(.48, .63, .25, .24, -130, 150)]],
    [[(.66, .1), (.42, .35), *arc(.5, .66, .22, .22, -160, 200)]],
    [[(.25, .14), (.76, .14), (.42, .9)]],
    [[*arc(.5, .3, .19, .19, 90, -270), *arc(.5, .69, .23, .2, -90, 270)]],
    [[*arc(.5, .33, .21, .21, 0, -360), (.71, .33), (.66, .9)]],
]

# ---- Models: each function runs in the process that has Keras --------------------------------------------------------

# Number of the Keras layer whose values the page shows.
MAPS = {"trained": 0, "no_bias_strided": 0, "silu": 0, "mish": 0, "hard_silu": 0, "normalised": 2, "linear": 0,
        "mnist": 0}


def architectures():
    """Layers before the ten probabilities, by name, with the shape of their input."""
    from keras import layers

    return {
        "trained": ((8, 8, 1), [layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPooling2D(2),
                                layers.Conv2D(32, 3, padding="same", activation="relu"), layers.Flatten()]),
        "no_bias_strided": ((8, 8, 1), [layers.Conv2D(5, (2, 3), strides=2, activation="tanh", use_bias=False),
                                        layers.Flatten()]),
        "silu": ((8, 8, 1), [layers.Conv2D(4, 3, activation="silu"), layers.Conv2D(2, 3, activation="relu"),
                             layers.Flatten()]),
        "mish": ((8, 8, 1), [layers.Conv2D(4, 3, activation="mish"), layers.GlobalAveragePooling2D()]),
        "hard_silu": ((8, 8, 1), [layers.Conv2D(4, 3, activation="hard_silu"), layers.MaxPooling2D(2),
                                  layers.Flatten()]),
        "normalised": ((8, 8, 1), [layers.Conv2D(4, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(),
                                   layers.Dropout(.5), layers.Flatten()]),
        "linear": ((8, 8, 1), [layers.Conv2D(3, 5), layers.MaxPooling2D(2), layers.Flatten()]),
        "mnist": ((28, 28, 1), [layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten()]),
        "dense": ((8, 8, 1), [layers.Flatten(), layers.Dense(12, activation="relu")]),
        "row_of_pixels": ((784,), [layers.Dense(12, activation="relu")]),
        "colour": ((32, 32, 3), [layers.Conv2D(2, 3), layers.Flatten()]),
        "table": ((4,), [layers.Dense(12, activation="relu")]),
        "whole_numbers": ((8, 8, 1), [layers.Rescaling(1 / 16), layers.Flatten()]),
    }


def make_models(folder):
    os.environ |= {"TF_ENABLE_ONEDNN_OPTS": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}
    import keras

    keras.utils.set_random_seed(0)
    models = {name: keras.Sequential([keras.Input(shape, dtype="int32" if name == "whole_numbers" else None), *layers,
                                      keras.layers.Dense(10, activation="softmax")])
              for name, (shape, layers) in architectures().items()}
    for name, units in (("three", 3), ("scores", 10), ("diverged", 10)):
        models[name] = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(units)])
    images, labels = data.digits()
    models["trained"].compile("adam", "sparse_categorical_crossentropy")
    models["trained"].fit(images[..., None] / 16, labels, epochs=8, verbose=0)
    draw = np.random.default_rng(0).normal
    for name, model in models.items():
        if name == "diverged":
            model.set_weights([np.full(w.shape, np.nan) for w in model.get_weights()])
        elif name != "trained":  # biases and moving means that are 0 prove little
            model.set_weights([abs(draw(size=w.shape)) if "variance" in w.path else draw(size=w.shape) * .3
                               for w in model.weights])
        model(np.zeros((1, *model.input_shape[1:]), "int32" if name == "whole_numbers" else "float32"))
        model.export(folder / f"{name}.onnx", format="onnx", verbose=False)
        model.save(folder / f"{name}.keras")


def first_layer(path, number, images):
    """What Keras gives for the first layers of a model."""
    import keras

    model = keras.models.load_model(path)
    return keras.Model(model.inputs, model.layers[number].output).predict(images, verbose=0)


@pytest.fixture(scope="module")
def keras_process():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        yield process


@pytest.fixture(scope="module")
def models(keras_process, tmp_path_factory):
    """The folder with all models."""
    folder = tmp_path_factory.mktemp("models")
    keras_process.submit(make_models, folder).result()
    return folder


# ---- Pages and what is done to them ----------------------------------------------------------------------------------


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The page's folder, still without a model."""
    folder = tmp_path_factory.mktemp("page")
    try:
        browser_runtime.put_beside(folder)
    except browser_runtime.NoPackage as reason:
        pytest.skip(str(reason))
    shutil.copy(PAGE, folder)
    return folder


@pytest.fixture(scope="module")
def served(folder):
    """Where the folder is served."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A page with somebody in front of it."""

    def __init__(self, browser, address, **settings):
        self.page = browser.new_context(**settings).new_page()
        self.page.set_default_timeout(20_000)
        self.requests, self.faults = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto(address)

    def open(self, model):
        """Choose a model as a file; returns what the page says then."""
        self.page.evaluate("() => tell('Opening')")
        self.page.set_input_files("#file", model)
        self.page.wait_for_function("() => !byId('message').textContent.startsWith('Opening')")
        return self.message()

    def message(self):
        return self.page.inner_text("#message") if self.page.is_visible("#message") else ""

    def draw(self, strokes):
        """Draw with the mouse."""
        box = self.page.locator("#paper").bounding_box()
        mouse = self.page.mouse
        for stroke in strokes:
            points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in stroke]
            mouse.move(*points[0])
            mouse.down()
            for point in points[1:]:
                mouse.move(*point)
            mouse.up()
        self.settle()

    def clear(self):
        self.page.click("#clear")
        self.settle()

    def reduced(self, strokes, side):
        """The image that strokes become, without their being drawn."""
        strokes = [[list(point) for point in stroke] for stroke in strokes]
        return np.reshape(self.page.evaluate("""([drawn, side]) => {
            strokes = drawn;
            return [...pixelsOf(side)];
        }""", [strokes, side]), (side, side))

    def settle(self):
        self.page.wait_for_function("() => !asking && !asked")

    def pixels(self):
        """What the page gave to the model, as images (1, side, side, 1)."""
        values = np.array(self.page.evaluate("() => [...shown.pixels]"), np.float32)
        side = int(len(values) ** .5)
        return values.reshape(1, side, side, 1)

    def probabilities(self):
        return np.array(self.page.evaluate("() => shown.probabilities"))

    def maps(self):
        """The feature maps, (height, width, filters)."""
        dims = self.page.evaluate("() => shown.maps.dims")
        return np.array(self.page.evaluate("() => [...shown.maps.data]")).reshape(dims)[0].transpose(1, 2, 0)


@pytest.fixture
def visit(browser, served):
    """Open a page; afterwards there must have been no fault, and no request beyond its folder."""
    visits = []

    def go(address=f"{served}/draw.html", **settings):
        visits.append(Visit(browser, address, **settings))
        return visits[-1]

    yield go
    for one in visits:
        has_behaved(one, served)
        one.page.context.close()


def has_behaved(visit, served):
    assert visit.faults == []
    inside = (f"{served}/", f"blob:{served}/", "file://", "blob:null/", "data:,")
    assert [url for url in visit.requests if not url.startswith(inside)] == []


@pytest.fixture(scope="module")
def served_page(browser, served):
    """One page for all tests that need no other: starting the runtime takes longer than they do."""
    return Visit(browser, f"{served}/draw.html")


@pytest.fixture
def ready(served_page, served, models):
    """A page that uses a model."""

    def go(name):
        assert served_page.open(models / f"{name}.onnx") == ""
        served_page.clear()
        return served_page

    yield go
    served_page.page.mouse.move(0, 0)
    has_behaved(served_page, served)


@pytest.fixture
def ready_with(visit, models):
    """A page of its own, in a browser with other settings, that uses a model."""

    def go(name, **settings):
        page = visit(**settings)
        assert page.open(models / f"{name}.onnx") == ""
        return page

    return go


def asked(model, images):
    """What onnxruntime in Python says of images."""
    session = onnxruntime.InferenceSession(model)
    (entry,) = session.get_inputs()
    return session.run(None, {entry.name: images.reshape(1, *entry.shape[1:])})[0][0]


# ---- Answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["trained", "mnist", "dense", "row_of_pixels", "normalised"])
def test_the_ten_probabilities_are_those_of_onnxruntime(ready, models, name):
    page = ready(name)
    for digit in (3, 4):
        page.clear()
        page.draw(DIGITS[digit])
        expected = asked(models / f"{name}.onnx", page.pixels())
        np.testing.assert_allclose(page.probabilities(), expected, rtol=0, atol=1e-4)
        assert page.page.inner_text("#winner") == str(expected.argmax())
        percents = [float(text.removesuffix(" %")) for text in page.page.locator(".percent").all_inner_texts()]
        np.testing.assert_allclose(percents, 100 * expected, atol=.06)
        widths = page.page.evaluate("() => bars.map(row => parseFloat(row.querySelector('.bar').style.width))")
        np.testing.assert_allclose(widths, 100 * expected, atol=.02)


def test_scores_become_probabilities(ready, models):
    page = ready("scores")
    page.draw(DIGITS[5])
    scores = asked(models / "scores.onnx", page.pixels())
    np.testing.assert_allclose(page.probabilities(), np.exp(scores) / np.exp(scores).sum(), atol=1e-4)


@pytest.mark.parametrize("name", MAPS)
def test_feature_maps_are_those_of_keras(ready, models, keras_process, name):
    page = ready(name)
    page.draw(DIGITS[2])
    expected = keras_process.submit(first_layer, models / f"{name}.keras", MAPS[name], page.pixels()).result()[0]
    np.testing.assert_allclose(page.maps(), expected, rtol=0, atol=1e-4, strict=False)
    assert page.page.locator("#tiles canvas").count() == expected.shape[-1]


def test_a_model_without_convolution_has_no_maps_and_says_so(ready):
    page = ready("dense")
    page.draw(DIGITS[2])
    assert not page.page.is_visible("#maps")
    assert page.page.inner_text("#layer-text") == (
        "This model has no convolution, so there are no feature maps to look at.")


def test_a_model_takes_the_place_of_another(ready, models):
    page = ready("trained")
    page.draw(DIGITS[2])
    assert page.open(models / "linear.onnx") == ""
    page.settle()
    np.testing.assert_allclose(page.probabilities(), asked(models / "linear.onnx", page.pixels()), atol=1e-4)
    assert page.page.locator("#tiles canvas").count() == 3


def test_a_model_trained_on_the_small_digits_reads_drawn_ones(ready):
    """Of ten plain digits a few may look foreign to a model that has seen 13 writers; upside down it would read two."""
    page = ready("trained")
    read = []
    for strokes in DIGITS:
        page.clear()
        page.draw(strokes)
        read.append(int(page.page.inner_text("#winner")))
    assert sum(np.array(read) == range(10)) >= 9, read


# ---- The drawing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [8, 28])
def test_size_and_place_of_the_drawing_do_not_matter(served_page, side):
    for strokes in DIGITS:
        elsewhere = [[(.45 + .5 * x, .05 + .5 * y) for x, y in stroke] for stroke in strokes]
        np.testing.assert_allclose(served_page.reduced(elsewhere, side), served_page.reduced(strokes, side), atol=.02)


def test_pixels_lie_as_the_small_digits_do(served_page):
    """Those fill all rows; their ink is about 19.5 of 64 in every class, and its middle is the middle across."""
    images, _ = data.digits()
    ink = images.sum(axis=(1, 2)) / 16
    for strokes in DIGITS:
        image = served_page.reduced(strokes, 8)
        assert image.min() >= 0
        assert image.max() <= 1
        assert image[0].max() > .2
        assert image[-1].max() > .2
        assert .8 * ink.mean() < image.sum() < 1.3 * ink.mean()
        assert abs(image.sum(axis=0) @ np.arange(8) / image.sum() - 3.5) < .6


def test_pixels_lie_as_those_of_mnist_do(served_page):
    """Those are 20 pixels high or wide, with the centre of mass in the middle."""
    for strokes in DIGITS:
        image = served_page.reduced(strokes, 28)
        rows, columns = (np.flatnonzero(image.max(axis=axis) > .1) for axis in (1, 0))
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
        for axis in (0, 1):
            assert abs(image.sum(axis=1 - axis) @ np.arange(28) / image.sum() - 13.5) < .7


def test_a_dot_stays_a_dot(ready):
    page = ready("mnist")
    page.draw([[(.8, .8)]])
    assert 1 < page.pixels().sum() < 30
    assert page.reduced([[(.8, .8), (.81, .8)]], 28).sum() < 30


def test_clear_takes_everything_back(ready):
    page = ready("trained")
    page.draw(DIGITS[8])
    page.clear()
    assert page.page.inner_text("#winner") == "?"
    assert set(page.page.locator(".percent").all_inner_texts()) == {""}
    assert not page.page.is_visible("#maps")
    assert not page.page.evaluate(
        "() => paper.getContext('2d').getImageData(0, 0, paper.width, paper.height).data.some(Boolean)")


def test_a_finger_draws_and_does_not_scroll(ready_with):
    page = ready_with("trained", viewport={"width": 375, "height": 500}, has_touch=True, is_mobile=True)
    box = page.page.locator("#paper").bounding_box()
    finger = page.page.context.new_cdp_session(page.page)

    def touch(kind, *points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [
            {"x": box["x"] + .5 * box["width"], "y": box["y"] + at * box["height"]} for at in points]})

    touch("touchStart", .9)
    for at in np.linspace(.9, .1, 15):
        touch("touchMove", at)
    touch("touchEnd")
    page.settle()
    assert page.page.evaluate("() => scrollY") == 0
    (stroke,) = page.page.evaluate("() => strokes")
    assert np.ptp(stroke, axis=0)[1] > .7
    assert page.page.inner_text("#winner") == "1"


def test_the_keyboard_draws(ready):
    page = ready("trained")
    paper, keys = page.page.locator("#paper"), page.page.keyboard
    paper.focus()
    keys.press("Space")
    for _ in range(20):
        keys.press("ArrowDown")
    keys.press("Space")
    keys.press("ArrowRight")
    page.settle()
    (stroke,) = page.page.evaluate("() => strokes")
    assert len(stroke) == 21
    assert page.page.inner_text("#winner") == "1"
    keys.press("Delete")
    page.settle()
    assert page.page.inner_text("#winner") == "?"


def test_two_arrow_keys_draw_at_a_slant(ready):
    page = ready("trained")
    page.page.locator("#paper").focus()
    page.page.keyboard.press("Space")
    page.page.keyboard.down("ArrowDown")
    page.page.keyboard.down("ArrowRight")
    page.settle()
    start, _, end = page.page.evaluate("() => strokes[0]")
    np.testing.assert_allclose(np.subtract(end, start), [.03, .06])


# ---- Looking at filters ----------------------------------------------------------------------------------------------


def test_a_filter_is_chosen_by_pointing_and_by_the_arrow_keys(ready):
    page = ready("trained")
    page.draw(DIGITS[3])
    assert page.page.inner_text("#large-text").startswith("Filter 1 ")
    page.page.hover("#tiles label:nth-of-type(3)")
    assert page.page.inner_text("#large-text").startswith("Filter 3 ")
    page.page.get_by_role("radio", name="Filter 3", exact=True).focus()
    page.page.keyboard.press("ArrowRight")
    assert page.page.inner_text("#large-text").startswith("Filter 4 ")
    image = page.maps()[:, :, 3]
    assert page.page.inner_text("#large-text").endswith(f"from {image.min():.2f} to {image.max():.2f}.")
    shown = page.page.evaluate("""() => {
        const canvas = byId("large-map");
        return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
    }""")
    level = np.reshape(shown, (8, 8, 4))[:, :, 0]
    assert (np.argsort(level, axis=None, kind="stable")[-1]) == image.argmax()
    assert (level[image == 0] == 0).all()


# ---- Where models come from, and what is said where there is none ----------------------------------------------------


def test_the_model_beside_the_page_is_used(visit, folder, models):
    shutil.copy(models / "trained.onnx", folder / "model.onnx")
    try:
        page = visit()
        page.page.wait_for_function("() => current")
    finally:
        (folder / "model.onnx").unlink()
    assert page.message() == ""
    assert page.page.inner_text("#model-text") == "model.onnx: 8 × 8 pixels"
    page.draw(DIGITS[0])
    np.testing.assert_allclose(page.probabilities(), asked(models / "trained.onnx", page.pixels()), atol=1e-4)


def test_without_a_model_it_says_where_to_get_one(visit):
    page = visit()
    page.page.wait_for_selector("#message")
    assert page.message() == ("There is no model.onnx beside this page yet. Choose a model above or drop one here: the "
                              "notebook's export_onnx writes it.")
    page.draw(DIGITS[0])
    assert page.page.inner_text("#sure") == "There is no model yet."


def test_a_page_opened_from_the_disk_takes_a_file(visit, folder, models):
    page = visit((folder / "draw.html").as_uri())
    assert page.message().startswith("This page was opened from the disk")
    assert page.open(models / "trained.onnx") == ""
    page.draw(DIGITS[6])
    np.testing.assert_allclose(page.probabilities(), asked(models / "trained.onnx", page.pixels()), atol=1e-4)


def test_of_two_models_dropped_onto_the_page_the_later_one_stays(visit, models):
    page = visit()
    handled = page.page.evaluate("""models => models.map(([name, bytes]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
        return !document.body.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
    })""", [(f"my {name}.onnx", list((models / f"{name}.onnx").read_bytes())) for name in ("trained", "dense")])
    assert handled == [True, True]  # else the browser would leave the page for the file
    page.page.wait_for_function("() => current?.name === 'my dense.onnx'")
    page.page.evaluate("() => opening")
    assert page.page.inner_text("#model-text") == "my dense.onnx: 8 × 8 pixels"


@pytest.mark.parametrize(("name", "says"), [
    ("three", "three.onnx answers with 3 numbers. A model of digits answers with ten: one probability for each of 0 to "
              "9."),
    ("colour", "colour.onnx takes 32 × 32 × 3 per sample. This page draws square grey images: the model's input shape "
               "should be (28, 28, 1) or (8, 8, 1), for example."),
    ("table", "table.onnx takes 4 per sample. This page draws square grey images: the model's input shape should be "
              "(28, 28, 1) or (8, 8, 1), for example."),
    ("whole_numbers", "whole_numbers.onnx takes numbers of type int32. This page gives float32, from 0 (paper) to 1 "
                      "(ink)."),
])
def test_a_model_that_is_none_of_digits_is_refused(visit, models, name, says):
    page = visit()
    page.page.wait_for_selector("#message")
    assert page.open(models / f"{name}.onnx") == says


@pytest.mark.parametrize("content", [b"", b"# Not a model\n", b"PK\x03\x04" + bytes(200), b"\x3a\xff\xff\xff\xff\x7f"])
def test_a_file_that_is_no_model_is_refused_and_the_old_one_stays(ready, tmp_path, content):
    page = ready("trained")
    (tmp_path / "notes.onnx").write_bytes(content)
    assert page.open(tmp_path / "notes.onnx") == (
        "notes.onnx cannot be opened: it is no ONNX model, or one that this page cannot run. The notebook's "
        "export_onnx writes one. The page goes on with trained.onnx.")
    page.draw(DIGITS[1])
    assert page.page.inner_text("#winner") == "1"


def test_a_model_that_diverged_is_named(visit, models):
    page = visit()
    page.open(models / "diverged.onnx")
    page.draw(DIGITS[1])
    assert page.message().startswith("diverged.onnx answers with NaN, which is no number to show")


def test_without_the_runtime_it_says_what_is_missing(visit, tmp_path, models):
    shutil.copy(PAGE, tmp_path)
    page = visit((tmp_path / "draw.html").as_uri())
    assert page.open(models / "trained.onnx") == (
        "The file onnxruntime.js does not lie beside this page. Copy the whole folder of the problem set.")


def test_the_browser_lets_the_page_reach_nothing_else(visit, served):
    """Another name of the same server is another place to a browser; were it asked, the visit would fail too."""
    page = visit()
    refused = page.page.evaluate("async address => fetch(address).then(() => '', error => error.name)",
                                 served.replace("127.0.0.1", "localhost"))
    assert refused == "TypeError"


# ---- For everybody ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 375, 760, 1200])
def test_nothing_sticks_out_sideways(ready_with, width):
    page = ready_with("mnist", viewport={"width": width, "height": 700})
    page.draw(DIGITS[8])
    assert page.page.evaluate("() => document.documentElement.scrollWidth") == width


def test_the_answer_is_in_sight_on_a_phone(ready_with):
    page = ready_with("trained", viewport={"width": 375, "height": 667})
    page.page.locator("#paper").scroll_into_view_if_needed()
    box = page.page.locator("#winner").bounding_box()
    assert box["y"] + box["height"] <= 667


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(ready_with, scheme):
    """Contrasts of 4.5 and more, as WCAG asks for."""
    page = ready_with("trained", color_scheme=scheme)
    page.draw(DIGITS[8])
    names = ["h1", "h2", "#winner", "#sure", "#layer-text", ".percent", "#clear", "#model-text"]
    pairs = page.page.evaluate("""names => names.map(name => {
        const element = document.querySelector(name);
        let behind = element;
        while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
        return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
    })""", names)
    for pair in pairs:
        darker, lighter = sorted(luminance(colour) for colour in pair)
        assert (lighter + .05) / (darker + .05) >= 4.5, pair


def luminance(colour):
    levels = np.array([int(level) for level in colour.removeprefix("rgb(").rstrip(")").split(",")]) / 255
    return np.where(levels <= .04045, levels / 12.92, ((levels + .055) / 1.055) ** 2.4) @ [.2126, .7152, .0722]


def test_a_screen_reader_finds_names_and_hears_the_answer(ready):
    page = ready("trained")
    for role, name in [("button", "Clear"), ("application", "Drawing area"), ("list", "Probability of each digit"),
                       ("heading", "What the network says")]:
        assert page.page.get_by_role(role, name=name, exact=True).count() == 1, name
    assert page.page.get_by_label("Choose a model").get_attribute("type") == "file"
    page.draw(DIGITS[0])
    assert page.page.get_by_role("radio", name="Filter 16", exact=True).count() == 1
    spoken = page.page.locator("#spoken")
    assert spoken.get_attribute("role") == "status"
    try:
        page.page.wait_for_function("() => byId('spoken').textContent.startsWith('0, ')", timeout=5_000)
    except TooLate:
        pytest.fail(f"this was said: {spoken.inner_text()!r}")
