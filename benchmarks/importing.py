"""The import of a workbook against reading the same file and bulk-writing the very same rows.

    python -m benchmarks.importing --engine sqlite            measures, and prints the result
    python -m benchmarks.importing --engine sqlite --write    writes it to benchmarks/results as well

Ours: receive, check and write a workbook of 10,000 new projects of twenty columns, then one that changes six columns of
each. The peer: what a script would do that trusts its file. It reads the workbook with calamine, makes records and versions
of the cells and writes them in one transaction, into the tables as they were before, by `bulk_create`: the changed records,
which it looks up by their codes, with `update_conflicts` of the changed columns, for that takes a third of what `bulk_update`
does. The event rows are given to it as ours has written them. For information, the same with the driver's `executemany`.
The rows of both sides must be equal. CPU seconds are those of all processes: the child that reads our workbook, and the
PostgreSQL server. Best of the runs, the sides in turn.

Memory: the largest resident size of a fresh process that receives, checks and writes a workbook of new projects, added to
that of the child that reads it for it (which counts no less than its parent had when it started the child).
"""

import argparse
import hashlib
import inspect
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import stopwatch
from benchmarks.catalogue import write
from tests import laboratory

ROWS, MANY = 10_000, 100_000
BARS = {"new": 2.5, "changed": 2.5}  # times the peer with Django's bulk methods
MEMORY = {ROWS: 400, MANY: 500}  # most MB, of both processes together
RUNS = 5
ENTERPRISES, PARKS = 500, 3
HEADINGS = (
    "项目编号", "项目名称", "国家项目代码", "投资主体", "园区", "建设性质", "计划总投资（万元）", "预计年产值（万元）",
    "实际年产值（万元）", "计划开工日期", "计划竣工日期", "签约日期", "签约依据", "落地日期", "落地依据", "开工日期", "开工依据",
    "投产日期", "投产依据", "历史补录",
)  # fmt: skip
NAMES = (
    "code", "name", "national_code", "enterprise_id", "park_id", "nature", "total_investment", "expected_annual_output",
    "actual_annual_output", "expected_start_on", "expected_completion_on", "signed_on", "signed_evidence", "landed_on",
    "landed_evidence", "started_on", "started_evidence", "production_on", "production_evidence", "historical",
)  # fmt: skip
CHANGED = ("nature", "total_investment", "actual_annual_output", "expected_completion_on", "started_evidence", "production_evidence")
Tables = list[tuple[Any, list[Any]]]  # models with rows


def cells(run: int, number: int, *, later: bool) -> list[Any]:
    """Return the cells of one project, as it was first or as it became later."""
    month, day = number % 12 + 1, number % 28 + 1
    return [
        f"R{run}-{number:06d}", f"第{run}批技术改造项目{number}", f"2{run:03d}-140824-89-01-{number:06d}", f"Q{number % ENTERPRISES:04d}",
        f"K{number % PARKS}", "改建" if later else "新建", number + (1000.75 if later else 1000.5), number * 2 + 1,
        number + 300.25 if later else "", f"2022-{month:02d}", f"2025年{month}月" if later else f"2024年{month}月",
        f"2021/{month}/{day}", f"协议〔2021〕{number}号", f"2022-{month:02d}-{day:02d}", f"备案证{number}", f"2023.{month}.{day}",
        f"许可证{number}" + ("（变更）" if later else ""), f"2024-{month:02d}-{day:02d}",
        f"确认单{number}" + ("（补）" if later else ""), "否",
    ]


