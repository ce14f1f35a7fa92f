"""Fences in mines: the sites that need a system which guards people against coming near, and the fences that were laid down.

A supervisory and record layer, never the safety interlock: no machine waits for an answer from here.
"""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_disorder
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.spans import refuse_overlaps

POINT = r"-?\d{1,4}(\.\d{1,2})?,-?\d{1,4}(\.\d{1,2})?"
CORNERS = RegexValidator(rf"^{POINT}(; ?{POINT}){{2,}}$", _("请写至少三个角点，如 0,0;5.2,0;5.2,2.4（米，角点之间用分号）。"))


class SiteKind(models.TextChoices):
    """The eight kinds of site that the Shanxi notice of spring 2024 names."""

    HEADING = "heading", _("掘进机械（综掘机、掘锚机、掘锚一体机、连采机）")
    BOLTING = "bolting", _("锚杆（索）钻车")
    AUXILIARY = "auxiliary", _("辅助机械（梭车、铲运车、装载机、耙装机）")
    BREAKER = "breaker", _("给料破碎机、连运头车")
    BELT = "belt", _("带式输送机机头、机尾")
    BUNKER = "bunker", _("溜煤眼、煤仓上口")
    SEALED = "sealed", _("密闭墙外")
    STAGE_LOADER = "stage_loader", _("采煤工作面转载机")


class SiteStage(models.TextChoices):
    """Where a site stands by its dates."""

    REQUIRED = "required", _("待办")
    CONTRACTED = "contracted", _("已签合同")
    INSTALLED = "installed", _("已安装")
    COMMISSIONED = "commissioned", _("已投用")


