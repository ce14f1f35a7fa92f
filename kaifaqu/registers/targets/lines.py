"""The lines along which a zone arranges its year's work; a target stands on one of them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, Party
from kaifaqu.kernel.records import Record
from kaifaqu.registers.spans import refuse_overlaps


class WorkLine(Dated):
    """工作主线：开发区把全年工作分成的一条线，例如党建、项目、招商、要素保障；从哪天起，到哪天为止。

    One record is one line as long as it holds under one name; renamed by a later document it is another.
    """

    register = "work_lines"
    columns = ("code", "name", "office", "document", "since", "until")
    code_prefix = "GZ"
    keys = (("name", "since"), ("code",))
    headings = {"name": ("主线", "工作线"), "office": ("牵头部门", "责任单位")}

    name = models.CharField(_("工作主线"), max_length=40)
    office = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("牵头单位"), related_name="+")
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("工作主线")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "name"), condition=models.Q(until=None, archived_at=None), name="workline_once",
            violation_error_message=_("这条工作主线已经登记，还没有结束。"))]

    def __str__(self) -> str:
        return self.name or self.code

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse two lines of one name on one day."""
        refuse_overlaps(written, "owner_id", "name")
