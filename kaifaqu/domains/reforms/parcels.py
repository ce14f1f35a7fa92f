"""标准地: land that is assessed and whose use is controlled before it is offered."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.months import later
from kaifaqu.domains.reforms.parcels_lifecycle import PARCEL_LIFECYCLE, PLANNED, ParcelStage
from kaifaqu.domains.reforms.parcels_rules import ASSESSED, CONTROLLED, Comparator, controls, required
from kaifaqu.domains.reforms.parts import Part, Shared
from kaifaqu.kernel import clock, units
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Parcel, Park
from kaifaqu.registers.projects.milestones import Milestones, evidence, follows, milestone
from kaifaqu.registers.projects.models import Project


class RegionalAssessment(Record):
    """区域评价：对一个园区或整个开发区统一做的一项评价，区内的地块和项目不再单独做。

    One record is one assessment of one kind of one area; done again, it is another one. Without a park it is of the whole
    zone. `expires_on` is its own last day, else that of the dated rule; without either it does not end.
    """

    register = "regional_assessments"
    columns = ("code", "kind", "park", "done_on", "valid_until", "document", "paid_by")
    listed = ("code", "kind", "park", "done_on", "expires_on", "document", "paid_by")
    code_prefix = "QP"
    keys = (("kind", "park", "done_on"), ("code",))
    headings = {
        "kind": ("评价种类", "评价事项", "评估评价事项"), "park": ("评价区域", "所属园区"), "done_on": ("完成时间", "批准日期"),
        "valid_until": ("有效期至",), "document": ("批复文号", "评价文件"), "paid_by": ("出资单位", "费用承担"),
    }  # fmt: skip

    kind = models.CharField(_("评价"), max_length=16, choices=ASSESSED)
    park = models.ForeignKey(
        Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+", help_text=_("空着为整个开发区"))
    done_on = models.DateField(_("完成日期"))
    valid_until = models.DateField(_("有效期截止"), null=True, blank=True, help_text=_("评价文件写明的；没有写的空着"))
    expires_on = models.DateField(_("失效日期"), null=True, blank=True, editable=False)
    document = models.CharField(_("评价文件"), max_length=200, blank=True)
    paid_by = models.CharField(_("费用由谁承担"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("区域评价")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()}"

    def derived(self) -> dict[str, Any]:
        """Return the last day on which it can be relied on."""
        months = required(self.owner_id, self.done_on).get(self.kind, {}).get("valid_months") if self.done_on else None
        return {"expires_on": self.valid_until or (later(self.done_on, months) if months else None)}

    def clean(self) -> None:
        """Refuse an assessment that is not done yet or ends before it begins, and another owner's park."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "park")
        if self.done_on > clock.today():
            raise ValidationError(_t("「完成日期」{day} 还没有到（今天是 {today}）。").format(day=self.done_on, today=clock.today()))
        if self.valid_until and self.valid_until < self.done_on:
            raise ValidationError(_t("「有效期截止」{until} 早于完成日期 {day}。").format(until=self.valid_until, day=self.done_on))

    def warnings(self) -> list[str]:
        """Say that it can no longer be relied on."""
        if self.expires_on and self.expires_on < clock.today():
            return [_t("已于 {day} 失效，不能再作公告的依据。").format(day=self.expires_on)]
        return []

    @staticmethod
    def valid(on: date) -> Q:
        """Return the condition: it can be relied on that day."""
        return Q(done_on__lte=on) & (Q(expires_on=None) | Q(expires_on__gte=on))


