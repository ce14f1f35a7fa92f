"""Questions about leads and segments that attraction asks, as conditions: one for rows of today and rows as known."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from kaifaqu.domains.attraction.models import DuePoint, LeadResponse, NegotiationRound, RoundKind
from kaifaqu.domains.attraction.rules import REPORTING, SIGNINGS, STAGES, YES
from kaifaqu.kernel import dated
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.chains.models import NodeFirm, Standing
from kaifaqu.registers.projects.conditions import in_negotiation, known, negotiated, this_year
from kaifaqu.registers.projects.models import Lead, Project


def of_leads(condition: Q, world: World, column: str = "lead_id") -> Q:
    """Return the condition: the column points at a lead that fulfils this one."""
    return Q(**{f"{column}__in": world.rows(Lead).filter(condition).values("id")})


def signed(on: date) -> Q:
    """Return the condition on leads: signed by that day, and not come to nothing afterwards."""
    return Q(signed_on__lte=on) & ~Q(failed_on__lte=on)


def going_on(on: date) -> Q:
    """Return the condition on leads: known by that day, and on it neither signed nor given up."""
    return known(on) & ~Q(signed_on__lte=on) & ~Q(failed_on__lte=on)


# Segments: each is in one of four states, the first of these that holds


def _filled(on: date, world: World) -> Q:
    firms = world.rows(NodeFirm).filter(NodeFirm.on(on), standing=Standing.PRESENT)
    return Q(id__in=firms.values("node_id"))


def _attached(leads: Q, world: World) -> Q:
    return Q(id__in=world.rows(Lead).filter(leads, node_id__isnull=False).values("node_id"))


def signed_and_going_on(on: date, world: World) -> Q:
    """Return the condition on leads: signed, and with no project yet, or one that goes on; one firm may have two projects."""
    made = world.rows(Project).filter(lead_id__isnull=False)
    goes_on = ~Q(id__in=made.values("lead_id")) | Q(id__in=made.filter(~Q(terminated_on__lte=on)).values("lead_id"))
    return signed(on) & goes_on


def _contracted(on: date, world: World) -> Q:
    return _attached(signed_and_going_on(on, world), world)


def present(on: date, world: World) -> Q:
    """Return the condition 已有: on that day a firm of the zone is on the segment."""
    return _filled(on, world)


def contracted(on: date, world: World) -> Q:
    """Return the condition 已签约: no firm yet, and a lead of the segment was signed whose project goes on."""
    return ~_filled(on, world) & _contracted(on, world)


def negotiating(on: date, world: World) -> Q:
    """Return the condition 在谈: no firm, no signed lead, and a lead of the segment is in negotiation."""
    return ~_filled(on, world) & ~_contracted(on, world) & _attached(in_negotiation(on), world)


def gap(on: date, world: World) -> Q:
    """Return the condition 缺口: no firm, no signed lead and no lead in negotiation."""
    return ~_filled(on, world) & ~_contracted(on, world) & ~_attached(in_negotiation(on), world)


# Leads


def effective(period: Period, world: World) -> Q:
    """Return the condition 有效信息: by the owner's rule there were visits and meetings enough, or a contract is being drafted."""
    return dated.by_owner(STAGES, period.end, world, lambda content: _effective(content["effective"], period.end, world))


def _effective(wanted: dict[str, Any], on: date, world: World) -> Q:
    held = world.rows(NegotiationRound).filter(held_on__lte=on)
    found = Q()
    for kind in (RoundKind.SITE, RoundKind.DECISION):
        often = held.filter(kind=kind).values("lead_id").annotate(times=Count("id")).filter(times__gte=wanted[kind.value])
        found &= Q(id__in=often.values("lead_id")) if wanted[kind.value] else Q()
    if wanted["drafting"] != YES or not found:  # where nothing else is wanted, every lead is
        return found
    return found | Q(id__in=held.filter(kind=RoundKind.DRAFTING).values("lead_id"))


def late(period: Period, world: World) -> Q:
    """Return the condition: on the last day a lead goes on and one of its clocks was over the day before."""
    on = period.end
    return unanswered(on, world) | unjudged(on, world) | unfed(on, world) | unreported(on, world)


def unanswered(on: date, world: World) -> Q:
    """Return the condition: not answered though that was due before the day."""
    return going_on(on) & _owing(world, on, "answer_due_on", ~Q(answered_on__lte=on))


def unjudged(on: date, world: World) -> Q:
    """Return the condition: not judged though that was due before the day; negotiations are a judgement too."""
    return going_on(on) & ~Q(judged_on__lte=on) & ~negotiated(on) & _owing(world, on, "judge_due_on", Q())


def unfed(on: date, world: World) -> Q:
    """Return the condition: the investor was not told what came of the judgement though that was due before the day."""
    return going_on(on) & _owing(world, on, "feedback_due_on", ~Q(feedback_on__lte=on))


def _owing(world: World, on: date, due: str, still: Q) -> Q:
    rows = world.rows(LeadResponse).filter(still, received_on__lte=on, **{f"{due}__lt": on})
    return Q(id__in=rows.values("lead_id"))


def unreported(on: date, world: World) -> Q:
    """Return the condition: in negotiation, and no round or report for longer than the owner's rule wants."""
    return dated.by_owner(REPORTING, on, world, lambda content: _silent(on, content["days"], world))


def _silent(on: date, days: int, world: World) -> Q:
    since = on - timedelta(days=days)
    heard = world.rows(NegotiationRound).filter(held_on__gte=since, held_on__lte=on)
    return in_negotiation(on) & Q(negotiating_on__lt=since) & ~Q(id__in=heard.values("lead_id"))


# Terms: due by the day that was agreed on, else from when the project is as far as they say

REACHED = {DuePoint.STARTED: "started_on", DuePoint.PRODUCTION: "production_on", DuePoint.FULL: "full_capacity_on"}


def due(on: date, world: World) -> Q:
    """Return the condition on terms: due by that day."""
    made = world.rows(Project).filter(lead_id__isnull=False)
    found = Q(due_on__lte=on)
    for point, column in REACHED.items():
        there = made.filter(**{f"{column}__lte": on})
        found |= Q(due_on=None, due_point=point, lead_id__in=there.values("lead_id"))
    return found


def met(on: date) -> Q:
    """Return the condition on terms: shown to be met by that day."""
    return Q(met_on__lte=on)


# Projects


def large(period: Period, world: World) -> Q:
    """Return the condition: signed between New Year and the end of the period, with as much investment as the owner's rule says."""
    return this_year("signed_on", period) & dated.by_owner(
        SIGNINGS, period.end, world, lambda content: Q(total_investment__gte=content["from_investment"]))


def on_chain(period: Period, world: World) -> Q:
    """Return the condition: signed between New Year and the end of the period, of a lead that stands on a chain."""
    return this_year("signed_on", period) & of_leads(Q(chain_id__isnull=False), world)
