"""S4: every figure, in every grouping, today and as known at earlier moments, equals a recount from the events alone.

Random zones with corrections, archived and revived records, lists and changes in one instant are entered; the recount
(tests/recount.py) imports nothing of the product and reads only the exported events. The table guard refuses a
definition that leaves the world. The planted fault makes the world forget the last correction of each project.
"""

import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bar import Bar

from tests import laboratory

SEEDS = (54, 63, 67, *range(70, 79))  # of the first three, two in which everything is known to the day: together they feed every figure
QUICK = 3  # of them, in the quick form
PERIODS = ["2023", "2024-H1", "2023-03..05", "2023-06-15"]

bar = Bar("S4", __doc__)
with laboratory.database(), tempfile.TemporaryDirectory() as folder:
    laboratory.enter()
    from django.db import connection
    from django.db.models import Q

    from kaifaqu.kernel import clock, events, guard, indicators, world
    from kaifaqu.kernel.events import Event
    from kaifaqu.kernel.founding import begin
    from kaifaqu.kernel.periods import Period
    from kaifaqu.kernel.records import registers
    from kaifaqu.registers.projects.models import Project
    from tests.answers import OF_THE_QUARTER, answers, dead
    from tests.random_packages import STEPS
    from tests.random_zone import RandomZone

    root = begin("ROOT", "测试", demo=True)
    zones = []
    for number, seed in enumerate(SEEDS[:bar.size(quick=QUICK, full=12, fault=1)]):
        zones.append(RandomZone(root, f"Z{number}", seed=seed, exact=seed % 2 == 1))
        zones[-1].live(bar.size(quick=320, full=520))
    sizes = [sum(len(rows) for rows in zone.rows.values()) for zone in zones]
    bar.check("the histories have 300 records each, or more", min(sizes) >= 300,
              f"{len(zones)} zones, {sizes[:5]} records, {events.last_seq()} events")
    met = sum((Counter(zone.packages.done) for zone in zones), Counter())
    bar.check("packages of approvals met all that can happen to them", not {*STEPS, "finish", "withdraw", "stock"} - {*met}, dict(met))

    chance = random.Random(4)
    spans = [Period.parse(text) for text in PERIODS]
    told_periods = [[str(span), span.start.isoformat(), span.end.isoformat()] for span in spans]
    requests, said, unlike = [], {}, []
    if bar.fault:
        last = Project.objects.current().filter(row_version__gt=1).values_list("id", "row_version")
        forgotten = [Project.Version.objects.get(id=pk, row_version=version).seq for pk, version in last]
        rows = world.World.rows
        world.World.rows = lambda self, register: rows(self, register).exclude(**(
            {"seq__in": forgotten} if self.known and register is Project else {"id": -1}))
    dimensions = sorted({each.code for definition in indicators.catalogue().values() for each in definition.by})
    for number, zone in enumerate(zones):
        first, last = Event.objects.filter(party=zone.owner.pk).order_by("seq").values_list("seq", flat=True)[0], events.last_seq()
        asked = [chance.randrange(first, last) for _ in range(bar.size(quick=1, full=6))]
        moments = [Event.objects.filter(changeset=Event.objects.get(seq=seq).changeset).latest("seq").seq for seq in asked] + [last]
        for place, known in enumerate(moments):
            # The quick form asks each grouping in one zone, as known at one moment.
            for by in ("", *(dimensions if bar.full else dimensions[place + number * len(moments)::QUICK * len(moments)])):
                requests.append({"owner": zone.owner.pk, "known": known, "periods": told_periods, "by": by})
                said |= answers(zone.owner.pk, known, PERIODS, by)
                if known == last:
                    today = answers(zone.owner.pk, None, PERIODS, by)
                    same = {key.replace("|None|", f"|{last}|"): value for key, value in today.items()}
                    unlike += [key for key, value in same.items() if said[key] != value]

    export, wanted = Path(folder) / "events.jsonl", Path(folder) / "requests.json"
    with export.open("w", encoding="utf-8") as lines:
        for event in Event.objects.order_by("seq").values("seq", "subject", "subject_id", "payload"):
            lines.write(json.dumps(event, ensure_ascii=False) + "\n")
    wanted.write_text(json.dumps(requests), encoding="utf-8")
    script = laboratory.ROOT / "tests" / "recount.py"
    parts = "".join(part.read_text(encoding="utf-8") for part in script.parent.glob("recount*.py"))
    bar.check("the recount imports nothing of the product", "kaifaqu" not in parts)
    counted = json.loads(subprocess.run(
        [sys.executable, "-I", str(script), str(export), str(wanted)], check=True, stdout=subprocess.PIPE, text=True).stdout)

    differing = sorted(key for key in said if counted.get(key) != said[key])
    for key in differing[:5]:
        print(f"        {key}\n          said    {said[key]}\n          counted {counted.get(key)}")
    if differing:
        print(f"        {dict(Counter(key.rpartition('|')[2] for key in differing))}")
    statuses = {status: sum(value[0] == status for value in said.values()) for status in ("open", "not_computable")}
    groups = sum(len(value[2]) for value in said.values())
    bar.check("every figure equals the recount", not differing, f"{len(said)} figures {statuses}, {groups} groups, {len(differing)} differ")
    codes = {key.rpartition("|")[2] for key in said}
    bar.check("today is what is known last", not unlike, f"{len(unlike)} differ {unlike[:2] or ''}")
    bar.check("every indicator was asked", codes == set(indicators.catalogue()), f"{len(codes)} indicators, groupings {dimensions}")
    unfed = [code for code in dead(said) if not code.startswith(OF_THE_QUARTER)]
    bar.check("every figure that the zones feed is other than nought somewhere", not unfed, f"{len(unfed)} are not {unfed or ''}")
    now = {key.replace(f"|{events.last_seq()}|", "|", 1): value for key, value in said.items()}
    earlier = [(value, now.get(f"{key.split('|')[0]}|{key.split('|', 2)[2]}")) for key, value in said.items()]
    moved = sum(today is not None and today != value for value, today in earlier)
    bar.check("what was known earlier differs from today somewhere", moved > 0, f"{moved} figures")

    refused = []
    leaving = {
        "another table": lambda period, w: Q(enterprise__industry="2611"),
        "today's rows of another register": lambda period, w: Q(id__in=registers()["suspensions"].objects.values("subject_id")),
        "events": lambda period, w: Q(id__in=Event.objects.values("subject_id")),
        "today's rows, read in Python": lambda period, w: Q(id__in=list(Project.objects.values_list("id", flat=True)[:5])),
        "another table where its own rows are none": lambda period, w: Q(park_id__in=[]) & Q(id__in=Event.objects.values("subject_id")),
        "another table in one year": lambda period, w: Q(enterprise__industry="2611") if period.start.year == 2024 else Q(),
        "another table, when there are rows": lambda period, w: Q(lead__name="") if w.rows(Project).exists() else Q(),
        "the clock": lambda period, w: Q(started_on__lte=clock.today()),
        "another table in some years": lambda period, w: Q(enterprise__industry="2611") if period.start.year < 2010 else Q(),
    }
    for name, where in leaving.items():
        definition = indicators.Indicator(code=f"wrong.{name}", label=name, unit="个", basis="", register=Project, where=where)
        try:
            definition.figure(Period.parse("2024"), scope={root.pk})
        except guard.OutsideWorld as refusal:
            refused.append(str(refusal))
    bar.check("a definition that leaves the world is refused", len(refused) == len(leaving), f"{len(refused)} of {len(leaving)}")
    clock.release()
    connection.close()
bar.close()
