"""G4: the living page agrees with the newspaper page on every fact of articles 1 and 2 whose line of work exists; bar W2 has the rest.

What the page prints, and which records are behind it, stands below, written down by hand. Everything is asked of
`kaifaqu page --json`, and of the page itself, as somebody who sees all and as somebody who sees nothing. Then a record
picked at random is archived: the page must find the difference in exactly the facts that stand on it. The planted fault
moves one start of construction out of the half year, behind the product's back.
"""

import html
import json
import random
import re
import sqlite3
import subprocess
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from bar import Bar

from tests import laboratory

PRINTED = """
F1-01 4     项      exact   4 parts
F1-04 1     次/月   exact   1 july
F1-05 12    次/年   exact   12 analyses
F1-06 1     次/季   exact   1 summer
F1-07 4     次/年   exact   4 consultations
F2-05 14    个      exact   14 projects
F2-06 62.49 亿元    exact   14 projects
F2-07 7     个      exact   7 continuing
F2-08 53.59 亿元    exact   7 continuing
F2-09 7     个      exact   7 new
F2-10 8.9   亿元    exact   7 new
F2-11 14    个      exact   14 projects
F2-12 62.49 亿元    exact   14 projects
F2-13 85.76 %       rounded 14 projects
F2-14 4.46  亿元/个 rounded 14 projects
F2-15 7.66  亿元/个 rounded 7 continuing
F2-16 1.27  亿元/个 rounded 7 new
F2-17 4     个      exact   4 introduced
F2-21 10    个      exact   10 negotiating
F2-22 100000 吨/年  exact   1 ethers
F2-23 2000000 套/年 exact   1 pallets
F2-24 2000  吨/年   exact   1 thiophene
F2-25 10000 吨/年   exact   1 acid
F2-26 50000 吨/年   exact   1 sulphide
F2-28 4.7   亿元    exact   13 payments
F2-29 14000 平方米  exact   4 built
F2-30 4     栋      exact   4 built
F2-31 3500  平方米/栋 exact 4 built
F2-32 20000 立方米/日 exact 1 capacity
F2-34 27000 平方米  exact   3 building
F2-36 41000 平方米  exact   7 workshops
F2-38 7     个      exact   7 commitments
F2-39 9     个      exact   9 packages
F2-40 32    项      exact   32 items
F2-41 3.56  项/个   rounded 41 agency
F2-42 4     宗      exact   4 parcels
F2-43 617.37 亩     exact   4 parcels
F2-44 154.34 亩/宗  rounded 4 parcels
F2-45 41.158 公顷   exact   4 parcels
F2-46 2     个      exact   2 integrated
"""
LISTED = {  # what the page lists
    "F2-01": 4, "F2-02": 4, "F2-03": 3, "F2-04": 4, "F2-18": 3, "F2-19": 1, "F2-20": 3, "F2-27": 5, "F2-33": 4, "F2-35": 4, "F2-37": 3,
    "F2-47": 4,
}  # fmt: skip
LEAST = ("F2-18", "F2-27", "F2-35")
BEHIND = {
    "parts": {"HZ0001", "HZ0002", "HZ0003", "HZ0004"}, "july": {"HY0007"}, "summer": {"HY0014"},
    "analyses": {f"HY{number:04d}" for number in range(1, 13)}, "consultations": {f"HY{number:04d}" for number in range(13, 17)},
    "continuing": {"P0006", "P0009", "P0010", "P0011", "P0012", "P0013", "P0014"},
    "new": {"P0015", "P0016", "P0017", "P0018", "P0019", "P0020", "P0021"},
    "introduced": {"L0013", "L0014", "L0017", "L0023"},
    "negotiating": {f"L{number:04d}" for number in range(27, 37)},
    "ethers": {"XC0001"}, "pallets": {"XC0002"}, "thiophene": {"XC0003"}, "acid": {"XC0004"}, "sulphide": {"XC0005"},
    "payments": {f"FK{number:04d}" for number in range(1, 14)}, "built": {f"LD{number:04d}" for number in range(1, 5)},
    "building": {f"LD{number:04d}" for number in range(5, 8)}, "workshops": {f"LD{number:04d}" for number in range(1, 8)},
    "capacity": {"NL0002"}, "commitments": {f"CN-P{number:04d}" for number in (12, 15, 16, 18, 21, 23, 24)},
    "packages": {f"BJ{number:04d}" for number in (1, 2, 4, 5, 6, 7, 8, 10, 11)}, "integrated": {"BJ0003", "BJ0009"},
    "items": {f"SX{number:04d}" for number in (*range(1, 8), *range(12, 31), *range(44, 50))},
    "parcels": {f"BZD{number:02d}" for number in range(1, 5)},
}
BEHIND["projects"] = BEHIND["continuing"] | BEHIND["new"]
BEHIND["agency"] = BEHIND["packages"] | BEHIND["items"]
OF_LEADS = {"L0027": {"F2-22", "F2-27"}, "L0028": {"F2-23", "F2-27"}, "L0029": {"F2-24", "F2-25", "F2-27"}, "L0030": {"F2-26", "F2-27"}}
OFFERED = {"F5-13"}  # the kinds of services that the operating company has for enterprises
KINDS = {"stated": 78, "implied": 32, "structure": 71, "bound": 2}
MECHANISMS = 95


