"""An upper-level form of 2,000 cells filled over 10,000 projects: seconds and memory.

    python -m benchmarks.forms --engine sqlite             measures, and prints the result
    python -m benchmarks.forms --engine sqlite --write     writes it to benchmarks/results as well

Half of the cells are figures (of several periods and groups), half a list of records with ten columns; the workbook has
20,000 cells more that are not filled. Filling is the whole action: computing, writing the file, keeping file and traces,
committing. The peer is a script that trusts its values: it loads the same workbook with openpyxl, sets the same cells and
saves it, and computes nothing. Both files must hold the same values; that the peer loses parts of the file is not counted.
"""

import io
from decimal import Decimal
from typing import Any

from benchmarks import running, stopwatch

PROJECTS, CELLS, RUNS = 10_000, 2_000, 5
MEMORY = 400  # MB of the process that fills
WRITING = 1.0  # times the peer, in CPU seconds: from the values to the finished file
PERIODS = ("", "上期", "上年同期", "累计", "上年累计", "本年", "上年", "期末", "期初", "年初")
COLUMNS = (
    "序号", "code", "name", "total_investment", "signed_on", "started_on", "nature", "stage", "expected_annual_output", "production_on",
)  # fmt: skip
PERIOD = "2024-06"


def blank(cells: int) -> bytes:
    """Return the workbook: a sheet for the figures, one for the list, and one of 20,000 cells that nobody fills."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    number = book.add_format({"num_format": "#,##0.00", "border": 1})
    figures, listed, rest = (book.add_worksheet(name) for name in ("指标", "清单", "其他"))
    for row in range(cells // 20):
        figures.write(row + 1, 0, f"指标{row}")
        for column in range(1, 11):
            figures.write_blank(row + 1, column, None, number)
        figures.write_formula(row + 1, 11, f"=SUM(B{row + 2}:K{row + 2})", number, 0)
    for row in range(cells // 20):
        for column in range(10):
            listed.write_blank(row + 1, column, None, number)
    for row in range(2000):
        for column in range(10):
            rest.write(row, column, row * column if column % 2 else f"固定{row}-{column}")
    book.close()
    return stream.getvalue()


def pointed(cells: int) -> list[dict[str, Any]]:
    """Return the cells that are pointed at: ten periods of each figure, and the list."""
    from kaifaqu.kernel import indicators

    definitions = [each for each in indicators.catalogue().values() if each.by]
    found: list[dict[str, Any]] = []
    for number in range(cells // 2):
        definition, row = definitions[number // 10 % len(definitions)], number // 10
        group = {"by": "nature", "group": ("新建", "扩建", "改建")[row // len(definitions) % 3]} if row >= len(definitions) else {}
        period = PERIODS[number % 10]
        found.append({
            "sheet": "指标", "cell": f"{'BCDEFGHIJK'[number % 10]}{row + 2}", "kind": "figure", "asks": definition.code,
            **({"period": period} if period else {}), **group})
    columns = " ".join(f"{'ABCDEFGHIJ'[place]}={path}" for place, path in enumerate(COLUMNS))
    return [*found, {
        "sheet": "清单", "cell": "A2", "kind": "list", "asks": "项目", "fields": columns, "where": "q=P000", "rows": cells // 20}]


def prepared(projects: int, cells: int) -> tuple[Any, Any]:
    """Return a form over so many projects, and the person who fills it."""
    from kaifaqu.files import store
    from kaifaqu.kernel import actions, testing
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import commit

    zone = testing.found()
    clerk = testing.employ(zone, "clerk")
    codes = ("projects.create", "upper_forms.create", "upper_forms.workbook", "form_cells.create")
    plan = {code: actions.find(code).plan for code in codes}
    rows = [{
        "code": f"P{number:05d}", "name": f"演示项目{number}", "signed_on": f"20{20 + number % 4}-03-01", "total_investment": f"{number}.5",
        **({"started_on": f"2024-0{1 + number % 8}-11"} if number % 3 else {}), "expected_annual_output": f"{number * 2}",
        "nature": ("new", "expansion", "reconstruction")[number % 3],
    } for number in range(projects)]  # fmt: skip
    commit([plan["projects.create"](zone, by=SYSTEM, facts=each) for each in rows], by=SYSTEM)
    [form] = commit([plan["upper_forms.create"](zone, by=clerk, facts={"name": "演示大表", "kind": "month"})], by=clerk)
    kept = store.keep(io.BytesIO(blank(cells)), "演示大表.xlsx")
    form = commit([plan["upper_forms.workbook"](form, by=clerk, version=1, kept=kept)], by=clerk)[0]
    commit([plan["form_cells.create"](zone, by=clerk, facts={"form": form, **facts}) for facts in pointed(cells)], by=clerk)
    return form, clerk


def by_library(content: bytes, values: Any) -> bytes:
    """Return the peer's file."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    for (sheet, (row, column)), value in values.items():
        book[sheet].cell(row, column).value = float(value) if isinstance(value, Decimal) else value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def held(content: bytes) -> list[list[Any]]:
    """Return the values of the filled sheets."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for name in ("指标", "清单") for row in book[name].iter_rows()]


def measure(projects: int, cells: int, runs: int) -> dict[str, Any]:
    """Return seconds of the whole filling, of the writing alone and of the peer, and the greatest memory."""
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.commit import commit
    from kaifaqu.reporting.upper import asking
    from kaifaqu.reporting.upper.book import Book, kept

    form, clerk = prepared(projects, cells)
    fill = actions.find("upper_forms.fill").plan
    taken: dict[str, list[dict[str, float]]] = {"fill": [], "write": [], "peer": []}
    stands = stopwatch.peak()
    filled = 0
    for _run in range(runs):
        kept.cache_clear()
        seconds, made = stopwatch.timed(lambda: commit([fill(form, by=clerk, version=form.row_version, period=PERIOD)], by=clerk)[0])
        taken["fill"].append(seconds)
        filled = made.count + made.missing
    peak = stopwatch.peak()
    content, values = form.book().content, asking.answer(form, form.period_of(PERIOD), clerk).values
    ours = peers = b""
    for _run in range(runs):
        seconds, ours = stopwatch.timed(lambda: Book(content).filled(values))
        taken["write"].append(seconds)
        seconds, peers = stopwatch.timed(lambda: by_library(content, values))
        taken["peer"].append(seconds)
    best = {name: stopwatch.best(each) for name, each in taken.items()}
    return {
        "benchmark": "forms", "machine": stopwatch.machine(), "equal": held(ours) == held(peers),
        "size": {"projects": projects, "cells": len(values), "filled or missing": filled, "runs": runs},
        "seconds": best, "megabytes": {"before": stands, "peak": peak},
        "ratios": {clock: {"writing": round(best["write"][clock] / best["peer"][clock], 2)} for clock in ("cpu", "wall")},
    }  # fmt: skip


if __name__ == "__main__":
    running.run(__doc__, measure, projects=PROJECTS, cells=CELLS, runs=RUNS)
