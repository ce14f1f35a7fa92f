"""The project catalogue on the columnar engine over 12 million version rows, against one hand-written DuckDB statement.

    python -m benchmarks.engine --engine sqlite             measures, and prints the result
    python -m benchmarks.engine --engine sqlite --write     writes it to benchmarks/results as well
    python -m benchmarks.engine --zones 20 --projects 50 --rows 100000      a small one, to see that it runs

Measured are the refresh, by which the version rows of the zones of benchmarks/zones.py come from SQLite or PostgreSQL into
Parquet files; and the catalogue, for the last event and as known at one in the middle. Ours: `figures.evaluate` on the
engine. The peer: the statement of benchmarks/peer.py over the same files, by the cursor of a DuckDB of its own with the
same threads and memory.

No zone's computer enters twelve million rows in an hour, so the rows are multiplied: of projects, their standstills, their
classes, monthly reports and places on lists there are as many copies as are needed, each with numbers of its own (number ×
copies + copy), which the foreign keys between them follow; owners, enterprises and lists are those of the original. So
every cell must be exactly so many times the cell that the ordinary database gives for the original, which is compared
before a time counts. Values repeat from copy to copy, which helps the files' compression, on both sides alike.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import stopwatch
from benchmarks.catalogue import MONTHS, PROJECTS, ZONES, Catalogue, Cells, write
from tests import laboratory

ROWS, RUNS = 12_000_000, 3
BARS = {"today": 1.5, "as known": 1.5}  # times the hand-written statement of the same world
BATCH = 20_000  # rows of the original whose copies stand together, so that a file holds a range of numbers as a real one does


class Engines(Catalogue):
    """The two sides over the files of the manifest."""

    def __init__(self, owners: list[int], months: int):
        super().__init__([], months)
        self.engine, self.owners = "duckdb", owners

    def ours(self, known: int | None) -> Any:
        """Return the figures as known at an event of the files."""
        from kaifaqu.kernel import figures

        before, figures.places[:] = list(figures.places), [lambda register, world: _here(known)]
        try:
            return super().ours(None)
        finally:
            figures.places[:] = before

    def peers(self, known: int | None) -> Any:
        """Return the rows of the hand-written statements, by DuckDB's own cursor."""
        connection = self._connection()
        return [connection.execute(sql).fetchall() for sql, _months in self.statements(known)]

    def _connection(self) -> Any:
        """Return a connection of its own, with the version tables by their names, made once."""
        import duckdb
        from django.conf import settings

        from kaifaqu.engine import parquet

        if not hasattr(self, "_peer"):
            self._peer = duckdb.connect(config={
                "threads": settings.ENGINE_THREADS, "memory_limit": settings.ENGINE_MEMORY, "preserve_insertion_order": "false",
                "temp_directory": str(Path(settings.HOME) / "spill")})
            for name, table in parquet.current().tables.items():
                files = ", ".join(f"'{(parquet.folder() / name / file.name).as_posix()}'" for file in table.files)
                self._peer.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{files}])")
        return self._peer


@contextmanager
def _here(known: Any) -> Iterator[Any]:
    """Open the engine's world; what fails in it ends the benchmark, or else the ordinary database would stand in."""
    from kaifaqu.engine import parquet
    from kaifaqu.engine.world import opened

    try:
        with opened(parquet.current(), known) as world:
            yield world
    except Exception as problem:
        raise SystemExit(f"The engine has failed: {problem}") from problem


def _many() -> set[Any]:
    """Return the registers whose rows are multiplied."""
    from kaifaqu.registers.projects.models import (
        CohortProject,
        PeriodClass,
        Project,
        ProjectProgress,
        ProjectSuspension,
    )

    return {Project, CohortProject, ProjectProgress, ProjectSuspension, PeriodClass}


