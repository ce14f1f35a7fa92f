"""What the page says about attraction (M2-09, M2-10), done by somebody in attraction as far as his rights go."""

import pytest

from kaifaqu.domains.attraction.models import NegotiationRound, ProductCapacity
from kaifaqu.kernel import actions, indicators, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.chains.models import ChainNode
from kaifaqu.registers.projects.models import Lead, Project
from kaifaqu.sheets import importing

NAMES = ("聚甲氧基二甲醚", "标准化塑料托盘", "四氢噻吩和邻氨基苯甲酸", "硫化碱",
         "轴承", "预制菜", "光伏支架", "医用耗材", "电池箱体", "秸秆利用")
CAPACITIES = """线索\t产品\t拟建年产能\t计量单位
L1\t聚甲氧基二甲醚\t10\t万吨/年
L2\t标准化塑料托盘\t200\t万套/年
L3\t四氢噻吩\t2000\t吨/年
L3\t邻氨基苯甲酸\t1\t万吨/年
L4\t硫化碱\t5\t万吨/年"""


@pytest.fixture
def attraction(zone):
    """Return a person in attraction."""
    registers = {
        "leads", "product_capacities", "negotiation_rounds", "chains", "chain_nodes", "node_firms", "enterprises", "changesets", "projects"}
    return testing.employ(zone, "attraction", " ".join(right for right in actions.rights() if right.partition(".")[0] in registers))


@pytest.fixture
def ten(zone, attraction):
    """Return ten leads in negotiation, of which four name five products."""
    rows = "\n".join(f"L{number} | {name}项目 | 2024-01-05 | 2024-02-01" for number, name in enumerate(NAMES, 1))
    return testing.enter(Lead, zone, f"code | name | first_contact_on | negotiating_on\n{rows}", by=attraction)


def figure(zone, code, by=""):
    """Return the figure on the day of the page."""
    definition = indicators.find(code)
    return definition.figure(Period.parse("2024-08-05"), scope={zone}, by=next((each for each in definition.by if each.code == by), None))


def of_product(zone, code, product):
    """Return the planned capacity of one product."""
    return next(group.value for group in figure(zone, code, "product").groups if group.label == product)


def test_m2_09_ten_leads_with_products_capacities_and_units_are_counted_as_ten(zone, attraction, ten):
    upload = importing.receive(ProductCapacity, zone, attraction, "粘贴.txt", CAPACITIES)
    importing.check(upload)
    importing.write(upload, attraction)
    assert [each.display for each in ProductCapacity.objects.order_by("id")] == [
        "10 万吨/年", "200 万套/年", "2000 吨/年", "1 万吨/年", "5 万吨/年"]
    negotiated = figure(zone, "leads.in_negotiation.count")
    assert (negotiated.value, [each.code for each in negotiated.records]) == (10, sorted(each.code for each in ten))
    tonnes, sets = "attraction.planned_capacity.tonnes", "attraction.planned_capacity.sets"
    told = [of_product(zone, tonnes, "聚甲氧基二甲醚"), of_product(zone, sets, "标准化塑料托盘"), of_product(zone, tonnes, "四氢噻吩"),
            of_product(zone, tonnes, "邻氨基苯甲酸"), of_product(zone, tonnes, "硫化碱")]
    assert told == [100000, 2000000, 2000, 10000, 50000]
    assert (indicators.find(tonnes).unit, indicators.find(sets).unit) == ("吨/年", "套/年")
    assert figure(zone, "attraction.in_negotiation.named_products.count").value == 5


def test_m2_09_a_lead_is_discussed_visited_assessed_and_signed_into_a_project_that_names_it(zone, attraction, ten):
    [lead, *_others] = ten
    for kind in ("talk", "site"):
        testing.enter(NegotiationRound, zone, "held_on\n2024-03-05", lead=lead, kind=kind, by=attraction)
    sign = actions.find("leads.sign").plan
    commit([sign(Lead.objects.get(pk=lead.pk), by=attraction, version=1, signed_on="2024-05-06", total_investment="62000")], by=attraction)
    project = Project.objects.get()
    assert (project.lead.pk, project.name, str(project.signed_on)) == (lead.pk, lead.name, "2024-05-06")
    rate = figure(zone, "projects.rate.signing.negotiation")
    assert (rate.value, rate.numerator.value, rate.denominator.value) == (10, 1, 10)
    assert figure(zone, "leads.in_negotiation.count").value == 9


def test_m2_10_a_chain_shows_segments_firms_and_gaps_and_a_lead_on_a_gap_makes_it_in_negotiation(zone, chain, attraction, client):
    [lead] = testing.enter(
        Lead, zone, "name | first_contact_on | negotiating_on\n添加剂 | 2024-01-05 | 2024-02-01", by=attraction)
    states = ("present", "contracted", "in_negotiation", "gap")

    def told():
        return [" ".join(each.code for each in figure(zone, f"chains.nodes.{state}.count").records) for state in states]

    assert told() == ["H1", "", "", "H2 H3 H4"]
    correct = actions.find("leads.correct").plan
    facts = {"node": ChainNode.objects.get(code="H2")}
    commit([correct(Lead.objects.get(pk=lead.pk), by=attraction, version=1, facts=facts)], by=attraction)
    assert told() == ["H1", "", "H2", "H3 H4"]
    client.force_login(attraction)
    page = client.get(f"/chains/{chain.pk}/").content.decode()
    assert all(word in page for word in ("固废利用", "清洁燃料", "循环包装", "环境监测", "某某资源公司", "外地公司"))
    assert all(word in page for word in ("已有", "在谈", "缺口"))


def test_m2_10_four_introduced_projects_stand_on_their_segments(zone, chain, attraction, client):
    testing.enter(Lead, zone, """
        code | name     | node | category   | introduced | first_contact_on | negotiating_on | signed_on
        L1   | 固废     | H1   | 废弃物利用 | True       | 2022-01-01       | 2022-02-01     | 2022-03-01
        L2   | 杂粮     | H3   | 食品加工   | True       | 2023-01-01       | 2023-02-01     | 2023-03-01
        L3   | 净化装备 | H2   | 提标改造   | True       | 2023-01-01       | 2023-02-01     | 2023-12-19
        L4   | 污水装备 | H4   | 提标改造   | True       | 2024-01-01       | 2024-02-01     | 2024-04-16
    """, by=attraction)
    for number, name in enumerate(("固废", "杂粮", "净化装备", "污水装备"), 1):
        of = Lead.objects.get(code=f"L{number}")
        testing.enter(Project, zone, f"code | name | signed_on\nP{number} | {name}项目 | 2024-04-16", lead=of)
    assert figure(zone, "leads.introduced.count").value == 4
    client.force_login(attraction)
    for code, project in (("H1", "固废项目"), ("H3", "杂粮项目"), ("H2", "净化装备项目"), ("H4", "污水装备项目")):
        node = ChainNode.objects.get(code=code)
        assert project in client.get(f"/r/chain_nodes/{node.pk}/").content.decode()
        row = client.get(f"/chains/{chain.pk}/").content.decode().split(f'id="node-{node.pk}"')[1].split("</tr>")[0]
        assert project in row
