"""Exports, read back with other libraries and compared with the records fact by fact."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from pyarrow import parquet

from kaifaqu.kernel import events, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.actions import find
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import registers
from kaifaqu.kernel.world import World
from kaifaqu.sheets import exporting, workbooks
from kaifaqu.sheets.columns import shown
from kaifaqu.sheets.exporting import FORMATS, export
from kaifaqu.sheets.formulas import guarded, unguarded
from kaifaqu.sheets.messages import message
from kaifaqu.sheets.workbooks import is_shown_exactly

HARD = [  # names as people, other systems and attackers write them
    "䶮㛃𬱖𠅤", "=1+1", "+86", "-1", "@SUM(A1)", "＝1", "－1", "\t=1", "'=1", "''＠", "'引号", "他说\"好\"，,；",
    "第一行\n第二行", "🏭🚧", "_x0041_", "0012", "110105194912310021", "1E5", "TRUE", "2024-03", "null",
]  # fmt: skip
AMOUNTS = ["999999999.999999", "-999999999.999999", "0.000001", "-12000.5", "0", "12345678.9", "0.07", "350000000"]
DAYS = ["2024-03-01", "2024-03", "2023", "1998-12", "2019-02-28"]


@pytest.fixture
def projects(zone, clerk):
    """Return the register of projects with one for each hard name, an enterprise and a park without a name."""
    [enterprise] = testing.enter(registers()["enterprises"], zone, "code | name | phone\n0007 | =演示甲 | 0359-1234567", by=clerk)
    plan = find("projects.create").plan
    commit([plan(zone, by=clerk, facts={
        "code": f"{number:018}", "name": name, "national_code": name[:40], "signed_evidence": name, "historical": number % 2 == 0,
        "enterprise": enterprise if number % 3 else None, "nature": "new" if number % 2 else "",
        "total_investment": AMOUNTS[number] if number < len(AMOUNTS) else None, "signed_on": DAYS[number % len(DAYS)],
    }) for number, name in enumerate(HARD)], by=clerk)  # fmt: skip
    return registers()["projects"]


def written(register, format: str, user, rows=None, **options) -> io.BytesIO:
    stream = io.BytesIO()
    export(register.objects.visible_to(user) if rows is None else rows, register, user, format, stream, **options)
    return io.BytesIO(stream.getvalue())


def truth(register) -> list[list]:
    """Return key and facts of each record, as they stand in the database; references by code."""
    names = [column.field.name for column in shown(register)]
    return [
        [f"{row.pk}:{row.row_version}", *(getattr(value := getattr(row, name), "code", value) for name in names)]
        for row in register.objects.order_by("id")
    ]


def told(register, cells: list[list]) -> list[list]:
    """Return the cells as facts: texts by each column's own reading, choices by label."""
    return [[row[0], *(_fact(column.field, cell) for column, cell in zip(shown(register), row[1:], strict=True))] for row in cells]


def _fact(field, cell):
    if field.choices:
        return {str(label): value for value, label in field.flatchoices}.get(cell, "")
    if field.get_internal_type() == "BooleanField":
        return {"是": True, "否": False}[cell]
    if field.is_relation:
        return cell or None
    return field.to_python(cell or ("" if field.get_internal_type() == "CharField" else None))


def test_every_fact_comes_back_from_csv(projects, clerk):
    stream = written(projects, "csv", clerk)
    assert stream.read(3) == b"\xef\xbb\xbf"
    heads, *rows = csv.reader(io.StringIO(stream.read().decode(), newline=""))
    assert heads == ["_key", *(column.heading for column in shown(projects))]
    amounts = [place for place, head in enumerate(heads) if head.endswith("（万元）")]
    plain = [[cell if place in amounts else unguarded(cell) for place, cell in enumerate(row)] for row in rows]
    assert told(projects, plain) == truth(projects)
    assert rows[3][amounts[0]] == "-12000.5"  # a negative number is a number
    assert not [cell for row in rows for place, cell in enumerate(row) if place not in amounts and cell[:1] in {*"=+-@\t＝＋－＠"} - {""}]


