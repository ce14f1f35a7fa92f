"""The funnel: how many leads reached each stage, what goes on now and for how long, what lacks evidence, why leads were lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.attraction import conditions, indicators
from kaifaqu.domains.attraction.evidence import Evidence, Proof
from kaifaqu.domains.attraction.late import late
from kaifaqu.domains.attraction.panels import ABOUT
from kaifaqu.kernel import figures
from kaifaqu.kernel.access import User
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.indicators import (
    LEADS_IN_NEGOTIATION,
    LEADS_KNOWN,
    LEADS_NEGOTIATED,
    LEADS_NEGOTIATED_SIGNED,
    SIGNING_RATES,
)
from kaifaqu.registers.projects.lifecycle import LeadStage
from kaifaqu.registers.projects.models import Lead

STAGES = (  # what came in the period, what there has been by its end, and the rate at which the stage before led to it
    (_("线索"), indicators.FIRST_MET, LEADS_KNOWN, None),
    (_("在谈"), indicators.BEGUN, LEADS_NEGOTIATED, indicators.NEGOTIATION_RATE),
    (_("意向"), indicators.INTENDED, indicators.INTENT, indicators.INTENT_RATE),
    (_("签约"), indicators.SIGNED, LEADS_NEGOTIATED_SIGNED, SIGNING_RATES["negotiation"]),
)
STANDING = (  # how it is on the last day, today at the latest
    LEADS_IN_NEGOTIATION, indicators.EFFECTIVE, indicators.LATE, indicators.PRODUCTS)
BESIDE = (indicators.JUDGED, indicators.LARGE, indicators.FIT_RATE)


class Step(NamedTuple):
    """One stage of the funnel with its three figures; the first has no rate."""

    label: Any
    within: Figure
    reached: Figure
    rate: Figure | None


@dataclass
class Going:
    """One lead that goes on: since when it is in its stage and for how many days, by which clocks it is late, what it lacks."""

    lead: Any
    since: Any
    days: int
    late: list[str] = field(default_factory=list)
    lacking: list[Evidence] = field(default_factory=list)


@dataclass
class Funnel:
    """The figures of a period for one reader, and the leads that go on today."""

    steps: list[Step]
    beside: list[Figure]
    lost: Figure
    going: list[Going]

    @classmethod
    def of(cls, user: User, period: Period, today: date, scope: Iterable[Any]) -> "Funnel":
        """Return the funnel of the period; all its figures are computed together."""
        wanted = [(each, period) for _label, *row in STAGES for each in row if each is not None]
        last = Period.parse(f"{min(period.end, today)}")
        wanted += [*((each, last) for each in STANDING), *((each, period) for each in BESIDE)]
        found = {each.asked: each for each in figures.evaluate(wanted, scope=scope, user=user)}
        steps = [Step(label, found[within], found[reached], found[rate] if rate else None) for label, within, reached, rate in STAGES]
        [lost] = figures.evaluate([(indicators.LOST, period)], scope=scope, user=user, by=indicators.BY_REASON)
        return cls(steps, [found[each] for each in (*STANDING, *BESIDE)], lost, going_on(user, today))


def going_on(user: User, today: date) -> list[Going]:
    """Return the leads that go on, those that are late first and then those that stay longest in their stage."""
    rows = [*Lead.objects.visible_to(user).filter(conditions.going_on(today)).select_related("node")]
    overdue = late(user, today)
    proven = frozenset.intersection(*(user.owners(f"{name}.view") for name in ABOUT))
    open_to = [each for each in rows if each.owner_id in proven]
    lacking = Proof(open_to, today).lacking(open_to) if open_to else {}
    found = []
    for row in rows:
        since = row.first_contact_on if row.stage == LeadStage.LEAD else row.negotiating_on
        found.append(Going(row, since, (today - since.last).days if since else 0, overdue.get(row.pk, []), lacking.get(row.pk, [])))
    return sorted(found, key=lambda each: (not each.late, -each.days, each.lead.code))
