"""Pages of attraction: the chains, the map of one, and the funnel of leads."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaifaqu.domains.attraction.chainmap import READ, maps
from kaifaqu.domains.attraction.funnel import Funnel
from kaifaqu.kernel import access, clock
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import asked, domains
from kaifaqu.pages.figures import this_year
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, demand
from kaifaqu.registers.chains.models import Chain
from kaifaqu.registers.projects.models import Lead

DOMAIN = "attraction"


@login_required
@require_safe
def chains(request: Request) -> HttpResponse:
    """List the chains with how their segments stand, those in focus first."""
    domains.demand(DOMAIN)
    demand(request.user, "chains.view")
    today = clock.today()
    shown = maps(request.user, Chain.objects.visible_to(request.user).select_related("lead_unit").order_by("-focus", "code"), today)
    return render(request, "attraction/chains.html", {
        "model": Chain, "shown": shown, "today": today, "may_enter": request.user.has_perm("chains.edit"), "reader": Reader(request.user),
    })  # fmt: skip


@login_required
@require_safe
def chain(request: Request, pk: int) -> HttpResponse:
    """Show the map of a chain: its picture, the same as a table, and what is aimed at where something is missing."""
    domains.demand(DOMAIN)
    demand(request.user, "chains.view")
    found = get_object_or_404(Chain.objects.visible_to(request.user), pk=pk)
    [shown] = maps(request.user, [found], clock.today())
    closed = [name for name in READ if not request.user.may(f"{name}.view", found.owner_id)]
    return render(request, "attraction/chain.html", {
        "model": Chain, "map": shown, "today": clock.today(), "closed": closed, "reader": Reader(request.user),
        "may_aim": request.user.may("node_firms.edit", found.owner_id), "may_set": request.user.may("chain_tasks.edit", found.owner_id),
    })  # fmt: skip


@login_required
@require_safe
def funnel(request: Request) -> HttpResponse:
    """Show the funnel of a period, why leads were lost, and the leads that go on, the late ones first."""
    domains.demand(DOMAIN)
    demand(request.user, "leads.view")
    text, problem = asked.period(request.GET.get("period", "")) or this_year(), ""
    try:
        period = Period.parse(text)
    except ValueError as refusal:
        period, problem = Period.parse(this_year()), str(refusal)
    only = request.GET.get("kind", "")
    shown = Funnel.of(request.user, period, clock.today(), access.scope())
    counts = (
        ("", _("全部"), len(shown.going)), ("late", _("超时"), sum(bool(each.late) for each in shown.going)),
        ("lacking", _("缺证据"), sum(bool(each.lacking) for each in shown.going)))
    return render(request, "attraction/funnel.html", {
        "model": Lead, "funnel": shown, "period": period, "asked": text, "problem": problem, "today": clock.today(), "tabs": counts,
        "kind": only, "going": [each for each in shown.going if not only or getattr(each, only, True)],
    })  # fmt: skip
