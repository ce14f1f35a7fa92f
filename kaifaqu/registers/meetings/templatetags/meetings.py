"""What the pages of meetings ask: where a topic points, and where a decision is entered."""

from typing import Any

from django import template
from django.urls import reverse

from kaifaqu.kernel.records import registers
from kaifaqu.registers.meetings.lifecycle import HELD, MINUTED
from kaifaqu.registers.meetings.models import AgendaItem, Meeting

register = template.Library()


@register.simple_tag(takes_context=True)
def pointed(context: Any, item: AgendaItem) -> str:
    """Return the address of the record or figure that a topic is about, where the person may open it; else nothing."""
    if item.figure:
        return f"{reverse('figure', args=[item.figure])}?period={context['meeting'].period}"
    model = next((each for each in registers().values() if each._meta.label_lower == item.subject), None)
    if model is None or item.subject_id is None or not model.objects.seen_by(context["user"]).filter(pk=item.subject_id).exists():
        return ""
    return reverse("record", args=[model.register, item.subject_id])


@register.simple_tag(takes_context=True)
def decide(context: Any, meeting: Meeting) -> str:
    """Return the address where a decision of the meeting is entered, where the person may now; else nothing."""
    if meeting.stage not in (HELD, MINUTED) or not context["user"].may("decisions.edit", meeting.owner_id):
        return ""
    return f"{reverse('new', args=['decisions'])}?meeting={meeting.pk}&opened_on={meeting.held_on}"
