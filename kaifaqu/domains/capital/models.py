"""Funds: the parent fund and its sub-funds, what was paid in by whom, and the stakes that a fund takes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.amounts import refuse_nothing
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project


class Level(models.TextChoices):
    """Where a fund stands: a parent fund holds sub-funds."""

    PARENT = "parent", _("母基金")
    SUB = "sub", _("子基金")


class Fund(Record):
    """基金：一支设立的产业基金，母基金或子基金；子基金写明是哪一支母基金的。

    One record is one fund; `size` is what was promised to it (认缴), what was paid in stands in payments of their own.
    """

    register = "funds"
    columns = ("code", "name", "level", "parent", "size", "established_on", "ended_on", "document")
    code_prefix = "FD"
    totals = ("size",)
    keys = (("code",), ("name",))
    headings = {
        "name": ("基金", "基金全称"), "level": ("类型", "级别"), "parent": ("所属母基金",), "size": ("规模", "认缴规模", "目标规模"),
        "established_on": ("成立日期", "成立时间"), "ended_on": ("清算日期",),
    }

    name = models.CharField(_("基金名称"), max_length=200)
    level = models.CharField(_("基金层级"), max_length=8, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("母基金"), related_name="+")
    size = ExactField(_("认缴规模（万元）"), scale=6)
    established_on = models.DateField(_("设立日期"))
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    document = models.CharField(_("设立文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("基金")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse days that cannot be, a fund of no size, and a parent where there should be none, or none where there should be one."""
        super().clean()
        refuse_ahead(self, "established_on", "ended_on")
        refuse_before(self, "ended_on", "established_on")
        refuse_nothing(self, "size")
        if self.archived_at is not None:
            return
        refuse_foreign(self, "parent")
        if self.level == Level.PARENT and self.parent_id is not None:
            raise ValidationError(_t("母基金上面没有母基金，请不填「母基金」，或把「基金层级」改为子基金。"))
        if self.level == Level.SUB and (self.parent is None or self.parent.level != Level.PARENT):
            raise ValidationError(_t("子基金请填「母基金」，选一支层级为母基金的。"))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse a fund that goes away under sub-funds, payments or stakes, and a parent fund of sub-funds that becomes one itself."""
        refuse_leaving(written)
        lowered = [each.pk for each in written if each.level == Level.SUB]
        rows: Any = cls.objects.current().filter(parent__in=lowered).select_related("parent")
        if row := rows.first():
            raise ValidationError(_t("{parent} 下面还有子基金 {fund}，不能改为子基金。").format(parent=row.parent, fund=row))

    @staticmethod
    def on(day: Any) -> Q:
        """Return the condition: on that day the fund is there."""
        return Q(established_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))


class Source(models.TextChoices):
    """Whose money was paid in."""

    PUBLIC = "public", _("财政资金")
    SOCIAL = "social", _("社会资本")


class FundPayment(Record):
    """基金实缴：一笔到账的出资，写明来自财政资金还是社会资本。

    One record is one payment into one fund; what a parent fund pays into its sub-fund is public money there, and a stake of
    the parent fund besides.
    """

    register = "fund_payments"
    columns = ("code", "fund", "paid_on", "origin", "amount", "payer", "document")
    code_prefix = "JC"
    totals = ("amount",)
    headings = {
        "paid_on": ("到账日期", "出资日期"), "origin": ("资金性质",), "amount": ("实缴金额", "金额", "出资额"),
        "payer": ("出资方", "出资人"),
        "fund": ("基金名称",),
    }

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("基金"), related_name="+")
    paid_on = models.DateField(_("实缴日期"))
    origin = models.CharField(_("资金来源"), max_length=8, choices=Source)
    amount = ExactField(_("实缴金额（万元）"), scale=6)
    payer = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("出资单位"), related_name="+")
    document = models.CharField(_("实缴凭证"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("基金实缴")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a payment to come, one of nothing, and another owner's fund or payer."""
        super().clean()
        refuse_ahead(self, "paid_on")
        refuse_nothing(self, "amount")
        if self.archived_at is None:
            refuse_foreign(self, "fund", "payer")


class TargetKind(models.TextChoices):
    """Which firms the funds support."""

    GROWTH = "growth", _("成长型")
    TECHNOLOGY = "technology", _("科技型")


class FundStake(Record):
    """基金投资：一支基金对一家企业，或对另一支基金的一笔投资；落地本区的，连到区内的项目。

    One record is one investment; a second round into the same firm is another one. The project is one of the zone: the link says
    that the money brought it, and changes none of its facts.
    """

    register = "fund_stakes"
    columns = (
        "code", "fund", "enterprise", "into", "target_kind", "amount", "share", "invested_on", "exited_on", "project", "document")
    listed = ("code", "fund", "enterprise", "into", "target_kind", "amount", "invested_on", "project")
    code_prefix = "JT"
    totals = ("amount",)
    headings = {
        "enterprise": ("被投企业", "标的企业"), "into": ("被投基金", "投向基金"), "amount": ("投资金额", "投资额"),
        "invested_on": ("交割日期", "投资时间"), "project": ("落地项目",), "share": ("持股比例", "占股"),
    }

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("基金"), related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("所投企业"), related_name="+")
    into = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, verbose_name=_("所投基金"), related_name="+")
    target_kind = models.CharField(_("扶持对象"), max_length=12, choices=TargetKind, blank=True)
    amount = ExactField(_("投资金额（万元）"), scale=6)
    share = ExactField(_("占比（%）"), scale=4, null=True, blank=True)
    invested_on = models.DateField(_("投资日期"))
    exited_on = models.DateField(_("退出日期"), null=True, blank=True)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, verbose_name=_("落地项目"), related_name="+", help_text=_("没有落地本区的不填"))
    document = models.CharField(_("投资协议"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("基金投资")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse days that cannot be, nothing or two things invested in, a share that is none, and another owner's fund or firm."""
        super().clean()
        refuse_ahead(self, "invested_on", "exited_on")
        refuse_before(self, "exited_on", "invested_on")
        refuse_nothing(self, "amount")
        if (self.enterprise is None) == (self.into is None):
            raise ValidationError(_t("「所投企业」和「所投基金」请填其中一个。"))
        if self.into_id is not None and self.into_id == self.fund_id:
            raise ValidationError(_t("基金不能投自己，请改「所投基金」。"))
        if self.enterprise is not None and not self.target_kind:
            raise ValidationError(_t("投企业的请填「扶持对象」。"))
        if self.share is not None and not 0 < self.share <= 100:
            raise ValidationError(_t("「占比（%）」应大于 0、不超过 100。"))
        if self.archived_at is None:
            refuse_foreign(self, "fund", "enterprise", "into")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse funds that would hold themselves through others."""
        told = [each for each in written if each.archived_at is None and each.exited_on is None and each.into_id is not None]
        owners = {each.owner_id for each in told}
        held: dict[int, set[int]] = {}
        for fund, into in cls.objects.current().filter(owner__in=owners, exited_on=None).exclude(into=None).values_list("fund", "into"):
            held.setdefault(fund, set()).add(into)
        for each in told:
            if each.fund_id in _reached(held, each.into_id):
                raise ValidationError(_t("{fund} 经 {into} 又投回自己，请核对「所投基金」。").format(fund=each.fund, into=each.into))


def _reached(held: dict[int, set[int]], begin: int) -> set[int]:
    """Return the funds that a fund holds, through however many levels."""
    found: set[int] = set()
    waiting = [begin]
    while waiting:
        for fund in held.get(waiting.pop(), ()):
            if fund not in found:
                found.add(fund)
                waiting.append(fund)
    return found
