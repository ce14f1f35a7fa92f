"""Projects brought in along a chain: a table of leads."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import indicators, testing
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.chains.models import Chain, ChainNode
from kaifaqu.registers.projects.models import Lead
from kaifaqu.sheets import importing


@pytest.fixture
def ledger(zone):
    testing.enter(Chain, zone, """
        code | name
        C1   | 节能环保
        C2   | 智能制造
    """)
    testing.enter(Lead, zone, """
        code | name | chain    | category   | introduced | first_contact_on | negotiating_on | signed_on
        L1   | 甲   | C1       | 废弃物利用 | True       | 2022-01-01       | 2022-02-01     | 2022-03-01
        L2   | 乙   | C1       | 食品加工   | True       | 2023-01-01       | 2023-02-01     | 2023-03-01
        L3   | 丙   | C1       | 食品加工   | True       | 2024-01-01       | 2024-02-01     | 2024-06-30
        L4   | 丁   |          |            | True       | 2024-01-01       | 2024-02-01     | 2024-07-01
        L5   | 戊   | C2       | 机器人     | True       | 2024-01-01       | 2024-02-01     |
        L6   | 己   | C2       | 机器人     |            | 2024-01-01       | 2024-02-01     | 2024-03-01
    """)


@pytest.mark.parametrize(
    ("which", "values", "rows"),
    [
        ("", (1, 3, 4), ["L1", "L2", "L3", "L4"]),
        (".chains", (1, 1, 1), ["L1", "L2", "L3"]),  # what is not filled in is no chain
        (".categories", (1, 2, 2), ["L1", "L2", "L3"]),
    ],
)
def test_what_was_brought_in_is_signed_and_marked(ledger, zone, which, values, rows):
    definition = indicators.find(f"leads.introduced{which}.count")
    told = [definition.figure(Period.parse(day), scope={zone}) for day in ("2022-12-31", "2024-06-30", "2024-08-05")]
    assert tuple(each.value for each in told) == values
    assert [record.code for record in told[-1].records] == rows


def lead(zone, **facts):
    """Enter a lead."""
    [made] = testing.enter(Lead, zone, "first_contact_on\n2024-01-01", **facts)
    return Lead.objects.get(pk=made.pk)


def test_the_chain_of_a_lead_is_that_of_its_segment(zone):
    green, other = testing.enter(Chain, zone, "code | name\nC1 | 节能环保\nC2 | 智能制造")
    [node] = testing.enter(ChainNode, zone, "code | name\nH1 | 固废利用", chain=green)
    assert lead(zone, name="甲", node=node).chain == green
    with pytest.raises(ValidationError, match="环节「固废利用」不在产业链「智能制造」上"):
        lead(zone, name="乙", node=node, chain=other)


def test_a_lead_like_one_already_known_is_warned_of_and_names_it(zone):
    lead(zone, code="L1", name="废旧轮胎利用项目", investor="某某公司", investor_code="91149900MADEM00011")
    like = lead(zone, code="L2", name="废旧轮胎综合利用项目", investor="某某公司")
    assert [each for each in like.warnings() if "同一投资方" in each and "L1 废旧轮胎利用项目（线索）" in each]
    coded = lead(zone, code="L3", name="废旧轮胎利用", investor_code="91149900MADEM00011")
    assert [each for each in coded.warnings() if "L1 " in each]
    assert [each for each in coded.warnings() if "校验位" in each]
    another = lead(zone, code="L4", name="无人机部件", investor="某某公司")
    for other in (another, lead(zone, code="L5", name="废旧轮胎利用项目", investor="另一家")):
        assert other.warnings() == []  # another intention of the same investor, and the same one of another


def test_how_like_two_names_are_that_may_be_the_same_is_a_rule_of_the_zone(zone):
    lead(zone, code="L1", name="废旧轮胎利用项目", investor="某某公司")
    like = lead(zone, code="L2", name="废旧轮胎综合利用项目", investor="某某公司")
    testing.enter(DatedRule, zone, "since | published_on\n2024-01-01 | 2024-01-01", kind="projects.alike", source_document="文件",
                  content='{"percent": 95}')
    assert like.warnings() == []


@pytest.mark.parametrize("column", ["investor", "investor_code"])
def test_an_imported_lead_like_one_already_known_asks_a_person(zone, clerk, column):
    named = {"investor": "某某公司", "investor_code": "91149900MADEM00011"}
    lead(zone, code="L1", name="废旧轮胎利用项目", **named)
    labels = {"investor": "投资方", "investor_code": "投资方统一社会信用代码"}
    table = f"拟投项目\t{labels[column]}\t首次接触日期\n废旧轮胎利用项目\t{named[column]}\t2024-05-06"
    upload = importing.receive(Lead, zone, clerk, "粘贴.txt", table)
    importing.check(upload)
    assert upload.found["counts"]["alike"] == 1
