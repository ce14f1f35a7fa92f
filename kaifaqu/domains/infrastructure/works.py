"""Works of infrastructure: what is built, which buildings it builds, how far it is, and what was paid for it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.infrastructure.lifecycle import WORK_LIFECYCLE, WorkStage
from kaifaqu.domains.infrastructure.rules import WORK_KINDS
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.kernel.units import text
from kaifaqu.registers.listing import refuse_unlisted
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Building
from kaifaqu.registers.projects.milestones import Milestones, evidence, follows, milestone
from kaifaqu.registers.projects.models import MonthField

DAYS = {  # of a work, and what it is called of the buildings that it builds
    "started_on": "started_on", "accepted_on": "completed_on", "handed_over_on": "handed_over_on"}


def _amount(label: Any, scale: int, help_text: Any = "") -> ExactField:
    return ExactField(label, scale=scale, null=True, blank=True, help_text=help_text)


def _refuse_nothing(record: Record, *names: str) -> None:
    """Refuse amounts of nothing and less."""
    if wrong := [name for name in names if (value := getattr(record, name)) is not None and value <= 0]:
        raise ValidationError([
            _t("「{label}」要大于 0；没有的空着。").format(label=field_of(type(record), name).verbose_name) for name in wrong])


class Work(Milestones):
    """工程：一项有合同、单独验收移交的基础设施工程。

    One record is one work that is accepted by itself; a work of several buildings is one, phases with acceptances of their
    own are several. Areas of buildings are facts of the buildings, so `area` is that of anything else. The stage follows
    from the dates; completed is what was accepted.
    """

    register = "works"
    columns = (
        "code", "name", "kind", "park", "area", "length", "capacity", "contracted_on", "contract_amount", "contract_document",
        "planned_start_on", "planned_completion_on", "started_on", "started_evidence", "accepted_on", "accepted_evidence",
        "handed_over_on", "handed_over_evidence", "handed_over_to", "operating_on", "operating_evidence",
    )
    listed = ("code", "name", "kind", "park", "stage", "contract_amount", "started_on", "accepted_on")
    code_prefix = "GC"
    totals = ("contract_amount",)
    keys = (("code",), ("name",))
    headings = {
        "name": ("工程", "项目名称", "建设内容"), "kind": ("类别", "工程类型"), "area": ("建设面积",), "length": ("长度", "里程"),
        "capacity": ("处理能力", "日处理能力", "规模"), "contract_amount": ("合同金额", "中标价", "合同总价"),
        "accepted_on": ("竣工日期", "竣工验收日期", "建成日期"), "started_on": ("开工时间", "实际开工日期"),
    }
    ORDER = ("started_on", "accepted_on", "handed_over_on")
    LAST = "operating_on"
    BESIDE = ("contracted_on",)
    lifecycle = WORK_LIFECYCLE

    name = models.CharField(_("工程名称"), max_length=200)
    kind = models.CharField(_("工程类别"), max_length=20, help_text=_("规则「工程类别」里的名称，如道路"))
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    area = _amount(_("工程面积（平方米）"), 2, _("楼栋的面积登记在楼栋上，这里空着"))
    length = _amount(_("工程长度（米）"), 2)
    capacity = _amount(_("设计规模（立方米/日）"), 2, _("建成后的能力登记在厂站上"))
    contracted_on = milestone(_("签订合同日期"))
    contract_amount = _amount(_("合同价（万元）"), 6)
    contract_document = models.CharField(_("合同编号"), max_length=200, blank=True)
    planned_start_on = milestone(_("计划开工日期"))
    planned_completion_on = milestone(_("计划竣工日期"))
    started_on = milestone(_("开工日期"))
    started_evidence = evidence(_("开工依据"))
    accepted_on = milestone(_("验收日期"))
    accepted_evidence = evidence(_("验收依据"))
    handed_over_on = milestone(_("移交日期"))
    handed_over_evidence = evidence(_("移交依据"))
    handed_over_to = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("接收单位"), related_name="+")
    operating_on = milestone(_("运行日期"))
    operating_evidence = evidence(_("运行依据"))
    stage = models.CharField(_("状态"), max_length=12, choices=WorkStage, default=WorkStage.PLANNED)

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("工程")
        constraints = [
            *Record.Meta.constraints,
            follows("building", "started_on", _("在建工程必须有开工日期。")),
            follows("accepted", "accepted_on", _("已验收工程必须有验收日期。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def derived(self) -> dict[str, str]:
        """Return the stage that the dates say."""
        latest_first = (
            (WorkStage.OPERATING, self.operating_on), (WorkStage.HANDED_OVER, self.handed_over_on),
            (WorkStage.ACCEPTED, self.accepted_on), (WorkStage.BUILDING, self.started_on))
        return {"stage": next((stage for stage, day in latest_first if day), WorkStage.PLANNED)}

    def clean(self) -> None:
        """Refuse dates and amounts that cannot be, a contract price without its contract, and another owner's park."""
        super().clean()
        _refuse_nothing(self, "area", "length", "capacity", "contract_amount")
        if (self.contract_amount is None) != (self.contracted_on is None):
            raise ValidationError(_t("「合同价（万元）」和「签订合同日期」要一起填。"))
        if self.contract_amount is not None and not self.contract_document:
            raise ValidationError(_t("填了「合同价（万元）」的，请写明「合同编号」。"))
        if self.archived_at is None:
            refuse_foreign(self, "park")
            if self.area is not None and self.pk and WorkBuilding.objects.current().filter(work_id=self.pk).exists():
                raise ValidationError(_t("{work} 有楼栋：楼栋的面积登记在楼栋上，「工程面积（平方米）」请空着。").format(work=self))
            begun = self.contracted_on or self.started_on  # an old work may be entered late, by the rule of its first day
            refuse_unlisted(self, "kind", WORK_KINDS, "kinds", *([min(begun.last, clock.today())] if begun else []))

    def warnings(self) -> list[str]:
        """Say which dates have no evidence, that more was paid than the contract says, and that buildings are completed later."""
        paid = WorkPayment.objects.current().filter(work_id=self.pk).aggregate(paid=Sum("amount"))["paid"] or Decimal(0)
        over = self.contract_amount is not None and paid > self.contract_amount
        return [*self.undocumented(), *([_t("已付款 {paid} 万元，超过合同价 {amount} 万元，请核对合同变更。").format(
            paid=text(paid), amount=text(self.contract_amount))] if over else []), *self._differing()]

    def _differing(self) -> Iterator[str]:
        links = WorkBuilding.objects.current().filter(work_id=self.pk).select_related("building") if self.accepted_on else ()
        days = [each.building.completed_on for each in links]
        if count := sum(day is None or day.first > self.accepted_on.last for day in days):
            yield _t("工程 {day} 验收，有 {count} 栋楼还没有建成日期，或建成日期更晚，请核对。").format(day=self.accepted_on, count=count)


