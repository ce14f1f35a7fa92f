"""Promotion offline: venues, agreements with makers and dealers, the guide that is handed out, and public education."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record
from kaifaqu.registers import agreeing
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving


class VenueKind(models.TextChoices):
    """Where people who buy and sell cars are met: the three kinds of the newspaper page of the demo."""

    DEALERSHIP = "dealership", _("4S 店")
    AUTO_PARK = "auto_park", _("汽贸园")
    USED_CARS = "used_cars", _("二手车交易市场")


class PromotionVenue(Dated):
    """推介场所：本单位宣传推广、安排专人对接的一处场所；一处的几个摊位是同一处。"""

    register = "promotion_venues"
    columns = ("code", "name", "kind", "city", "contact", "phone", "keeper", "since", "until")
    listed = ("code", "name", "kind", "city", "keeper", "since", "until")
    code_prefix = "CS"
    keys = (("name",), ("code",))
    headings = {
        "name": ("场所", "场所名称"), "kind": ("场所类型",), "city": ("所在地",), "contact": ("联系人",), "phone": ("电话",),
        "keeper": ("对接人", "专人"), "since": ("开始日期",), "until": ("结束日期",),
    }  # fmt: skip

    name = models.CharField(_("推介场所名称"), max_length=100)
    kind = models.CharField(_("场所类别"), max_length=12, choices=VenueKind)
    city = models.CharField(_("所在地市"), max_length=20, blank=True)
    contact = PersonalField(_("场所联系人"), max_length=100, blank=True)
    phone = PersonalField(_("联系电话"), max_length=40, blank=True)
    keeper = PersonalField(_("对接专人"), max_length=100, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("推介场所")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a venue goes away under its leads."""
        refuse_leaving(written)


class PartnerKind(models.TextChoices):
    """With whom owners are sent and told about: who makes cars, and who sells them."""

    MAKER = "maker", _("车企")
    DEALER = "dealer", _("4S 店")


class DealerAgreement(agreeing.Agreement):
    """推介合作协议：与一家车企或 4S 店签订的一份推介合作协议。

    One record is one signed document. A partner with an account sees the leads that came by its own agreements, and no others,
    each while its agreement is in force.
    """

    register = "dealer_agreements"
    columns = (*agreeing.Agreement.columns, "kind")
    listed = ("code", "partner", "kind", "title", "signed_on", "since", "until", "ended_on")
    code_prefix = "HZ"

    kind = models.CharField(_("合作单位类别"), max_length=8, choices=PartnerKind)

    class Meta(agreeing.Agreement.Meta):
        verbose_name = verbose_name_plural = _("推介合作协议")
        constraints = [*Record.Meta.constraints]

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that an agreement goes away under its leads."""
        refuse_leaving(written)


class GuideTopic(models.TextChoices):
    """What the guide explains."""

    SCRAPPING = "scrapping", _("车辆报废流程")
    SUBSIDY = "subsidy", _("补贴申领流程")


class GuidePage(Record):
    """流程说明：给车主看的一份说明自某日起的文本，到下一份为止。

    One record is one text from a day on; changed by a new policy it is another record, and what was told before stays readable.
    """

    register = "guide_pages"
    columns = ("code", "topic", "since", "text", "cites")
    listed = ("code", "topic", "since", "cites")
    code_prefix = "SM"
    keys = (("topic", "since"), ("code",))
    headings = {"topic": ("说明", "主题"), "since": ("起用日期", "自"), "text": ("正文",), "cites": ("依据", "政策依据")}

    topic = models.CharField(_("说明内容"), max_length=12, choices=GuideTopic)
    since = models.DateField(_("自何日起"))
    text = models.TextField(_("说明正文"), help_text=_("一步一行"))
    cites = models.CharField(_("依据的规定"), max_length=200)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("流程说明")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "topic", "since"), condition=Q(archived_at=None), name="guide_once_a_day",
            violation_error_message=_("自这一天起的说明已经有了，请更正那一份，或改起用的日子。"))]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} {self.since}"

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a guide goes away under the activities at which it was handed out."""
        refuse_leaving(written)


class Theme(models.TextChoices):
    """What the public is told: the four matters that the newspaper page of the demo names."""

    IMPORTANCE = "importance", _("报废回收的重要性")
    AWARENESS = "awareness", _("资源回收循环利用意识")
    CHANNELS = "channels", _("正规回收拆解渠道")
    BATTERIES = "batteries", _("新能源车电池的正确处理")


class OutreachActivity(Record):
    """环保宣传活动：在一个地方举行的一次面向公众的宣传；参加人数是估计的也可以。"""

    register = "outreach_activities"
    columns = ("code", "held_on", "theme", "title", "place", "attendance", "guide")
    code_prefix = "XC"
    keys = (("held_on", "title"), ("code",))
    totals = ("attendance",)
    headings = {"held_on": ("日期",), "theme": ("主题",), "title": ("活动", "活动名称"), "place": ("地点",), "attendance": ("人数",)}

    held_on = models.DateField(_("活动日期"))
    theme = models.CharField(_("宣传主题"), max_length=12, choices=Theme)
    title = models.CharField(_("宣传活动名称"), max_length=100)
    place = models.CharField(_("活动地点"), max_length=100, blank=True)
    attendance = models.PositiveIntegerField(_("参加人数"), null=True, blank=True)
    guide = models.ForeignKey(GuidePage, models.PROTECT, null=True, blank=True, verbose_name=_("所用的流程说明"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("环保宣传活动")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.held_on} {self.title}"

    def clean(self) -> None:
        """Refuse a day that has not come, another owner's guide, and one that was not yet in use."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "held_on")
        refuse_foreign(self, "guide")
        if self.guide is not None and self.guide.since > self.held_on:
            raise ValidationError(_t("「所用的流程说明」自 {since} 起才用，晚于活动日期 {day}。").format(
                since=self.guide.since, day=self.held_on))
