"""The guide to scrapping a car and to applying for the subsidy: the text that is valid today, or was on a chosen day."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaifaqu.domains.outreach.models import GuidePage, GuideTopic
from kaifaqu.kernel import clock
from kaifaqu.pages import asked
from kaifaqu.pages.views import Request, demand


@login_required
@require_safe
def guide(request: Request) -> HttpResponse:
    """Show each text of the guide that was valid on the day that the address names, by default today, with all its versions."""
    demand(request.user, "guide_pages.view")
    today = on = clock.today()
    problem = ""
    if told := asked.day(request.GET.get("on", "")):
        try:
            on = date.fromisoformat(told)
        except ValueError:
            problem = _("「{text}」不是日期，请写成 2024-06-30。").format(text=told)
    texts = [*GuidePage.objects.visible_to(request.user).select_related("owner").order_by("owner__code", "-since", "-id")]
    parts: dict[tuple[Any, str], list[GuidePage]] = {
        (each.owner, each.topic): [] for each in sorted(texts, key=lambda text: GuideTopic.values.index(text.topic))}
    for each in texts:
        parts[each.owner, each.topic].append(each)
    return render(request, "outreach/guide.html", {
        "model": GuidePage, "on": on, "today": today, "problem": problem, "parts": [
            {"label": GuideTopic(topic).label, "text": next((each for each in versions if each.since <= on), None), "versions": versions}
            for (_owner, topic), versions in parts.items()],
    })  # fmt: skip
