"""Who two schemes are compared over: a standard population built from their own bounds, and the applications that a person may see.

Everybody acts within the span of each scheme: the papers and the application stand on its first day, for what is compared is
the cars, not when somebody came.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, product
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db.models import F
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies import columns
from kaifaqu.domains.subsidies.clauses import FUELS
from kaifaqu.domains.subsidies.crosschecking import REGISTER, filled
from kaifaqu.domains.subsidies.dossier import on_papers
from kaifaqu.domains.subsidies.evaluating import WHOLE_SHARE, Ready
from kaifaqu.domains.subsidies.facts import DAYS
from kaifaqu.domains.subsidies.fuels import JUDGED_AS, judged_as
from kaifaqu.domains.subsidies.models import DECLARED, Answer, SubsidyApplication, SubsidyPaper
from kaifaqu.domains.subsidies.schemes import FUEL, KINDS, NEV, Terms
from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.registers.vehicles.models import Category, Vehicle
from kaifaqu.shapes import Several, Shape, Whole

DATA = Path(__file__).parent / "data"
PRICE_CLASSES = RuleKind("subsidies.price_classes", _("方案对照的车价分档"), DATA / "price_classes.json", Shape((
    Several(path="prices", label=_("各档的上边"), of=Whole(path="", label=_("车价"), unit=_("元"), least=1),
            help=_("元，几个之间写「、」")),
)))  # fmt: skip
UNDISPUTED = {  # what the standard population has in common
    "applicant": "individual", "same_owner": True, "old_kind": "passenger_car", "already_paid": 0, "claimed_before": False,
    "used_for_replacement": False, "same_province": True}
AT_ONCE = 2000  # applications that are read together with their papers
CENTS, MILLILITRES = Decimal(1_000_000), Decimal(1000)  # in 万元, in a litre


def edges(prices: Iterable[int], *schemes: Terms) -> list[int]:
    """Return the upper edges of the classes of prices in 元: those of the rule, and where the share of a scheme reaches its limit."""
    limits = {each[kind] * WHOLE_SHARE // each[f"{kind}_share"] for each in schemes for kind in KINDS if each.get(f"{kind}_share")}
    return sorted({*prices, *limits})


def class_of(place: int | None, bounds: list[int]) -> str:
    """Return the name of a class of prices by its place; None is a price that is not known."""
    if place is None:
        return _t("车价不明")
    if place == len(bounds):
        return _t("超过 {least} 元").format(least=f"{bounds[-1]:,}")
    least, most = bounds[place - 1] if place else 0, bounds[place]
    words = _t("{least}–{most} 元") if least else _t("不超过 {most} 元")
    return words.format(least=f"{least:,}", most=f"{most:,}")


def standard(bounds: list[int], *schemes: Terms) -> Iterator[dict[str, Any]]:
    """Yield one case for each class that the schemes' own bounds make, on the upper bound of its class, the last beyond it."""
    owned = _days({each["owned_by"] for each in schemes if each.get("owned_by")}, {
        each["owned_by"] for each in schemes if each.get("owned_open")}) or [str(date.max)]
    prices = [each * 100 for each in (*bounds, bounds[-1] + 1)]
    sizes = sorted({each["displacement"] for each in schemes})
    cars = [{"new_power": NEV, "new_in_catalogue": True, "price": price} for price in prices]
    cars += [{"new_power": FUEL, "new_displacement": size, "price": price} for price in prices for size in (*sizes, sizes[-1] + 1)]
    for burnt in FUELS:
        for registered, since, car in product(_days({each[burnt] for each in schemes}), owned, cars):
            if registered <= since:
                yield {**UNDISPUTED, "old_fuel": burnt, "old_registered_on": registered, "owned_since": since, **car}


def _days(bounds: set[str], also_before: Iterable[str] = ()) -> list[str]:
    """Return a day for each class that the bounds make: each bound, the day after the last, and the day before some of them."""
    if not bounds:
        return []
    after = date.fromisoformat(max(bounds)) + timedelta(days=1)
    return sorted({*bounds, str(after), *(str(date.fromisoformat(each) - timedelta(days=1)) for each in also_before)})


def applied(user: Any, owner: Party) -> Iterator[dict[str, Any]]:
    """Yield the facts of an owner's applications that the person may see, as far as registers and papers tell; the rest is not known."""
    seen = {*user.owners(Vehicle.right_to("view"))}
    rows = SubsidyApplication.objects.visible_to(user).filter(owner=owner).values(
        "power", "displacement", "price", *DECLARED, "vehicle_id", "vehicle__owner_id", "vehicle__owner_kind", "vehicle__category",
        "vehicle__power", plate=F("vehicle__plate"), holder=F("vehicle__holder"), registered=F("vehicle__first_registered_on"))
    fuel = judged_as(dated.resolve(JUDGED_AS.code, owner.pk, clock.today(), World()).content)
    for row, papers in _with_papers(user, rows.order_by("id").iterator(AT_ONCE)):
        facts = {
            "new_power": row["power"], "price": int(row["price"] * CENTS),
            "new_displacement": None if row["displacement"] is None else int(row["displacement"] * MILLILITRES),
            **{name: row[name] == Answer.YES for name in DECLARED if row[name]}}
        if row["vehicle__owner_id"] in seen:
            register = {"holder": row["holder"]}
            told = {REGISTER: register} | {kind: filled(kind, each, register) for kind, each in papers.items()}
            facts |= {
                "applicant": row["vehicle__owner_kind"], "old_fuel": fuel(row["vehicle__power"], row["plate"]),
                "old_kind": "passenger_car" if row["vehicle__category"] == Category.PASSENGER_CAR else "other",
                "old_registered_on": row["registered"], **on_papers(told, row["power"])}
            facts |= {name: str(facts[name]) for name in ("old_registered_on", "owned_since") if facts[name]}
        yield facts


def _with_papers(user: Any, rows: Iterator[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each application with what stands on its vehicle's papers by their kind, as far as the person may see them."""
    while some := [*islice(rows, AT_ONCE)]:
        papers: dict[int, dict[str, Any]] = defaultdict(dict)
        there = SubsidyPaper.objects.visible_to(user).filter(vehicle__in=[row["vehicle_id"] for row in some])
        for each in there.values("vehicle_id", "kind", "holder", "dated_on", "in_catalogue", "province"):
            papers[each["vehicle_id"]][each["kind"]] = each
        yield from ((row, papers[row["vehicle_id"]]) for row in some)


def acting(facts: pa.Table, by: Ready) -> pa.Table:
    """Return the facts with the papers and the application on the first day on which the scheme takes them, and nothing paid yet."""
    day = date.fromisoformat(max(by.terms["since"], by.terms["documents_since"]))
    for name, value in {**dict.fromkeys(DAYS, day), "already_paid": 0}.items():
        place = facts.schema.get_field_index(name)
        facts = facts.set_column(place, name, pa.array([value] * len(facts), columns.ARROW.field(name).type))
    return facts
