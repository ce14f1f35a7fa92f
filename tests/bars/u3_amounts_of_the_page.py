"""U3: the page's 20,000 and 15,000 are the answer from the day the notice was out, and the demo's sums are right on both days.

The answer for a plain case of either kind, the public page and the figures are asked on the days around the announcement and
the notice; the demo's 2,012 applications are added up by figures, and once more one by one. Then one application is taken
away, and one is corrected: the sums must follow by its amount. The planted fault pays from the day of the announcement.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from bar import Bar

from tests import laboratory

NOTICE, ANNOUNCED = date(2024, 8, 16), date(2024, 7, 25)
DAYS = [ANNOUNCED - timedelta(days=1), ANNOUNCED, date(2024, 8, 5), NOTICE - timedelta(days=1), NOTICE, NOTICE + timedelta(days=1)]
PLAIN = {
    "applicant": "individual", "same_owner": True, "old_kind": "passenger_car", "old_fuel": "petrol", "old_registered_on": "2010-03-18",
    "owned_since": "2010-03-18", "price": 20_000_000, "handed_over_on": "2024-05-06", "deregistered_on": "2024-05-12",
    "invoiced_on": "2024-05-10", "registered_on": "2024-05-15", "applied_on": "2024-05-20"}
KINDS = {"nev": {"new_power": "nev", "new_in_catalogue": True}, "fuel": {"new_power": "fuel", "new_displacement": 1498}}
EARLY, LATE = (10_000, 7_000), (20_000, 15_000)  # 元, as the documents have them
SUMS = {  # 万元: known on, new-energy and fuel cars of before 25 July and from then on, all
    date(2024, 8, 5): ((516, Decimal("490.0"), 430, Decimal("256.2")), Decimal("1692.2")),
    NOTICE: ((1032, 1050, 860, 549), 3491)}
AWAITED = "2024-07-25 已宣布提高到新能源乘用车 20000 元、燃油乘用车 15000 元（发改环资〔2024〕1104号），等待实施文件。"
PAGE = {"F6-27": 20_000, "F6-28": 15_000, "F6-29": 2, "F6-30": 5_000, "F6-34": 2_000}

bar = Bar("U3", __doc__)
with laboratory.database():
    laboratory.enter()
    laboratory.demo()
    from django.test import Client
    from django.test.utils import setup_test_environment

    from kaifaqu.domains.subsidies import indicators as figures
    from kaifaqu.domains.subsidies import schemes
    from kaifaqu.domains.subsidies.evaluating import evaluate, ready
    from kaifaqu.domains.subsidies.models import SubsidyApplication, SubsidyPayment
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.periods import Period

    setup_test_environment()
    if bar.fault:
        schemes._is_out = lambda row, day: row[schemes.TOLD] <= str(day)
    content = schemes.SCHEMES.shipped().content
    recycler = SubsidyApplication.objects.first().owner

    def answers(day: date) -> tuple:
        """Return for a plain case of each kind what is paid, what is still to be paid of the early amount, and what is announced."""
        told = []
        for kind, paid in zip(KINDS, EARLY, strict=True):
            found = evaluate(PLAIN | KINDS[kind] | {"already_paid": paid}, ready(content, 2024, day), day)
            told.append((found.eligible, found.amount, found.top_up, found.announced_amount if found.announced else None))
        return tuple(told)

    def wanted(day: date) -> tuple:
        """Return the same by the documents."""
        paid = LATE if day >= NOTICE else EARLY
        said = LATE if ANNOUNCED <= day < NOTICE else (None, None)
        return tuple(("yes", amount, amount - early, more) for amount, early, more in zip(paid, EARLY, said, strict=True))

    wrong = [(str(day), answers(day)) for day in DAYS if answers(day) != wanted(day)]
    bar.check("a plain case of either kind gets what was laid down by the day, topped up from the notice on", not wrong,
              f"{len(DAYS)} days {wrong or ''}")

    pages = {day: Client().get("/trade-in/", {"on": str(day)}).content.decode() for day in DAYS if day <= date(2024, 8, 5)}
    seen = [str(day) for day, page in pages.items()
            if all(f"<dd>{amount:,} 元</dd>" in page for amount in EARLY) and (AWAITED in page) == (day >= ANNOUNCED)]
    bar.check("the public page says what is paid and, from its announcement on, that the raise waits for its notice",
              len(seen) == len(pages) == 3, seen)

    commit([actions.find("policy_documents.create").plan(recycler, by=SYSTEM, facts={
        "number": "商消费函〔2024〕392号", "title": "关于进一步做好汽车以旧换新有关工作的通知", "kind": "notice", "issuer": "商务部",
        "published_on": "2024-08-16"})], by=SYSTEM)

    def figure(definition, day: date, by=None):
        """Return a figure of the recycler's; grouped, that of each group."""
        found = definition.figure(Period.parse(str(day)), scope=[recycler], by=by)
        return {group.key: group.value for group in found.groups} if by else found.value

    rates = {day: (figure(figures.NEV_PAYABLE, day), figure(figures.FUEL_PAYABLE, day)) for day in DAYS}
    bar.check("as figures, shown with their documents, they are the same",
              rates == {day: (LATE if day >= NOTICE else EARLY) for day in DAYS}, {str(day): rates[day] for day in (DAYS[2], NOTICE)})

    applications = [*SubsidyApplication.objects.current()]
    for day, (groups, whole) in SUMS.items():
        counted = Counter()
        for each in applications:
            paid = ready(content, 2024, day).terms[each.power]
            counted[each.submitted_on >= ANNOUNCED, each.power] += paid
        one_by_one = tuple(Decimal(counted[late, kind]) / 10_000 for late in (False, True) for kind in KINDS)
        told = figure(figures.AMOUNT, day, figures.BY[0])
        bar.check(f"known on {day}: {len(applications)} applications come to {whole} 万元",
                  one_by_one == groups and figure(figures.AMOUNT, day) == whole == sum(groups)
                  and told == {"nev": groups[0] + groups[2], "fuel": groups[1] + groups[3]}, f"{told}, one by one {one_by_one}")
    left = {day: (figure(figures.PAID, day), figure(figures.OUTSTANDING, day)) for day in SUMS}
    payments = Counter(SubsidyPayment.objects.current().values_list("application__power", flat=True))
    more = sum(payments[kind] * (late - early) for kind, late, early in zip(KINDS, LATE, EARLY, strict=True))
    bar.check("495 were paid; 1,197.2 and then 2,996 are left, of which 530 top up what was paid",
              left == {date(2024, 8, 5): (495, Decimal("1197.2")), NOTICE: (495, 2996)} and more == 5_300_000,
              f"{ {str(day): told for day, told in left.items()} }, {dict(payments)}")
    bounds = (figure(figures.LOWER, NOTICE), figure(figures.UPPER, NOTICE))
    bar.check("the sum lies between its bounds", bounds == (3018, 4024) and bounds[0] <= 3491 <= bounds[1], bounds)

    found = subprocess.run([sys.executable, "-m", "kaifaqu", "page", "--json"], capture_output=True, text=True, check=False,
                           env={**os.environ, "PYTHONPATH": str(laboratory.ROOT), "PYTHONUTF8": "1"})
    living = {each["id"]: each for each in json.loads(found.stdout) if each["id"] in PAGE}
    bar.check("the living page agrees with the newspaper page on its amounts",
              len(living) == len(PAGE) and all(each["verdict"] == "equal" for each in living.values()),
              {name: each["value"] for name, each in living.items()})

    gone = random.Random(7).choice([each for each in applications if each.power == "nev"])
    commit([actions.find("subsidy_applications.archive").plan(gone, by=SYSTEM, version=gone.row_version, reason="核对")], by=SYSTEM)
    fuel = next(each for each in applications if each.power == "fuel")
    commit([actions.find("subsidy_applications.correct").plan(
        fuel, by=SYSTEM, version=fuel.row_version, facts={"displacement": "2.4"}, reason="核对")], by=SYSTEM)
    after = {str(day): figure(figures.AMOUNT, day) for day in SUMS}
    bar.check("without one new-energy car, and with one fuel car above the limit, 1.7 and 3.5 less",
              [*after.values()] == [Decimal("1690.5"), Decimal("3487.5")], after)

    from django.db import connection

    connection.close()
bar.close()
