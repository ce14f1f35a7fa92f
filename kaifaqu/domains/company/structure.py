"""The structure of the group's companies: departments and posts, each from a day on. Who holds whom stands in the holdings."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise


class CompanyDepartment(Dated):
    """内设机构：一家公司自某日起的一个部门。

    One record is one department under one name; renamed or moved, it ends and another begins.
    """

    register = "company_departments"
    columns = ("code", "company", "name", "parent", "duties", "since", "until")
    code_prefix = "BM"
    keys = (("code",), ("company", "name", "since"))
    headings = {"name": ("部门", "部门名称", "机构名称"), "parent": ("上级部门",), "duties": ("职责", "主要职责")}

    company = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("公司"), related_name="+")
    name = models.CharField(_("部门名称"), max_length=100)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("上级部门"), related_name="+")
    duties = models.CharField(_("部门职责"), max_length=500, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("内设机构")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse another owner's company, a department of another company above it, and one that is above itself."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "company", "parent")
        above, met = self.parent, {self.pk}
        while above is not None:
            if above.company_id != self.company_id or above.pk in met:
                raise ValidationError(_t("「上级部门」要是同一家公司的另一个部门，且不能互为上级。"))
            met.add(above.pk)
            above = above.parent

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a department that still has posts or departments below it."""
        refuse_leaving(written)


class CompanyPost(Dated):
    """岗位：一个部门自某日起设的一种岗位和人数。

    One record is one kind of post in one department; a changed number ends the record and begins another.
    """

    register = "company_posts"
    columns = ("code", "department", "name", "headcount", "since", "until")
    code_prefix = "GW"
    totals = ("headcount",)
    keys = (("code",), ("department", "name", "since"))
    headings = {"name": ("岗位", "岗位名称", "职务"), "headcount": ("编制", "人数", "职数")}

    department = models.ForeignKey(CompanyDepartment, models.PROTECT, verbose_name=_("内设机构"), related_name="+")
    name = models.CharField(_("岗位名称"), max_length=100)
    headcount = models.PositiveIntegerField(_("岗位人数"), default=1)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("岗位")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse another owner's department."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "department")
