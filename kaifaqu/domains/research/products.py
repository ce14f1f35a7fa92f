"""Products, and the four chains that meet in one: research, industry, money and people."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.research.ledger import RDProject
from kaifaqu.domains.research.rules import DIRECTIONS, INDUSTRY
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField, PersonalField
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.registers.amounts import refuse_nothing
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.listing import refuse_unlisted
from kaifaqu.registers.organisations.models import Enterprise


class BusinessLine(models.TextChoices):
    """The lines of business of an institute that makes equipment; orders and income are told by them."""

    EQUIPMENT = "equipment", _("装备制造")
    SERVICE = "service", _("延伸服务")
    TESTING = "testing", _("检验检测")


class Transformation(models.TextChoices):
    """Which way of transforming the industry a product serves."""

    DIGITAL = "digital", _("数字化")
    INTELLIGENT = "intelligent", _("智能化")
    GREEN = "green", _("绿色化")
    SERVICE = "service", _("服务化")


class RDProduct(Record):
    """装备产品：对外销售或提供的一种产品、系统。

    One record is one product under one name, whatever its sizes; a machine of it is a serial number, not a product.
    """

    register = "rd_products"
    columns = ("code", "name", "direction", "line", "transformation", "flagship", "launched_on", "note")
    code_prefix = "CP"
    keys = (("code",), ("name",))
    headings = {"name": ("产品",), "direction": ("方向",), "line": ("板块",), "flagship": ("代表性产品",)}

    name = models.CharField(_("装备产品名称"), max_length=100)
    direction = models.CharField(_("产业方向"), max_length=40, help_text=_("规则「产业方向和科研方向」里的名称"))
    line = models.CharField(_("业务板块"), max_length=12, choices=BusinessLine, default=BusinessLine.EQUIPMENT)
    transformation = models.CharField(_("转型方向"), max_length=12, choices=Transformation, blank=True)
    flagship = models.BooleanField(_("标志性产品"), default=False)
    launched_on = models.DateField(_("推出日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("装备产品")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "name"), condition=Q(archived_at=None), name="rdproduct_name",
            violation_error_message=_("本单位已有这个名称的产品。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a direction that the rule does not have, and a day to come."""
        super().clean()
        refuse_ahead(self, "launched_on")
        refuse_unlisted(self, "direction", DIRECTIONS, INDUSTRY, *([self.launched_on] if self.launched_on else []))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a product that is ordered, tested, delivered or linked."""
        refuse_leaving(written)


class FundingKind(models.TextChoices):
    """Where the money comes from."""

    FISCAL = "fiscal", _("财政资金")
    FUND = "fund", _("产业基金")
    OWN = "own", _("自筹")
    ENTRUSTED = "entrusted", _("委托经费")


class RDFunding(Record):
    """科研资金：一笔有来源、有文件的资金。

    One record is one sum granted by one document.
    """

    register = "rd_fundings"
    columns = ("code", "name", "kind", "amount", "granted_on", "document")
    code_prefix = "ZJ"
    keys = (("code",), ("name",))
    totals = ("amount",)
    headings = {"name": ("资金",), "kind": ("来源",), "amount": ("金额",), "granted_on": ("下达日期",), "document": ("文号",)}

    name = models.CharField(_("资金名称"), max_length=100)
    kind = models.CharField(_("资金种类"), max_length=12, choices=FundingKind)
    amount = ExactField(_("金额（万元）"), scale=6)
    granted_on = models.DateField(_("到位日期"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("科研资金")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a sum of nothing, and a day to come."""
        super().clean()
        refuse_nothing(self, "amount")
        refuse_ahead(self, "granted_on")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive money that is linked to a product."""
        refuse_leaving(written)


class RDMember(Dated):
    """团队角色：一个人在一段时间里担任的一个研发角色.

    One record is one role of one person from a day on. The role is told, the person only to whoever may see personal facts.
    """

    register = "rd_members"
    columns = ("code", "role", "person", "since", "until")
    code_prefix = "TD"
    headings = {"role": ("职务", "分工"), "person": ("成员",)}

    role = models.CharField(_("研发角色"), max_length=60, help_text=_("如总体设计、电控"))
    person = PersonalField(_("姓名"), max_length=100, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("团队角色")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.role}"

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a role that is linked to a product."""
        refuse_leaving(written)


class FusionKind(models.TextChoices):
    """The four chains that are to be joined."""

    INNOVATION = "innovation", _("创新链")
    INDUSTRY = "industry", _("产业链")
    MONEY = "money", _("资金链")
    TALENT = "talent", _("人才链")


ENDS = {  # of which column the other end of a link stands
    FusionKind.INNOVATION: "project", FusionKind.INDUSTRY: "enterprise", FusionKind.MONEY: "funding", FusionKind.TALENT: "member"}


class FusionLink(Record):
    """四链关联：一个产品和一个科研项目、一家上下游企业、一笔资金或一个团队角色的关联.

    One record joins one product with one other end; which chain it is follows from that end.
    """

    register = "fusion_links"
    columns = ("code", "product", "project", "enterprise", "funding", "member", "note")
    listed = ("code", "product", "kind", "project", "enterprise", "funding", "member")
    code_prefix = "SL"
    headings = {"project": ("课题",), "enterprise": ("上下游企业",), "funding": ("资金",), "member": ("人员",)}

    product = models.ForeignKey(RDProduct, models.PROTECT, verbose_name=_("产品"), related_name="+")
    project = models.ForeignKey(RDProject, models.PROTECT, null=True, blank=True, verbose_name=_("科研项目"), related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("企业"), related_name="+")
    funding = models.ForeignKey(RDFunding, models.PROTECT, null=True, blank=True, verbose_name=_("科研资金"), related_name="+")
    member = models.ForeignKey(RDMember, models.PROTECT, null=True, blank=True, verbose_name=_("团队角色"), related_name="+")
    kind = models.CharField(_("哪条链"), max_length=12, choices=FusionKind, editable=False, default=FusionKind.INNOVATION)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("四链关联")
        constraints = [*Record.Meta.constraints, *(models.UniqueConstraint(
            fields=("product", name), condition=Q(archived_at=None) & Q(**{f"{name}__isnull": False}), name=f"fusionlink_{name}_once",
            violation_error_message=_("这个产品和它的关联已经登记。")) for name in ENDS.values())]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()}"

    def derived(self) -> dict[str, Any]:
        """Return the chain to which the other end belongs."""
        return {"kind": next((kind for kind, name in ENDS.items() if getattr(self, f"{name}_id") or getattr(self, name)), self.kind)}

    def clean(self) -> None:
        """Refuse another owner's records, and a link that has no other end or several."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "product", *ENDS.values())
        if sum(getattr(self, name) is not None for name in ENDS.values()) != 1:
            raise ValidationError(_t("四链关联：{ends}填一个，要关联几个就登记几条。").format(
                ends="、".join(f"「{field_of(FusionLink, name).verbose_name}」" for name in ENDS.values())))
