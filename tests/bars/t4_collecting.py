"""T4: collecting the monthly progress of projects from 31 units, as it happens in an office.

30 workbooks come back in three formats: .xlsx as they were sent out, .csv in GB18030 and .ods. Four are renamed, some have
columns of their own, one has a heading of its own, two units send a second workbook with other values, one sends that of
last month, three send nothing. The board must say so, the doubles stand side by side, what a person confirms is merged as
one changeset and undone in one step; in the next month the odd heading needs no mapping, and a workbook that was forwarded
with the rows of all units is divided among them, but not while one of its rows is nobody's. The planted fault changes one
checked amount behind the product's back.
"""

import csv
import io
import json
import tempfile
import zipfile
from decimal import Decimal
from xml.sax.saxutils import escape

import openpyxl
from bar import Bar

from tests import laboratory

UNITS = 31
LAST_MONTH, MISSING = 27, (28, 29, 30)  # by their places
TWICE = (3, 14)
RENAMED = (5, 6, 7, 8)
ODD = 10  # writes a heading in its own words
ODD_HEADING = "完成投资额（当月，万元）"
FORMATS = ("xlsx", "csv", "ods")
DONE, YEAR = "本月完成投资（万元）", "本年累计完成投资（万元）"


def filled(book: bytes, amounts: list[str], extra: bool = False) -> dict[str, list[list[str]]]:
    """Return the sheets of a workbook that was sent out, with the amounts written into its rows."""
    sheets = {sheet.title: [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
              for sheet in openpyxl.load_workbook(io.BytesIO(book)).worksheets}
    rows = next(iter(sheets.values()))
    heads = rows[0]
    for row, amount in zip(rows[1:], amounts, strict=True):
        row[heads.index(DONE)], row[heads.index(YEAR)] = amount, str(Decimal(amount) * 3)
    if extra:
        for row in rows:
            row.append("本单位备注" if row is heads else "按合同付款")
    return sheets


def as_xlsx(book: bytes, sheets: dict[str, list[list[str]]]) -> bytes:
    """Return the workbook that was sent out, filled in and saved."""
    made = openpyxl.load_workbook(io.BytesIO(book))
    name, rows = next(iter(sheets.items()))
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            if text:
                made[name].cell(number, place).value = text
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def as_csv(sheets: dict[str, list[list[str]]], renamed: dict[str, str]) -> bytes:
    """Return the first sheet as text in GB18030, without the hidden column, as a person saves it."""
    rows = [row[1:] for row in next(iter(sheets.values()))]
    rows[0] = [renamed.get(head, head) for head in rows[0]]
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows(rows)
    return lines.getvalue().encode("gb18030")


def as_ods(sheets: dict[str, list[list[str]]]) -> bytes:
    """Return the sheets as an OpenDocument spreadsheet."""
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'

    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows) + "</table:table>"
        for name, rows in sheets.items())
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" office:version="1.2"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>")
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{space}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>')
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in (("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)):
            archive.writestr(name, text)
    return stream.getvalue()


def sent(collection) -> dict[str, bytes]:
    """Return the workbooks of a collection by the names of its units."""
    stream = io.BytesIO()
    sending.send(collection, clerk, stream)
    with zipfile.ZipFile(stream) as archive:
        return {name.removesuffix(f"_{collection.name}.xlsx"): archive.read(name) for name in archive.namelist()}


def come_back(collection, books: dict[str, bytes], places: list[int]) -> dict[str, bytes]:
    """Return the files that the units at these places hand in, by name."""
    files = {}
    for place in places:
        name = names[place]
        sheets = filled(books[name], amounts(place, collection.period), extra=place % 4 == 1)
        kind = FORMATS[place % 3]
        if kind == "csv":
            content = as_csv(sheets, {DONE: ODD_HEADING} if place == ODD else {})
        else:
            content = as_xlsx(books[name], sheets) if kind == "xlsx" else as_ods(sheets)
        told = f"工作簿{place}" if place in RENAMED else f"{name}报来"
        files[f"{told}.{kind}"] = content
    return files


def amounts(place: int, period: str, again: bool = False) -> list[str]:
    """Return what a unit reports for its two projects."""
    return [str(Decimal(place * 10 + number + int(period[-2:])) + Decimal("0.5") + again) for number in (1, 2)]


def take_in(collection, files: dict[str, bytes]) -> None:
    """Drop the files in together, and check them."""
    answering.receive(collection, [(name, io.BytesIO(content)) for name, content in files.items()], clerk)
    answering.check_all(collection, clerk)


def states(collection) -> dict[str, list[int]]:
    """Return the places of the units in each state."""
    now = collecting.board(collection)
    return {state: [names.index(line.unit.name) for line in now.of(state)] for state in collecting.STATES if now.of(state)}


def reported(period: str) -> dict[str, tuple[str, str]]:
    """Return what the register says of the period: by project what was done in the month and in the year."""
    rows = ProjectProgress.objects.current().filter(month=column.to_python(period)).select_related("subject")
    return {row.subject.code: (units.text(row.month_investment), units.text(row.year_to_date)) for row in rows}


def everything() -> list[tuple]:
    """Return every row of today."""
    rows = World().rows(ProjectProgress).order_by("subject", "month")
    return list(rows.values_list("subject", "month", "month_investment", "stage"))


bar = Bar("T4", __doc__)
with laboratory.database() as url, tempfile.TemporaryDirectory() as home:
    laboratory.enter()
    from django.conf import settings
    from django.core.exceptions import ValidationError

    from kaifaqu.kernel import actions, audit, clock, events, testing, units
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.records import field_of
    from kaifaqu.kernel.world import World
    from kaifaqu.registers.projects.models import Project, ProjectProgress
    from kaifaqu.sheets import answering, collecting, importing, sending
    from kaifaqu.sheets.models import Upload

    settings.HOME = home
    zone = testing.found()
    clerk = testing.employ(zone, "clerk")
    column = field_of(ProjectProgress, "month")
    names = [f"演示{chr(0x7532 + place // 10)}{place:02d}有限公司" for place in range(UNITS)]
    testing.enter(Project, zone, "code | name | signed_on | started_on\n" + "\n".join(
        f"P{place:02d}{number} | {names[place]}{number}期 | 2023-01-01 | 2023-02-01"
        for place in range(UNITS) for number in (1, 2)), by=clerk)

    def ask(period: str):
        """Enter the collection of a month."""
        facts = {"name": f"{period} 项目月度进展", "target": "progress", "period": period, "due_on": "2024-08-05"}
        return sending.start(zone, clerk, facts, [
            {"name": names[place], "records": f"P{place:02d}1、P{place:02d}2"} for place in range(UNITS)])

    june, july = ask("2024-06"), ask("2024-07")
    books, old = sent(july), sent(june)
    bar.check("one workbook is sent out for each unit, by a name that says whose it is", set(books) == set(names) == set(old), len(books))

    back = [place for place in range(UNITS) if place not in (LAST_MONTH, *MISSING)]
    files = come_back(july, books, back)
    for place in TWICE:
        sheets = filled(books[names[place]], amounts(place, "2024-07", again=True))
        files[f"{names[place]}（更正）.xlsx"] = as_xlsx(books[names[place]], sheets)
    files["上月.xlsx"] = as_xlsx(old[names[LAST_MONTH]], filled(old[names[LAST_MONTH]], amounts(LAST_MONTH, "2024-06")))
    kinds = [name.rpartition(".")[2] for name in files]
    bar.check("30 workbooks of three formats come back", len(files) == 30 and set(kinds) == {*FORMATS},
              ", ".join(f"{kinds.count(kind)} {kind}" for kind in FORMATS))
    take_in(july, files)
    take_in(july, {"又发一遍.xlsx": files[f"{names[0]}报来.xlsx"]})
    bar.check("the same file again is the same answer", Upload.objects.filter(collection=july).count() == 30)

    now = collecting.board(july)
    unmarked = [place for place in back if FORMATS[place % 3] == "csv"]
    bar.check("last month's workbook is named and not taken", [(each.name, "2024-06" in each.problem) for each in now.refused] == [
        ("上月.xlsx", True)], now.refused[0].problem if now.refused else "")
    suggested = {names.index(each.found["suggested"]["name"]): each for each in now.unmatched if each.found.get("suggested")}
    bar.check("files without a mark are not taken without a person's word, and the unit is suggested",
              sorted(suggested) == unmarked and len(now.unmatched) == len(unmarked), f"{len(unmarked)} .csv")
    marked = [place for place in back if place not in unmarked]
    bar.check("every other file, renamed or not, is known by its mark", states(july) == {
        "not_back": [place for place in range(UNITS) if place not in marked], "twice": [*TWICE],
        "back": [place for place in marked if place not in TWICE]}, {state: len(found) for state, found in states(july).items()})

    unit_of = {line.unit.name: line.unit for line in now.lines}
    for place, answer in suggested.items():
        answering.assign(answer, unit_of[names[place]], clerk)
    odd = collecting.board(july).lines[ODD].answers[0]
    bar.check("a heading in other words is asked about once",
              states(july).get("faulty") == [ODD] and odd.found["unsettled"] == [ODD_HEADING], odd.found["unsettled"])
    importing.choose(odd, mapping={ODD_HEADING: "month_investment"})
    answering.check(odd, clerk)
    absent = [LAST_MONTH, *MISSING]
    bar.check("the board is right", states(july) == {
        "not_back": absent, "twice": [*TWICE], "back": [place for place in back if place not in TWICE]},
        {state: len(found) for state, found in states(july).items()})
    told = collecting.reminder(july)
    bar.check("the reminder names those who have not handed in, and only those",
              [place for place in range(UNITS) if names[place] in told] == absent, told.splitlines()[0])

    for place in TWICE:
        [first, second] = collecting.board(july).lines[place].answers
        apart = answering.differences([first, second])
        wanted = [[units.text(Decimal(one)), units.text(Decimal(other))] for one, other in zip(
            amounts(place, "2024-07"), amounts(place, "2024-07", again=True), strict=True)]
        bar.check(f"two answers of one unit stand side by side where they differ ({place})",
                  [texts for each in apart for label, texts in each.cells if label == DONE] == wanted, wanted)
    try:
        collecting.merge(july, clerk)
        refused = ""
    except ValidationError as refusal:
        refused = " ".join(refusal.messages)
    bar.check("nothing is merged while doubles are open",
              all(names[place] in refused for place in TWICE) and not reported("2024-07"), refused)
    for place in TWICE:
        answering.choose(collecting.board(july).lines[place].answers[1])

    if bar.fault:
        staged = collecting.board(july).lines[0].answers[0].staged
        lines = [json.loads(line) for line in staged.read_text(encoding="utf-8").splitlines()]
        lines[0]["facts"]["month_investment"] = "1"
        staged.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")

    before, known = everything(), events.last_seq()
    changeset = collecting.merge(july, clerk, "7 月收表")
    wrote = events.Event.objects.filter(seq__gt=known)
    batches = {*wrote.values_list("changeset", flat=True)}
    bar.check("everything that was chosen is one changeset",
              batches == {changeset.pk} and changeset.kind == "collect" and changeset.created == len(back) * 2,
              f"{changeset.created} records, {wrote.count()} events")
    want = {
        f"P{place:02d}{number}": (amount, units.text(Decimal(amount) * 3)) for place in back
        for number, amount in enumerate(amounts(place, "2024-07", again=place in TWICE), 1)}
    now_told = reported("2024-07")
    differing = {code: (each, now_told.get(code)) for code, each in want.items() if now_told.get(code) != each}
    bar.check("each amount is what the unit's workbook says", now_told == want, differing or f"{len(want)} projects")
    bar.check("the board says merged", states(july) == {"not_back": absent, "merged": back})

    merged = everything()
    commit([actions.find("changesets.undo").plan(changeset, by=clerk, version=changeset.row_version, reason="要改")], by=clerk)
    bar.check("undone in one step, everything is as before, and the units are back again",
              everything() == before and states(july) == {"not_back": absent, "back": back})
    again = collecting.merge(july, clerk)
    bar.check("merged again, everything is as it was merged", everything() == merged and again.pk != changeset.pk)
    bar.check("the chain verifies", audit.verify().problems == [])

    clock.set(clock.now())
    august = ask("2024-08")
    take_in(august, come_back(august, sent(august), [ODD]))
    [answer] = collecting.board(august).unmatched
    answering.assign(answer, next(line.unit for line in collecting.board(august).lines if line.unit.name == names[ODD]), clerk)
    bar.check("the next month needs no mapping", answer.found["unsettled"] == [] and states(august)["back"] == [ODD])
    collecting.merge(august, clerk)
    bar.check("and its amounts arrive", reported("2024-08") == {
        f"P{ODD}{number}": (amount, units.text(Decimal(amount) * 3)) for number, amount in enumerate(amounts(ODD, "2024-08"), 1)})

    stream = io.BytesIO()
    sending.forward(august, clerk, stream)
    whole = filled(stream.getvalue(), [amount for place in range(UNITS) for amount in amounts(place, "2024-08")])
    heads, *rows = next(iter(whole.values()))
    for number, row in enumerate(rows):
        if number >= 6:  # only the first three units have filled in anything
            row[heads.index(DONE)] = row[heads.index(YEAR)] = ""
    right, rows[5][heads.index("项目")] = rows[5][heads.index("项目")], "P022 写错了"
    take_in(august, {"总表.xlsx": as_xlsx(stream.getvalue(), whole)})
    told = [each.problem for each in collecting.board(august).unmatched]
    bar.check("a forwarded workbook with a row that is nobody's is not divided, and the row is named",
              len(told) == 1 and "第 7 行「P022 写错了」" in told[0] and "back" not in states(august), told)
    rows[5][heads.index("项目")] = right
    take_in(august, {"改好的总表.xlsx": as_xlsx(stream.getvalue(), whole)})
    bar.check("put right, it is the answer of each unit that has filled something in", states(august)["back"] == [0, 1, 2])
bar.close()
