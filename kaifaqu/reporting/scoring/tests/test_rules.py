"""Scoring sheets as dated rules: what is shipped holds, what is wrong is refused with every sentence, the later one counts."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from kaifaqu.kernel import indicators
from kaifaqu.kernel.indicators import Dimension, Indicator
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import ProjectAssignment
from kaifaqu.reporting.scoring.models import Scoring
from kaifaqu.reporting.scoring.rules import SHEETS
from kaifaqu.reporting.scoring.sheets import sheets_of
from kaifaqu.reporting.scoring.tests.conftest import SHEET, SIGNED

BANDS = {"number": "5", "dimension": "规模", "label": "规模", "figure": "projects.under_construction.investment_avg",
         "bands": [["不限", "5", "1"], ["5", "不限", "2"]]}  # fmt: skip
EFFICACY = {"number": "6", "dimension": "服务", "label": "服务", "figure": "issues.solved_rate", "marks": "10", "unallowed": "60",
            "satisfactory": "90", "least": "60", "most": "100"}  # fmt: skip
RANKS = {"number": "7", "dimension": "排名", "label": "全省排名", "of": "71", "shares": [["20%", "10"], ["50%", "8"]]}
FULL = {**SHEET, "bands": [BANDS], "efficacy": [EFFICACY], "ranks": [RANKS]}
MANY: Any = object()  # in place of a fact: take it away


def wrong(table, facts, number=0):
    """Return a sheet in which one item has other facts; a table "" is the sheet's own."""
    sheet = deepcopy(FULL)
    place = sheet if not table else sheet[table][number]
    for name, value in facts.items():
        if value is MANY:
            del place[name]
        else:
            place[name] = value
    return {"half": sheet}


def test_the_shipped_sheets_are_right_and_name_their_source():
    shipped = SHEETS.shipped()
    assert SHEETS.check(shipped.content) == ""
    assert len(shipped.content) >= 3
    assert all("（" in each["basis"] for each in shipped.content.values())
    assert all("默认" in each["basis"] for each in shipped.content.values())
    assert SHEETS.check({"half": FULL}) == ""


@pytest.mark.parametrize(("table", "facts", "told"), [
    ("", {"places": 5}, "0 至 4 的整数"), ("", {"basis": MANY}, "请写明「依据」"), ("", {"full": "0"}, "大于 0 的数"),
    ("", {"full": 100}, "写成文本"), ("", {"dimensions": [{"name": "旅游", "times": "0.5"}]}, "分项「旅游」下没有一项内容"),
    ("", {"grades": [["合格", "30"], ["优秀", "45"]]}, "从高到低写"), ("pro_rata", {"figure": "projects.signed.count"}, "是否指 projects."),
    ("pro_rata", {"figure": MANY}, "请写明「指标」"), ("pro_rata", {"number": "2.1"}, "序号 2.1 写了 2 次"),
    ("pro_rata", {"number": "一"}, "如 1.2"), ("pro_rata", {"target": MANY}, "请写一个，也只写一个"),
    ("pro_rata", {"target_figure": SIGNED}, "请写一个，也只写一个"), ("pro_rata", {"cap": MANY}, "没有的写「不封顶」"),
    ("pro_rata", {"marks": "-1"}, "大于 0 的数"), ("pro_rata", {"marks": 0.5}, "写成文本"), ("pro_rata", {"unit": "亿元"}, "不能换算成"),
    ("pro_rata", {"by": "park"}, "要一起写"), ("pro_rata", {"by": "moon", "group": "东"}, "不能按「moon」分组"),
    ("pro_rata", {"period": "去年"}, "请写明「期间」"), ("pro_rata", {"weight": "1"}, "没有「weight」这一项"),
    ("bands", {"bands": [["不限", "5", "1"], ["6", "不限", "2"]]}, "应与上一档的终点 5 相接"),
    ("bands", {"bands": [["9", "5", "1"]]}, "后一个数要大于前一个数"),
    ("bands", {"bands": [["1", "不限", "1"], ["不限", "9", "1"]]}, "只有第一档"),
    ("ranks", {"shares": [["50%", "8"], ["20%", "10"]]}, "一档比一档大"), ("ranks", {"shares": [["101%", "8"]]}, "不超过 100%"),
    ("ranks", {"figure": SIGNED}, "没有「figure」这一项"), ("ranks", {"by": "park", "group": "东园"}, "没有写指标的"),
    ("efficacy", {"satisfactory": "60"}, "不能相同"), ("efficacy", {"least": "101"}, "「最低」不能大于「最高」"),
    ("deductions", {"per": "0"}, "大于 0 的数"), ("deductions", {"by": "park"}, "没有写指标的"),
    ("deductions", {"most": "-1"}, "不小于 0 的数"),
    ("vetoes", {"then": "grade"}, "也必须写"), ("vetoes", {"then": "grade", "grade": "甲等"}, "等次中没有「甲等」"),
    ("vetoes", {"when": "about"}, "请写明「条件」")])  # fmt: skip
