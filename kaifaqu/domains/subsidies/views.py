"""The page on which the published schemes are tried, and compared with each other."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.trial import TEMPLATE, shown
from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import Installation, Party
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.world import World
from kaifaqu.pages import domains
from kaifaqu.pages.asked import number
from kaifaqu.pages.views import Request, demand


@login_required
@require_safe
def comparison(request: Request) -> HttpResponse:
    """Show how an owner's schemes answer the examples, and who gains and loses between two of them."""
    domains.demand("subsidies")
    demand(request.user, DatedRule.right_to("view"))
    owners = Party.objects.current().filter(pk__in=request.user.owners(DatedRule.right_to("view"))).order_by("code")
    asked = number(request.GET.get("owner", ""))
    own = Installation.objects.get().owner_id
    owner = owners.filter(pk=asked).first() if asked else owners.filter(pk=own).first() or owners.first()
    if owner is None:
        raise Http404
    held = dated.resolve(SCHEMES.code, owner.pk, clock.today(), World())
    return render(request, "subsidies/comparison.html", {
        "told": shown(held.content, owner, request.user, request.GET), "held": held, "owner": owner, "owners": owners, "kind": SCHEMES,
        "template": TEMPLATE})
