"""T8: an import costs little more than reading the file and bulk-inserting its rows; see benchmarks/README.md.

In the quick form no time counts: on both engines a script that trusts its file writes, from the same small workbooks, the
very records, versions and events that the import has written, for new and for changed rows; and the results in
benchmarks/results keep the bars, in time and in memory. With --full everything is measured again. The planted fault is an
amount in the second workbook that the peer reads otherwise than the import.
"""

import json
import sys

from bar import Bar

from benchmarks import catalogue, importing
from tests import laboratory

COLUMNS = 20


def check_result(bar: Bar, result: dict, source: str) -> None:
    """Check the ratios of CPU seconds, and the memory, of a result."""
    engine = result["machine"]["engine"]
    for kind, most in importing.BARS.items():
        cpu, wall = (result["ratios"][clock][kind] for clock in ("cpu", "wall"))
        bar.check(f"{engine}, {source}: {importing.ROWS} {kind} rows take at most {most} times the peer", cpu <= most,
                  f"{cpu}, by wall time {wall}")
    for rows, most in importing.MEMORY.items():
        used = result["megabytes"][str(rows)]
        bar.check(f"{engine}, {source}: {rows} rows need less than {most} MB, the reading child included",
                  used["rows"] == rows and used["together"] < most, f"{used['together']} MB: {used['process']} and {used['child']}")


def run(bar: Bar, engine: str) -> None:
    """Compare the two sides, and look at the results that are kept."""
    full = bool(bar.size(quick=0, full=1))
    if bar.fault:
        told = importing.read
        importing.read = lambda path, zone: (
            {**facts, "total_investment": facts["total_investment"] + 1} if path.stem == "changed" else facts for facts in told(path, zone))
    result = importing.measure(importing.ROWS if full else 400, runs=importing.RUNS if full else 1)
    bar.check(f"{engine}: the peer writes from the same workbooks the very rows that the import has written", result["equal"],
              f"{result['size']['rows']} new and as many changed rows of {COLUMNS} columns")
    if full:
        result["megabytes"] = {str(rows): importing.memory(rows) for rows in importing.MEMORY}
        check_result(bar, result, "now")
    kept = json.loads((catalogue.RESULTS / f"importing-{engine}.json").read_text(encoding="utf-8"))
    bar.check(f"{engine}, kept: measured at the full size, all rows equal",
              (kept["size"]["rows"], kept["size"]["columns"]) == (importing.ROWS, COLUMNS) and kept["equal"], kept["size"])
    check_result(bar, kept, "kept")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--engine"]:
        engine = sys.argv.pop(2)
        sys.argv.pop(1)
        the_bar = Bar(f"T8 {engine}", __doc__)
        with laboratory.database(engine):
            laboratory.enter()
            run(the_bar, engine)

            from django.db import connection

            connection.close()
        the_bar.close()
    else:
        the_bar = Bar("T8", __doc__)
        for each_engine in laboratory.ENGINES:  # a process each: Django opens one database in its life
            done = laboratory.child(__file__, "--engine", each_engine, *sys.argv[1:]).wait()
            the_bar.part(each_engine, done)
        the_bar.close()
