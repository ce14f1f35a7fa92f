"""Where the headings stand, which columns they mean, and which rows are no data: each table is one sheet."""

import json

import pytest

from kaifaqu.kernel.access import Party
from kaifaqu.sheets.headings import find, layout_of, letter
from kaifaqu.sheets.reading import EMPTY, Cell, Row, read_pasted
from kaifaqu.sheets.tests.sample import COLUMNS, SYNONYMS

MARK = json.dumps({"register": "projects", "format": 1, "key": 0, "columns": ["_key", "code", "name", "total_investment", "=stage"]})


def sheet(table: str) -> list[Row]:
    """Return the rows of a table: a line each, cells apart by |; a blank line is a blank row."""
    rows = []
    for number, line in enumerate(table.strip("\n").splitlines(), 1):
        cells = [text.strip() for text in line.split("|")]
        if any(cells):
            rows.append(Row(number, [_cell(text) for text in cells]))
    return rows


def _cell(text: str) -> Cell:
    return Cell("number" if text.replace(".", "").isdigit() else "text", text) if text else EMPTY


def laid_out(table: str, remembered=None, **options):
    return find(sheet(table), COLUMNS, remembered, synonyms=SYNONYMS, **options)


def told(layout) -> list[tuple]:
    """Return of each heading what was made of it."""
    return [(each.text, each.column.name if each.column else "", each.how, each.unit) for each in layout.headings]


def kept(layout, table: str) -> tuple[list[int], list[tuple[int, str]]]:
    """Return the numbers of the rows that are data, and what the others are."""
    return [row.number for row in layout.data(sheet(table))], layout.skipped


def test_headings_by_name_and_synonym_with_their_units():
    layout = laid_out("""
        序号 | 项目编号 | 项目 | 总投资额（亿元） | 开工时间 | 领导批示
        1 | P1 | 光伏组件 | 1.2 | 2024 | 阅
    """)
    assert told(layout) == [
        ("序号", "", "ignored", ""), ("项目编号", "code", "name", ""), ("项目", "name", "synonym", ""),
        ("总投资额（亿元）", "total_investment", "synonym", "亿元"), ("开工时间", "started_on", "synonym", ""),
        ("领导批示", "", "unknown", ""),
    ]  # fmt: skip
    assert (layout.first, layout.last, layout.problems, layout.key) == (1, 1, [], None)


@pytest.mark.parametrize(
    ("heading", "unit", "assumed"),
    [
        ("计划总投资（万元）", "万元", False),
        ("计划总投资(亿元)", "亿元", False),
        ("计划总投资", "万元", True),
        ("计划总投资/元", "元", False),
        ("计划总投资（单位：亿元）", "亿元", False),
        ("计划总投资万元", "万元", False),
        (" 计划 总投资* ", "万元", True),
        ("计划总投资：", "万元", True),
        ("计划总投资（必填）", "万元", True),
        ("计划总投资［百万元］", "百万元", False),
        ("计划总投资，亿元", "亿元", False),
    ],
)  # fmt: skip
def test_the_unit_is_told_by_the_heading_else_the_columns_own_is_assumed(heading, unit, assumed):
    [_code, found] = laid_out(f"项目编号 | {heading}").headings
    assert (found.column.name, found.unit, found.assumed) == ("total_investment", unit, assumed)


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：亿元", "亿元"), ("金额单位:元", "元"), ("填报单位：高新区 | 单位：亩、亿元", "亿元"), ("（单位：百万元）", "百万元"),
        ("填报单位：万元公司 | 日期：2024年", "万元"), ("单位：亩", "万元"),
    ],
)  # fmt: skip
def test_a_line_above_lays_down_the_unit(line, unit):
    layout = laid_out(f"重点项目表\n{line}\n项目编号 | 项目名称 | 计划总投资")
    assert (layout.first, layout.columns[2].unit) == (3, unit)


def test_a_line_of_units_below_the_headings_belongs_to_them():
    layout = laid_out("项目编号 | 项目名称 | 计划总投资\n | | （亿元）\nP1 | 甲 | 1")
    assert (layout.last, layout.columns[2].unit) == (2, "亿元")


def test_a_unit_of_another_kind_is_a_problem():
    assert laid_out("项目编号 | 计划总投资（亩）").problems == [
        "B 列「计划总投资（亩）」的单位是亩，不能换算成「计划总投资（万元）」的万元。请改正列名，或改选对应的列。"]


