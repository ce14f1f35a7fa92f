"""Pages of the yearly targets: how they stand on a day, and the table in which one is split."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.kernel import clock, events
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.world import World
from kaifaqu.pages import asked
from kaifaqu.pages.views import Request, _once, demand
from kaifaqu.registers.targets.forms import SplitForm
from kaifaqu.registers.targets.lines import WorkLine
from kaifaqu.registers.targets.models import YearlyTarget
from kaifaqu.registers.targets.splits import split_of
from kaifaqu.registers.targets.standing import standings, years


@login_required
@require_safe
def page(request: Request) -> HttpResponse:
    """Show how the targets of a year stand on a day, today's or as known; of the zone, or as one department's."""
    demand(request.user, "targets.view")
    owners = Party.objects.current().filter(pk__in=request.user.owners("targets.view")).order_by("code")
    known, on, problems = _asked(request)
    world = World(known)
    found = years([each.pk for each in owners], world)
    year = asked.number(request.GET.get("year", "")) or on.year
    owner = next((each for each in owners if each.code == request.GET.get("scope")), None) or _first(owners, year, world)
    shown = standings(owner, year, on, world, request.user) if owner and not problems else []
    lines = WorkLine.objects.seen_by(request.user).in_bulk({each.target.line_id for each in shown} - {None})
    for each in shown:
        each.line = lines.get(each.target.line_id)
    return render(request, "targets/targets.html", {
        "model": YearlyTarget, "shown": shown, "owner": owner, "owners": owners, "year": year, "on": on, "known": known,
        "asked": request.GET.get("known", ""), "years": found, "problems": problems,
        "may_enter": request.user.has_perm("targets.edit"),
        "department": asked.number(request.GET.get("department", "")) or 0,
        "departments": {part.party.pk: part.party for each in shown for part in each.parts},
    })  # fmt: skip


def _first(owners: Any, year: int, world: World) -> Party | None:
    """Return the first owner that has targets of the year, else the first of all."""
    rows = world.rows(YearlyTarget).filter(year=year, owner_id__in=[each.pk for each in owners])
    held = set(rows.values_list("owner_id", flat=True))
    return next((each for each in owners if each.pk in held), owners.first())


def _asked(request: Request) -> tuple[int | None, date, list[str]]:
    """Return as known at which event and for which day the address asks, and what is wrong with it.

    Without a day it is that of what was known, so that the page is what it was then.
    """
    known, on, problems = None, clock.today(), []
    then, text = (asked.day(request.GET.get(name, "")) for name in ("known", "on"))
    try:
        if known := events.known_on(then):
            on = events.Event.objects.get(seq=known).at.astimezone(clock.ZONE).date()
        text = text or ("" if then.startswith("#") else then)
    except ValueError as refusal:
        problems.append(str(refusal))
    try:
        on = date.fromisoformat(text) if text else on
    except ValueError:
        problems.append(_("「{text}」不是日期，请写成 2024-06-30。").format(text=text))
    return known, on, problems


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: Request, pk: int) -> HttpResponse:
    """Show the table in which a target is split by department and month, and write what was typed."""
    target = get_object_or_404(YearlyTarget.objects.visible_to(request.user).select_related("owner"), pk=pk)
    demand(request.user, "target_shares.edit", target)
    form = SplitForm(target, request.POST) if request.method == "POST" else SplitForm(target)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            address = _once(request, lambda: (form.act(request.user), reverse("record", args=["targets", pk]))[1])
        except ValidationError as refusal:
            problems = refusal.messages
        else:
            missing = [*split_of(target, World()).problems()]
            messages.success(request, _("{target}：已保存。{missing}").format(target=target, missing="".join(missing)))
            return redirect(address)
    return render(request, "targets/split.html", {
        "model": YearlyTarget, "target": target, "form": form, "problems": [*form.wrong, *problems],
        "missing": [*split_of(target, World()).problems()],
    })  # fmt: skip
