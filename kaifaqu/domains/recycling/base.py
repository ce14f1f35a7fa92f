"""The base: its phases and facilities, what they can do a year, how far the business reaches, and claims of rank."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.premises.models import Building
from kaifaqu.registers.spans import refuse_overlaps


class BasePhase(Record):
    """基地分期：产业基地的一期，建在一宗地上；面积以宗地和楼栋台账为准。

    One record is one phase. Its land is the parcel's area, its floor area that of the buildings of its facilities.
    """

    register = "base_phases"
    columns = ("code", "name", "parcel", "started_on", "completed_on")
    code_prefix = "JQ"
    keys = (("code",), ("name",))
    headings = {"name": ("期", "项目名称"), "parcel": ("宗地",), "completed_on": ("投运日期",)}

    name = models.CharField(_("分期名称"), max_length=100)
    parcel = models.ForeignKey(Parcel, models.PROTECT, null=True, blank=True, verbose_name=_("宗地"), related_name="+")
    started_on = models.DateField(_("开工日期"), null=True, blank=True)
    completed_on = models.DateField(_("建成投运日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("基地分期")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("parcel",), condition=Q(archived_at=None), name="basephase_parcel",
            violation_error_message=_("这宗地已经登记在另一期名下。"))]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse days that cannot be, and another owner's parcel."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "parcel")
            refuse_ahead(self, "started_on", "completed_on")
            refuse_before(self, "completed_on", "started_on")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a phase goes away while facilities or capacities stand on it."""
        refuse_leaving(written)


class FacilityKind(models.TextChoices):
    """What a facility is for: the five that the newspaper page of the demo names, and others."""

    SHED = "shed", _("机动车储车棚")
    PRETREATMENT = "pretreatment", _("预处理厂房")
    QUICK = "quick", _("快拆联合厂房")
    FINE = "fine", _("精拆及零部件再制造联合厂房")
    HAZARDOUS = "hazardous", _("危废库")
    OTHER = "other", _("其他设施")


class BaseFacility(Record):
    """基地设施：一期里的一处储车、预处理、拆解或贮存设施。

    One record is one facility; the building that it is in has the floor area.
    """

    register = "base_facilities"
    columns = ("code", "phase", "kind", "name", "building")
    code_prefix = "JS"
    keys = (("code",), ("phase", "name"))
    headings = {"phase": ("期",), "kind": ("设施类别",), "name": ("设施名称",), "building": ("楼栋",)}

    phase = models.ForeignKey(BasePhase, models.PROTECT, verbose_name=_("基地分期"), related_name="+")
    kind = models.CharField(_("设施类别"), max_length=14, choices=FacilityKind)
    name = models.CharField(_("设施名称"), max_length=100)
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, verbose_name=_("楼栋"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("基地设施")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("building",), condition=Q(archived_at=None), name="basefacility_building",
            violation_error_message=_("这栋楼已经登记为另一处设施。"))]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse another owner's phase or building."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "phase", "building")


class DismantlingCapacity(Dated):
    """拆解能力：一期自某日起每年能拆解多少辆，到下一次变更为止；是能力，不是拆解量。

    One record is one yearly capacity by one document; what held before stays known.
    """

    register = "dismantling_capacities"
    columns = ("code", "phase", "per_year", "since", "until", "document")
    code_prefix = "CL"
    keys = (("phase", "since"), ("code",))
    totals = ("per_year",)
    headings = {"phase": ("期",), "per_year": ("年产能", "设计能力", "年拆解能力"), "since": ("起始日期",), "document": ("批复文件",)}

    phase = models.ForeignKey(BasePhase, models.PROTECT, verbose_name=_("基地分期"), related_name="+")
    per_year = models.PositiveIntegerField(_("年拆解能力（辆/年）"))
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("拆解能力")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse an empty span, a capacity of nothing, and another owner's phase."""
        super().clean()
        if self.per_year == 0:
            raise ValidationError(_t("「年拆解能力（辆/年）」要大于 0；不再拆解的，请填写截止日期。"))
        if self.archived_at is None:
            refuse_foreign(self, "phase")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse two capacities of a phase on one day."""
        refuse_overlaps(written, "phase_id")


class Reach(models.TextChoices):
    """How far an area is from home."""

    PROVINCE = "province", _("全省")
    NEIGHBOURS = "neighbours", _("周边省份")


class ServiceArea(Dated):
    """业务辐射范围：自某日起在一个地区收车。

    One record is one area at one level.
    """

    register = "service_areas"
    columns = ("code", "level", "name", "since", "until")
    code_prefix = "FW"
    keys = (("level", "name", "since"), ("code",))
    headings = {"level": ("层级",), "name": ("地区",)}

    level = models.CharField(_("范围层级"), max_length=12, choices=Reach)
    name = models.CharField(_("地区名称"), max_length=60)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("业务辐射范围")
        constraints = [*Record.Meta.constraints]

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse one area twice on a day."""
        refuse_overlaps(written, "name", "level", "owner_id")


