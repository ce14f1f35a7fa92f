"""B6: what 100,000 open cases cost the home page, the list of what is overdue and that of what escalation has raised.

In the quick form no time counts: a few cases are built, and what the product says of them must be what the statements by
hand say (counts of the home page, overdue cases, levels on each working day). The results in benchmarks/results keep the
ratios, measured against the statements that stand in them. With --full everything is measured again. The planted fault
moves the due days of some cases behind the product's back.
"""

import json
from typing import Any

from bar import Bar

from benchmarks import cases, catalogue
from tests import laboratory

MOST = 3.0  # times its statement, each
PEERS = {"home": cases.WAITING, "overdue": cases.OVERDUE, "raised": cases.RAISED}


def check(bar: Bar, result: dict[str, Any], source: str) -> None:
    """Check a result in its full size."""
    size, ratios = result["size"], result["ratios"]["cpu"]
    bar.check(f"{source}: {cases.CASES} open cases, all three equal", all(result["equal"].values()) and size["cases"] == cases.CASES, size)
    for name in PEERS:
        bar.check(f"{source}: {name} takes at most {MOST} times its statement", ratios[name] <= MOST,
                  f"{ratios[name]}, {result['seconds'][name]['cpu']} s of CPU")
    bar.check(f"{source}: the statements in the result are those that are run here", result["sql"] == PEERS)


bar = Bar("B6", __doc__)
full = bool(bar.size(quick=0, full=1))
with laboratory.database():
    laboratory.enter()
    if bar.fault:
        prepared = cases.prepared

        def forged(count: int) -> tuple[Any, Any]:
            """Return what was prepared, with due days that nobody knows of."""
            from django.db import connection

            made = prepared(count)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE issues_issue SET resolution_due_on = '2024-12-31' WHERE id % 5 = 0")
            return made

        cases.prepared = forged
    result = cases.measure(cases.CASES if full else 800, cases.RUNS if full else 2)
    bar.check("home page, overdue list and levels say what the statements by hand say", all(result["equal"].values()),
              f"{result['size']}, {result['equal']}")
    if full:
        check(bar, result, "now")
    for engine in laboratory.ENGINES:
        kept = json.loads((catalogue.RESULTS / f"cases-{engine}.json").read_text(encoding="utf-8"))
        check(bar, kept, f"kept, {engine}")

    from django.db import connection

    connection.close()
bar.close()
