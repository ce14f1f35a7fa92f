"""The page of the lights: every project that is to be started or is under construction, the worst first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.world import World
from kaifaqu.pages.views import Request, demand
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.projects import lights
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.projects.rules import LIGHTS
from kaifaqu.registers.projects.stays import stay

LIT = (Stage.SIGNED, Stage.LANDED, Stage.UNDER_CONSTRUCTION)


@login_required
@require_safe
def page(request: Request) -> HttpResponse:
    """Show the lights that the person may see with the facts by which they turn, and the document of the rule."""
    demand(request.user, "projects.view")
    user, world, today = request.user, World(), clock.today()
    owners = user.owners("projects.view")
    rows = list(Project.objects.visible_to(user).filter(stage__in=LIT).order_by("code"))
    told = lights.seen(user, rows, today, world)
    shown = sorted(((row, told[row.id], stay(row, today, world)) for row in rows if row.id in told), key=lambda each: (
        tuple(-part for part in each[1].rank), each[0].code))
    colour = request.GET.get("kind", "")
    tabs = [("", _("全部"), len(shown)), *(
        (str(each), str(each.label), sum(light.colour == each for _row, light, _stay in shown)) for each in reversed(Colour))]
    return render(request, "projects/lights.html", {
        "model": Project, "tabs": tabs, "kind": colour,
        "shown": [each for each in shown if colour in ("", each[1].colour)], "today": today,
        "is_closed": not owners & user.owners("progress.view"),
        "rules": sorted({dated.resolve(LIGHTS.code, owner, today, world).source for owner in owners}),
    })  # fmt: skip
