"""Industry chains: segments that feed one another, the firms on them or aimed at, who leads each chain, who supplies whom."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.assigning import OneHolder
from kaifaqu.registers.chains.chain import Chain
from kaifaqu.registers.chains.tasks import ChainTask
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.spans import refuse_overlaps

__all__ = ["Chain", "ChainHead", "ChainLink", "ChainNode", "ChainTask", "HeadRole", "NodeFirm", "Position", "Standing", "Supply", "Wanted"]
YEARS = range(2000, 2100)


class HeadRole(models.TextChoices):
    """Who leads a chain: the named leader, and whoever stands in."""

    HEAD = "head", _("链长")
    DEPUTY = "deputy", _("副链长")


class ChainHead(OneHolder):
    """链长：一位领导在一段时间里牵头一条产业链。

    One record is one holder of one role on one chain; a change of person ends it and begins another.
    """

    register = "chain_heads"
    subject = models.ForeignKey(Chain, models.PROTECT, verbose_name=_("产业链"), related_name="+")
    role = models.CharField(_("职责"), max_length=40, choices=HeadRole, default=HeadRole.HEAD)

    class Meta(OneHolder.Meta):
        verbose_name = verbose_name_plural = _("链长")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("subject", "role"), condition=Q(until=None, archived_at=None), name="chainhead_one_holder",
            violation_error_message=_("这条链的这一职责已有人担任；更换请在产业链上办理「任命链长」。"))]


class Position(models.TextChoices):
    """Where a segment stands on its chain."""

    UPSTREAM = "1", _("上游")
    MIDSTREAM = "2", _("中游")
    DOWNSTREAM = "3", _("下游")


class Wanted(models.TextChoices):
    """What the zone wants to do at a segment."""

    FILL = "fill", _("补链")
    STRENGTHEN = "strengthen", _("强链")
    EXTEND = "extend", _("延链")


class ChainNode(Record):
    """环节：一条产业链上的一个环节，不论现在有没有企业。

    One record is one segment of one chain under one name; a segment that two chains share is two records.
    """

    register = "chain_nodes"
    columns = ("code", "chain", "name", "position", "wanted", "note")
    code_prefix = "LH"
    keys = (("code",), ("chain", "name"))
    headings = {"name": ("环节",), "position": ("上中下游", "位置"), "wanted": ("补链强链延链", "招商方向")}

    chain = models.ForeignKey(Chain, models.PROTECT, verbose_name=_("产业链"), related_name="+")
    name = models.CharField(_("环节名称"), max_length=60)
    position = models.CharField(_("链上位置"), max_length=1, choices=Position, blank=True)
    wanted = models.CharField(_("招商方向"), max_length=12, choices=Wanted, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("环节")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("chain", "name"), condition=Q(archived_at=None), name="chainnode_name",
            violation_error_message=_("这条链上已有这个名称的环节。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse another owner's chain, and to move to another chain: what stands on the segment and feeds it is of this one."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "chain")
        before = ChainNode.objects.current().filter(pk=self.pk).exclude(chain_id=self.chain_id).select_related("chain").first()
        if before is not None:
            raise ValidationError(_t("环节「{node}」在产业链「{chain}」上，不能改到另一条链；请在那条链上另登记一个环节。").format(
                node=before.name, chain=before.chain.name))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a segment with firms, links, leads or supplies."""
        refuse_leaving(written)


class ChainLink(Record):
    """环节关系：一个环节的产品供给同一条链上的另一个环节。

    One record is one pair of segments, from the one that feeds to the one that is fed. They run in no circle.
    """

    register = "chain_links"
    columns = ("code", "feeder", "fed")
    code_prefix = "GX"
    keys = (("feeder", "fed"), ("code",))

    feeder = models.ForeignKey(ChainNode, models.PROTECT, verbose_name=_("供给环节"), related_name="+")
    fed = models.ForeignKey(ChainNode, models.PROTECT, verbose_name=_("承接环节"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("环节关系")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("feeder", "fed"), condition=Q(archived_at=None), name="chainlink_pair",
            violation_error_message=_("这两个环节的关系已经登记。"))]

    def __str__(self) -> str:
        return f"{self.feeder.name} → {self.fed.name}"

    def clean(self) -> None:
        """Refuse another owner's segments, two of different chains, and one that feeds itself."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "feeder", "fed")
        if self.feeder.chain_id != self.fed.chain_id:
            raise ValidationError(_t("{link}：两个环节不在同一条产业链上，请改选同一条链的环节。").format(link=self))
        if self.feeder_id == self.fed_id:
            raise ValidationError(_t("「{node}」不能供给自己，请改选另一个环节。").format(node=self.feeder.name))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse links that close a circle, naming its segments; all links of the chains concerned are read once."""
        feeders = ChainNode.objects.filter(id__in=[link.feeder_id for link in written if link.archived_at is None])
        chains = {*feeders.values_list("chain_id", flat=True)}
        fed: dict[int, list[int]] = defaultdict(list)
        for one, other in cls.objects.current().filter(feeder__chain_id__in=chains).values_list("feeder_id", "fed_id"):
            fed[one].append(other)
        for link in written:
            if link.archived_at is None and (circle := way(fed, link.fed_id, link.feeder_id)):
                names = dict(ChainNode.objects.filter(id__in=circle).values_list("id", "name"))
                told = " → ".join(names[each] for each in (link.feeder_id, *circle))
                raise ValidationError(_t("{link}：环节关系成了一个圈（{circle}），请去掉其中一条。").format(link=link, circle=told))


