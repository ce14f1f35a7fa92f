"""What a changeset wrote, as its page shows it."""

from typing import Any

from django import template

from kaifaqu.kernel.events import Event
from kaifaqu.kernel.records import Record
from kaifaqu.pages.reading import Reader, on_visible_records
from kaifaqu.pages.views import page_of
from kaifaqu.sheets.models import Changeset

register = template.Library()


@register.simple_tag(takes_context=True)
def written(context: Any, record: Record) -> dict[str, Any] | None:
    """Return a page of the records that a changeset wrote, with old and new facts, as far as the person may see them.

    Of any other record nothing; `hidden` counts what stays unseen.
    """
    if not isinstance(record, Changeset):
        return None
    user, label = context["user"], Changeset._meta.label_lower
    everything = Event.objects.filter(changeset=record.pk).exclude(subject=label)
    seen = everything.filter(on_visible_records(user)).order_by("seq")
    page = page_of(context["request"], seen)
    entries = Reader(user).entries(list(page), with_facts=True)
    return {"page": page, "entries": list(entries), "hidden": everything.count() - page.paginator.count}
