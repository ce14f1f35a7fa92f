"""S2: the half-year figures of the source page come out of the demo zone's records, and each lists exactly its rows.

The wanted values are those printed (F2-05 to F2-16), the wanted rows stand below; every figure is asked of the command
line. Then a project picked at random is archived, and every figure must change by exactly that project. The planted
fault moves one start of construction over the border of the half year, behind the product's back.
"""

import json
import random
import sqlite3
import subprocess
from decimal import ROUND_HALF_UP, Decimal

from bar import Bar

from tests import laboratory

UNITS = {"个": 1, "%": 1, "亿元": 10000, "亿元/个": 10000}  # of one printed unit, how many of the product's 万元
PRINTED = """
F2-05 projects.under_construction.count          14     个
F2-06 projects.under_construction.investment     62.49  亿元
F2-07 projects.continuing.count                  7      个
F2-08 projects.continuing.investment             53.59  亿元
F2-09 projects.new.count                         7      个
F2-10 projects.new.investment                    8.9    亿元
F2-13 projects.continuing.investment_share       85.76  %
F2-14 projects.under_construction.investment_avg 4.46   亿元/个
F2-15 projects.continuing.investment_avg         7.66   亿元/个
F2-16 projects.new.investment_avg                1.27   亿元/个
"""
CONTINUING = {
    "P0006": "18.60", "P0009": "11.25", "P0010": "8.40", "P0011": "6.34", "P0012": "4.50", "P0013": "2.90", "P0014": "1.60",
}
NEW = {
    "P0015": "2.80", "P0016": "1.95", "P0017": "1.50", "P0018": "1.10", "P0019": "0.75", "P0020": "0.50", "P0021": "0.30",
}
ROWS = {"under_construction": CONTINUING | NEW, "continuing": CONTINUING, "new": NEW}
QUARTER = """
known      | continuing | investment | new | investment | under_construction | investment
2024-05-14 | 8          | 56.79      | 4   | 7.35       | 12                 | 64.14
2024-05-15 | 8          | 56.79      | 3   | 5.85       | 11                 | 62.64
"""
OTHERS = """
projects.reconciliation.opening.count            10
projects.reconciliation.opening.investment       592900
projects.reconciliation.started.count            7
projects.reconciliation.started.investment       89000
projects.reconciliation.produced.count           3
projects.reconciliation.produced.investment      57000
projects.reconciliation.suspended.count          0
projects.reconciliation.closing.count            14
projects.reconciliation.closing.investment       624900
leads.known.count                                60
leads.negotiated.count                           40
leads.in_negotiation.count                       10
projects.rate.signing.negotiation                65
projects.rate.signing.lead                       43.33
projects.rate.signing.target                     45
projects.rate.start                              80.77
projects.rate.production                         33.33
projects.rate.full_capacity                      72
projects.rate.full_capacity.count                71.43
"""


def kaifaqu(*arguments: str) -> dict:
    """Return what a command of the product answers, in JSON, with its exit code."""
    asked = laboratory.child("-m", "kaifaqu", *arguments, "--json", stdout=subprocess.PIPE, encoding="utf-8")
    answer, _errors = asked.communicate()
    told = json.loads(answer)
    return {"exit": asked.returncode, **(told if isinstance(told, dict) else {"answer": told})}


def figure(code: str, period: str, *further: str) -> dict:
    """Return a figure as the command line tells it, with its records."""
    return kaifaqu("figure", code, "--period", period, "--trace", *further)


def values(period: str, *further: str) -> dict[str, str | None]:
    """Return the values of all figures, as one command tells them."""
    return {line["code"]: line["value"] for line in kaifaqu("catalogue", "--period", period, *further)["answer"]}


def wanted(code: str, rows: dict[str, dict[str, str]]) -> Decimal:
    """Return the value of a figure, counted from the rows given, in the product's unit."""
    _projects, which, measure = code.split(".")
    money = {name: sum(map(Decimal, amounts.values())) * 10000 for name, amounts in rows.items()}
    value = {
        "count": lambda: Decimal(len(rows[which])),
        "investment": lambda: money[which],
        "investment_share": lambda: money[which] / money["under_construction"] * 100,
        "investment_avg": lambda: money[which] / len(rows[which]),
    }[measure]()
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


