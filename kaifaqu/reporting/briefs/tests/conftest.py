"""A small zone with two offices that make briefs: one drafts, one reviews and issues."""

from datetime import datetime

import pytest

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import Project
from kaifaqu.reporting import calls
from kaifaqu.reporting.composing import Composer
from kaifaqu.reporting.document import Document

PERIOD = Period.parse("2024-H1")
TEXT = """# {{ 单位 }}{{ 本期 }}项目情况
## 在建
在建项目{{ 数("在建项目数") }}，总投资{{ 数("在建项目总投资", 单位="亿元") }}，{{ 数("在建项目数", 比较="上年同期", 写作="增减量") }}。
{{ 清单("在建项目数", 栏目="编号,项目名称,开工日期") }}
"""


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on 5 August 2024."""
    clock.set(datetime(2024, 8, 5, 9, tzinfo=clock.ZONE))


@pytest.fixture
def reviewer(zone):
    return testing.employ(zone, "reviewer", "briefs.view briefs.review briefs.issue projects.view")


@pytest.fixture
def projects(zone, clerk):
    """Return four projects: two under construction at both ends, one that began in the period, one not begun."""
    return testing.enter(Project, zone, """
        code | name   | nature    | total_investment | signed_on  | started_on
        P1   | 甲项目 | new       | 12000            | 2022-01-01 | 2022-03-01
        P2   | 乙项目 | expansion | 8000             | 2022-05-01 | 2023-02-01
        P3   | 丙项目 | new       | 5000             | 2024-01-05 | 2024-04-02
        P4   | 丁项目 | new       | 3000             | 2024-05-01 |
    """, by=clerk)


@pytest.fixture
def asker(zone, clerk, projects):
    return calls.now(PERIOD, [zone.pk], clerk)


@pytest.fixture
def composer(asker, zone):
    return Composer(asker, Document("", zone.name, PERIOD.text, PERIOD.label, asker.known, "2024年8月5日"))


@pytest.fixture
def do():
    """Return how an action is taken on a record as it stands now: `do(code, record, by, **facts)`."""

    def take(code, record, by, **facts):
        action = actions.find(code)
        if not action.creates:
            record = type(record).objects.get(pk=record.pk)
            facts["version"] = record.row_version
        return commit([action.plan(record, by=by, **facts)], by=by)[0]

    return take


@pytest.fixture
def template(zone, clerk, do):
    facts = {"code": "MB1", "name": "半年情况", "rhythm": "half", "body": TEXT}
    return do("brief_templates.create", zone, clerk, facts=facts)


@pytest.fixture
def brief(template, zone, clerk, projects, do):
    return do("briefs.create", zone, clerk, facts={"template": template, "period": "2024-H1"})
