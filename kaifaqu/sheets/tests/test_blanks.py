"""The blank form of a register: what it says, what it offers, and what it does not give away."""

import io
import json

import openpyxl
import pytest

from kaifaqu.kernel import events, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.records import registers
from kaifaqu.sheets import blanks
from kaifaqu.sheets.blanks import blank


@pytest.fixture
def projects(zone, clerk):
    """Return the register of projects, with two enterprises to point at."""
    testing.enter(registers()["enterprises"], zone, "code | name | phone\nQ1 | 演示甲 | 0359-1\nQ2 | 演示乙 | 0359-2", by=clerk)
    return registers()["projects"]


def opened(register, user, rows=None, **options) -> openpyxl.Workbook:
    stream = io.BytesIO()
    blank(register, user, stream, rows, **options)
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue()))


def heads(sheet) -> dict[str, openpyxl.cell.Cell]:
    return {cell.value: cell for cell in sheet[1]}


def rule(sheet, heading: str):
    """Return the limit under a heading."""
    letter = heads(sheet)[heading].column_letter
    return next((each for each in sheet.data_validations.dataValidation if str(each.sqref).startswith(f"{letter}2:")), None)


def offered(book, sheet, heading: str) -> list[str]:
    """Return what the drop-down under a heading offers."""
    source = rule(sheet, heading).formula1
    name, _exclamation, cells = source.partition("!")
    return [cell.value for row in book[name][cells.replace("$", "")] for cell in (row if isinstance(row, tuple) else (row,))]


def test_a_form_has_the_columns_that_people_fill_in_and_its_mark(projects, clerk, zone):
    book = opened(projects, clerk, owner=zone)
    sheet = book["项目"]
    assert [*heads(sheet)] == ["_key", *(str(projects._meta.get_field(name).verbose_name) for name in projects.columns)]
    assert (sheet.freeze_panes, sheet.max_row, sheet.column_dimensions["A"].hidden) == ("C2", 1, True)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == ("landscape", 9, "$1:$1")
    assert {each.title: each.sheet_state for each in book} == {
        "项目": "visible", "填写说明": "visible", "_lists": "hidden", "_kaifaqu": "hidden"}
    mark = json.loads(book["_kaifaqu"]["A1"].value)
    assert (mark["register"], mark["columns"], mark["owner"]) == ("projects", ["_key", *projects.columns], "ZONE")


def test_what_must_be_filled_in_is_marked_in_colour_and_in_words(projects, clerk):
    book = opened(projects, clerk)
    cells = heads(book["项目"])
    colours = {cell.fill.fgColor.rgb: head for head, cell in cells.items()}
    assert len(colours) == 2
    assert [head for head, cell in cells.items() if cell.fill.fgColor.rgb == cells["项目名称"].fill.fgColor.rgb] == ["项目名称"]
    assert cells["项目名称"].comment.text == "必填\n文字，最多 200 字。"
    assert cells["实际年产值（万元）"].comment.text == (
        "可以不填\n本年累计、近十二个月或折算全年，以本区达效率的规则为准。只填数字，单位万元，最多 6 位小数。")
    words = [[cell or "" for cell in row] for row in book["填写说明"].iter_rows(values_only=True)]
    assert ["项目名称", "必填", "文字，最多 200 字。"] in words
    assert ["签约日期", "", "日期，如 2024-03-01；只知年月写 2024-03，只知年份写 2024。"] in words


def test_drop_downs_offer_labels_truths_and_the_owners_records(projects, zone, other):
    testing.enter(registers()["enterprises"], other, "code | name\nQ3 | 外单位的企业")
    book = opened(projects, SYSTEM, owner=zone)
    sheet = book["项目"]
    assert offered(book, sheet, "建设性质") == ["新建", "扩建", "改建", "迁建", "恢复"]
    assert offered(book, sheet, "历史补录") == ["是", "否"]
    assert offered(book, sheet, "投资主体") == ["Q1 演示甲", "Q2 演示乙"]
    assert (rule(sheet, "建设性质").errorStyle, rule(sheet, "投资主体").errorStyle) == (None, "warning")
    assert rule(sheet, "来源线索") is None  # there is no lead to offer


def test_numbers_dates_and_texts_have_limits(projects, clerk):
    sheet = opened(projects, clerk)["项目"]
    amount, day, name = (rule(sheet, heading) for heading in ("计划总投资（万元）", "签约日期", "项目名称"))
    assert (amount.type, float(amount.formula1), float(amount.formula2)) == ("decimal", -1e9, 1e9)
    assert (day.type, day.formula1, day.formula2) == ("textLength", "4", "11")
    assert (name.type, name.operator, name.formula1) == ("textLength", "lessThanOrEqual", "200")
    year = rule(opened(registers()["plan_classes"], clerk)["年度分类"], "计划年度")
    assert (year.type, year.formula1) == ("whole", "0")


def test_what_is_typed_into_a_date_or_a_code_stays_text(projects, clerk):
    sheet = opened(projects, clerk)["项目"]
    formats = {head: sheet.column_dimensions[cell.column_letter].number_format for head, cell in heads(sheet).items()}
    assert {formats[head] for head in ("_key", "编号", "项目名称", "国家项目代码", "签约日期", "投资主体")} == {"@"}
    assert formats["计划总投资（万元）"] == "0.00####"


def test_records_are_filled_in_with_their_keys_and_new_ones_without(projects, clerk, zone):
    [row] = testing.enter(projects, zone, "code | name | signed_on | enterprise\nP1 | =1+1 | 2024-03 | Q1", by=clerk)
    fresh = projects(owner=zone, code="P9", name="新的")
    sheet = opened(projects, clerk, [row, fresh])["项目"]
    filled = [{head: value for head, value in zip(heads(sheet), line, strict=True) if value is not None}
              for line in sheet.iter_rows(min_row=2, values_only=True)]
    assert filled == [
        {"_key": f"{row.pk}:1", "编号": "P1", "项目名称": "=1+1", "投资主体": "Q1 演示甲", "历史补录": "否", "签约日期": "2024-03"},
        {"编号": "P9", "项目名称": "新的", "历史补录": "否"},
    ]


def test_a_form_gives_away_neither_hidden_records_nor_personal_names(projects, zone, clerk):
    desk = testing.employ(zone, "desk", "projects.view projects.edit memberships.edit users.view")
    sheet = opened(projects, desk)["项目"]
    assert rule(sheet, "投资主体") is None
    book = opened(registers()["memberships"], desk)
    assert offered(book, book["任职"], "人员") == ["clerk", "desk"]
    last = events.last_seq()
    opened(registers()["enterprises"], clerk)
    assert events.last_seq() == last
    opened(registers()["enterprises"], clerk, registers()["enterprises"].objects.all())
    assert "as form with phone" in events.Event.objects.get(seq=last + 1).facts["note"]


def test_too_many_records_are_not_offered(projects, clerk, monkeypatch):
    monkeypatch.setattr(blanks, "OFFERED", 1)
    sheet = opened(projects, clerk)["项目"]
    assert rule(sheet, "投资主体") is None
    assert "请在系统中查编号" in heads(sheet)["投资主体"].comment.text


def test_every_register_has_a_form(zone, clerk):
    for register in registers().values():
        for user in (clerk, SYSTEM):
            book = opened(register, user)
            rules = book.worksheets[0].data_validations.dataValidation
            longest = [len(text) for each in rules for text in (each.error, each.formula1) if text]
            assert max(longest, default=0) <= 255
