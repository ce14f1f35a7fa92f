"""A college's students one by one: their degree studies, their skill certificates, and where they went after graduation."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.college.teaching import SchoolClass
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField, PersonalField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_disorder
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.spans import refuse_overlaps


class Degree(models.TextChoices):
    """The level of vocational education for which a student is enrolled (职业教育法: 中等、专科、本科及以上)."""

    SECONDARY = "secondary", _("中等职业教育")
    COLLEGE = "college", _("高职（专科）")
    BACHELOR = "bachelor", _("职业本科")


class Student(Record):
    """学生：一名学生在一个班级的一段学历教育.

    One record is one person in one course of studies, known by a code; the name may be left out, and is erased by itself.
    Headcounts come from classes, so students need not all be entered. The rate of degree plus skill is that of the classes of
    which everybody on roll is entered, with a certificate or without one.
    """

    register = "students"
    columns = ("code", "name", "school_class", "degree", "enrolled_on", "left_on", "graduated_on")
    listed = ("code", "school_class", "degree", "enrolled_on", "left_on", "graduated_on")
    code_prefix = "XS"
    headings = {
        "code": ("学生代码", "学籍代码"), "name": ("学生姓名",), "school_class": ("班级名称",), "degree": ("学历", "层次"),
        "enrolled_on": ("入学时间",), "left_on": ("退学日期",), "graduated_on": ("毕业时间",),
    }

    name = PersonalField(_("姓名"), max_length=100, blank=True)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, verbose_name=_("班级"), related_name="+")
    degree = models.CharField(_("学历层次"), max_length=12, choices=Degree)
    enrolled_on = models.DateField(_("入学日期"))
    left_on = models.DateField(_("离校日期"), null=True, blank=True, help_text=_("退学、转学等没有毕业就离校的日期"))
    graduated_on = models.DateField(_("毕业日期"), null=True, blank=True, help_text=_("取得毕业证书的日期"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("学生")
        constraints = [*Record.Meta.constraints]

    @staticmethod
    def on_roll(day: date) -> Q:
        """Return the condition: enrolled by that day, and neither left nor graduated by then."""
        return Q(enrolled_on__lte=day) & (Q(left_on=None) | Q(left_on__gt=day)) & (Q(graduated_on=None) | Q(graduated_on__gt=day))

    def clean(self) -> None:
        """Refuse days that cannot be, two ends of one course of studies, and another owner's class."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "school_class")
        if self.left_on and self.graduated_on:
            raise ValidationError(_t("「离校日期」和「毕业日期」只填一个：毕业离校的填毕业日期。"))
        refuse_disorder(self, "enrolled_on", "left_on", "graduated_on")

    @classmethod
    def refuse_together(cls, written: list["Student"]) -> None:
        """Refuse to archive a student who has certificates or an outcome."""
        refuse_leaving(written)


class SkillCertificate(Dated):
    """技能证书：一名学生取得的一份职业技能等级证书或执照，自发证之日起有效.

    One record is one document; another level of one occupation is another record. `until` is the first day on which it is no
    longer valid; most have none.
    """

    register = "skill_certificates"
    columns = ("code", "student", "occupation", "grade", "issuer", "number", "since", "until")
    listed = ("code", "student", "occupation", "grade", "issuer", "since", "until")
    code_prefix = "JN"
    keys = (("code",), ("student", "occupation", "grade", "since"))
    headings = {
        "student": ("学生代码",), "occupation": ("职业", "工种", "证书名称"), "grade": ("技能等级",), "issuer": ("评价机构", "培训机构"),
        "since": ("发证时间", "取得日期"), "number": ("证号",),
    }

    student = models.ForeignKey(Student, models.PROTECT, verbose_name=_("学生"), related_name="+")
    occupation = models.CharField(_("职业（工种）"), max_length=100)
    grade = models.CharField(_("等级"), max_length=40, blank=True)
    issuer = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("发证机构"), related_name="+")
    number = PersonalField(_("证书编号"), max_length=60, blank=True)
    since = models.DateField(_("发证日期"))
    until = models.DateField(_("失效日期"), null=True, blank=True, help_text=_("有效期最后一天的次日；长期有效的不填"))

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("技能证书")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.code, self.occupation, self.grade)))

    def clean(self) -> None:
        """Refuse a span that is none, a certificate of a day that has not come, and another owner's student or issuer."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "student", "issuer")
            refuse_disorder(self, "since")

    @classmethod
    def refuse_together(cls, written: list["SkillCertificate"]) -> None:
        """Refuse two certificates of one student for one occupation and grade that are valid on one day."""
        refuse_overlaps(written, "student_id", "occupation", "grade")


class GraduateOutcome(Record):
    """毕业去向：一名毕业生毕业以后的去向，一人一条；有变化的更正原来的一条.

    One record is one graduate, found out by a survey. The income is that of the month before the survey, of the employed who
    told it; the employer is personal, because it tells who the graduate is.
    """

    register = "graduate_outcomes"
    columns = ("code", "student", "employed", "employer", "monthly_income", "surveyed_on")
    listed = ("code", "student", "employed", "surveyed_on")
    code_prefix = "QX"
    keys = (("student",), ("code",))
    headings = {
        "student": ("学生代码", "毕业生"), "employed": ("就业", "已就业"), "employer": ("工作单位",),
        "monthly_income": ("月收入", "月薪"), "surveyed_on": ("调查日期",),
    }

    student = models.ForeignKey(Student, models.PROTECT, verbose_name=_("毕业生"), related_name="+")
    employed = models.BooleanField(_("是否就业"))
    employer = PersonalField(_("就业单位"), max_length=100, blank=True)
    monthly_income = ExactField(_("月收入（元）"), scale=2, null=True, blank=True)
    surveyed_on = models.DateField(_("核实日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("毕业去向")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("student",), condition=Q(archived_at=None), name="graduateoutcome_once",
            violation_error_message=_("这名毕业生已有一条去向，有变化请更正原来的一条。"))]

    def clean(self) -> None:
        """Refuse the outcome of somebody who has not graduated, an income without employment, and another owner's student."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "student")
        refuse_disorder(self, "surveyed_on")
        if self.student.graduated_on is None:
            raise ValidationError(_t("{student} 还没有毕业，请先在学生台账登记「毕业日期」。").format(student=self.student))
        if self.monthly_income is not None and (not self.employed or self.monthly_income <= 0):
            raise ValidationError(_t("「月收入（元）」只填就业的，且要大于 0；不知道的空着。"))
