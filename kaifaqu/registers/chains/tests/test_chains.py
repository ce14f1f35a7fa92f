"""Chains: segments that run in no circle, firms that are named one way, and what is supplied locally."""

import json
from datetime import date
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kaifaqu.kernel import actions, indicators, testing
from kaifaqu.kernel.access import SYSTEM, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.chains.models import Chain, ChainHead, ChainLink, ChainNode, ChainTask, NodeFirm, Supply
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.sheets import importing


def chain(zone, code="C1", name="节能环保", **facts):
    """Enter a chain."""
    [made] = testing.enter(Chain, zone, "code\n" + code, name=name, **facts)
    return made


def nodes(zone, of, *names):
    """Enter segments of a chain, coded by their names."""
    return testing.enter(ChainNode, zone, "code | name\n" + "\n".join(f"{name} | {name}" for name in names), chain=of)


def link(zone, *pairs):
    """Enter links between segments, in one commit."""
    rows = "\n".join(f"{one} | {other}" for one, other in pairs)
    return testing.enter(ChainLink, zone, "feeder | fed\n" + rows)


def enterprise(zone, code="Q1", name="某某公司"):
    """Enter an enterprise."""
    [made] = testing.enter(Enterprise, zone, "code\n" + code, name=name)
    return made


@pytest.mark.parametrize("later", [[("丙", "甲")], [("丙", "丁"), ("丁", "甲")]])
def test_a_circle_of_segments_is_refused_with_their_names(zone, later):
    nodes(zone, chain(zone), "甲", "乙", "丙", "丁")
    link(zone, ("甲", "乙"), ("乙", "丙"))
    with pytest.raises(ValidationError, match="成了一个圈") as refused:
        link(zone, *later)
    assert all(name in str(refused.value) for name in "甲乙丙")
    assert ChainLink.objects.current().count() == 2  # all of what closes the circle, or none of it
    link(zone, ("甲", "丙"), ("甲", "丁"))  # two ways to one segment are no circle


def test_two_links_that_are_right_one_by_one_close_no_circle_together(zone):
    nodes(zone, chain(zone), "甲", "乙")
    with pytest.raises(ValidationError, match=r"甲 → 乙 → 甲|乙 → 甲 → 乙"):
        link(zone, ("甲", "乙"), ("乙", "甲"))


def test_segments_of_two_chains_are_not_linked_nor_one_with_itself(zone):
    nodes(zone, chain(zone), "甲")
    nodes(zone, chain(zone, "C2", "智能制造"), "乙")
    with pytest.raises(ValidationError, match="两个环节不在同一条产业链上"):
        link(zone, ("甲", "乙"))
    with pytest.raises(ValidationError, match="「甲」不能供给自己"):
        link(zone, ("甲", "甲"))


def test_a_segment_stays_on_its_chain(zone, clerk):
    [node] = nodes(zone, chain(zone), "甲")
    other = chain(zone, "C2", "智能制造")
    with pytest.raises(ValidationError, match="环节「甲」在产业链「节能环保」上，不能改到另一条链"):
        actions.find("chain_nodes.correct").plan(node, by=clerk, version=1, facts={"chain": other}, reason="改")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "两者填一个"),
        ({"enterprise": True, "name": "某某公司"}, "两者填一个"),
        ({"name": "外地公司"}, "已有企业请先在企业名录登记"),
    ],
)
def test_a_firm_on_a_segment_is_named_one_way(zone, facts, words):
    [node] = nodes(zone, chain(zone), "甲")
    facts = {**facts, **({"enterprise": enterprise(zone)} if "enterprise" in facts else {})}
    with pytest.raises(ValidationError, match=words):
        testing.enter(NodeFirm, zone, "since\n2024-01-01", node=node, **facts)
    testing.enter(NodeFirm, zone, "since\n2024-01-01", node=node, name="外地公司", standing="target")


def act(record, code, **facts):
    """Do something with a record as it is now."""
    record = type(record).objects.get(pk=record.pk)
    return commit([actions.find(code).plan(record, by=SYSTEM, version=record.row_version, **facts)], by=SYSTEM)


