"""Rows: lists and tables of entries, what is wrong with which of them, their words and their differences."""

import pytest

from kaifaqu.shapes import Choice, Day, Rows, Several, Shape, Time, Whole, Word, Yes

STEP = Shape((Choice(path="level", label="级别", choices={"yellow": "黄牌", "red": "红牌"}), Whole(path="after", label="到期后", least=-9)))
PLAN = Shape((
    Several(path="years", label="年度", of=Whole(path="", label="年度", unit="年"), optional=True),
    Rows(path="entries", label="节日", title="name", entry=Shape((
        Word(path="name", label="名称", help="节日的名称。"), Day(path="on", label="日期", optional=True), Yes(path="moved", label="调休"),
    ), also=lambda entry: ["调休的请写日期。"] if entry.get("moved") and "on" not in entry else [])),
))  # fmt: skip
TABLE = Shape((Rows(path="", label="时限", key=Word(path="code", label="代码"), entry=Shape((
    Whole(path="amount", label="时间", unit="日", least=1), Rows(path="steps", label="催办", flat=True, optional=True, entry=STEP))),
),))  # fmt: skip
RIGHT = {"years": [2027], "entries": [{"name": "元旦", "on": "2027-01-01"}, {"name": "春节", "moved": True, "on": "2027-02-06"}]}


def entries(*rows: dict) -> dict:
    return {"entries": [*rows]}


@pytest.mark.parametrize(("content", "problems"), [
    (RIGHT, []),
    ({}, ['请写明「节日」（entries）：至少一行，写成 [{"name": "……"}]。']),
    (entries(), ['请写明「节日」（entries）：至少一行，写成 [{"name": "……"}]。']),
    ({"entries": {"name": "元旦"}}, ['请写明「节日」（entries）：至少一行，写成 [{"name": "……"}]。']),
    (entries({"name": "元旦"}, {"name": " ", "on": "2027-02-30"}), [
        "节日第 2 行：请写明「名称」（name）：节日的名称。", "节日第 2 行：请写明「日期」（on）：日期，写成 2026-01-01 的样子。"]),
    (entries({"name": "元旦", "off": 1}, 3), [
        "节日第 1 行「元旦」：没有「off」这一项，可填：name（名称）、on（日期）、moved（调休）。",
        '节日第 2 行：内容请写成 {"name": "……", "on": "2026-01-01", "moved": true}，可填：name（名称）、on（日期）、moved（调休）。']),
    (entries({"name": "春节", "moved": True}), ["节日第 1 行「春节」：调休的请写日期。"]),
    (entries({"name": "春节", "moved": 1}), ["节日第 1 行「春节」：请写明「调休」（moved）：true（是）或 false（否）。"]),
])  # fmt: skip
def test_everything_wrong_is_said_with_its_row(content, problems):
    assert [*PLAN.problems(content)] == problems


@pytest.mark.parametrize(("content", "problems"), [
    ({"a": {"amount": 1, "steps": [["yellow", 0], ["red", -3]]}}, []),
    ({"a": {"amount": 0}, "b": {}}, [
        "时限「a」：请写明「时间」（amount）：不小于 1 的整数。", "时限「b」：请写明「时间」（amount）：不小于 1 的整数。"]),
    ({"a": {"amount": 1, "steps": [["yellow", 0], ["blue", None]]}}, [
        "时限「a」：催办第 2 行：请写明「级别」（level）：yellow（黄牌）、red（红牌）。",
        "时限「a」：催办第 2 行：请写明「到期后」（after）：不小于 -9 的整数。"]),
    ({"a": {"amount": 1, "steps": [["yellow"]]}}, ['时限「a」：催办第 1 行：请写明「催办」（steps）：至少一行，写成 [["yellow", 0]]。']),
    ([{"code": "a", "amount": 1}], ['请写明「时限」：至少一行，写成 {"……": {"amount": 1}}。']),  # a table is no list
    ([{"code": "a", "amount": 1}, {"code": "a", "amount": 0}, {"amount": 1}], [
        "时限第 3 行：请写明「代码」（code）：文字。", "「a」写了 2 次，请改用不同的代码或去掉一行。",
        "时限「a」：请写明「时间」（amount）：不小于 1 的整数。"]),
])  # fmt: skip
def test_of_a_table_an_entry_is_named_by_its_code(content, problems):
    assert [*TABLE.problems(content)] == problems


def test_rows_are_told_and_compared_entry_by_entry():
    assert PLAN.words(RIGHT) == "年度：2027 年；名称：元旦；日期：2027-01-01；名称：春节；日期：2027-02-06；调休：是"
    after = {"entries": [{"name": "春节", "on": "2027-02-05"}, {"name": "清明节"}]}
    assert PLAN.differences(RIGHT, after) == [
        ("年度", "2027 年", "—"), ("元旦", "名称：元旦；日期：2027-01-01", "—"),
        ("春节：日期", "2027-02-06", "2027-02-05"), ("春节：调休", "是", "—"), ("清明节", "—", "名称：清明节"),
    ]  # fmt: skip
    one, other = {"a": {"amount": 1, "steps": [["red", 1]]}}, {"a": {"amount": 2, "steps": [["red", 1], ["yellow", 0]]}}
    assert TABLE.differences(one, other) == [
        ("时限「a」：时间", "1 日", "2 日"), ("时限「a」：催办", "级别：红牌；到期后：1", "级别：红牌；到期后：1；级别：黄牌；到期后：0")]
    assert TABLE.differences(one, one) == PLAN.differences(None, None) == []


