"""Places: what every register keeps, and boundaries in time."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, events
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.testing import RegisterTests
from kaifaqu.kernel.world import World
from kaifaqu.registers.places.boundaries import check_boundary
from kaifaqu.registers.places.models import Park, Zone
from kaifaqu.registers.places.sample import rectangle

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


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "不是 GeoJSON"),
        ("{}", "不是 GeoJSON"),
        ('{"type": "Point", "coordinates": [111, 35]}', "不是 GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[[111, 35], [112, 35], [112, 36]]]}', "没有闭合"),
        ('{"type": "Polygon", "coordinates": [[[35, 111], [36, 111], [36, 112], [35, 111]]]}', "先经度后纬度"),
    ],
)
def test_a_boundary_that_cannot_be_drawn_is_refused(text, problem):
    with pytest.raises(ValidationError, match=problem):
        check_boundary(text)


def test_a_zone_of_two_areas_has_one_boundary():
    check_boundary('{"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]}')
