"""Reconciliation: the projects under construction on two days differ by exactly those that came and went."""

import random
from datetime import date, timedelta

import pytest

from kaifaqu.kernel import actions, indicators
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import Project

TERMS = ("opening", "started", "resumed", "produced", "terminated", "suspended", "closing")


def reconciled(zone, period, measure, by=None):
    """Return the seven terms, as values or as groups."""
    definitions = [indicators.find(f"projects.reconciliation.{term}.{measure}") for term in TERMS]
    figures = evaluate([(definition, Period.parse(period)) for definition in definitions], scope={zone}, by=by)
    return dict(zip(TERMS, figures, strict=True))


def test_each_way_in_and_out(projects, zone):
    projects("""
        name             | total_investment | started_on | production_on | terminated_on | suspended
        一直在建         | 1                | 2023-05-01 |               |               |
        期初前一日投产   | 2                | 2023-05-01 | 2023-12-31    |               |
        期初投产         | 4                | 2023-05-01 | 2024-01-01    |               |
        期内开工并投产   | 8                | 2024-02-01 | 2024-06-30    |               |
        期末开工         | 16               | 2024-06-30 |               |               |
        期后开工         | 32               | 2024-07-01 |               |               |
        期内终止         | 64               | 2023-05-01 |               | 2024-03-01    |
        投产后终止       | 128              | 2023-05-01 | 2024-02-01    | 2024-03-01    |
        停建             | 256              | 2023-05-01 |               |               | 2024-06-30..
        期初停建后复工   | 512              | 2023-05-01 |               |               | 2023-12-01..2024-05-01
        期内停建又复工   | 1024             | 2023-05-01 |               |               | 2024-02-01..2024-05-01
        停建中终止       | 2048             | 2023-05-01 |               | 2024-05-01    | 2023-12-01..2024-06-01
    """)
    told = reconciled(zone, "2024-H1", "investment")
    assert {term: int(figure.value) for term, figure in told.items()} == {
        "opening": 1 + 4 + 64 + 128 + 256 + 1024,
        "started": 8 + 16,
        "resumed": 512,
        "produced": 4 + 8,
        "terminated": 64 + 128,
        "suspended": 256,
        "closing": 1 + 16 + 512 + 1024,
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_identity_holds_for_every_history_period_and_group(zone, seed):
    chance = random.Random(seed)

    def day(chance_of_none=0.0):
        return None if chance.random() < chance_of_none else date(2022, 1, 1) + timedelta(days=chance.randrange(1000))

    def span():
        return sorted((day(), day() + timedelta(days=1001)))

    def facts():
        started, production, full, terminated = sorted((day(), day(), day(), day()))
        return {
            "name": "随机", "signed_on": "2021", "started_on": chance.choice((None, started, started, started)),
            "production_on": chance.choice((None, production)), "full_capacity_on": chance.choice((None, None, full)),
            "terminated_on": chance.choice((None, None, terminated)), "total_investment": chance.randrange(1, 10**6),
            "nature": chance.choice(("new", "expansion", "")),
        }

    create = {register: actions.find(f"{register}.create").plan for register in ("projects", "suspensions")}
    commit([create["projects"](zone, by=SYSTEM, facts=facts()) for _ in range(80)], by=SYSTEM)
    spans = []
    for project in Project.objects.all():
        for _ in range(chance.randrange(3)):
            since, until = span()
            spans.append({"subject": project, "since": since, "until": until, "cause": "资金"})
    commit([create["suspensions"](zone, by=SYSTEM, facts=each) for each in spans], by=SYSTEM)

    by = chance.choice((None, *(each for each in indicators.find("projects.new.count").by if each.code != "park")))
    for period in ("2022-H1", "2022-H2", "2023", "2024-Q1", "2024-02", "2023-07-14"):
        for measure in ("count", "investment"):
            told = reconciled(zone, period, measure, by)
            for key in {None} | {group.key for figure in told.values() for group in figure.groups}:
                values = {
                    term: figure.value if key is None else sum(group.value for group in figure.groups if group.key == key)
                    for term, figure in told.items()
                }
                came = values["opening"] + values["started"] + values["resumed"]
                assert values["closing"] == came - values["produced"] - values["terminated"] - values["suspended"], period
