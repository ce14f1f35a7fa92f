"""Terms of agreements: what an investor is bound to, each as a row with comparator, value, unit and the point at which it is due."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.projects.models import Lead


class Comparator(models.TextChoices):
    """How the value is compared."""

    LEAST = "least", _("不低于")
    MOST = "most", _("不高于")
    EXACTLY = "exactly", _("等于")


class DuePoint(models.TextChoices):
    """At which point of the project the term is due."""

    STARTED = "started", _("开工")
    PRODUCTION = "production", _("投产")
    FULL = "full", _("达产达效")
    DAY = "day", _("约定日期")


class LeadTerm(Record):
    """协议条款：投资协议或意向书里对一条线索约定的一项条件。

    One record is one term of one lead: what is agreed on, how it is compared with which value, and when it is due. A term
    that changes by a later agreement is corrected with the document. `met_on` is the day from which evidence shows it.
    """

    register = "lead_terms"
    columns = ("code", "lead", "what", "comparator", "value", "unit", "due_point", "due_on", "document", "met_on", "evidence")
    listed = ("code", "lead", "what", "comparator", "value", "unit", "due_point", "due_on", "met_on")
    code_prefix = "XT"
    keys = (("lead", "what"), ("code",))
    headings = {"lead": ("线索", "项目名称"), "what": ("条款", "约定内容"), "value": ("约定值",), "document": ("协议",)}

    lead = models.ForeignKey(Lead, models.PROTECT, verbose_name=_("线索"), related_name="+")
    what = models.CharField(_("约定事项"), max_length=100, help_text=_("如亩均税收"))
    comparator = models.CharField(_("比较"), max_length=12, choices=Comparator, default=Comparator.LEAST)
    value = ExactField(_("约定数值"), scale=4)
    unit = models.CharField(_("单位"), max_length=20, blank=True, help_text=_("如 万元/亩"))
    due_point = models.CharField(_("何时兑现"), max_length=12, choices=DuePoint)
    due_on = models.DateField(_("约定兑现日期"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)
    met_on = models.DateField(_("兑现日期"), null=True, blank=True)
    evidence = models.CharField(_("兑现依据"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("协议条款")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("lead", "what"), condition=models.Q(archived_at=None), name="leadterm_once",
            violation_error_message=_("这条线索的这一项约定已经登记；改了的，请更正那一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.what}"

    def clean(self) -> None:
        """Refuse another owner's lead, a day that is missing or has not come, and a term that is met without evidence."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "lead")
        if self.due_point == DuePoint.DAY and self.due_on is None:
            raise ValidationError(_t("「{what}」按约定日期兑现的，请填写「约定兑现日期」。").format(what=self.what))
        if self.met_on and self.met_on > clock.today():
            raise ValidationError(_t("「兑现日期」{day} 还没有到（今天是 {today}）。").format(day=self.met_on, today=clock.today()))
        if self.met_on and not self.evidence:
            raise ValidationError(_t("「{what}」填了兑现日期的，请写明兑现依据。").format(what=self.what))
