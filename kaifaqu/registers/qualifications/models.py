"""Qualifications of enterprises, and the cases in which those that end soon are renewed."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.acting import provide
from kaifaqu.cases.models import Case, CaseStep
from kaifaqu.clocks.moments import Kind as Clock
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise


class Kind(models.TextChoices):
    """What an enterprise may be permitted, certified or recognised for; each by its own authority and law."""

    PRODUCTION = "production_certificate", _("生产许可证")
    OPERATING = "operating_certificate", _("经营许可证")
    AIRWORTHINESS = "airworthiness", _("适航证")
    NEW_RD_ORG = "new_rd_org", _("省级新型研发机构认定")
    ELV_DISMANTLING = "elv_dismantling", _("报废机动车回收拆解资质认定")
    ELV_DEREGISTRATION = "elv_deregistration", _("机动车注销业务")
    REMANUFACTURING = "remanufacturing", _("再制造企业资质")
    TESTING = "testing", _("检验检测资质")
    OTHER = "other", _("其他资质")


class Qualification(Dated):
    """资质证照：一家企业就一个范围取得的一份许可、证书、资质或认定，自某日起有效，到某日止。

    One record is one document with its number; a renewal is another record. `until` is the first day on which it is no
    longer valid, whether it ran out or was withdrawn; without one it is valid until further notice. `subject` says for
    what it holds (a type of aircraft, a kind of business).
    """

    register = "qualifications"
    columns = ("code", "holder", "kind", "subject", "number", "authority", "since", "until", "document")
    listed = ("code", "holder", "kind", "subject", "authority", "since", "until")
    code_prefix = "ZZ"
    keys = (("code",), ("holder", "kind", "number"))
    headings = {
        "holder": ("持证企业", "持证单位", "企业名称"), "kind": ("证照名称", "资质类别"), "subject": ("许可范围", "机型", "型号"),
        "number": ("证书编号", "许可证号"), "authority": ("发证机关", "认定机关"), "since": ("发证日期", "有效期起", "批准日期"),
        "document": ("批准文件",),
    }

    holder = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("持证企业"), related_name="+")
    kind = models.CharField(_("证照种类"), max_length=24, choices=Kind)
    subject = models.CharField(_("型号或范围"), max_length=100, blank=True)
    number = models.CharField(_("证号"), max_length=100, blank=True)
    authority = models.CharField(_("发证机关"), max_length=100, blank=True)
    since = models.DateField(_("发证日期"))
    until = models.DateField(_("失效日期"), null=True, blank=True, help_text=_("有效期最后一天的次日；长期有效的不填"))
    document = models.CharField(_("批准文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("资质证照")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("until",), name="qualification_until")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.code, self.subject, self.get_kind_display())))

    def clean(self) -> None:
        """Refuse a span that is none, a document of a day that has not come, and another owner's holder."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "holder")
        if self.since > clock.today():
            raise ValidationError(_t("「发证日期」{day} 还没有到（今天是 {today}），请核对。").format(day=self.since, today=clock.today()))

    def warnings(self) -> list[str]:
        """Say that it is over, or that it ends soon by the owner's rule."""
        from kaifaqu.registers.qualifications.renewing import days_before

        if self.until is None:
            return []
        if self.until <= clock.today():
            return [_t("自 {day} 起已经失效；续办的请另登记一份。").format(day=self.until)]
        left = (self.until - clock.today()).days
        return [_t("还有 {left} 天失效（{day}），请续办。").format(left=left, day=self.until)] if left <= days_before(self.owner_id) else []

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive one on which a renewal stands."""
        refuse_leaving(written)

    @staticmethod
    def ending(day: date, days: int) -> Q:
        """Return the condition: valid on that day, and no longer so many days later."""
        return Dated.on(day) & Q(until__lte=day + timedelta(days=days))


class Renewal(Case):
    """证照续办：一份快要失效的证照，由持证单位在失效以前续办。

    One record is one qualification that ends; it is opened by the worker, and due on the last valid day.
    """

    register = "qualification_renewals"
    columns = ("code", "qualification", *(name for name in Case.columns if name not in ("code", "confirmed_on", "satisfaction")))
    listed = ("code", "qualification", "title", "stage", "holder", "person", "agreed_on", "yellow_on")
    code_prefix = "XB"
    keys = (("code",), ("qualification",))
    clock_codes = {Clock.RESOLUTION: "qualification.renewal"}
    confirmed = False

    qualification = models.ForeignKey(Qualification, models.PROTECT, verbose_name=_("资质证照"), related_name="+")

    class Meta(Case.Meta):
        verbose_name = verbose_name_plural = _("证照续办")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("qualification",), condition=Q(archived_at=None), name="renewal_once",
            violation_error_message=_("这份证照已经有一件续办事项。"))]
        indexes = [models.Index(fields=("stage", "resolution_due_on"), name="renewal_due")]

    def clean(self) -> None:
        """Refuse days that cannot be, and another owner's qualification."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "qualification")


class RenewalStep(CaseStep):
    """证照续办记录：对一件续办事项所做的一步：交办、回应、进展、办结、核实等。"""

    register = "qualification_renewal_steps"
    subject = models.ForeignKey(Renewal, models.PROTECT, verbose_name=_("证照续办"), related_name="+")

    class Meta(CaseStep.Meta):
        verbose_name = verbose_name_plural = _("证照续办记录")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("subject",), name="renewalstep_subject")]


provide(Renewal, RenewalStep)


def renewed() -> Q:
    """Return the condition: its holder has another of the kind for the same that is valid beyond its end."""
    later = Qualification.objects.current().filter(
        Q(until=None) | Q(until__gt=models.OuterRef("until")), holder=models.OuterRef("holder"), kind=models.OuterRef("kind"),
        subject=models.OuterRef("subject"), since__lte=models.OuterRef("until"))
    return Q(models.Exists(later.exclude(pk=models.OuterRef("pk"))))
