"""What a college teaches: departments, clusters of majors, majors, and the classes in which students are enrolled."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_disorder
from kaifaqu.registers.leaving import refuse_leaving


class Cluster(Record):
    """专业集群：学院围绕一条产业链布局的一组专业.

    One record is one cluster; a major belongs to one cluster at most, and a cluster may reach over several departments.
    """

    register = "college_clusters"
    columns = ("code", "name", "industry")
    code_prefix = "JQ"
    keys = (("code",), ("name",))
    headings = {"name": ("专业群",), "industry": ("面向产业", "产业链")}

    name = models.CharField(_("集群名称"), max_length=100)
    industry = models.CharField(_("对接产业"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("专业集群")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    @classmethod
    def refuse_together(cls, written: list["Cluster"]) -> None:
        """Refuse to archive a cluster to which majors belong."""
        refuse_leaving(written)


class Department(Dated):
    """系部：学院开设的一个系，自设立之日起，到撤销之日止.

    One record is one department; renamed it stays the same, merged into another it ends.
    """

    register = "college_departments"
    columns = ("code", "name", "since", "until")
    code_prefix = "XB"
    keys = (("code",), ("name",))
    headings = {"name": ("系", "院系", "二级学院"), "since": ("设立日期", "设立时间"), "until": ("撤销日期",)}

    name = models.CharField(_("系部名称"), max_length=100)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("系部")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    @classmethod
    def refuse_together(cls, written: list["Department"]) -> None:
        """Refuse to archive a department that has majors."""
        refuse_leaving(written)


class Major(Dated):
    """专业：一个系开设的一个招生专业，自首次开设之日起，到停办之日止.

    One record is one major of one department; directions within a major are not majors of their own. One that no longer
    enrols but still has students is open until the last of them has left.
    """

    register = "college_majors"
    columns = ("code", "name", "department", "cluster", "official_code", "since", "until")
    code_prefix = "ZY"
    keys = (("code",), ("name", "department"))
    headings = {
        "name": ("专业",), "department": ("系", "院系", "所属系"), "cluster": ("专业群",), "official_code": ("专业目录代码", "国标代码"),
        "since": ("开设日期", "开设时间"), "until": ("停办日期",),
    }

    name = models.CharField(_("专业名称"), max_length=100)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("所属系部"), related_name="+")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, verbose_name=_("专业集群"), related_name="+")
    official_code = models.CharField(_("专业代码"), max_length=12, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("专业")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse a span that is none, and another owner's department or cluster."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "department", "cluster")

    @classmethod
    def refuse_together(cls, written: list["Major"]) -> None:
        """Refuse to archive a major that has classes."""
        refuse_leaving(written)


class SchoolClass(Record):
    """班级：一个专业同一年入学的一个教学班，在籍人数按班登记.

    One record is one class from entrance to graduation. Students are on roll from the day on which the class entered until
    the day before it graduated. Who joins or leaves in between changes the headcount, which has no day: a figure of any day
    takes the one that stands now, and what stood at an earlier time is found as known at that time.
    """

    register = "college_classes"
    columns = ("code", "name", "major", "entered_on", "headcount", "graduated_on")
    code_prefix = "BN"
    keys = (("code",), ("name", "entered_on"))
    totals = ("headcount",)
    headings = {
        "name": ("班级", "教学班"), "major": ("专业名称",), "entered_on": ("入学日期", "入学时间"),
        "headcount": ("人数", "在校人数", "学生数"), "graduated_on": ("毕业日期", "毕业时间"),
    }

    name = models.CharField(_("班级名称"), max_length=100)
    major = models.ForeignKey(Major, models.PROTECT, verbose_name=_("专业"), related_name="+")
    entered_on = models.DateField(_("入学日期"))
    headcount = models.PositiveIntegerField(_("在籍人数"))
    graduated_on = models.DateField(_("毕业日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("班级")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    @staticmethod
    def on_roll(day: date) -> Q:
        """Return the condition: its students are on roll on that day."""
        return Q(entered_on__lte=day) & (Q(graduated_on=None) | Q(graduated_on__gt=day))

    def clean(self) -> None:
        """Refuse days that cannot be, and another owner's major."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "major")
        refuse_disorder(self, "entered_on", "graduated_on")
        if self.entered_on < self.major.since:
            raise ValidationError(_t("「{major}」{since} 才开设，{name}不能在 {day} 入学，请核对日期。").format(
                major=self.major, since=self.major.since, name=self.name, day=self.entered_on))

    @classmethod
    def refuse_together(cls, written: list["SchoolClass"]) -> None:
        """Refuse to archive a class that has students."""
        refuse_leaving(written)
