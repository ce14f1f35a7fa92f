"""B3: a simulated quarter, every figure of which equals a recount by a script that reads nothing but the exported events.

Day by day people of several departments, of a bureau, of a supplier and of an enterprise act by the product's own actions
with their own rights (tests/simulated_quarter.py): issues with all their steps, visits, twelve dispatch meetings whose
decisions become cases, projects that go on, corrections, archived and revived records, undone imports, and a correction
of the calendar by which due days move. At the end of each month and at the end every figure of the catalogue is asked, in
every grouping, today and as known at three earlier moments, and once more by tests/recount.py, which imports nothing of
the product; in the quick form each grouping at one of these ends and moments at least. The planted fault makes the product
forget that one visit was made, behind its back.
"""

import json
import random
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from bar import Bar

from tests import laboratory

ENDS = (date(2024, 4, 30), date(2024, 5, 31), date(2024, 6, 30), date(2024, 7, 5))
PERIODS = ["2024-04", "2024-Q2", "2024-06-15"]
EARLIER = 3
MADE = ("issues", "issue_steps", "visits", "meetings", "decisions", "decision_steps", "projects", "progress")

bar = Bar("B3", __doc__)
with laboratory.database(), tempfile.TemporaryDirectory() as folder:
    laboratory.enter()
    from django.db import connection

    from kaifaqu.kernel import audit, clock, events, indicators
    from kaifaqu.kernel.events import Event
    from kaifaqu.kernel.periods import Period
    from kaifaqu.kernel.records import registers
    from kaifaqu.registers.states import State
    from tests.answers import OF_THE_QUARTER, answers, dead
    from tests.simulated_quarter import DISPATCHES, Quarter

    def forget_a_visit():
        """Make the product forget that one visit was made, in its row and in every version of it."""
        forgotten = registers()["visits"].objects.current().filter(stage="done", kind="visit").values_list("pk", flat=True)[0]
        with connection.cursor() as cursor:
            for table in ("visits_visit", "visits_visit_version"):
                cursor.execute(f"UPDATE {table} SET stage = 'planned' WHERE id = %s", [forgotten])

    def settled(told, day):
        """Return the answers without those of states on a day to come, of which nothing was known on the day."""
        states = {code for code, each in indicators.catalogue().items() if isinstance(each, State)}
        ahead = {str(span) for span in spans if span.end > day}
        return {key: value for key, value in told.items() if not (key.split("|")[2] in ahead and key.split("|")[4] in states)}

    quarter = Quarter(seed=2024, issues=bar.size(quick=150, full=1500), projects=bar.size(quick=20, full=200),
                      visits=bar.size(quick=345, full=3450))  # the ceiling does not let all of them through
    chance, owner = random.Random(3), quarter.zone.pk
    dimensions = sorted({each.code for definition in indicators.catalogue().values() for each in definition.by})
    spans = [Period.parse(text) for text in PERIODS]
    told_periods = [[str(span), span.start.isoformat(), span.end.isoformat()] for span in spans]
    requests, said, steady, unsteady, evenings, last = [], {}, {}, [], [events.last_seq()], 0
    for number, end in enumerate(ENDS[-1:] if bar.fault else ENDS):
        while quarter.day < end:
            quarter.pass_day()
            evenings.append(events.last_seq())
        if bar.fault:
            forget_a_visit()
        last = events.last_seq()
        for place, known in enumerate([evenings[3], *chance.sample(evenings[4:-1], EARLIER - 1), None]):
            begin = place and place + number  # the quick form shares them out, and asks the same of the first evening each time
            grouped = dimensions if bar.full else dimensions[begin::EARLIER + len(ENDS)]
            for by in ("", *grouped):
                answered = answers(owner, known, PERIODS, by)
                answered = {key.replace("|None|", f"|{last}|", 1): value for key, value in answered.items()}
                known_then = settled(answered, end)
                unsteady += [key for key, value in known_then.items() if steady.get(key, value) != value]
                steady |= known_then
                said |= answered
                requests.append({"owner": owner, "known": known or last, "periods": told_periods, "by": by, "today": str(end)})
        print(f"        {end}: {last} events, {len(said)} figures asked", flush=True)
    clock.release()

    made = {name: registers()[name].objects.count() for name in MADE}
    print(f"        {last} events; records: {made}")
    print(f"        done: {dict(quarter.done)}\n        refused: {dict(quarter.refused)}", flush=True)
    wanted = (bar.size(quick=150, full=1500), bar.size(quick=300, full=3000))
    bar.check("the quarter is as large as it should be", made["issues"] >= wanted[0] and made["visits"] >= wanted[1])
    bar.check("twelve dispatch meetings were held, and what they decided became cases",
              quarter.done["dispatches"] == DISPATCHES and made["decisions"] > DISPATCHES, f"{made['decisions']} decisions")
    bar.check("records were corrected, archived and revived, imports undone, cases escalated", all(
        quarter.done[name] for name in ("corrections", "archived", "revived", "imports undone", "escalated")))
    bar.check("the correction of the calendar moved due days", quarter.moved > 0, f"{quarter.moved} cases")

    export, asked = Path(folder) / "events.jsonl", Path(folder) / "requests.json"
    with export.open("w", encoding="utf-8") as lines:
        for event in Event.objects.order_by("seq").values("seq", "subject", "subject_id", "payload"):
            lines.write(json.dumps(event, ensure_ascii=False) + "\n")
    asked.write_text(json.dumps(requests), encoding="utf-8")
    script = laboratory.ROOT / "tests" / "recount.py"
    parts = "".join(part.read_text(encoding="utf-8") for part in script.parent.glob("recount*.py"))
    bar.check("the recount imports nothing of the product", "kaifaqu" not in parts)
    counted = json.loads(subprocess.run(
        [sys.executable, "-I", str(script), str(export), str(asked)], check=True, stdout=subprocess.PIPE, text=True).stdout)
    differing = sorted(key for key in said if counted.get(key) != said[key])
    for code in sorted({key.rpartition("|")[2] for key in differing}):
        print(f"        {code}: {sum(key.endswith(f'|{code}') for key in differing)} differ")
    for key in differing[:8]:
        print(f"        {key}\n          said    {said[key]}\n          counted {counted.get(key)}")
    groups, valued = sum(len(value[2]) for value in said.values()), sum(value[0] == "open" for value in said.values())
    bar.check("every figure equals the recount", not differing,
              f"{last} events, {len(said)} figures compared, {valued} with a value, {groups} groups, {len(differing)} differing")
    bar.check("what was known of an evening is the same whenever it is asked", not unsteady, f"{len(unsteady)} differ {unsteady[:2] or ''}")
    codes = {key.rpartition("|")[2] for key in said}
    bar.check("every indicator was asked", codes == set(indicators.catalogue()), f"{len(codes)} indicators, groupings {dimensions}")
    unfed = [code for code in dead(said) if code.startswith(OF_THE_QUARTER)]
    bar.check("what happened in the quarter shows in every figure about it", not unfed, f"{len(unfed)} are nought {unfed or ''}")
    if not bar.fault:
        bar.check("the audit is clean", audit.verify().problems == [])
    connection.close()
bar.close()
