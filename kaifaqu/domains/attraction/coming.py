"""What attraction puts on an agenda, and what waits for whom: answers to leads, rounds of negotiation, leads beyond their clocks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kaifaqu.cases import sweeping
from kaifaqu.domains.attraction import conditions, late
from kaifaqu.domains.attraction.indicators import UNMET
from kaifaqu.domains.attraction.models import LeadResponse, LeadTerm, NegotiationRound
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.world import World
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Entry, Queue
from kaifaqu.registers.projects.lifecycle import LeadStage

GOING_ON = Q(lead__stage__in=(LeadStage.LEAD, LeadStage.NEGOTIATING), lead__archived_at=None)
sweeping.follow(LeadResponse, GOING_ON)  # by when they are to be answered moves with the calendar and the clocks


@agenda.source
def owed(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield by when leads that go on are to be answered, judged and told of the judgement, as far as that is not done."""
    rows: Any = LeadResponse.objects.visible_to(user).filter(GOING_ON, lead__owner__in=user.owners("leads.view")).select_related("lead")
    for row in rows:
        steps = (
            ("answer", _("答复期限"), row.answer_due_on, row.answered_on),
            ("judge", _("研判期限"), row.judge_due_on, row.lead.judged_on or row.lead.negotiating_on),
            ("feedback", _("反馈期限"), row.feedback_due_on, row.feedback_on))
        for what, words, due, done in steps:
            if due and not done and since <= due <= until:
                yield Entry(row.lead, what, words, str(row.lead), due)


@agenda.source
def rounds(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the next round of each lead in negotiation, as the last round says."""
    rows: Any = NegotiationRound.objects.visible_to(user).filter(
        GOING_ON, lead__owner__in=user.owners("leads.view"), next_meeting_on__gte=since, next_meeting_on__lte=until)
    for row in rows.select_related("lead"):
        yield Entry(row.lead, f"round-{row.pk}", _("下次洽谈"), str(row.lead), row.next_meeting_on)


@agenda.source
def terms(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield by when the terms of signed leads are due that were agreed on for a day and are not met."""
    rows: Any = LeadTerm.objects.visible_to(user).filter(
        lead__stage=LeadStage.SIGNED, lead__archived_at=None, lead__owner__in=user.owners("leads.view"), met_on=None,
        due_on__gte=since, due_on__lte=until)
    for row in rows.select_related("lead"):
        yield Entry(row.lead, f"term-{row.pk}", _("协议条款兑现"), f"{row.lead}：{row.what}", row.due_on)


@agenda.queue
def unmet(user: User, world: World) -> Iterator[Queue]:
    """Yield the terms that are due and not met, for whoever says that they are."""
    owners = user.owners("lead_terms.edit") & user.owners("lead_terms.view") & user.owners("leads.view") & user.owners("projects.view")
    if owners:
        today = clock.today()
        rows = LeadTerm.objects.current().filter(
            conditions.of_leads(conditions.signed(today), world), conditions.due(today, world), ~conditions.met(today), owner_id__in=owners)
        yield Queue(str(UNMET.label), f"{reverse('figure', args=[UNMET.code])}?period={today}", rows, is_late=True)


@agenda.queue
def beyond(user: User, world: World) -> Iterator[Queue]:
    """Yield the leads that are beyond their clocks, for whoever advances leads."""
    if user.owners("leads.advance"):
        yield Queue(_("超过时限的线索"), f"{reverse('funnel')}?kind=late", late.rows(user, world), is_late=True)