def test_headings_of_two_lines_are_joined():
    table = """
        重点项目表
        序号 | 项目编号 | 项目名称 | 投资 | | 开工
        序号 | 项目编号 | 项目名称 | 计划总投资（亿元） | 完成投资 | 日期
        1 | P1 | 光伏组件 | 1 | 0.5 | 2024
    """
    merged = [(0, 0, 0, 5), (1, 3, 1, 4)]
    layout = laid_out(table, merged=merged)
    assert told(layout) == [
        ("序号", "", "ignored", ""), ("项目编号", "code", "name", ""), ("项目名称", "name", "name", ""),
        ("投资/计划总投资（亿元）", "total_investment", "name", "亿元"), ("投资/完成投资", "", "unknown", ""),
        ("开工/日期", "started_on", "name", ""),
    ]  # fmt: skip
    assert (layout.first, layout.last) == (2, 3)
    assert kept(layout, table) == ([4], [])


def test_a_line_of_groups_above_headings_that_are_known_by_themselves_belongs_to_them():
    table = "项目表\n | | 投资 | \n项目编号 | 项目名称 | 计划总投资 | 完成\n1 | 2 | 3 | 4"
    grouped = laid_out(table.replace(" | | 投", "基本 | | 投"), merged=[(1, 0, 1, 1), (1, 2, 1, 3)])
    assert (grouped.first, [each.text for each in grouped.headings]) == (
        2, ["基本/项目编号", "基本/项目名称", "投资/计划总投资", "投资/完成"])
    assert laid_out("填报单位：甲 | | 日期：三月 |\n项目编号 | 项目名称 | 计划总投资 | 完", merged=[(0, 0, 0, 1), (0, 2, 0, 3)]).first == 2


def test_a_text_file_has_lost_what_was_merged_and_groups_reach_to_the_right():
    layout = laid_out("项目编号 | 开工 | \n | 依据 | 日期\nP1 | 许可证 | 2024")
    assert [(each.text, each.column and each.column.name) for each in layout.headings] == [
        ("项目编号", "code"), ("开工/依据", None), ("开工/日期", "started_on")]


def test_a_title_above_is_no_heading():
    layout = laid_out("项目\n\n项目编号 | 项目名称\nP1 | 甲", merged=[(0, 0, 0, 1)])
    assert (layout.first, layout.last, [each.text for each in layout.headings]) == (3, 3, ["项目编号", "项目名称"])


def test_what_was_chosen_before_is_remembered():
    table = "甲 | 名称 | 备用名称\nP1 | 乙 | 丙"
    layout = laid_out(table, {"甲": "code", "名称": "", "备用名称": "name", "别处": "gone"})
    assert told(layout) == [("甲", "code", "remembered", ""), ("名称", "", "left", ""), ("备用名称", "name", "remembered", "")]
    assert layout.mapping == {"甲": "code", "名称": "", "备用名称": "name"}
    assert told(laid_out(table, layout.mapping)) == told(layout)


def test_an_unknown_heading_is_offered_the_nearest():
    [_code, found, far] = laid_out("项目编号 | 计划总投资金额 | 天气").headings
    assert (found.column, found.how, found.near.name) == (None, "unknown", "total_investment")
    assert far.near is None


def test_two_headings_for_one_column_are_a_problem():
    assert laid_out("项目编号 | 项目名称 | 名称").problems == [
        "B 列「项目名称」和 C 列「名称」都对应「项目名称」。请选定其中一列，另一列设为不读。"]


def test_a_sheet_without_headings_says_so_and_offers_its_widest_line():
    layout = laid_out("P1 | 光伏组件 | 12000\nP2 | 碳纤维 | 8000")
    assert layout.problems == ["没有找到列名。请在数据上方保留一行列名，如「项目编号」「项目名称」「计划总投资（万元）」「开工日期」。"]
    assert [each.text for each in layout.headings] == ["P1", "光伏组件", "12000"]
    assert find([], COLUMNS).problems == layout.problems


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (" | P1 | 甲 | 1", ""),
        (" | P1 | | ", ""),
        ("合计 | | | 100", "total"),
        (" | 小 计 | | 100", "total"),
        ("总计（12个） | | | 9", "total"),
        (" | 工业项目小计： | | 9", "total"),
        ("1 | P1 | 合计电子 | 9", ""),
        (" | | 小计量器具厂 | 9", ""),
        ("填表人：张三 | | 审核人：李四 | ", "remark"),
        ("填报日期：2024年3月 | | | ", "remark"),
        ("注：以协议为准 | | | ", "remark"),
        ("注1：以协议为准 | | | ", "remark"),
        ("说明 | | | ", "remark"),
        ("填表说明：一、 | | | ", "remark"),
        (" | P1 | 说明书印刷 | ", ""),
        ("一、续建项目 | | | ", "section"),
        ("（二）新建 | | | ", "section"),
        ("一、续建 | P1 | | 3", ""),
        ("序号 | 项目编号 | 项目名称 | 计划总投资", "heading"),
        (" | | | | 附件", "remark"),
        ("7 | | | ", "blank"),
        ("7 | | | | 阅", "remark"),
    ],
)  # fmt: skip
def test_rows_that_are_no_data_are_known(row, kind):
    layout = laid_out("序号 | 项目编号 | 项目名称 | 计划总投资")
    [found] = sheet("x\n" * 5 + row)[-1:]
    assert layout.kind(found._replace(number=9)) == kind


