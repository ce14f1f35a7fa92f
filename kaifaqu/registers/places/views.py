"""Pages of places: the map of all of them, and one of them as GeoJSON."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from kaifaqu.kernel import events
from kaifaqu.kernel.world import World
from kaifaqu.pages.asked import day, number
from kaifaqu.pages.exporting import file_of
from kaifaqu.pages.views import Request
from kaifaqu.registers.places.models import Parcel, Park, Zone
from kaifaqu.registers.places.spots import MOST, drawing, spots
from kaifaqu.sheets import exporting

REGISTERS = {each.register: each for each in (Zone, Park, Parcel)}


@login_required
@require_safe
def places(request: Request) -> HttpResponse:
    """Show all zones, parks and parcels that the person may see on a map and in a list, today or as known on a day."""
    if not any(request.user.owners(each.right_to("view")) for each in REGISTERS.values()):
        raise PermissionDenied(_("没有权限：查看开发区、园区或宗地（zones.view、parks.view、parcels.view）。"))
    asked, known, problem = day(request.GET.get("known", "")), None, ""
    try:
        known = events.known_on(asked)
    except ValueError as refusal:
        problem = str(refusal)
    chosen = number(request.GET.get("place", ""))
    shown = [] if problem else spots(request.user, World(known))
    return render(request, "places/places.html", {
        "spots": shown, "drawing": drawing(shown, _("开发区、园区和宗地的边界"), chosen), "asked": asked, "known": known,
        "problem": problem, "chosen": chosen, "most": MOST, "is_cut": MOST in Counter(each.register for each in shown).values(),
    })  # fmt: skip


@login_required
@require_GET
def outline(request: Request, register: str, pk: int) -> FileResponse:
    """Hand out one place, today's or as known, as GeoJSON."""
    if register not in REGISTERS:
        raise Http404
    model = REGISTERS[register]
    record = get_object_or_404(model.objects.seen_by(request.user), pk=pk)
    try:
        known = events.known_on(day(request.GET.get("known", "")))
    except ValueError:
        raise Http404 from None
    rows = model.objects.filter(pk=pk) if known is None else World(known).rows(model).filter(id=pk)
    return file_of(f"{record.code}.geojson", exporting.GEOJSON.media, lambda stream: exporting.export(
        rows, model, request.user, "geojson", stream, known=known))
