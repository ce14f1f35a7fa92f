"""对标承诺: what an enterprise promises of its standard parcel, when it is due, and what it hands in to show that it keeps it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.months import later
from kaifaqu.domains.reforms.parcels import ControlIndicator, StandardParcel
from kaifaqu.domains.reforms.parcels_rules import (
    CONTROLLED,
    Comparator,
    DuePoint,
    EvidenceKind,
    controls,
    initial_months,
    refused_words,
)
from kaifaqu.domains.reforms.parts import Part, Shared
from kaifaqu.domains.reforms.promises_lifecycle import PROMISE_LIFECYCLE, SIGNED, PromiseStage
from kaifaqu.kernel import clock, units
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Project

OPEN = (SIGNED, PromiseStage.RECTIFYING)

class Promise(Shared):
    """对标承诺：受让企业对一宗标准地的一项控制性指标作出的承诺，到约定时点由企业交来的材料核验。

    One record is one indicator of one parcel, promised once; a rectification is the same promise with another day. Unit
    and comparator are those of the indicator. `due_on` is a day that was agreed; where none was, it is due at its point by the
    dates of the project, asked for as they are known. A verdict is a step with its day, kept with the evidence that was judged.
    """

    register = "land_promises"
    columns = ("code", "control", "value", "signed_on", "due_point", "due_on")
    listed = (
        "code", "standard_parcel", "indicator", "comparator", "value", "unit", "stage", "due_point", "due_on", "verified_value",
        "rectify_by",
    )
    shared = ("standard_parcel__enterprise__party",)
    code_prefix = "DB"
    keys = (("control",), ("code",))
    headings = {
        "control": ("控制指标",), "value": ("承诺指标", "承诺标准"), "signed_on": ("签订时间",), "due_point": ("履约节点",),
        "due_on": ("履约时限", "到期日期"),
    }  # fmt: skip
    PROMISED = ("control_id", "value", "signed_on", "due_point", "due_on")
    lifecycle = PROMISE_LIFECYCLE

    control = models.ForeignKey(ControlIndicator, models.PROTECT, verbose_name=_("控制性指标"), related_name="+")
    standard_parcel = models.ForeignKey(
        StandardParcel, models.PROTECT, null=True, blank=True, verbose_name=_("标准地"), related_name="+", editable=False)
    indicator = models.CharField(_("指标"), max_length=16, choices=CONTROLLED, blank=True, editable=False)
    comparator = models.CharField(_("要求"), max_length=10, choices=Comparator, blank=True, editable=False)
    unit = models.CharField(_("计量单位"), max_length=30, blank=True, editable=False)
    value = ExactField(_("承诺值"), scale=6)
    signed_on = models.DateField(_("签订日期"))
    due_point = models.CharField(_("核验时点"), max_length=12, choices=DuePoint, blank=True, help_text=_("空着为规则写明的时点"))
    due_on = models.DateField(_("约定到期日"), null=True, blank=True, help_text=_("没有约定的空着，按项目的日期推算"))
    verified_on = models.DateField(_("核验日期"), null=True, blank=True, editable=False)
    verified_value = ExactField(_("核验值"), scale=6, null=True, blank=True, editable=False)
    met_on = models.DateField(_("核验达标日期"), null=True, blank=True, editable=False)
    breached_on = models.DateField(_("违约日期"), null=True, blank=True, editable=False)
    consequence = models.CharField(_("违约后果"), max_length=200, blank=True, editable=False)
    rectify_on = models.DateField(_("责令整改日期"), null=True, blank=True, editable=False)
    rectify_by = models.DateField(_("整改期限"), null=True, blank=True, editable=False)
    stage = models.CharField(_("状态"), max_length=12, choices=PromiseStage, default=SIGNED, editable=False)

    class Meta(Shared.Meta):
        verbose_name = verbose_name_plural = _("对标承诺")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("control",), condition=Q(archived_at=None), name="promise_once",
            violation_error_message=_("这项指标已有一份对标承诺。"))]
        indexes = [models.Index(fields=("stage", "due_on"), name="promise_due")]

    def __str__(self) -> str:
        return f"{self.code} {self.get_indicator_display()}"

    @property
    def words(self) -> str:
        """Return what is promised: 不低于 300 万元/亩."""
        return f"{self.get_comparator_display()} {units.text(self.value)} {self.unit}".strip()

    @property
    def due(self) -> date | None:
        """Return by when it is to be verified: the end of a rectification, else the agreed day, else that of the project."""
        return self.rectify_by or self.due_on or self.expected

    @property
    def expected(self) -> date | None:
        """Return the last day on which its point may come by the dates of the parcel's project; None while these are unknown."""
        project = self.standard_parcel.project if self.standard_parcel else None
        found = point_in(project, self, World()) if project else None
        return found and found[1]

    def is_met(self, value: Decimal) -> bool:
        """Tell whether a value is what was promised: compared exactly, nothing is rounded."""
        return Comparator(self.comparator).is_met(value, self.value)

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: what is settled takes no more evidence."""
        return self.stage in OPEN if verb in ("hand_in", "record_paper") else True

    def derived(self) -> dict[str, Any]:
        """Return what the indicator says, and the point of the rule where none is written."""
        control = self.control
        held = None if self.due_point or not self.signed_on else controls(self.owner_id, self.signed_on).get(control.indicator)
        return {
            "standard_parcel": control.standard_parcel, "indicator": control.indicator, "comparator": control.comparator,
            "unit": control.unit, "due_point": held.due if held else self.due_point,
        }

    def clean(self) -> None:
        """Refuse a promise before the transfer, one that is laxer than the indicator, and another promise once it was verified."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "control")
        if problems := [*self._of_parcel(), *self._of_value(), *self._of_verdict()]:
            raise ValidationError(problems)

    def _of_parcel(self) -> Iterator[str]:
        parcel = self.control.standard_parcel
        if not parcel.transferred_on:
            yield _t("{parcel} 还没有出让；对标承诺在出让以后签订。").format(parcel=parcel)
        elif self.signed_on < parcel.transferred_on.first:
            yield _t("「签订日期」{day} 早于出让日期 {transferred}。").format(day=self.signed_on, transferred=parcel.transferred_on)
        if self.signed_on > clock.today():
            yield _t("「签订日期」{day} 还没有到（今天是 {today}）。").format(day=self.signed_on, today=clock.today())
        if self.due_on and self.due_on < self.signed_on:
            yield _t("「约定到期日」{due} 早于签订日期 {day}。").format(due=self.due_on, day=self.signed_on)

    def _of_value(self) -> Iterator[str]:
        if not Comparator(self.control.comparator).is_met(self.value, self.control.value):
            yield _t("承诺值 {value} 没有达到控制性指标（{demanded}）；承诺可以更严，不能更宽。").format(
                value=units.text(self.value), demanded=self.control.words)

    def _of_verdict(self) -> Iterator[str]:
        stored = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        changed = [name for name in self.PROMISED if stored and getattr(stored, name) != getattr(self, name)]
        if stored and stored.stage != SIGNED and changed:
            yield _t("现在是「{stage}」，已经核验过的承诺不能再改；确实登记错了的，先办「撤销核验」。").format(
                stage=stored.get_stage_display())

    def warnings(self) -> list[str]:
        """Say that it is due and unverified, that something waits to be verified, or that nobody knows when it is due."""
        if self.stage not in OPEN:
            return []
        found = [] if self.due else [_t("没有到期日：项目的日期还不知道；请在标准地上写明项目，或填「约定到期日」。")]
        if self.due and self.due < clock.today():
            found.append(_t("{day} 已到期，还没有核验。").format(day=self.due))
        if Evidence.objects.current().filter(promise=self, verdict="").exists():
            found.append(_t("企业交来的材料等待核验。"))
        return found


