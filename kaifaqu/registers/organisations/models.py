"""Enterprises: the register that projects, leads and later visits and returns refer to."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Party
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.codes import CreditCodeField, credit_code_problem
from kaifaqu.registers.organisations.industries import industry_problem


class Control(models.TextChoices):
    """控股情况: who controls the enterprise, as the statistical catalogue of ownership names it."""

    STATE = "state", _("国有控股")
    COLLECTIVE = "collective", _("集体控股")
    PRIVATE = "private", _("私人控股")
    HONG_KONG_MACAO_TAIWAN = "hmt", _("港澳台商控股")
    FOREIGN = "foreign", _("外商控股")
    OTHER = "other", _("其他")


def check_industry(code: str) -> None:
    """Raise ValidationError for a code that GB/T 4754-2017 does not have."""
    if problem := industry_problem(code):
        raise ValidationError(problem)


class Enterprise(Record):
    """企业：依法登记、有统一社会信用代码的一个市场主体。

    One record is one legal person or branch with a code of its own; two records with the same code are one enterprise,
    whatever their names. A company and the projects it builds are different records. `synthetic` marks an invented
    enterprise, whose code fails its check digit on purpose.
    """

    register = "enterprises"
    columns = ("code", "name", "credit_code", "industry", "control", "party", "contact", "phone", "synthetic")
    listed = ("code", "name", "credit_code", "industry", "control")
    code_prefix = "Q"
    keys = (("credit_code",), ("code",), ("name",))
    headings = {
        "code": ("企业编号",), "name": ("单位名称", "单位详细名称", "名称", "公司名称", "企业"),
        "credit_code": ("信用代码", "社会信用代码", "统一代码", "统一社会信用代码/组织机构代码"),
        "industry": ("行业", "国民经济行业代码", "行业类别代码"),
        "control": ("控股类型", "经济成分"), "contact": ("联系人姓名", "负责人"), "phone": ("电话", "联系方式", "手机", "手机号"),
    }

    name = models.CharField(_("企业名称"), max_length=200)
    credit_code = CreditCodeField(_("统一社会信用代码"), blank=True)
    industry = models.CharField(_("行业代码"), max_length=4, blank=True, validators=[check_industry])
    control = models.CharField(_("控股情况"), max_length=12, choices=Control, blank=True)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, verbose_name=_("账户单位"), related_name="+",
        help_text=_("企业开通账户后对应的单位"))
    contact = PersonalField(_("联系人"), max_length=100, blank=True)
    phone = PersonalField(_("联系电话"), max_length=40, blank=True)
    synthetic = models.BooleanField(_("虚构"), default=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("企业")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("owner", "credit_code"), condition=Q(archived_at=None) & ~Q(credit_code=""),
                name="enterprise_credit_code",
                violation_error_message=_("统一社会信用代码已登记在另一家企业名下，请核对是否同一家。")),
            models.UniqueConstraint(
                fields=("party",), condition=Q(archived_at=None), name="enterprise_party",
                violation_error_message=_("该账户单位已对应另一家企业。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def warnings(self) -> list[str]:
        """Return what a person should look at; nothing of it prevents saving."""
        problem = "" if self.synthetic else credit_code_problem(self.credit_code)
        return [problem] if problem else []