def book(path: Path, run: int, rows: int, *, later: bool) -> Path:
    """Write the workbook of a run."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("项目")
        sheet.write_row(0, 0, HEADINGS)
        for number in range(rows):
            sheet.write_row(number + 1, 0, cells(run, number, later=later))
    return path


def found_zone() -> tuple[Any, Any]:
    """Found a zone with its enterprises and parks; return it and the person who imports."""
    from kaifaqu.kernel import actions, testing
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import commit

    zone = testing.found("BENCH", "测量")
    clerk = testing.employ(zone, "clerk")
    named = {
        "enterprises": [{"code": f"Q{n:04d}", "name": f"测量企业{n}"} for n in range(ENTERPRISES)],
        "parks": [{"code": f"K{n}", "name": f"园区{n}"} for n in range(PARKS)],
    }
    for register, rows in named.items():
        create = actions.find(f"{register}.create").plan
        commit([create(zone, by=SYSTEM, facts=facts) for facts in rows], by=SYSTEM)
    return zone, clerk


def bring(path: Path, zone: Any, clerk: Any) -> Any:
    """Receive, check and write the workbook; return its changeset."""
    from kaifaqu.registers.projects.models import Project
    from kaifaqu.sheets import importing

    with path.open("rb") as file:
        upload = importing.receive(Project, zone, clerk, path.name, file, reason="测量")
    importing.check(upload)
    return importing.write(upload, clerk)


def tables_of(changeset: Any) -> Tables:
    """Return the rows that the changeset has written, parents first; the live rows of the projects come first."""
    from kaifaqu.kernel.events import Event
    from kaifaqu.registers.projects.models import Project

    events = list(Event.objects.filter(changeset=changeset.pk).order_by("seq"))
    span = (events[0].seq, events[-1].seq)
    subjects = {event.subject_id for event in events}
    return [
        (Project, [row for row in Project.objects.order_by("id") if row.pk in subjects]),
        (Project.Version, list(Project.Version.objects.filter(seq__range=span).order_by("seq"))),
        (type(changeset), [type(changeset).objects.get(pk=changeset.pk)]),
        (type(changeset).Version, list(type(changeset).Version.objects.filter(seq__range=span))),
        (Event, events),
    ]


def take_back(tables: Tables, before: list[Any], head: tuple[Any, ...]) -> None:
    """Bring the tables back to where they were: `before` are the projects as they stood, `head` is that of the chain."""
    from django.db import connection, transaction

    from kaifaqu.kernel.commit import _insert, _prepared

    with connection.cursor() as cursor:
        with transaction.atomic():
            for model, rows in reversed(tables):
                cursor.executemany(
                    f"DELETE FROM {model._meta.db_table} WHERE {model._meta.pk.column} = %s", [[row.pk] for row in rows])
            model, columns = tables[0][0], tables[0][0]._meta.concrete_fields
            _insert(model, columns, [_prepared(row, columns) for row in before])
            cursor.execute("UPDATE kernel_head SET seq = %s, at = %s, hash = %s", head)
        if connection.vendor == "postgresql":  # deleted rows stay in its tables and slow the next writer down
            cursor.execute("VACUUM")


def head_now() -> tuple[Any, ...]:
    """Return the head of the chain."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, at, hash FROM kernel_head")
        return cursor.fetchone()


def read(path: Path, zone: Any) -> Iterator[dict[str, Any]]:
    """Yield the facts of each row of the workbook, as the peer's script makes them of the cells."""
    from python_calamine import CalamineWorkbook

    from kaifaqu.kernel.fields import PartialDate
    from kaifaqu.registers.organisations.models import Enterprise
    from kaifaqu.registers.places.models import Park

    tell: dict[str, Callable[[Any], Any]] = dict.fromkeys(NAMES, str)
    tell |= {name: PartialDate.parse for name in NAMES if name.endswith("_on")}
    for name in ("total_investment", "expected_annual_output", "actual_annual_output"):
        tell[name] = lambda cell: None if cell == "" else Decimal(repr(cell))
    tell["enterprise_id"] = dict(Enterprise.objects.filter(owner=zone).values_list("code", "pk")).__getitem__
    tell["park_id"] = dict(Park.objects.filter(owner=zone).values_list("code", "pk")).__getitem__
    tell["nature"] = {"新建": "new", "改建": "reconstruction"}.__getitem__
    tell["historical"] = "是".__eq__
    readers = list(tell.items())
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    for row in rows[1:]:
        yield {name: reader(cell) for (name, reader), cell in zip(readers, row, strict=True)}


def rows_of(path: Path, zone: Any, events: list[Any], *, later: bool) -> Tables:
    """Return the projects and versions that the peer makes of the workbook; the events give their numbers."""
    from kaifaqu.registers.projects.models import Project

    made = []
    if later:
        facts = {each["code"]: each for each in read(path, zone)}
        known = {row.code: row for row in Project.objects.filter(owner=zone, code__in=list(facts))}
        for code, each in facts.items():
            vars(known[code]).update({name: each[name] for name in CHANGED}, row_version=known[code].row_version + 1)
            made.append(known[code])
    else:
        for number, each in enumerate(read(path, zone), 2):
            source = f"{path.name} 项目 第 {number} 行"
            made.append(Project(id=events[number - 1].seq, owner_id=zone.pk, row_version=1, stage="in_production", source=source, **each))
    columns = [column.attname for column in Project._meta.concrete_fields]
    versions = [
        Project.Version(seq=event.seq, **{name: getattr(row, name) for name in columns})
        for row, event in zip(made, events[1:], strict=True)]
    return [(Project, made), (Project.Version, versions)]


def by_django(path: Path, zone: Any, tables: Tables, *, later: bool) -> None:
    """Do as the peer by Django's bulk methods."""
    from django.db import models, transaction

    with transaction.atomic():
        for number, (model, rows) in enumerate([*rows_of(path, zone, tables[-1][1], later=later), *tables[2:]]):
            table = models.QuerySet(model)  # the register's own querysets refuse to write
            if later and number == 0:
                table.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=[*CHANGED, "row_version"])
            else:
                table.bulk_create(rows)


def by_driver(path: Path, zone: Any, tables: Tables, *, later: bool) -> None:
    """Do as the peer by the driver's executemany, with values that Django has prepared."""
    from django.db import connection, transaction

    from kaifaqu.kernel.commit import _insert, _prepared

    with transaction.atomic(), connection.cursor() as cursor:
        for number, (model, rows) in enumerate([*rows_of(path, zone, tables[-1][1], later=later), *tables[2:]]):
            if later and number == 0:
                columns = [model._meta.get_field(name) for name in (*CHANGED, "row_version", "id")]
                sets = ", ".join(f"{column.column} = %s" for column in columns[:-1])
                cursor.executemany(f"UPDATE {model._meta.db_table} SET {sets} WHERE id = %s", [_prepared(row, columns) for row in rows])
            else:
                _insert(model, model._meta.concrete_fields, [_prepared(row, model._meta.concrete_fields) for row in rows])