class RankSubject(models.TextChoices):
    """By what firms are ranked."""

    RECOVERED = "recovered", _("汽车回收量")
    DISMANTLED = "dismantled", _("汽车拆解量")


class RankLevel(models.TextChoices):
    """Among the firms of how large an area."""

    COUNTRY = "country", _("全国")
    PROVINCE = "province", _("全省")
    CITY = "city", _("全市")
    OTHER = "other", _("其他范围")


class RankStanding(models.TextChoices):
    """Whether a claim can be checked: it names its source and the day of it."""

    VERIFIED = "verified", _("有来源")
    UNVERIFIED = "unverified", _("未核实")


class RankClaim(Record):
    """行业排名：关于一年、一个地区、一项量的一个名次说法；没有来源和日期的，只作未核实显示。

    One record is one claim. `standing` follows from source and day; only verified claims are in figures of rank.
    """

    register = "rank_claims"
    columns = ("code", "subject", "level", "area", "year", "rank", "among", "claim", "origin", "origin_on")
    listed = ("code", "subject", "level", "area", "year", "rank", "claim", "standing", "origin")
    code_prefix = "PM"
    keys = (("code",), ("subject", "area", "year", "origin"))
    headings = {
        "level": ("范围",), "rank": ("名次", "排名"), "among": ("参加排名的企业数",), "claim": ("说法",), "origin": ("来源",),
        "origin_on": ("来源日期",),
    }

    subject = models.CharField(_("排名的量"), max_length=12, choices=RankSubject)
    level = models.CharField(_("排名的范围"), max_length=10, choices=RankLevel)
    area = models.CharField(_("排名的地区"), max_length=60)
    year = models.PositiveSmallIntegerField(_("排名年份"))
    rank = models.PositiveSmallIntegerField(_("名次"), null=True, blank=True)
    among = models.PositiveSmallIntegerField(_("参加排名的家数"), null=True, blank=True)
    claim = models.CharField(_("原话"), max_length=200, blank=True)
    origin = models.CharField(_("名次来源"), max_length=200, blank=True, help_text=_("公布名次的机构和文件"))
    origin_on = models.DateField(_("来源日期"), null=True, blank=True)
    standing = models.CharField(
        _("核实情况"), max_length=12, choices=RankStanding, default=RankStanding.UNVERIFIED, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("行业排名")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        told = self.claim or f"{self.area} {self.get_subject_display()} {self.rank}"
        return told if self.standing == RankStanding.VERIFIED else f"{told}（{self.get_standing_display()}）"

    def derived(self) -> dict[str, str]:
        """Return whether the claim can be checked: rank, source and the day of the source are all there."""
        can_be_checked = self.rank is not None and self.origin and self.origin_on is not None
        return {"standing": RankStanding.VERIFIED if can_be_checked else RankStanding.UNVERIFIED}

    def clean(self) -> None:
        """Refuse a rank that cannot be, a claim of nothing, and a year or a source of a day that has not come."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "origin_on")
        if self.year > clock.today().year:
            raise ValidationError(_t("「排名年份」{year} 还没有到，请核对。").format(year=self.year))
        if self.rank is None and not self.claim:
            raise ValidationError(_t("请填写「名次」，或照原话填写「原话」。"))
        if self.rank is not None and (self.rank == 0 or self.among is not None and self.rank > self.among):
            raise ValidationError(_t("「名次」{rank} 不在 1 至参加排名的家数 {among} 之间，请核对。").format(
                rank=self.rank, among=self.among or "—"))

    def warnings(self) -> list[str]:
        """Say that the claim carries no source and shows as unverified."""
        if self.standing == RankStanding.VERIFIED:
            return []
        return [_t("没有名次、来源或来源日期：这条排名按「未核实」显示，不进入数字。")]
