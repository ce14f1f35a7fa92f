"""Measures against numbers that others have computed: the area of the whole ellipsoid, of land sheets, of plain shares."""

from itertools import pairwise
from math import atanh, pi

import pytest

from kaifaqu.registers.places import measures
from kaifaqu.registers.places.tests.shapes import ring


def box(*borders: float) -> list:
    return [[[tuple(position) for position in ring(*borders)]]]


def test_the_whole_ellipsoid_has_the_area_of_its_closed_form():
    a, e = measures.AXIS, measures.ECCENTRICITY
    whole = 2 * pi * (a * a + measures.AXIS_2 * atanh(e) / e)
    assert measures.area(box(-180, 180, -90, 90)) == pytest.approx(whole, rel=1e-14)
    assert whole / 1e12 == pytest.approx(510.065622, rel=1e-8)  # million square kilometres, as handbooks have it


@pytest.mark.parametrize(("borders", "hectares"), [
    ((111.0, 111.01, 35.6, 35.61), "100.53"),  # 906.1 m by 1109.5 m
    ((111.0, 111.125, 35 + 1 / 3, 35.41666666666667), "10501.84"),  # a sheet of the map 1:25 000
    ((-0.5, 0.5, -0.5, 0.5), "1230892.00"),  # all three by summing M N cos(latitude) over 200,000 strips
])
def test_a_sheet_between_meridians_and_parallels_is_the_part_of_its_zone(borders, hectares):
    west, east, south, north = borders
    part = (measures._zone(north) - measures._zone(south)) * (east - west) * pi / 180
    assert measures.area(box(*borders)) == pytest.approx(part, rel=1e-9)
    assert str(measures.hectares(box(*borders))) == hectares


def test_an_edge_that_slants_is_integrated_as_its_small_parts_would_be():
    slanted = [(110.0, 35.0), (111.0, 35.2), (110.4, 36.0), (110.0, 35.0)]
    finely = [
        (x1 + (x2 - x1) * part / 500, y1 + (y2 - y1) * part / 500)
        for (x1, y1), (x2, y2) in pairwise(slanted) for part in range(500)] + [slanted[0]]
    assert measures.area([[slanted]]) == pytest.approx(measures.area([[finely]]), rel=1e-10)


def test_holes_are_left_out_and_the_way_round_says_nothing():
    [[outer]], [[hole]] = box(111, 111.02, 35.6, 35.62), box(111.005, 111.01, 35.605, 35.61)
    left = measures.area([[outer]]) - measures.area([[hole]])
    assert measures.area([[outer, hole]]) == measures.area([[outer[::-1], hole[::-1]]]) == left


@pytest.mark.parametrize(("inner", "outer", "part"), [
    ((111.0, 111.02, 35.6, 35.62), (111.0, 111.1, 35.5, 35.7), 1.0),  # within, a border in common
    ((111.0, 111.02, 35.6, 35.62), (111.02, 111.1, 35.5, 35.7), 0.0),  # beside
    ((111.0, 111.02, 35.6, 35.62), (111.015, 111.1, 35.5, 35.7), 0.25),
    ((111.0, 111.02, 35.6, 35.62), (111.0, 111.02, 35.615, 35.7), 0.25),
    ((111.0, 111.02, 35.6, 35.62), (120.0, 121.0, 35.0, 36.0), 0.0),
])  # fmt: skip
def test_the_share_of_one_in_another(inner, outer, part):
    assert measures.share(box(*inner), box(*outer)) == pytest.approx(part, abs=0.003)


def test_what_lies_in_a_hole_lies_outside():
    [[outer]], hole = box(111, 111.02, 35.6, 35.62), box(111.005, 111.01, 35.605, 35.61)
    assert measures.share(hole, [[outer, hole[0][0]]]) == 0.0


@pytest.mark.parametrize(("corners", "where"), [
    ([(0, 0), (1, 1), (1, 0), (0, 1)], (0.5, 0.5)),
    ([(0, 0), (2, 0), (2, 2), (0, 2)], None),
    ([(0, 0), (2, 0), (1, 0), (1, 1)], None),  # goes back on itself: it touches, and does not cross
    ([(0, 0), (4, 0), (4, 4), (2, -1), (0, 4)], True),
])  # fmt: skip
def test_where_a_ring_crosses_itself(corners, where):
    found = measures.crossing([[*corners, corners[0]]])
    assert found == where if where is not True else found is not None


@pytest.mark.parametrize(("most", "length"), [(99, 50), (100, 100), (730, 500), (1999, 1000), (5000, 5000), (1.5, 1)])
def test_a_scale_bar_has_a_round_length(most, length):
    assert measures.round_length(most) == length
