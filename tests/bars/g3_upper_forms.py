"""G3: an upper level's workbook is filled as it came: only pointed cells change, and the next month takes no mapping.

Three workbooks of different make (merged headings, formulas of every kind, hidden columns, protection, validation,
conditional formats, charts, pictures, comments, sparklines, unknown parts, days counted from 1904, prefixed names, cells
without names) become forms by pointing at cells. They are filled for two months. Every part of the package that holds no
such cell is the same byte for byte; in the sheets that do, everything but those cells is the same, and they hold what is
counted here a second time, by plain Python from the table of projects. LibreOffice, set to recalculate what it opens, does
so with our file and with one filled by another library, and every formula has the same value. The second month changes no
cell's mapping. The planted fault fills the cells by a library that loads and saves the workbook.
"""

import hashlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
from bar import Bar
from openpyxl.utils.cell import coordinate_from_string

from tests import laboratory, workbooks

PERIODS = ("2024-06", "2024-07")
ZONE = "测试开发区"
SETTINGS = """<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""  # always recalculate


def counted(table: list[dict], period: str, kind: str) -> dict[str, object]:
    """Return by cell what the matrix, the text and the list must hold, from the table alone."""
    year, month = map(int, period.split("-"))
    wanted: dict[str, object] = {}
    for column, back in (("C", 0), ("D", 1)):
        end = date(year - back + month // 12, month % 12 + 1, 1)
        started = [each for each in table if date.fromisoformat(each["started_on"]) < end]
        fresh = [each for each in started if each["started_on"] >= f"{year - back}-{month:02d}-01"]
        wanted |= {f"汇总!{column}5": Decimal(len(started)), f"汇总!{column}6": sum(Decimal(each["total_investment"]) for each in started),
                   f"汇总!{column}7": Decimal(len(fresh))}
    words, last = f"{year}年{month}月", date(year, month, 30 if month == 6 else 31)
    wanted |= {"office": {"汇总!E2": words}, "library": {"汇总!B3": Decimal((last - date(1904, 1, 1)).days)},
               "streamed": {"汇总!D12": f"{words} & <{ZONE}>"}}[kind]  # fmt: skip
    sheet, first, base = {
        "office": ("项目清单", 3, date(1899, 12, 30)), "library": ("清单", 2, date(1904, 1, 1)), "streamed": ("明细", 2, None)}[kind]
    for row in range(workbooks.LINES):
        each = table[row] if row < len(table) else None
        values = [None] * 5 if each is None else [
            Decimal(row + 1), each["code"], each["name"], Decimal(each["total_investment"]),
            Decimal((date.fromisoformat(each["started_on"]) - base).days) if base else each["started_on"]]
        wanted |= {f"{sheet}!{column}{first + row}": value for column, value in zip("ABCDE", values, strict=True)}
    return wanted


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def sheets(package: dict[str, bytes]) -> dict[str, str]:
    """Return by the name of each worksheet its part."""
    main = ElementTree.fromstring(package["_rels/.rels"])
    book = next(each.get("Target").lstrip("/") for each in main if each.get("Type").endswith("/officeDocument"))
    folder, _slash, name = book.rpartition("/")
    targets = {each.get("Id"): each.get("Target") for each in ElementTree.fromstring(package[f"{folder}/_rels/{name}.rels"])}
    names = ElementTree.fromstring(package[book]).iter(f"{{{workbooks.MAIN}}}sheet")
    return {each.get("name"): target.lstrip("/") if (target := targets[each.get(f"{{{workbooks.RELATIONS}}}id")]).startswith("/")
            else f"{folder}/{target}" for each in names}


def cells(part: bytes) -> tuple[dict[str, tuple[object, str]], str]:
    """Return each cell with its value and its style, and the rest of the sheet as canonical text: what holds no cell."""
    root = ElementTree.fromstring(part)
    tag, found, row_number = f"{{{workbooks.MAIN}}}", {}, 0
    for row in root.find(f"{tag}sheetData"):
        row_number = int(row.get("r") or row_number + 1)
        column = 0
        for each in [*row]:
            named = each.get("r")
            column = coordinate_from_string(named)[0] if named else openpyxl.utils.get_column_letter(column + 1)
            text = "".join(each.itertext())
            kind, formula = each.get("t", "n"), each.find(f"{tag}f")
            value = ElementTree.tostring(each) if formula is not None else None if not text and kind == "n" else \
                Decimal(text) if kind == "n" else f"#{text}" if kind == "s" else text
            found[f"{column}{row_number}"] = (value, each.get("s", "0"))
            column = openpyxl.utils.column_index_from_string(column)
            row.remove(each)
        row.attrib.pop("r", None)
    data = root.find(f"{tag}sheetData")
    for row in [each for each in data if not each.attrib]:
        data.remove(row)
    return found, ElementTree.canonicalize(ElementTree.tostring(root))


def compare(bar: Bar, name: str, blank: bytes, filled: bytes, wanted: dict[str, object]) -> None:
    """Compare the filled package with the blank one, part by part and cell by cell."""
    before, after = parts(blank), parts(filled)
    touched = {sheets(before)[each.partition("!")[0]] for each in wanted}
    book = next(each for each in before if re.fullmatch(r"xl/(work)?book\.xml", each))
    same = [part for part in before if part not in touched and part != book and before[part] == after.get(part)]
    bar.check(f"{name}: every part without a pointed cell is the same, in the same order",
              [*before] == [*after] and len(same) == len(before) - len(touched) - 1, f"{len(same)} of {len(before)} parts")
    plain = re.sub(rb' ?fullCalcOnLoad="1"', b"", after.get(book, b""))
    bar.check(f"{name}: the workbook's own part only asks to be computed", re.sub(rb"<(x:)?calcPr/>", b"", plain)
              == re.sub(rb' ?fullCalcOnLoad="1"', b"", before[book]) and b'fullCalcOnLoad="1"' in after.get(book, b""))
    odd, wrong, styles = [], [], []
    for sheet, part in sheets(before).items():
        (old, rest), (new, other) = cells(before[part]), cells(after.get(part, before[part]))
        odd += [sheet] if rest != other else []
        for cell in {*old, *new}:
            if f"{sheet}!{cell}" not in wanted:
                odd += [f"{sheet}!{cell}"] if old.get(cell, (None, "0"))[0] != new.get(cell, (None, "0"))[0] else []
            elif cell in old and cell in new and old[cell][1] != new[cell][1]:
                styles.append(f"{sheet}!{cell}")
        wrong += [each for each, value in wanted.items()
                  if each.partition("!")[0] == sheet and new.get(each.partition("!")[2], (None, ""))[0] != value]
    bar.check(f"{name}: nothing else in those sheets has changed", not odd, odd[:4] or "")
    bar.check(f"{name}: the cells keep their formats", not styles, styles[:4] or "")
    bar.check(f"{name}: each pointed cell holds what was counted", not wrong, wrong[:4] or f"{len(wanted)} cells")


def by_library(blank: bytes, wanted: dict[str, object]) -> bytes:
    """Return the workbook as another library fills it: what it cannot keep is lost, the formulas are there."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    for place, value in wanted.items():
        sheet, _mark, cell = place.partition("!")
        book[sheet][cell] = float(value) if isinstance(value, Decimal) else value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def recalculated(files: dict[str, bytes]) -> dict[str, dict[str, object]]:
    """Return of each file the values of its formulas as LibreOffice computes them."""
    formulas, found = {}, {}
    with tempfile.TemporaryDirectory(prefix="kaifaqu-") as place:
        folder = Path(place)
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        for name, content in files.items():
            (folder / f"{name}.xlsx").write_bytes(content)
            book = openpyxl.load_workbook(io.BytesIO(content))
            every = ((sheet.title, cell) for sheet in book for row in sheet.iter_rows() for cell in row)
            formulas[name] = [(sheet, cell.coordinate) for sheet, cell in every if cell.data_type == "f"]
        subprocess.run([
            shutil.which("soffice") or "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", "xlsx", "--outdir", str(folder / "out"), *(str(folder / f"{name}.xlsx") for name in files),
        ], check=True, capture_output=True, timeout=300)
        for name, places in formulas.items():
            book = openpyxl.load_workbook(folder / "out" / f"{name}.xlsx", data_only=True)
            found[name] = {f"{sheet}!{cell}": book[sheet][cell].value for sheet, cell in places}
    return found


