"""Agreements with partners, abstract: what was signed with whom, and from when to when it is in force."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.organisations.models import Enterprise


class Agreement(Dated):
    """One agreement with one partner, in force from `since` until its agreed end, or until it really ended.

    One record is one signed document; a second agreement with the same partner, or a renewal, is another record, so that
    partners are counted distinct. `until` and `ended_on` are the first days on which it is no longer in force.
    """

    columns: ClassVar[tuple[str, ...]] = ("code", "partner", "title", "signed_on", "since", "until", "ended_on", "document")
    keys: ClassVar[tuple[tuple[str, ...], ...]] = (("code",), ("partner", "signed_on", "title"))
    headings = {
        "partner": ("合作企业", "签约单位", "协议单位", "乙方"), "title": ("协议名称", "合同名称"), "signed_on": ("签订日期", "签约时间"),
        "since": ("生效日期", "起始日期"), "document": ("协议编号", "合同编号"),
    }

    partner = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("合作单位"), related_name="+")
    title = models.CharField(_("协议名称"), max_length=200)
    signed_on = models.DateField(_("签订日期"))
    since = models.DateField(_("生效日期"))
    until = models.DateField(_("约定到期日（不含）"), null=True, blank=True)
    ended_on = models.DateField(_("实际终止日（不含）"), null=True, blank=True)
    document = models.CharField(_("协议编号"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @staticmethod
    def in_force(day: date) -> Q:
        """Return the condition: signed, and in force on that day."""
        return Q(signed_on__lte=day) & Dated.on(day) & (Q(ended_on=None) | Q(ended_on__gt=day))

    def stands(self, day: date) -> bool:
        """Tell whether it is signed, and in force on that day."""
        ends = [each for each in (self.until, self.ended_on) if each is not None]
        return self.archived_at is None and max(self.signed_on, self.since) <= day and all(day < each for each in ends)

    def clean(self) -> None:
        """Refuse a span that is none, days of facts that have not come, and another owner's partner."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "partner")
        refuse_ahead(self, "signed_on", "ended_on")
        refuse_before(self, "ended_on", "signed_on")

    def warnings(self) -> list[Any]:
        """Say that the agreed end is over and nobody has said whether it was renewed."""
        if self.ended_on is None and self.until is not None and self.until <= clock.today():
            return [_t("约定到期日 {day} 已过，不再计入有效协议；续签的请另登记一条。").format(day=self.until)]
        return []