def page() -> tuple[int, dict[str, dict]]:
    """Return the exit code of `kaifaqu page --json` and its lines by their number."""
    asked = laboratory.child("-m", "kaifaqu", "page", "--json", stdout=subprocess.PIPE, encoding="utf-8")
    answer, _errors = asked.communicate()
    return asked.returncode, {line["id"]: line for line in json.loads(answer)}


def agrees(line: dict, wanted: str, qualifier: str) -> bool:
    """Tell whether the value is the number printed, to the places that it is printed with where it was rounded."""
    value = Decimal(line["value"] or "NaN")
    return (value.quantize(Decimal(wanted), ROUND_HALF_UP) if qualifier == "rounded" else value) == Decimal(wanted)


bar = Bar("G4", __doc__)
with laboratory.database() as url:
    laboratory.enter()
    from django.test import Client

    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import User
    from kaifaqu.kernel.commit import commit
    from kaifaqu.registers.projects.models import Lead, Project

    laboratory.demo()
    if bar.fault:
        with sqlite3.connect(laboratory.file_of(url)) as database:
            database.execute("UPDATE projects_project SET started_on = 20240701 WHERE code = 'P0015'")

    code, lines = page()
    bar.check("nothing differs, and the command says so", code == 0, f"exit code {code}")
    bar.check("every fact of the page has a line", Counter(line["kind"] for line in lines.values()) == KINDS, len(lines))
    printed = {id: rest for id, *rest in (line.split() for line in PRINTED.strip().splitlines())}
    for id, (wanted, unit, qualifier, count, which) in printed.items():
        line = lines[id]
        said = (line["wanted"], line["unit"], line["qualifier"], line["verdict"]) == (wanted, unit, qualifier, "equal")
        bar.check(f"{id} is {wanted} {unit}, as printed", said and agrees(line, wanted, qualifier), line["value"])
        rows = set(line["records"])
        bar.check(f"{id} opens its {count} records", rows == BEHIND[which] and len(line["records"]) == int(count), len(rows))
    for id, least in LISTED.items():
        line = lines[id]
        exact = int(line["value"]) == least or id in LEAST and int(line["value"]) >= least
        bar.check(f"{id} lists what the page lists", exact and line["verdict"] == "equal", line["value"])
    others = {id: line for id, line in lines.items() if id[1] in "12" and id not in printed and id not in LISTED}
    unsaid = [id for id, line in others.items() if (line["verdict"], line["value"], line["records"]) != ("not yet", None, [])]
    bar.check("all others say not yet, and have no value", not unsaid, f"{len(others)} facts, {unsaid or 'none'} otherwise")

    seen = {}
    for account in ("director", "enterprise"):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(User.objects.get(code=account))
        seen[account] = client.get("/page/").content.decode()
    verdicts = {verdict: seen["director"].count(f'data-verdict="{verdict}"') for verdict in ("equal", "differs", "not yet", "refused")}
    told = Counter(line["verdict"] for line in lines.values())
    bar.check("the page shows the same verdicts", verdicts == {each: told[each] for each in verdicts}, verdicts)
    states = Counter(re.findall(r'data-mechanism="[^"]+" data-state="([^"]+)"', seen["director"]))
    bar.check("every mechanism stands on it, with its screen or the words 尚未实现", states.total() == MECHANISMS, dict(states))
    within = re.findall(r'data-mechanism="[^"]+" data-state="(?:works|partly)">.*?<a href="([^"]+)">', seen["director"], re.DOTALL)
    client.force_login(User.objects.get(code="director"))
    answers = Counter(client.get(html.unescape(address)).status_code for address in within)
    bar.check("every screen that it names is there", answers == {200: states["works"] + states["partly"]}, dict(answers))
    refused = {*re.findall(r'data-fact="([^"]+)"\s+data-verdict="refused"', seen["enterprise"])}
    hidden = {id for id, line in lines.items() if line["verdict"] == "equal" and not line["listed"]} - OFFERED
    bar.check("an enterprise sees no value of the zone's or another's but what it is offered, and is told so",
              seen["enterprise"].count("data-figure=") == len(OFFERED) and refused == hidden, f"{len(refused)} refused, {OFFERED} offered")

    for register, which, account in (
        (Project, random.choice(["continuing", "new"]), "projects"), (Lead, "negotiating", "attraction"),
    ):
        gone = random.choice(sorted(BEHIND[which]))
        record, by = register.objects.get(code=gone), User.objects.get(code=account)
        archive = actions.find(record.right_to("archive")).plan
        commit([archive(record, by=by, version=record.row_version, reason="重复登记")], by=by)
        code, now = page()
        touched = {id for id, line in lines.items() if gone in line["records"]}
        without = {id for id, line in now.items() if set(line["records"]) == set(lines[id]["records"]) - {gone}}
        leaning = OF_LEADS.get(gone, set())  # what was measured of the record, in rows of its own
        bar.check(f"without {gone} exactly its facts lost it", touched <= without and all(
            now[id]["value"] == lines[id]["value"] for id in lines if id not in touched | leaning), sorted(touched))
        bar.check(f"without {gone} what was measured of it is gone", all(
            now[id]["value"] is None or Decimal(now[id]["value"]) < Decimal(lines[id]["value"]) for id in leaning), sorted(leaning))
        counted = {id for id in touched if lines[id]["unit"] in ("个", "亿元")}
        bar.check(f"without {gone} the page says that they differ, and fails",
                  code == 1 and all(now[id]["verdict"] == "differs" for id in counted) and bool(counted), sorted(counted))
        lines = now
bar.close()
