"""Shapes: one table of items gives the check of a content, its words and its differences."""

import pytest

from kaifaqu.shapes import Choice, Day, Shape, Time, Whole

SHAPE = Shape((
    Choice(path="how", label="口径", choices={"list": "按批次", "year": "按年度"}),
    Whole(path="grace", label="宽限", unit="期", help="不设写 0。", told="最新 {value}不计", none="不设宽限"),
    Whole(path="light.yellow", label="黄灯", unit="点"),
    Whole(path="light.red", label="红灯", unit="点", optional=True),
), ascending=(("light.yellow", "light.red"),))  # fmt: skip
RIGHT = {"how": "list", "grace": 2, "light": {"yellow": 10, "red": 30}}


@pytest.mark.parametrize(("change", "problems"), [
    ({}, []),
    ({"light": {"yellow": 10}}, []),
    ({"how": "month"}, ["请写明「口径」（how）：list（按批次）、year（按年度）。"]),
    ({"grace": True}, ["请写明「宽限」（grace）：不小于 0 的整数；不设写 0。"]),
    ({"grace": "2"}, ["请写明「宽限」（grace）：不小于 0 的整数；不设写 0。"]),
    ({"grace": -1, "how": None}, [
        "请写明「口径」（how）：list（按批次）、year（按年度）。", "请写明「宽限」（grace）：不小于 0 的整数；不设写 0。"]),
    ({"light": {"yellow": 10, "red": None}}, ["请写明「红灯」（light.red）：不小于 0 的整数。"]),
    ({"light": {"yellow": 10, "red": 9}}, ["「红灯」不能小于「黄灯」。"]),
    ({"light": 3}, [
        "没有「light」这一项，可填：how（口径）、grace（宽限）、light.yellow（黄灯）、light.red（红灯）。",
        "请写明「黄灯」（light.yellow）：不小于 0 的整数。"]),
    ({"other": 1}, ["没有「other」这一项，可填：how（口径）、grace（宽限）、light.yellow（黄灯）、light.red（红灯）。"]),
])  # fmt: skip
def test_a_content_is_refused_for_everything_that_is_wrong_with_it(change, problems):
    assert [*SHAPE.problems({**RIGHT, **change})] == problems
    assert SHAPE({**RIGHT, **change}) == "".join(problems)


@pytest.mark.parametrize("content", [None, [], "list", 3])
def test_what_is_no_table_is_answered_with_an_example(content):
    [problem] = SHAPE.problems(content)
    assert '{"how": "list", "grace": 0, "light": {"yellow": 0, "red": 0}}' in problem


def test_a_content_is_told_in_words_and_its_differences_item_by_item():
    other = {"how": "list", "grace": 0, "light": {"yellow": 10}}
    assert SHAPE.words(RIGHT) == "口径：按批次；最新 2 期不计；黄灯：10 点；红灯：30 点"
    assert SHAPE.words(other) == "口径：按批次；不设宽限；黄灯：10 点"
    assert SHAPE.words({}) == SHAPE.words(None) == "—"
    assert SHAPE.differences(RIGHT, other) == [("宽限", "2 期", "0 期"), ("红灯", "30 点", "—")]
    assert SHAPE.differences(RIGHT, RIGHT) == []


def test_a_content_is_put_together_from_its_items():
    values = {item.path: SHAPE.value(RIGHT, item) for item in SHAPE.items}
    assert SHAPE.content(values) == RIGHT
    assert SHAPE.content({"light.red": 3}) == {"light": {"red": 3}}


@pytest.mark.parametrize(("item", "value", "expected"), [
    (Day, "2026-01-01", True), (Day, "2026-02-30", False), (Day, "20260101", False), (Day, "2026-W01-1", False), (Day, None, False),
    (Time, "08:30", True), (Time, "24:00", False), (Time, "14.30", False), (Time, "0830Z", False), (Time, "T0830", False), (Time, 830, False),
])
def test_a_day_and_a_time_have_one_spelling(item, value, expected):
    assert item(path="", label="").may_be(value) is expected
