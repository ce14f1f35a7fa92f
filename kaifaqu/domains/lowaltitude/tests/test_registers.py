"""The registers of low-altitude flying keep what every register keeps, and refuse what cannot be."""

import io

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.lowaltitude import models as low
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.points import PointField, check_point
from kaifaqu.registers.projects.models import Project
from kaifaqu.sheets import exporting, importing
from kaifaqu.sheets.checking import SAME


def firm(zone):
    """Return an enterprise."""
    return testing.enter(Enterprise, zone, "code | name\nA | 演示甲")[0]


def product(zone):
    """Return a product of an enterprise."""
    return testing.enter(low.AviationProduct, zone, "code | name | kind\nC1 | 甲型 | aircraft", maker=firm(zone))[0]


def mission(zone):
    """Return a mission that uses no laser."""
    return testing.enter(low.Mission, zone, "code | kind | ordered_on\nR1 | birds | 2024-03-01")[0]


def sortie(zone):
    """Return a sortie for skydiving."""
    return testing.enter(low.Sortie, zone, "code | flown_on | purpose | block_minutes\nF1 | 2024-03-05 | skydiving | 25")[0]


class TestRoles(testing.RegisterTests):
    register = low.AviationRole

    def facts(self, zone):
        return {"enterprise": firm(zone), "role": "maker", "since": "2019-01-01"}


class TestProducts(testing.RegisterTests):
    register = low.AviationProduct

    def facts(self, zone):
        return {"name": "甲型", "maker": firm(zone), "direction": "light_aircraft", "kind": "aircraft", "began_on": "2018"}


class TestPrototypes(testing.RegisterTests):
    register = low.PrototypeEvent

    def facts(self, zone):
        return {"product": product(zone), "prototype": "1号", "stage": "assembled", "reached_on": "2023-05-10"}


class TestAircraft(testing.RegisterTests):
    register = low.Aircraft

    def facts(self, zone):
        return {"serial_number": "001", "model": "甲型", "maker": firm(zone)}


class TestMissions(testing.RegisterTests):
    register = low.Mission

    def facts(self, zone):
        return {"kind": "aerodrome", "ordered_on": "2024-03-01", "customer": "演示机场", "laser": True}


class TestObservations(testing.RegisterTests):
    register = low.BirdObservation

    def facts(self, zone):
        return {"mission": mission(zone), "observed_on": "2024-03-05", "species": "演示鸟种", "seen": 30, "position": "113.3, 40.1"}


class TestObstacles(testing.RegisterTests):
    register = low.Obstacle

    def facts(self, zone):
        return {"name": "铁塔", "kind": "tower", "position": "113.3, 40.1", "height": "45.5", "height_reference": "true",
                "found_on": "2024-03-05"}


class TestSorties(testing.RegisterTests):
    register = low.Sortie

    def facts(self, zone):
        return {"flown_on": "2024-03-05", "purpose": "mission", "mission": mission(zone), "block_minutes": 80}


class TestEquipment(testing.RegisterTests):
    register = low.JumpEquipment

    def facts(self, zone):
        return {"kind": "main", "serial_number": "M1", "inspected_on": "2024-01-01", "valid_until": "2024-06-30"}


class TestJumps(testing.RegisterTests):
    register = low.JumpRecord

    def facts(self, zone):
        return {"sortie": sortie(zone), "place": 1, "jumper": "演示跳伞员 001"}


class TestEvents(testing.RegisterTests):
    register = low.AviationEvent

    def facts(self, zone):
        return {"name": "演示公开赛", "kind": "competition", "planned_on": "2024-05-01"}


class TestSites(testing.RegisterTests):
    register = low.StudySite

    def facts(self, zone):
        return {"name": "演示航空馆", "capacity": 60}


class TestTours(testing.RegisterTests):
    register = low.StudyTour

    def facts(self, zone):
        [site] = testing.enter(low.StudySite, zone, "code | name | capacity\nS1 | 演示航空馆 | 60")
        return {"organiser": firm(zone), "site": site, "planned_on": "2024-05-01", "held_on": "2024-05-02", "headcount": 50}


class TestTourProducts(testing.RegisterTests):
    register = low.TourProduct

    def facts(self, zone):
        return {"name": "演示线路", "operator": firm(zone), "craft": "balloon", "kind": "sightseeing", "seats": 4, "since": "2022-01-01"}


def refused(register, zone, text, sentence, **facts):
    """Demand that the rows are refused with this sentence."""
    with pytest.raises(ValidationError, match=sentence):
        testing.enter(register, zone, text, **facts)


def test_the_same_role_does_not_hold_twice_on_a_day(zone):
    held = {"enterprise": firm(zone)}
    testing.enter(low.AviationRole, zone, "role | since | until\nmaker | 2019-01-01 | 2021-01-01\noperator | 2019-01-01 |", **held)
    refused(low.AviationRole, zone, "role | since\nmaker | 2020-12-31", "时间重叠", **held)
    testing.enter(low.AviationRole, zone, "role | since\nmaker | 2021-01-01", **held)


