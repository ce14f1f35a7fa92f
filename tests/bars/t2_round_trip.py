"""T2: what is exported comes in again with "all the same", for every register that people fill in.

A thousand random records of each register: rare characters, codes of 18 digits and with leading zeros, negative and very
large amounts, texts that a spreadsheet would take for formulas, dates to the day, the month and the year. Each register is
exported as XLSX, CSV, JSON and Parquet, each file is checked by the importer, and every row must be found unchanged; the
values are also read by an independent library. Forms and exports go through LibreOffice and must come back the same.
The planted fault changes one record after the export.
"""

import csv
import io
import itertools
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

from bar import Bar

from tests import laboratory
from tests.random_facts import demanded, nth

RARE = [
    "䶮㛃𬱖𠅤科技", "=1+1", "+86 010", "-5℃冷库", "@晶光", "＝全角", "'引号", "第一行\n第二行", '他说"好"', "a,b;c\td", "007", "😀厂房",
    "1E5", "2024-3-1", "TRUE",
]
AMOUNTS = ["-999999999.999999", "999999999.999999", "0", "0.000001", "12000.5", "-350", "100000000"]
DATES = ["2023", "2023-05", "2023-05-17", "2022-12", "2021-01-01"]

bar = Bar("T2", __doc__)
with laboratory.database(), tempfile.TemporaryDirectory() as folder:
    laboratory.enter()
    import openpyxl
    from django.core.exceptions import ValidationError
    from django.db import connection, models

    from kaifaqu.files import store
    from kaifaqu.kernel import actions, testing
    from kaifaqu.kernel.access import Party, User
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.fields import ExactField, PartialDateField
    from kaifaqu.kernel.records import field_of, registers
    from kaifaqu.registers.projects.progress import MonthField
    from kaifaqu.sheets import blanks, exporting, importing
    from kaifaqu.sheets.checking import SAME

    size = bar.size(quick=60, full=1000)
    chance = random.Random(2)
    zone = testing.found()
    clerk = testing.employ(zone, "clerk")
    kept = store.keep(io.BytesIO(b"%PDF-1.4 proof"), "proof.pdf")
    made: dict = {model: [row for row in model.objects.current() if row.owner_id == zone.pk] for model in (Party, User)}

    def text(column, number):
        """Return a random text that the column takes."""
        longest = column.max_length or 200
        words = chance.choice(RARE) if isinstance(column, models.TextField) else chance.choice(RARE).replace("\n", " ")
        return f"{words}{number}"[-longest:]

    def value(register, column, number):
        """Return a random fact of the column."""
        if column.name == "code":
            return chance.choice([f"{number:06d}", f"9{number:017d}", f"{register.code_prefix}-{number}", f"䶮{number}"])
        if column.is_relation:
            rows = made.get(column.related_model, [])
            return rows[number % len(rows)] if rows else None
        if column.choices:
            return chance.choice([each for each, _label in column.flatchoices])
        kinds = {
            ExactField: AMOUNTS, MonthField: DATES[1:2], PartialDateField: DATES, models.DateField: DATES[2:3],
            models.BooleanField: [True, False], models.IntegerField: [1, 2, 3],
        }  # fmt: skip
        found = next((pool for kind, pool in kinds.items() if isinstance(column, kind)), None)
        if found is AMOUNTS:
            return str(Decimal(chance.choice(AMOUNTS)).quantize(Decimal(1).scaleb(-column.scale)))
        return chance.choice(found) if found else text(column, number)

    def demand(name, number):
        """Return what the record must say; an attachment is of a project and of the file that was kept."""
        if name != "attachments":
            return demanded(name, number, made)
        return {"subject": "projects.project", "subject_id": nth(made, "projects", number).pk, "purpose": "", "name": f"证明{number}.pdf",
                "media_type": kept.media_type, "size": kept.size, "sha256": kept.sha256}

    def enter(register):
        """Enter random records; one that the register refuses is tried again with fewer facts."""
        plan, planned, refused = actions.find(register.right_to("create")).plan, [], Counter()
        columns = [field_of(register, name) for name in dict.fromkeys(("code", *register.columns))]
        for number in range(size):
            told = demand(register.register, number)
            facts = {column.name: value(register, column, number) for column in columns} | told
            optional = [column.name for column in columns if column.blank and column.name not in told]
            chance.shuffle(optional)
            while True:
                try:
                    told = {name: each for name, each in facts.items() if each is not None}
                    planned.append(plan(zone, by=clerk, facts=told, reason="随机"))
                    break
                except ValidationError as refusal:
                    if not optional:
                        refused[refusal.messages[0][:60]] += 1
                        break
                    facts.pop(optional.pop(), None)
        while planned:
            try:
                return commit(planned, by=clerk), refused
            except ValidationError as refusal:  # two random records that exclude each other
                refused[refusal.messages[0][:60]] += 1
                planned = planned[::2]
        return [], refused

    def check(register, path, name):
        """Return how the importer finds the rows of a file, by kind, and the first that is not the same."""
        with path.open("rb") as file:
            upload = importing.receive(register, zone, clerk, name, file)
        importing.check(upload)
        odd = next((row for row in importing.rows(upload) if row["kind"] != SAME), None)
        told = odd and (odd["sheet"], odd["number"], odd["kind"], odd["changes"], [each["message"] for each in odd["faults"]])
        return upload.found["counts"], told, upload.problem

    turns = itertools.cycle(exporting.FORMATS)
    order = ["parties", "users", "roles", "memberships", "grants", "rules", "zones", "parks", "enterprises", "leads", "projects"]
    entered = {each.register: each for each in actions.registry().values() if each.verb == "create" and "facts" in each.facts}
    filled = [name for name, each in registers().items() if each in entered]
    for name in [*order, *(each for each in filled if each not in order)]:
        register = registers()[name]
        rows, refused = enter(register)
        made[register] = rows or made.get(register, [])
        total = register.objects.visible_to(clerk).filter(owner_id=zone.pk).count()
        bar.check(f"{name}: random records entered", len(rows) == size, f"{len(rows)} of {size} {dict(refused.most_common(2)) or ''}")
        is_whole = bar.full or name in order  # in the quick form the others take turns with the formats
        for kind in exporting.FORMATS if is_whole else [next(turns)]:
            path = Path(folder) / f"{name}.{kind}"
            with path.open("wb") as file:
                exporting.export(register.objects.visible_to(clerk).filter(owner_id=zone.pk).order_by("id"), register, clerk, kind, file)
            if bar.fault and kind == "xlsx" and name == "projects":
                [changed] = register.objects.filter(pk=rows[0].pk)
                commit([actions.find("projects.correct").plan(
                    changed, by=clerk, version=1, facts={"total_investment": "7"}, reason="别人改了")], by=clerk)
                path = shutil.copy(path, Path(folder) / "changed.xlsx") and path
                book = openpyxl.load_workbook(path)
                sheet = book[next(each for each in book.sheetnames if not each.startswith("_"))]
                sheet.cell(row=2, column=1).value = None
                book.save(path)
            counts, odd, problem = check(register, path, path.name)
            bar.check(f"{name}: {kind} comes in again all the same", counts == {SAME: total}, f"{counts} of {total} {odd or ''} {problem}")
        if name in ("projects", "enterprises"):
            book = openpyxl.load_workbook(Path(folder) / f"{name}.xlsx", read_only=True)
            sheet = book[next(each for each in book.sheetnames if not each.startswith("_"))]
            live = [cell.value for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
            codes = {str(line[1].value) for line in sheet.iter_rows(min_row=2)}
            wanted = set(register.objects.visible_to(clerk).values_list("code", flat=True))
            bar.check(f"{name}: an independent reader finds every code and no formula",
                      wanted <= codes and not live, f"{len(wanted)} codes")
            with (Path(folder) / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
                lines = list(csv.reader(file))
            dangerous = [cell for line in lines for cell in line if cell[:1] in "=+@＝" and cell]
            bar.check(f"{name}: no text of the CSV is a formula", not dangerous, dangerous[:3])

    office = shutil.which("soffice")
    if bar.check("LibreOffice is installed", office is not None, office or "apt-get install libreoffice-calc"):
        register = registers()["projects"]
        form = Path(folder) / "form.xlsx"
        with form.open("wb") as file:
            blanks.blank(register, clerk, file, rows=made[register][:50], owner=zone)
        for source in (form, Path(folder) / "projects.xlsx"):
            out = Path(folder) / f"office_{source.stem}"
            subprocess.run([office, f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
                            "--outdir", str(out), str(source)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            counts, odd, problem = check(register, out / source.name, source.name)
            bar.check(f"{source.name} saved by LibreOffice comes in again all the same",
                      set(counts) == {SAME} or bar.fault, f"{counts} {odd or ''} {problem}")
    connection.close()
bar.close()
