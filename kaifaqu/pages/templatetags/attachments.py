"""The files of a record, as its page shows them."""

from typing import Any, NamedTuple

from django import template
from django.utils.translation import gettext as _t

from kaifaqu.files.models import Attachment, purposes
from kaifaqu.files.store import size_of
from kaifaqu.kernel import events
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.pages.attachments import attach_form
from kaifaqu.pages.reading import Reader

register = template.Library()


class File(NamedTuple):
    """One attached file: the attachment as known, what it proves, who attached it when, and whether the store has it."""

    attachment: Any
    proves: str
    entry: Any
    lost: bool


@register.simple_tag(takes_context=True)
def attached(context: Any, record: Record, known: str = "") -> list[File]:
    """Return the files of the record, today's or those known at a day or event, in the order of what they prove."""
    if isinstance(record, Attachment):
        return []
    labels = purposes(type(record))
    rows = World(events.known_on(known)).rows(Attachment).filter(subject=record._meta.label_lower, subject_id=record.pk)
    found = sorted(rows, key=lambda row: ([*labels, ""].index(row.purpose) if row.purpose in labels else len(labels), row.id))
    if not found:
        return []
    written = events.Event.objects.in_bulk([row.id for row in found])  # a record's id is the number of its first event
    entries = {each.event.seq: each for each in Reader(context["user"]).entries(list(written.values()))}
    return [
        File(row, labels.get(row.purpose, _t("一般附件")), entries.get(row.id), size_of(row.sha256) is None) for row in found
    ]


@register.simple_tag(takes_context=True)
def attaching(context: Any, record: Record) -> Any:
    """Return the form with which the person may attach a file to the record, or None."""
    return None if isinstance(record, Attachment) else attach_form(context["user"], record)


@register.simple_tag
def subject_of(record: Record) -> Record | None:
    """Return the record that an attachment belongs to; of any other record nothing."""
    return record.find_subject() if isinstance(record, Attachment) else None