def test_a_prototype_is_assembled_before_it_is_tested(zone):
    made = {"product": product(zone), "prototype": "1号"}
    refused(low.PrototypeEvent, zone, """
        stage     | reached_on
        assembled | 2023-06-10
        tested    | 2023-06-09
    """, "早于组装日期 2023-06-10", **made)


def test_half_a_delivery_is_none(zone):
    text = "serial_number | model | buyer\n001 | 甲型 | 演示航校"
    refused(low.Aircraft, zone, text, "「交付日期」和「接收方」要一起填", maker=firm(zone))


@pytest.mark.parametrize(("column", "value"), [
    ("area", "某地"), ("customer", "某部"), ("device", "某型"), ("effect", "某事"), ("laser", "True"), ("laser_checked_on", "2024-03-01"),
    ("laser_checked_evidence", "某文"),
])
def test_of_a_mission_for_the_military_nothing_else_is_told(zone, column, value):
    refused(low.Mission, zone, f"kind | ordered_on | {column}\nbirds | 2024-03-01 | {value}", "涉军任务只记事实和架次", military=True)


def test_a_sortie_for_the_military_tells_neither_aircraft_nor_remark(zone, clerk):
    [kept] = testing.enter(low.Mission, zone, "code | kind | ordered_on\nR9 | birds | 2024-03-01", military=True)
    [plane] = testing.enter(low.Aircraft, zone, "code | serial_number | model\nH1 | 001 | 甲型", maker=firm(zone))
    heads, row = "flown_on | purpose | block_minutes", "2024-03-05 | mission | 80"
    refused(low.Sortie, zone, f"{heads} | remark\n{row} | 某地", "涉军：架次", mission=kept)
    refused(low.Sortie, zone, f"{heads}\n{row}", "涉军：架次", mission=kept, aircraft=plane)
    testing.enter(low.Sortie, zone, f"{heads}\n{row}", mission=kept)
    testing.enter(low.Sortie, zone, f"{heads}\n{row}", mission=mission(zone), aircraft=plane)
    one = low.Mission.objects.get(code="R1")
    with pytest.raises(ValidationError, match="涉军：架次"):
        commit([actions.find("missions.correct").plan(one, by=clerk, version=1, facts={"military": True}, reason="核对")], by=clerk)


@pytest.mark.parametrize(("column", "value"), [
    ("began_on", "2020"), ("produced_on", "2021-05"), ("sole_base_evidence", "某文")])
def test_of_a_product_for_the_military_only_that_there_is_one_is_kept(zone, column, value):
    text = f"name | kind | direction | military | {column}\n某方向 | part | engine | True | {value}"
    refused(low.AviationProduct, zone, text, "涉军产品只记有这个方向", maker=firm(zone))


def test_a_product_for_the_military_has_neither_project_nor_prototypes(zone, clerk):
    maker = firm(zone)
    [plant] = testing.enter(Project, zone, "code | name | signed_on\nP1 | 演示厂房 | 2024-01-10", enterprise=maker)
    secret = "code | name | kind | direction | military\nC9 | 某方向 | part | engine | True"
    refused(low.AviationProduct, zone, secret, "涉军产品只记有这个方向", maker=maker, project=plant)
    [kept] = testing.enter(low.AviationProduct, zone, secret, maker=maker)
    refused(low.PrototypeEvent, zone, "prototype | stage | reached_on\n1号 | assembled | 2023-05-10", "涉军：不登记样机进度", product=kept)
    [other] = testing.enter(low.AviationProduct, zone, "code | name | kind\nC2 | 民用方向 | part", maker=maker)
    testing.enter(low.PrototypeEvent, zone, "prototype | stage | reached_on\n1号 | assembled | 2023-05-10", product=other)
    correct = actions.find("aviation_products.correct").plan
    with pytest.raises(ValidationError, match="涉军产品不留样机进度"):
        commit([correct(other, by=clerk, version=1, facts={"military": True}, reason="核对")], by=clerk)


def test_an_aircraft_does_not_go_away_under_its_sorties(zone, clerk):
    [plane] = testing.enter(low.Aircraft, zone, "code | serial_number | model\nH1 | 001 | 甲型", maker=firm(zone))
    testing.enter(low.Sortie, zone, "code | flown_on | purpose\nF1 | 2024-03-05 | training", aircraft=plane)
    with pytest.raises(ValidationError, match="上还有飞行架次 F1"):
        commit([actions.find("aircraft.archive").plan(plane, by=clerk, version=1, reason="重复")], by=clerk)


def test_of_what_was_seen_for_the_military_nothing_is_kept(zone):
    [kept] = testing.enter(low.Mission, zone, "code | kind | ordered_on\nR9 | birds | 2024-03-01", military=True)
    seen = "observed_on | species | seen | position\n2024-03-05 | 演示鸟种 | 3 | 113.3, 40.1"
    refused(low.BirdObservation, zone, seen, "涉军", mission=kept)