def test_every_fact_comes_back_from_a_workbook_and_no_cell_is_a_formula(projects, clerk):
    book = openpyxl.load_workbook(written(projects, "xlsx", clerk, filters="全部"))
    sheet = book["项目"]
    cells = list(sheet.iter_rows(min_row=2))
    assert {cell.data_type for row in cells for cell in row} <= {"s", "inlineStr", "n"}
    # openpyxl leaves in an inline text the escape of a text that looks like an escape
    plain = [[_cell(cell).replace("_x005F_", "_") for cell in row] for row in cells]
    assert told(projects, plain) == truth(projects)
    assert {cell.number_format for row in cells for cell in row if cell.value is not None} == {"@", "0.00####"}
    assert sheet.freeze_panes == "C2"
    assert sheet.column_dimensions["A"].hidden
    assert dict(book["口径"].iter_rows(values_only=True, max_row=4)) == {
        "台账": "项目", "一条记录": "项目：已签订投资协议、纳入开发区推进的投资建设项目。", "筛选": "全部", "条数": str(len(HARD))}


def _cell(cell) -> str:
    return "" if cell.value is None else repr(cell.value) if isinstance(cell.value, float) else str(cell.value)


def test_the_hidden_sheet_says_what_the_workbook_is(projects, clerk):
    head = str(events.Head.objects.get())
    book = openpyxl.load_workbook(written(projects, "xlsx", clerk))
    assert book["_kaifaqu"].sheet_state == "hidden"
    mark = json.loads(book["_kaifaqu"]["A1"].value)
    names = ["_key", *projects.columns, "=stage"]
    assert mark.pop("made").startswith("20")
    assert mark == {
        "register": "projects", "format": 1, "columns": names, "key": 0, "owner": "ZONE", "head": head, "by": "clerk",
        "filters": "", "known": None, "language": "zh-hans", "untold": ["（无权查看）", "（超过单元格容量，请看 CSV）"],
    }


def test_every_fact_comes_back_from_json(projects, clerk):
    file = json.load(written(projects, "json", clerk))
    names = ["_key", *(column.field.name for column in shown(projects))]
    assert (file["count"], file["columns"][-1]) == (len(HARD), "=stage")
    assert [*file["records"][0]] == names
    rows = [[record[name] for name in names] for record in file["records"]]
    typed = [[key, *(each if isinstance(each, bool) or column.field.is_relation else column.field.to_python(each)
                     for column, each in zip(shown(projects), facts, strict=True))] for key, *facts in rows]
    assert typed == truth(projects)
    assert {type(row[names.index("total_investment")]) for row in rows} == {str, type(None)}


def test_every_fact_comes_back_from_parquet(projects, clerk):
    file = written(projects, "parquet", clerk)
    table = parquet.read_table(file)
    rows = [[*row.values()] for row in table.to_pylist()]
    dates = [place for place, name in enumerate(table.column_names) if name.endswith("_on")]
    assert rows == [[str(each) if place in dates and each else each for place, each in enumerate(row)] for row in truth(projects)]
    assert str(table.schema.field("total_investment").type) == "decimal128(18, 6)"
    assert json.loads(parquet.read_metadata(file).metadata[b"kaifaqu"])["count"] == len(HARD)


