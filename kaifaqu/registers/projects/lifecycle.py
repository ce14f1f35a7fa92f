"""The lifecycles: of a lead until it is signed or fails, of a project from signing to full capacity, of a month's report."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.lifecycle import Lifecycle, Step


class LeadStage(TextChoices):
    """Where a lead stands."""

    LEAD = "lead", _("线索")
    NEGOTIATING = "negotiating", _("在谈")
    SIGNED = "signed", _("已签约")
    FAILED = "failed", _("未成")


class Stage(TextChoices):
    """Where a project stands; a suspended one goes back to the stage that its dates say."""

    SIGNED = "signed", _("签约")
    LANDED = "landed", _("落地")
    UNDER_CONSTRUCTION = "under_construction", _("在建")
    IN_PRODUCTION = "in_production", _("投产")
    FULL_CAPACITY = "full_capacity", _("达产达效")
    SUSPENDED = "suspended", _("停缓建")
    TERMINATED = "terminated", _("终止")


class ProgressStage(TextChoices):
    """Where the report of one month stands; a correction of a locked one leaves it locked and marks it."""

    REPORTED = "reported", _("填报")
    REVIEWED = "reviewed", _("审核")
    LOCKED = "locked", _("锁定")


LEAD, NEGOTIATING, LEAD_SIGNED, FAILED = LeadStage
SIGNED, LANDED, BUILDING, PRODUCING, FULL, SUSPENDED, TERMINATED = Stage

LEAD_LIFECYCLE = Lifecycle(states=LeadStage, steps=(
    Step(LEAD, LEAD, _("研判"), ("judged_on",), _("研判意见"), "leads.judge"),
    Step(LEAD, NEGOTIATING, _("进入洽谈"), ("negotiating_on",), _("洽谈记录"), "leads.negotiate"),
    Step(NEGOTIATING, NEGOTIATING, _("达成意向"), ("intent_on",), _("意向书"), "leads.intend"),
    Step(NEGOTIATING, LEAD_SIGNED, _("签约"), ("signed_on",), _("投资协议"), "leads.sign"),
    Step(LEAD, FAILED, _("未成"), ("failed_on", "fail_kind", "fail_reason"), "", "leads.fail"),
    Step(NEGOTIATING, FAILED, _("未成"), ("failed_on", "fail_kind", "fail_reason"), "", "leads.fail"),
))

PROJECT_LIFECYCLE = Lifecycle(states=Stage, steps=(
    Step(SIGNED, LANDED, _("落地"), ("landed_on",), _("营业执照、备案证或供地文件"), "projects.land"),
    Step(SIGNED, BUILDING, _("开工"), ("started_on",), _("施工许可证"), "projects.start"),
    Step(LANDED, BUILDING, _("开工"), ("started_on",), _("施工许可证"), "projects.start"),
    Step(BUILDING, PRODUCING, _("投产"), ("production_on",), _("投产确认单"), "projects.produce"),
    Step(PRODUCING, FULL, _("达产达效"), ("full_capacity_on",), _("达产达效确认单"), "projects.reach_full"),
    Step(SIGNED, SUSPENDED, _("搁置"), (), _("停缓建决定"), "projects.suspend"),
    Step(LANDED, SUSPENDED, _("搁置"), (), _("停缓建决定"), "projects.suspend"),
    Step(BUILDING, SUSPENDED, _("停缓建"), (), _("停缓建决定"), "projects.suspend"),
    Step(SUSPENDED, SIGNED, _("重启"), (), _("复工报告"), "projects.resume"),
    Step(SUSPENDED, LANDED, _("重启"), (), _("复工报告"), "projects.resume"),
    Step(SUSPENDED, BUILDING, _("复工"), (), _("复工报告"), "projects.resume"),
    Step(SIGNED, TERMINATED, _("终止"), ("terminated_on",), _("解除协议"), "projects.terminate"),
    Step(LANDED, TERMINATED, _("终止"), ("terminated_on",), _("解除协议"), "projects.terminate"),
    Step(BUILDING, TERMINATED, _("终止"), ("terminated_on",), _("解除协议"), "projects.terminate"),
    Step(SUSPENDED, TERMINATED, _("终止"), ("terminated_on",), _("解除协议"), "projects.terminate"),
))

PROGRESS_LIFECYCLE = Lifecycle(states=ProgressStage, steps=(
    Step(ProgressStage.REPORTED, ProgressStage.REVIEWED, _("审核通过"), (), "", "progress.review"),
    Step(ProgressStage.REVIEWED, ProgressStage.REPORTED, _("退回重报"), (), "", "progress.send_back"),
    Step(ProgressStage.REVIEWED, ProgressStage.LOCKED, _("锁定"), (), "", "progress.lock"),
))
