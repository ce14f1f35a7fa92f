"""Telling subscribers that a brief was issued: at once where it is issued on a page, and by the worker for all other ways."""

from datetime import timedelta

from django.urls import reverse

from kaifaqu.jobs import working
from kaifaqu.kernel import clock
from kaifaqu.reporting.briefs.models import Brief, BriefStage
from kaifaqu.reporting.subscriptions import telling

DAYS = 7  # after which a brief is no news


def tell(brief: Brief) -> int:
    """Tell those who subscribe to its template that a brief was issued, each once; return how many were told now."""
    return telling.brief_issued(
        brief.template.code, brief.title, reverse("brief", args=[brief.pk]), "\n".join(brief.document().lines()), owner=brief.owner_id)


@working.daily
def tell_recent() -> None:
    """Tell of the briefs that were issued in the last days."""
    since = clock.today() - timedelta(days=DAYS)
    for brief in Brief.objects.current().filter(stage=BriefStage.ISSUED, issued_on__gte=since).select_related("template"):
        tell(brief)
