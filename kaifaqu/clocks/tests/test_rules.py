"""The table of clocks: the shipped one, an owner's own, and what it may not say."""

import json
import re
from datetime import date, time

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.clocks.clocks import Rule, Start, Step, Unit
from kaifaqu.clocks.rules import CLOCKS, clocks_of
from kaifaqu.kernel import testing
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.world import World

OWN = {"label": "回应", "amount": 1, "unit": "hour", "start": "same_day", "hours": [["08:30", "12:00"]], "basis": "演示文件"}


def enter(zone, content, since: str = "2026-03-01") -> None:
    testing.enter(DatedRule, zone, f"kind | since | published_on | source_document\nclocks.rules | {since} | {since} | 演示文件",
                  content=json.dumps(content))


@pytest.mark.parametrize(("code", "rule"), [
    ("issue.response", Rule(2, steps=(Step("yellow", 0), Step("red", 1)))),
    ("issue.resolution", Rule(10, ask_ahead=1, steps=(Step("remind", -1), Step("yellow", 0), Step("red", 3), Step("supervise", 5)))),
    ("approval.papers", Rule(5)),
    ("approval.decision", Rule(20, longest_extension=10, steps=(Step("remind", -3), Step("yellow", 0), Step("red", 1)))),
])  # fmt: skip
def test_the_shipped_table(zone, code, rule):
    found = clocks_of(zone.pk, date(2026, 3, 2), World())[code]
    assert found.rule == rule
    assert found.basis


def test_an_owner_lays_down_one_clock_and_keeps_the_others(zone):
    """A clock takes the rule of the day on which it starts."""
    enter(zone, {"issue.response": OWN})
    before, after = (clocks_of(zone.pk, day, World()) for day in (date(2026, 2, 28), date(2026, 3, 1)))
    assert before["issue.response"].rule.amount == 2
    assert after["issue.response"].rule == Rule(1, Unit.HOUR, Start.SAME_DAY, hours=((time(8, 30), time(12)),))
    assert after["issue.resolution"] == before["issue.resolution"]


@pytest.mark.parametrize(("wrong", "sentence"), [
    ({"amount": 0}, "时限「x」：请写明「时间」（amount）：1 至 9999 的整数。"),
    ({"amount": True}, "（amount）"),
    ({"unit": "week"}, "「计算单位」（unit）：working_day（个工作日）、calendar_day（日）、hour（小时）"),
    ({"unit": ["hour"]}, "（unit）"),
    ({"start": "tomorrow"}, "「起算」（start）：next_day（次日起算）"),
    ({"roll": True}, "时限「x」：「末日遇休息日顺延」只有按日计算的才有"),
    ({"hours": [["12:00", "08:30"]]}, "「工作时间」请按先后写"),
    ({"hours": [["08:30", "12:00"], ["11:30", "18:00"]]}, "「工作时间」请按先后写"),
    ({"hours": [["08:30", "25:00"]]}, "工作时间第 1 行：请写明「到」（closing）：时刻，写成 08:30 的样子"),
    ({"hours": []}, "（hours）"),
    ({"unit": "working_day"}, "「工作时间」只有按小时计算的才写"),
    ({"longest_extension": -1}, "（longest_extension）"),
    ({"ask_ahead": "1"}, "（ask_ahead）"),
    ({"steps": [["remind"]]}, "催办第 1 行：请写明「催办」（steps）：至少一行，写成 [[\"remind\", 0]]"),
    ({"steps": [["remind", 1000]]}, "催办第 1 行：请写明「到期后」（offset）：-999 至 999 的整数"),
    ({"steps": [["blue", 1]]}, "催办第 1 行：请写明「级别」（level）：remind（提醒）、yellow（黄牌）"),
    ({"label": ""}, "「名称」（label）：时限的名称"),
    ({"basis": None}, "「依据」（basis）：规定它的文件"),
    ({"days": 3}, "时限「x」：没有「days」这一项"),
])  # fmt: skip
def test_what_a_table_may_not_say(zone, wrong, sentence):
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        enter(zone, {"x": OWN | wrong})


@pytest.mark.parametrize(("content", "sentence"), [
    ([], '请写明「时限」：至少一行，写成 {"……": {"label": "……", "amount": 1, "unit": "working_day", "basis": "……"}}。'),
    ({}, "请写明「时限」：至少一行"),
    ({"x": 3}, '时限「x」：内容请写成 {"label": "……", "amount": 1,'),
])
def test_what_is_no_table(content, sentence):
    assert sentence in CLOCKS.check(content)


def test_the_shipped_table_in_words():
    content = CLOCKS.shipped().content
    assert CLOCKS.check(content) == ""
    told = CLOCKS.check.words(content).split("；")
    assert CLOCKS.check.words({"x": {"label": "旧"}}) == '{"label": "旧"}'  # as it stands
    assert told[0] == "难点堵点回应：2 个工作日，到期当日黄牌，到期后 1 个工作日红牌"
    assert told[-1] == "行政许可决定：20 个工作日，可延长 10 个工作日，到期前 3 个工作日提醒，到期当日黄牌，到期后 1 个工作日红牌"