class StandardParcel(Shared, Milestones):
    """标准地：一宗按标准地出让的土地，从拟出让、公告到出让、核验。

    One record is one offer of one parcel; withdrawn and offered again, it is another one. What is planned is no
    announcement, and what is announced is not transferred. `area` is what is offered, in 亩: that of the parcel where
    nothing else is written. It has an enterprise once it is transferred, which sees it from then on. One that is entered as
    transferred already is old stock (`historical`): its announcement is not asked for.
    """

    register = "standard_parcels"
    columns = (
        "code", "parcel", "area", "planned_on", "planned_evidence", "announced_on", "announced_evidence", "transferred_on",
        "transferred_evidence", "enterprise", "project", "price", "verified_on", "withdrawn_on", "withdraw_reason",
    )
    listed = ("code", "parcel", "area", "stage", "planned_on", "announced_on", "transferred_on", "enterprise")
    shared = ("enterprise__party",)
    code_prefix = "BZ"
    keys = (("code",), ("parcel", "planned_on"))
    headings = {
        "parcel": ("地块名称", "地块", "宗地"), "area": ("面积", "出让面积", "面积（亩）"), "planned_on": ("计划日期", "列入计划日期"),
        "announced_on": ("公告时间",), "announced_evidence": ("公告编号",), "transferred_on": ("成交日期", "出让时间"),
        "transferred_evidence": ("合同编号",), "enterprise": ("受让单位", "受让人"), "price": ("成交价", "成交价（万元）"),
    }  # fmt: skip
    ORDER = ("planned_on", "announced_on", "transferred_on", "verified_on")
    LAST = "withdrawn_on"
    lifecycle = PARCEL_LIFECYCLE

    parcel = models.ForeignKey(Parcel, models.PROTECT, verbose_name=_("宗地"), related_name="+")
    name = models.CharField(_("地块名称"), max_length=200, blank=True, editable=False)  # of the parcel, as it is offered
    area = ExactField(_("出让面积（亩）"), scale=6, null=True, blank=True, help_text=_("空着为宗地的面积"))
    planned_on = milestone(_("列入计划日期"))
    planned_evidence = evidence(_("计划文件"))
    announced_on = milestone(_("公告日期"))
    announced_evidence = evidence(_("出让公告"))
    transferred_on = milestone(_("出让日期"))
    transferred_evidence = evidence(_("出让合同"))
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("受让企业"), related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, verbose_name=_("项目"), related_name="+")
    price = ExactField(_("成交价（万元）"), scale=6, null=True, blank=True)
    verified_on = milestone(_("核验完毕日期"))
    withdrawn_on = milestone(_("撤出日期"))
    withdraw_reason = models.CharField(_("撤出原因"), max_length=200, blank=True)
    historical = models.BooleanField(_("历史补录"), default=False, editable=False)
    stage = models.CharField(_("状态"), max_length=12, choices=ParcelStage, default=PLANNED, editable=False)

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("标准地")
        constraints = [
            *Record.Meta.constraints,
            follows("planned", "planned_on", _("标准地必须有列入计划的日期。")),
            follows("announced", "announced_on", _("已公告的标准地必须有公告日期。")),
            follows("transferred", "transferred_on", _("已出让的标准地必须有出让日期。")),
            models.UniqueConstraint(
                fields=("parcel",), condition=Q(archived_at=None, withdrawn_on=None), name="standardparcel_once",
                violation_error_message=_("这宗地已列为标准地，没有撤出。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()

    @property
    def hectares(self) -> Any:
        """Return the area in hectares, exact where it has an end."""
        return None if self.area is None else units.convert(self.area, "亩", "公顷")

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: promises are signed after the transfer."""
        return self.stage == ParcelStage.TRANSFERRED if verb == "promise" else True

    def derived(self) -> dict[str, Any]:
        """Return the stage that the dates say, the area of the parcel where none is given, and who has it once it is transferred."""
        latest_first = (
            (ParcelStage.WITHDRAWN, self.withdrawn_on), (ParcelStage.VERIFIED, self.verified_on),
            (ParcelStage.TRANSFERRED, self.transferred_on), (ParcelStage.ANNOUNCED, self.announced_on),
        )
        named = self.project.enterprise if self.project and self.transferred_on else None
        return {
            "stage": next((stage for stage, day in latest_first if day), PLANNED),
            "name": self.name or self.parcel.name, "area": self.parcel.area if self.area is None else self.area,
            "enterprise": self.enterprise or named,
            "historical": self.historical if self.row_version else self.transferred_on is not None,
        }

    def clean(self) -> None:
        """Refuse dates that cannot be, a step without what it needs, and another owner's parcel, enterprise or project."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "parcel", "enterprise", "project")
        if problems := [*self._of_facts(), *self._of_announcement()]:
            raise ValidationError(problems)

    def _of_facts(self) -> Iterator[str]:
        if self.area is not None and self.area <= 0:
            yield _t("「出让面积（亩）」要大于 0。")
        if self.historical and not self.transferred_on:
            yield _t("登记时已经出让的，「出让日期」不能去掉；登记错了的，请归档。")
        if self.enterprise and not self.transferred_on:
            yield _t("还没有出让，没有「受让企业」；请先办理「出让」。")
        if self.transferred_on and not self.announced_on and not self.historical:
            yield _t("没有公告，不能出让；请先办理「公告」。")
        if self.transferred_on and not self.enterprise:
            yield _t("已出让的请写明「受让企业」。")
        if self.verified_on and not self.transferred_on:
            yield _t("没有出让的地块没有承诺可以核验。")
        if self.withdrawn_on and not self.withdraw_reason.strip():
            yield _t("撤出请写明「撤出原因」。")
        if self.withdrawn_on and self.transferred_on:
            yield _t("已于 {day} 出让，不能再撤出。").format(day=self.transferred_on)
        if self.project and self.enterprise and self.project.enterprise_id not in (None, self.enterprise_id):
            yield _t("「项目」{project} 不是受让企业的项目。").format(project=self.project)

    def _of_announcement(self) -> Iterator[str]:
        """Yield everything that is missing for the announcement, where it is new or its day is another one."""
        if self.announced_on is None or self.historical:
            return
        before = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        if before is None or (before.announced_on, before.parcel_id) != (self.announced_on, self.parcel_id):
            yield from self.missing(self.announced_on.first)

    def missing(self, on: date) -> list[str]:
        """Return in words what is missing for an announcement on the day: assessments and core indicators, all at once."""
        assessed = {*self.assessments().filter(RegionalAssessment.valid(on)).values_list("kind", flat=True)}
        lacking = [str(dict(ASSESSED)[kind]) for kind in required(self.owner_id, on) if kind not in assessed]
        held = {*ControlIndicator.objects.current().filter(standard_parcel_id=self.pk or 0).values_list("indicator", flat=True)}
        unset = [
            str(dict(CONTROLLED)[code]) for code, control in controls(self.owner_id, on).items() if control.is_core and code not in held]
        found = []
        if lacking:
            found.append(_t("{day} 还不能公告：缺少当天有效的区域评价 {kinds}。").format(day=on, kinds="、".join(lacking)))
        if unset:
            found.append(_t("{day} 还不能公告：没有设定核心控制性指标 {names}。").format(day=on, names="、".join(unset)))
        if self.area is None:
            found.append(_t("{day} 还不能公告：没有面积，请在宗地或标准地上填写。").format(day=on))
        return found

    def assessments(self) -> Any:
        """Return the assessments that cover the parcel: those of its park and those of the whole zone."""
        rows = RegionalAssessment.objects.current().filter(owner_id=self.owner_id)
        return rows.filter(Q(park=None) | Q(park_id=self.parcel.park_id)).order_by("kind", "-done_on", "id")

    def warnings(self) -> list[str]:
        """Say what is missing for the announcement of a planned parcel, and where its area is not that of the parcel."""
        found = self.missing(clock.today()) if self.stage == PLANNED else []
        if self.area and self.parcel.area and self.area != self.parcel.area:
            found.append(_t("出让面积 {area} 亩与宗地面积 {parcel} 亩不同，请核对。").format(
                area=units.text(self.area), parcel=units.text(self.parcel.area)))
        return found


class ControlIndicator(Part):
    """控制性指标：对一宗标准地的一项要求，公告以前设定，公告以后不再改变。

    One record is one indicator of one standard parcel. Unit and comparator are those of the dated rule when it was set.
    """

    register = "control_indicators"
    belongs_to = "standard_parcel"
    columns = ("code", "standard_parcel", "indicator", "value")
    listed = ("code", "standard_parcel", "indicator", "comparator", "value", "unit")
    code_prefix = "KZ"
    keys = (("standard_parcel", "indicator"), ("code",))
    headings = {"standard_parcel": ("地块", "标准地"), "indicator": ("控制指标", "指标名称"), "value": ("指标值", "控制值")}
    SET = ("standard_parcel_id", "indicator", "value", "archived_at")

    standard_parcel = models.ForeignKey(StandardParcel, models.PROTECT, verbose_name=_("标准地"), related_name="+")
    indicator = models.CharField(_("指标"), max_length=16, choices=CONTROLLED)
    comparator = models.CharField(_("要求"), max_length=10, choices=Comparator, blank=True, editable=False)
    value = ExactField(_("控制值"), scale=6)
    unit = models.CharField(_("计量单位"), max_length=30, blank=True, editable=False)

    class Meta(Part.Meta):
        verbose_name = verbose_name_plural = _("控制性指标")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("standard_parcel", "indicator"), condition=Q(archived_at=None), name="controlindicator_once",
            violation_error_message=_("这宗标准地已设定这项指标；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.standard_parcel.code} {self.get_indicator_display()}"

    @property
    def words(self) -> str:
        """Return what is demanded: 不低于 300 万元/亩."""
        return f"{self.get_comparator_display()} {units.text(self.value)} {self.unit}".strip()

    def derived(self) -> dict[str, Any]:
        """Return unit and comparator, which the rule lays down for the day on which the parcel was planned."""
        held = controls(self.owner_id, _day_of(self.standard_parcel)).get(self.indicator)
        return {"unit": held.unit, "comparator": held.comparator} if held and not self.row_version else {}

    def clean(self) -> None:
        """Refuse another owner's parcel, an indicator that the rule does not have, and what comes after the announcement."""
        super().clean()
        problems = [*self._of_time()]
        if self.archived_at is None:
            refuse_foreign(self, "standard_parcel")
            known = controls(self.owner_id, _day_of(self.standard_parcel))
            if self.indicator not in known:
                problems.append(_t("规则里没有「{indicator}」；可选：{names}。").format(
                    indicator=self.get_indicator_display(), names="、".join(str(dict(CONTROLLED)[code]) for code in known)))
            if self.value is not None and self.value < 0:
                problems.append(_t("「控制值」不能是负数。"))
        if problems:
            raise ValidationError(problems)

    def _of_time(self) -> Iterator[str]:
        """Yield why it is too late to set, change or take away the indicator: of old stock it never is."""
        stored = type(self).objects.filter(pk=self.pk).select_related("standard_parcel__parcel").first() if self.pk else None
        if stored and all(getattr(stored, name) == getattr(self, name) for name in self.SET):
            return
        if stored and stored.standard_parcel_id != self.standard_parcel_id:
            yield _t("控制性指标不能移到另一宗标准地；登记错了的，请归档，在那一宗重新设定。")
        parcel = stored.standard_parcel if stored else self.standard_parcel
        if parcel.announced_on and not parcel.historical:
            yield _t("{parcel} 已于 {day} 公告，公告以后控制性指标不能增减或更改；设定错了的，先办「撤出」，重新列入再公告。").format(
                parcel=parcel, day=parcel.announced_on)


def _day_of(parcel: StandardParcel) -> date:
    return parcel.planned_on.last if parcel.planned_on else clock.today()
