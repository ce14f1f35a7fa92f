"""What footnotes, headings and the last block say."""

import pytest

from kaifaqu.reporting.document import Chart, Document, Heading, Table
from kaifaqu.reporting.paper import notes
from kaifaqu.reporting.paper.tests import sample

BASIS = "口径：在建项目总投资，已开工、未竣工项目的计划总投资。"


@pytest.mark.parametrize(("place", "words"), [
    (0, f"{BASIS}来源：2024年上半年，演示开发区，2 条记录。数据截至 2024-06-30。查证码 JB0001-1。"),
    (2, f"{BASIS}来源：2024年上半年，演示开发区，2 条记录。比较：2023年上半年为 556455.9万元。数据截至 2024-06-30。查证码 JB0001-3。"),
    (3, f"{BASIS}来源：2024年上半年，演示开发区，记录不公开。查证码 JB0001-4。"),
])  # fmt: skip
def test_a_footnote_says_basis_source_and_code(place, words):
    assert notes.note(sample.document(), sample.stamp(), place) == words


def test_a_ratio_is_told_with_both_sides_and_a_rule_by_its_document():
    number = sample.number("5倍", "5", "倍", sides=[["投资", "10", "万元"], ["个数", "2", "个"]], rule="某〔2024〕1号", group="新材料")
    assert "，其中新材料，" in notes.said(number)
    assert "依据：某〔2024〕1号。计算：投资 10万元 ÷ 个数 2个。" in notes.said(number)


def test_the_footnote_of_a_chart_says_once_what_several_bars_share():
    document, stamp = sample.document(), sample.stamp()
    chart = Chart("", "亿元", [("1月", 4), ("2月", 0), ("3月", 5)])
    told = notes.of_chart(document, stamp, chart)
    assert told.count(BASIS.removesuffix("。")) == 1
    assert "查证码 JB0001-5、JB0001-1。" in told
    assert "查证码 JB0001-6。" in told


def test_what_stands_below_a_table_names_each_figure_once_and_every_code():
    document, stamp = sample.document(), sample.stamp()
    told = notes.of_table(document, stamp, Table("", ["", ""], [[["甲"], [0]], [["乙"], [1]], [["丙"], [2]]], [False, True]))
    assert told[0].endswith("查证码 JB0001-1 至 JB0001-3。")
    assert told[-1] == "来源：演示开发区，共 2 条记录。数据截至 2024-06-30。"
    assert notes.of_table(document, stamp, Table("", [""], [[["甲"]]], [False])) == []


def test_headings_are_numbered_as_the_standard_says():
    levels = [1, 2, 2, 3, 4, 4, 3, 1, 2]
    document = Document("", "", "", "", 0, "", [Heading(level, ["题"]) for level in levels])
    assert list(notes.numerals(document)) == ["一、", "（一）", "（二）", "1.", "（1）", "（2）", "2.", "二、", "（一）"]


def test_a_numeral_that_was_written_by_hand_stays_the_only_one():
    document = Document("", "", "", "", 0, "", [Heading(1, ["一、甲"]), Heading(2, ["（三）乙"]), Heading(1, ["丙"])])
    assert list(notes.numerals(document)) == ["", "", "二、"]


@pytest.mark.parametrize(("count", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (42, "四十二")])
def test_numbers_in_chinese(count, words):
    assert notes.chinese(count) == words


@pytest.mark.parametrize(("state", "mark"), [("草稿", "草稿"), ("待签发", "待签发"), ("已印发", ""), ("issued", "")])
def test_only_what_is_issued_bears_no_mark(state, mark):
    assert sample.stamp(state).mark == mark