def point_in(project: Any, promise: Any, world: World) -> tuple[date, date] | None:
    """Return the first and last day on which its point may come by the project's dates, real before planned; None while unknown."""
    built = project.production_on or project.expected_completion_on  # what produces is completed
    day = project.full_capacity_on if promise.due_point == DuePoint.FULL else built
    months = initial_months(promise.owner_id, promise.signed_on, world) if promise.due_point == DuePoint.INITIAL else 0
    if not day:
        return None
    return max(later(day.first, months), promise.signed_on), max(later(day.last, months), promise.signed_on)


def expected(world: World) -> dict[int, tuple[date, date]]:
    """Return by promise, of those without an agreed day, the first and last day of its point by the dates that this world knows."""
    return world.once((Promise, "expected"), lambda: dict(_expected(world)))


def _expected(world: World) -> Iterator[tuple[int, tuple[date, date]]]:
    sold = world.rows(StandardParcel).exclude(project=None)
    project_of = Subquery(sold.filter(id=OuterRef("standard_parcel_id")).values("project_id")[:1])
    asking = [*world.rows(Promise).filter(due_on=None).annotate(project_of=project_of)]
    if not asking:
        return
    projects = {each.id: each for each in world.rows(Project).filter(id__in=sold.values("project_id"))}
    for each in asking:
        project = projects.get(each.project_of)
        if found := point_in(project, each, world) if project else None:
            yield each.id, found


class Verdict(models.TextChoices):
    """What was found of a piece of evidence."""

    MET = "met", _("达标")
    SHORT = "short", _("未达标")
    REFUSED = "refused", _("不予采用")


