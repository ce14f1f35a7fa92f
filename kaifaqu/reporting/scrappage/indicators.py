"""Figures that join what is dismantled with what is applied for."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.recycling.indicators import CAPACITY
from kaifaqu.domains.subsidies.indicators import APPLICATIONS
from kaifaqu.kernel.indicators import Share

SHARE_OF_CAPACITY = Share(
    code="elv.applications.share_of_capacity", label=_("申请补贴的车占年拆解能力之比"), unit="%", numerator=APPLICATIONS,
    denominator=CAPACITY, basis=_("期末的补贴申请件数 ÷ 期末那一天的年拆解能力；申请是累计数，能力是一年的"))
