"""Leads: possible investments, from first contact until they are signed or come to nothing."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import PartialDateField
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.registers.chains.models import Chain, ChainNode
from kaifaqu.registers.organisations.codes import CreditCodeField, credit_code_problem
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects import gates
from kaifaqu.registers.projects.lifecycle import LEAD_LIFECYCLE, LeadStage
from kaifaqu.registers.projects.milestones import Milestones, evidence, follows, milestone
from kaifaqu.registers.projects.rules import ALIKE


class ChainRole(models.TextChoices):
    """What the investor would be on the industry chain: the three steps of attraction by chain."""

    LEADER = "leader", _("龙头引进")
    SUPPORTING = "supporting", _("配套跟进")
    CLUSTER = "cluster", _("集群发展")


class FailKind(models.TextChoices):
    """Why leads come to nothing, for counting; the words stand beside it."""

    LAND = "land", _("用地")
    ENERGY = "energy", _("用能")
    ENVIRONMENT = "environment", _("环境容量")
    FUNDS = "funds", _("资金")
    MARKET = "market", _("市场")
    POLICY = "policy", _("政策")
    INVESTOR = "investor", _("投资方改变")
    OTHER = "other", _("其他")



class Lead(Milestones):
    """线索：开发区已知的一个可能的投资：某投资方拟投的某个项目。

    One record is one intended project of one investor; the same investor with another intention is another lead, and a
    second contact about the same one is not. A letter of intent leaves it in negotiation; the contract makes a project,
    which is a record of its own and names its lead. `introduced` marks a project brought in along an industry chain.
    """

    register = "leads"
    columns = (
        "code", "name", "investor", "investor_code", "enterprise", "chain", "node", "chain_role", "category", "introduced",
        "first_contact_on", "judged_on", "judged_evidence", "negotiating_on", "negotiating_evidence",
        "intent_on", "intent_evidence", "signed_on", "signed_evidence", "failed_on", "fail_kind",
        "fail_reason",
    )
    listed = ("code", "name", "investor", "stage", "first_contact_on", "negotiating_on", "signed_on")
    code_prefix = "L"
    keys = (("code",), ("investor_code", "name"), ("investor", "name"), ("name", "first_contact_on"))
    headings = {
        "name": ("项目名称", "意向项目", "拟投资项目"), "investor": ("投资主体", "投资企业", "投资商"),
        "investor_code": ("投资方信用代码", "统一社会信用代码"), "node": ("链上环节", "所属环节"), "fail_kind": ("失败原因", "流失原因"),
    }
    sought = ("investor",)
    ORDER = ("first_contact_on", "judged_on", "negotiating_on", "intent_on", "signed_on")
    LAST = "failed_on"
    NEGOTIATED = ("negotiating_on", "intent_on", "signed_on")  # of these each says that there are negotiations
    lifecycle = LEAD_LIFECYCLE

    name = models.CharField(_("拟投项目"), max_length=200)
    investor = models.CharField(_("投资方"), max_length=200, blank=True)
    investor_code = CreditCodeField(_("投资方统一社会信用代码"), blank=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("企业"), related_name="+")
    chain = models.ForeignKey(
        Chain, models.PROTECT, null=True, blank=True, verbose_name=_("产业链"), related_name="+", help_text=_("选了环节的，不用填"))
    node = models.ForeignKey(ChainNode, models.PROTECT, null=True, blank=True, verbose_name=_("环节"), related_name="+")
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
    fail_kind = models.CharField(_("未成原因类别"), max_length=12, choices=FailKind, blank=True)
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
        """Refuse dates that cannot be, another owner's enterprise or chain, and a segment of another chain."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "enterprise", "chain", "node")
        if self.node and self.chain and self.node.chain_id != self.chain_id:
            raise ValidationError(_t("环节「{node}」不在产业链「{chain}」上：请改选这条链的环节，或把产业链空着。").format(
                node=self.node.name, chain=self.chain.name))

    def begins(self, facts: dict[str, Any]) -> bool:
        """Tell whether with these facts negotiations begin, or what comes of them only, whose beginning is not told."""
        return self.negotiating_on is None and any(facts.get(name) and getattr(self, name) is None for name in self.NEGOTIATED)

    def needs_own_reason(self, facts: dict[str, Any]) -> bool:
        """Tell whether the change needs a reason that a person has written: negotiations begin, and a gate holds it."""
        return self.begins(facts) and bool(gates.lacking(self, "negotiate"))

    def derived(self) -> dict[str, Any]:
        """Return the stage that the dates say, and the chain of the segment where only that is given."""
        chain = {"chain": self.node.chain} if self.node and not self.chain else {}
        return {"stage": self._stage(), **chain}

    def _stage(self) -> str:
        if self.failed_on:
            return LeadStage.FAILED
        if self.signed_on:
            return LeadStage.SIGNED
        return LeadStage.NEGOTIATING if self.negotiating_on else LeadStage.LEAD

    def warnings(self) -> list[str]:
        """Return what a person should look at: a wrong code, a lead that may be the same, dates without evidence."""
        problem = credit_code_problem(self.investor_code)
        return [*([problem] if problem else []), *self._alike(), *self.undocumented()]

    def _alike(self) -> Iterator[str]:
        """Yield a sentence for each other lead of the owner and the same investor whose project has the same or a like name."""
        same = Q(*((name, value) for name in ("investor_code", "investor") if (value := getattr(self, name))), _connector=Q.OR)
        if not same or self.archived_at is not None:
            return
        others = [*Lead.objects.current().filter(same, owner_id=self.owner_id).exclude(pk=self.pk).order_by("code")]
        least = dated.resolve(ALIKE.code, self.owner_id, clock.today(), World()).content["percent"] if others else 100
        for other in others:
            if SequenceMatcher(None, self.name, other.name).ratio() * 100 >= least:
                yield _t("可能与线索 {other}（{stage}）是同一个：同一投资方，拟投项目相同或相近，请核对。").format(
                    other=other, stage=other.get_stage_display())
