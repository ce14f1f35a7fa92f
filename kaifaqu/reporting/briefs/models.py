"""Briefs and their templates: documents whose numbers are figures, frozen when they are sent to review."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files.models import Content
from kaifaqu.kernel.access import User, refuse_foreign
from kaifaqu.kernel.lifecycle import Lifecycle, Step
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.reporting.document import Document


class Rhythm(models.TextChoices):
    """How often a brief is made, and so which period it is about."""

    WEEK = "week", _("周报")
    MONTH = "month", _("月报")
    QUARTER = "quarter", _("季报")
    HALF = "half", _("半年报")
    YEAR = "year", _("年报")
    ONCE = "once", _("不定期")


class BriefStage(models.TextChoices):
    """Where a brief stands."""

    DRAFT = "draft", _("拟稿")
    REVIEW = "review", _("送审")
    REVIEWED = "reviewed", _("已审核")
    ISSUED = "issued", _("已印发")


DRAFT, REVIEW, REVIEWED, ISSUED = BriefStage
BRIEF_LIFECYCLE = Lifecycle(states=BriefStage, steps=(
    Step(DRAFT, REVIEW, _("送审"), (), "", "briefs.submit"),
    Step(REVIEW, REVIEWED, _("审核通过"), (), "", "briefs.review"),
    Step(REVIEWED, ISSUED, _("签发"), ("number",), "", "briefs.issue"),
    Step(REVIEW, DRAFT, _("退回"), (), "", "briefs.send_back"),
    Step(REVIEWED, DRAFT, _("退回"), (), "", "briefs.send_back"),
    Step(ISSUED, ISSUED, _("出更正稿"), (), "", "briefs.restate"),
))


class BriefTemplate(Record):
    """简报模板：标题、正文和其中的取数标记。正文写在这里，或附上带标记的 Word 文件。

    One record is one kind of brief that is made again and again. A Word file that is attached to it stands in place of
    the text; of several the latest.
    """

    register = "brief_templates"
    columns = ("code", "name", "rhythm", "body", "note")
    listed = ("code", "name", "rhythm", "note")
    code_prefix = "MB"

    name = models.CharField(_("模板名称"), max_length=100)
    rhythm = models.CharField(_("期别"), max_length=10, choices=Rhythm, default=Rhythm.MONTH)
    body = models.TextField(_("正文"), blank=True, help_text=_(
        "# 开头的行是标题，## 起是各级小标题；数字写成标记，如 {{ 数(\"在建项目数\") }}。附了 Word 文件的留空。"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("简报模板")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Brief(Record):
    """简报：按一个模板、为一个期间拟出的一份文稿，从拟稿、审核到印发；印发后更正的，另出一份更正稿。

    One record is one document. As a draft it is composed anew each time it is looked at; from the moment it is sent to
    review its content is frozen (`content_sha256`, see `Content`), and the files of an issued one are kept with their
    hashes. A restatement names what it restates.
    """

    register = "briefs"
    columns = ("code", "template", "period", "restates", "note")
    listed = ("code", "title", "template", "period", "stage", "number", "issued_on", "restates")
    code_prefix = "JB"
    lifecycle = BRIEF_LIFECYCLE
    FILES = {"docx": "word_sha256", "pdf": "pdf_sha256", "xlsx": "annex_sha256"}

    template = models.ForeignKey(BriefTemplate, models.PROTECT, verbose_name=_("模板"), related_name="+")
    period = models.CharField(_("期间"), max_length=20, help_text=_("如 2024-H1（上半年）、2024-07（一个月）"))
    restates = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("更正的简报"), related_name="restatements")
    note = models.CharField(_("说明"), max_length=200, blank=True)
    title = models.CharField(_("标题"), max_length=200, blank=True, editable=False)
    stage = models.CharField(_("状态"), max_length=10, choices=BriefStage, default=BriefStage.DRAFT, editable=False)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    known = models.BigIntegerField(_("截至事件"), null=True, blank=True, editable=False)
    content_sha256 = models.CharField(_("内容 SHA-256"), max_length=64, blank=True, editable=False)
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("拟稿"), related_name="+", editable=False)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("审核"), related_name="+", editable=False)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("签发"), related_name="+", editable=False)
    issued_on = models.DateField(_("印发日期"), null=True, blank=True, editable=False)
    word_sha256 = models.CharField(_("Word 文件 SHA-256"), max_length=64, blank=True, editable=False)
    pdf_sha256 = models.CharField(_("PDF 文件 SHA-256"), max_length=64, blank=True, editable=False)
    annex_sha256 = models.CharField(_("附表 SHA-256"), max_length=64, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("简报")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("owner", "number"), condition=models.Q(archived_at=None) & ~models.Q(number=""), name="brief_number",
                violation_error_message=_("文号已被本单位的另一份简报使用。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title or self.template.name}"

    def clean(self) -> None:
        """Refuse what is no period, and a template or an earlier brief of somebody else."""
        if self.archived_at is None:
            refuse_foreign(self, "template", "restates")
        try:
            Period.parse(self.period)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None
        if self.restates is not None and self.restates.stage != BriefStage.ISSUED:
            raise ValidationError(_t("{brief} 还没有印发，直接改稿即可，不必另出更正稿。").format(brief=self.restates))

    @property
    def asked(self) -> Period:
        """Return the period that the brief is about. Raise ValueError where it names none."""
        return Period.parse(self.period)

    @property
    def is_open(self) -> bool:
        """Tell whether its content is still composed anew."""
        return not self.content_sha256

    @property
    def files_closed(self) -> str:
        """Return why no file may be attached or taken off any more; "" while one may."""
        return _t("{brief} 已经印发，附件不能再增减。").format(brief=self) if self.stage == BriefStage.ISSUED else ""

    def document(self) -> Document:
        """Return the frozen document. Raise LookupError where it is not frozen, or its content was damaged."""
        return Document.from_dict(Content.read(self.content_sha256))
