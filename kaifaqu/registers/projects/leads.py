"""Leads: possible investments, from first contact until they are signed or come to nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import PartialDateField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.lifecycle import LEAD_LIFECYCLE, LeadStage
from kaifaqu.registers.projects.milestones import Milestones, evidence, follows, milestone


class ChainRole(models.TextChoices):
    """What the investor would be on the industry chain: the three steps of attraction by chain."""

    LEADER = "leader", _("龙头引进")
    SUPPORTING = "supporting", _("配套跟进")
    CLUSTER = "cluster", _("集群发展")


class Lead(Milestones):
    """线索：开发区已知的一个可能的投资：某投资方拟投的某个项目。

    One record is one intended project of one investor; the same investor with another intention is another lead, and a
    second contact about the same one is not. A letter of intent leaves it in negotiation; the contract makes a project,
    which is a record of its own and names its lead. `introduced` marks a project brought in along an industry chain.
    """

    register = "leads"
    columns = (
        "code", "name", "investor", "enterprise", "chain", "chain_role", "category", "introduced",
        "first_contact_on", "judged_on", "judged_evidence", "negotiating_on", "negotiating_evidence",
        "intent_on", "intent_evidence", "signed_on", "signed_evidence", "failed_on", "fail_reason",
    )
    listed = ("code", "name", "investor", "stage", "first_contact_on", "negotiating_on", "signed_on")
    code_prefix = "L"
    keys = (("code",), ("name", "first_contact_on"))
    sought = ("investor",)
    ORDER = ("first_contact_on", "judged_on", "negotiating_on", "intent_on", "signed_on")
    LAST = "failed_on"
    lifecycle = LEAD_LIFECYCLE

    name = models.CharField(_("拟投项目"), max_length=200)
    investor = models.CharField(_("投资方"), max_length=200, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("企业"), related_name="+")
    chain = models.CharField(_("产业链"), max_length=40, blank=True)
    chain_role = models.CharField(_("链上作用"), max_length=12, choices=ChainRole, blank=True)
    category = models.CharField(_("类别"), max_length=40, blank=True)
    introduced = models.BooleanField(_("链式引进"), default=False)
    first_contact_on = PartialDateField(_("首次接触日期"))
    judged_on = milestone(_("研判日期"))
    judged_evidence = evidence(_("研判依据"))
    negotiating_on = milestone(_("洽谈日期"))
    negotiating_evidence = evidence(_("洽谈依据"))
    intent_on = milestone(_("意向日期"))
    intent_evidence = evidence(_("意向依据"))
    signed_on = milestone(_("签约日期"))
    signed_evidence = evidence(_("签约依据"))
    failed_on = milestone(_("未成日期"))
    fail_reason = models.CharField(_("未成原因"), max_length=200, blank=True)
    stage = models.CharField(_("阶段"), max_length=24, choices=LeadStage, default=LeadStage.LEAD)

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("线索")
        constraints = [
            *Record.Meta.constraints,
            follows("negotiating", "negotiating_on", _("在谈的线索必须有洽谈日期。")),
            follows("signed", "signed_on", _("已签约的线索必须有签约日期。")),
            follows("failed", "failed_on", _("未成的线索必须有未成日期。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse dates that cannot be, and another owner's enterprise."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "enterprise")

    def derived(self) -> dict[str, str]:
        """Return the stage that the dates say."""
        if self.failed_on:
            return {"stage": LeadStage.FAILED}
        if self.signed_on:
            return {"stage": LeadStage.SIGNED}
        return {"stage": LeadStage.NEGOTIATING if self.negotiating_on else LeadStage.LEAD}

    def warnings(self) -> list[str]:
        """Return what a person should look at; nothing of it prevents saving."""
        return self.undocumented()