bar = Bar("S2", __doc__)
with laboratory.database() as url:
    laboratory.enter()
    from kaifaqu.kernel import actions, events
    from kaifaqu.kernel.access import User
    from kaifaqu.kernel.commit import commit
    from kaifaqu.registers.projects.models import Project

    accounts = laboratory.demo()
    bar.check("the demo zone is loaded", len(accounts) == 16, f"{len(accounts)} accounts, {events.last_seq()} events")
    if bar.fault:
        with sqlite3.connect(laboratory.file_of(url)) as database:
            database.execute("UPDATE projects_project SET started_on = 20240101 WHERE code = 'P0014'")

    printed = [line.split() for line in PRINTED.strip().splitlines()]
    half_year = {code: figure(code, "2024-H1") for _number, code, _value, _unit in printed}
    for number, code, value, unit in printed:
        told = half_year[code]
        product_unit = unit.replace("亿元", "万元")
        exact = (Decimal(told["value"]) / UNITS[unit]).quantize(Decimal(value), ROUND_HALF_UP)
        if unit in ("个", "亿元"):  # stated, not rounded on the page
            exact = Decimal(told["value"]) / UNITS[unit]
        bar.check(f"{number} {code} is {value} {unit}", exact == Decimal(value) and told["unit"] == product_unit, told["value"])
        rows = sorted(line["code"] for line in told["trace"])
        expected = ROWS["under_construction" if code.endswith("share") else code.split(".")[1]]
        bar.check(f"{number} lists exactly its rows", rows == sorted(expected) == sorted(told["records"]), f"{len(rows)} rows")
    both = [half_year[f"projects.{which}.count"]["value"] for which in ("continuing", "new", "under_construction")]
    bar.check("F2-11 continuing and new are all under construction", int(both[0]) + int(both[1]) == int(both[2]) == 14)
    both = [half_year[f"projects.{which}.investment"]["value"] for which in ("continuing", "new", "under_construction")]
    bar.check("F2-12 so are their investments", Decimal(both[0]) + Decimal(both[1]) == Decimal(both[2]) == 624900)
    told = values("2024-H1")
    for line in OTHERS.strip().splitlines():
        code, value = line.split()
        bar.check(f"{code} is {value}", told[code] == value)

    heads, *lines = [[cell.strip() for cell in line.split("|")] for line in QUARTER.strip().splitlines()]
    for known, *cells in lines:
        told = values("2024-Q1", "--known", known)
        for which, number, amount in zip(heads[1::2], cells[::2], cells[1::2], strict=True):
            found = [Decimal(told[f"projects.{which}.{measure}"]) for measure in ("count", "investment")]
            bar.check(f"as known on {known}, {which} in 2024-Q1 is {number} with {amount} 亿元",
                      found == [Decimal(number), Decimal(amount) * 10000])
        listed = "P0017" in figure("projects.new.count", "2024-Q1", "--known", known)["records"]
        bar.check(f"as known on {known}, P0017 is {'' if listed else 'not '}new in 2024-Q1", listed == (known == "2024-05-14"))
    halves = [values("2024-H1", "--known", day)["projects.new.investment"] for day in ("2024-05-14", "2024-05-15")]
    bar.check("the half year is the same before and after the correction", halves[0] == halves[1], halves)

    for period, name in (("2021-H1", "P0001"), ("2023-05-15", "P0002")):
        told = figure("projects.under_construction.count", period)
        bar.check(f"{period} cannot be computed and names {name}",
                  told["status"] == "not_computable" and told["exit"] == 3 and name in told["reason"], told["reason"])

    known = f"#{events.last_seq()}"
    code = random.choice(sorted(ROWS["under_construction"]))
    clerk, project = User.objects.get(code="projects"), Project.objects.get(code=code)
    archive = actions.find("projects.archive").plan
    commit([archive(project, by=clerk, version=project.row_version, reason="重复登记")], by=clerk)
    left = {which: {each: amount for each, amount in rows.items() if each != code} for which, rows in ROWS.items()}
    now, before = values("2024-H1"), values("2024-H1", "--known", known)
    for _number, each, _value, _unit in printed:
        exact = Decimal(now[each]) == wanted(each, left)
        bar.check(f"without {code}, {each} is exactly what the others give", exact, now[each])
        bar.check(f"as known before, {each} is what it was", before[each] == half_year[each]["value"])
    rows = figure("projects.under_construction.count", "2024-H1")["records"]
    bar.check(f"only {code} left the list", sorted([*rows, code]) == sorted(ROWS["under_construction"]))
bar.close()
