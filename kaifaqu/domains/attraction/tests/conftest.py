"""Fixtures: a chain with segments, and leads at every point of their way."""

import pytest

from kaifaqu.kernel import testing
from kaifaqu.registers.chains.models import Chain, ChainNode, NodeFirm
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Lead


@pytest.fixture
def chain(zone):
    """Return a chain of four segments, of which the first has a firm and the last a firm that is aimed at."""
    [made] = testing.enter(Chain, zone, "code | name | focus\nC1 | 节能环保 | True")
    testing.enter(ChainNode, zone, """
        code | name     | position
        H1   | 固废利用 | 1
        H2   | 清洁燃料 | 2
        H3   | 循环包装 | 3
        H4   | 环境监测 | 3
    """, chain=made)
    testing.enter(Enterprise, zone, "code | name\nQ1 | 某某资源公司")
    testing.enter(NodeFirm, zone, """
        code | node | enterprise | name     | standing | anchor | since
        F1   | H1   | Q1         |          | present  | True   | 2022-01-01
        F2   | H4   |            | 外地公司 | target   |        | 2024-01-01
    """)
    return made


@pytest.fixture
def leads(zone, chain):
    """Return leads: three in negotiation, one signed, one lost, one only known."""
    return testing.enter(Lead, zone, """
        code | name     | node | first_contact_on | judged_on  | negotiating_on | intent_on  | signed_on  | failed_on  | fail_kind
        L1   | 燃料添加 | H2   | 2024-01-05       | 2024-01-09 | 2024-02-01     |            |            |            |
        L2   | 托盘     | H3   | 2024-01-10       |            | 2024-03-01     | 2024-05-06 |            |            |
        L3   | 轴承     |      | 2024-02-10       |            | 2024-04-01     |            |            |            |
        L4   | 废塑料   | H1   | 2023-02-10       |            | 2023-04-01     | 2024-01-15 | 2024-02-20 |            |
        L5   | 电镀     | H4   | 2024-01-02       |            | 2024-02-05     |            |            | 2024-05-08 | land
        L6   | 监测     | H4   | 2024-06-03       |            |                |            |            |            |
    """)
