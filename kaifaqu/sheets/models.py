"""What spreadsheets leave behind: changesets, which are facts, and uploads on their way, which are not yet."""

import re
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.jobs.models import Job
from kaifaqu.kernel.access import Party, User, refuse_foreign
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record, field_of, registers, related


def targets() -> list[tuple[str, Any]]:
    """Return the registers by name and label, as a column that names one of them offers them."""
    return [(name, register._meta.verbose_name) for name, register in registers().items()]


class Origin(models.TextChoices):
    """What made a changeset."""

    IMPORT = "import", _("导入")
    COLLECT = "collect", _("收表")
    UNDO = "undo", _("撤销")
    BULK = "bulk", _("批量办理")


class Changeset(Record):
    """变更批：一次导入、一次收表汇总、一次批量办理或一次撤销所做的全部变更。

    One record is one commit that a person can look at and take back as a whole. Its `id` is the number of its first
    event, and so the `changeset` of all its events.
    """

    register = "changesets"
    listed = ("code", "kind", "target", "file_name", "created", "changed", "same", "undone_by")
    code_prefix = "B"

    kind = models.CharField(_("由来"), max_length=12, choices=Origin)
    target = models.CharField(_("台账"), max_length=80, choices=targets)
    file_name = models.CharField(_("文件"), max_length=200, blank=True)
    sha256 = models.CharField(_("文件 SHA-256"), max_length=64, blank=True)
    created = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("变更"), default=0)
    same = models.PositiveIntegerField(_("相同"), default=0)
    undone_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("撤销于"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("变更批")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.file_name or self.get_kind_display()}"


