"""Who teaches at a college and where they come from, and with which enterprises it cooperates."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.agreeing import Agreement
from kaifaqu.registers.organisations.models import Enterprise


class Origin(models.TextChoices):
    """From where a teacher comes to the college."""

    UNIVERSITY = "university", _("高校")
    ENTERPRISE = "enterprise", _("企业")
    SPECIAL = "special", _("特聘")


class Post(models.TextChoices):
    """As what somebody is appointed."""

    PRESIDENT = "president", _("院长")
    COMMITTEE_CHAIR = "committee_chair", _("技术委员会主任")
    TEACHER = "teacher", _("专业教师")
    TECHNICIAN = "technician", _("技术人员")
    OTHER = "other", _("其他")


class FacultyAppointment(Dated):
    """师资聘任：学院聘任一个人担任一项职务，自起聘之日起，到聘期届满或解聘之日止.

    One record is one person in one post for one term, known by a code; a further term is another record. The name is
    personal: lists, figures and what others see have the origin and the post only.
    """

    register = "faculty_appointments"
    columns = ("code", "person", "origin", "organisation", "post", "since", "until", "document")
    listed = ("code", "origin", "organisation", "post", "since", "until")
    code_prefix = "PR"
    headings = {
        "person": ("教师姓名", "受聘人"), "origin": ("来源", "来源类型"), "organisation": ("原单位", "派出单位"), "post": ("岗位", "职位"),
        "since": ("起聘日期", "聘期起"), "document": ("聘书编号", "聘任文件"),
    }

    person = PersonalField(_("受聘人姓名"), max_length=100, blank=True)
    origin = models.CharField(_("来源类别"), max_length=12, choices=Origin)
    organisation = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("来源单位"), related_name="+",
        help_text=_("高校也登记在企业台账里；没有单位的不填"))
    post = models.CharField(_("职务"), max_length=16, choices=Post)
    document = models.CharField(_("聘任依据"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("师资聘任")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a span that is none, and another owner's organisation."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "organisation")


class CollegeAgreement(Agreement):
    """校企合作协议：学院与一家企业签订的一份合作发展协议，在有效期内的才计数.

    One record is one document. An enterprise with two agreements in force is one partner.
    """

    register = "college_agreements"
    columns = (*Agreement.columns, "places")
    code_prefix = "XQ"
    headings = {**Agreement.headings, "places": ("接收实习人数", "实习岗位")}

    places = models.PositiveIntegerField(_("每年实习实训人数"), null=True, blank=True)

    class Meta(Agreement.Meta):
        verbose_name = verbose_name_plural = _("校企合作协议")
        constraints = [*Record.Meta.constraints]
