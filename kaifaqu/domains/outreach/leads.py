"""Leads: owners who came by a question, a venue, a partner or an activity, until their vehicle is there."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.outreach.offline import DealerAgreement, OutreachActivity, PromotionVenue
from kaifaqu.domains.outreach.online import PromotionQuestion
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record, RecordQuerySet
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.vehicles.models import Vehicle

SOURCES = ("question", "venue", "agreement", "activity")


class Channel(models.TextChoices):
    """By which way an owner came: what the lead names."""

    QUESTION = "question", _("线上提问")
    VENUE = "venue", _("推介场所")
    AGREEMENT = "agreement", _("合作单位")
    ACTIVITY = "activity", _("宣传活动")


class LeadQuerySet(RecordQuerySet):
    """Leads, which a partner sees while the agreement by which they came is in force."""

    def seen_by(self, user: Any) -> "LeadQuerySet":
        """Return the leads, archived ones included, of owners that the user may look at, and those that his own party brought."""
        owners = user.owners(PromotionLead.right_to("view"))
        return self.filter(Q(owner__in=owners) | PromotionLead.lent_to(owners))


class PromotionLead(Record):
    """推广线索：一位车主打算报废的一辆车，由一次提问、一处场所、一家合作单位或一次活动带来。

    One record is one car that somebody thinks of scrapping; its code is told to the owner and stands on what he brings. It is
    converted by the vehicle that came in under this code. The partner by whose agreement it came sees it, whom he sent and how
    far it is, while that agreement is in force.
    """

    register = "promotion_leads"
    columns = ("code", "received_on", *SOURCES, "contact", "phone", "consented_on", "vehicle")
    listed = ("code", "received_on", "channel", "venue", "agreement", "vehicle")
    shared = ("agreement__partner__party",)
    code_prefix = "TX"
    headings = {
        "code": ("线索码", "推广码"), "received_on": ("日期", "登记日期"), "contact": ("车主", "联系人"), "phone": ("电话",),
        "consented_on": ("同意日期",), "vehicle": ("车辆", "车辆识别代号"),
    }  # fmt: skip

    received_on = models.DateField(_("线索日期"))
    channel = models.CharField(_("线索来源"), max_length=12, choices=Channel, default=Channel.QUESTION, editable=False)
    question = models.ForeignKey(PromotionQuestion, models.PROTECT, null=True, blank=True, verbose_name=_("车主提问"), related_name="+")
    venue = models.ForeignKey(PromotionVenue, models.PROTECT, null=True, blank=True, verbose_name=_("推介场所"), related_name="+")
    agreement = models.ForeignKey(DealerAgreement, models.PROTECT, null=True, blank=True, verbose_name=_("推介合作协议"), related_name="+")
    activity = models.ForeignKey(OutreachActivity, models.PROTECT, null=True, blank=True, verbose_name=_("环保宣传活动"), related_name="+")
    contact = PersonalField(_("车主"), max_length=100, blank=True)
    phone = PersonalField(_("联系电话"), max_length=40, blank=True)
    consented_on = models.DateField(
        _("同意留联系方式的日期"), null=True, blank=True, help_text=_("填了「车主」或「联系电话」的要填"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, verbose_name=_("报废机动车"), related_name="+")

    objects = LeadQuerySet.as_manager()  # type: ignore[misc]  # a manager that also asks for the agreement

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("推广线索")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("vehicle",), condition=Q(archived_at=None, vehicle__isnull=False), name="lead_vehicle_once",
            violation_error_message=_("这辆车已记在另一条线索上；一辆车只算一条线索带来的。"))]

    @classmethod
    def lent_to(cls, owners: Any) -> Q:
        """Return the condition: one of these parties is the partner by whose agreement it came, and that is in force today."""
        standing = DealerAgreement.objects.current().filter(DealerAgreement.in_force(clock.today()), partner__party__in=owners)
        return Q(agreement__in=standing)

    @property
    def party_id(self) -> int | None:
        """Return the account of the partner by whose agreement it came, while that is in force."""
        return self.agreement.partner.party_id if self.agreement and self.agreement.stands(clock.today()) else None

    def parties(self) -> set[int]:
        """Return the parties whose members may look at it: its owner, and the partner by whom it came."""
        return {pk for pk in (self.owner_id, self.party_id) if pk}

    def derived(self) -> dict[str, str]:
        """Return the channel that its source says."""
        return {"channel": next((name for name in SOURCES if getattr(self, f"{name}_id")), Channel.QUESTION)}

    def clean(self) -> None:
        """Refuse a lead of no or several sources, contacts without consent, days that cannot be, agreements that are over, foreign rows."""
        super().clean()
        if self.archived_at is not None:
            return
        if sum(getattr(self, f"{name}_id") is not None for name in SOURCES) != 1:
            raise ValidationError(_t("请填写线索由哪里来：车主提问、推介场所、推介合作协议、环保宣传活动四项填一项，只填一项。"))
        refuse_ahead(self, "received_on", "consented_on")
        self._refuse_unconsented()
        refuse_foreign(self, *SOURCES, "vehicle")
        if self.agreement is not None and not self.agreement.stands(self.received_on):
            raise ValidationError(_t("{agreement} 在「线索日期」{day} 没有生效，或者已经终止；这条线索请改填别的来源。").format(
                agreement=self.agreement, day=self.received_on))
        came = self.vehicle.received_on if self.vehicle is not None else None
        if came is not None and came < self.received_on:
            raise ValidationError(_t("{vehicle} 在 {came} 已经进场，早于「线索日期」{day}，不是这条线索带来的，请核对。").format(
                vehicle=self.vehicle, came=came, day=self.received_on))

    def _refuse_unconsented(self) -> None:
        """Refuse a name or number kept without the day of consent; what was kept before such days were asked for may stay."""
        given = [name for name in ("contact", "phone") if getattr(self, name)]
        if self.consented_on is not None or not given:
            return
        stored = PromotionLead.objects.filter(pk=self.pk, consented_on=None).first() if self.pk else None
        if stored is None or any(getattr(stored, name) != getattr(self, name) for name in given):
            raise ValidationError(_t(
                "填了车主或联系电话，没有填「同意留联系方式的日期」；请问过车主，填他同意的那一天，没有同意的不要留姓名和电话。"))
