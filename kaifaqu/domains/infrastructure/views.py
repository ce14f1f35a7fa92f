"""The page of capacity: what is free of each pool, today and on a chosen day, and what is reserved."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaifaqu.domains.infrastructure.models import CapacityPool
from kaifaqu.domains.infrastructure.standing import RIGHTS, ending, kinds
from kaifaqu.kernel import clock
from kaifaqu.pages import asked
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, demand


@login_required
@require_safe
def capacity(request: Request) -> HttpResponse:
    """Show the pools, what is free today and on the day that the address names, and the reservations that end soon."""
    for right in RIGHTS:
        demand(request.user, right)
    today = on = clock.today()
    problem = ""
    if told := asked.day(request.GET.get("on", "")):
        try:
            on = date.fromisoformat(told)
        except ValueError:
            problem = _("「{text}」不是日期，请写成 2024-06-30。").format(text=told)
    reader = Reader(request.user)
    return render(request, "infrastructure/capacity.html", {
        "model": CapacityPool, "kinds": kinds(reader, today, on), "on": on, "today": today, "problem": problem,
        "ending": ending(reader, today),
        "may_reserve": bool(request.user.owners("reservations.edit")),
    })  # fmt: skip
