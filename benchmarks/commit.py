"""The commit of 10,000 new projects against bulk-inserting the very same record, version and event rows.

    python -m benchmarks.commit --engine sqlite            measures, and prints the result
    python -m benchmarks.commit --engine sqlite --write    writes it to benchmarks/results as well

Ours: plan 10,000 changes through the action and commit them. The peer: Django's `bulk_create` of the same rows, already
computed, into the same tables as they were before, in one transaction; for information, the driver's `executemany`. Best
of the runs, the sides in turn.
"""

from collections.abc import Callable
from typing import Any

from benchmarks import running, stopwatch

RECORDS = 10_000
BAR = 1.6  # times bulk_create
RUNS = 5


def measure(records: int, runs: int = RUNS) -> dict[str, Any]:
    """Return the seconds of each side in a new database."""
    from django.db import connection, models, transaction

    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import _insert, _prepared, commit
    from kaifaqu.kernel.events import Event
    from kaifaqu.kernel.founding import begin
    from kaifaqu.registers.projects.models import Project

    root = begin("BENCH", "测量", demo=True)
    create = actions.find("projects.create").plan

    def plan(run: int) -> list[Any]:
        return [create(root, by=SYSTEM, facts={
            "code": f"R{run}-{number:06d}", "name": f"项目{number}", "nature": "new", "total_investment": f"{number}.5",
            "expected_annual_output": number, "signed_on": "2023-05", "signed_evidence": f"协议 {number}",
            "started_on": "2024-03-01", "started_evidence": f"许可证 {number}",
        }) for number in range(records)]

    def rows_of(run: int) -> list[tuple[type[models.Model], list[Any]]]:
        made = list(Project.objects.filter(code__startswith=f"R{run}-").order_by("id"))
        ids = [row.pk for row in made]
        return [
            (Project, made), (Project.Version, list(Project.Version.objects.filter(seq__gte=ids[0], seq__lte=ids[-1]))),
            (Event, list(Event.objects.filter(seq__gte=ids[0], seq__lte=ids[-1]))),
        ]

    def empty(tables: list[tuple[type[models.Model], list[Any]]]) -> None:
        with connection.cursor() as cursor:
            for model, rows in reversed(tables):
                cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE {model._meta.pk.column} >= %s", [rows[0].pk])
            if connection.vendor == "postgresql":  # deleted rows stay in its tables and slow the next writer down
                cursor.execute("VACUUM")

    def by_django(tables: list[tuple[type[models.Model], list[Any]]]) -> None:
        with transaction.atomic():
            for model, rows in tables:
                models.QuerySet(model).bulk_create(rows)  # the register's own querysets refuse to write

    def by_driver(tables: list[tuple[type[models.Model], list[Any]]]) -> None:
        with transaction.atomic():
            for model, rows in tables:
                columns = model._meta.concrete_fields
                _insert(model, columns, [_prepared(row, columns) for row in rows])

    taken: dict[str, list[dict[str, float]]] = {name: [] for name in ("planning", "commit", "bulk_create", "executemany")}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        seconds, done = stopwatch.timed(work)
        taken[name].append(seconds)
        return done

    equal = True
    for run in range(runs):
        changes = timed("planning", lambda run=run: plan(run))
        timed("commit", lambda changes=changes: commit(changes, by=SYSTEM))
        tables = rows_of(run)
        for name, put in (("bulk_create", by_django), ("executemany", by_driver)):
            empty(tables)
            timed(name, lambda put=put, tables=tables: put(tables))
            equal = equal and _told(rows_of(run)) == _told(tables)
    seconds = {name: stopwatch.best(each) for name, each in taken.items()}
    return {
        "benchmark": "commit", "machine": stopwatch.machine(), "size": {"records": records, "runs": runs},
        "equal": equal, "seconds": seconds,
        "ratios": {
            clock: {
                "commit": round(seconds["commit"][clock] / seconds["bulk_create"][clock], 2),
                "planning and commit": round(
                    (seconds["planning"][clock] + seconds["commit"][clock]) / seconds["bulk_create"][clock], 2),
                "commit, against executemany": round(seconds["commit"][clock] / seconds["executemany"][clock], 2),
            } for clock in ("cpu", "wall")
        },
    }


def _told(tables: list[tuple[Any, list[Any]]]) -> list[Any]:
    return [[row.__dict__ | {"_state": None} for row in rows] for _model, rows in tables]


if __name__ == "__main__":
    running.run(__doc__, measure, records=RECORDS, runs=RUNS)
