"""Which leads are beyond their clocks, and by which; and how the clocks of one lead stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.templatetags.cases import counted as in_words
from kaifaqu.clocks.clocks import first_moment
from kaifaqu.domains.attraction import conditions
from kaifaqu.domains.attraction.models import LeadResponse, NegotiationRound
from kaifaqu.domains.attraction.responses import STEPS, counted
from kaifaqu.domains.attraction.rules import REPORTING
from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import User
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.lifecycle import LeadStage
from kaifaqu.registers.projects.models import Lead

WHY = (
    (_("没有按期答复"), conditions.unanswered), (_("没有按期研判"), conditions.unjudged), (_("没有按期反馈"), conditions.unfed),
    (_("没有按期报告进展"), conditions.unreported),
)
LABELS = {"answer": _("登记并答复"), "judge": _("研判"), "feedback": _("反馈"), "report": _("进展报告")}
READ = ("leads", "lead_responses", "negotiation_rounds")


def late(user: User, on: date) -> dict[int, list[str]]:
    """Return by lead, of those the person may see with their answers and rounds, by which clocks it is late on the day."""
    owners, world = frozenset.intersection(*(user.owners(f"{name}.view") for name in READ)), World()
    found: dict[int, list[str]] = {}
    for words, condition in WHY if owners else ():
        for pk in Lead.objects.current().filter(condition(on, world), owner_id__in=owners).values_list("pk", flat=True):
            found.setdefault(pk, []).append(str(words))
    return found


def rows(user: User, world: World) -> QuerySet[Lead]:
    """Return the leads that are late today, of those the person advances and whose answers and rounds he may see."""
    owners = frozenset.intersection(*(user.owners(right) for right in (*(f"{name}.view" for name in READ), "leads.advance")))
    today = clock.today()
    return Lead.objects.current().filter(conditions.late(Period.parse(f"{today}"), world), owner_id__in=owners)


@dataclass
class Hand:
    """One clock of a lead: what is to be done, by when, when it was done, in which colour, and how it was counted."""

    label: str
    due: str
    done: str
    colour: str
    basis: str
    how: list[str]


def hands(lead: Lead, response: Any, world: World) -> Iterator[Hand]:
    """Yield the clocks of a lead: those that began with its receipt, and that of reporting while it is in negotiation."""
    if response is not None:
        done = {"answer": response.answered_on, "judge": lead.judged_on, "feedback": response.feedback_on}
        for name, code in STEPS:
            last, by = getattr(response, f"{name}_due_on"), done[name] or (lead.negotiating_on if name == "judge" else None)
            named, counted_due = counted(lead.owner_id, code, response.received_on, world)
            is_so = counted_due.at is not None and first_moment(counted_due.at).date() == last  # of a lead that is over it may not be
            how = [in_words(part) for part in counted_due.segments] if is_so else []
            yield Hand(str(LABELS[name]), str(last or ""), str(by or ""), _colour(last, by), named.basis, how)
    if lead.stage == LeadStage.NEGOTIATING and lead.negotiating_on:
        rule = dated.resolve(REPORTING.code, lead.owner_id, clock.today(), world)
        last = NegotiationRound.objects.current().filter(lead=lead).aggregate(last=Max("held_on"))["last"]
        since = max(last or date.min, lead.negotiating_on.last)
        due_on = since + timedelta(days=rule.content["days"])
        how = [_t("自 {since} 起 {days} 天").format(since=since, days=rule.content["days"])]
        yield Hand(str(LABELS["report"]), str(due_on), "", _colour(due_on, None), rule.source, how)


def _colour(due: date | None, done: Any) -> str:
    if due is None:
        return ""
    if done:
        return "red" if getattr(done, "first", done) > due else "green"
    return "red" if due < clock.today() else "yellow" if due == clock.today() else "green"


def responses_of(lead: Lead) -> Any:
    """Return how the lead was answered, or None."""
    return LeadResponse.objects.current().filter(lead=lead).first()
