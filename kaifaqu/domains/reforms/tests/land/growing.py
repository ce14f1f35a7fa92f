"""Land for tests: a park with every assessment, a parcel whose indicators are set, and one that is transferred and promised."""

import re
from datetime import date
from typing import Any

from kaifaqu.domains.reforms.models import ControlIndicator, Promise, RegionalAssessment, StandardParcel
from kaifaqu.domains.reforms.parcels_rules import required
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Parcel, Park

CORE = {"investment": "300", "tax": "15", "plot_ratio": "0.8", "energy": "0.35", "emission": "0.05"}


def act(record: Any, verb: str, by: Any = SYSTEM, **facts: Any) -> Any:
    """Take an action on the record as it stands, and return it as it stands then; days are written as text."""
    day = re.compile(r"\d{4}-\d\d-\d\d")
    told = {name: date.fromisoformat(value) if day.fullmatch(str(value)) else value for name, value in facts.items()}
    record = type(record).objects.get(pk=record.pk)
    commit([actions.find(f"{record.register}.{verb}").plan(record, by=by, version=record.row_version, **told)], by=by)
    return type(record).objects.get(pk=record.pk)


def park(zone: Any, code: str = "K1") -> Any:
    """Return a park of the zone, the same for the same code."""
    return Park.objects.filter(owner=zone, code=code).first() or testing.enter(Park, zone, f"code | name\n{code} | 园区{code}")[0]


def parcel(zone: Any, code: str = "D1", area: str = "150", **facts: Any) -> Any:
    """Return a standard parcel in the plan since January 2024, over a parcel of the park K1."""
    [land] = testing.enter(Parcel, zone, f"code | name | area\n{code} | 地块{code} | {area}", park=park(zone))
    [planned] = testing.enter(StandardParcel, zone, f"code | planned_on\n{code} | 2024-01-10", parcel=land, **facts)
    return planned


def assess(zone: Any, *left_out: str, **facts: Any) -> list[Any]:
    """Enter every assessment that the rule requires, but those left out, of the whole zone."""
    kinds = [kind for kind in required(zone.pk, clock.today()) if kind not in left_out]
    lines = "\n".join(f"{kind} | 2023-06-01" for kind in kinds)
    return testing.enter(RegionalAssessment, zone, f"kind | done_on\n{lines}", **facts)


def control(planned: Any, *left_out: str) -> list[Any]:
    """Set every core indicator of the standard parcel, but those left out."""
    lines = "\n".join(f"{name} | {value}" for name, value in CORE.items() if name not in left_out)
    return testing.enter(ControlIndicator, planned.owner, f"indicator | value\n{lines}", standard_parcel=planned)


def firm(zone: Any, party: Any = None) -> Any:
    """Return an enterprise of the zone, with an account where a party is given."""
    [made] = testing.enter(Enterprise, zone, "code | name\nQ1 | 某企业", **({"party": party} if party else {}))
    return made


def transferred(zone: Any, code: str = "D1", party: Any = None, **facts: Any) -> Any:
    """Return a standard parcel that was assessed, controlled, announced and transferred in spring 2024."""
    if not RegionalAssessment.objects.current().exists():
        assess(zone)
    planned = parcel(zone, code)
    control(planned)
    planned = act(planned, "announce", announced_on="2024-03-01", announced_evidence="公告1号")
    buyer = Enterprise.objects.filter(owner=zone, code="Q1").first() or firm(zone, party)
    return act(planned, "transfer", transferred_on="2024-04-01", transferred_evidence="合同1号", enterprise=buyer, **facts)


def promised(zone: Any, indicator: str = "investment", value: str = "300", **facts: Any) -> Any:
    """Return a promise of the transferred parcel D1, due at the end of June 2024."""
    sold = StandardParcel.objects.filter(owner=zone, code="D1").first() or transferred(zone)
    [made] = testing.enter(Promise, zone, f"value\n{value}", **{
        "signed_on": "2024-04-10", "control": ControlIndicator.objects.get(standard_parcel=sold, indicator=indicator),
        "due_on": "2024-06-30", **facts})
    return made
