"""100,000 open cases: the home page, the list of what is overdue, and what escalation has raised, each against one statement by hand.

    python -m benchmarks.cases --engine sqlite             measures, and prints the result
    python -m benchmarks.cases --engine sqlite --write     writes it to benchmarks/results as well

The peers are SQL that knows exactly this question: the counts that the home page shows about cases (the page itself shows
figures, projects and events besides), the overdue cases with their due days, and the level of every case that has come to
one, with a table of working days. What they return must be what the product returns; their text stands in the result.
A run of escalation is a question here: a case keeps from when on it has which level, and nothing is written when that comes.
"""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from benchmarks import running, stopwatch

CASES, RUNS = 100_000, 3
START = datetime(2024, 6, 3, 9)
WAITING = """
SELECT COUNT(*) FILTER (WHERE {open} AND (person_id = %(me)s OR (person_id IS NULL AND holder_id = %(unit)s))) AS held,
       COUNT(*) FILTER (WHERE stage IN ('registered', 'accepted', 'resolved') OR asked IS NOT NULL) AS office,
       COUNT(*) FILTER (WHERE stage = 'verified') AS back,
       COUNT(*) FILTER (WHERE {open} AND resolution_due_on < %(today)s) AS overdue
FROM issues_issue WHERE archived_at IS NULL AND owner_id = %(owner)s
""".format(open="stage NOT IN ('resolved', 'verified', 'closed', 'refused')")
OVERDUE = """
SELECT id, resolution_due_on FROM issues_issue
WHERE archived_at IS NULL AND owner_id = %(owner)s AND resolution_due_on < %(today)s
  AND stage NOT IN ('resolved', 'verified', 'closed', 'refused')
ORDER BY resolution_due_on, id
"""
RAISED = """
SELECT id, level, resolution_due_on FROM (
    SELECT id, resolution_due_on, CASE
        WHEN {n} - {due} >= 5 THEN 'supervise'
        WHEN {n} - {due} >= 3 OR responded_on IS NULL AND {n} - {answer} >= 1 THEN 'red'
        WHEN {n} - {due} >= 0 OR responded_on IS NULL AND {n} - {answer} >= 0 THEN 'yellow'
        ELSE '' END AS level
    FROM issues_issue
    WHERE archived_at IS NULL AND owner_id = %(owner)s AND stage NOT IN ('resolved', 'verified', 'closed', 'refused')
) AS found WHERE level <> '' ORDER BY resolution_due_on, id
""".format(n="(SELECT n FROM workday WHERE day = %(today)s)", due="(SELECT n FROM workday WHERE day = resolution_due_on)",
           answer="(SELECT n FROM workday WHERE day = response_due_on)")


def prepared(count: int) -> tuple[Any, Any]:
    """Return a zone with so many open issues of the last six weeks, and a clerk of it."""
    from kaifaqu.cases import keeping
    from kaifaqu.kernel import actions, clock, testing
    from kaifaqu.kernel.commit import commit
    from kaifaqu.registers.issues.models import Issue

    clock.set(START.replace(tzinfo=clock.ZONE))
    zone = testing.found()
    departments = [testing.party(zone, f"D{number}", f"演示部门{number}", zone) for number in range(5)]
    clerk = testing.employ(zone, "clerk")
    office = testing.employ(zone, "office")  # people enter cases: what the installation does itself is nobody's news
    create, end = actions.find("issues.create").plan, date(2024, 7, 12)
    clock.set(datetime.combine(end, time(9), clock.ZONE))
    for first in range(0, count, 5000):
        with keeping.rules_read_once():
            planned = [create(zone, by=office, facts={
                "code": f"N{number:06d}", "title": f"演示困难 {number}", "category": ("land", "power", "funds")[number % 3],
                "opened_on": end - timedelta(days=number % 40), "holder": departments[number % 5],
                "responded_on": end - timedelta(days=number % 40) if number % 4 else None,
            }) for number in range(first, min(first + 5000, count))]  # fmt: skip
        commit(planned, by=office)
    assert Issue.objects.count() == count
    return zone, clerk


def workdays() -> None:
    """Give the peer its table: every day with the number of working days up to it."""
    from django.db import connection

    from kaifaqu.clocks.calendar import Calendar, shipped

    calendar, number = Calendar.from_notices(shipped(), date(2024, 12, 31)), 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE workday (day date PRIMARY KEY, n integer)")
        for offset in range(366):
            day = date(2024, 1, 1) + timedelta(days=offset)
            number += calendar.is_working(day)
            cursor.execute("INSERT INTO workday VALUES (%s, %s)", [day, number])


def ask(sql: str, **told: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a statement by hand."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return cursor.fetchall() if cursor.description else []


def _listed(waiting: Any, queue: str) -> list[tuple[str, int, date]]:
    return list(waiting.keys(queue))


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def measure(cases: int, runs: int) -> dict[str, Any]:
    """Return the seconds of the three and of their peers, and whether they say the same."""
    from django.test import Client

    from kaifaqu.cases.waiting import Waiting
    from kaifaqu.files.databases import note_sizes
    from kaifaqu.kernel import clock
    from kaifaqu.registers.issues.models import Issue

    zone, clerk = prepared(cases)
    workdays()
    note_sizes()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(clerk)
    client.get("/")
    told = {"owner": zone.pk, "me": clerk.pk, "unit": zone.pk, "today": clock.today()}
    taken: dict[str, list[dict[str, float]]] = {}

    def time_of(name: str, work: Any) -> Any:
        seconds, found = stopwatch.timed(work)
        taken.setdefault(name, []).append(seconds)
        return found

    equal, reached = dict.fromkeys(("home", "overdue", "raised"), True), 0
    for run in range(runs):  # each on the next working day
        clock.set(datetime.combine(date(2024, 7, 15) + timedelta(days=run), time(9), clock.ZONE))
        told["today"], waiting = clock.today(), Waiting(clerk)
        page = time_of("home", lambda: client.get("/"))
        counts = time_of("home_peer", lambda: ask(WAITING, **told))[0]
        equal["home"] &= page.status_code == 200 and tuple(waiting.counts("held", "office", "back", "overdue").values()) == tuple(counts)
        late = time_of("overdue", partial(_listed, waiting, "overdue"))
        theirs = time_of("overdue_peer", lambda: ask(OVERDUE, **told))
        equal["overdue"] &= [(pk, due) for _of, pk, due in late] == [(pk, _day(due)) for pk, due in theirs]
        raised = time_of("raised", partial(_listed, waiting, "raised"))
        theirs = time_of("raised_peer", lambda: ask(RAISED, **told))
        levels = {each.pk: each.level for each in Issue.objects.iterator()}
        equal["raised"] &= [pk for _of, pk, _due in raised] == [pk for pk, _level, _due in theirs]
        equal["raised"] &= all(levels[pk] == level for pk, level, _due in theirs)
        reached += len(raised)
    best = {name: stopwatch.best(each) for name, each in taken.items()}
    ratios = {
        kind: {name: round(best[name][kind] / max(best[f"{name}_peer"][kind], 0.001), 2) for name in equal}
        for kind in ("cpu", "wall")
    }  # fmt: skip
    return {
        "benchmark": "cases", "machine": stopwatch.machine(),
        "size": {"cases": cases, "runs": runs, "raised": reached, "overdue": len(late)},
        "equal": equal, "seconds": best, "ratios": ratios, "sql": {"home": WAITING, "overdue": OVERDUE, "raised": RAISED},
    }  # fmt: skip


if __name__ == "__main__":
    running.run(__doc__, measure, cases=CASES, runs=RUNS)