def test_a_mission_is_flown_for_a_mission_and_nothing_else_is(zone):
    refused(low.Sortie, zone, "flown_on | purpose\n2024-03-05 | mission", "要填「飞行任务」")
    refused(low.Sortie, zone, "flown_on | purpose\n2024-03-05 | training", "要填「飞行任务」", mission=mission(zone))


def test_a_cancelled_sortie_has_no_time_and_may_lie_ahead(zone, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    refused(low.Sortie, zone, "flown_on | purpose | cancelled_for | block_minutes\n2024-03-05 | training | weather | 5", "没有飞行时间")
    refused(low.Sortie, zone, "flown_on | purpose\n2024-08-06 | training", "还没有到")
    testing.enter(low.Sortie, zone, "flown_on | purpose | cancelled_for\n2024-08-06 | training | weather")


def test_nobody_jumps_twice_from_a_sortie_or_from_one_that_is_not_flown_for_it(zone):
    flown = {"sortie": sortie(zone)}
    refused(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 001\n2 | 演示跳伞员 001", "两条同一个跳伞员", **flown)
    testing.enter(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 001", **flown)
    refused(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 002", "这个序号已经有人", **flown)
    [training] = testing.enter(low.Sortie, zone, "flown_on | purpose\n2024-03-05 | training")
    refused(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 001", "不是飞过的跳伞架次", sortie=training)


def test_nobody_lands_before_the_exit(zone):
    refused(low.JumpRecord, zone, "place | jumper | exited_at | landed_at\n1 | 演示跳伞员 001 | 10:20 | 10:19", "早于「离机时刻」10:20",
            sortie=sortie(zone))


def test_a_piece_of_equipment_is_used_once_in_a_sortie(zone):
    [worn] = testing.enter(
        low.JumpEquipment, zone, "kind | serial_number | inspected_on | valid_until\nmain | M1 | 2024-01-01 | 2024-06-30")
    flown = {"sortie": sortie(zone), "equipment": worn}
    refused(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 001\n2 | 演示跳伞员 002", "用了两次", **flown)
    testing.enter(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 001", **flown)
    [later] = testing.enter(low.Sortie, zone, "flown_on | purpose\n2024-03-06 | skydiving")
    testing.enter(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 002", sortie=later, equipment=worn)


def test_equipment_is_not_used_after_its_inspection(zone):
    made = testing.enter(low.JumpEquipment, zone, """
        kind | serial_number | inspected_on | valid_until | retired_on
        main | M1            | 2023-01-01   | 2024-03-04  |
        main | M2            | 2023-01-01   | 2024-12-31  | 2024-03-05
        main | M3            | 2023-01-01   | 2024-03-05  |
    """)
    flown = {"sortie": sortie(zone)}
    for each in made[:2]:
        refused(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 001", "已停用或检查已过期", equipment=each, **flown)
    testing.enter(low.JumpRecord, zone, "place | jumper\n1 | 演示跳伞员 001", equipment=made[2], **flown)
    assert [bool(each.warnings()) for each in made] == [True, False, True]


def test_models_carry_nobody(zone):
    text = "name | craft | kind | since | seats\n演示航模 | model | show | 2022-01-01 | 1"
    refused(low.TourProduct, zone, text, "航空模型不载人", operator=firm(zone))


@pytest.mark.parametrize("typed", ["113.3,40.1", "113.3 40.1", " 113.3，40.1 ", '{"coordinates": [113.3, 40.1], "type": "Point"}'])
def test_a_point_is_kept_alike_however_it_is_typed(typed):
    assert PointField().to_python(typed) == '{"type": "Point", "coordinates": [113.3, 40.1]}'


@pytest.mark.parametrize(("typed", "sentence"), [
    ("40.1, 113.3", "先经度后纬度"), ("38433000, 4440000", "投影坐标"), ("某处", "不是一个点"),
    ('{"type": "Polygon", "coordinates": []}', "不是一个点"), ('{"type": "Point", "coordinates": ["113.3", "40.1"]}', "不是一个点"),
])
def test_what_is_no_point_is_refused(typed, sentence):
    with pytest.raises(ValidationError, match=sentence):
        check_point(PointField().to_python(typed))


def test_observations_leave_as_geojson_and_come_in_again_all_the_same(zone, clerk):
    testing.enter(low.BirdObservation, zone, """
        code | observed_on | species  | seen | position
        N1   | 2024-03-05  | 演示鸟甲 | 40   | 113.30, 40.10
        N2   | 2024-03-05  | 演示鸟乙 | 12   | 113.31, 40.11
    """)
    file = io.BytesIO()
    exporting.export(low.BirdObservation.objects.visible_to(clerk).order_by("id"), low.BirdObservation, clerk, "geojson", file)
    upload = importing.receive(low.BirdObservation, zone, clerk, "鸟情.geojson", io.BytesIO(file.getvalue()))
    importing.check(upload)
    assert (upload.found["counts"], upload.problem) == ({SAME: 2}, "")
