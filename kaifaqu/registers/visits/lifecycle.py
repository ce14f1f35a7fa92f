"""The lifecycle of a visit: planned, then done, merged into another, or cancelled."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.lifecycle import Lifecycle, Step


class VisitStage(TextChoices):
    """Where a visit stands."""

    PLANNED = "planned", _("计划中")
    DONE = "done", _("完成")
    MERGED = "merged", _("已合并")
    CANCELLED = "cancelled", _("已取消")


VISIT_LIFECYCLE = Lifecycle(states=VisitStage, steps=(
    Step(VisitStage.PLANNED, VisitStage.DONE, _("完成走访"), ("visited_on",), "", "visits.complete"),
    Step(VisitStage.PLANNED, VisitStage.MERGED, _("并入另一次"), ("merged_into",), "", "visits.merge"),
    Step(VisitStage.PLANNED, VisitStage.CANCELLED, _("取消走访"), ("cancel_reason",), "", "visits.cancel"),
))
