"""Attachments: which file belongs to which record, and what it proves there. Contents: what was frozen, under its hash."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files import kinds, store
from kaifaqu.kernel import events
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record, RecordQuerySet, field_of, registers, related

PROOF = "_evidence"  # how the columns end that name a document


def lent(register: type[Record], owners: frozenset[int]) -> Q:
    """Return the condition that a record is shared with one of these parties; what belongs to a record is shared with it."""
    if said := getattr(register, "lent_to", None):  # it asks other records for whom it is
        return said(owners)
    whole = getattr(register, "belongs_to", "")
    if whole:
        above = related(field_of(register, whole))
        return Q(**{f"{whole}__in": above.objects.filter(lent(above, owners))}) if above.shared else Q()
    return Q(*((f"{name}__in", owners) for name in register.shared), _connector=Q.OR)


class AttachmentQuerySet(RecordQuerySet):
    """Attachments, of which nobody sees more than of the records they belong to.

    A register's `files_follow` names the columns of others ("package_items.package") with whose records its files go along,
    and with which of these.
    """

    def seen_by(self, user: Any) -> "AttachmentQuerySet":
        """Return the attachments, archived ones included, that the user may look at: with their records, by a right of their own."""
        own = user.owners(Attachment.right_to("view"))
        return self._with_records(user, own) if own else self.none()

    def readable_by(self, user: Any) -> "AttachmentQuerySet":
        """Return the attachments, archived ones included, of records that the user may look at, by the rights of today."""
        return self._with_records(user, None)

    def _with_records(self, user: Any, own: frozenset[int] | None) -> "AttachmentQuerySet":
        """Return the attachments of records that the user may look at: of the owners, where given, or shared with him."""
        seen = []
        for label, register in subjects().items():
            if owners := user.owners(register.right_to("view")):
                seen.append(Q(subject=label, owner_id__in=owners if own is None else owners & own))
                if more := lent(register, owners):
                    seen.append(Q(subject=label, subject_id__in=register.objects.filter(more).values("id")))
            for name, which in getattr(register, "files_follow", {}).items():
                part, _dot, column = name.partition(".")
                along = registers()[part].objects.visible_to(user).filter(which)
                seen.append(Q(subject=label, subject_id__in=along.values(column)))
        return self.filter(Q(*seen, _connector=Q.OR)) if seen else self.none()

    def of(self, record: Record) -> "AttachmentQuerySet":
        """Return the attachments of one record."""
        return self.filter(subject=record._meta.label_lower, subject_id=record.pk)


class Attachment(Record):
    """附件：一个文件附在一条记录上，证明其中的一项，或一般地附着。

    One record is one file attached to one record for one purpose; the same file on two records is two attachments and
    one stored file. It belongs to its subject's owner, and whoever may see the subject may see it. The file itself never
    changes: another file is another attachment. One without a name was erased, and so was its file.
    """

    register = "attachments"
    revives = False  # another file under an old code is not the old file's history
    columns = ("code", "subject", "subject_id", "purpose", "name", "media_type", "size", "sha256")
    listed = ("code", "name", "subject", "subject_id", "purpose", "size", "sha256")
    code_prefix = "FJ"
    CONTENT = ("subject", "subject_id", "sha256", "size")  # what another file would be

    subject = models.CharField(_("所附台账"), max_length=80)
    subject_id = models.BigIntegerField(_("所附记录"))
    purpose = models.CharField(_("证明事项"), max_length=60, blank=True)
    name = PersonalField(_("文件名"), max_length=store.NAME, blank=True)
    media_type = models.CharField(_("文件类型"), max_length=100)
    size = models.BigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    objects = AttachmentQuerySet.as_manager()  # type: ignore[misc]  # a manager with two questions more

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("附件")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("subject", "subject_id", "purpose", "sha256"), condition=Q(archived_at=None), name="attachment_once",
                violation_error_message=_("这个文件已经附在这条记录上了。")),
        ]
        indexes = [models.Index(fields=("subject", "subject_id"), name="attachment_subject")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a record or a purpose that does not exist, a file that the store does not hold, and another content."""
        if self.archived_at is not None:
            return
        if self.row_version:  # it is stored already
            stored = type(self).objects.get(pk=self.pk)
            changed = [name for name in self.CONTENT if getattr(self, name) != getattr(stored, name)]
            if changed:
                raise ValidationError(_t("附件的文件和所附记录不能更改（{labels}）。请撤下这个附件，重新上传。").format(
                    labels="、".join(str(field_of(Attachment, name).verbose_name) for name in changed)))
        elif (subject := self.find_subject()) is None or subject.owner_id != self.owner_id:
            raise ValidationError(_t("没有所附的记录「{subject} {id}」，或它不归本单位所有。").format(
                subject=self.subject, id=self.subject_id))
        if self.purpose and self.purpose not in purposes(subjects()[self.subject]):
            raise ValidationError(_t("「{purpose}」不是这本台账的依据栏目。").format(purpose=self.purpose))
        if store.size_of(self.sha256) != self.size:
            raise ValidationError(_t("文件库里没有这个文件（{sha256}，{size} 字节），请先上传。").format(
                sha256=self.sha256, size=self.size))
        if kinds.named(self.name).media_type != self.media_type:
            raise ValidationError(_t("文件类型「{media_type}」与文件名「{name}」不符。").format(
                media_type=self.media_type, name=self.name))

    def find_subject(self) -> Record | None:
        """Return the record that the file belongs to; None when there is none."""
        register = subjects().get(self.subject)
        return register.objects.filter(pk=self.subject_id).first() if register else None

    def warnings(self) -> list[str]:
        """Say when the store has lost the file."""
        if not self.name or store.size_of(self.sha256) is not None:
            return []
        return [_t("文件库里没有文件 {sha256}，请管理员从备份恢复。").format(sha256=self.sha256)]


def subjects() -> dict[str, type[Record]]:
    """Return by their labels the registers to whose records files are attached: all that people fill in, but this one."""
    return {
        register._meta.label_lower: register for register in registers().values() if register.columns and register is not Attachment
    }


def purposes(register: type[Record]) -> dict[str, str]:
    """Return the register's columns that name a document, with their labels: what an attachment can prove."""
    return {name: str(field_of(register, name).verbose_name) for name in register.columns if name.endswith(PROOF)}


class Content(models.Model):
    """What was frozen as it stood (a document, the figures of a meeting, its minutes): canonical JSON under its own hash; never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256

    @classmethod
    def keep(cls, told: Mapping[str, Any]) -> str:
        """Keep a content; return the hash under which it is found. The same content twice is kept once."""
        sha256 = hash_of(told)
        cls.objects.get_or_create(sha256=sha256, defaults={"text": events.canonical(told)})
        return sha256

    @classmethod
    def read(cls, sha256: str) -> dict[str, Any]:
        """Return the content of this hash. Raise LookupError where there is none, or it is not what was kept."""
        found = cls.objects.filter(pk=sha256).first()
        if found is None or hashlib.sha256(found.text.encode()).hexdigest() != sha256:
            raise LookupError(_t("冻结的内容 {sha256} 不在库里，或已被改动，请管理员从备份恢复。").format(sha256=sha256))
        return dict(json.loads(found.text))


def hash_of(told: Mapping[str, Any]) -> str:
    """Return the hash under which a content is found, whether or not it is kept."""
    return hashlib.sha256(events.canonical(told).encode()).hexdigest()