def test_a_firm_that_came_was_not_there_before(zone):
    [node] = nodes(zone, chain(zone), "甲")
    [target] = testing.enter(NodeFirm, zone, "since\n2024-01-01", node=node, name="外地公司", standing="target", anchor=True)
    came = enterprise(zone)
    with pytest.raises(ValidationError, match="「所处状态」不能改：目标企业来了的，请办理「已落户」"):
        act(target, "node_firms.correct", facts={"standing": "present", "enterprise": came, "name": ""}, reason="落户了")
    with pytest.raises(ValidationError, match="请先把它登记到企业名录"):
        act(target, "node_firms.settle", settled_on=date(2024, 6, 1))
    with pytest.raises(ValidationError, match="应晚于列为目标的日期"):
        act(target, "node_firms.settle", settled_on=date(2024, 1, 1), enterprise=came)
    act(target, "node_firms.settle", settled_on=date(2024, 6, 1), enterprise=came, basis="营业执照")
    held = NodeFirm.objects.current().order_by("since").values_list("standing", "name", "since", "until", "anchor")
    assert [(standing, name, str(since), str(until), anchor) for standing, name, since, until, anchor in held] == [
        ("target", "外地公司", "2024-01-01", "2024-06-01", True), ("present", "", "2024-06-01", "None", True)]
    with pytest.raises(ValidationError, match="不是还在争取的目标企业"):
        act(target, "node_firms.settle", settled_on=date(2024, 7, 1), enterprise=came)
    [known] = testing.enter(NodeFirm, zone, "since\n2024-01-01", node=node, enterprise=enterprise(zone, "Q2"), standing="target")
    act(known, "node_firms.settle", settled_on=date(2024, 7, 1))
    assert NodeFirm.objects.current().get(enterprise__code="Q2", standing="present").since == date(2024, 7, 1)


def test_a_firm_stands_on_a_segment_once_a_day(zone):
    [node] = nodes(zone, chain(zone), "甲")
    firm = enterprise(zone)
    rows = testing.enter(NodeFirm, zone, "since | until\n2022-01-01 | 2023-01-01\n2023-01-01 |", node=node, enterprise=firm)
    with pytest.raises(ValidationError, match="时间重叠"):
        testing.enter(NodeFirm, zone, "since | until\n2022-06-01 | 2022-09-01", node=node, enterprise=firm)
    with pytest.raises(ValidationError, match="时间重叠"):
        act(rows[0], "node_firms.correct", facts={"until": date(2023, 1, 2)}, reason="更正")
    act(rows[1], "node_firms.archive", reason="误报")
    act(rows[0], "node_firms.correct", facts={"until": date(2023, 1, 2)}, reason="更正")


def test_what_something_stands_on_is_not_archived(zone):
    of = chain(zone)
    one, other = nodes(zone, of, "甲", "乙")
    [firm] = testing.enter(NodeFirm, zone, "code | since\nF1 | 2024-01-01", node=one, name="外地公司", standing="target")
    with pytest.raises(ValidationError, match="甲 上还有环节企业 F1，请先归档"):
        act(one, "chain_nodes.archive", reason="误报")
    with pytest.raises(ValidationError, match=r"C1 节能环保 上还有环节 (甲、乙|乙、甲)"):
        act(of, "chains.archive", reason="误报")
    plans = [actions.find(each.right_to("archive")).plan(each, by=SYSTEM, version=1, reason="误报") for each in (of, one, other, firm)]
    commit(plans, by=SYSTEM)  # all of it together
    assert not ChainNode.objects.current().exists()


def test_whoever_leads_a_chain_is_succeeded(zone, clerk):
    of = chain(zone)
    one, other = testing.employ(zone, "one"), testing.employ(zone, "other")
    appoint = actions.find("chains.appoint").plan
    commit([appoint(of, by=clerk, version=1, role="head", person=one, since=date(2024, 1, 1))], by=clerk)
    commit([appoint(of, by=clerk, version=1, role="head", person=other, since=date(2024, 5, 1))], by=clerk)
    held = ChainHead.objects.current().order_by("since").values_list("person__code", "since", "until")
    assert [(code, str(since), until and str(until)) for code, since, until in held] == [
        ("one", "2024-01-01", "2024-05-01"), ("other", "2024-05-01", None)]


