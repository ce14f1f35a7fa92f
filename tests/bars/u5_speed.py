"""U5: a million cases judged as columns, against hand-written polars that tells the same reasons; and cases one by one.

In the quick form no time counts: fewer cases are judged, and every value must equal the peer's. The result in
benchmarks/results keeps the ratio of a million cases. With --full it is measured again. The planted fault lets the peer's
scheme take cars a day too young.
"""

import json
from typing import Any

from bar import Bar

from benchmarks import catalogue, subsidies
from tests import laboratory

MOST, LEAST_GAIN = 2.0, 15  # times the peer; times as fast as one by one


def check(bar: Bar, result: dict[str, Any], source: str) -> None:
    """Check a result in its full size."""
    ratios, size = result["ratios"], result["size"]
    bar.check(f"{source}: {subsidies.CASES} cases, every value equal",
              all(result["equal"].values()) and size["cases"] == subsidies.CASES, size)
    bar.check(f"{source}: columns take at most {MOST} times the CPU of polars by hand", ratios["cpu"] <= MOST,
              f"{ratios['cpu']}, {result['per_second']['columns']} cases a second")
    bar.check(f"{source}: columns are {LEAST_GAIN} times as fast as one by one, or more", ratios["one_by_one_to_columns"] >= LEAST_GAIN,
              f"{ratios['one_by_one_to_columns']}, {result['per_second']['one_by_one']} cases a second one by one")


bar = Bar("U5", __doc__)
full = bool(bar.size(quick=0, full=1))
with laboratory.database():
    laboratory.enter()
    if bar.fault:
        subsidies.PETROL = subsidies.PETROL.replace(month=7, day=1)
    result = subsidies.measure(subsidies.CASES if full else 40_000, subsidies.ONE_BY_ONE if full else 2_000, subsidies.RUNS if full else 1)
    bar.check("columns, polars by hand and one by one tell the same", all(result["equal"].values()),
              f"{result['size']}, {result['answers']}, {result['equal']}")
    if full:
        check(bar, result, "now")
    check(bar, json.loads((catalogue.RESULTS / "subsidies-sqlite.json").read_text(encoding="utf-8")), "kept")

    from django.db import connection

    connection.close()
bar.close()
