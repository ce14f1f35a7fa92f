"""The page of what is owed: the cases of all registers that wait for one person."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaifaqu.cases.waiting import QUEUES, Waiting, rows
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request

PAGE = 50


@login_required
@require_safe
def cases(request: Request) -> HttpResponse:
    """List what waits in one queue, what is due first in front."""
    waiting = Waiting(request.user)
    counts = waiting.counts(*(each.name for each in QUEUES))
    shown = [each for each in QUEUES if counts[each.name]]
    asked = request.GET.get("kind", "")
    kind = asked if asked in counts else next((each.name for each in shown), QUEUES[-1].name)
    page = Paginator(waiting.keys(kind), PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/cases.html", {
        "tabs": [(each.name, each.label, counts[each.name]) for each in QUEUES if counts[each.name] or each.name == kind], "kind": kind,
        "page": page, "rows": list(rows(list(page))), "reader": Reader(request.user),
        "registers": waiting.registers,
    })  # fmt: skip
