"""The registers of infrastructure keep what every register keeps."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kaifaqu.domains.infrastructure.models import (
    CapacityPool,
    Plant,
    PlantCapacity,
    PlantDay,
    PoolCapacity,
    Reservation,
    Work,
    WorkBuilding,
    WorkPayment,
    WorkProgress,
)
from kaifaqu.domains.infrastructure.tests.conftest import act
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Building
from kaifaqu.registers.projects.models import Lead


def work(zone):
    """Return a work that nobody has begun."""
    return testing.enter(Work, zone, "code | name | kind\nG9 | 纬二路 | 道路")[0]


def plant(zone):
    """Return a plant that has never reported."""
    return testing.enter(Plant, zone, "code | name | kind\nCZ9 | 污水厂 | sewage")[0]


def pool(zone):
    """Return a pool of land of 100 亩."""
    [made] = testing.enter(CapacityPool, zone, "code | name | kind\nT9 | 西片土地 | land")
    testing.enter(PoolCapacity, zone, "pool | since | amount\nT9 | 2024-01-01 | 100")
    return made


class TestWorks(testing.RegisterTests):
    register = Work

    def facts(self, zone):
        [park] = testing.enter(Park, zone, "code | name\nK9 | 东园区")
        return {"name": "纬二路", "kind": "道路", "park": park, "length": "1200", "started_on": "2024-03"}


class TestWorkBuildings(testing.RegisterTests):
    register = WorkBuilding

    def facts(self, zone):
        [building] = testing.enter(Building, zone, "code | name | kind | area\nB9 | 9号楼 | workshop | 100")
        return {"work": work(zone), "building": building}


class TestWorkProgress(testing.RegisterTests):
    register = WorkProgress

    def facts(self, zone):
        return {"subject": work(zone), "month": "2024-07", "share": "35.5", "month_investment": "120"}


class TestWorkPayments(testing.RegisterTests):
    register = WorkPayment

    def facts(self, zone):
        return {"work": work(zone), "paid_on": "2024-07-01", "amount": "120.5", "document": "凭证一"}


class TestPlants(testing.RegisterTests):
    register = Plant

    def facts(self, zone):
        [operator] = testing.enter(Enterprise, zone, "code | name\nQ9 | 水务公司")
        return {"name": "污水厂", "kind": "sewage", "operator": operator, "work": work(zone)}


class TestPlantCapacities(testing.RegisterTests):
    register = PlantCapacity

    def facts(self, zone):
        return {"plant": plant(zone), "since": "2024-01-01", "amount": "20000", "document": "批复"}


class TestPlantDays(testing.RegisterTests):
    register = PlantDay

    def facts(self, zone):
        return {"plant": plant(zone), "day": "2024-07-01", "inflow": "13000", "ammonia": "3.215"}


class TestCapacityPools(testing.RegisterTests):
    register = CapacityPool

    def facts(self, zone):
        return {"name": "变电站", "kind": "power"}


class TestPoolCapacities(testing.RegisterTests):
    register = PoolCapacity

    def facts(self, zone):
        return {"pool": pool(zone), "since": "2024-07-01", "amount": "120", "document": "规划"}


class TestReservations(testing.RegisterTests):
    register = Reservation

    def facts(self, zone):
        [lead] = testing.enter(Lead, zone, "code | name | first_contact_on\nL9 | 铸造 | 2024-01-05")
        return {"pool": pool(zone), "lead": lead, "amount": "60.5", "since": "2024-07-01"}


@pytest.mark.parametrize(("facts", "problem"), [
    ({"contract_amount": "10"}, "要一起填"),
    ({"contract_amount": "10", "contracted_on": "2024-01-01"}, "请写明「合同编号」"),
    ({"length": "0"}, r"「工程长度（米）」要大于 0"),
    ({"started_on": "2024-05", "accepted_on": "2024-04"}, "早于「开工日期」"),
    ({"accepted_on": "2024-09-01"}, "在今天（2024-08-05）之后"),
])
def test_a_work_that_cannot_be_is_refused(zone, facts, problem):
    with pytest.raises(ValidationError, match=problem):
        testing.enter(Work, zone, "name | kind\n纬二路 | 道路", **facts)


def test_the_area_of_a_building_is_typed_once(zone, works, clerk):
    testing.enter(Work, zone, "code | name | kind | area\nG8 | 广场 | 其他 | 500")
    testing.enter(Building, zone, "code | name | kind | area\nB8 | 8号楼 | workshop | 100")
    with pytest.raises(ValidationError, match="楼栋的面积登记在楼栋上"):
        testing.enter(WorkBuilding, zone, "work | building\nG8 | B8")
    with pytest.raises(ValidationError, match="已登记在一项工程下"):
        testing.enter(WorkBuilding, zone, "work | building\nG2 | B1")


def test_more_paid_than_contracted_is_pointed_out(zone, works):
    assert works["G1"].warnings() == ["「开工日期」2022-03-01 没有写明依据。", "「验收日期」2023-02-20 没有写明依据。"]
    testing.enter(WorkPayment, zone, "work | paid_on | amount\nG1 | 2024-08-05 | 100.01")
    assert works["G1"].warnings()[-1] == "已付款 2000.01 万元，超过合同价 2000 万元，请核对合同变更。"


@pytest.mark.parametrize(("facts", "problem"), [
    ({"share": "100.5"}, "在 0 和 100 之间"), ({}, "一项也没有填"), ({"month": "2024-09", "share": "1"}, "还没有开始"),
])
def test_progress_that_cannot_be_is_refused(works, zone, facts, problem):
    with pytest.raises(ValidationError, match=problem):
        testing.enter(WorkProgress, zone, "subject\nG2", **{"month": "2024-07", **facts})


def test_a_step_holds_for_the_buildings_too(zone, works, clerk):
    act(works["G2"], "works.accept", clerk, accepted_on="2024-08-01", accepted_evidence="竣工报告")
    completed = [str(each.completed_on) for each in Building.objects.order_by("code")]
    assert completed == ["2023-01-10", "2023-02-10", "2024-08-01", "2024-08-01"]
    with pytest.raises(ValidationError, match="请填写接收单位"):
        act(works["G2"], "works.hand_over", clerk, handed_over_on="2024-08-02", handed_over_to=None, handed_over_evidence="清单")
    act(works["G2"], "works.hand_over", clerk, handed_over_on="2024-08-02", handed_over_to=zone, handed_over_evidence="清单")
    [made] = act(works["G2"], "works.operate", clerk, operating_on="2024-08-03", operating_evidence="记录")
    assert (made.stage, Building.objects.get(code="B3").stage) == ("operating", "handed_over")
    with pytest.raises(ValidationError, match="不能从"):
        act(works["G3"], "works.accept", clerk, accepted_on="2024-08-01", accepted_evidence="竣工报告")


def test_the_kinds_of_works_are_the_zones_own_and_an_old_work_can_be_entered(zone, clerk):
    testing.enter(Work, zone, "name | kind | started_on\n老路 | 道路 | 1998-05-01")
    testing.enter(Work, zone, "name | kind | contracted_on | contract_amount | contract_document\n旧桥 | 道路 | 2000 | 5 | 合同")
    with pytest.raises(ValidationError, match="没有「工程类别」综合管廊。可选：标准化厂房、污水处理"):
        testing.enter(Work, zone, "name | kind\n管廊 | 综合管廊")
    facts = {
        "kind": "infrastructure.work_kinds", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "演示〔2024〕2号",
        "content": json.dumps({"kinds": {"综合管廊": {}, "其他": {"remark": "不属于别的类别"}}})}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    testing.enter(Work, zone, "name | kind | started_on\n管廊 | 综合管廊 | 2023-05-01\n新路 | 道路 | 2023-05-01")
    with pytest.raises(ValidationError, match="没有「工程类别」道路"):
        testing.enter(Work, zone, "name | kind | started_on\n再一条路 | 道路 | 2024-05-01")


def test_a_kind_that_is_renamed_in_the_rule_stays_on_the_works_that_have_it(works, zone, clerk):
    facts = {
        "kind": "infrastructure.work_kinds", "since": "2020-01-01", "published_on": "2020-01-01", "source_document": "演示〔2020〕2号",
        "content": json.dumps({"kinds": {"厂房": {}, "其他": {}}})}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    act(works["G2"], "works.correct", clerk, facts={"accepted_on": "2024-08-01"}, reason="验收了")
    with pytest.raises(ValidationError, match="没有「工程类别」道路。可选：厂房、其他"):
        act(works["G2"], "works.correct", clerk, facts={"kind": "道路"}, reason="更正")
    act(works["G2"], "works.correct", clerk, facts={"kind": "厂房"}, reason="改用新名称")


def test_the_kind_of_a_work_is_chosen_from_the_rule(zone, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("new", args=["works"])).content.decode()
    assert '<option value="管网管道">' in page
