"""What stands on the page of a package: its items as a picture and as a table, when it is due, and what was saved."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from kaifaqu.domains.reforms.items import ItemNeed, PackageItem
from kaifaqu.domains.reforms.packages import Package
from kaifaqu.domains.reforms.packages_lifecycle import DONE, HANDLING, IDLE
from kaifaqu.domains.reforms.packages_path import items_of, lengths, needs_in, schedule_of
from kaifaqu.domains.reforms.packages_schedule import Schedule, Stretch
from kaifaqu.files.models import Attachment
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.pages import manners
from kaifaqu.pages.graphs import Graph, Node
from kaifaqu.pages.reading import Reader, address_of


class Row(NamedTuple):
    """One item of the table: what it is, what it waits for, who follows it, and how it stands in the schedule."""

    item: Any
    stretch: Stretch
    needs: str
    specialist: str
    late: bool


@manners.panel(Package, "reforms/_package.html", replaces=("package_items.package",))
def shown(user: User, record: Package) -> dict[str, Any]:
    """Return the items of the package that the person may see, when each is due, and how long all take by law and by promise."""
    seen = {*PackageItem.objects.visible_to(user).filter(package=record).values_list("pk", flat=True)}
    items = [each for each in items_of(record) if each.pk in seen]
    needs = needs_in(items)
    found, reader, today = schedule_of(record, items, needs), Reader(user), clock.today()
    by_key = {each.pk: each for each in items}
    rows = [
        Row(by_key[key], stretch, "、".join(by_key[each].title for each in needs[key]),
            reader.text(specialist) if (specialist := by_key[key].specialist) else "—", is_late(by_key[key]))
        for key, stretch in found.stretches.items()
    ]  # fmt: skip
    enterprise = None if record.requester_id else record.project.enterprise
    return {
        "record": record, "party": enterprise and enterprise.party, "rows": rows, "schedule": found,
        "picture": picture(rows, found) if rows else None, "due": found.due, "begun": record.submitted_on,
        "is_held": any(row.stretch.held for row in rows),
        "done": sum(row.item.stage in DONE for row in rows), "late": sum(row.late for row in rows),
        "critical": " → ".join(by_key[key].title for key in found.critical),
        "statutory": lengths(items, needs, "statutory_days"), "promised": lengths(items, needs, "promised_days"),
        "is_over": record.stage == HANDLING and bool(rows) and found.due is not None and found.due < today
        and any(row.item.stage not in DONE for row in rows),
    }  # fmt: skip


@manners.panel(PackageItem, "reforms/_needs.html", replaces=("item_needs.item", "item_needs.needs"))
def waited_for(user: User, record: PackageItem) -> dict[str, Any]:
    """Return what an item waits for and what waits for it, of what the person may see, and what was handed in with its package."""
    pairs, seen = ItemNeed.objects.current(), PackageItem.objects.visible_to(user).order_by("id")
    return {
        "record": record, "needs": seen.filter(pk__in=pairs.filter(item=record).values("needs")),
        "waiting": seen.filter(pk__in=pairs.filter(needs=record).values("item")),
        "files": Attachment.objects.current().readable_by(user).of(record.package).order_by("id"),
        "may_enter": user.may("item_needs.edit", record.owner_id),
    }  # fmt: skip


def picture(rows: list[Row], found: Schedule) -> Graph:
    """Return the picture of the items: what waits for what, how each stands in words, the critical path strong."""
    here = {row.item.pk for row in rows}
    nodes = [
        Node(row.item.pk, row.item.title, told(row), address_of("package_items").replace("/0/", f"/{row.item.pk}/"),
             "wrong" if row.late else "none" if row.item.stage in IDLE else "" if row.item.stage in DONE else "begun",
             row.stretch.critical)
        for row in rows
    ]  # fmt: skip
    edges = [(key, row.item.pk) for row in rows for key in row.stretch.part.needs if key in here]
    return Graph(_("办件包的事项、先后和关键路径"), nodes, edges)


def told(row: Row) -> str:
    """Return in words how an item stands and until when."""
    day = row.stretch.finish
    when = _("{day} 办结") if row.item.resolved_on else _("{day} 到期")
    return f"{row.item.get_stage_display()} {when.format(day=f'{day:%m-%d}')}"


def is_late(item: Any) -> bool:
    """Tell whether an item was done after it was due, or is not done though it was due at a body."""
    due = item.resolution_due_on
    return item.resolution_late or item.stage not in (*DONE, *IDLE) and due is not None and due < clock.today()