def test_the_local_rate_is_what_was_bought_locally_in_the_year(zone):
    buyer = enterprise(zone)
    rows = testing.enter(Supply, zone, """
        code | year | product | supplier_name | local | amount
        P1   | 2024 | 涂料    | 本地甲        | True  | 860
        P2   | 2024 | 元件    | 外地乙        |       | 1750
        P3   | 2023 | 涂料    | 本地甲        | True  | 999
    """, buyer=buyer)
    rate = indicators.find("chains.local_supply_rate")

    def told():
        figure = rate.figure(Period.parse("2024-H1"), scope={zone})
        return str(figure.value), figure.numerator.value, figure.denominator.value

    assert told() == ("32.95", 860, 2610)
    commit([actions.find("supplies.archive").plan(rows[1], by=SYSTEM, version=1, reason="误报")], by=SYSTEM)
    assert told() == ("100.00", 860, 860)


def test_a_supplier_on_record_supplies_locally_and_nobody_buys_of_himself_or_twice(zone):
    buyer, supplier = enterprise(zone), enterprise(zone, "Q2", "供应公司")
    facts = {"year": "2024", "buyer": buyer, "product": "涂料", "amount": "5"}
    [made] = testing.enter(Supply, zone, "code\nP1", **facts, supplier=supplier)
    assert made.local
    for wrong, words in (
        ({"supplier": supplier}, "已经登记"), ({"supplier": buyer}, "是同一家企业"),
        ({"year": "20245", "supplier_name": "某厂"}, "不像年份"),
    ):
        with pytest.raises(ValidationError, match=words):
            testing.enter(Supply, zone, "code\nP2", **{**facts, **wrong})
    testing.enter(Supply, zone, "code\nP3", **facts, supplier_name="某厂")
    with pytest.raises(ValidationError, match="已经登记"):
        testing.enter(Supply, zone, "code\nP4", **facts, supplier_name="某厂")


def test_a_supplier_on_record_is_local_though_nobody_ticks_the_box(zone, clerk, client):
    buyer, supplier = enterprise(zone), enterprise(zone, "Q2", "供应公司")
    client.force_login(clerk)
    typed = {"code": "P1", "year": "2024", "buyer": buyer.pk, "product": "涂料", "amount": "5", "owner": zone.pk, "supplier": supplier.pk}
    assert client.post(reverse("new", args=["supplies"]), {**typed, "version": 0, "token": "1"}).status_code == 302
    made = Supply.objects.get(code="P1")
    assert made.local
    with pytest.raises(ValidationError, match="供应商在册的，都算本地供应"):
        act(made, "supplies.correct", facts={"local": False}, reason="更正")
    elsewhere = {**typed, "supplier": "", "supplier_name": "外地厂", "local": "on", "version": 1, "token": "2", "reason": "更正"}
    assert client.post(reverse("edit", args=["supplies", made.pk]), elsewhere).status_code == 302
    assert not Supply.objects.get(code="P1").local  # what was so of itself is said anew
    act(made, "supplies.correct", facts={"local": True}, reason="在本地生产")
    act(made, "supplies.correct", facts={"amount": "6"}, reason="更正")
    assert Supply.objects.get(code="P1").local


def test_an_import_and_a_return_to_the_record_make_a_supplier_local(zone):
    facts = {"year": "2024", "buyer": enterprise(zone), "product": "涂料", "amount": "5"}
    supplier = enterprise(zone, "Q2", "供应公司")
    [made] = testing.enter(Supply, zone, "code\nP1", **facts, supplier=supplier, local=False)
    [named] = testing.enter(Supply, zone, "code\nP2", **{**facts, "product": "元件"}, supplier_name="某厂")
    assert (made.local, named.local) == (True, False)
    act(named, "supplies.correct", facts={"supplier": supplier, "supplier_name": ""}, reason="已在册")
    assert Supply.objects.get(code="P2").local


