"""Planned capacity: what an investor would make of which product a year, in its unit and in the base unit that adds up."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import units
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.projects.models import Lead

TEN_THOUSAND, YEARLY = "万", "/年"
BASES = {"mass": "吨", "area": "平方米", "length": "米", "volume": "立方米", "energy": "千瓦时"}  # of each kind the unit that adds up
BASE_UNITS = {  # those in which capacities add up: the name of the figure, and what it is called
    "吨": ("tonnes", _("吨")), "套": ("sets", _("套")), "件": ("pieces", _("件")), "台": ("machines", _("台")),
    "支": ("sticks", _("支")), "条": ("strips", _("条")), "辆": ("vehicles", _("辆")), "架": ("aircraft", _("架")),
    "平方米": ("area", _("平方米")), "立方米": ("volume", _("立方米")), "米": ("length", _("米")), "千瓦时": ("energy", _("千瓦时")),
}
NAMES = (  # what products are counted and measured in; a counted thing by ten thousands is the same thing
    gettext_noop("吨"), gettext_noop("万吨"), gettext_noop("套"), gettext_noop("万套"), gettext_noop("件"), gettext_noop("万件"),
    gettext_noop("台"), gettext_noop("万台"), gettext_noop("支"), gettext_noop("万支"), gettext_noop("条"), gettext_noop("万条"),
    gettext_noop("辆"), gettext_noop("架"), gettext_noop("平方米"), gettext_noop("万平方米"), gettext_noop("立方米"),
    gettext_noop("万立方米"), gettext_noop("米"), gettext_noop("千瓦时"), gettext_noop("万千瓦时"),
)


def _told(unit: str) -> str:
    return "/".join(gettext(part) for part in unit.split("/"))


UNITS = [(f"{name}{YEARLY}", lazy(_told, str)(f"{name}{YEARLY}")) for name in NAMES]


def in_base(amount: Decimal, unit: str) -> tuple[Decimal, str]:
    """Return the yearly amount in the base unit of its kind, exactly, and that unit: 10 万吨/年 is 100000 吨/年."""
    name = unit.removesuffix(YEARLY)
    if name in units.MEASURED:
        base = BASES[units.MEASURED[name][0]]
        return units.convert(amount, name, base), f"{base}{YEARLY}"
    counted = name.removeprefix(TEN_THOUSAND)
    return amount * 10_000 if counted != name else amount, f"{counted}{YEARLY}"


class ProductCapacity(Record):
    """拟建产能：一条线索拟建的一种产品的年产能。

    One record is one product of one lead with its yearly capacity; a lead with several products has several, and is still
    one lead. `yearly` is the same capacity in the base unit, in which those of many leads add up.
    """

    register = "product_capacities"
    columns = ("code", "lead", "product", "amount", "unit")
    listed = ("code", "lead", "product", "amount", "unit", "yearly", "base_unit")
    code_prefix = "XC"
    keys = (("lead", "product"), ("code",))
    headings = {
        "lead": ("线索", "项目名称", "拟投项目"), "product": ("产品", "产品名称"), "amount": ("产能", "年产能", "规模"), "unit": ("单位",),
    }

    lead = models.ForeignKey(Lead, models.PROTECT, verbose_name=_("线索"), related_name="+")
    product = models.CharField(_("产品"), max_length=100)
    amount = ExactField(_("拟建年产能"), scale=4)
    unit = models.CharField(_("计量单位"), max_length=12, choices=UNITS)
    yearly = ExactField(_("年产能（基本单位）"), scale=4, null=True, blank=True, editable=False)
    base_unit = models.CharField(_("基本单位"), max_length=12, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("拟建产能")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("lead", "product"), condition=models.Q(archived_at=None), name="productcapacity_once",
            violation_error_message=_("这条线索的这种产品已经登记了产能；数变了的，请更正那一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.product}"

    @property
    def display(self) -> str:
        """Return the capacity in its own unit, as people write it."""
        return units.display(self.amount, self.unit)

    def clean(self) -> None:
        """Refuse another owner's lead, and a capacity that is none."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "lead")
        if self.amount is not None and self.amount <= 0:
            raise ValidationError(_t("「{product}」的拟建年产能应大于 0；还不知道的，先不登记。").format(product=self.product))

    def derived(self) -> dict[str, Any]:
        """Return the capacity in the base unit."""
        if self.amount is None or self.unit not in dict(UNITS):
            return {}
        yearly, base = in_base(self.amount, self.unit)
        return {"yearly": yearly, "base_unit": base}
