"""W5: large ledgers come in by their templates with every check: results of research, patents, parts of vehicles.

The institute and the recycler of the demo fetch the template of a register, and fill a table under its headings: research
results and parts in the full form 100,000 rows of each. Rows with one fault of every kind are among them; exactly those must
be named, each with its sentence, and nothing may be written. Put right, the table comes in whole, read again it is all the
same, and what a figure counts grows by what came in. A list of patents names many of them once more, their numbers written in
other ways: each is found and counted once; where the two lines say different things, a person must decide. The planted
fault lets the importer believe a patent's number as it is written.
"""

import csv
import io

from bar import Bar

from tests import laboratory

bar = Bar("W5", __doc__)
with laboratory.database():
    laboratory.enter()
    import openpyxl
    from django.db import connection

    from kaifaqu.domains.recycling.parts import PartCategory, PartKind, VehiclePart
    from kaifaqu.domains.research.ledger import PatentNumberField, RDPatent, RDProject, RDResult
    from kaifaqu.kernel import clock, events, indicators
    from kaifaqu.kernel.access import Party, User
    from kaifaqu.kernel.periods import Period
    from kaifaqu.registers.vehicles.models import Vehicle
    from kaifaqu.sheets import blanks, importing

    laboratory.demo()
    size = bar.size(quick=1200, full=100_000)
    institute, recycler = (Party.objects.get(code=code) for code in ("DEMO-YJ", "DEMO-ELV"))
    researcher, dismantler = (User.objects.get_by_natural_key(code) for code in ("institute", "recycler"))

    def table(register, owner, person, rows):
        """Return rows of facts as a CSV file under the headings of the register's template."""
        form = io.BytesIO()
        blanks.blank(register, person, form, owner=owner)
        book = openpyxl.load_workbook(form)
        sheet = book[next(name for name in book.sheetnames if not name.startswith("_"))]
        heads = {str(cell.value).rstrip("*＊ "): None for cell in sheet[1] if cell.value}
        columns = {name: str(register._meta.get_field(name).verbose_name) for name in register.columns}
        lost = {label for label in columns.values() if label not in heads}
        bar.check(f"{register.register}: the template has every column", not lost, lost or f"{len(columns)} columns")
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(columns.values())
        writer.writerows([row.get(name, "") for name in columns] for row in rows)
        return io.BytesIO(out.getvalue().encode("utf-8-sig"))

    def bring(register, owner, person, rows, *, write=True):
        """Check rows, and write them if none is wrong; return the counts, and by number what is wrong with a row."""
        upload = importing.receive(register, owner, person, "台账.csv", table(register, owner, person, rows))
        importing.check(upload)
        faults = {row["number"]: row["faults"][0]["message"] for row in importing.rows(upload) if row["faults"]}
        if write and not faults:
            importing.write(upload, person)
        return upload.found["counts"], faults

    def told(code, owner):
        """Return what a figure of the owner comes to until the end of the demo's year."""
        return indicators.find(code).figure(Period.parse("2024"), scope={owner}).value

    def comes_in(register, owner, person, rows, wrong, figure):
        """Check that exactly the wrong rows are named, that nothing is written meanwhile, and that the whole comes in afterwards."""
        label, before, known = register.register, register.objects.filter(owner=owner).count(), told(figure, owner)
        places = {len(rows) * (at + 1) // (len(wrong) + 1): case for at, case in enumerate(wrong)}
        spoilt = [{**row, **places[at][0]} if at in places else row for at, row in enumerate(rows)]
        seq = events.last_seq()
        counts, faults = bring(register, owner, person, spoilt)
        wanted = {at + 2: sentence for at, (_facts, sentence) in places.items()}  # below the headings
        right = faults.keys() == wanted.keys() and all(sentence in faults[number] for number, sentence in wanted.items())
        bar.check(f"{label}: of {len(rows)} rows exactly the {len(wrong)} wrong ones are named", right,
                  counts if right else [(faults.get(at), text) for at, text in wanted.items() if text not in faults.get(at, "")])
        bar.check(f"{label}: and nothing is written", seq == events.last_seq())
        counts, faults = bring(register, owner, person, rows)
        there = register.objects.filter(owner=owner).count() - before
        bar.check(f"{label}: put right, all come in", (counts, there, faults) == ({"new": len(rows)}, len(rows), {}), f"{counts}, {there}")
        bar.check(f"{label}: {figure} grew by as many", told(figure, owner) - known == len(rows), f"{known} → {told(figure, owner)}")
        counts, _faults = bring(register, owner, person, rows, write=False)
        bar.check(f"{label}: read again all are the same", counts == {"same": len(rows)}, counts)

    projects = [each.code for each in RDProject.objects.filter(owner=institute).order_by("id")[:50]]
    comes_in(RDResult, institute, researcher, [{
        "code": f"W{number:06d}", "name": f"演示成果{number:06d}", "level": "国际领先", "project": projects[number % len(projects)],
        "appraised_on": f"20{10 + number % 13}-{number % 12 + 1:02d}-05", "document": f"演示鉴定{number}",
    } for number in range(size)], [
        ({"level": "宇宙领先"}, "「成果水平」"), ({"project": "没有的项目"}, "没有科研项目「没有的项目」"), ({"name": ""}, "「成果名称」"),
        ({"appraised_on": "2999-01-01"}, "「鉴定日期」"), ({"appraised_on": "去年"}, "「去年」不是日期"), ({"code": "W000000"}, "重复"),
    ], "rd.results.count")

    vehicles = list(Vehicle.objects.filter(owner=recycler, received_on__lt="2024-07-01").order_by("id")[:50])
    kinds = PartCategory.objects.filter(owner=recycler)
    plain, assembly = kinds.exclude(kind=PartKind.ASSEMBLY).first(), kinds.filter(kind=PartKind.ASSEMBLY).first()
    comes_in(VehiclePart, recycler, dismantler, [{
        "code": f"W{number:06d}", "vehicle": vehicles[number % len(vehicles)].code, "category": plain.code, "use": "作材料",
        "removed_on": f"2024-07-{number % 31 + 1:02d}", "mass": f"{number % 90}.25", "location": f"{number % 40} 架",
    } for number in range(size)], [
        ({"vehicle": "没有的车"}, "没有报废机动车「没有的车」"), ({"category": "没有的品类"}, "没有零部件品类「没有的品类」"),
        ({"use": "送人"}, "「用途」"),
        ({"mass": "很重"}, "「很重」不是数字"), ({"removed_on": "2001-01-01"}, "还没有进场"), ({"removed_on": ""}, "「拆下日期」"),
        ({"category": assembly.code, "use": "报废机动车回用件"}, "五大总成"),
    ], "elv.parts.count")

    if bar.fault:
        PatentNumberField.to_python = lambda self, value: value
    known = told("rd.patents.granted.count", institute)
    patents = [{
        "number": f"2019{10_000_000 + number}.X", "name": f"演示专利{number:06d}", "kind": "发明", "filed_on": "2019-03-01",
        "granted_on": "2021-06-01",
    } for number in range(size)]
    spelt = [str.lower, lambda text: f"ZL {text}", lambda text: f"ＺＬ{text}", lambda text: text.replace(".", ""), lambda text: f"CN{text}"]
    again = [{**row, "number": spelt[at % len(spelt)](row["number"])} for at, row in enumerate(patents[::7])]
    counts, faults = bring(RDPatent, institute, researcher, patents + again)
    bar.check("rd_patents: each is found again however its number is written",
              counts == {"new": size, "same": len(again)} and not faults, f"{counts} {[*faults.values()][:2] or ''}")
    grown = told("rd.patents.granted.count", institute) - known
    bar.check("rd_patents: each is counted once", grown == size, f"{grown} of {size + len(again)} lines")
    _counts, faults = bring(RDPatent, institute, researcher, [
        {**patents[0], "number": "201820000001.X"}, {**patents[0], "number": "ZL 201820000001.x", "granted_on": "2022-01-01"}])
    bar.check("rd_patents: where two lines differ, a person decides", len(faults) == 1 and "重复" in "".join(faults.values()), faults)
    clock.release()
    connection.close()
bar.close()
