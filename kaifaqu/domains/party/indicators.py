"""Figures about learning sessions and about going down to the grass roots."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.party.models import GrassrootsActivity, Matter, Mode, StudySession
from kaifaqu.kernel.indicators import Dimension, Indicator
from kaifaqu.kernel.periods import during

SESSIONS = Indicator(
    code="party.study.sessions.count", label=_("学习活动次数"), unit="次", basis=_("活动日期在期内的学习活动，一个支部一次算一次"),
    register=StudySession, where=lambda period, world: during("held_on", period),
    by=(Dimension("mode", _("学习方式"), "mode", name=lambda code: str(dict(Mode.choices).get(code, code))),
        Dimension("branch", _("支部"), "branch__name")),
)
GRASSROOTS = Indicator(
    code="party.grassroots.count", label=_("四下基层次数"), unit="次", basis=_("日期在期内的四下基层，一个支部一处一项算一次"),
    register=GrassrootsActivity, where=lambda period, world: during("held_on", period),
    by=(Dimension("matter", _("下基层事项"), "matter", name=lambda code: str(dict(Matter.choices).get(code, code))),
        Dimension("branch", _("支部"), "branch__name")),
)