def test_pieces_and_row_groups_are_put_together(projects, clerk, monkeypatch):
    whole = {format: written(projects, format, clerk).getvalue() for format in ("csv", "parquet")}
    monkeypatch.setattr("kaifaqu.sheets.columns.PIECE", 2)
    monkeypatch.setattr(exporting, "PIECE", 4)
    assert written(projects, "csv", clerk).getvalue() == whole["csv"]
    parts = written(projects, "parquet", clerk)
    assert parquet.ParquetFile(parts).num_row_groups == -(-len(HARD) // 4)
    assert parquet.read_table(parts).to_pylist() == parquet.read_table(io.BytesIO(whole["parquet"])).to_pylist()


@pytest.mark.parametrize("text", [*HARD, "", "'", "''", "'''-", "\r", "\0", "+", "a=b", "'a=b"])
def test_a_guarded_text_is_dead_and_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in {*"=+-@\t\r\0＝＋－＠"} - {""}


@pytest.mark.parametrize(("number", "exact"), [
    ("0.07", True), ("-999999999.999999", True), ("1E+15", True), ("123456789012345", True),
    ("1234567890.123456", False), ("-9007199254740993", False), (2024, True),
])  # fmt: skip
def test_a_number_is_a_number_only_where_a_spreadsheet_shows_it_exactly(number, exact):
    assert is_shown_exactly(Decimal(number)) is exact
    if exact:
        assert Decimal(repr(float(Decimal(number)))) == Decimal(number)


def test_an_amount_of_more_digits_is_written_as_text(projects, clerk, monkeypatch):
    monkeypatch.setattr(workbooks, "is_shown_exactly", lambda number: False)
    sheet = openpyxl.load_workbook(written(projects, "xlsx", clerk))["项目"]
    column = 1 + next(sheet.iter_rows(max_row=1, values_only=True)).index("计划总投资（万元）")
    assert [sheet.cell(row, column).value for row in (2, 3, 4)] == ["999999999.999999", "-999999999.999999", "0.000001"]


# What is told to whom


def test_a_record_that_the_person_may_not_see_is_not_told(projects, zone):
    reader = testing.employ(zone, "reader", "projects.view")
    rows = [*csv.DictReader(io.StringIO(written(projects, "csv", reader).getvalue().decode("utf-8-sig"), newline=""))]
    assert {row["投资主体"] for row in rows} == {"", "（无权查看）"}
    records = json.load(written(projects, "json", reader))["records"]
    assert [("enterprise" in record) for record in records] == [row["投资主体"] == "" for row in rows]


def test_a_message_names_only_records_that_the_person_may_see(projects, zone, clerk):
    spans = registers()["suspensions"]
    testing.enter(spans, zone, f"code | subject | since | until | cause\nS1 | {2:018} | 2024-04-01 | 2024-05-01 | 资金", by=clerk)
    reader = testing.employ(zone, "reader", "suspensions.view")
    assert f"1. S1｜项目 {HARD[2]}｜自 2024-04-01｜" in message(spans.objects.all(), spans, clerk)
    assert "1. S1｜项目 （无权查看）｜自 2024-04-01｜" in message(spans.objects.all(), spans, reader)


def test_personal_facts_leave_an_event_and_other_exports_none(projects, clerk):
    last = events.last_seq()
    written(projects, "csv", clerk)
    assert events.last_seq() == last
    enterprises, head = registers()["enterprises"], str(events.Head.objects.get())
    for user, actor in ((clerk, "clerk"), (SYSTEM, "system")):
        written(enterprises, "csv", user, enterprises.objects.current())
        event = events.Event.objects.get(seq=events.last_seq())
        assert (event.action, event.actor) == ("users.export", actor)
        assert event.facts["note"].startswith("exported 1 enterprises as csv with phone, head #")
        assert "0359" not in event.payload
    assert event.facts["note"] != head


def test_an_export_of_what_was_known_tells_what_was_known(projects, clerk):
    known = events.last_seq()
    [enterprise] = registers()["enterprises"].objects.all()
    correct = find("enterprises.correct").plan
    commit([correct(enterprise, by=clerk, version=1, facts={"code": "0008"}, reason="改码")], by=clerk)
    row = projects.objects.order_by("id")[1]
    commit([find("projects.correct").plan(row, by=clerk, version=1, facts={"name": "新名"}, reason="改名")], by=clerk)
    now = json.load(written(projects, "json", clerk, projects.objects.order_by("id")))["records"][1]
    past = json.load(written(projects, "json", clerk, World(known).rows(projects).order_by("id"), known=known))
    then = past["records"][1]
    assert (now["_key"], now["name"], now["enterprise"]) == (f"{row.pk}:2", "新名", "0008")
    assert (then["_key"], then["name"], then["enterprise"]) == (f"{row.pk}:1", HARD[1], "0007")
    assert past["known"] == known


def test_records_of_several_owners_name_their_owner(projects, zone, other, clerk):
    member = testing.employ(zone, "both", at=zone)
    testing.enter(projects, other, "code | name | signed_on\nP1 | 外单位项目 | 2024")
    alone = json.load(written(projects, "json", member))
    assert ("=owner" in alone["columns"], alone["owner"]) == (False, "ZONE")
    file = json.load(written(projects, "json", SYSTEM, projects.objects.order_by("-id")))
    assert (file["columns"][-2:], file["owner"], file["records"][0]["owner"]) == (["=owner", "=stage"], None, "OTHER")


def test_an_english_export_says_its_language(projects, clerk):
    with translation.override("en"):
        book = openpyxl.load_workbook(written(projects, "xlsx", clerk))
    mark = json.loads(book["_kaifaqu"]["A1"].value)
    assert (mark["language"], mark["columns"][1]) == ("en", "code")


# Limits


def test_a_text_longer_than_a_cell_is_said_not_to_stand_there(zone, clerk):
    roles, long = registers()["roles"], " ".join(["parties.view"] * 3000)
    testing.enter(roles, zone, "code | name\nR1 | 长", rights=long, by=clerk)
    rows = roles.objects.filter(code="R1")
    sheet = openpyxl.load_workbook(written(roles, "xlsx", clerk, rows))["角色"]
    assert [cell.value for cell in sheet[2]][3] == "（超过单元格容量，请看 CSV）"
    csv.field_size_limit(10**6)
    [_heads, row] = csv.reader(io.StringIO(written(roles, "csv", clerk, rows).getvalue().decode("utf-8-sig"), newline=""))
    assert row[3] == long


def test_more_rows_than_a_sheet_holds_are_refused_in_a_sentence(projects, clerk, monkeypatch):
    monkeypatch.setattr(workbooks, "ROWS", 3)
    with pytest.raises(ValidationError, match="一张工作表最多 3 行"):
        written(projects, "xlsx", clerk)


def test_an_unknown_format_is_refused_with_those_there_are(projects, clerk):
    with pytest.raises(ValueError, match=r"没有格式「xls」。可选：xlsx、csv、json、parquet"):
        written(projects, "xls", clerk)


@pytest.mark.parametrize("format", FORMATS)
def test_every_register_can_be_exported_empty_or_not(zone, clerk, format):
    for register in registers().values():
        for rows in (register.objects.visible_to(clerk), register.objects.none()):
            assert written(register, format, clerk, rows).getvalue()


def test_a_day_of_full_precision_is_a_day_in_parquet(zone, clerk):
    memberships = registers()["memberships"]
    [row] = parquet.read_table(written(memberships, "parquet", clerk)).to_pylist()
    assert (row["since"], row["until"], row["user"], row["below"]) == (date(2020, 1, 1), None, "clerk", False)


# Messages


def test_a_message_tells_the_main_facts_and_nothing_personal(zone, clerk):
    projects, enterprises = registers()["projects"], registers()["enterprises"]
    testing.enter(projects, zone, """
        code | name     | total_investment | signed_on  | started_on
        P1   | 光伏组件 | 12000.5          | 2023-01-10 | 2023-03
        P2   | 碳纤维   |                  | 2023       |
        P3   | 铸造     | -3               | 2024-01-05 |
    """, by=clerk)  # fmt: skip
    title, *lines, closing = message(projects.objects.order_by("code"), projects, clerk, filters="含「项目」", limit=2).splitlines()
    assert title.startswith("【项目，含「项目」，20")
    assert lines == [
        "1. P1｜光伏组件｜在建｜计划总投资 12000.5 万元｜签约日期 2023-01-10｜开工日期 2023-03",
        "2. P2｜碳纤维｜签约｜签约日期 2023",
    ]
    assert closing.startswith("共 3 条，以上是前 2 条。数据时刻 ")
    head = events.Head.objects.get()
    assert closing.endswith(f"，校验码 #{head.seq} {head.hash[:12]}。")
    testing.enter(enterprises, zone, "code | name | phone | contact\nQ1 | 甲公司 | 0359-1 | 张三", by=clerk)
    assert "1. Q1｜甲公司\n" in message(enterprises.objects.all(), enterprises, clerk)
    assert str(clerk.name) not in message(registers()["users"].objects.all(), registers()["users"], clerk)
    assert str(clerk.name) not in message(registers()["memberships"].objects.all(), registers()["memberships"], clerk)