class Mine(Record):
    """矿井：安装人员接近防护系统的一处煤矿.

    One record is one mine by its licence; its levels and faces are none of their own.
    """

    register = "mines"
    columns = ("code", "name", "operator", "city")
    code_prefix = "KJ"
    keys = (("code",), ("name",))
    headings = {"name": ("煤矿", "煤矿名称", "矿名"), "operator": ("煤矿企业", "所属企业"), "city": ("市", "地市")}

    name = models.CharField(_("矿井名称"), max_length=100)
    operator = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("运营企业"), related_name="+")
    city = models.CharField(_("所在市"), max_length=40, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("矿井")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse another owner's operator."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "operator")

    @classmethod
    def refuse_together(cls, written: list["Mine"]) -> None:
        """Refuse to archive a mine that has sites."""
        refuse_leaving(written)


class FenceSite(Dated):
    """防护地点：矿井里通知要求安装人员接近防护系统的一处地点或一台设备，自列入台账之日起，到撤除之日止.

    One record is one machine or place. The stage follows from the dates, and until the system is commissioned an interim
    measure applies. The system's certified controller stops the machine; this ledger only says how far it is.
    """

    register = "fence_sites"
    columns = (
        "code", "mine", "kind", "name", "equipment", "since", "contracted_on", "installed_on", "commissioned_on", "interim_measure",
        "document", "until")
    listed = ("code", "mine", "kind", "name", "stage", "commissioned_on", "interim_measure")
    code_prefix = "FD"
    keys = (("code",), ("mine", "kind", "name"))
    headings = {
        "mine": ("煤矿", "煤矿名称"), "kind": ("地点种类", "设备类别"), "name": ("安装地点", "地点"), "equipment": ("设备型号",),
        "since": ("列入日期",), "contracted_on": ("合同日期",), "installed_on": ("安装完成日期",),
        "commissioned_on": ("投用日期", "验收日期"),
        "interim_measure": ("临时措施",), "document": ("验收资料",), "until": ("拆除日期",),
    }

    mine = models.ForeignKey(Mine, models.PROTECT, verbose_name=_("矿井"), related_name="+")
    kind = models.CharField(_("种类"), max_length=16, choices=SiteKind)
    name = models.CharField(_("地点名称"), max_length=100)
    equipment = models.CharField(_("设备"), max_length=100, blank=True)
    since = models.DateField(_("列入台账日期"))
    until = models.DateField(_("撤除日期"), null=True, blank=True)
    contracted_on = models.DateField(_("签订合同日期"), null=True, blank=True)
    installed_on = models.DateField(_("安装日期"), null=True, blank=True)
    commissioned_on = models.DateField(_("投入使用日期"), null=True, blank=True)
    interim_measure = models.CharField(_("临时防护措施"), max_length=200, blank=True, help_text=_("投用以前怎样防止人员接近"))
    document = models.CharField(_("投用依据"), max_length=200, blank=True)
    stage = models.CharField(_("进度"), max_length=12, choices=SiteStage, default=SiteStage.REQUIRED)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("防护地点")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def derived(self) -> dict[str, str]:
        """Return the stage that the dates say."""
        latest_first = (
            (SiteStage.COMMISSIONED, self.commissioned_on), (SiteStage.INSTALLED, self.installed_on),
            (SiteStage.CONTRACTED, self.contracted_on))
        return {"stage": next((stage for stage, day in latest_first if day), SiteStage.REQUIRED)}

    def clean(self) -> None:
        """Refuse a span that is none, days that cannot be, use before installation, and another owner's mine."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "mine")
        refuse_disorder(self, "contracted_on", "installed_on", "commissioned_on")
        if self.commissioned_on and not self.installed_on:
            raise ValidationError(_t("填了「投入使用日期」的，请填「安装日期」。"))

    @classmethod
    def refuse_together(cls, written: list["FenceSite"]) -> None:
        """Refuse to archive a site that has fences."""
        refuse_leaving(written)

    def warnings(self) -> list[str]:
        """Say that nothing guards people while the system is not in use."""
        if self.commissioned_on is None and self.until is None and not self.interim_measure:
            return [_t("还没有投用，也没有写「临时防护措施」：投用以前应有临时措施。")]
        return []


class Frame(models.TextChoices):
    """Within what the corners of a fence are measured, in metres; underground there is neither latitude nor longitude."""

    MACHINE = "machine", _("随设备移动")
    ROADWAY = "roadway", _("固定在巷道")


class GeoFence(Dated):
    """电子围栏：一处防护地点的一道围栏的一个版本，自某日起按此设置，到改设之日止.

    One record is one version of one fence: its outline in metres of the machine or of the mine's own grid, and two rings
    around it, the inner one (stop) within the outer one (warning). A record of what was set, not a command to a machine:
    software of supervision and record, no certified safety device, no substitute for the interlock on the machine.
    """

    register = "geo_fences"
    columns = ("code", "site", "name", "frame", "roadway", "outline", "warn_distance", "stop_distance", "since", "until", "document")
    listed = ("code", "site", "name", "frame", "warn_distance", "stop_distance", "since", "until")
    code_prefix = "DW"
    keys = (("code",), ("site", "name", "since"))
    headings = {
        "site": ("地点",), "name": ("围栏",), "warn_distance": ("预警距离",), "stop_distance": ("停机距离", "危险距离"),
        "since": ("启用日期",), "until": ("停用日期",), "document": ("设置依据",),
    }

    site = models.ForeignKey(FenceSite, models.PROTECT, verbose_name=_("防护地点"), related_name="+")
    name = models.CharField(_("围栏名称"), max_length=100)
    frame = models.CharField(_("坐标"), max_length=12, choices=Frame)
    roadway = models.CharField(_("巷道"), max_length=100, blank=True, help_text=_("固定在巷道的写明巷道名称和水平，上下交叉的巷道靠它区分"))
    outline = models.CharField(_("角点（米）"), max_length=500, validators=[CORNERS])
    warn_distance = ExactField(_("预警圈（米）"), scale=2)
    stop_distance = ExactField(_("停机圈（米）"), scale=2, help_text=_("只记录怎样设置；停机由经认证的机载联锁完成"))
    document = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("电子围栏")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a span that is none, rings that are not one within the other, a place without its roadway, another owner's site."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "site")
        if not 0 < self.stop_distance < self.warn_distance:
            raise ValidationError(_t("「停机圈（米）」要大于 0，并小于「预警圈（米）」：停机圈在预警圈以内。"))
        if self.frame == Frame.ROADWAY and not self.roadway:
            raise ValidationError(_t("固定在巷道的围栏请写明「巷道」。"))

    @classmethod
    def refuse_together(cls, written: list["GeoFence"]) -> None:
        """Refuse two versions of one fence that hold on one day."""
        refuse_overlaps(written, "site_id", "name")