class Collection(Record):
    """收表：一次发给若干填报单位的填报要求（发表—收表—汇总）。

    One record is one request: which register is filled in, for which period, by when. What comes back are uploads; they
    become facts only when they are merged, as a changeset.
    """

    register = "collections"
    columns = ("code", "name", "target", "period", "due_on", "note")
    code_prefix = "SB"

    name = models.CharField(_("收表名称"), max_length=100)
    target = models.CharField(_("填报台账"), max_length=40, choices=targets)
    period = models.CharField(_("期间"), max_length=20, blank=True, help_text=_("按月填报的台账写月份，如 2024-07；其他台账空着"))
    due_on = models.DateField(_("截止日期"), null=True, blank=True)
    note = models.TextField(_("填报要求"), blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("收表")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def model(self) -> type[Record]:
        """Return the register that is filled in."""
        return registers()[self.target]

    @property
    def month(self) -> Any:
        """Return the period as the register's column of periods holds it; None where the register has none."""
        periodic = getattr(self.model, "periodic", None)
        return field_of(self.model, periodic[1]).to_python(self.period) if periodic else None

    def clean(self) -> None:
        """Refuse a register that nobody fills in, and a period that the register does not have."""
        if self.target not in registers() or not registers()[self.target].columns:
            raise ValidationError(_t("没有可以收表的台账「{target}」。").format(target=self.target))
        if hasattr(self.model, "periodic") != bool(self.period):
            raise ValidationError(
                _t("「{register}」不分期间，「期间」请空着。").format(register=self.model._meta.verbose_name) if self.period
                else _t("请填写「期间」，如 2024-07。"))
        if self.period and str(self.month) != self.period:
            raise ValidationError(_t("「期间」请写作 {month}。").format(month=self.month))


class CollectionUnit(Record):
    """填报单位：一次收表中的一家单位和由它填报的记录。

    One record is one unit of one collection; the same enterprise in next month's collection is another. `records` are the
    codes of what it fills in: of the subjects where the register has one record a subject and period, else of the
    register's own records.
    """

    register = "collection_units"
    columns = ("code", "collection", "name", "records", "contact")
    listed = ("code", "collection", "name", "records")
    code_prefix = "TB"

    collection = models.ForeignKey(Collection, models.PROTECT, verbose_name=_("收表"), related_name="+")
    name = models.CharField(_("填报单位"), max_length=100)
    records = models.TextField(_("所填记录"), help_text=_("编号，用空格或顿号分开"))
    contact = PersonalField(_("联系人"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("填报单位")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("collection", "name"), condition=models.Q(archived_at=None), name="collectionunit_name",
                violation_error_message=_("这次收表已有同名的填报单位。")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def codes(self) -> list[str]:
        """Return the codes of what it fills in, each once."""
        return list(dict.fromkeys(code for code in re.split(r"[\s、,，;；]+", self.records) if code))

    def clean(self) -> None:
        """Refuse another owner's collection, and codes that no record has or that another unit of the collection fills in."""
        if self.archived_at is not None:
            return
        refuse_foreign(self, "collection")
        subjects = subjects_of(self.collection.model).objects.current().filter(owner_id=self.owner_id, code__in=self.codes)
        if missing := {*self.codes} - {*subjects.values_list("code", flat=True)}:
            raise ValidationError(_t("「{label}」没有这些编号：{codes}。").format(
                label=field_of(type(self), "records").verbose_name, codes="、".join(sorted(missing))))
        for other in type(self).objects.current().filter(collection_id=self.collection_id).exclude(pk=self.pk):
            if both := {*self.codes} & {*other.codes}:
                raise ValidationError(_t("{codes} 已由「{unit}」填报，一条记录只由一家填。").format(
                    codes="、".join(sorted(both)), unit=other.name))


def subjects_of(register: type[Record]) -> type[Record]:
    """Return the register whose records are asked about: of one record a subject and period the subjects, else itself."""
    periodic = getattr(register, "periodic", None)
    return related(field_of(register, periodic[0])) if periodic else register


class UploadState(models.TextChoices):
    """How far an uploaded table has come."""

    READING = "reading", _("正在读取")
    ASKING = "asking", _("请对应栏目")
    CHECKED = "checked", _("已检查")
    COMMITTED = "committed", _("已导入")
    REFUSED = "refused", _("不能读取")


class Upload(models.Model):
    """上传：一张正在导入的表格，尚未成为记录。

    One row is one file (or pasted text) that one person brings in for one owner and register. The file, what was read
    from it and what was found wrong lie in its folder until it is committed or given up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办"))
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("所属单位"))
    register = models.CharField(_("台账"), max_length=40)
    name = models.CharField(_("文件"), max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=12, choices=UploadState, default=UploadState.READING)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("上传时间"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    choices = models.JSONField(default=dict)  # what the person has decided: mapping, suggestions taken, likenesses confirmed
    found = models.JSONField(default=dict)  # what reading and checking have found: headings, counts
    problem = models.TextField(blank=True)
    changeset = models.BigIntegerField(null=True)
    collection = models.ForeignKey(Collection, models.PROTECT, null=True, related_name="+")  # of which it is an answer
    unit = models.ForeignKey(CollectionUnit, models.PROTECT, null=True, related_name="+")  # whose answer, once that is known

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = _("上传")

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> Path:
        """Return the folder with its file and what was made of it."""
        return Path(settings.HOME) / "uploads" / str(self.pk)

    @property
    def source(self) -> Path:
        """Return the file as it came."""
        return self.folder / "source"

    @property
    def staged(self) -> Path:
        """Return the file of checked rows, a line of JSON each; every check writes one of its own."""
        return self.folder / self.found.get("rows", "rows.jsonl")


class Mapping(models.Model):
    """对应：某单位某台账的表头上次对应到哪一栏；空栏名表示不用。

    A remembered choice, not a fact: the next file with the same heading needs no question.
    """

    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    register = models.CharField(max_length=40)
    heading = models.CharField(max_length=200)
    column = models.CharField(max_length=80, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("owner", "register", "heading"), name="mapping_heading")]

    def __str__(self) -> str:
        return f"{self.heading} → {self.column}"

    @classmethod
    def remembered(cls, owner: Party, register: str) -> dict[str, str]:
        """Return by heading the column that the owner last chose for it."""
        return dict(cls.objects.filter(owner=owner, register=register).values_list("heading", "column"))

    @classmethod
    def remember(cls, owner: Party, register: str, chosen: dict[str, Any]) -> None:
        """Remember the choices for next time."""
        for heading, column in chosen.items():
            cls.objects.update_or_create(
                owner=owner, register=register, heading=heading[:200], defaults={"column": column or ""})