def test_rows_that_are_no_data_are_skipped_and_counted():
    table = """
        项目表
        项目编号 | 项目名称 | 计划总投资
        甲 | 1 | 2
        P1 | 光伏 | 3

        小计 | | 3
        P2 | 碳纤维 | 4
        合计 | | 7
        注：无
    """
    layout = laid_out(table)
    assert kept(layout, table) == ([4, 7], [(3, "numbering"), (6, "total"), (8, "total"), (9, "remark")])
    assert layout.blank == 1


def test_our_own_workbook_is_read_by_its_mark_even_where_headings_were_renamed():
    table = "_key | 编号 | 名称（改） | 投资 | 阶段（只读）\n7:1 | 合计 | 甲 | 3 | 在建\n | 合计 | | 3"
    layout = laid_out(table, mark=MARK)
    assert told(layout) == [
        ("_key", "", "key", ""), ("编号", "code", "mark", ""), ("名称（改）", "name", "mark", ""),
        ("投资", "total_investment", "mark", "万元"), ("阶段（只读）", "", "ignored", ""),
    ]  # fmt: skip
    assert layout.key == 0
    assert kept(layout, table) == ([2], [(3, "total")])


@pytest.mark.parametrize(
    "mark", [MARK, "", "no json", "[1]", '{"columns": 3}', '{"format": 1}'])
def test_a_mark_that_the_headings_contradict_is_not_followed(mark):
    layout = laid_out("_key | 领导批示 | 项目名称 | 项目编号\n7:1 | 阅 | 甲 | P1", mark=mark)
    assert told(layout) == [
        ("_key", "", "key", ""), ("领导批示", "", "unknown", ""), ("项目名称", "name", "name", ""), ("项目编号", "code", "name", "")]


def test_a_mark_without_its_key_column_is_not_followed():
    assert told(laid_out("甲 | 项目编号\n1 | P1", mark=MARK)) == [("甲", "", "unknown", ""), ("项目编号", "code", "name", "")]


@pytest.mark.parametrize(
    ("mark", "problems"),
    [
        ("", []),
        ('{"register": "parties"}', []),
        ('{"register": "users"}', ["这是「人员」的文件，不是「单位」的。请到「人员」导入，或换一个文件。"]),
        ('{"register": "gone"}', ["这是「gone」的文件，不是「单位」的。请到「gone」导入，或换一个文件。"]),
    ],
)
def test_a_file_of_another_register_is_a_problem(mark, problems):
    with read_pasted("编号\t名称\nP1\t甲") as book:
        [layout] = [layout_of(sheet, Party, mark=mark) for sheet in book.sheets]
    assert ([each.column.name for each in layout.columns.values()], layout.problems) == (["code", "name"], problems)


def test_the_column_of_errors_and_derived_columns_are_left_alone():
    layout = laid_out("项目编号 | 错误说明 | 阶段（只读） | 开工日期（只读）\n | 开工日期不对 | | \nP1 | | 在建 | 2024-05-01")
    assert [each.how for each in layout.headings] == ["name", "ignored", "ignored", "ignored"]  # called like a column or not
    assert layout.kind(Row(2, [EMPTY, Cell("text", "开工日期不对")])) == "remark"


def test_columns_have_letters():
    assert [letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(("group", "line", "column", "near"), [
    ("计划", "开工日期", None, "started_on"),
    ("本年", "计划总投资", None, "total_investment"),
    ("本年", "完成投资", None, ""),
    ("实际", "开工日期", "started_on", ""),
    ("投资情况", "计划总投资", "total_investment", ""),
    ("计划", "计划总投资", "total_investment", ""),
    ("计划", "总投资", "total_investment", ""),
])
def test_a_group_above_a_heading_belongs_to_its_meaning(group, line, column, near):
    """The planned start is not the start; where nobody knows such a column, a person is asked."""
    layout = laid_out(f"项目编号 | {group}\n | {line}\nP1 | 2024", merged=[(0, 0, 1, 0)])
    heading = layout.headings[1]
    assert (heading.column and heading.column.name, heading.near.name if heading.near else "") == (column, near)


def test_two_columns_of_one_heading_are_told_apart_by_their_letters():
    table = "项目编号 | 计划总投资 | 计划总投资\nP1 | 1 | 2"
    layout = laid_out(table)
    assert [each.text for each in layout.headings] == ["项目编号", "计划总投资（B）", "计划总投资（C）"]
    assert "请选定其中一列" in layout.problems[0]
    chosen = laid_out(table, {"计划总投资（B）": "", "计划总投资（C）": "total_investment"})
    assert ([each.how for each in chosen.headings], chosen.problems) == (["name", "left", "remembered"], [])
