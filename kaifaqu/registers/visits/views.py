"""Pages of visits: the calendar of all departments, the form for a telephone, the sheet of paper, and the merging of two."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import Party, scope
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.pages.asked import number
from kaifaqu.pages.calendars import WEEKDAYS
from kaifaqu.pages.forms import ActionForm
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, action_named, demand, page_of, posted, refuse, work
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.visits import calendar
from kaifaqu.registers.visits.kinds import CHOICES, VISIT
from kaifaqu.registers.visits.limits import Ceiling, counted, planned_near, quiet
from kaifaqu.registers.visits.models import Visit, Visitor

FIRST, THEN = ("enterprise", "kind", "planned_on"), ("visited_on", "heard", "appeals")  # what most visits need


@login_required
@require_safe
def visits(request: Request) -> HttpResponse:
    """Show the visits of a month by day, or the enterprises of a year, of one enterprise or department where the address names it."""
    demand(request.user, "visits.view")
    reader, today = Reader(request.user), clock.today()
    asked: dict[str, Any] = {name: text for name, text in request.GET.dict().items() if text}
    first, problem = _month(asked.get("month", ""))
    owner = _owner()
    rule = Ceiling.of(owner, today)
    rows = calendar.seen(request.user)
    for name in ("enterprise", "department"):
        if name in asked:
            rows = rows.filter(**{name: number(asked[name]) or 0})
    context: dict[str, Any] = {
        "month": first, "before": f"{first - timedelta(days=1):%Y-%m}", "after": f"{first + timedelta(days=31):%Y-%m}",
        "asked": asked, "problem": problem, "today": today, "rule": rule, "model": Visit, "reader": reader,
        "departments": Party.objects.filter(pk__in=calendar.seen(request.user).values("department_id")).order_by("code"),
        "enterprise": _named(reader, Enterprise, asked.get("enterprise", "")),
        "may_plan": bool(request.user.owners("visits.edit")), "by_enterprise": asked.get("by") == "enterprise",
    }  # fmt: skip
    if context["by_enterprise"]:
        page = page_of(request, calendar.by_enterprise(rows, first.year, owner, today))
        for each in Enterprise.objects.filter(pk__in=[each["enterprise_id"] for each in page]):
            reader.met(each)
        context |= {"page": page, "enterprises": [
            (reader.name(Enterprise, each["enterprise_id"]), each, rule.is_reached_by(each["count"])) for each in page]}
    else:
        weeks = calendar.month(request.user, rows, first, owner)
        context |= {"weeks": weeks, "weekdays": WEEKDAYS, "days": [day for week in weeks for day in week if day.visits]}
        for shown in (shown for day in context["days"] for shown in day.visits):
            reader.met(shown.visit.enterprise)
            shown.firm = reader.name(Enterprise, shown.visit.enterprise_id)
    return render(request, "visits/visits.html", context)


def _month(text: str) -> tuple[date, str]:
    """Return the first day of the month that the address names, else of this one, and what is wrong with the address."""
    now = clock.today().replace(day=1)
    try:
        return (Period.parse(text).start.replace(day=1), "") if text else (now, "")
    except ValueError as refusal:
        return now, str(refusal)


def _owner() -> int:
    """Return whose calendar it is: the installation's."""
    return min(scope())


def _named(reader: Reader, register: Any, text: str) -> str:
    pk = number(text) or 0
    return reader.name(register, pk) if pk and register.objects.filter(pk=pk).exists() else ""


