"""T3: an import that is undone leaves every list, figure and export as before, and the past between as it was known.

In the demo zone a workbook of new and changed projects is imported and undone: the rows of every register, every figure in
every grouping and the exports equal those of before; as known between, they are those of between; the same file comes in
again with the same counts; and an undo is refused, with what is in the way named, when a row has changed since. The
planted fault archives one more record after the undo.
"""

import csv
import io
import json
import tempfile
from pathlib import Path

from bar import Bar

from tests import laboratory

PERIODS = ["2024-H1", "2023", "2024-05-14"]

bar = Bar("T3", __doc__)
with laboratory.database(), tempfile.TemporaryDirectory() as folder:
    laboratory.enter()
    from django.core.exceptions import ValidationError
    from django.db import connection

    from kaifaqu.kernel import actions, audit, events
    from kaifaqu.kernel.access import Installation, User
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.records import registers
    from kaifaqu.kernel.world import World
    from kaifaqu.registers.projects.models import Project
    from kaifaqu.sheets import exporting, importing
    from kaifaqu.sheets.models import Changeset
    from tests.answers import answers

    laboratory.demo()
    zone = Installation.objects.get().owner
    clerk = User.objects.get_by_natural_key("projects")
    kept = [register for register in registers().values() if register is not Changeset]
    VOLATILE = {"row_version", "source", "seq"}  # how often a row was written is not what it says

    def lists(known=None):
        """Return the rows of every register, without what counts the writings."""
        return {
            register.register: sorted(
                tuple(str(getattr(row, each.attname)) for each in register._meta.concrete_fields if each.name not in VOLATILE)
                for row in World(known).rows(register)) for register in kept}

    def figures(known=None):
        """Return every figure of the zone, whole and in every grouping; keys without the moment."""
        told = {}
        for by in ("", "industry", "nature", "park"):
            told |= answers(zone.pk, known, PERIODS, by)
        return {key.replace(f"|{known}|", "||"): value for key, value in told.items()}

    def exports():
        """Return the exports of projects as CSV and JSON: their rows, without keys and what says when they were made."""
        rows = Project.objects.visible_to(clerk).order_by("id")
        texts = []
        for kind in ("csv", "json"):
            stream = io.BytesIO()
            exporting.export(rows, Project, clerk, kind, stream)
            text = stream.getvalue().decode("utf-8-sig")
            texts.append([line[1:] for line in csv.reader(io.StringIO(text))] if kind == "csv" else [
                {name: value for name, value in row.items() if name not in ("_key", "id", "row_version")}
                for row in next(
                    each for each in json.loads(text).values() if isinstance(each, list) and each and isinstance(each[0], dict))])
        return texts

    existing = list(Project.objects.visible_to(clerk).order_by("id")[:8])
    path = Path(folder) / "项目.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["编号", "项目名称", "签约日期", "开工日期", "计划总投资（万元）"])
        for number in range(bar.size(quick=200, full=3000)):
            write.writerow([f"T3-{number}", f"新项目{number}", "2023-03-01", ["2023-06-01", "2024-03", ""][number % 3], f"{number}.5"])
        for row in existing:
            write.writerow([row.code, f"{row.name}改", str(row.signed_on), "", "777.7"])

    def bring():
        """Check the file, and return the upload."""
        with path.open("rb") as file:
            upload = importing.receive(Project, zone, clerk, path.name, file, reason="月报")
        importing.check(upload)
        return upload

    before, known_before = (lists(), figures(), exports()), events.last_seq()
    upload = bring()
    counts = upload.found["counts"]
    changeset = importing.write(upload, clerk)
    between, known_between = (lists(), figures()), events.last_seq()
    bar.check("the import changes lists and figures", between[0] != before[0] and between[1] != before[1],
              f"{counts}, {sum(between[1][key] != before[1].get(key) for key in between[1])} of {len(between[1])} figures differ")

    def undo(of, reason="发错了表"):
        """Take a changeset back."""
        of.refresh_from_db()
        return commit([actions.find("changesets.undo").plan(of, by=clerk, version=of.row_version, reason=reason)], by=clerk)

    undo(changeset)
    if bar.fault:
        [victim] = Project.objects.current().order_by("id")[:1]
        commit([actions.find("projects.archive").plan(victim, by=clerk, version=victim.row_version, reason="错")], by=clerk)
    after = (lists(), figures(), exports())
    for place, name in enumerate(("every row of every register", "every figure in every grouping", "the exports as CSV and JSON")):
        bar.check(f"after the undo: {name} as before", after[place] == before[place],
                  f"{len(before[place])} {'registers' if place == 0 else 'figures' if place == 1 else 'files'}")
    bar.check("known in between is what the import said", (lists(known_between), figures(known_between)) == between)
    bar.check("known before is what was before", (lists(known_before), figures(known_before)) == before[:2])
    again = bring()
    bar.check("the same file comes in again with the same counts", again.found["counts"] == counts, again.found["counts"])
    second = importing.write(again, clerk)
    bar.check("and says what it said", lists() == between[0])
    touched = Project.objects.current().get(code="T3-0")
    rename = actions.find("projects.correct").plan
    commit([rename(touched, by=clerk, version=touched.row_version, facts={"name": "后来改的"}, reason="更名")], by=clerk)
    known = events.last_seq()
    try:
        undo(second)
        refused = ""
    except ValidationError as refusal:
        refused = "".join(refusal.messages)
    bar.check("an undo over a later change is refused, and names the record",
              "T3-0" in refused and events.last_seq() == known, refused[:80])
    bar.check("the audit is clean", audit.verify().problems == [])
    connection.close()
bar.close()
