"""The page of services: the catalogue with its ranked providers, and one's own requests with their state."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaifaqu.cases.lifecycle import OVER
from kaifaqu.domains.property.models import ServiceItem, ServiceRequest
from kaifaqu.domains.property.ranking import catalogue
from kaifaqu.pages.views import Request, demand

SHOWN = 50  # requests in hand that the page tells; all stand in their list


@login_required
@require_safe
def services(request: Request) -> HttpResponse:
    """Show what can be asked for, who provides it, and which requests are in hand; one button leads to the form."""
    demand(request.user, "service_items.view")
    rows: Any = ServiceRequest.objects.visible_to(request.user).exclude(stage__in=OVER).order_by("-opened_on", "-id")
    return render(request, "property/services.html", {
        "model": ServiceItem, "kinds": list(catalogue(request.user)), "requests": rows[:SHOWN],
    })  # fmt: skip