class Part:
    """Some fields of a form, which the fields component shows as it shows a form."""

    def __init__(self, form: ActionForm, names: Iterable[str]):
        self.form, self.names = form, [name for name in names if name in form.fields]
        self.restored, self.undrafted = form.restored, form.undrafted
        self.non_field_errors: list[str] = []

    def visible_fields(self) -> list[BoundField]:
        """Return the fields of this part."""
        return [self.form[name] for name in self.names]

    def hidden_fields(self) -> list[BoundField]:
        """Return none: hidden fields stand in no part."""
        return []

    @property
    def is_wrong(self) -> bool:
        """Tell whether something in this part is to be mended."""
        return any(self.form[name].errors for name in self.names)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Enter a visit, planned or made: few fields first, for one hand; what else there is stands folded below."""
    action = action_named(Visit, "create", creates=True)
    demand(request.user, action.right)
    initial = {"department": request.user.units().order_by("id").first(), "kind": VISIT, **request.GET.dict()}
    form = ActionForm(action, request.user, None, posted(request), initial=initial)
    asks = {
        "hx-get": reverse("visit-near"), "hx-target": "#near", "hx-trigger": "change",
        "hx-include": "[name=enterprise],[name=planned_on]",
    }  # fmt: skip
    for name in ("enterprise", "planned_on"):
        form.fields[name].widget.attrs |= asks
    rest = ["exception", *(name for name in form.fields if name not in (*FIRST, *THEN, "exception"))]
    parts = {"first": Part(form, FIRST), "then": Part(form, THEN), "rest": Part(form, rest)}
    return work(request, form, "visits/form.html", **parts, **_nearby(request, request.POST or request.GET))


@login_required
@require_safe
def near(request: Request) -> HttpResponse:
    """Show what an enterprise has before it: visits of the year against the ceiling, quiet days, what others plan."""
    demand(request.user, "visits.view")
    return render(request, "visits/_near.html", _nearby(request, request.GET))


def _nearby(request: Request, asked: Any) -> dict[str, Any]:
    firm = Enterprise.objects.visible_to(request.user).filter(pk=number(asked.get("enterprise", "")) or 0).first()
    if firm is None or not request.user.may("visits.view", firm.owner_id):
        return {}
    try:
        day = date.fromisoformat(asked.get("planned_on", ""))
    except ValueError:
        day = clock.today()
    rule, visits = Ceiling.of(firm.owner_id, day), Visit.objects.visible_to(request.user).filter(enterprise=firm)
    return {"firm": firm, "count": counted(firm.owner_id, firm.pk, day, rule), "quiet": quiet(firm.owner_id, day, firm.pk, rule),
            "day": day, "planned": planned_near(visits, day, day, rule)}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: Request, pk: int) -> HttpResponse:
    """Make an issue of what an enterprise asked for: the form begins with the line that the address names."""
    visit, action = get_object_or_404(Visit.objects.visible_to(request.user), pk=pk), actions.find("visits.raise_issue")
    if not action.permits(request.user, visit):
        refuse(action.right)
    lines = visit.appeals.split("\n")
    line = number(request.GET.get("line", "")) or 0
    text = lines[line].strip() if line < len(lines) else ""
    begun = {"title": text[:200], "demand": text}
    form = ActionForm(action, request.user, visit, posted(request), initial=begun, drafted=False)
    category: Any = form.fields["category"]
    category.choices = [("", "---------"), *category.choices]  # where it goes hangs on it: nobody chooses for the person
    return work(request, form)


@login_required
@require_POST
def merge(request: Request, pk: int, into: int) -> HttpResponse:
    """Merge one visit into another, which goes on."""
    rows = Visit.objects.visible_to(request.user)
    visit, other = get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=into)
    version = number(request.POST.get("version", "")) or 0
    try:
        planned = actions.find("visits.merge").plan(visit, by=request.user, version=version, into=other)
        commit([planned], by=request.user)
        messages.success(request, _("{visit} 已并入 {other}。").format(visit=visit.code, other=other.code))
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
    return redirect("record", "visits", other.pk)


@login_required
@require_safe
def sheet(request: Request, pk: int) -> HttpResponse:
    """Show the sheet of paper of one visit, with its code and what is known of it."""
    rows = Visit.objects.visible_to(request.user).select_related("enterprise", "department", "partner", "project")
    visit = get_object_or_404(rows, pk=pk)
    reader = Reader(request.user)
    return render(request, "visits/sheet.html", {
        "visit": visit, "model": Visit, "firm": reader.text(visit.enterprise), "project": visit.project and reader.text(visit.project),
        "visitors": Visitor.objects.visible_to(request.user).filter(visit=visit).select_related("person", "party").order_by("id"),
        "rule": Ceiling.of(visit.owner_id, clock.today()),
    })  # fmt: skip


@login_required
@require_safe
def blank(request: Request) -> HttpResponse:
    """Show an empty sheet of paper."""
    demand(request.user, "visits.view")
    kinds = [label for _kind, label in CHOICES]
    rule = Ceiling.of(_owner(), clock.today())
    return render(request, "visits/sheet.html", {"visit": None, "model": Visit, "kinds": kinds, "rule": rule})
