"""Pictures in reports: PNG inside the page, told in words as well, and names that cannot become HTML."""

import base64
import struct
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest
from matplotlib.axes import Axes

from grading_engine import charts
from grading_engine.training import Run

NASTY = '"><script>alert(1)</script>&'


class Page(HTMLParser):
    """The tags of a piece of HTML, its text, and which tags are open at its end."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def pictures(html):
    """[(what it is in words, width, height)] of the pictures; each has to be a whole PNG inside the page."""
    page, found = Page(html), []
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= {"img", "div"}
    for tag, attributes in page.tags:
        assert set(attributes) <= {"alt", "src", "style"}
        assert "url(" not in attributes["style"]
        if tag == "img":
            head, data = attributes["src"].split(",")
            assert head == "data:image/png;base64"
            found.append((attributes["alt"], *size(base64.b64decode(data, validate=True))))
    return found


def size(png):
    """Width and height of a PNG whose every part has the checksum that it says."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    kinds, rest = [], png[8:]
    while rest:
        length, kind = struct.unpack(">I4s", rest[:8])
        content, (checksum,) = rest[8:8 + length], struct.unpack(">I", rest[8 + length:12 + length])
        assert zlib.crc32(kind + content) == checksum
        kinds.append(kind)
        rest = rest[12 + length:]
    assert (kinds[0], kinds[-1]) == (b"IHDR", b"IEND")
    return struct.unpack(">II", png[16:24])


@pytest.fixture
def drawn(monkeypatch):
    """What was drawn: (kind, arguments, options) of every line and text."""
    calls = []

    def recording(kind, original):
        def record(axes, *args, **options):
            calls.append((kind, args, options))
            return original(axes, *args, **options)

        return record

    for kind in ("plot", "text"):
        monkeypatch.setattr(Axes, kind, recording(kind, getattr(Axes, kind)))
    return calls


def run(**changes):
    values = {"accuracy": 0.625, "first_loss": 1.1, "changed": True, "finite": True,
              "curves": {"training images": [0.5, 0.7], "unseen images": [0.4, 0.6]},
              "y_true": np.array([0, 1, 2, 2, 1, 0, 0, 2]), "y_pred": np.array([0, 1, 2, 1, 1, 0, 2, 0]),
              "images_per_second": 12345.6, "device": "a processor", "backend": "tensorflow",
              "memory": 300 << 20, "parameters": 6789, "stopped": False, "seed": 0}
    return Run(**values | changes)


def test_curves_are_one_picture_with_the_names_in_words():
    (words, width, height), = pictures(charts.curves({"mine": [0.1, 0.2, 0.4], "yours": [0.3, 0.2]}, "epoch", "loss"))
    assert words == "loss by epoch: mine, yours"
    assert width > height > 100


def test_numbers_stand_at_1_2_and_so_on_in_lines_that_differ(drawn):
    charts.curves({"mine": [5, 6, 7, 8], "yours": np.float32([3.0])}, "epoch", "loss")
    (_, (x, y, style), options), (_, (one, _, other_style), other_options) = drawn
    np.testing.assert_array_equal(x, [1, 2, 3, 4])
    np.testing.assert_array_equal(y, [5, 6, 7, 8])
    np.testing.assert_array_equal(one, [1])
    assert style != other_style
    assert options["color"] != other_options["color"]
    # A single number is a dot: a line of it would be invisible.
    assert (options["marker"], other_options["marker"]) == (None, "o")


@pytest.mark.parametrize("values", [[np.nan, 1.0, np.inf], [], [1e30, -1e30], [np.nan]])
def test_numbers_that_are_none_can_be_drawn(values):
    assert pictures(charts.curves({"loss": values}, "epoch", "loss"))


def test_names_cannot_become_html():
    (words, *_), = pictures(charts.curves({NASTY: [1, 2]}, NASTY, NASTY))
    assert words == f"{NASTY} by {NASTY}: {NASTY}"
    html = charts.training_run(run(device=NASTY, backend=NASTY, curves={NASTY: [0.5]}))
    assert len(pictures(html)) == 2
    assert "<script" not in html
    assert NASTY in Page(html).text


