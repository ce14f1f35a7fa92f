"""The stages of a meeting: planned, held, its minutes written, signed by every party; or cancelled, with the reason."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.lifecycle import Lifecycle, Step


class MeetingStage(TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", _("计划")
    HELD = "held", _("已召开")
    MINUTED = "minuted", _("纪要待签")
    SIGNED = "signed", _("已签署")
    CANCELLED = "cancelled", _("取消")


PLANNED, HELD, MINUTED, SIGNED, CANCELLED = MeetingStage
MEETING_LIFECYCLE = Lifecycle(states=MeetingStage, steps=(
    Step(PLANNED, HELD, _("召开"), ("held_on",), "", "meetings.hold"),
    Step(HELD, MINUTED, _("写纪要"), (), "", "meetings.minute"),
    Step(MINUTED, SIGNED, _("签署"), (), "", "meetings.sign"),
    Step(HELD, HELD, _("更正召开情况"), ("held_on",), "", "meetings.hold"),
    Step(MINUTED, MINUTED, _("改写纪要"), (), "", "meetings.minute"),
    Step(MINUTED, MINUTED, _("补充纪要"), (), "", "meetings.supplement"),
    Step(SIGNED, MINUTED, _("补充纪要"), (), "", "meetings.supplement"),
    Step(PLANNED, CANCELLED, _("取消"), ("cancelled_for",), "", "meetings.cancel"),
    Step(CANCELLED, PLANNED, _("恢复计划"), (), "", "meetings.plan_again"),
))
DONE = (MINUTED, SIGNED)  # the minutes are there
