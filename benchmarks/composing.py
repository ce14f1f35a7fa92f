"""Composing a brief of 300 numbers and ten charts from its template, against the same figures computed at once.

    python -m benchmarks.composing --engine sqlite             measures, and prints the result
    python -m benchmarks.composing --engine sqlite --write     writes it to benchmarks/results as well

Ours: the whole of `making.compose`, from the text with its marks to the document in which every number holds its definition,
its records as they were known and its data date; the charts ask for 120 numbers more. The peer computes nothing else than the
distinct figures, in one pass over each register, and reads the ids of the records behind each. Values must be equal. CPU
seconds, the best of the runs, the sides in turn. Memory: the largest resident size of the process, before and after.
"""

from decimal import Decimal
from typing import Any

from benchmarks import pages, running, stopwatch

PROJECTS, RUNS = 2_000, 5
BAR, MEMORY = 2.5, 400  # times the peer; MB of the process
PERIOD = "2024-06"
COLUMNS = ("本期", "上期", "上年同期", "本年", "累计", "上年累计", "期末", "期初", "年初", "2023-12")
FIGURES = (
    "在建项目数", "在建项目总投资", "续建项目数", "续建项目总投资", "新建项目数", "新建项目总投资", "期内开工项目数",
    "期内开工项目总投资", "期内投产项目数", "期内投产项目总投资", "期初在建项目数", "期初在建项目总投资", "期末在建项目数",
    "期末在建项目总投资", "本年签约项目数", "本年开工项目数", "期内终止项目数", "期内终止项目总投资", "期内停缓建项目数",
    "期内停缓建项目总投资", "期内复工项目数", "期内复工项目总投资", "线索数", "在谈线索数", "曾进入洽谈的线索数",
    "洽谈线索中已签约数", "线索中已签约数", "签约一批项目数", "开工一批项目数", "投产一批项目数",
)  # fmt: skip


def body() -> str:
    """Return the template: thirty sections of ten numbers, ten of them with a chart."""
    lines = ["# {{ 单位 }}{{ 本期 }}情况"]
    for place, figure in enumerate(FIGURES):
        lines += [f"## {figure}", "，".join(f'{words}{{{{ 数("{figure}", 期间="{words}") }}}}' for words in COLUMNS) + "。"]
        if place < 10:
            lines.append(f'{{{{ 图("{figure}", 月数=12) }}}}')
    return "\n".join(lines)


def computed(numbers: list[Any], owner: int, known: int, person: Any) -> dict[tuple[str, str], tuple[Decimal | None, int]]:
    """Return the distinct figures of the numbers, computed at once, each with how many records are behind it."""
    from kaifaqu.kernel.figures import evaluate
    from kaifaqu.kernel.indicators import find
    from kaifaqu.kernel.periods import Period

    asked = dict.fromkeys((each.code, each.period) for each in numbers)
    told = evaluate([(find(code), Period.parse(period)) for code, period in asked], scope=[owner], known=known, user=person)
    return {
        key: (figure.value, len(list(figure.rows.values_list("id", flat=True)))) for key, figure in zip(asked, told, strict=True)
        if figure.rows is not None
    }


def measure(projects: int = PROJECTS, runs: int = RUNS) -> dict[str, Any]:
    """Return the seconds of both sides, whether they agree, and the memory."""
    from kaifaqu.kernel.periods import Period
    from kaifaqu.reporting.briefs import making
    from kaifaqu.reporting.briefs.models import BriefTemplate

    person, project = pages.found(projects)
    template = BriefTemplate(owner_id=project.owner_id, id=10**15, name="测量", body=body())
    before, taken = stopwatch.peak(), {"ours": [], "peer": []}
    for _run in range(runs + 1):  # the first warms both up
        seconds, made = stopwatch.timed(lambda: making.compose(template, Period.parse(PERIOD), person))
        taken["ours"].append(seconds)
        document = made.document
        seconds, held = stopwatch.timed(lambda document=document: computed(document.numbers, project.owner_id, document.known, person))
        taken["peer"].append(seconds)
    differing = [
        each for each in document.numbers
        if (None if each.value is None else Decimal(each.value), len(each.records)) != held[each.code, each.period]]
    best = {side: stopwatch.best(each[1:]) for side, each in taken.items()}
    return {
        "benchmark": "composing", "machine": stopwatch.machine(), "equal": not differing,
        "size": {"projects": projects, "numbers": len(FIGURES) * len(COLUMNS), "charts": 10, "with those of charts": len(document.numbers),
                 "distinct figures": len(held), "records behind them": sum(len(each.records) for each in document.numbers),
                 "without a value": sum(bool(each.problem) for each in document.numbers), "runs": runs},
        "seconds": best, "megabytes": {"before": before, "peak": stopwatch.peak()},
        "ratios": {clock: {"composing": round(best["ours"][clock] / best["peer"][clock], 2)} for clock in ("cpu", "wall")},
    }  # fmt: skip


if __name__ == "__main__":
    running.run(__doc__, measure, projects=PROJECTS, runs=RUNS)
