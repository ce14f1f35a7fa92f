"""The demo's two upper-level forms: invented blank workbooks of different layout, pointed at once, filled twice each."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import xlsxwriter

from kaifaqu.files import store
from kaifaqu.registers.story import Ref, Scene, moment
from kaifaqu.reporting.upper.models import UpperForm

MONTHLY, QUARTERLY = "BS0001", "BS0002"
SENDER = "演示市开发区工作办公室"
RECEIVED = date(2024, 4, 8)  # when both blank workbooks came
FILLED = (  # form, period, on which day
    (QUARTERLY, "2024-Q1", date(2024, 4, 15)), (MONTHLY, "2024-05", date(2024, 6, 12)),
    (MONTHLY, "2024-06", date(2024, 7, 12)), (QUARTERLY, "2024-Q2", date(2024, 7, 15)),
)  # fmt: skip
LINES = 30  # prepared rows of the monthly list
FIGURES = (  # of the quarterly form: its heading, the figure, its decimals
    ("本年签约项目（个）", "本年签约项目数", None), ("本年开工项目（个）", "本年开工项目数", None),
    ("在建项目（个）", "在建项目数", None), ("在建项目计划总投资（万元）", "在建项目总投资", 2),
    ("其中：新建项目（个）", "新建项目数", None), ("其中：续建项目（个）", "续建项目数", None),
)  # fmt: skip
RATES = (("签约率", "签约率"), ("开工率", "开工率"), ("投产率", "投产率"), ("达效率", "达效率"))
HEADS = (
    "序号", "项目编号", "项目名称", "计划总投资（万元）", "开工日期", "本年计划投资（万元）", "本月完成投资（万元）",
    "本年累计完成（万元）", "完成年计划", "形象进度", "存在问题",
)  # fmt: skip
COLUMNS = (
    "A=序号 B=项目.编号 C=项目.项目名称 D=项目.计划总投资（万元） E=项目.开工日期 F=本年计划投资（万元） "
    "G=本月完成投资（万元） H=本年累计完成投资（万元） J=形象进度 K=存在问题"
)


def scenes() -> Iterator[Scene]:
    """Yield how the project office receives the two forms, points at their cells and fills them."""
    yield from _received(MONTHLY, "开发区重点项目进展月报表（演示）", "month", monthly(), 0)
    yield from _pointed(MONTHLY, [
        {"sheet": "进展月报", "cell": "A2", "kind": "text", "asks": "填报单位：{单位}　　报告期：{期间}"},
        {"sheet": "进展月报", "cell": "A5", "kind": "list", "asks": "月度进展", "fields": COLUMNS, "rows": LINES,
         "where": "month-from=本期起&month-to=本期止", "order": "code"},
        {"sheet": "封面", "cell": "B4", "kind": "text", "asks": "{填报日期}"},
        {"sheet": "封面", "cell": "B5", "kind": "figure", "asks": "在建项目数"},
        {"sheet": "封面", "cell": "B6", "kind": "figure", "asks": "未报月度进展的项目数"},
    ], 20)
    yield from _received(QUARTERLY, "开发区主要指标季报表（演示）", "quarter", quarterly(), 5)
    cells: list[dict[str, Any]] = [{"sheet": "主要指标", "cell": "B2", "kind": "text", "asks": "{期间}"}]
    for row, (_heading, figure, places) in enumerate(FIGURES, 5):
        for column, period in (("B", ""), ("C", "上期"), ("D", "上年同期")):
            cells.append({
                "sheet": "主要指标", "cell": f"{column}{row}", "kind": "figure", "asks": figure, "period": period, "places": places})
    for row, (_heading, figure) in enumerate(RATES, 3):
        cells.append({"sheet": "四项比率", "cell": f"C{row}", "kind": "figure", "asks": figure, "period": "累计", "places": 2})
    yield from _pointed(QUARTERLY, cells, 40)
    for form, period, day in FILLED:
        yield Scene(moment(day, 240), "projects", "upper_forms.fill", form, {"period": period})


def _received(code: str, name: str, kind: str, content: bytes, minutes: int) -> Iterator[Scene]:
    facts = {"code": code, "name": name, "sender": SENDER, "kind": kind, "note": "演示：空表由本系统的演示数据生成，不是任何上级的真表"}
    yield Scene(moment(RECEIVED, minutes), "projects", "upper_forms.create", facts={"facts": facts})
    kept = store.keep(io.BytesIO(content), f"{name}空表.xlsx")
    yield Scene(moment(RECEIVED, minutes + 2), "projects", "upper_forms.workbook", code, {"kept": kept})


def _pointed(code: str, cells: list[dict[str, Any]], minutes: int) -> Iterator[Scene]:
    for number, facts in enumerate(cells):
        yield Scene(moment(RECEIVED, minutes + number // 4), "projects", "form_cells.create", facts={
            "facts": {"form": Ref(UpperForm, code), **{name: value for name, value in facts.items() if value not in ("", None)}}})


def _begun(title: str) -> tuple[io.BytesIO, xlsxwriter.Workbook, dict[str, Any]]:
    """Return a workbook that comes out the same each time, and its formats."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": title, "author": "演示", "created": datetime(2024, 4, 1)})
    edge = {"border": 1, "font_size": 11, "valign": "vcenter"}
    told = {
        "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}, "plain": {"font_size": 11},
        "head": {**edge, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EDEDED"}, "text": {**edge, "text_wrap": True},
        "number": {**edge, "num_format": "#,##0.00"}, "whole": {**edge, "num_format": "0"}, "rate": {**edge, "num_format": "0.0%"},
        "day": {**edge, "num_format": "yyyy-mm-dd", "align": "center"}, "words": {**edge, "num_format": 'yyyy"年"m"月"d"日"'},
    }  # fmt: skip
    return stream, book, {name: book.add_format(each) for name, each in told.items()}


def monthly() -> bytes:
    """Return the blank workbook of the monthly form: a cover, and a list with one row a project and sums below."""
    stream, book, told = _begun("开发区重点项目进展月报表（演示）")
    cover = book.add_worksheet("封面")
    cover.set_column(0, 0, 30)
    cover.set_column(1, 1, 24)
    cover.merge_range("A1:B1", "开发区重点项目进展月报表（演示）", told["title"])
    cover.write("A2", f"下达单位：{SENDER}（演示）", told["plain"])
    for row, (text, form) in enumerate(
        (("填报日期", "words"), ("期末在建项目（个）", "whole"), ("当月未报进展的项目（个）", "whole")), 3):
        cover.write(row, 0, text, told["head"])
        cover.write_blank(row, 1, None, told[form])
    cover.write("A7", "本月完成投资合计（万元）", told["head"])
    cover.write_formula("B7", f"=进展月报!G{5 + LINES}", told["number"], 0)
    sheet = book.add_worksheet("进展月报")
    sheet.merge_range("A1:K1", "开发区重点项目进展月报表（演示）", told["title"])
    sheet.merge_range("A2:K2", "", told["plain"])
    sheet.write("A3", "单位：万元；本表由上级锁定，只填白色单元格", told["plain"])
    forms = ("whole", "text", "text", "number", "day", "number", "number", "number", "rate", "text", "text")
    for column, (head, form) in enumerate(zip(HEADS, forms, strict=True)):
        sheet.write(3, column, head, told["head"])
        sheet.set_column(column, column, (6, 10, 26, 14, 12, 14, 14, 14, 10, 14, 28)[column])
        for row in range(4, 4 + LINES):
            if form == "rate":
                sheet.write_formula(row, column, f'=IF(OR(F{row + 1}="",F{row + 1}=0),"",H{row + 1}/F{row + 1})', told[form], "")
            else:
                sheet.write_blank(row, column, None, told[form])
    last = 4 + LINES
    sheet.write(last, 0, "合计", told["head"])
    for letter in "DFGH":
        sheet.write_formula(f"{letter}{last + 1}", f"=SUM({letter}5:{letter}{last})", told["number"], 0)
    low = book.add_format({"font_color": "#9C0006"})
    sheet.conditional_format(f"I5:I{last}", {"type": "cell", "criteria": "<", "value": 0.3, "format": low})
    sheet.freeze_panes(4, 3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.protect("", {"format_columns": True})
    book.close()
    return stream.getvalue()


def quarterly() -> bytes:
    """Return the blank workbook of the quarterly form: a matrix with formulas beside it and a chart, and a sheet of rates."""
    stream, book, told = _begun("开发区主要指标季报表（演示）")
    sheet = book.add_worksheet("主要指标")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 5, 14)
    sheet.merge_range("A1:F1", "开发区主要指标季报表（演示）", told["title"])
    sheet.write("A2", "报告期", told["head"])
    sheet.merge_range("B2:C2", "", told["text"])
    sheet.merge_range("A3:A4", "指标", told["head"])
    sheet.merge_range("B3:D3", "数值", told["head"])
    sheet.merge_range("E3:F3", "比上年同期", told["head"])
    sheet.write_row("B4", ["本期", "上期", "上年同期", "增减", "增长"], told["head"])
    for row, (heading, _figure, places) in enumerate(FIGURES, 5):
        form = told["whole" if places is None else "number"]
        sheet.write(f"A{row}", heading, told["text"])
        for column in "BCD":
            sheet.write_blank(f"{column}{row}", None, form)
        sheet.write_formula(f"E{row}", f'=IF(OR(B{row}="",D{row}=""),"",B{row}-D{row})', form, "")
        sheet.write_formula(f"F{row}", f'=IF(OR(B{row}="",D{row}="",D{row}=0),"",(B{row}-D{row})/D{row})', told["rate"], "")
    chart = book.add_chart({"type": "column"})
    for column, name in (("B", "本期"), ("D", "上年同期")):
        chart.add_series({
            "name": name, "categories": "=主要指标!$A$5:$A$7", "values": f"=主要指标!${column}$5:${column}$7"})
    sheet.insert_chart("A13", chart)
    rates = book.add_worksheet("四项比率")
    rates.set_column(0, 1, 24)
    rates.merge_range("A1:C1", "签约率、开工率、投产率、达效率（演示）", told["title"])
    rates.write_row("A2", ["比率", "口径", "本年累计"], told["head"])
    for row, (heading, _figure) in enumerate(RATES, 3):
        rates.write(f"A{row}", heading, told["text"])
        rates.write(f"B{row}", "按本区公布的规则", told["text"])
        rates.write_blank(f"C{row}", None, told["rate"])
    rates.data_validation("C3:C6", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 2})
    book.close()
    return stream.getvalue()
