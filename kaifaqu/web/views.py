"""The home page, the log of events, and the day of a demo."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kaifaqu.kernel import access, clock, events, figures, indicators
from kaifaqu.kernel.pages import demand, page_of
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.reading import Reader
from kaifaqu.kernel.records import registers

@login_required
@require_safe
def event_log(request: HttpRequest) -> HttpResponse:
    """List the events on the records of the owners whose events the person may see."""
    demand(request.user, "events.view")
    rows = events.Event.objects.filter(party__in=request.user.owners("events.view")).order_by("-seq")
    asked = {name: text.strip() for name, text in request.GET.items() if text.strip()}
    if "actor" in asked:
        rows = rows.filter(actor=asked["actor"])
    if model := registers().get(asked.get("register", "")):
        rows = rows.filter(subject=model._meta.label_lower)
    for name, column in (("id", "subject_id"), ("changeset", "changeset")):
        if asked.get(name, "").isdigit():
            rows = rows.filter(**{column: int(asked[name])})
    page = page_of(request, rows)
    by_label = {each._meta.label_lower: each for each in registers().values()}
    listed = [(entry, by_label.get(entry.event.subject)) for entry in Reader(request.user).entries(list(page))]
    return render(request, "web/events.html", {"page": page, "rows": listed, "asked": asked, "registers": registers()})