class Evidence(Part):
    """核验材料：企业为核验一项承诺专门交来的一份材料，写明材料里的数值。

    One record is one document handed in for one promise. The number is the one that stands in the document; a statistical
    return is no evidence, whatever it is called. What the enterprise itself has handed in nobody changes: it is judged, or
    refused with the reason; its files are the enterprise's own, too. To what the office entered, both attach the document until then.
    """

    register = "promise_evidence"
    belongs_to = "promise"
    columns = ("code", "promise", "kind", "value", "document", "handed_in_on")
    listed = ("code", "promise", "kind", "value", "document", "handed_in_on", "by_enterprise", "verdict", "verified_on", "why")
    code_prefix = "CL"
    keys = (("promise", "document"), ("code",))
    headings = {"kind": ("材料种类",), "value": ("材料数值", "实际值"), "document": ("材料名称", "文号"), "handed_in_on": ("提交日期",)}
    attached_by = ("land_promises.hand_in", ("owner", "party"))  # the enterprise brings the document itself
    HANDED_IN = ("promise_id", "kind", "value", "document", "handed_in_on", "archived_at")

    promise = models.ForeignKey(Promise, models.PROTECT, verbose_name=_("对标承诺"), related_name="+")
    kind = models.CharField(_("材料"), max_length=12, choices=EvidenceKind)
    value = ExactField(_("材料上的数值"), scale=6)
    document = models.CharField(_("材料名称和编号"), max_length=200)
    handed_in_on = models.DateField(_("交来日期"))
    by_enterprise = models.BooleanField(_("企业账户提交"), default=False, editable=False)
    verdict = models.CharField(_("核验结论"), max_length=8, choices=Verdict, blank=True, editable=False)
    verified_on = models.DateField(_("核验日期"), null=True, blank=True, editable=False)
    rectify_by = models.DateField(_("整改期限"), null=True, blank=True, editable=False)
    why = models.CharField(_("不予采用的原因"), max_length=200, blank=True, editable=False)

    class Meta(Part.Meta):
        verbose_name = verbose_name_plural = _("核验材料")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()} {self.document}"

    @property
    def party_id(self) -> int | None:
        """Return the party of the enterprise that hands it in."""
        return self.promise.party_id

    @property
    def files_closed(self) -> str:
        """Return why no file is attached or taken off any more: what was judged stays as it is."""
        return _t("{evidence}：已于 {day} 核验，附件不能再增减。").format(evidence=self, day=self.verified_on) if self.verdict else ""

    def files_closed_to(self, by: Any) -> str:
        """Return why this person attaches or takes off no file: what the enterprise handed in itself is its own."""
        if not self.by_enterprise or self.party_id and by.may("land_promises.hand_in", self.party_id):
            return ""
        return _t("{evidence}：是企业用自己的账户交来的，附件也只由企业自己增减；不能采用的请办「不予采用」。").format(evidence=self)

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: what was judged is not refused."""
        return not self.verdict if verb == "refuse" else True

    def clean(self) -> None:
        """Refuse what the rule does not take as evidence of the indicator, a statistical return, and a change of what was verified."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "promise")
        if problems := [*self._of_kind(), *self._of_time()]:
            raise ValidationError(problems)

    def _of_kind(self) -> Iterator[str]:
        signed = self.promise.signed_on
        control = controls(self.owner_id, signed).get(self.promise.indicator)
        if control and self.kind not in control.evidence:
            yield _t("「{kind}」不能核验{indicator}；可用：{kinds}。").format(
                kind=self.get_kind_display(), indicator=self.promise.get_indicator_display(),
                kinds="、".join(str(each.label) for each in control.evidence))
        if word := next((each for each in refused_words(self.owner_id, signed) if each in self.document), ""):
            yield _t("「{document}」是{word}：统计资料只用于统计，不能作核验依据；请交验收记录、完税证明、审计或检测报告。").format(
                document=self.document, word=word)

    def _of_time(self) -> Iterator[str]:
        if self.handed_in_on > clock.today():
            yield _t("「交来日期」{day} 还没有到（今天是 {today}）。").format(day=self.handed_in_on, today=clock.today())
        if self.handed_in_on < self.promise.signed_on:
            yield _t("「交来日期」{day} 早于签订日期 {signed}。").format(day=self.handed_in_on, signed=self.promise.signed_on)
        stored = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        if stored is None or all(getattr(stored, name) == getattr(self, name) for name in self.HANDED_IN):
            return
        if stored.verdict:
            yield _t("这份材料已于 {day} 核验，不能再改。").format(day=stored.verified_on)
        elif stored.by_enterprise:
            yield _t("这份材料是企业用自己的账户交来的，不能由别人改；不能采用的请办「不予采用」，由企业另交一份。")
