"""The whole project catalogue, month by month and by industry, against one hand-written SQL statement.

    python -m benchmarks.catalogue --engine sqlite             measures, and prints the result
    python -m benchmarks.catalogue --engine sqlite --write     writes it to benchmarks/results as well
    python -m benchmarks.catalogue --engine sqlite --print-sql the peer's whole text for the data of this size

Ours: `figures.evaluate` of every indicator of the register of projects that a figure of the catalogue is made of. The peer:
conditional sums by hand (benchmarks/peer.py), run by the driver's cursor on the same database. Both are asked for today and
as known at an event in the middle of the corrections. All cells are compared before a time counts.
"""

import argparse
import hashlib
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import stopwatch
from tests import laboratory

RESULTS = Path(__file__).parent / "results"
ZONES, PROJECTS, MONTHS, RUNS = 200, 500, 60, 5
BARS = {"today": 1.5, "as known": 3.0}  # times the hand-written statement for today

Cells = dict[tuple[str, str, Any], int]  # by code, month and division: counts, and sums in the smallest unit


class Catalogue:
    """The two sides over the same zones."""

    def __init__(self, zones: list[Any], months: int):
        from django.db import connection

        from benchmarks import peer
        from kaifaqu.kernel import indicators
        from kaifaqu.kernel.periods import month_series

        told = peer.figures(month_series("2020-01", 1)[0], 1)  # the figures that there were when the peer was written
        known = [[*each.parts()] for code, each in indicators.catalogue().items() if code.startswith("projects.")]
        parts = {part.code: part for made in known if made[0].code in told for part in made if part.code in told}
        self.engine, self.indicators, self.codes = connection.vendor, list(parts.values()), list(parts)
        self.months = month_series("2020-01", months)
        self.owners = sorted(zone.pk for zone in zones)
        self.by = indicators.dimension(self.indicators[0], "industry")

    def ours(self, known: int | None) -> Any:
        """Return the figures."""
        from kaifaqu.kernel.figures import evaluate

        wanted = [(indicator, month) for indicator in self.indicators for month in self.months]
        return evaluate(wanted, scope=self.owners, by=self.by, known=known)

    def peers(self, known: int | None) -> Any:
        """Return the rows of the hand-written statements, by the driver's own cursor."""
        from django.db import connection

        with connection.cursor():  # connects
            cursor = connection.connection.cursor()
        found = []
        for sql, _months in self.statements(known):
            cursor.execute(sql)
            found.append(cursor.fetchall())
        return found

    def statements(self, known: int | None) -> list[Any]:
        """Return the peer's statements with their months."""
        from benchmarks import peer

        return peer.statements(self.engine, self.codes, self.months, self.owners, known)

    def both(self, known: int | None) -> tuple[Cells, Cells]:
        """Return the cells of the two sides."""
        return self.cells_of_figures(self.ours(known)), self.cells_of_rows(self.peers(known), known)

    def cells_of_figures(self, figures: Any) -> Cells:
        """Return the cells that have a value. Raise ValueError when a figure has none."""
        if closed := [figure for figure in figures if figure.status != "open"]:
            raise ValueError(f"{len(closed)} figures cannot be computed: {closed[0].reason}")
        return {
            (figure.indicator.code, figure.period.text, group.key): _whole(figure, group.value)
            for figure in figures for group in figure.groups
        }

    def cells_of_rows(self, found: Any, known: int | None) -> Cells:
        """Return the cells that have a value: a count above zero, or a sum of something."""
        cells: Cells = {}
        for rows, (_sql, months) in zip(found, self.statements(known), strict=True):
            for division, *values in rows:
                wanted = ((code, month.text, division) for month in months for code in self.codes)
                cells |= {
                    key: int(value) for key, value in zip(wanted, values, strict=True)
                    if value is not None and (value or not key[0].endswith(".count"))
                }
        return cells


def _whole(figure: Any, value: Decimal) -> int:
    scaled = value if figure.indicator.unit == "个" else value.scaleb(6)
    if scaled != int(scaled):
        raise ValueError(f"{figure.indicator.code}: {value} is not whole in the smallest unit")
    return int(scaled)


