"""What people do with attachments. Each register has its own attaching, so that the right is that of its records."""

from collections.abc import Iterator
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files.models import Attachment, purposes, subjects
from kaifaqu.files.store import Kept
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import SYSTEM, Party
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.records import Record

ATTACH, PROVE, DETACH = VERBS = ("attach", "prove", "detach")  # each has a page of its own: a form cannot type a file


@action("attachments.create", right="attachments.edit", label=_("登记"), creates=Attachment)
def create(owner: Party, *, by, version: int = 0, facts: dict[str, Any], source: str = "", reason: str = "") -> Change:
    """Plan an attachment of a file that the store holds already, as lists and importers do.

    Raise PermissionDenied for a record that the person may not change, and for a file that is known only from another
    owner's attachments: a hash that somebody has read is not the file.
    """
    change = actions.plan_new(Attachment, owner, facts, source=source, reason=reason)
    attachment = cast(Attachment, change.result)
    register = subjects()[attachment.subject]
    if not by.may(register.right_to("edit"), owner.pk):
        raise PermissionDenied(_t("没有更正{register}的权限（{right}）。").format(
            register=register._meta.verbose_name, right=register.right_to("edit")))
    _demand_open(attachment.find_subject(), by)
    known = Attachment.objects.filter(sha256=attachment.sha256)
    if by is not SYSTEM and known.exists() and not known.readable_by(by).exists():
        raise ValidationError(_t("文件库里没有这个文件（{sha256}，{size} 字节），请先上传。").format(
            sha256=attachment.sha256, size=attachment.size))
    return change


@action("attachments.archive", right="attachments.edit", label=_("归档"))
def archive(attachment: Attachment, *, by, version: int, reason: str) -> Change:
    """Plan that an attachment is taken off in its own list, where its record's files are not closed."""
    if not reason:
        raise ValidationError(_t("{record}：归档请写明原因。").format(record=attachment))
    _demand_open(attachment.find_subject(), by)
    return Change(attachment, {"archived_at": clock.now()}, reason=reason)


@action("attachments.erase", right="attachments.erase", label=_("删除文件和文件名"))
def erase(attachment: Attachment, *, by, version: int, reason: str) -> Change:
    """Plan that an attachment is taken off and its name emptied in every version; a file that no other one names goes, too."""
    return Change(attachment, {"name": "", "archived_at": attachment.archived_at or clock.now()}, reason=reason, erases=("name",))


def provide() -> None:
    """Give each register the actions that attach a file to its records and take it off again.

    Whoever may correct a record may attach to it whatever belongs to it, and take it off; whoever may only take its
    steps may attach what proves them. A register may say otherwise who attaches (`attached_by`, a right and columns as in
    `of`). This stands after all rooms have been read: the steps' rights are known then.
    """
    for register in subjects().values():
        correcting = register.right_to("edit")
        right, of = getattr(register, "attached_by", (correcting, ("owner",)))
        _attach(register, ATTACH, right, _("附上文件"), of)
        for proving in _rights_of_steps(register) - {right} if purposes(register) else ():  # its steps share one right
            _attach(register, PROVE, proving, _("附上依据"))
        _detach(register, correcting)


def _rights_of_steps(register: type[Record]) -> set[str]:
    lifecycle = register.lifecycle
    registry = actions.registry()
    return {registry[step.action].right for step in lifecycle.steps if step.action in registry} if lifecycle else set()


def _demand_open(record: Record | None, by: Any) -> None:
    """Raise ValidationError for a record whose files are closed, to all or to the person: `files_closed`, `files_closed_to`."""
    closed_to = getattr(record, "files_closed_to", None)
    if refusal := getattr(record, "files_closed", "") or closed_to and closed_to(by):
        raise ValidationError(refusal)


def _attach(register: type[Record], verb: str, right: str, label: str | Promise, of: tuple[str, ...] = ("owner",)) -> None:
    @action(register.right_to(verb), right=right, label=label, on=register, of=of)
    def attach(record: Record, *, by, version: int, kept: Kept, purpose: str = "", reason: str = "") -> Change:
        _demand_open(record, by)
        if verb == PROVE and purpose not in purposes(register):
            raise ValidationError(_t("{record}：请选择这个文件证明哪一项。").format(record=record))
        return Change(Attachment(owner_id=record.owner_id), {
            "subject": register._meta.label_lower, "subject_id": record.pk, "purpose": purpose, "name": kept.name,
            "media_type": kept.media_type, "size": kept.size, "sha256": kept.sha256,
        }, reason=reason)


def _detach(register: type[Record], right: str) -> None:
    @action(register.right_to(DETACH), right=right, label=_("撤下文件"), on=register)
    def detach(record: Record, *, by, version: int, attachment: int, reason: str) -> Iterator[Change]:
        _demand_open(record, by)
        found = Attachment.objects.current().of(record).filter(pk=attachment).first()  # a number: who sees the record sees it
        if found is None:
            raise ValidationError(_t("{record}：没有这个附件，或它已经撤下。").format(record=record))
        if not reason:
            raise ValidationError(_t("{record}：撤下文件请写明原因。").format(record=record))
        yield Change(found, {"archived_at": clock.now()}, reason=reason)
