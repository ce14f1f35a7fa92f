"""W2: every stated and implied figure of the six articles comes out of records, or is listed here with the reason why it cannot.

What the page prints of articles 3 to 6, and how many records are behind it, stands below, written down by hand; bar G4 does the
same for articles 1 and 2. Everything is asked of `kaifaqu page --json`. Then of every such fact a record picked at random is
archived, with whatever points at it: its trace must lose exactly these, and each count and sum behind it must be what the
records that are left say. The planted fault moves one sortie out of the year, behind the product's back.
"""

import json
import random
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bar import Bar

from tests import laboratory

PRINTED = """
F3-01 5      家        exact     5     5
F3-02 5      家        exact     5     5
F3-04 1      张        exact     1     1
F3-05 29     架        exact     29    29
F3-06 10     架        exact     10    10
F3-07 39     架        exact     39    39
F3-11 2023   年份      exact     2023  1
F3-12 1      家        exact     1     1
F3-13 11     家        exact     11    11
F3-14 16     家        exact     16    16
F3-16 16     场次      exact     16    16
F3-21 50     架次      exact     50    50
F3-22 650    人次      exact     650   650
F3-23 13     人次/架次 exact     13    700
F3-26 20     架次      exact     20    20
F3-27 28     小时      exact     28    20
F3-28 18     小时      exact     18    12
F3-29 1.4    小时/架次 exact     1.4   20
F3-30 46     小时      exact     46    32
F3-31 3      家        exact     3     100
F3-32 5000   人次      exact     5000  100
F3-33 1667   人次/家   rounded   1667  100
F3-36 18     亿元      exact     18    1
F3-37 556.2  亩        exact     556.2 2
F3-38 37.08  公顷      exact     37.08 2
F3-39 323.62 万元/亩   rounded   323.62 3
F3-41 4      个        exact     4     4
F3-42 13     个        exact     13    13
F3-43 5000   人        near      4986  125
F3-45 1      人        exact     1     1
F3-46 1      人        exact     1     1
F3-47 23     家        exact     23    24
F3-49 747    人        exact     747   747
F3-50 95     %         rounded   95    747
F3-51 710    人        about     710   710
F3-52 3500   元/月     about     3500  710
F4-02 1      家        exact     1     1
F4-12 623    项        more_than 623   623
F4-13 471    项        exact     471   471
F4-14 201    项        exact     201   201
F4-15 506    项        exact     506   506
F4-16 75.6   %         rounded   75.6  1094
F5-09 136336 代号      exact     136336 1
F5-10 2      个        exact     2     2
F5-15 1      支        exact     1     1
F5-16 1      支        at_least  1     1
F6-01 1      家        exact     1     1
F6-02 2      项        exact     2     2
F6-04 100    %         exact     100   1
F6-05 3      级        exact     3     3
F6-10 20     种        at_least  36    36
F6-11 8      种        at_least  8     8
F6-15 54.98  亩        exact     54.98 1
F6-16 36653  平方米    rounded   36653 1
F6-17 16500  平方米    about     16500 5
F6-18 0.45   倍        rounded   0.45  6
F6-20 30000  辆/年     exact     30000 1
F6-21 2500   辆/月     exact     2500  1
F6-22 5      个        exact     5     5
F6-23 1      次/日     at_least  1     1
F6-24 7      个        exact     7     1
F6-25 202404 年月      exact     202404 1
F6-26 20240725 日期    exact     20240725 1
F6-27 20000  元/辆     exact     20000 1
F6-28 15000  元/辆     exact     15000 1
F6-29 2      升        exact     2     1
F6-30 5000   元/辆     exact     5000  1
F6-34 2000   辆        more_than 2012  2012
F6-35 3000   万元      at_least  3491  2012
F6-36 4000   万元      at_most   3491  2012
F6-37 6.67   %         about     6.71  2013
"""
WITHOUT = {  # stated or implied, and without a figure: why
    "F4-01": "the day on which reporters called at the institute: a fact of theirs, in nobody's ledger",
}
CUT = ("F6-05",)
STRUCTURE = {"F1-02", "F1-03", "F1-08", "F1-09", "F1-10"}  # what article 1 lists and statistics will count

bar = Bar("W2", __doc__)


def page() -> tuple[int, dict[str, dict]]:
    """Return the exit code of `kaifaqu page --json` and its lines by their number."""
    asked = laboratory.child("-m", "kaifaqu", "page", "--json", stdout=subprocess.PIPE, encoding="utf-8")
    answer, _errors = asked.communicate()
    return asked.returncode, {line["id"]: line for line in json.loads(answer)}


