"""Reform measures: which reforms a zone has adopted, by which document."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.records import Record


class ReformKind(models.TextChoices):
    """Which reform it is."""

    LAND = "land", _("标准地")
    COMMITMENT = "commitment", _("承诺制")
    AGENCY = "agency", _("全代办")
    INTEGRATED = "integrated", _("集成办理")
    OTHER = "other", _("其他")


class ReformMeasure(Record):
    """改革举措：开发区用一份文件推行的一项改革。

    One record is one document that puts one reform into force; two documents on the same reform are two measures of one kind.
    """

    register = "reform_measures"
    columns = ("code", "kind", "title", "document", "adopted_on", "ended_on", "office")
    code_prefix = "GG"
    headings = {"title": ("举措", "改革名称"), "document": ("文号",), "adopted_on": ("出台时间", "印发日期"), "office": ("牵头部门",)}

    kind = models.CharField(_("改革"), max_length=12, choices=ReformKind)
    title = models.CharField(_("举措名称"), max_length=200)
    document = models.CharField(_("依据文件"), max_length=200)
    adopted_on = models.DateField(_("出台日期"))
    ended_on = models.DateField(_("停止执行日期"), null=True, blank=True)
    office = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("牵头单位"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("改革举措")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        """Refuse a measure that was not adopted yet, or that ended before it began."""
        super().clean()
        if self.adopted_on > clock.today():
            raise ValidationError(_t("「出台日期」{day} 还没有到（今天是 {today}）。").format(day=self.adopted_on, today=clock.today()))
        if self.ended_on and self.ended_on <= self.adopted_on:
            raise ValidationError(_t("「停止执行日期」{ended} 应晚于出台日期 {day}。").format(ended=self.ended_on, day=self.adopted_on))
