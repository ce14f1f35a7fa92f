"""The overview: the figures that a zone has chosen, its feeds and its warnings, on one page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import Installation
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages.figures import this_year
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request
from kaifaqu.registers.feeds import standing
from kaifaqu.registers.feeds.models import Alert
from kaifaqu.reporting.overview import tiles
from kaifaqu.reporting.overview.rules import FIGURES
from kaifaqu.sheets.provenance import check_code

SHOWN = 12  # feeds, and warnings; of more the page says how many there are


@login_required
@require_safe
def overview(request: Request) -> HttpResponse:
    """Show each chosen figure with the time of its last data, each feed with its last value or that it is dead, and open warnings."""
    user, today, own = request.user, clock.today(), Period.parse(this_year())
    owner = Installation.objects.values_list("owner_id", flat=True).first() or 0
    rule = dated.resolve(FIGURES.code, owner, today, World())
    groups, head = tiles.groups(rule, own, today, {owner}, user)
    feeds = standing.seen_by(user, today)
    alerts = list(Alert.objects.visible_to(user).filter(closed_on=None).select_related("feed").order_by("found_on", "code"))
    return render(request, "overview/overview.html", {
        "groups": groups, "rule": rule, "period": own,
        "feeds": feeds[:SHOWN], "more_feeds": len(feeds[SHOWN:]), "dead": sum(each.is_dead for each in feeds), "all_feeds": len(feeds),
        "alerts": alerts[:SHOWN], "more_alerts": len(alerts[SHOWN:]), "all_alerts": len(alerts),
        "sees_feeds": standing.may_see(user), "sees_alerts": bool(user.owners("alerts.view")),
        "person": Reader(user).text(user), "now": clock.now(), "code": check_code(str(head)),
    })  # fmt: skip
