"""The home page, and the log of events."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaifaqu.kernel import access, events, indicators
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import registers
from kaifaqu.pages.asked import number
from kaifaqu.pages.figures import this_year
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, demand, page_of
from kaifaqu.web.context import registers_of

FIRST = (  # what the home page shows, as far as the installation has it
    "projects.under_construction.count", "projects.under_construction.investment", "projects.continuing.count",
    "projects.new.count", "leads.in_negotiation.count",
)  # fmt: skip


@login_required
@require_safe
def home(request: Request) -> HttpResponse:
    """Show the registers that the person may see with their numbers of records, and the first figures of the year."""
    counts = [(model, model.objects.visible_to(request.user).count()) for model in registers_of(request.user)]
    period, catalogue = Period.parse(this_year()), indicators.catalogue()
    asked = [(catalogue[code], period) for code in FIRST if code in catalogue]
    figures = evaluate(asked, scope=access.scope(), user=request.user)
    return render(request, "web/home.html", {"counts": counts, "figures": figures, "period": period})


@login_required
@require_safe
def event_log(request: Request) -> HttpResponse:
    """List the events on the records of the owners whose events the person may see."""
    demand(request.user, "events.view")
    rows = events.Event.objects.filter(party__in=request.user.owners("events.view")).order_by("-seq")
    asked = {name: text.strip() for name, text in request.GET.dict().items() if text.strip()}
    if "actor" in asked:
        rows = rows.filter(actor=asked["actor"])
    if model := registers().get(asked.get("register", "")):
        rows = rows.filter(subject=model._meta.label_lower)
    for name, column in (("id", "subject_id"), ("changeset", "changeset")):
        if (told := number(asked.get(name, ""))) is not None:
            rows = rows.filter(**{column: told})
    page = page_of(request, rows)
    return render(request, "web/events.html", {
        "page": page, "entries": Reader(request.user).entries(list(page)), "asked": asked, "registers": registers(),
    })  # fmt: skip
