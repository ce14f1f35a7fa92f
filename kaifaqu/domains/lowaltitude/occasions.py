"""What visitors come for: competitions and exhibitions, study tours, and products of tourism."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files.models import Attachment
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.milestones import evidence


class EventKind(models.TextChoices):
    """The two kinds of sessions that are counted."""

    COMPETITION = "competition", _("赛事")
    EXHIBITION = "exhibition", _("会展")


class AviationEvent(Record):
    """赛事会展：一次赛事或会展的一场。

    One record is one session: an open race that is held together with a championship is one, the same race a year later
    another. It counts as held only with the number and the day of the airspace approval and the safety plan as a file.
    """

    register = "aviation_events"
    columns = (
        "code", "name", "series", "kind", "organiser", "venue", "planned_on", "airspace_authority", "airspace_number",
        "airspace_approved_on", "safety_plan_evidence", "held_on", "participants", "results")
    listed = ("code", "name", "series", "kind", "planned_on", "held_on", "participants")
    code_prefix = "SS"
    totals = ("participants",)
    keys = (("code",), ("name", "planned_on"))
    headings = {
        "name": ("活动名称", "赛事名称"), "series": ("系列", "赛事"), "venue": ("地点",), "planned_on": ("计划时间",),
        "held_on": ("举办时间",), "participants": ("人数",)}
    NEEDED = ("airspace_authority", "airspace_number", "airspace_approved_on", "safety_plan_evidence")  # to be held

    name = models.CharField(_("场次名称"), max_length=120)
    series = models.CharField(_("赛事系列"), max_length=100, blank=True)
    kind = models.CharField(_("场次种类"), max_length=12, choices=EventKind)
    organiser = models.CharField(_("承办方"), max_length=100, blank=True)
    venue = models.CharField(_("举办地点"), max_length=100, blank=True)
    planned_on = models.DateField(_("计划日期"))
    airspace_authority = models.CharField(_("空域批准单位"), max_length=100, blank=True)
    airspace_number = models.CharField(_("空域批准文号"), max_length=60, blank=True)
    airspace_approved_on = models.DateField(_("空域批准日期"), null=True, blank=True)
    safety_plan_evidence = evidence(_("安全和救援方案"))
    held_on = models.DateField(_("举办日期"), null=True, blank=True)
    participants = models.PositiveIntegerField(_("参加人数"), null=True, blank=True)
    results = models.CharField(_("成绩和结果"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("赛事会展")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a session as held that has not come, or without airspace approval and the file of its safety plan."""
        super().clean()
        refuse_ahead(self, "airspace_approved_on", "held_on")
        if self.archived_at is not None or self.held_on is None:
            return
        if missing := [str(field_of(AviationEvent, name).verbose_name) for name in self.NEEDED if not getattr(self, name)]:
            raise ValidationError(_t("{event}：登记举办以前请填写{labels}。").format(event=self, labels="、".join(missing)))
        if self.airspace_approved_on is not None and self.airspace_approved_on > self.held_on:
            raise ValidationError(_t("空域批准日期 {day} 晚于举办日期 {held}。").format(day=self.airspace_approved_on, held=self.held_on))
        if not self._has_plan():
            raise ValidationError(_t("{event}：登记举办以前，请先把安全和救援方案作为附件附上，证明事项选「安全和救援方案」。").format(
                event=self))

    def offers(self, verb: str) -> bool:
        """Tell whether the session is still to be held."""
        return verb != "hold" or self.held_on is None

    def _has_plan(self) -> bool:
        return bool(self.pk) and Attachment.objects.current().of(self).filter(purpose="safety_plan_evidence").exists()

    def warnings(self) -> list[str]:
        """Say that the file of the safety plan was taken off after the session was held."""
        return [_t("已登记举办，安全和救援方案的附件却不在了，请补上。")] if self.held_on and not self._has_plan() else []