def test_the_key_may_be_a_choice_and_is_told_in_words():
    kinds = Choice(path="kind", label="类别", choices={"land": "用地", "water": "用水"})
    by_kind = Shape((Rows(path="routes", label="分工", key=kinds, entry=Shape((Word(path="holder", label="承办单位"),))),))
    content = {"routes": {"land": {"holder": "甲局"}, "water": {"holder": "乙局"}}}
    assert by_kind(content) == ""
    assert by_kind.words(content) == "用地：承办单位：甲局；用水：承办单位：乙局"
    assert by_kind.differences(content, {"routes": {"land": {"holder": "丙局"}}}) == [
        ("分工「用地」：承办单位", "甲局", "丙局"), ("分工「用水」", "承办单位：乙局", "—")]
    assert by_kind({"routes": {"air": {"holder": "甲局"}}}) == "分工「air」：请写明「类别」（kind）：land（用地）、water（用水）。"


def test_two_entries_of_one_name_are_compared_by_their_order():
    first, second = {"name": "补班", "on": "2027-01-09"}, {"name": "补班", "on": "2027-01-16"}
    assert PLAN.differences(entries(first, second), entries(first)) == [("补班", "名称：补班；日期：2027-01-16", "—")]


def test_typed_rows_are_joined_as_they_are_stored_and_stay_a_list_while_a_key_is_not_clear():
    [rows], step = TABLE.items, TABLE.items[0].entry.items[1]
    stored = {"a": {"amount": 1}, "b": {"amount": 2}}
    assert rows.joined(rows.rows(stored)) == stored
    assert rows.joined([{"code": "a", "amount": 1}, {"code": "a"}]) == [{"code": "a", "amount": 1}, {"code": "a"}]
    assert rows.joined([{"amount": 1}]) == [{"amount": 1}]
    assert step.joined([{"level": "red", "after": 1}, {"level": "red"}]) == [["red", 1], ["red", None]]
    assert step.rows([["red", 1], 3]) == [{"level": "red", "after": 1}, {}]


@pytest.mark.parametrize(("item", "typed", "value"), [
    (Day, "2027-1-4", "2027-01-04"), (Day, "2027年1月4日", "2027-01-04"), (Day, "明天", "明天"), (Day, "", None),
    (Whole, "-3", -3), (Whole, "3.5", "3.5"), (Whole, "", None), (Yes, "yes", True), (Yes, "", None), (Time, "08:30", "08:30"),
])  # fmt: skip
def test_what_is_typed_is_read_or_left_for_the_check(item, typed, value):
    assert item(path="x", label="某").read(typed) == value


@pytest.mark.parametrize("typed", [
    "2027-01-01 至 2027-01-03", "2027年1月1日、2027年1月3日", "2027-01-01,2027/1/3", "2027-01-01  2027-01-03",
])
def test_several_values_are_typed_one_after_the_other(typed):
    days = Several(path="x", label="日子", of=Day(path="", label="日子"), most=2, between=" 至 ")
    assert days.read(typed) == ["2027-01-01", "2027-01-03"]
    assert days.typed(days.read(typed)) == days.value(days.read(typed)) == "2027-01-01 至 2027-01-03"
    assert [days.may_be(each) for each in (["2027-01-01"] * 2, ["2027-01-01"] * 3, "2027-01-01", ["2027"])] == [True] + [False] * 3


@pytest.mark.parametrize(("written", "right"), [("08:30", True), ("25:00", False), ("8:30", False), (830, False)])
def test_a_time_is_written_with_hours_and_minutes(written, right):
    assert Time(path="x", label="从").may_be(written) is right


def test_of_choices_that_are_ticked_the_order_says_nothing():
    ticked = Several(path="x", label="单证", of=Choice(path="", label="单证", choices={"a": "甲", "b": "乙", "c": "丙"}))
    assert [ticked.ordered(value) for value in (["c", "a"], ["a", "c"], None, ["z", "a"])] == [["a", "c"], ["a", "c"], None, ["z", "a"]]
    assert ([*ticked.differences(["c", "a"], ["a", "c"])], [*ticked.differences(["c"], ["a", "c"])]) == ([], [("单证", "丙", "甲、丙")])
    assert [ticked.may_be(value) for value in (["a"], ["a", "a"], ["z"], [["a"]], "a")] == [True, False, False, False, False]
    assert [*ticked.problems(None)] == ["请写明「单证」（x）：从中选一项或几项：a（甲）、b（乙）、c（丙）。"]
