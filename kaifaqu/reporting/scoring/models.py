"""Scorings: a published sheet applied to an owner for a period, with what was found and what was decided by hand."""

from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files.models import Content
from kaifaqu.kernel import units
from kaifaqu.kernel.access import User, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.lifecycle import Lifecycle, Step
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.reporting.scoring.amounts import plain
from kaifaqu.reporting.scoring.results import Result
from kaifaqu.reporting.scoring.sheets import Item, Sheet, sheets_of


class ScoringStage(models.TextChoices):
    """Where a scoring stands."""

    DRAFT = "draft", _("试算")
    ISSUED = "issued", _("已印发")


SCORING_LIFECYCLE = Lifecycle(states=ScoringStage, steps=(
    Step(ScoringStage.DRAFT, ScoringStage.ISSUED, _("印发"), (), "", "scorings.issue"),
))


class Scoring(Record):
    """评分：一张公布的评分表，对一个单位、一个期间用一次。

    One record is one application of one sheet. Until it is issued its marks are computed anew each time it is looked at;
    from then on they are frozen (`content_sha256`, see `Content`), with every figure, record and decision behind them, which
    all belong to what is published. A later correction is another record, and of several that were issued for one sheet
    and period the last one holds. It scores the owner, never a person.
    """

    register = "scorings"
    columns = ("code", "sheet", "period", "note")
    listed = ("code", "title", "sheet", "period", "stage", "total", "grade", "issued_on")
    code_prefix = "PF"
    keys = (("sheet", "period"), ("code",))
    lifecycle = SCORING_LIFECYCLE
    headings = {"sheet": ("评分表代码", "评分表"), "period": ("期间", "评分期")}

    sheet = models.CharField(_("评分表"), max_length=80, help_text=_("评分表的代码，见「评分」页"))
    period = models.CharField(_("期间"), max_length=20, help_text=_("如 2024-H1（上半年）、2024（全年）"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    title = models.CharField(_("名称"), max_length=200, blank=True, editable=False)
    stage = models.CharField(_("状态"), max_length=10, choices=ScoringStage, default=ScoringStage.DRAFT, editable=False)
    total = ExactField(_("总分"), scale=4, null=True, blank=True, editable=False)
    grade = models.CharField(_("等次"), max_length=40, blank=True, editable=False)
    known = models.BigIntegerField(_("截至事件"), null=True, blank=True, editable=False)
    content_sha256 = models.CharField(_("内容 SHA-256"), max_length=64, blank=True, editable=False)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("印发"), related_name="+", editable=False)
    issued_on = models.DateField(_("印发日期"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("评分")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title or self.sheet}（{self.period}）"

    def clean(self) -> None:
        """Refuse what is no period, a sheet that the owner does not have at its end, and another sheet under what was entered by hand."""
        if self.archived_at is not None or self.is_issued:
            return
        before = type(self).objects.filter(pk=self.pk).exclude(sheet=self.sheet).first()
        if before is not None and any(each.objects.current().filter(scoring_id=self.pk).exists() for each in (ScoreFinding, ScoreOverride)):
            raise ValidationError(_t("{scoring} 下已登记问题或核定分数，它们是评分表「{sheet}」的，不能换成别的；请另做一份评分。").format(
                scoring=before, sheet=before.sheet))
        try:
            Period.parse(self.period)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None
        if self.applied() is None:
            held = sheets_of(self.owner_id, self.asked.end, World())
            raise ValidationError(_t("{day} 没有评分表「{code}」，可选：{sheets}。").format(
                day=self.asked.end, code=self.sheet, sheets="、".join(f"{code}（{each.title}）" for code, each in held.items())))

    @property
    def asked(self) -> Period:
        """Return the period that is scored. Raise ValueError where it names none."""
        return Period.parse(self.period)

    @property
    def is_issued(self) -> bool:
        """Tell whether it is issued: nothing of it changes any more."""
        return self.stage == ScoringStage.ISSUED

    @property
    def files_closed(self) -> str:
        """Return why no file may be attached or taken off any more; "" while one may."""
        return _t("{scoring} 已经印发，附件不能再增减。").format(scoring=self) if self.is_issued else ""

    def applied(self) -> Sheet | None:
        """Return the sheet that holds for the owner at the end of the period; None where there is none of this code."""
        return sheets_of(self.owner_id, self.asked.end, World()).get(self.sheet)

    @property
    def place(self) -> tuple[Any, ...]:
        """Return of what one scoring holds: owner, sheet and days, however the period is spelled."""
        return self.owner_id, self.sheet, self.asked.start, self.asked.end

    @classmethod
    def holding(cls, **which: Any) -> "dict[tuple[Any, ...], Scoring]":
        """Return by its place the scoring that holds, of those issued: the last one."""
        return {each.place: each for each in cls.objects.filter(stage=ScoringStage.ISSUED, **which).order_by("known")}

    @property
    def holds_instead(self) -> "Scoring | None":
        """Return the scoring that holds in the place of this one; None where this one does, or none was issued."""
        found = self.holding(owner_id=self.owner_id, sheet=self.sheet).get(self.place)
        return None if found == self else found

    def frozen(self) -> Result:
        """Return the result as it was issued. Raise LookupError where it is not issued, or its content was damaged."""
        return Result.from_dict(Content.read(self.content_sha256))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Raise ValidationError where something was found or decided by hand since an issued scoring was computed."""
        for each in (one for one in written if one.is_issued):
            later = [register.Version.objects.filter(scoring_id=each.pk, seq__gt=each.known) for register in (ScoreFinding, ScoreOverride)]
            if any(rows.exists() for rows in later):
                raise ValidationError(_t("{scoring}：别人刚刚登记了问题或核定了分数，请重新打开、核对后再印发。").format(scoring=each))


class OfAScoring(Record):
    """What belongs to one item of one scoring, and is closed with it."""

    scoring = models.ForeignKey(Scoring, models.PROTECT, verbose_name=_("评分"), related_name="%(class)ss")
    item = models.CharField(_("序号"), max_length=20, help_text=_("评分表上的序号，如 1.2"))
    document = models.CharField(_("依据文件"), max_length=200, help_text=_("文件名称和文号；文件本身可以作附件"))

    class Meta(Record.Meta):
        abstract = True

    def clean(self) -> None:
        """Refuse what belongs to another owner's or to an issued scoring, or did before, and an item that the sheet does not have."""
        refuse_foreign(self, "scoring")
        before = type(self).objects.filter(pk=self.pk).exclude(scoring_id=self.scoring_id).select_related("scoring").first()
        if before is not None:
            raise ValidationError(_t("{record} 属于 {scoring}，不能改到别的评分；登错了的，请归档后重新登记。").format(
                record=before, scoring=before.scoring))
        if self.scoring.is_issued:
            raise ValidationError(_t("{scoring} 已经印发，不能再改；有误的，另做一份评分。").format(scoring=self.scoring))
        if self.archived_at is not None:
            return
        sheet = self.scoring.applied()
        item = sheet.item(self.item) if sheet else None
        if sheet is None or item is None:
            items = "、".join(f"{each.number}（{each.label}）" for each in sheet.items) if sheet else "—"
            raise ValidationError(_t("{scoring}的评分表没有序号「{item}」，可选：{items}。").format(
                scoring=self.scoring, item=self.item, items=items))
        if problem := self.problem_of(item):
            raise ValidationError(problem)

    def problem_of(self, item: Item) -> str:
        """Return why nothing can be said about this item here; "" where it can."""
        raise NotImplementedError

    @property
    def files_closed(self) -> str:
        """Return why no file may be attached or taken off any more; "" while one may."""
        return self.scoring.files_closed

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Raise ValidationError where the scoring was issued meanwhile."""
        closed = Scoring.objects.filter(pk__in={each.scoring_id for each in written}, stage=ScoringStage.ISSUED).first()
        if closed is not None:
            raise ValidationError(_t("{scoring} 已经印发，不能再改；有误的，另做一份评分。").format(scoring=closed))


class ScoreFinding(OfAScoring):
    """查出的问题：评分表上没有指标可量的一项，由人登记的一条：督察问题、事故、通报。

    One record is what one document says about one item: how many, what, and when it was found, whenever it occurred. Two are
    one that say the same of it. Its number counts for the item in whose period it was found; a place, for that of which it was
    published, on its day or later.
    """

    register = "score_findings"
    columns = ("code", "scoring", "item", "count", "found_on", "what", "document")
    code_prefix = "PW"
    keys = (("scoring", "item", "document", "what"), ("code",))
    headings = {"what": ("问题", "情况"), "count": ("数量", "个数"), "found_on": ("日期",)}

    count = ExactField(_("数量"), scale=2, help_text=_("几个、几起；名次写第几"))
    found_on = models.DateField(_("查出日期"), help_text=_("督察、检查、通报的日子；以前发生、这一期查出的，算在这一期"))
    what = models.CharField(_("情况"), max_length=200)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("查出的问题")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("scoring", "item", "document", "what"), condition=Q(archived_at=None), name="scorefinding_told_once",
            violation_error_message=_("这份文件的这一情况已登记在这一项下；有几个、几起的，填在「数量」里。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.what}"

    def problem_of(self, item: Item) -> str:
        """Return that a figure measures the item, that nothing was found, or that it was found outside the period."""
        if item.figure:
            return _t("序号 {item}「{label}」由指标「{figure}」计算，不能登记；数有误的，更正背后的记录。").format(
                item=item.number, label=item.label, figure=getattr(item.definition(), "label", item.figure))
        if self.count <= 0:
            return _t("「数量」请填大于 0 的数。")
        if not item.takes(self.found_on, self.scoring.asked):
            return _t("「查出日期」{day} 不在这一项的期间（{period}）内。").format(
                day=self.found_on, period=item.during(self.scoring.asked).label)
        return ""


class ScoreOverride(OfAScoring):
    """人工核定：一项的分数由人核定，计算的分数和核定的分数都留着，写明理由和依据文件。

    One record is one decision about one item. A further decision is another record; of several the latest counts, and all
    of them stay.
    """

    register = "score_overrides"
    columns = ("code", "scoring", "item", "given", "grounds", "document")
    listed = ("code", "scoring", "item", "computed", "given", "grounds", "document", "decided_by", "decided_on")
    code_prefix = "PH"
    keys = (("code",),)
    headings = {"given": ("核定分数", "核定得分"), "grounds": ("核定理由",)}

    given = ExactField(_("核定分"), scale=6)
    grounds = models.CharField(_("理由"), max_length=200)
    computed = ExactField(_("计算分"), scale=6, null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("核定人"), related_name="+", editable=False)
    decided_on = models.DateField(_("核定日期"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("人工核定")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.item}"

    def warnings(self) -> list[str]:
        """Return that more is given than the item can earn."""
        sheet = self.scoring.applied()
        item = sheet.item(self.item) if sheet else None
        if sheet is None or item is None or item.form.full is None:
            return []
        full = item.form.full * sheet.weight(item.dimension)
        if Fraction(self.given) <= full:
            return []
        return [_t("核定分 {given} 高于这一项的满分 {full}。").format(given=units.text(self.given), full=plain(full))]

    def problem_of(self, item: Item) -> str:
        """Return that a veto has no marks; it is lifted by the records behind it."""
        if item.is_veto:
            return _t("序号 {item}「{label}」是一票否决，没有分数可核定；认定有误的，更正背后的记录。").format(
                item=item.number, label=item.label)
        return ""
