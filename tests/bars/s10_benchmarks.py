"""S10: figures and commits cost little more than statements written by hand; see benchmarks/README.md.

In the quick form no time counts: on both engines the catalogue of a small data set equals the hand-written statement cell
by cell, today and as known, and the results in benchmarks/results keep the bars and name the statement that is run here.
With --full everything is measured again. The planted fault changes amounts behind the back of the one side.
"""

import json
import sys

from bar import Bar

from benchmarks import catalogue, commit
from tests import laboratory


def change(*tables: str) -> None:
    """Let every project cost the smallest unit more, in the live rows and in every version."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"UPDATE {table} SET total_investment = total_investment + 1")


def check_ratios(bar: Bar, result: dict, source: str) -> None:
    """Check the ratios of CPU seconds in a result."""
    bars = catalogue.BARS if result["benchmark"] == "catalogue" else {"commit": commit.BAR}
    engine = result["machine"]["engine"]
    for name, most in bars.items():
        cpu, wall = (result["ratios"][clock][name] for clock in ("cpu", "wall"))
        bar.check(f"{engine}, {source}: {name} takes at most {most} times the peer", cpu <= most, f"{cpu}, by wall time {wall}")


def kept(name: str, engine: str) -> dict:
    """Return the result that is kept in the repository."""
    return json.loads((catalogue.RESULTS / f"{name}-{engine}.json").read_text(encoding="utf-8"))


def run_catalogue(bar: Bar, engine: str) -> None:
    """Compare figures with the hand-written statement."""
    from benchmarks import zones
    from kaifaqu.registers.projects.models import Project

    full = bool(bar.size(quick=0, full=1))
    parties, known = zones.enter(*((catalogue.ZONES, catalogue.PROJECTS) if full else (20, 100)))
    sides = catalogue.Catalogue(parties, catalogue.MONTHS if full else 12)
    found = {}
    for name, world in (("today", None), ("as known", known)):
        peers = sides.cells_of_rows(sides.peers(world), world)
        if bar.fault:
            change(Project._meta.db_table, Project.Version._meta.db_table)
        ours = found[name] = sides.cells_of_figures(sides.ours(world))
        differing = [cell for cell in {*ours, *peers} if ours.get(cell) != peers.get(cell)]
        bar.check(f"{engine}, {name}: every cell equals that of the hand-written statement", not differing,
                  f"{len(peers)} cells of {len(sides.codes)} figures, {len(differing)} differ")
    bar.check(f"{engine}: what was known earlier differs from today", found["today"] != found["as known"])
    if full:
        check_ratios(bar, catalogue.measure(parties, known, catalogue.MONTHS, runs=3), "now")

    result = kept("catalogue", engine)
    size = result["size"]
    entered = size["projects"] + size["archived projects"]
    bar.check(f"{engine}, kept: measured at the full size, all cells equal",
              (size["zones"], entered, size["months"]) == (catalogue.ZONES, catalogue.ZONES * catalogue.PROJECTS, catalogue.MONTHS)
              and all(result["equal"].values()), result["cells"])
    bar.check(f"{engine}, kept: the statement is the one that is run here",
              result["peer"]["sql of one zone and month"] == catalogue.shortest(parties), f"{result['peer']['columns']} columns")
    check_ratios(bar, result, "kept")


def run_commit(bar: Bar, engine: str) -> None:
    """Compare a commit with the bulk insertion of the same rows."""
    full = bool(bar.size(quick=0, full=1))
    result = commit.measure(commit.RECORDS if full else 1000, runs=3 if full else 1)
    bar.check(f"{engine}: bulk_create writes the very rows that commit has written", result["equal"])
    if full:
        check_ratios(bar, result, "now")
    result = kept("commit", engine)
    bar.check(f"{engine}, kept: {commit.RECORDS} records, all rows equal", result["size"]["records"] == commit.RECORDS and result["equal"])
    check_ratios(bar, result, "kept")


PARTS = {"catalogue": run_catalogue, "commit": run_commit}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        part, engine = sys.argv[2:4]
        del sys.argv[1:4]
        the_bar = Bar(f"S10 {part} {engine}", __doc__)
        with laboratory.database(engine):
            laboratory.enter()
            PARTS[part](the_bar, engine)

            from django.db import connection

            connection.close()
        the_bar.close()
    else:
        the_bar = Bar("S10", __doc__)
        for each_engine in laboratory.ENGINES:
            for each_part in ["catalogue"] if the_bar.fault else PARTS:  # a process each: Django opens one database in its life
                done = laboratory.child(__file__, "--part", each_part, each_engine, *sys.argv[1:]).wait()
                the_bar.part(f"{each_part} on {each_engine}", done)
        the_bar.close()