def run(bar: Bar) -> None:
    """Make the forms, fill them twice, and compare."""
    laboratory.enter()
    from kaifaqu.files import store
    from kaifaqu.kernel import actions, clock, testing
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.events import Event
    from kaifaqu.reporting.upper import book
    from kaifaqu.reporting.upper.models import FormCell, UpperForm

    zone = testing.found(name=ZONE)
    clerk = testing.employ(zone, "clerk")
    plan = {code: actions.find(code).plan for code in (
        "projects.create", "upper_forms.create", "upper_forms.workbook", "form_cells.create", "upper_forms.fill")}
    table = list(workbooks.projects(10, 2))
    commit([plan["projects.create"](zone, by=SYSTEM, facts=each) for each in table], by=SYSTEM)
    blanks, forms, ours, theirs = {}, {}, {}, {}
    for kind, (make, cells_pointed) in workbooks.BOOKS.items():
        blanks[kind] = make()
        [form] = commit([plan["upper_forms.create"](zone, by=clerk, facts={"name": f"演示{kind}", "kind": "month"})], by=clerk)
        kept = store.keep(io.BytesIO(blanks[kind]), f"{kind}.xlsx")
        form = commit([plan["upper_forms.workbook"](form, by=clerk, version=1, kept=kept)], by=clerk)[0]
        commit([plan["form_cells.create"](zone, by=clerk, facts={"form": form, **facts}) for facts in cells_pointed], by=clerk)
        forms[kind] = form
    mapped = Event.objects.filter(subject="upper.formcell").count()
    if bar.fault:
        book.Book.filled = lambda self, values: by_library(self.content, {
            f"{sheet}!{openpyxl.utils.get_column_letter(column)}{row}": value for (sheet, (row, column)), value in values.items()})
    for period in PERIODS:
        if period == PERIODS[1]:
            later = {
                "code": "P9999", "name": "演示新增", "signed_on": "2024-06-20", "started_on": "2024-07-05", "total_investment": "88.88"}
            commit([plan["projects.create"](zone, by=SYSTEM, facts=later)], by=SYSTEM)
            table.append(later)
        for kind, form in forms.items():
            made = commit([plan["upper_forms.fill"](form, by=clerk, version=form.row_version, period=period)], by=clerk)[0]
            with store.open(made.sha256) as file:
                filled = file.read()
            wanted = counted(table, period, kind)
            compare(bar, f"{kind} {period}", blanks[kind], filled, wanted)
            bar.check(f"{kind} {period}: the kept file has its hash, and nothing is missing",
                      hashlib.sha256(filled).hexdigest() == made.sha256 and made.missing == 0, made.count)
            ours[f"{kind}-{period}"], theirs[f"{kind}-{period}-by-library"] = filled, by_library(blanks[kind], wanted)
    again = Event.objects.filter(subject="upper.formcell").count()
    bar.check("the second month took no mapping", again == mapped == FormCell.objects.count(), f"{mapped} cells pointed at once")
    hashes = [hashlib.sha256(each).hexdigest() for each in blanks.values()]
    bar.check("the blank workbooks are as they came", all(store.verify(each) for each in hashes)
              and [each.workbook for each in UpperForm.objects.order_by("id")] == hashes)
    values = recalculated(ours | theirs)
    for name in ours:
        one, other = values[name], values[f"{name}-by-library"]
        differing = {cell: (one.get(cell), other.get(cell)) for cell in {*one, *other} if one.get(cell) != other.get(cell)}
        bar.check(f"{name}: LibreOffice computes every formula the same", bool(one) and not differing and any(one.values()),
                  list(differing.items())[:3] or f"{len(one)} formulas")
    clock.release()


if __name__ == "__main__":
    the_bar = Bar("G3", __doc__)
    with laboratory.database():
        run(the_bar)
        from django.db import connection

        connection.close()
    the_bar.close()
    sys.exit()