PEERS: dict[str, Callable[..., None]] = {"bulk methods": by_django, "executemany": by_driver}


def measure(rows: int, runs: int = RUNS) -> dict[str, Any]:
    """Return the seconds of each side in a new database, and whether both have written the same rows."""
    from kaifaqu.registers.projects.models import Project

    zone, clerk = found_zone()
    taken: dict[str, list[dict[str, float]]] = {}
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        for run in range(runs):
            before: list[Any] = []
            for kind, later in (("new", False), ("changed", True)):
                path = book(Path(folder, f"{kind}.xlsx"), run, rows, later=later)
                head = head_now()
                seconds, changeset = stopwatch.timed(lambda path=path: bring(path, zone, clerk))
                taken.setdefault(f"{kind}, ours", []).append(seconds)
                counts = (changeset.created, changeset.changed)
                if counts != ((0, rows) if later else (rows, 0)):
                    raise SystemExit(f"{kind}: {counts}")
                tables, head_after = tables_of(changeset), head_now()
                for name, put in PEERS.items():
                    take_back(tables, before, head)
                    seconds, _done = stopwatch.timed(
                        lambda put=put, path=path, tables=tables, later=later: put(path, zone, tables, later=later))
                    taken.setdefault(f"{kind}, {name}", []).append(seconds)
                    take_head(head_after)
                    equal = equal and told(tables_of(changeset)) == told(tables)
                before = list(Project.objects.filter(code__startswith=f"R{run}-").order_by("id"))
    seconds = {name: stopwatch.best(each) for name, each in taken.items()}
    return {
        "benchmark": "importing", "machine": stopwatch.machine(), "size": {"rows": rows, "columns": len(HEADINGS), "runs": runs},
        "equal": equal, "seconds": seconds, "ratios": {clock: dict(ratios(seconds, clock)) for clock in ("cpu", "wall")}, "peer": peer(),
    }


def peer() -> dict[str, str]:
    """Return by what the peer is known: the SHA-256 of its source."""
    return {"sha256": hashlib.sha256("".join(map(inspect.getsource, (cells, read, rows_of, by_django))).encode()).hexdigest()}


def take_head(head: tuple[Any, ...]) -> None:
    """Write the head of the chain, which the peer's rows have moved."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_head SET seq = %s, at = %s, hash = %s", head)


def ratios(seconds: dict[str, dict[str, float]], clock: str) -> Iterator[tuple[str, float]]:
    """Yield ours over the peer with Django's bulk methods, and for information over the one with executemany."""
    for kind in BARS:
        yield kind, round(seconds[f"{kind}, ours"][clock] / seconds[f"{kind}, bulk methods"][clock], 2)
        yield f"{kind}, against executemany", round(seconds[f"{kind}, ours"][clock] / seconds[f"{kind}, executemany"][clock], 2)


def told(tables: Tables) -> list[Any]:
    """Return the rows for comparing."""
    return [[row.__dict__ | {"_state": None} for row in rows] for _model, rows in tables]


def memories() -> dict[str, Any]:
    """Return for each number of rows that has a bar what it needs."""
    return {str(rows): memory(rows) for rows in MEMORY}


def memory(rows: int) -> dict[str, Any]:
    """Return in MB the largest sizes of a fresh process that imports so many new projects, and of its child."""
    with tempfile.TemporaryDirectory() as folder:
        path = book(Path(folder, "many.xlsx"), rows, rows, later=False)
        process = laboratory.child("-m", "benchmarks.importing", "--bring", str(path), stdout=subprocess.PIPE, text=True)
        said = process.communicate()[0]
    if process.returncode:
        raise SystemExit(said)
    return json.loads(said)


def bring_here(path: Path) -> dict[str, Any]:
    """Import the workbook in this process; return in MB the largest sizes of this process and of its child."""
    import resource

    from kaifaqu.kernel.access import Party, User

    before = stopwatch.peak()
    changeset = bring(path, Party.objects.get(code="BENCH"), User.objects.get(code="clerk"))
    own, child = stopwatch.peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {"rows": changeset.created, "process before": before, "process": own, "child": child, "together": own + child}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=laboratory.ENGINES, default="sqlite")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--no-memory", action="store_true", help="measure the seconds only")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--bring", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bring:
        laboratory.enter()
        json.dump(bring_here(arguments.bring), sys.stdout)
        return
    with laboratory.database(arguments.engine):
        laboratory.enter()
        from django.db import connection

        result = measure(arguments.rows, arguments.runs)
        connection.close()
        if not arguments.no_memory:
            result["megabytes"] = memories()
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
        if arguments.write:
            write(result)


if __name__ == "__main__":
    main()
