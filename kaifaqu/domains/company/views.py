"""The page of the group's structure on any day."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaifaqu.domains.company.chart import RIGHTS, structure
from kaifaqu.domains.company.models import CompanyDepartment
from kaifaqu.kernel import clock
from kaifaqu.pages import asked, domains
from kaifaqu.pages.views import Request, demand


@login_required
@require_safe
def group_structure(request: Request) -> HttpResponse:
    """Show companies, shares, departments and posts as they were on the day that the address names, today by default."""
    domains.demand("company")
    for right in RIGHTS:
        demand(request.user, right)
    on, problem = clock.today(), ""
    if told := asked.day(request.GET.get("on", "")):
        try:
            on = date.fromisoformat(told)
        except ValueError:
            problem = _("「{text}」不是日期，请写成 2024-06-30。").format(text=told)
    return render(request, "company/structure.html", {
        "model": CompanyDepartment, "shown": structure(request.user, on), "on": on, "problem": problem,
        "may_enter": request.user.has_perm("company_departments.edit"),
    })  # fmt: skip
