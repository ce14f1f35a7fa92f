"""Feeds, their readings, and warnings. A feed that sends nothing has no value: it is dead, which is never zero."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park

SCALE = 4  # decimals of a reading


class Cadence(models.TextChoices):
    """How often data should come."""

    DAILY = "daily", _("每天")
    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季")


DAYS = {Cadence.DAILY: 1, Cadence.WEEKLY: 7, Cadence.MONTHLY: 31, Cadence.QUARTERLY: 92}  # after which a feed is silent too long


class Feed(Record):
    """数据源：一处仪表、一座厂站或一张报表，按约定的间隔送来同一个量的读数。

    One record is one quantity measured at one place: inflow and quality of a plant are two feeds. Limits and cadence are
    facts of the record, so the version of a day has those that held then.
    """

    register = "feeds"
    columns = ("code", "name", "measures", "unit", "park", "enterprise", "every", "low", "high", "limit_basis", "ended_on")
    listed = ("code", "name", "measures", "unit", "every", "low", "high", "ended_on")
    code_prefix = "SJ"
    keys = (("code",), ("name",))
    headings = {"low": ("下限",), "high": ("上限",)}

    name = models.CharField(_("名称"), max_length=100)
    measures = models.CharField(_("测什么"), max_length=60, help_text=_("如 日进水量、出水化学需氧量"))
    unit = models.CharField(_("计量单位"), max_length=20)
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("企业或厂站"), related_name="+")
    every = models.CharField(_("应报间隔"), max_length=12, choices=Cadence, default=Cadence.DAILY)
    low = ExactField(_("下限值"), scale=SCALE, null=True, blank=True)
    high = ExactField(_("上限值"), scale=SCALE, null=True, blank=True)
    limit_basis = models.CharField(_("限值依据"), max_length=200, blank=True)
    ended_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("数据源")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse limits the wrong way round, and limits that nobody has laid down."""
        super().clean()
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValidationError(_t("下限不能大于上限。"))
        if (self.low is not None or self.high is not None) and not self.limit_basis:
            raise ValidationError(_t("有上下限的，请写明「限值依据」。"))
        if self.archived_at is None:
            refuse_foreign(self, "park", "enterprise")

    def is_dead(self, last: date | None, on: date) -> bool:
        """Tell whether it has been silent longer than it should on the day; without any reading it is."""
        return last is None or last < on - timedelta(days=DAYS[Cadence(self.every)])


class Reading(Record):
    """读数：一个数据源在一个时刻的一个值；没有数据就没有读数，不填 0。

    One record is one value. Without a time it is the value of the whole day.
    """

    register = "readings"
    columns = ("code", "feed", "day", "time", "value")
    code_prefix = "DS"
    keys = (("feed", "day", "time"), ("code",))
    headings = {"feed": ("数据源编号", "测点"), "day": ("日期",), "time": ("时间",), "value": ("数值", "读数")}

    feed = models.ForeignKey(Feed, models.PROTECT, verbose_name=_("数据源"), related_name="+")
    day = models.DateField(_("读数日期"))
    time = models.CharField(
        _("时刻"), max_length=5, blank=True, validators=[RegexValidator(r"^([01]\d|2[0-3]):[0-5]\d$", _("请写成 08:30 的样子。"))],
        help_text=_("如 08:30；全天一个数的空着"))
    value = ExactField(_("值"), scale=SCALE)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("读数")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("feed", "day", "time"), condition=Q(archived_at=None), name="reading_once",
            violation_error_message=_("该数据源这个时刻已有读数；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.feed} {self.at}"

    @property
    def at(self) -> str:
        """Return the moment as an office writes it."""
        return f"{self.day} {self.time}".strip()

    def clean(self) -> None:
        """Refuse a reading of a day that has not come, and one of another owner's feed."""
        super().clean()
        if self.day > clock.today():
            raise ValidationError(_t("读数日期 {day} 还没有到。").format(day=self.day))
        if self.archived_at is None:
            refuse_foreign(self, "feed")


class Kind(models.TextChoices):
    """What a warning says of a feed."""

    HIGH = "high", _("超过上限")
    LOW = "low", _("低于下限")
    SILENT = "silent", _("数据中断")


class Alert(Record):
    """预警：一个数据源超限或中断的一次提示，由人办结并写明怎样处理。

    One record lasts until somebody has seen to it: what goes on meanwhile is the same warning. Of one reading is warned once.
    """

    register = "alerts"
    columns = ("code", "feed", "kind", "found_on", "told")
    listed = ("code", "feed", "kind", "found_on", "told", "closed_on", "person")
    code_prefix = "YJ"
    revives = False

    feed = models.ForeignKey(Feed, models.PROTECT, verbose_name=_("数据源"), related_name="+")
    kind = models.CharField(_("预警种类"), max_length=12, choices=Kind)
    reading = models.ForeignKey(
        Reading, models.PROTECT, null=True, blank=True, verbose_name=_("所依据的读数"), related_name="+", editable=False)
    found_on = models.DateField(_("发现日期"))
    told = models.CharField(_("预警情况"), max_length=200, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("办结人"), related_name="+")
    outcome = models.CharField(_("处理结果"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("预警")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("feed", "kind"), condition=Q(archived_at=None, closed_on=None), name="alert_open_once",
            violation_error_message=_("该数据源已有一条同类预警还没有办结。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.feed} {self.get_kind_display()}"

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: what is closed is not closed again."""
        return self.closed_on is None if verb == "close" else True

    def clean(self) -> None:
        """Refuse a warning about another owner's feed."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "feed")
