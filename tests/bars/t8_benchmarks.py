"""T8: an import costs little more than reading its file and bulk-inserting the rows, a figure on the columnar engine little
more than SQL written by hand; see benchmarks/README.md.

In the quick form no time counts. On both engines a script that trusts its file writes, from the same small workbooks, the
very records, versions and events that the import has written, for new and for changed rows; and over small files the
catalogue on DuckDB equals the hand-written statement cell by cell, and so many times the ordinary database's. The results in
benchmarks/results keep the bars, in time and memory, and were measured against the very peers that are run here. With --full
everything is measured again. The planted fault lets the import write another amount than it has read, and changes amounts in
the files after the one side has looked at them.
"""

import json
import sys

from bar import Bar

from benchmarks import catalogue, engine, importing
from tests import laboratory


def kept(name: str, system: str) -> dict:
    """Return the result that is kept in the repository."""
    return json.loads((catalogue.RESULTS / f"{name}-{system}.json").read_text(encoding="utf-8"))


def check_ratios(bar: Bar, result: dict, bars: dict[str, float], what: str) -> None:
    """Check the ratios of CPU seconds in a result."""
    for name, most in bars.items():
        cpu, wall = (result["ratios"][clock][name] for clock in ("cpu", "wall"))
        bar.check(f"{what}, {name}: at most {most} times the peer", cpu <= most, f"{cpu}, by wall time {wall}")


def check_import(bar: Bar, result: dict, source: str) -> None:
    """Check a result of the import: its size, its rows, its ratios and its memory."""
    system, size = result["machine"]["engine"], result["size"]
    bar.check(f"{system}, {source}: measured at the full size, all rows equal",
              (size["rows"], size["columns"]) == (importing.ROWS, len(importing.HEADINGS)) and result["equal"], size)
    check_ratios(bar, result, importing.BARS, f"{system}, {source}: {importing.ROWS} rows")
    for rows, most in importing.MEMORY.items():
        used = result["megabytes"][str(rows)]
        bar.check(f"{system}, {source}: {rows} rows need less than {most} MB, the reading child included",
                  used["rows"] == rows and used["together"] < most, f"{used['together']} MB: {used['process']} and {used['child']}")


def run_importing(bar: Bar, system: str) -> None:
    """Compare an import with a script that writes the same rows."""
    from kaifaqu.sheets import importing as sheets

    unpacked = sheets.unpacked
    if bar.fault:
        sheets.unpacked = lambda *told: [{**facts, "expected_annual_output": 1} for facts in unpacked(*told)]
    full = bool(bar.size(quick=0, full=1))
    result = importing.measure(importing.ROWS if full else 400, runs=importing.RUNS if full else 1)
    bar.check(f"{system}: the peer writes from the same workbooks the very rows that the import has written", result["equal"],
              f"{result['size']['rows']} new and as many changed rows of {len(importing.HEADINGS)} columns")
    if full:
        check_import(bar, result | {"megabytes": importing.memories()}, "now")
    told = kept("importing", system)
    check_import(bar, told, "kept")
    bar.check(f"{system}, kept: the peer is the one that is run here", told["peer"] == importing.peer())


def check_engine(bar: Bar, result: dict, source: str) -> None:
    """Check a result of the columnar engine: its size, its cells, its ratios and the speed of its refresh."""
    system, size, refresh = result["machine"]["engine"], result["size"], result["refresh"]
    exact = [*result["equal"].values(), *result["so many times the cells of the original"].values()]
    bar.check(f"DuckDB, files from {system}, {source}: measured at the full size, all cells equal",
              size["version rows"] >= engine.ROWS and size["months"] == catalogue.MONTHS and all(exact),
              f"{size['version rows']} version rows, {result['cells']} cells")
    check_ratios(bar, result, engine.BARS, f"DuckDB, files from {system}, {source}: catalogue")
    speed = refresh["rows per second"]
    bar.check(f"{system}, {source}: the refresh is told in rows per second", refresh["rows"] > 0 and speed["cpu"] > 0,
              f"{refresh['rows']} rows, {speed['cpu']} a second of CPU, {speed['wall']} by wall time")


def spoil() -> None:
    """Let every project of the files cost the smallest unit more."""
    import pyarrow.compute
    import pyarrow.parquet

    from kaifaqu.engine import parquet

    for path in (parquet.folder() / "projects_project_version").glob("*.parquet"):
        table = pyarrow.parquet.read_table(path, partitioning=None)
        at = table.schema.get_field_index("total_investment")
        more = pyarrow.compute.add(table.column(at), 1)
        pyarrow.parquet.write_table(table.set_column(at, "total_investment", more), path)


def run_engine(bar: Bar, system: str) -> None:
    """Compare figures on DuckDB with the hand-written statement, and with the ordinary database."""
    full = bool(bar.size(quick=0, full=1))
    size = (catalogue.ZONES, catalogue.PROJECTS, catalogue.MONTHS, engine.ROWS) if full else (10, 40, 12, 10_000)
    files = f"DuckDB, files from {system}"
    with engine.files(*size) as data:
        sides = engine.Engines(data.owners, data.months)
        for name, moment in data.moments.items():
            peers = sides.cells_of_rows(sides.peers(moment), moment)
            if bar.fault:
                spoil()
            ours = sides.cells_of_figures(sides.ours(moment))
            differing = [cell for cell in {*ours, *peers} if ours.get(cell) != peers.get(cell)]
            bar.check(f"{files}, {name}: every cell equals that of the hand-written statement", not differing,
                      f"{data.size['version rows']} version rows, {len(peers)} cells, {len(differing)} differ")
            bar.check(f"{files}, {name}: and is {data.copies} times that of the ordinary database", ours == data.expected(name))
        bar.check(f"{files}: what was known earlier differs from today", data.expected("today") != data.expected("as known"))
        if full:
            check_engine(bar, engine.measure(data, engine.RUNS), "now")
        told = kept("engine", system)
        check_engine(bar, told, "kept")
        bar.check(f"{files}, kept: the statement is the one that is run here",
                  told["peer"]["sql of one owner and month"] == engine.shortest(data.owners))


PARTS = {"importing": run_importing, "engine": run_engine}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        part, system = sys.argv[2:4]
        del sys.argv[1:4]
        the_bar = Bar(f"T8 {part} {system}", __doc__)
        with laboratory.database(system):
            laboratory.enter()
            PARTS[part](the_bar, system)

            from django.db import connection

            connection.close()
        the_bar.close()
    else:
        the_bar = Bar("T8", __doc__)
        for each_system in laboratory.ENGINES:
            for each_part in PARTS:  # a process each: Django opens one database in its life
                done = laboratory.child(__file__, "--part", each_part, each_system, *sys.argv[1:]).wait()
                the_bar.part(f"{each_part} on {each_system}", done)
        the_bar.close()
