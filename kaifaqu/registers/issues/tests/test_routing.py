"""An issue goes to the unit that the zone's rule names for its category, once, and the rule says where it is wrong."""

import json

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.testing import enter
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.issues.rules import ROUTING
from kaifaqu.registers.issues.tests.conftest import act


def lay_down(office, **holders):
    """Lay down which unit handles which category."""
    content = json.dumps({"routes": {category: {"holder": code} for category, code in holders.items()}})
    enter(DatedRule, office.zone, "since | published_on | source_document\n2024-01-01 | 2024-01-01 | 分工文件",
          kind=ROUTING.code, content=content)


def test_it_goes_to_the_unit_that_the_rule_names_with_its_document(office):
    lay_down(office, land="DEP")
    issue = act(office.opened(), "route", office.clerk)
    assert (issue.stage, issue.holder) == ("assigned", office.department)
    assert [step.text for step in issue.steps()] == ["按分工：分工文件"]


@pytest.mark.parametrize(("holders", "told"), [
    ({"power": "DEP"}, "分工里没有写「用地.*」由谁承办"), ({"land": "NONE"}, "分工里的承办单位「NONE」不存在.*难点堵点分工"),
])  # fmt: skip
def test_a_unit_that_is_not_named_and_one_that_does_not_exist_are_told_apart(office, holders, told):
    lay_down(office, **holders)
    with pytest.raises(ValidationError, match=told):
        act(office.opened(), "route", office.clerk)


def test_what_is_over_or_held_goes_nowhere_by_the_rule(office):
    lay_down(office, land="DEP")
    held = act(office.opened("N2"), "assign", office.clerk, holder=office.zone)
    closed = office.opened()
    for verb, by, facts in (("assign", "clerk", {"holder": office.department}), ("resolve", "handler", {"result": "已办"}),
                            ("verify", "clerk", {}), ("confirm", "owner", {"satisfaction": "satisfied"})):
        closed = act(closed, verb, getattr(office, by), **facts)
    for issue, told in ((held, "「交办」，只有登记或受理后"), (closed, "「销号」，只有登记或受理后")):
        with pytest.raises(ValidationError, match=told):
            act(issue, "route", office.clerk)
        assert Issue.objects.get(pk=issue.pk).stage == issue.stage