def test_many_links_are_checked_for_circles_in_as_many_statements_as_few(zone):
    names = [f"N{number}" for number in range(20)]
    nodes(zone, chain(zone), *names)

    def statements(pairs):
        found = dict(ChainNode.objects.values_list("code", "id"))
        made = [ChainLink(feeder_id=found[one], fed_id=found[other]) for one, other in pairs]
        with CaptureQueriesContext(connection) as asked:
            ChainLink.refuse_together(made)
        return len(asked)

    assert statements(pairwise(names[:3])) == statements(pairwise(names))


def test_what_is_in_focus_and_how_many_segments_there_are(zone):
    first = chain(zone, focus=True)
    nodes(zone, first, "甲", "乙")
    nodes(zone, chain(zone, "C2", "智能制造"), "丙")
    codes = ("chains.focus.count", "chains.nodes.count")
    value = {code: indicators.find(code).figure(Period.parse("2024"), scope={zone}).value for code in codes}
    assert value == {"chains.focus.count": 1, "chains.nodes.count": 3}
    commit([actions.find("chains.correct").plan(first, by=SYSTEM, version=1, facts={"focus": False}, reason="调整")], by=SYSTEM)
    assert indicators.find("chains.focus.count").figure(Period.parse("2024"), scope={zone}).value == 0


class TestChains(testing.RegisterTests):
    register = Chain

    def facts(self, zone):
        return {"name": "节能环保", "focus": True}


class TestHeads(testing.RegisterTests):
    register = ChainHead

    def facts(self, zone):
        return {"subject": chain(zone), "role": "head", "person": User.objects.get(code="clerk"), "since": "2024-01-01"}


class TestNodes(testing.RegisterTests):
    register = ChainNode

    def facts(self, zone):
        return {"chain": chain(zone), "name": "固废利用", "position": "2", "wanted": "fill"}


class TestLinks(testing.RegisterTests):
    register = ChainLink

    def facts(self, zone):
        feeder, fed = nodes(zone, chain(zone), "甲", "乙")
        return {"feeder": feeder, "fed": fed}


class TestFirms(testing.RegisterTests):
    register = NodeFirm

    def facts(self, zone):
        [node] = nodes(zone, chain(zone), "甲")
        return {"node": node, "enterprise": enterprise(zone), "standing": "present", "anchor": True, "since": "2024-01-01"}


class TestSupplies(testing.RegisterTests):
    register = Supply

    def facts(self, zone):
        return {"year": 2024, "buyer": enterprise(zone), "product": "涂料", "supplier_name": "本地甲", "local": True, "amount": "860"}


def test_firms_come_in_as_a_table_and_one_that_stands_there_already_is_named(zone, clerk):
    nodes(zone, chain(zone), "回收", "处理")
    testing.enter(Enterprise, zone, "code | name\nQ1 | 演示甲\nQ2 | 演示乙")
    testing.enter(NodeFirm, zone, "node | enterprise | standing | since\n回收 | Q1 | present | 2024-01-01")
    lines = "\n".join((
        "环节\t企业\t企业名称\t所处状态\t自", "处理\tQ1\t\t已有\t2024-02-01", "处理\t\t演示外地丙\t目标\t2024-02-01",
        "处理\t\t演示外地丙\t目标\t2024-03-01", "回收\tQ2\t\t已有\t2024-02-01"))
    upload = importing.receive(NodeFirm, zone, clerk, "环节企业.txt", lines)
    importing.check(upload)
    rows = map(json.loads, upload.staged.read_text(encoding="utf-8").splitlines())
    told = {row["number"]: row["faults"] for row in rows if row.get("faults")}
    assert [*told] == [4]
    assert "已经登记" in str(told[4])


class TestTasks(testing.RegisterTests):
    register = ChainTask

    def facts(self, zone):
        return {"chain": chain(zone), "title": "补上缺口", "kind": "fill", "mode": "chain", "role": "control", "office": zone,
                "set_on": "2024-01-05", "due_on": "2024-12-31"}


