"""The ledger of fences keeps what every register keeps, and refuses what cannot be."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.minesafety.models import FenceSite, GeoFence, Mine
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise


def mine(zone):
    """Return a mine."""
    return testing.enter(Mine, zone, "code | name | city\nM9 | 演示一号煤矿 | 演示市")[0]


def site(zone):
    """Return a heading machine that needs the system."""
    return testing.enter(FenceSite, zone, "code | kind | name | since\nF9 | heading | 演示掘进面 | 2024-04-15", mine=mine(zone))[0]


def fence(zone, **facts):
    """Return the facts of one version of a fence around a machine."""
    return {"name": "机身围栏", "frame": "machine", "outline": "0,0;5.2,0;5.2,2.4;0,2.4", "warn_distance": "6", "stop_distance": "3",
            "since": "2024-06-01", **facts}


class TestMines(testing.RegisterTests):
    register = Mine

    def facts(self, zone):
        [operator] = testing.enter(Enterprise, zone, "code | name\nQ9 | 演示煤业")
        return {"name": "演示二号煤矿", "operator": operator, "city": "演示市"}


class TestSites(testing.RegisterTests):
    register = FenceSite

    def facts(self, zone):
        return {"mine": mine(zone), "kind": "belt", "name": "主运机头", "since": "2024-04-15", "interim_measure": "专人看守"}


class TestFences(testing.RegisterTests):
    register = GeoFence

    def facts(self, zone):
        return fence(zone, site=site(zone))


def test_the_stage_follows_from_the_dates(zone):
    made = testing.enter(FenceSite, zone, """
        name | contracted_on | installed_on | commissioned_on
        甲   |               |              |
        乙   | 2024-05-01    |              |
        丙   | 2024-05-01    | 2024-06-01   |
        丁   |               | 2024-06-01   | 2024-06-20
    """, mine=mine(zone), kind="heading", since="2024-04-15")
    assert [each.stage for each in made] == ["required", "contracted", "installed", "commissioned"]


def test_days_that_cannot_be_are_refused(zone, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    own = {"mine": mine(zone), "kind": "heading", "since": "2024-04-15"}
    for days, sentence in (
        ("2024-06-01 | 2024-05-01 |", "「安装日期」2024-05-01 早于「签订合同日期」2024-06-01"),
        ("| 2024-06-01 | 2024-08-06", "「投入使用日期」2024-08-06 还没有到"), ("| | 2024-06-01", "请填「安装日期」"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            testing.enter(FenceSite, zone, f"name | contracted_on | installed_on | commissioned_on\n甲 | {days}", **own)


def test_a_site_without_system_and_interim_measure_is_pointed_out(zone):
    own = site(zone)
    assert "投用以前应有临时措施" in own.warnings()[0]
    [guarded] = testing.enter(FenceSite, zone, "name | interim_measure\n乙 | 专人看守", mine=own.mine, kind="heading", since="2024-04-15")
    assert guarded.warnings() == []


def test_rings_are_one_within_the_other(zone):
    own = site(zone)
    for stop, warn in (("6", "6"), ("7", "6"), ("0", "6")):
        with pytest.raises(ValidationError, match="停机圈在预警圈以内"):
            testing.enter(GeoFence, zone, "code\nG1", **fence(zone, site=own, stop_distance=stop, warn_distance=warn))
    with pytest.raises(ValidationError, match="请写明「巷道」"):
        testing.enter(GeoFence, zone, "code\nG1", **fence(zone, site=own, frame="roadway"))
    with pytest.raises(ValidationError, match="至少三个角点"):
        testing.enter(GeoFence, zone, "code\nG1", **fence(zone, site=own, outline="0,0;5,0"))


def test_corners_may_be_written_with_a_space_between_them(zone):
    [own] = testing.enter(GeoFence, zone, "code\nG1", **fence(zone, site=site(zone), outline="0,0; 5.2,0; 5.2,2.4"))
    assert own.outline == "0,0; 5.2,0; 5.2,2.4"


def test_one_version_of_a_fence_holds_on_a_day(zone, clerk):
    own = site(zone)
    testing.enter(GeoFence, zone, "code | until\nG1 | 2024-07-01", **fence(zone, site=own))
    testing.enter(GeoFence, zone, "code\nG2", **fence(zone, site=own, since="2024-07-01", stop_distance="3.5"))
    with pytest.raises(ValidationError, match="时间重叠"):
        testing.enter(GeoFence, zone, "code\nG3", **fence(zone, site=own, since="2024-06-15"))
    for record in (own, own.mine):
        change = actions.find(record.right_to("archive")).plan(record, by=clerk, version=record.row_version, reason="重复登记")
        with pytest.raises(ValidationError, match="请先归档或改到别处"):
            commit([change], by=clerk)
