"""Consultations: what somebody asked before handing anything in, and what he was told."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record


class Consultation(Record):
    """预约咨询：一个单位就一件事的一次咨询和答复。

    One record is one inquiry of one unit; asked again after the answer, it is another.
    """

    register = "consultations"
    columns = ("code", "consulted_on", "unit", "contact", "content", "answer")
    listed = ("code", "consulted_on", "unit", "content", "answer")
    code_prefix = "ZX"
    keys = (("code",), ("consulted_on", "unit", "content"))
    headings = {
        "consulted_on": ("日期", "咨询时间"), "unit": ("项目单位名称", "单位名称"), "contact": ("联系方式",),
        "content": ("内容",), "answer": ("处理结果", "答复情况"),
    }

    consulted_on = models.DateField(_("咨询日期"))
    unit = models.CharField(_("咨询单位"), max_length=200)
    contact = PersonalField(_("联系方式"), max_length=100, blank=True)
    content = models.TextField(_("咨询内容"))
    answer = models.TextField(_("答复"), blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("预约咨询")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.unit}"
