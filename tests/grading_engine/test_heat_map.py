import re

import numpy as np

from grading_engine import heat_map


def tables(html):
    """The numbers of the three tables."""
    return [[re.findall(r'">([^<]*)</td>', row) for row in table.split("<tr>")[1:]]
            for table in html.split("</caption>")[1:]]


def test_what_differs_is_seen():
    expected = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    got = expected.copy()
    got[1, 2] = -6.0
    html = heat_map.as_html(got, expected, "the grid")
    assert tables(html) == [[["1", "2", "3"], ["4", "5", "-6"]], [["1", "2", "3"], ["4", "5", "6"]],
                            [["0", "0", "0"], ["0", "0", "-12"]]]
    assert html.count("rgba(213,94,0") == 1


def test_rounding_is_no_difference():
    expected = np.full((2, 2), 1 / 3)
    html = heat_map.as_html(expected * (1 + 1e-15), expected, "x")
    assert tables(html)[2] == [["0", "0"], ["0", "0"]]


def test_of_many_axes_the_plane_with_the_largest_difference_is_drawn():
    expected = np.zeros((2, 3, 4, 5))
    got = expected.copy()
    got[1, 2, 3, 4] = 2.0
    got[0, 0, 0, 0] = 1.0
    picture = heat_map.as_html(got, expected, "dx (m, H, W, C)")
    assert "the plane [1, :, :, 4]" in picture
    assert np.shape(tables(picture)[0]) == (3, 4)
    assert "the plane [:, :, 3, 4]" in heat_map.as_html(got, expected, "dkernel (kh, kw, c_in, c_out)")
    assert "the plane [1, 2, :, :]" in heat_map.as_html(got, expected, "the answer")


def test_of_a_large_array_the_surroundings_of_the_difference_are_drawn():
    expected = np.zeros((40, 5))
    got = expected.copy()
    got[39, 0] = np.nan
    html = heat_map.as_html(got, expected, "x")
    assert "rows 32 to 39 and columns 0 to 4" in html
    assert tables(html)[0][-1][0] == "nan"


def test_what_is_no_table_is_not_drawn():
    assert not heat_map.as_html(np.ones(3), np.zeros(3), "x")
    assert not heat_map.as_html(np.ones((3, 1)), np.zeros((3, 1)), "x")


def test_the_label_is_escaped():
    assert "<b>" not in heat_map.as_html(np.ones((2, 2)), np.zeros((2, 2)), "<b>")