@pytest.fixture
def led(zone):
    """Return a chain with its leader, a supplier, a firm that is aimed at as another leader, and tasks."""
    made = chain(zone)
    one, other = nodes(zone, made, "装备", "部件")
    leader, supplier = enterprise(zone, "Q1", "研究院"), enterprise(zone, "Q2", "部件公司")
    testing.enter(NodeFirm, zone, "code | since\nF1 | 2023-01-01", node=one, enterprise=leader, anchor=True)
    testing.enter(NodeFirm, zone, "code | since\nF2 | 2023-01-01", node=other, enterprise=supplier)
    testing.enter(NodeFirm, zone, "code | since\nF3 | 2023-01-01", node=other, name="外地公司", standing="target", anchor=True)
    testing.enter(ChainTask, zone, """
        code | title    | kind  | enterprise | set_on     | due_on     | done_on
        T1   | 补电控   | fill  | Q2         | 2024-01-05 | 2024-12-31 |
        T2   | 联合攻关 | joint | Q1         | 2024-01-05 | 2024-09-30 |
        T3   | 试用     | joint | Q1         | 2024-01-05 | 2024-06-30 | 2024-06-20
    """, chain=made)
    testing.enter(Supply, zone, "product | supplier | amount\n电控箱 | Q2 | 900", year=2024, buyer=leader)
    testing.enter(Supply, zone, "product | supplier_name | amount\n电机 | 外地厂 | 600", year=2024, buyer=leader)
    return made


def test_m4_01_a_chain_s_page_shows_its_leader_linked_firms_and_open_tasks(zone, led, clerk, client, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    client.force_login(clerk)
    page = client.get(reverse("chain-map", args=[led.pk]))
    shown = page.context["map"]
    assert [each.firm for each in shown.anchors if each.standing == "present"] == ["研究院"]
    assert [each.firm for segment in shown.segments for each in segment.firms] == ["研究院", "部件公司"]
    assert [each.title for each in shown.tasks] == ["联合攻关", "补电控"]  # the first that is due; what is done is gone
    text = page.content.decode()
    assert all(word in text for word in ("研究院", "部件公司", "补电控", "2024-09-30 前完成"))


def test_m4_01_whoever_may_not_see_enterprises_is_not_told_who_does_a_task(zone, led, client):
    client.force_login(testing.employ(zone, "guest", "chains.view chain_tasks.view"))
    text = client.get(reverse("chain-map", args=[led.pk])).content.decode()
    assert "补电控" in text
    assert "部件公司" not in text


def test_m4_01_leaders_open_tasks_and_the_local_supply_rate_come_from_rows(zone, led):
    period = Period.parse("2024-08-05")

    def told():
        codes = ("chains.leader.count", "chains.tasks.open.count", "chains.local_supply_rate")
        return [str(indicators.find(code).figure(period, scope={zone}).value) for code in codes]

    assert told() == ["1", "2", "60.00"]
    assert indicators.find("chains.tasks.open.count").figure(Period.parse("2024-06"), scope={zone}).value == 2
    assert indicators.find("chains.tasks.open.count").figure(Period.parse("2024-05"), scope={zone}).value == 3
    act(ChainTask.objects.get(code="T1"), "chain_tasks.archive", reason="误报")
    act(NodeFirm.objects.get(code="F1"), "node_firms.archive", reason="误报")
    act(Supply.objects.get(product="电机"), "supplies.archive", reason="误报")
    assert told() == ["0", "1", "100.00"]


def test_m4_01_a_second_leader_of_a_chain_is_pointed_out(zone, led):
    [node] = nodes(zone, led, "运维")
    [second] = testing.enter(NodeFirm, zone, "since\n2024-01-01", node=node, enterprise=enterprise(zone, "Q3", "另一家"), anchor=True)
    assert second.warnings() == ["这条产业链另有 1 家链主，请核对谁是链主。"]
    [task] = ChainTask.objects.filter(code="T2")
    assert task.warnings() == []


def test_m4_01_a_task_is_somebody_s_and_its_days_are_in_order(zone, led):
    with pytest.raises(ValidationError, match="请填写「承担企业」或「责任单位」"):
        testing.enter(ChainTask, zone, "title | kind | set_on\n补 | fill | 2024-01-05", chain=led)
    with pytest.raises(ValidationError, match="早于提出日期 2024-01-05"):
        testing.enter(ChainTask, zone, "title | kind | set_on | due_on\n补 | fill | 2024-01-05 | 2024-01-04", chain=led, office=zone)
