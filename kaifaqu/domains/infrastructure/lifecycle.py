"""The lifecycle of a work, from its planning until it operates."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.lifecycle import Lifecycle, Step


class WorkStage(TextChoices):
    """Where a work stands."""

    PLANNED = "planned", _("规划")
    BUILDING = "building", _("在建")
    ACCEPTED = "accepted", _("已验收")
    HANDED_OVER = "handed_over", _("已移交")
    OPERATING = "operating", _("运行")


PLANNED, BUILDING, ACCEPTED, HANDED_OVER, OPERATING = WorkStage

WORK_LIFECYCLE = Lifecycle(states=WorkStage, steps=(
    Step(PLANNED, BUILDING, _("开工"), ("started_on", "started_evidence"), _("施工许可证或开工令"), "works.start"),
    Step(BUILDING, ACCEPTED, _("验收"), ("accepted_on", "accepted_evidence"), _("竣工验收报告"), "works.accept"),
    Step(ACCEPTED, HANDED_OVER, _("移交"), ("handed_over_on", "handed_over_to", "handed_over_evidence"), _("移交清单"), "works.hand_over"),
    Step(HANDED_OVER, OPERATING, _("投入运行"), ("operating_on", "operating_evidence"), _("试运行报告或运行记录"), "works.operate"),
))