def copies_for(rows: int) -> int:
    """Return the fewest copies with which the files will hold so many version rows."""
    from kaifaqu.engine import parquet

    manifest = parquet.current()
    many = sum(manifest.rows_of(register) for register in _many())
    rest = sum(table.rows for table in manifest.tables.values()) - many
    return max(1, -(-(rows - rest) // many))


def multiply(home: Path, copies: int) -> None:
    """Write the files of the current manifest so many times into another home, and their manifest."""
    from django.test import override_settings

    from kaifaqu.engine import parquet
    from kaifaqu.kernel.records import registers

    manifest, source, many = parquet.current(), parquet.folder(), _many()
    until, tables = (manifest.seq + 1) * copies - 1, {}
    for register in registers().values():
        name = register.Version._meta.db_table
        table, numbers = manifest.tables[name], {"seq"}
        if register in many:
            numbers |= {"id", *(field.column for field in register._meta.concrete_fields if field.related_model in many)}
        rows = _copied([source / name / file.name for file in table.files], numbers, copies, copies if register in many else 1)
        files: list[Any] = []
        with override_settings(HOME=home):
            while not files or files[-1].rows >= parquet.FULL:
                files.append(parquet.written(name, table.columns, files[-1].last if files else 0, until, rows))
        tables[name] = parquet.Table(table.columns, tuple(files))
    with override_settings(HOME=home):
        parquet.publish(parquet.Manifest(until, manifest.hash, tables))


def _copied(paths: list[Path], numbers: set[str], copies: int, times: int) -> Iterator[Any]:
    """Yield the files' rows so many times, each copy with numbers of its own."""
    import pyarrow.compute as compute
    import pyarrow.parquet

    for path in paths:
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=BATCH):
            for copy in range(times):
                columns = [
                    compute.add(compute.multiply(column, copies), copy) if name in numbers else column
                    for name, column in zip(batch.schema.names, batch.columns, strict=True)
                ]
                yield pyarrow.RecordBatch.from_arrays(columns, schema=batch.schema)


def refreshed() -> dict[str, Any]:
    """Write the files from the beginning; return rows, seconds and rows in a second."""
    from kaifaqu.engine import parquet

    seconds, done = stopwatch.timed(parquet.refresh)
    rows = sum(done.rows.values())
    return {
        "rows": rows, "bytes": sum(path.stat().st_size for path in parquet.folder().glob("*/*.parquet")),
        **{clock: round(each, 3) for clock, each in seconds.items()},
        "rows per second": {clock: round(rows / each) for clock, each in seconds.items()},
    }


@dataclass
class Data:
    """Files of many rows, and what the ordinary database says of their original, for each moment by its name."""

    owners: list[int]
    months: int
    copies: int
    moments: dict[str, int]
    original: dict[str, Cells]
    refresh: dict[str, Any]
    size: dict[str, Any]

    def expected(self, name: str) -> Cells:
        """Return the cells that must come out of the files."""
        return {cell: value * self.copies for cell, value in self.original[name].items()}


@contextmanager
def files(zones: int, projects: int, months: int, rows: int) -> Iterator[Data]:
    """Enter the zones, and let files of so many version rows be those of the installation as long as the block lasts."""
    from django.conf import settings
    from django.test import override_settings

    from benchmarks.zones import enter
    from kaifaqu.engine import parquet

    parties, known = enter(zones, projects)
    refresh, original, last = refreshed(), Catalogue(parties, months), parquet.current().seq
    cells = {name: original.cells_of_figures(original.ours(moment)) for name, moment in (("today", None), ("as known", known))}
    copies, home, before = copies_for(rows), Path(settings.HOME) / "many", os.environ["KAIFAQU_HOME"]
    multiply(home, copies)
    moments = {name: (moment + 1) * copies - 1 for name, moment in (("today", last), ("as known", known))}
    with override_settings(HOME=home):
        os.environ["KAIFAQU_HOME"] = str(home)  # for children
        tables = parquet.current().tables
        size = {
            "zones": zones, "projects": projects, "figures": len(original.codes), "months": months, "copies": copies,
            "version rows": sum(table.rows for table in tables.values()),
            "version rows of": {name: table.rows for name, table in tables.items() if table.rows > 1000},
            "megabytes": sum(path.stat().st_size for path in parquet.folder().glob("*/*.parquet")) // 10**6,
            "threads": settings.ENGINE_THREADS, "memory limit": settings.ENGINE_MEMORY,
        }
        yield Data(original.owners, months, copies, moments, cells, refresh, size)
        os.environ["KAIFAQU_HOME"] = before


def measure(data: Data, runs: int) -> dict[str, Any]:
    """Return the seconds of both sides, their ratios, and whether every cell is what it must be."""
    sides = Engines(data.owners, data.months)
    equal, multiple, cells = {}, {}, {}
    taken: dict[str, list[dict[str, float]]] = {f"{side}, {name}": [] for name in data.moments for side in ("ours", "peer")}
    for run in range(runs):
        for name, moment in data.moments.items():
            seconds, rows = stopwatch.timed(lambda moment=moment: sides.peers(moment))
            taken[f"peer, {name}"].append(seconds)
            seconds, figures = stopwatch.timed(lambda moment=moment: sides.ours(moment))
            taken[f"ours, {name}"].append(seconds)
            if not run:
                ours, peers = sides.cells_of_figures(figures), sides.cells_of_rows(rows, moment)
                equal[name], multiple[name], cells[name] = ours == peers, ours == data.expected(name), len(peers)
    seconds = {name: stopwatch.best(each) for name, each in taken.items()}
    return {
        "benchmark": "engine", "machine": {**stopwatch.machine(), "duckdb": duckdb_version()}, "size": {**data.size, "runs": runs},
        "refresh": data.refresh, "equal": equal, "so many times the cells of the original": multiple, "cells": cells,
        "seconds": seconds,
        "ratios": {
            clock: {name: round(seconds[f"ours, {name}"][clock] / seconds[f"peer, {name}"][clock], 2) for name in data.moments}
            for clock in ("cpu", "wall")
        },
        "peak MB": {side: peak(side, data) for side in ("ours", "peers")},
        "peer": {"statements": len(sides.statements(1)), "sql of one owner and month": shortest(data.owners)},
    }


def duckdb_version() -> str:
    """Return the version of DuckDB."""
    import duckdb

    return duckdb.__version__


def shortest(owners: list[int]) -> list[str]:
    """Return the peer's statement for one owner and one month, as known at the first event, line by line."""
    return Engines(owners[:1], 1).statements(1)[0][0].splitlines()


def peak(side: str, data: Data) -> int:
    """Return the greatest memory in MB of a process of its own that asks one side once; 0 where the system does not tell."""
    told = json.dumps({"owners": data.owners, "moment": data.moments["today"], "months": data.months})
    worker = laboratory.child("-m", "benchmarks.engine", "--peak", side, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return int(worker.communicate(told)[0])


def tell_peak(side: str) -> None:
    """Ask one side once, and print this process's greatest memory in MB."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "kaifaqu.settings"
    django.setup()
    told = json.load(sys.stdin)
    getattr(Engines(told["owners"], told["months"]), side)(told["moment"])
    print(stopwatch.peak())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=laboratory.ENGINES, default="sqlite", help="from which the files are refreshed")
    for name, size in (("zones", ZONES), ("projects", PROJECTS), ("months", MONTHS), ("runs", RUNS), ("rows", ROWS)):
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--peak", choices=("ours", "peers"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        tell_peak(arguments.peak)
        return
    with laboratory.database(arguments.engine):
        laboratory.enter()
        from django.db import connection

        with files(arguments.zones, arguments.projects, arguments.months, arguments.rows) as data:
            result = measure(data, arguments.runs)
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
        if arguments.write:
            write(result)
        connection.close()


if __name__ == "__main__":
    main()
