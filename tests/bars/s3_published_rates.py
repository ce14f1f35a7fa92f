"""S3: the rates that three cities published come out of records, each by its own definition, also as known earlier.

Jinzhong 2021 (first four of five lists, money ratio for 达效率), Taiyuan 2021 (the same definitions, all lists), Yuncheng
2025 (starts of the year over signings of the year). Only the totals were published; which project stands where is
drawn. The planted fault moves the day of one list, behind the product's back.
"""

import json
import random
import sqlite3
from datetime import date, datetime, timedelta
from decimal import Decimal

from bar import Bar

from tests import laboratory

DRAWN = random.Random(2021)
LISTS = ("2020-02-28", "2020-06-06", "2020-08-08", "2021-02-26", "2021-07-30")  # of Jinzhong; the newest is exempt
PUBLISHED = """
zone | period     | code                             | value | numerator | denominator | published
JZ   | 2021-08-06 | projects.rate.start              | 87.23 | 82        | 94          | 87.23
JZ   | 2021-08-06 | projects.rate.production         | 62.62 | 67        | 107         | 62.62
JZ   | 2021-08-06 | projects.rate.full_capacity      | 92.18 | 2166500   | 2350400     | 92.18
TY   | 2021-06-29 | projects.rate.start              | 58.82 | 40        | 68          | 58.82
TY   | 2021-06-29 | projects.rate.production         | 29.82 | 17        | 57          | 29.82
TY   | 2021-06-29 | projects.rate.full_capacity      | 72.16 | 3017000   | 4181200     | 72.17, rounded from other figures
YC   | 2025       | projects.rate.start              | 81.55 | 442       | 542         | 81.5
YC   | 2025       | projects.rate.signing.lead       | 19.11 | 112       | 586         | the two numbers only
"""

