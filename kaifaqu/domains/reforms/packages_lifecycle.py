"""The stages of packages and of their items, and the steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.lifecycle import Stage as CaseStage
from kaifaqu.kernel.lifecycle import Lifecycle, Step


class PackageStage(models.TextChoices):
    """The stages of a package."""

    ENTRUSTED = "entrusted", _("委托")
    HANDLING = "handling", _("办理")
    FINISHED = "finished", _("办结")
    WITHDRAWN = "withdrawn", _("撤回")


ENTRUSTED, HANDLING, FINISHED, WITHDRAWN = PackageStage
UNFINISHED = (ENTRUSTED, HANDLING)
PACKAGE_LIFECYCLE = Lifecycle(PackageStage, (
    Step(ENTRUSTED, HANDLING, _("一次递交"), requires=("submitted_on",), evidence=_("申请材料"), action="packages.submit"),
    Step(HANDLING, FINISHED, _("办结"), requires=("finished_on",), evidence=_("各事项的批文"), action="packages.finish"),
    *(Step(stage, WITHDRAWN, _("撤回"), requires=("withdrawn_on",), action="packages.withdraw") for stage in (ENTRUSTED, HANDLING)),
))  # fmt: skip


class ItemStage(models.TextChoices):
    """The stages of a case in the words of approval: the values are those of cases, the names those of the counter."""

    REGISTERED = CaseStage.REGISTERED.value, _("未启动")
    ASSIGNED = CaseStage.ASSIGNED.value, _("待受理")
    ACCEPTED = CaseStage.ACCEPTED.value, _("受理")
    HANDLING = CaseStage.HANDLING.value, _("办理")
    RESOLVED = CaseStage.RESOLVED.value, _("办结")
    CLOSED = CaseStage.CLOSED.value, _("结果已交付")
    SUSPENDED = CaseStage.SUSPENDED.value, _("补正")
    LONG_TERM = CaseStage.LONG_TERM.value, _("中止")
    REFUSED = CaseStage.REFUSED.value, _("退回")


RUNNING = (ItemStage.ACCEPTED, ItemStage.HANDLING)  # the clock runs
DONE = (ItemStage.RESOLVED, ItemStage.CLOSED)
IDLE = (ItemStage.REGISTERED, ItemStage.REFUSED)  # lies with the agent, not with the body
STEPS = (
    ("submit", IDLE, ItemStage.ASSIGNED, _("递交")),
    ("accept", (ItemStage.ASSIGNED,), ItemStage.ACCEPTED, _("受理")),
    ("begin", (ItemStage.ACCEPTED,), ItemStage.HANDLING, _("开始办理")),
    ("resolve", RUNNING, ItemStage.RESOLVED, _("办结")),
    ("deliver", (ItemStage.RESOLVED,), ItemStage.CLOSED, _("交付结果")),
    ("supplement", (ItemStage.ASSIGNED, *RUNNING), ItemStage.SUSPENDED, _("一次告知补正")),
    ("resume", (ItemStage.SUSPENDED,), ItemStage.ACCEPTED, _("材料补齐")),
    ("resume", (ItemStage.SUSPENDED,), ItemStage.HANDLING, _("材料补齐")),
    ("suspend", RUNNING, ItemStage.LONG_TERM, _("中止计时")),
    ("take_up", (ItemStage.LONG_TERM,), ItemStage.HANDLING, _("恢复计时")),
    ("give_back", (ItemStage.ASSIGNED, *RUNNING), ItemStage.REFUSED, _("退回")),
    ("send_back", (ItemStage.RESOLVED,), ItemStage.HANDLING, _("退回重办")),
)
ITEM_LIFECYCLE = Lifecycle(ItemStage, tuple(
    Step(source, target, label, action=f"package_items.{verb}") for verb, sources, target, label in STEPS for source in sources
))  # fmt: skip
