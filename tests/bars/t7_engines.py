"""T7: every indicator is equal on SQLite, PostgreSQL and DuckDB, today and as known, over the random data sets of S7.

Each data set is entered on SQLite and on PostgreSQL; after each, what came is added to the Parquet files, which are thereby
grown and merged many times, and the same figures are asked of the database and of DuckDB over the files of either: for the
day itself and for a moment in the middle of the changes. At the end every data set is asked once more as known at that
moment, out of files that have long gone on. What the engine cannot do fails here: nowhere does the database stand in for
it. The planted fault changes amounts in the files, and their hashes in the manifest, behind the product's back.
"""

import json
import subprocess
import sys
from dataclasses import replace

from bar import Bar

from tests import laboratory

PERIODS = ["2024-H1", "2023-03..05", "2023-06-15"]


def tell(data_sets: int, fault: bool) -> None:
    """Enter the data sets on the engine that was set, and print every figure of the database and of DuckDB over its rows."""
    laboratory.enter()
    from django.db import connection, connections

    from kaifaqu.engine import parquet
    from kaifaqu.engine.checking import check
    from kaifaqu.engine.choice import OFF, ONLY, using
    from kaifaqu.kernel import clock, events
    from kaifaqu.kernel.founding import begin
    from tests.answers import answers
    from tests.random_zone import RandomZone

    asked = []

    def listen(execute, sql, *rest):
        asked.append(sql)
        return execute(sql, *rest)

    root = begin("ROOT", "测试", demo=True)
    figures: dict[str, dict] = {OFF: {}, ONLY: {}}
    moments = []

    def ask(owner: int, known: int | None, number: int) -> None:
        by = ("", "industry", "nature", "park")[number % 4]
        for mode in (OFF, ONLY):
            with using(mode):
                found = answers(owner, known, [PERIODS[number % len(PERIODS)]], by)
            figures[mode] |= {f"{key}|{events.last_seq()}": value for key, value in found.items()}  # and when it was asked

    with connections["columnar"].execute_wrapper(listen):
        for number in range(data_sets):
            zone = RandomZone(root, f"Z{number}", seed=7000 + number)
            middle = None
            if number % 10:  # every tenth zone stays empty
                zone.live(20)
                middle = events.last_seq()
                zone.go_on(20)
            parquet.refresh()
            if fault:
                spoil()
            moments.append((zone.owner.pk, middle or events.last_seq(), number))
            for known in (None, middle):
                ask(zone.owner.pk, known, number)
        for moment in moments:
            ask(*moment)
    clock.release()
    manifest = parquet.current()
    checked = check()
    print(json.dumps({
        "figures": figures, "statements": len(asked), "problems": checked["problems"], "compared": checked["figures"],
        "files": sum(len(table.files) for table in manifest.tables.values()), "rows": sum(t.rows for t in manifest.tables.values()),
    }))
    connection.close()


def spoil() -> None:
    """Let every project of the files cost the smallest unit more."""
    import pyarrow.compute
    import pyarrow.parquet

    from kaifaqu.engine import parquet

    name, manifest, files = "projects_project_version", parquet.current(), []
    for file in manifest.tables[name].files:
        path = parquet.folder() / name / file.name
        table = pyarrow.parquet.read_table(path, partitioning=None)
        at = table.schema.get_field_index("total_investment")
        more = pyarrow.compute.add(table.column(at), 1)
        pyarrow.parquet.write_table(table.set_column(at, "total_investment", more), path)
        files.append(replace(file, sha256=parquet.sha256(path)))
    parquet.publish(replace(manifest, tables={**manifest.tables, name: replace(manifest.tables[name], files=tuple(files))}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--tell"]:
        tell(int(sys.argv[2]), sys.argv[3] == "True")
        sys.exit()
    bar = Bar("T7", __doc__)
    sets = bar.size(quick=3, full=200, fault=2)
    told = {}
    for engine in laboratory.ENGINES:
        with laboratory.database(engine):
            worker = laboratory.child(__file__, "--tell", str(sets), str(bar.fault), stdout=subprocess.PIPE, text=True)
            told[engine] = json.loads(worker.communicate()[0])
    base = told["sqlite"]["figures"]["off"]
    indicators = {key.split("|")[4] for key in base}
    with_value = sum(value[0] == "open" for value in base.values())
    found = f"{len(base)} figures of {len(indicators)} indicators over {sets} data sets, {with_value} with a value"
    for engine in laboratory.ENGINES:
        for mode, name in (("off", engine), ("only", f"DuckDB over the rows of {engine}")):
            if (engine, mode) == ("sqlite", "off"):
                continue
            other = told[engine]["figures"][mode]
            differing = sorted(key for key in base.keys() | other.keys() if base.get(key) != other.get(key))
            for key in differing[:5]:
                print(f"        {key}: {base.get(key)} / {other.get(key)}")
            bar.check(f"{name}: every figure equals that of sqlite", not differing, f"{found}, {len(differing)} differ")
        report = told[engine]
        bar.check(f"{engine}: DuckDB has measured them", report["statements"] > sets, f"{report['statements']} statements")
        bar.check(f"{engine}: the files agree with the database", not report["problems"] and report["compared"] > 0,
                  "; ".join(report["problems"][:3]) or f"{report['rows']} rows in {report['files']} files, {report['compared']} figures")
    bar.close()