with laboratory.database() as url:
    laboratory.enter()
    laboratory.demo()
    from django.core.exceptions import ValidationError
    from django.db import transaction
    from django.db.models import Count, Sum

    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.indicators import Indicator
    from kaifaqu.kernel.records import Record, references
    from kaifaqu.registers.agreeing import Agreement
    from kaifaqu.reporting.livingpage import answers

    if bar.fault:
        with sqlite3.connect(laboratory.file_of(url)) as database:
            database.execute("UPDATE lowaltitude_sortie SET flown_on = '2023-12-31' WHERE code = (SELECT min(code) FROM lowaltitude_sortie "
                             "WHERE purpose = 'mission' AND flown_on >= '2024-01-01' AND cancelled_for = '')")

    code, lines = page()
    bar.check("nothing differs, and the command says so", code == 0, f"exit code {code}")
    printed = {id: rest for id, *rest in (line.split() for line in PRINTED.strip().splitlines())}
    quantities = {id for id, line in lines.items() if line["kind"] != "structure"}
    covered = {*printed, *WITHOUT} | {id for id in quantities if id[1] in "12"}
    missing = sorted(quantities ^ covered)
    bar.check("every stated and implied fact is here or has its reason", not missing, missing or len(quantities))
    for id, (wanted, unit, qualifier, value, count) in printed.items():
        line = lines[id]
        said = (Decimal(line["wanted"]), line["unit"], line["qualifier"], line["verdict"]) == (Decimal(wanted), unit, qualifier, "equal")
        told = Decimal(line["value"] or "NaN").quantize(Decimal(value), ROUND_HALF_UP)
        bar.check(f"{id} is {wanted} {unit}, from {count} records", said and told == Decimal(value) and len(line["records"]) == int(count),
                  f"{line['value']}, {len(line['records'])} records")
    for id, reason in WITHOUT.items():
        bar.check(f"{id} has no figure: {reason}", (lines[id]["verdict"], lines[id]["value"]) == ("not yet", None))
    others = {id for id, line in lines.items() if line["verdict"] != "equal"} - {*WITHOUT}
    bar.check("of what the page lists, only statistics is still to come", others == STRUCTURE, sorted(others))

    def pointing(record: Record) -> Iterator[Record]:
        """Yield the record and whatever points at it, and at that, those that stand on others first."""
        for register, column in references(type(record)):
            for row in register.objects.current().filter(**{column.name: record}):
                yield from pointing(row)
        yield record

    def leave(gone: Record, day: date) -> set[Any]:
        """Archive the record with whatever points at it, and return which.

        An agreement on which signed papers stand is ended on the day for which it is counted instead.
        """
        leaving = {(type(each), each.pk): each for each in pointing(gone)}
        plan = {verb: lambda each, verb=verb, **facts: actions.find(each.right_to(verb)).plan(
            each, by=SYSTEM, version=each.row_version, reason="重复登记", **facts) for verb in ("archive", "correct")}
        try:
            commit([plan["archive"](each) for each in leaving.values()], by=SYSTEM)
        except ValidationError:
            if not isinstance(gone, Agreement):
                raise
            commit([plan["correct"](gone, facts={"ended_on": day})], by=SYSTEM)
            return {(type(gone), gone.pk)}
        return {*leaving}

    def counted(part: Indicator, records: list[Any]) -> Decimal | int | None:
        """Return what a plain count or sum says of records, in the measure's own words; None of any other figure."""
        [source] = part.measure.get_source_expressions()[:1]
        name = getattr(source, "name", "")
        if type(part.measure) is Sum and name:
            return sum((Decimal(getattr(each, name)) for each in records), Decimal(0))
        if type(part.measure) is not Count or not name or "__" in name:
            return None
        return len({getattr(each, "pk" if name == "id" else name) for each in records}) if part.measure.distinct else len(records)

    chance, statements = random.Random(3), {each.id: each for each in answers.statements()}
    checked: Counter[str] = Counter()
    for id in [each for each in printed if lines[each]["records"]]:
        answers.statements = lambda id=id: (statements[id],)
        [before] = answers.answers()
        gone = chance.choice(before.records)
        with transaction.atomic():
            leaving = leave(gone, statements[id].period.end)
            [after] = answers.answers()
            kept, left = ({(type(each), each.pk) for each in answer.records} for answer in (before, after))
            behind = [[list(figure.records) for figure in answer.figures] for answer in (before, after)]
            transaction.set_rollback(True)
        # A chain of holdings is cut with one of its links, and a rate has no value without the document that lays it down.
        right = left == kept - leaving or id in CUT and left < kept - leaving or after.value is None
        for answer, records in zip((before, after), behind, strict=True):
            for figure, rows in zip(answer.figures, records, strict=True):
                if isinstance(part := figure.indicator, Indicator) and not statements[id].group and figure.value is not None:
                    own = counted(part, rows)
                    checked["computed again" if own is not None else "of its own kind"] += 1
                    right &= own is None or Decimal(own) == figure.value
        checked["facts"] += 1
        told = f"{before.value} → {after.value}, {len(kept)} → {len(left)} records"
        bar.check(f"without {gone.code}, {id} stands on the others", right, told)
    bar.check("counts and sums are computed again from their records", checked["computed again"] >= 60, dict(checked))
bar.close()