bar = Bar("S3", __doc__)
with laboratory.database() as url:
    laboratory.enter()
    from kaifaqu.kernel import actions, clock, events, indicators
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.founding import begin
    from kaifaqu.kernel.periods import Period
    from kaifaqu.kernel.testing import party
    from kaifaqu.registers.projects.models import Project

    def enter(register, owner, rows):
        """Enter rows of facts in one commit; return the records."""
        create = actions.find(f"{register}.create").plan
        return commit([create(owner, by=SYSTEM, facts=facts) for facts in rows], by=SYSTEM)

    def shares(total, count):
        """Return amounts that add up to the total."""
        cuts = sorted(DRAWN.sample(range(1, total), count - 1))
        return [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]

    def put_on_lists(owner, kind, days, sizes, facts):
        """Enter lists of these days and sizes with a project for each place, with the facts given in order."""
        made = iter(enter("projects", owner, ({"name": f"{kind}{number}", **each} for number, each in enumerate(facts))))
        for number, (day, size) in enumerate(zip(days, sizes, strict=True), 1):
            [held] = enter("cohorts", owner, [
                {"code": f"{kind}-{number}", "kind": kind, "number": number, "name": f"第{number}期", "held_on": day}])
            enter("cohort_entries", owner, [{"cohort": held, "subject": next(made)} for _ in range(size)])

    def some(number, of, column, day, **always):
        """Return the facts of so many projects, a number of them drawn to have the date."""
        with_date = set(DRAWN.sample(range(of), number))
        return [{"signed_on": "2019", **always, **({column: day} if each in with_date else {})} for each in range(of)]

    def outputs(actual, expected, count):
        """Return the facts of commissioned projects whose outputs, in 万元, add up so."""
        amounts = zip(shares(actual, count), shares(expected, count), strict=True)
        return [{"production_on": "2020-01-15", "actual_annual_output": a, "expected_annual_output": e} for a, e in amounts]

    def figure(zone, period, code, known=None):
        """Return a figure of one zone."""
        return indicators.find(code).figure(Period.parse(period), scope={zones[zone]}, known=known)

    clock.set(datetime(2021, 8, 6, 18, tzinfo=clock.ZONE))
    root = begin("ROOT", "测试", demo=True)
    zones = {code: party(root, code, name) for code, name in (("JZ", "晋中"), ("TY", "太原"), ("YC", "运城"))}

    # Jinzhong: 94 + 20 signed, 107 + 15 started, 113 + 9 commissioned; no rule of its own, the shipped one exempts one list
    jinzhong = zones["JZ"]
    first_four = some(81, 94, "started_on", "2020-12-01")  # one start was entered late, see below
    put_on_lists(jinzhong, "signed", LISTS, (30, 26, 20, 18, 20), [*first_four, *some(3, 20, "started_on", "2021-08-01")])
    put_on_lists(jinzhong, "started", LISTS, (40, 27, 25, 15, 15), [
        *some(67, 107, "production_on", "2021-05-01", started_on="2020-01-01"),
        *some(2, 15, "production_on", "2021-08-02", started_on="2021-06-01")])
    put_on_lists(jinzhong, "production", LISTS, (50, 30, 20, 13, 9), [*outputs(2166500, 2350400, 113), *outputs(90000, 30000, 9)])
    before_late_entry = events.last_seq()
    clock.set(datetime(2021, 8, 20, 9, tzinfo=clock.ZONE))
    late = Project.objects.filter(owner=jinzhong, name__startswith="signed", started_on=None).order_by("id").first()
    correct = actions.find("projects.correct").plan
    [late] = commit([correct(late, by=SYSTEM, version=1, facts={"started_on": "2021-07-16"})], by=SYSTEM)
    after_late_entry = events.last_seq()
    other = Project.objects.filter(owner=jinzhong, name__startswith="signed", started_on=None).order_by("id").first()
    commit([correct(other, by=SYSTEM, version=1, facts={"started_on": "2021-08-19"})], by=SYSTEM)  # too late to count

    # Taiyuan: one list of each kind, none exempt
    taiyuan = zones["TY"]
    for rate, further in (("start", {}), ("production", {}), ("full_capacity", {"actual": "unstated"})):
        chosen = {"variant": "value" if rate == "full_capacity" else "cohort", "grace": 0, **further}
        enter("rules", taiyuan, [{
            "kind": f"projects.rate.{rate}", "since": "2021-01-01", "published_on": "2021-06-29",
            "source_document": "太原 2021-06-29", "content": json.dumps(chosen)}])
    put_on_lists(taiyuan, "signed", ["2021-02-26"], [68], some(40, 68, "started_on", "2021-05-10"))
    put_on_lists(taiyuan, "started", ["2021-02-26"], [57], some(17, 57, "production_on", "2021-06-29", started_on="2020"))
    put_on_lists(taiyuan, "production", ["2021-02-26"], [41], outputs(3017000, 4181200, 41))

    # Yuncheng: 442 starts and 542 signings of one year; 42 of the starts were signed the year before
    yuncheng = zones["YC"]
    clock.set(datetime(2026, 2, 9, 9, tzinfo=clock.ZONE))
    enter("projects", yuncheng, (
        [{"name": "签约", "signed_on": "2025-03"} for _ in range(142)]
        + [{"name": "签约并开工", "signed_on": "2025-02-20", "started_on": "2025-11-30"} for _ in range(400)]
        + [{"name": "上年签约", "signed_on": "2024-12-31", "started_on": "2025-01-01"} for _ in range(42)]
        + [{"name": "下年开工", "signed_on": "2024", "started_on": "2026-01-01"} for _ in range(7)]))
    enter("leads", yuncheng, (
        [{"name": "已签约", "first_contact_on": "2025", "negotiating_on": "2025-06", "signed_on": "2025-12-31"} for _ in range(112)]
        + [{"name": "线索", "first_contact_on": date(2025, 1, 1) + timedelta(days=DRAWN.randrange(365))} for _ in range(474)]))
    before_rule = events.last_seq()
    enter("rules", yuncheng, [{
        "kind": "projects.rate.start", "since": "2025-01-01", "published_on": "2026-02-09", "source_document": "山西晚报 2026-02-09",
        "content": json.dumps({"variant": "year", "grace": 0})}])
    if bar.fault:
        with sqlite3.connect(laboratory.file_of(url)) as database:
            database.execute("UPDATE projects_projectcohort SET held_on = '2021-08-07' WHERE code LIKE '%-5'")

    heads, *lines = [[cell.strip() for cell in line.split("|")] for line in PUBLISHED.strip().splitlines()]
    for zone, period, code, value, numerator, denominator, published in lines:
        told = figure(zone, period, code)
        sides = [told.numerator and told.numerator.value, told.denominator and told.denominator.value]
        bar.check(f"{zone} {period} {code} is {value} %, {numerator} over {denominator}",
                  told.value == Decimal(value) and sides == [Decimal(numerator), Decimal(denominator)], f"published: {published}")

    numbered = [int(record.name.removeprefix("signed")) for record in figure("JZ", "2021-08-06", "projects.rate.start").records]
    bar.check("the first four lists are the 94 projects behind the rate, the fifth is not among them", sorted(numbered) == [*range(94)])
    started, producing = (set(figure("JZ", "2021-08-06", f"projects.rate.{rate}").denominator.records) for rate in ("start", "production"))
    bar.check("signed and started lists are different sets", not started & producing, f"{len(started)} and {len(producing)}")
    sides = figure("YC", "2025", "projects.rate.start")
    outside = {row.pk for row in sides.numerator.records} - {row.pk for row in sides.denominator.records}
    bar.check("42 of Yuncheng's starts are not among its signings of the year", len(outside) == 42)

    told = figure("JZ", "2021-08-06", "projects.rate.start", before_late_entry)
    bar.check("as known before the late entry, Jinzhong had 81 of 94", (told.numerator.value, told.value) == (81, Decimal("86.17")))
    told = figure("JZ", "2021-08-06", "projects.rate.start", after_late_entry)
    gained = {row.id for row in told.numerator.records} - {
        row.id for row in figure("JZ", "2021-08-06", "projects.rate.start", before_late_entry).numerator.records}
    bar.check("as known after it 82, and the difference is that record", told.numerator.value == 82 and gained == {late.pk})
    told = figure("JZ", "2021-08-20", "projects.rate.start")
    bar.check("two weeks later, one more had started", told.numerator.value == 83)
    told = figure("YC", "2025", "projects.rate.start", before_rule)
    bar.check("as known before its rule, Yuncheng has no list to start from", told.status == "not_computable", told.reason)
    told = figure("YC", "2025", "projects.rate.start.year", before_rule)
    bar.check("by the other definition it is the same then", told.value == Decimal("81.55"))
    whole = indicators.find("projects.rate.start").figure(Period.parse("2025"), scope=zones.values())
    bar.check("zones of different definitions have no common rate", whole.status == "not_computable", whole.reason)
bar.close()