def test_a_wrong_sheet_is_refused(table, facts, told):
    assert told in SHEETS.check(wrong(table, facts))


def test_everything_that_is_wrong_is_said_at_once_and_names_the_item(lay):
    content = wrong("pro_rata", {"figure": "nothing", "cap": MANY})
    content["half"]["deductions"][0]["per"] = "x"
    content["half"]["bands"][0]["bands"][1][0] = "6"
    with pytest.raises(ValidationError) as refusal:
        lay(content)
    [told] = refusal.value.messages
    for part in ("按比例第 1 行「签约」：「指标」：没有指标「nothing」", "请写明「最高得分率」",
                 "扣分第 1 行「督察问题」：请写明「每一单位的分数」",
                 "分档第 1 行「规模」：第 2 档"):
        assert part in told, told


@pytest.fixture
def defined():
    """Return how a figure is defined for a test, and take it back after it."""
    made = []

    def define(**told):
        made.append(told["code"])
        return Indicator(label="测试", unit="个", basis="", where=lambda period, world: Q(), **told)

    yield define
    for code in made:
        del indicators._catalogue[code]


def test_what_enterprises_report_as_statistics_is_never_scored(defined):
    defined(code="test.statistics", register=ProjectAssignment, purpose="statistics")
    for table in ("pro_rata", "efficacy"):
        assert "是企业的统计数字，不能用来评分" in SHEETS.check(wrong(table, {"figure": "test.statistics"}))
    target = wrong("pro_rata", {"target": MANY, "target_figure": "test.statistics"})
    assert "不能用来评分" in SHEETS.check(target)


def test_persons_are_never_scored(defined):
    by = Dimension("person", "人员", "issued_by__name")
    defined(code="test.people", register=Scoring, by=(by,))
    assert "评分只对开发区，不对个人" in SHEETS.check(wrong("pro_rata", {"figure": "test.people", "by": "person", "group": "张三"}))


def test_sheets_stand_beside_each_other_and_the_later_one_counts(zone, lay):
    one = lay({"half": SHEET})
    lay({"half": {**SHEET, "title": "半年评分（2025）"}, "more": SHEET}, since="2025-01-01", supersedes=one)
    lay({"city.signing": {**SHEET, "title": "本区的"}}, since="2024-06-01")

    def titles(day):
        return {code: each.title for code, each in sheets_of(zone.pk, day, World()).items() if code in ("half", "more", "city.signing")}

    assert titles(date(2023, 12, 31)) == {"city.signing": "签约得分（某市 2024）"}
    assert titles(date(2024, 6, 30)) == {"half": "半年评分", "city.signing": "本区的"}
    assert titles(date(2025, 1, 1)) == {"half": "半年评分（2025）", "more": "半年评分", "city.signing": "本区的"}


def test_a_sheet_is_typed_on_the_page_of_rules(zone, clerk, client):
    client.force_login(clerk)
    page = client.get(f"{reverse('new-rule')}?kind=scoring.sheets").content.decode()
    assert "签约得分（某市 2024）" in page
    assert "添一行按比例" in page