def test_a_confusion_matrix_shows_every_count_that_is_not_zero(drawn):
    matrix = np.array([[50, 0, 1], [2, 30, 0], [0, 0, 7]])
    (words, *_), = pictures(charts.confusion(matrix, ["cat", "dog", NASTY]))
    assert "rows actual and columns predicted" in words
    texts = {(args[1], args[0]): args[2] for kind, args, _ in drawn if kind == "text"}
    assert texts == {(0, 0): "50", (0, 2): "1", (1, 0): "2", (1, 1): "30", (2, 2): "7"}


def test_a_class_without_images_divides_by_nothing():
    assert pictures(charts.confusion(np.array([[0, 0], [1, 3]]), "ab"))


def test_numbers_can_be_read_on_their_ground(drawn):
    charts.confusion(np.array([[9, 1], [1, 9]]), "ab")
    assert [options["color"] for kind, _, options in drawn if kind == "text"] == ["white", "black", "black", "white"]


def test_a_training_run_is_told_in_words_and_two_pictures():
    html = charts.training_run(run())
    (curves, *_), (confusion, *_) = pictures(html)
    assert curves == "accuracy by epoch: training images, unseen images"
    assert confusion.startswith("Confusion matrix")
    assert Page(html).text == ("62.5% of 8 unseen pictures; 6,789 parameters; 12,346 images/s on a processor "
                               "with Keras on tensorflow; at most 300 MB")
    assert "stopped early" in Page(charts.training_run(run(stopped=True))).text


def test_classes_keep_their_names_where_one_never_occurs(monkeypatch):
    matrices, original = [], charts.confusion
    monkeypatch.setattr(charts, "confusion", lambda *args: matrices.append(args) or original(*args))
    charts.training_run(run(y_true=np.array([0, 3, 3]), y_pred=np.array([0, 3, 0])))
    (matrix, names), = matrices
    told = {(str(actual), str(predicted)): count for row, actual in zip(matrix, names, strict=True)
            for count, predicted in zip(row, names, strict=True) if count}
    assert told == {("0", "0"): 1, ("3", "0"): 1, ("3", "3"): 1}


def test_a_network_that_always_says_the_same_can_be_drawn():
    assert len(pictures(charts.training_run(run(y_true=np.zeros(4, int), y_pred=np.zeros(4, int))))) == 2
    assert len(pictures(charts.training_run(run(y_true=np.arange(8) % 3, y_pred=np.ones(8, int))))) == 2


EXTENT = (-1, 2, -3, 4)


def test_a_plane_is_what_decision_regions_are_drawn_for(monkeypatch):
    shown = []
    monkeypatch.setattr(Axes, "imshow", lambda axes, field, **options: shown.append((field, options)))
    points = charts.plane(*EXTENT)
    assert points.shape == (charts.SIDE**2, 2)
    charts.decision_regions({"yours": points[:, 0], "right": points[:, 1]}, EXTENT)
    (across, options), (up, _) = shown
    assert (across[:, 0] == -1).all()
    assert (across[:, -1] == 2).all()
    assert (up[0] == -3).all()
    assert (up[-1] == 4).all()
    # Row 0 is the lowest.
    assert (options["origin"], options["extent"]) == ("lower", EXTENT)


def test_decision_regions_say_how_much_is_the_same():
    x = charts.plane(*EXTENT)[:, 0]
    (words, width, height), = pictures(charts.decision_regions(
        {"yours": np.zeros(len(x)), "right": x > 0.5}, EXTENT, [[0, 0], [1, 1]], [[0], [1]]))
    assert words == "Decision regions: yours, right; the same class on 50% of the plane"
    assert width > 1.5 * height


@pytest.mark.parametrize("value", [np.full(charts.SIDE**2, np.nan), np.r_[np.inf, np.zeros(charts.SIDE**2 - 1)],
                                   np.zeros((charts.SIDE**2, 1), bool)])
def test_regions_that_are_no_probabilities_can_be_drawn(value):
    assert len(pictures(charts.decision_regions({NASTY: value, "right": np.ones(charts.SIDE**2)}, EXTENT))) == 1


@pytest.mark.parametrize("value", ["0", None, np.zeros(3), [[1, 2], [3]]])
def test_answers_that_are_no_regions_are_left_out(value):
    assert charts.decision_regions({"yours": value}, EXTENT) == ""
    (words, *_), = pictures(charts.decision_regions({"yours": value, "right": np.ones(charts.SIDE**2)}, EXTENT))
    assert words.startswith("Decision regions: right;")
