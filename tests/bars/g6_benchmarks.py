"""G6: what a long brief and a large form cost, in time and memory; see benchmarks/README.md.

In the quick form no time counts: a brief of 300 numbers and ten charts over a small zone has the values and the records of
the same figures computed at once, its files are of the size that was measured, and a small form holds what a library writes
into the same workbook. The results in benchmarks/results keep the bars and were measured against the peers that are run
here. With --full everything is measured again. The planted fault changes amounts after the brief was composed.
"""

import json
import sys
from typing import Any

from bar import Bar

from benchmarks import briefs, catalogue, composing, forms
from tests import laboratory

FILES = {"word": 160, "pdf": 320, "annex": 60}  # MB of a process beyond the document, at most


def kept(name: str) -> dict[str, Any]:
    """Return the result that is kept in the repository."""
    return json.loads((catalogue.RESULTS / f"{name}-sqlite.json").read_text(encoding="utf-8"))


def check_composing(bar: Bar, result: dict[str, Any], source: str) -> None:
    """Check a result of composing: its size, its ratio, its memory."""
    size, ratio, peak = result["size"], result["ratios"]["cpu"]["composing"], result["megabytes"]["peak"]
    bar.check(f"{source}: composed with {composing.PROJECTS} projects, values and records equal",
              result["equal"] and (size["projects"], size["numbers"], size["charts"]) == (composing.PROJECTS, 300, 10), size)
    bar.check(f"{source}: composing takes at most {composing.BAR} times the figures alone", ratio <= composing.BAR,
              f"{ratio}, {result['seconds']['ours']['cpu']} s of CPU")
    bar.check(f"{source}: composing needs less than {composing.MEMORY} MB", peak < composing.MEMORY, peak)


def check_files(bar: Bar, result: dict[str, Any], source: str) -> None:
    """Check a result of the files: their size and their memory."""
    size, used = result["size"], result["megabytes"]
    bar.check(f"{source}: the files are of twenty pages and more, 300 numbers and ten charts",
              size["pages"] >= 20 and (size["numbers"], size["charts"]) == (300, 10), size)
    for name, most in FILES.items():
        ours, bare = (result["seconds"][f"{name}, {side}"]["cpu"] for side in ("ours", "peer"))
        bar.check(f"{source}: the {name} needs less than {most} MB beyond the document", used[name] < most,
                  f"{used[name]} MB, {ours} s of CPU, the bare peer {bare}")


def check_form(bar: Bar, result: dict[str, Any], source: str) -> None:
    """Check a result of the form."""
    size, ratio, peak = result["size"], result["ratios"]["cpu"]["writing"], result["megabytes"]["peak"]
    bar.check(f"{source}: a form of {forms.CELLS} cells over {forms.PROJECTS} projects, both files alike",
              result["equal"] and (size["cells"], size["projects"]) == (forms.CELLS, forms.PROJECTS), size)
    bar.check(f"{source}: writing takes at most as long as the peer", ratio <= forms.WRITING, ratio)
    bar.check(f"{source}: filling needs less than {forms.MEMORY} MB", peak < forms.MEMORY,
              f"{peak} MB, {result['seconds']['fill']['cpu']} s of CPU")


def behind_the_back(bar: Bar) -> None:
    """Let every project cost more once a brief was composed, in the live rows and in the versions."""
    from django.db import connection

    from kaifaqu.reporting.briefs import making

    compose = making.compose

    def composed(*told: Any) -> Any:
        made = compose(*told)
        with connection.cursor() as cursor:
            for table in ("projects_project", "projects_project_version"):
                cursor.execute(f"UPDATE {table} SET total_investment = total_investment + 1")
        return made

    if bar.fault:
        making.compose = composed


def run(bar: Bar, part: str) -> None:
    """Measure one part in a database of its own."""
    full = bool(bar.size(quick=0, full=1))
    if part == "brief":
        behind_the_back(bar)
        result = composing.measure(composing.PROJECTS if full else 60, composing.RUNS if full else 1)
        bar.check("every number of the brief has the value and the records of the figure computed alone", result["equal"], result["size"])
        if full:
            check_composing(bar, result, "now")
            check_files(bar, briefs.measure() | {"megabytes": briefs.memories()}, "now")
        check_composing(bar, kept("composing"), "kept")
        check_files(bar, kept("briefs"), "kept")
        bar.check("kept: the peers of the files are those that are run here", kept("briefs")["peer"] == briefs.peer())
    else:
        result = forms.measure(*((forms.PROJECTS, forms.CELLS, forms.RUNS) if full else (10, 200, 1)))
        bar.check("the form holds what the library writes into the same workbook", result["equal"], result["size"])
        if full:
            check_form(bar, result, "now")
        check_form(bar, kept("forms"), "kept")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        the_part = sys.argv[2]
        del sys.argv[1:3]
        the_bar = Bar(f"G6 {the_part}", __doc__)
        with laboratory.database():
            laboratory.enter()
            run(the_bar, the_part)

            from django.db import connection

            connection.close()
        the_bar.close()
    else:
        the_bar = Bar("G6", __doc__)
        for each in ["brief"] if the_bar.fault else ["brief", "form"]:
            the_bar.part(each, laboratory.child(__file__, "--part", each, *sys.argv[1:]).wait())
        the_bar.close()
