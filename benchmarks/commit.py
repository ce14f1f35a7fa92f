"""The commit of 10,000 new projects against bulk-inserting the very same record, version and event rows.

    python -m benchmarks.commit [--records N] [--engine sqlite|postgresql]

Ours: plan 10,000 changes through the action and commit them. The peer: Django's `bulk_create` of the same rows, already
computed, into empty tables of the same definition, in one transaction; for information, the driver's `executemany`. CPU
seconds of this process (on PostgreSQL the server works beside it, so there wall time is compared too); best of the runs,
the sides in turn.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from tests import laboratory

RUNS = 5


def measure(engine: str, records: int, runs: int = RUNS) -> dict[str, Any]:
    """Return the seconds of each side on one engine, in a database of its own."""
    laboratory.enter()
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

    def by_django(tables: list[tuple[type[models.Model], list[Any]]]) -> None:
        with transaction.atomic():
            for model, rows in tables:
                models.QuerySet(model).bulk_create(rows)  # the register's own querysets refuse to write

    def by_driver(tables: list[tuple[type[models.Model], list[Any]]]) -> None:
        with transaction.atomic():
            for model, rows in tables:
                columns = model._meta.concrete_fields
                _insert(model, columns, [_prepared(row, columns) for row in rows])

    seconds: dict[str, list[tuple[float, float]]] = {"planning": [], "commit": [], "bulk_create": [], "executemany": []}
    for run in range(runs):
        changes = _timed(seconds["planning"], lambda run=run: plan(run))
        _timed(seconds["commit"], lambda changes=changes: commit(changes, by=SYSTEM))
        tables = rows_of(run)
        for name, write in (("bulk_create", by_django), ("executemany", by_driver)):
            empty(tables)
            _timed(seconds[name], lambda write=write, tables=tables: write(tables))
    best = {name: {"cpu": min(cpu for cpu, _wall in each), "wall": min(wall for _cpu, wall in each)} for name, each in seconds.items()}
    clock = "cpu" if engine == "sqlite" else "wall"
    return {
        "engine": engine, "version": _version(connection), "records": records, "runs": runs, "seconds": best, "compared": clock,
        "ratios": {
            "commit / bulk_create": best["commit"][clock] / best["bulk_create"][clock],
            "planning and commit / bulk_create": (best["planning"][clock] + best["commit"][clock]) / best["bulk_create"][clock],
            "commit / executemany": best["commit"][clock] / best["executemany"][clock],
        },
    }


def _timed(into: list[tuple[float, float]], work: Callable[[], Any]) -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    done = work()
    into.append((time.process_time() - cpu, time.perf_counter() - wall))
    return done


def _version(connection: Any) -> str:
    if connection.vendor == "sqlite":
        return connection.Database.sqlite_version
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--engine", choices=laboratory.ENGINES, default="sqlite")
    arguments = parser.parse_args()
    with laboratory.database(arguments.engine):
        json.dump(measure(arguments.engine, arguments.records), sys.stdout, ensure_ascii=False, indent=2)
        from django.db import connection as open_connection

        open_connection.close()
