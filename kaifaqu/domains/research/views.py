"""The page on which a test report is verified: by its number, and by the digest that a copy bears."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaifaqu.domains.research.models import TestReport
from kaifaqu.pages import domains
from kaifaqu.pages.views import Request, demand


@login_required
@require_safe
def verify(request: Request) -> HttpResponse:
    """Look up a report by its number; tell how it stands, and whether the digest of a copy is that of the record."""
    domains.demand("research")
    demand(request.user, "test_reports.view")
    number, digest = (request.GET.get(name, "").strip() for name in ("number", "digest"))
    reports: Any = TestReport.objects.visible_to(request.user).select_related("order")
    found = list(reports.filter(number=number)) if number else []
    return render(request, "research/verify.html", {
        "model": TestReport, "number": number, "digest": digest, "found": [(each, each.digest) for each in found],
    })  # fmt: skip