def measure(zones: list[Any], known: int, months: int, runs: int) -> dict[str, Any]:
    """Return the seconds of both sides, their ratios, and whether every cell was equal."""
    catalogue = Catalogue(zones, months)
    worlds = {"today": None, "as known": known}
    equal, cells = {}, {}
    for name, world in worlds.items():
        ours, peers = catalogue.both(world)
        equal[name], cells[name] = ours == peers, len(peers)
    taken: dict[str, list[dict[str, float]]] = {f"{side}, {name}": [] for name in worlds for side in ("ours", "peer")}
    for _run in range(runs):
        for name, world in worlds.items():
            taken[f"peer, {name}"].append(stopwatch.timed(lambda world=world: catalogue.peers(world))[0])
            taken[f"ours, {name}"].append(stopwatch.timed(lambda world=world: catalogue.ours(world))[0])
    seconds = {name: stopwatch.best(each) for name, each in taken.items()}
    statements = catalogue.statements(None)
    return {
        "benchmark": "catalogue", "machine": stopwatch.machine(), "size": {
            "zones": len(zones), "figures": len(catalogue.indicators), "months": months, "runs": runs, **_rows()},
        "equal": equal, "cells": cells, "seconds": seconds,
        "ratios": {
            clock: {
                "today": _ratio(seconds, clock, "ours, today", "peer, today"),
                "as known": _ratio(seconds, clock, "ours, as known", "peer, today"),
                "as known, against the peer as known": _ratio(seconds, clock, "ours, as known", "peer, as known"),
            } for clock in ("cpu", "wall")
        },
        "peer": {
            "statements": len(statements), "columns": [len(part) * len(catalogue.codes) + 1 for _sql, part in statements],
            "sha256": [hashlib.sha256(sql.encode()).hexdigest() for sql, _part in statements],
            "sql of one zone and month": shortest(zones),
        },
    }


def shortest(zones: list[Any]) -> list[str]:
    """Return the peer's statement for one zone and one month, line by line; for more it repeats itself."""
    return Catalogue(zones[:1], 1).statements(None)[0][0].splitlines()


def _ratio(seconds: dict[str, Any], clock: str, ours: str, peer: str) -> float:
    return round(seconds[ours][clock] / seconds[peer][clock], 2)


def _rows() -> dict[str, int]:
    from kaifaqu.registers.organisations.models import Enterprise
    from kaifaqu.registers.projects.models import CohortProject, Project, ProjectProgress, ProjectSuspension

    registers = {
        "projects": Project, "enterprises": Enterprise, "suspensions": ProjectSuspension, "entries of lists": CohortProject,
        "monthly reports": ProjectProgress,
    }
    counts = {name: register.objects.count() for name, register in registers.items()}
    archived = Project.objects.exclude(archived_at=None).count()
    counts["projects"] -= archived
    return {**counts, "archived projects": archived, "versions of projects": Project.Version.objects.count()}


def write(result: dict[str, Any]) -> None:
    """Write the result beside the earlier ones."""
    path = RESULTS / f"{result['benchmark']}-{result['machine']['engine'].split()[0]}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=laboratory.ENGINES, default="sqlite")
    for name, size in (("zones", ZONES), ("projects", PROJECTS), ("months", MONTHS), ("runs", RUNS)):
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--print-sql", action="store_true")
    arguments = parser.parse_args()
    with laboratory.database(arguments.engine):
        laboratory.enter()
        from django.db import connection

        from benchmarks import zones

        parties, known = zones.enter(arguments.zones, arguments.projects)
        if arguments.engine == "postgresql":  # which a server does by itself, sooner or later
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        if arguments.print_sql:
            for sql, _months in Catalogue(parties, arguments.months).statements(None):
                print(sql, end=";\n\n")
        else:
            result = measure(parties, known, arguments.months, arguments.runs)
            json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
            if arguments.write:
                write(result)
        connection.close()


if __name__ == "__main__":
    main()
