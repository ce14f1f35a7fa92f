"""The home page, the log of events, and what is said when a page cannot be made."""

import sys
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from kaifaqu.files import store
from kaifaqu.kernel import actions, clock, events
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.pages import domains, drafting, editions
from kaifaqu.pages.asked import number
from kaifaqu.pages.domains import registers
from kaifaqu.pages.editions import Edition
from kaifaqu.pages.explaining import explain
from kaifaqu.pages.figures import this_year
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, demand, page_of
from kaifaqu.registers.projects.models import Project
from kaifaqu.reporting.dispatch.agenda import promises
from kaifaqu.sheets.models import Changeset
from kaifaqu.sheets.provenance import check_code
from kaifaqu.web import duties
from kaifaqu.web.context import installation_of
from kaifaqu.web.models import Looked

WEEK = timedelta(days=7)
RED_THINGS = 5  # on a director's page


@login_required
@require_safe
def home(request: Request) -> HttpResponse:
    """Show what waits for the person, his own projects, what others have done, the first figures, and his registers."""
    user, reader = request.user, Reader(request.user)
    seen = Coalesce(Subquery(Looked.objects.filter(user=user).values("seq")), 0)
    latest = list(reader.entries(list(duties.others_did(user, seen)[:duties.SHOWN]), with_facts=True))
    following, (edition, party) = duties.Following(user, reader), editions.of(user)
    figures = _first_figures(request, edition, party)
    to_do = duties.duties(user, figures.pop(), following.world)
    return render(request, "web/home.html", {
        "duties": to_do, "unread": duties.unread(to_do), "drafts": drafting.waiting(user),
        "own": following.own, "late": following.behind,
        "latest": latest, "figures": figures, "period": Period.parse(this_year()), "edition": edition, "party": party,
        "ways": [(way, reverse("new", args=[way.register])) for way in edition.ways if _may_enter(user, way.register)],
    })  # fmt: skip


def _may_enter(user: User, register: str) -> bool:
    return register in registers() and bool(user.owners(actions.find(f"{register}.create").right))


@login_required
@require_POST
def looked(request: Request) -> HttpResponse:
    """Remember up to which event the person has looked at what others did."""
    seq = number(request.POST.get("seq", ""))
    if seq is not None:
        Looked.objects.update_or_create(user=request.user, defaults={"seq": min(seq, events.last_seq())})
    return redirect("home")


@login_required
@require_safe
def week(request: Request) -> HttpResponse:
    """Show a director's week on one page: what changed and why, what is red, what waits for him, what is due."""
    user, reader, since = request.user, Reader(request.user), _week_ago()
    told = editions.of(user)
    now = _first_figures(request, *told)
    unreported = now.pop()
    then = _first_figures(request, *told, known=since)[:-1] if since else now
    pairs, following = list(zip(then, now, strict=True)), duties.Following(user, reader, RED_THINGS)
    to_do = duties.duties(user, unreported, following.world)
    changed = [pair for pair in pairs if not _alike(*pair)]
    return render(request, "web/week.html", {
        "since": clock.today() - WEEK, "period": Period.parse(this_year()),
        "changed": changed, "same": [other for one, other in pairs if _alike(one, other)],
        "explanations": [each for one, other in changed for each in explain(one, other, reader) if each.changes],
        "red": following.red, "yellow": following.yellow, "duties": to_do, "unread": duties.unread(to_do),
        "due": promises(Project.objects.visible_to(user), following.world)[:duties.SHOWN], "own": following.own,
        "person": reader.text(user), "now": clock.now(), "code": check_code(str(events.Head.objects.get())),
    })  # fmt: skip


def _alike(one: Figure, other: Figure) -> bool:
    return (one.status, one.value) == (other.status, other.value)


def _week_ago() -> int:
    """Return what was known at the end of the day a week ago, as the number of an event; 0 when nothing was."""
    try:
        return events.known_on(clock.today() - WEEK) or 0
    except ValueError:
        return 0


def _first_figures(request: Request, edition: Edition, party: Party | None, known: int | None = None) -> list[Figure]:
    """Return the figures that the edition shows first, for this year to date, and last that of the projects without a report.

    They are those of the party in whose words the person is greeted, where he is greeted in another's than the installation's.
    """
    period, catalogue, installation = Period.parse(this_year()), domains.catalogue(), installation_of(request)
    asked = [(catalogue[code], period) for code in edition.figures if code in catalogue]
    home = {installation.owner_id} if installation else set()
    if party is not None and party.pk not in home:
        own = evaluate(asked, scope={party.pk}, known=known, user=request.user)
        return [*own, *evaluate([duties.unreported()], scope=home, known=known, user=request.user)]
    return evaluate([*asked, duties.unreported()], scope=home, known=known, user=request.user)


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
        if name in asked:
            meant: list[type[Record]] = [Changeset] if name == "changeset" else [model] if model else [*registers().values()]
            rows = rows.filter(**{f"{column}__in": _numbers(asked[name], meant)})
    page = page_of(request, rows)
    return render(request, "web/events.html", {
        "page": page, "entries": Reader(request.user).entries(list(page)), "asked": asked, "registers": registers(),
    })  # fmt: skip


def _numbers(text: str, meant: list[type[Record]]) -> list[int]:
    """Return the numbers of the records that a text means: a number as it stands, and a code in these registers."""
    told = number(text.removeprefix("#"))
    coded = [register.objects.filter(code__iexact=text).order_by().values_list("pk", flat=True) for register in meant]
    return [*([] if told is None else [told]), *coded[0].union(*coded[1:])]


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong, and where the disk is full, that; ask no database. Django still handles the problem."""
    full = store.is_full(sys.exc_info()[1])
    return HttpResponse(get_template("500.html").render({"full": full}), status=507 if full else 500)
