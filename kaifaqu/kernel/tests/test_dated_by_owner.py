"""A condition by each owner's rule, the shipped one for all others; and a date within a period."""

from datetime import date

import pytest
from django.db.models import Q

from kaifaqu.kernel import dated, testing
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World


@pytest.fixture
def kind(monkeypatch, tmp_path):
    monkeypatch.setattr(dated, "_kinds", {})
    default = tmp_path / "rule.json"
    default.write_text('{"content": {"days": 7}, "source": "出厂默认"}', encoding="utf-8")
    return dated.RuleKind("test.kind", "试验", default, lambda content: "")


def test_each_owner_by_its_own_rule_and_equal_contents_once(kind, zone):
    owners = [zone, testing.party(zone, "A", "甲"), testing.party(zone, "B", "乙")]
    for owner, content in zip(owners, ('{"days": 3, "more": 1}', '{"more": 1, "days": 3}', '{"days": 9}'), strict=True):
        testing.enter(DatedRule, owner, "since | published_on | source_document\n2024-01-01 | 2024-01-01 | 文件",
                      kind=kind.code, content=content)
    asked: list[int] = []

    def condition(content):
        asked.append(content["days"])
        return Q(code=str(content["days"]))

    found = dated.by_owner(kind, date(2024, 6, 30), World(), condition)
    first, second, third = sorted(owner.pk for owner in owners)
    assert found == (
        ~Q(owner_id__in=[first, second, third]) & Q(code="7") | Q(owner_id__in=[first, second]) & Q(code="3")
        | Q(owner_id__in=[third]) & Q(code="9"))
    assert sorted(asked) == [3, 7, 9]
    assert dated.by_owner(kind, date(2023, 6, 30), World(), condition) == ~Q(owner_id__in=[]) & Q(code="7")


def test_a_date_within_a_period():
    assert during("held_on", Period.parse("2024-Q1")) == Q(held_on__gte=date(2024, 1, 1), held_on__lte=date(2024, 3, 31))