class WorkBuilding(Record):
    """工程楼栋：一项工程建设的一栋楼；一栋楼只由一项工程建成。

    One record says which work builds a building; its area and dates are facts of the building, and never typed twice:
    the days of the work hold for it, unless it has days of its own.
    """

    register = "work_buildings"
    columns = ("code", "work", "building")
    code_prefix = "GL"
    keys = (("work", "building"), ("code",))

    work = models.ForeignKey(Work, models.PROTECT, verbose_name=_("工程"), related_name="+")
    building = models.ForeignKey(Building, models.PROTECT, verbose_name=_("楼栋"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("工程楼栋")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("building",), condition=Q(archived_at=None), name="workbuilding_once",
            violation_error_message=_("这栋楼已登记在一项工程下。"))]

    def __str__(self) -> str:
        return f"{self.work} {self.building}" if self.work_id and self.building_id else self.code

    def clean(self) -> None:
        """Refuse another owner's work or building, and a work that bears an area of its own beside its buildings'."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "work", "building")
            if self.work.area is not None:
                raise ValidationError(_t("{work} 已填「工程面积（平方米）」：楼栋的面积登记在楼栋上，请先把工程上的清空。").format(
                    work=self.work))


class WorkProgress(Record):
    """工程进度：一项工程一个月末的形象进度和当月完成投资。

    One record is what was reported of one work for one month; reported again, it is corrected. The share is cumulative,
    the investment the month's own. What is not reported is empty, never 0.
    """

    register = "work_progress"
    columns = ("code", "subject", "month", "share", "month_investment", "nodes")
    code_prefix = "GJ"
    totals = ("month_investment",)
    keys = (("subject", "month"), ("code",))
    periodic = ("subject", "month")
    headings = {"subject": ("工程", "工程名称"), "share": ("进度", "完成比例"), "nodes": ("节点", "形象进度")}

    subject = models.ForeignKey(Work, models.PROTECT, verbose_name=_("工程"), related_name="+")
    month = MonthField(_("月份"), help_text=_("写到月，如 2024-07"))
    share = _amount(_("累计完成（%）"), 2)
    month_investment = _amount(_("当月完成投资（万元）"), 6)
    nodes = models.CharField(_("形象进度"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("工程进度")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("subject", "month"), condition=Q(archived_at=None), name="workprogress_one_a_month",
            violation_error_message=_("该工程这个月已经报送；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.subject} {self.month}" if self.subject_id else self.code

    def clean(self) -> None:
        """Refuse a month that has not begun, a share that is none, an empty report, and another owner's work."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "subject")
        if self.month.first > clock.today():
            raise ValidationError(_t("「月份」{month} 还没有开始。").format(month=self.month))
        if self.share is not None and not 0 <= self.share <= 100:
            raise ValidationError(_t("「累计完成（%）」要在 0 和 100 之间。"))
        if self.share is None and self.month_investment is None and not self.nodes:
            raise ValidationError(_t("{month} 的进度一项也没有填。").format(month=self.month))


class WorkPayment(Record):
    """工程付款：为一项工程的一次付款。

    One record is one payment on one day by one voucher; what is withheld is paid when it is paid.
    """

    register = "work_payments"
    columns = ("code", "work", "paid_on", "amount", "document")
    code_prefix = "FK"
    totals = ("amount",)
    keys = (("code",), ("work", "paid_on", "document"))
    headings = {"work": ("工程名称",), "paid_on": ("支付日期",), "amount": ("支付金额", "金额"), "document": ("凭证号",)}

    work = models.ForeignKey(Work, models.PROTECT, verbose_name=_("工程"), related_name="+")
    paid_on = models.DateField(_("付款日期"))
    amount = ExactField(_("付款金额（万元）"), scale=6)
    document = models.CharField(_("付款凭证"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("工程付款")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.work} {self.paid_on}" if self.work_id else self.code

    def clean(self) -> None:
        """Refuse a payment of a day to come or of nothing, and another owner's work."""
        super().clean()
        _refuse_nothing(self, "amount")
        if self.archived_at is None:
            refuse_foreign(self, "work")
            if self.paid_on > clock.today():
                raise ValidationError(_t("「付款日期」{day} 还没有到。").format(day=self.paid_on))
