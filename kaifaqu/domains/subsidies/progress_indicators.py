"""Figures about how applications go on: how many were decided, and how many of them without being sent back once."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.indicators import with_step
from kaifaqu.domains.subsidies.models import PASSED, REFUSED, RETURNED, SubsidyApplication
from kaifaqu.kernel.indicators import Indicator, Share

DECIDED = Indicator(
    code="subsidy.decided.count", label=_("已有审核结果的补贴申请"), unit="件", register=SubsidyApplication,
    where=lambda period, world: with_step(period, world, PASSED, REFUSED),
    basis=_("期末以前登记过审核通过或不予通过的申请，一份计一次；没有登记办理进度的不计"))
FIRST_PASS = Indicator(
    code="subsidy.first_pass.count", label=_("一次办成的补贴申请"), unit="件", register=SubsidyApplication,
    where=lambda period, world: DECIDED.where(period, world) & ~with_step(period, world, RETURNED),
    basis=_("期末以前有审核结果、从来没有退回补正过的申请"))
FIRST_PASS_RATE = Share(
    code="subsidy.first_pass_rate", label=_("补贴申请一次办成率"), unit="%", numerator=FIRST_PASS, denominator=DECIDED,
    basis=_("一次办成的申请 ÷ 已有审核结果的申请"))
