"""Places: what every register keeps, and boundaries in time."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.kernel import actions, events
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.testing import RegisterTests, enter
from kaifaqu.kernel.world import World
from kaifaqu.registers.places.boundaries import POINTS, BoundaryField, check_boundary
from kaifaqu.registers.places.models import Parcel, Park, Zone
from kaifaqu.registers.places.tests.shapes import polygon, rectangle, ring
from kaifaqu.sheets.cells import converted, unit_of

SMALL, LARGE = rectangle(110.98, 111.04), rectangle(110.98, 111.08)


class TestParks(RegisterTests):
    register = Park

    def facts(self, zone):
        return {"name": "东园区", "area": "420.5", "boundary": SMALL}


class TestZones(RegisterTests):
    register = Zone

    def facts(self, zone):
        return {"name": "演示开发区", "level": "provincial", "approved_on": "2006-04", "division": "140824", "boundary": SMALL}

    def test_the_boundary_of_an_earlier_day_stays_known(self, record, clerk):
        known = events.last_seq()
        correct = actions.find("zones.correct").plan
        commit([correct(record, by=clerk, version=1, facts={"boundary": LARGE}, reason="扩区批准")], by=clerk)
        assert [World(each).rows(Zone).get().boundary for each in (known, None)] == [SMALL, LARGE]


class TestParcels(RegisterTests):
    register = Parcel

    def facts(self, zone):
        [park] = enter(Park, zone, "code | name\nK9 | 东园区")
        return {"name": "地块一", "park": park, "area": "61.737", "land_use": "二类工业用地"}

    def test_the_area_is_told_in_hectares_too(self, record, clerk, client):
        client.force_login(clerk)
        assertContains(client.get(reverse("records", args=["parcels"])), "61.737 亩（4.1158 公顷）")
        assertContains(client.get(reverse("record", args=["parcels", record.pk])), "61.737 亩（4.1158 公顷）")


@pytest.mark.parametrize(("written", "kept"), [("公顷", "150"), ("平方米", "0.015"), ("亩", "10")])
def test_an_area_comes_in_by_the_unit_of_its_heading(written, kept):
    assert converted(Decimal(10), written, unit_of(Parcel._meta.get_field("area"))) == Decimal(kept)


@pytest.mark.parametrize(("area", "sentences"), [
    ("362", []), ("375", ["按边界算得 361.95 亩，与登记的 375 亩 相差 3.5%，请核对面积或边界。"]),
])
def test_the_area_of_a_parcel_is_compared_in_its_own_unit(area, sentences):
    assert Parcel(area=Decimal(area), boundary=rectangle(111, 111.006, 35.6, 35.604)).warnings() == sentences


SQUARE = ring(111, 112, 35, 36)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "不是 GeoJSON"),
        ("{}", "不是 GeoJSON"),
        ("[" * 100_000, "不是 GeoJSON"),
        ('{"type": ["Polygon"], "coordinates": []}', "不是 GeoJSON"),
        ('{"type": "Polygon", "coordinates": []}', "不是 GeoJSON"),
        ('{"type": "Point", "coordinates": [111, 35]}', "不是 GeoJSON"),
        (polygon([["111", "35"], ["112", "35"], ["112", "36"], ["111", "35"]]), "不是 GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[[111, 35], [112, 35], [NaN, 36], [111, 35]]]}', "不是 GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[[111, 35], [112, 35], [1%s, 36], [111, 35]]]}' % ("0" * 400), "不是 GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[[111, 35], [112, 35], [112, 36]]]}', "没有闭合"),
        (polygon([[111, 35], [112, 35], [111, 35]]), "没有闭合"),
        (polygon(ring(35, 36, 111, 112)), "先经度后纬度"),
        (polygon(ring(43, 44, 81, 82)), "先经度后纬度"),  # Ili: no latitude is out of range, and yet they are exchanged
        (polygon(ring(38412345.6, 38412545.6, 3939000, 3939200)), "投影坐标"),
        (polygon(ring(412345.6, 412545.6, 3939000, 3939200)), "投影坐标"),
        (polygon([[111, 35], [112, 36], [112, 35], [111, 36], [111, 35]]), "自相交，在 111.5°E 35.5°N 附近"),
        (polygon(SQUARE, ring(111.5, 112.5, 35.2, 35.8)), "自相交"),
        (polygon(SQUARE, ring(113, 113.1, 35, 35.1)), "内圈不在外圈之内"),
        (polygon(ring(111.4, 111.5, 35.4, 35.5), SQUARE), "内圈不在外圈之内"),
        (polygon([[111, 35], [112, 35], [111.5, 35], [111, 35]]), "面积为零"),
        (polygon([[111 + n / 1e6, 35] for n in range(POINTS)] + [[111, 36], [111, 35]]), "上限 10000 点"),
    ],
)
def test_a_boundary_that_cannot_be_drawn_is_refused(text, problem):
    with pytest.raises(ValidationError, match=problem):
        check_boundary(text)


@pytest.mark.parametrize("text", [
    '{"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]}',
    polygon(SQUARE, ring(111.2, 111.4, 35.2, 35.4)),
    polygon(SQUARE, ring(111, 111.4, 35.2, 35.4)),  # a hole that touches the border
    '{"type": "Polygon", "coordinates": [[[111, 35, 740.5], [112, 35, 741], [112, 36, 742], [111, 35, 740.5]]]}',
])
def test_a_zone_of_two_areas_or_with_a_hole_has_one_boundary(text):
    check_boundary(text)


@pytest.mark.parametrize(("text", "kept"), [
    (polygon(SQUARE[::-1], ring(111.2, 111.4, 35.2, 35.4)), polygon(SQUARE, ring(111.2, 111.4, 35.2, 35.4)[::-1])),  # RFC 7946 turns them
    ('{"type":"Polygon","bbox":[1],"coordinates":[[[111.00,35],[112,35],[112,36],[111.00,35]]]}',
     polygon([[111.0, 35], [112, 35], [112, 36], [111.0, 35]])),
    ("no boundary", "no boundary"),
])
def test_the_same_boundary_is_the_same_text(text, kept):
    assert BoundaryField().to_python(text) == kept


@pytest.mark.parametrize(("area", "sentences"), [
    ("24.13", []), ("24.3", []), (None, []),
    ("25", ["按边界算得 24.13 公顷，与登记的 25 公顷 相差 3.5%，请核对面积或边界。"]),
])
def test_an_area_that_the_boundary_does_not_have_is_a_hint(area, sentences):
    park = Park(area=area and Decimal(area), boundary=rectangle(111, 111.006, 35.6, 35.604))
    assert park.warnings() == sentences
