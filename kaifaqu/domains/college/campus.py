"""How a college came to be: who founded it, the project that builds it, its land, and by what industry and teaching are joined."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.projects.models import Project


class Founder(Dated):
    """举办方：共同举办学院的一方，例如一级人民政府.

    One record is one founder, for as long as it is one.
    """

    register = "college_founders"
    columns = ("code", "name", "since", "until", "document")
    code_prefix = "JBF"
    keys = (("code",), ("name",))
    headings = {"name": ("举办单位", "举办者"), "since": ("举办日期",), "document": ("批准文件",)}

    name = models.CharField(_("举办方名称"), max_length=100)
    document = models.CharField(_("举办依据"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("学院举办方")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code


class CampusParcel(Record):
    """校园用地：学院的建设项目用一块宗地.

    One record is one parcel under the project that builds the college there. What the project costs is a fact of the project,
    and the area one of the parcel; both belong to the college's own ledgers, so that no zone counts them among its own.
    """

    register = "campus_parcels"
    columns = ("code", "project", "parcel")
    code_prefix = "XYD"
    keys = (("parcel",), ("code",))

    project = models.ForeignKey(Project, models.PROTECT, verbose_name=_("建设项目"), related_name="+")
    parcel = models.ForeignKey(Parcel, models.PROTECT, verbose_name=_("宗地"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("校园用地")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("parcel",), condition=models.Q(archived_at=None), name="campusparcel_once",
            violation_error_message=_("这块宗地已登记为校园用地。"))]

    def clean(self) -> None:
        """Refuse another owner's project or parcel."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "project", "parcel")


class MeasureKind(models.TextChoices):
    """By what industry and teaching are joined."""

    PLATFORM = "platform", _("学习平台")
    TEACHERS = "teachers", _("师资力量")
    COOPERATION = "cooperation", _("校企合作")


class IntegrationMeasure(Dated):
    """产教融合举措：学院推进的一项举措，自某日起，到完成或停止之日止.

    One record is one measure with a name; several of one kind are several records.
    """

    register = "college_measures"
    columns = ("code", "kind", "title", "since", "until")
    code_prefix = "CR"
    keys = (("code",), ("kind", "title"))
    headings = {"kind": ("类别",), "title": ("举措", "内容")}

    kind = models.CharField(_("举措类别"), max_length=12, choices=MeasureKind)
    title = models.CharField(_("举措名称"), max_length=200)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("产教融合举措")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