class StudySite(Record):
    """研学场地：一处接待航空研学的场地，有单批可接待人数.

    One record is one place that receives batches by itself; halls that are visited together are one.
    """

    register = "study_sites"
    columns = ("code", "name", "address", "capacity")
    code_prefix = "CD"
    keys = (("code",), ("name",))
    headings = {"name": ("场地", "基地名称"), "capacity": ("容量", "接待能力")}

    name = models.CharField(_("场地名称"), max_length=100)
    address = models.CharField(_("场地地址"), max_length=200, blank=True)
    capacity = models.PositiveIntegerField(_("单批可接待人数"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("研学场地")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    @classmethod
    def refuse_together(cls, written: list["StudySite"]) -> None:
        """Refuse to let a site go away under its batches."""
        refuse_leaving(written)


class StudyTour(Record):
    """研学批次：一家企业组织的一批研学；人次按活动后的实到人数计，不按计划。

    One record is one batch on one day at one site. Who took part is not kept: minors are counted, and their consent is
    kept by the organiser, of which the day is written.
    """

    register = "study_tours"
    columns = (
        "code", "organiser", "site", "school", "activity", "guide", "planned_on", "planned_headcount", "minors", "consent_on", "held_on",
        "headcount", "feedback")
    listed = ("code", "organiser", "site", "school", "planned_on", "held_on", "headcount")
    code_prefix = "YX"
    totals = ("planned_headcount", "headcount")
    headings = {
        "organiser": ("组织单位", "承办企业"), "school": ("学校",), "held_on": ("日期", "活动日期"),
        "headcount": ("人数", "人次", "实际人数"), "guide": ("讲解员",)}

    organiser = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("组织企业"), related_name="+")
    site = models.ForeignKey(StudySite, models.PROTECT, verbose_name=_("研学场地"), related_name="+")
    school = models.CharField(_("来自学校"), max_length=100, blank=True)
    activity = models.CharField(_("研学内容"), max_length=100, blank=True)
    guide = models.CharField(_("带队讲解"), max_length=40, blank=True, help_text=_("写代号，不写姓名"))
    planned_on = models.DateField(_("计划日期"))
    planned_headcount = models.PositiveIntegerField(_("计划人数"), null=True, blank=True)
    minors = models.BooleanField(_("有未成年人"), default=False)
    consent_on = models.DateField(_("监护人同意书收齐日期"), null=True, blank=True)
    held_on = models.DateField(_("研学日期"), null=True, blank=True)
    headcount = models.PositiveIntegerField(_("实到人数"), null=True, blank=True)
    feedback = models.CharField(_("活动反馈"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("研学批次")
        constraints = [*Record.Meta.constraints, models.CheckConstraint(
            condition=Q(held_on=None, headcount=None) | Q(held_on__isnull=False, headcount__isnull=False), name="studytour_held_is_counted",
            violation_error_message=_("「研学日期」和「实到人数」在活动以后一起填。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.held_on or self.planned_on}"

    def clean(self) -> None:
        """Refuse a batch to come as held, more people than the site takes, and minors without consent."""
        super().clean()
        refuse_ahead(self, "consent_on", "held_on")
        if self.archived_at is not None:
            return
        refuse_foreign(self, "organiser", "site")
        most = max(self.planned_headcount or 0, self.headcount or 0)
        if most > self.site.capacity:
            raise ValidationError(_t("{site} 一批最多接待 {capacity} 人，这一批 {count} 人，请分批或换场地。").format(
                site=self.site, capacity=self.site.capacity, count=most))
        if self.held_on is not None and self.minors and (self.consent_on is None or self.consent_on > self.held_on):
            raise ValidationError(_t("有未成年人的批次，活动以前要收齐监护人同意书，请填「监护人同意书收齐日期」。"))


class Craft(models.TextChoices):
    """The craft of low-altitude tourism that the newspaper page of the demo names; models carry nobody."""

    GLIDER = "glider", _("滑翔机")
    BALLOON = "balloon", _("热气球")
    TRIKE = "trike", _("动力三角翼")
    MODEL = "model", _("航空模型")


class TourKind(models.TextChoices):
    """The services of low-altitude tourism that the newspaper page of the demo names."""

    SHOW = "show", _("飞行表演")
    RECEPTION = "reception", _("商务接待")
    EXPERIENCE = "experience", _("飞行体验")
    SIGHTSEEING = "sightseeing", _("观光游览")


class TourProduct(Dated):
    """低空旅游产品：一家企业用一种航空器提供的一项低空旅游服务，自推出之日起，到停售之日止。

    One record is one product as it is offered; the same name with another craft is another product. Orders and passengers
    will stand on it.
    """

    register = "tour_products"
    columns = ("code", "name", "operator", "craft", "kind", "route", "seats", "since", "until")
    code_prefix = "DL"
    keys = (("code",), ("name", "craft"))
    headings = {"name": ("产品", "项目名称"), "operator": ("企业",), "craft": ("航空器", "机型"), "kind": ("业务",), "since": ("推出日期",)}

    name = models.CharField(_("旅游产品名称"), max_length=100)
    operator = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("经营企业"), related_name="+")
    craft = models.CharField(_("航空器种类"), max_length=12, choices=Craft)
    kind = models.CharField(_("旅游业务"), max_length=12, choices=TourKind)
    route = models.CharField(_("线路"), max_length=200, blank=True)
    seats = models.PositiveSmallIntegerField(_("每次可载客数"), null=True, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("低空旅游产品")
        constraints = [*Record.Meta.constraints, models.CheckConstraint(
            condition=~Q(craft=Craft.MODEL) | Q(seats=None), name="tourproduct_model_carries_nobody",
            violation_error_message=_("航空模型不载人，「每次可载客数」请空着。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a span that is none, and another owner's enterprise."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "operator")