def way(fed: dict[int, list[int]], start: int, goal: int) -> list[int]:
    """Return the segments from one to another along what each feeds, both ends with them; nothing where there is no way."""
    waiting, came = [start], {start: start}
    while waiting and goal not in came:
        at = waiting.pop()
        for each in fed.get(at, ()):
            if each not in came:
                came[each] = at
                waiting.append(each)
    if goal not in came:
        return []
    found = [goal]
    while found[-1] != start:
        found.append(came[found[-1]])
    return found[::-1]


class Standing(models.TextChoices):
    """How a firm stands to a segment."""

    PRESENT = "present", _("已有")
    TARGET = "target", _("目标")


class NodeFirm(Dated):
    """环节企业：一家企业在一段时间里是一个环节上的已有企业，或招商的目标企业。

    One record is one firm on one segment in one standing. A firm of the zone is named by its record in the register of enterprises, one
    that is only aimed at by its name. `anchor` marks a 链主, which need not be there yet.
    """

    register = "node_firms"
    columns = ("code", "node", "enterprise", "name", "standing", "anchor", "since", "until", "basis")
    code_prefix = "HQ"
    keys = (("code",), ("node", "enterprise"), ("node", "name"))
    headings = {"name": ("目标企业", "企业名称"), "standing": ("状态",), "anchor": ("是否链主",), "basis": ("线索来源",)}

    node = models.ForeignKey(ChainNode, models.PROTECT, verbose_name=_("环节"), related_name="+")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("企业"), related_name="+", help_text=_("在册的企业"))
    name = models.CharField(_("企业名称"), max_length=200, blank=True, help_text=_("不在册的目标企业，只写名称"))
    standing = models.CharField(_("所处状态"), max_length=12, choices=Standing, default=Standing.PRESENT)
    anchor = models.BooleanField(_("链主"), default=False)
    basis = models.CharField(_("从何得知"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("环节企业")
        constraints = [
            *Record.Meta.constraints,
            *(models.UniqueConstraint(
                fields=("node", column), condition=Q(until=None, archived_at=None) & filled, name=f"nodefirm_{column}_once",
                violation_error_message=_("这家企业在这个环节上已经登记；目标企业来了的，请在那一条上办理「已落户」。"))
              for column, filled in (("enterprise", Q(enterprise__isnull=False)), ("name", ~Q(name="")))),
        ]

    @property
    def firm(self) -> str:
        """Return the firm's name, whichever way it is given."""
        return self.enterprise.name if self.enterprise else self.name

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()  # whose record it is, only who may see that record is told

    def clean(self) -> None:
        """Refuse a firm named twice or not at all, another owner's segment or enterprise, a present firm without record, and a target
        that becomes present in its own row: it would have been there all the time.
        """
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "node", "enterprise")
        if (self.enterprise is None) == (not self.name):
            raise ValidationError(_t("环节企业：在册的企业请选「企业」，不在册的写「企业名称」，两者填一个。"))
        if self.enterprise is None and self.standing == Standing.PRESENT:
            raise ValidationError(_t("「{name}」：已有企业请先在企业名录登记，再选「企业」；还没有来的，状态选「目标」。").format(
                name=self.name))
        if self.pk and (before := NodeFirm.objects.current().filter(pk=self.pk).exclude(standing=self.standing).first()):
            raise ValidationError(_t("{row} 的「所处状态」不能改：目标企业来了的，请办理「已落户」；登记错了的，请归档后重新登记。").format(
                row=before))

    def offers(self, verb: str) -> bool:
        """Tell whether the step makes sense: only a firm that is still aimed at can come."""
        is_sought = self.standing == Standing.TARGET and self.until is None
        return super().offers(verb) and (verb != "settle" or is_sought)

    def warnings(self) -> list[str]:
        """Say that the chain has another leader: it is led by one firm."""
        if not self.anchor or self.standing != Standing.PRESENT or self.until is not None:
            return []
        leaders: Any = NodeFirm.objects.current().filter(anchor=True, standing=Standing.PRESENT, until=None)
        others = leaders.filter(node__chain_id=self.node.chain_id).exclude(enterprise_id=self.enterprise_id)
        count = others.values("enterprise_id").distinct().count()
        return [_t("这条产业链另有 {count} 家链主，请核对谁是链主。").format(count=count)] if count else []

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse a firm that stands on a segment twice on one day."""
        refuse_overlaps(written, "node_id", "enterprise_id", "name")


class Supply(Record):
    """本地配套：一年里一家企业向一家供应商采购的一种产品和金额。

    One record is one product that one enterprise bought of one supplier in one year; `local` says whether the supplier produces in the
    zone. What an enterprise tells for this purpose, never a figure of a statistical return.
    """

    register = "supplies"
    columns = ("code", "year", "buyer", "node", "product", "supplier", "supplier_name", "local", "amount")
    code_prefix = "PT"
    keys = (("code",), ("year", "buyer", "product", "supplier"), ("year", "buyer", "product", "supplier_name"))
    totals = ("amount",)
    headings = {"buyer": ("采购企业",), "product": ("产品", "配套产品"), "local": ("是否本地",), "amount": ("采购额", "金额")}

    year = models.PositiveSmallIntegerField(_("年度"))
    buyer = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("采购方"), related_name="+")
    node = models.ForeignKey(
        ChainNode, models.PROTECT, null=True, blank=True, verbose_name=_("环节"), related_name="+", help_text=_("采购的产品属于哪个环节"))
    product = models.CharField(_("配套产品"), max_length=100)
    supplier = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("供应商（在册）"), related_name="+")
    supplier_name = models.CharField(_("供应商名称"), max_length=200, blank=True)
    local = models.BooleanField(_("本地供应"), default=False, help_text=_("供应商在册的，自动算本地"))
    amount = ExactField(_("年采购额（万元）"), scale=6)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("本地配套")
        constraints = [
            *Record.Meta.constraints,
            *(models.UniqueConstraint(
                fields=("year", "buyer", "product", column), condition=Q(archived_at=None) & filled, name=f"supply_{column}_once",
                violation_error_message=_("这一年这家企业向这家供应商采购的这种产品已经登记，数变了的，请更正那一条。"))
              for column, filled in (("supplier", Q(supplier__isnull=False)), ("supplier_name", ~Q(supplier_name="")))),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.product}"

    def clean(self) -> None:
        """Refuse another owner's records, a year that is none, a supplier that is named twice, not at all or buys of itself, an
        amount below zero, and that a supplier on record is said not to be local.
        """
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "buyer", "node", "supplier")
        if (self.supplier is None) == (not self.supplier_name):
            raise ValidationError(_t("「{product}」：在册的供应商请选「供应商（在册）」，不在册的写名称，两者填一个。").format(
                product=self.product))
        if self.supplier is not None and not self.pk:
            self.local = True  # a form tells the box that nobody touched as "no"
        problems = [] if self.year in YEARS else [_t("「年度」{year} 不像年份，请写四位数，如 2024。").format(year=self.year)]
        if self.supplier_id is not None and self.supplier_id == self.buyer_id:
            problems.append(_t("「{product}」：供应商和采购方是同一家企业，请核对。").format(product=self.product))
        if self.amount is not None and self.amount < 0:
            problems.append(_t("「{product}」的年采购额不能小于 0。").format(product=self.product))
        if self.supplier is not None and not self.local:
            problems.append(_t("「{product}」：供应商在册的，都算本地供应；不在本地的供应商，请写「供应商名称」。").format(product=self.product))
        if problems:
            raise ValidationError(problems)

    def derived(self) -> dict[str, Any]:
        """Return that a supplier on record, which is one of the zone, supplies locally; one that is named instead does where it is said."""
        if self.supplier_id is not None:
            return {"local": True}
        was_on_record = self.local and self.pk and Supply.objects.filter(pk=self.pk, supplier__isnull=False).exists()
        return {"local": False} if was_on_record else {}
