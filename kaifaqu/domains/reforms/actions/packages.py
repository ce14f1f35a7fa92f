"""What people do with packages: they entrust one by the catalogue, hand it in, finish it with its result, or withdraw it."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.acting import Moving
from kaifaqu.cases.models import What
from kaifaqu.domains.reforms.actions.items import received, refuse_without_holder
from kaifaqu.domains.reforms.catalogue import Item, catalogue_of, chosen_of
from kaifaqu.domains.reforms.models import ItemNeed, Package, PackageItem
from kaifaqu.domains.reforms.packages_lifecycle import (
    DONE,
    FINISHED,
    HANDLING,
    PACKAGE_LIFECYCLE,
    WITHDRAWN,
    ItemStage,
)
from kaifaqu.domains.reforms.packages_path import items_of, needs_in, saved
from kaifaqu.domains.reforms.packages_schedule import longest
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action, plan_correction
from kaifaqu.kernel.commit import EMPTY, Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.registers.projects.models import Project


@action("packages.entrust", right="packages.edit", label=_("按目录委托"), creates=Package)
def entrust(
    owner: Party, *, by: User, version: int = 0, kind: str, project: Project, entrusted_on: date, chosen: str = "",
    title: str = "", requester: Party | None = None, agent: User | None = None, leader: User | None = None, authorisation: str = "",
    code: str = "",
) -> Iterator[Change]:
    """Plan a package of a project with the chosen items of the catalogue of that day, and what each waits for.

    Raise ValidationError for codes that the catalogue does not have.
    """
    facts = {"kind": kind, "project": project, "entrusted_on": entrusted_on, "chosen": chosen, "title": title, "requester": requester,
             "agent": agent, "leader": leader, "authorisation": authorisation, "code": code}
    told = {name: value for name, value in facts.items() if value not in EMPTY}
    yield from _listing(Package(owner=owner), told, owner.pk, entrusted_on, chosen)


@action("packages.lay_out", right="packages.edit", label=_("按目录列出事项"))
def lay_out(package: Package, *, by: User, version: int) -> Iterator[Change]:
    """Plan the items of a package that has none yet, as it chose them of the catalogue of the day of entrusting."""
    if not package.offers("lay_out") or items_of(package):
        raise ValidationError(_t("{package}：已经列出事项或已递交；要另加一个事项，请在「审批事项」里登记。").format(package=package))
    yield from _listing(package, {}, package.owner_id, package.entrusted_on, package.chosen)


@action("packages.correct", right="packages.edit", label=_("更正"))
def correct(package: Package, *, by: User, version: int, facts: dict, reason: str = "") -> Iterator[Change]:
    """Plan new facts of a package; its items, which the bodies see without it, are about what it is then about."""
    change = plan_correction(package, facts, reason=reason)
    yield change
    title = cast(Package, change.result).title
    for each in items_of(package) if title != package.title else ():
        if each.about == package.title:
            yield Change(each, {"about": title}, reason=reason)


@action("packages.submit", right="packages.submit", label=_("一次递交"), of=("owner", "party"))
def submit(package: Package, *, by: User, version: int, submitted_on: date | None = None) -> Iterator[Change]:
    """Plan that the package is handed in as one: every item that waits for nothing lies at its body at once.

    The enterprise hands it in today; an earlier day, from which the bodies' time runs, is the office's to enter. Raise
    ValidationError where there are no items, and where the body of one is not known.
    """
    items, day = items_of(package), submitted_on or clock.today()
    if day != clock.today() and not by.may("packages.edit", package.owner_id):
        raise ValidationError(_t("{package}：企业今天递交，请不填「递交日期」；以前已经在窗口递交的，请代办专员补录。").format(
            package=package))
    if not items:
        raise ValidationError(_t("{package}：还没有事项，请先「按目录列出事项」。").format(package=package))
    refuse_without_holder(items)
    yield _step(package, HANDLING, day, submitted_on=day)
    needs = needs_in(items)
    PackageItem.learn_steps(items)
    for each in items:
        if not needs[each.pk] and each.stage == ItemStage.REGISTERED:
            yield from received(each, by, day)


@action("packages.finish", right="packages.edit", label=_("办结"))
def finish(package: Package, *, by: User, version: int, result: str = "", finished_on: date | None = None) -> Change:
    """Plan that the package is finished, with the results of its items as one and the working days that it took and saved.

    Raise ValidationError that names the items which are not done.
    """
    items, day = items_of(package), finished_on or clock.today()
    left = [f"{each.title}（{each.get_stage_display()}）" for each in items if each.stage not in DONE]
    if left or not items:
        raise ValidationError(_t("{package}：还有事项没有办结：{items}。").format(package=package, items="、".join(left) or "—"))
    last = max(each.resolved_on for each in items if each.resolved_on)
    if day < last:
        raise ValidationError(_t("{package}：办结日期 {day} 早于最后一个事项的办结日期 {last}。").format(
            package=package, day=day, last=last))
    found = saved(package, items, package.submitted_on or package.entrusted_on)
    merged = result.strip() or "\n".join(f"{each.title}：{each.result}" for each in items)
    return _step(
        package, FINISHED, day, finished_on=day, result=merged, statutory_days=found.statutory, promised_days=found.promised,
        days_taken=found.taken, days_saved=found.saved)


@action("packages.withdraw", right="packages.edit", label=_("撤回"))
def withdraw(package: Package, *, by: User, version: int, reason: str, withdrawn_on: date | None = None) -> Iterator[Change]:
    """Plan that the enterprise withdraws the package; its items that are not done go back with it."""
    if not reason:
        raise ValidationError(_t("{package}：撤回请写明原因。").format(package=package))
    day = withdrawn_on or clock.today()
    yield _step(package, WITHDRAWN, day, reason, withdrawn_on=day)
    items = items_of(package)
    PackageItem.learn_steps(items)
    for each in items:
        if each.stage not in (*DONE, ItemStage.REFUSED):
            yield from Moving(each, by, What.REFUSED, day, reason).plan(facts={"stage": ItemStage.REFUSED, "asked": None})


@action("packages.archive", right="packages.edit", label=_("归档"))
def archive(package: Package, *, by: User, version: int, reason: str) -> Iterator[Change]:
    """Plan the archiving of a package that was entered by mistake, with its items and what they wait for."""
    if not reason:
        raise ValidationError(_t("{record}：归档请写明原因。").format(record=package))
    items = items_of(package)
    for each in (package, *items, *ItemNeed.objects.current().filter(item__in=items)):
        yield Change(each, {"archived_at": clock.now()}, reason=reason)


def _step(package: Package, target: str, day: date, reason: str = "", **facts: Any) -> Change:
    """Return the step of a package. Raise ValidationError for a day that has not come, or lies before the step before."""
    first, today = package.submitted_on or package.entrusted_on, clock.today()
    if not first <= day <= today:
        raise ValidationError(_t("{package}：日期 {day} 应在 {first} 至 {today} 之间。").format(
            package=package, day=day, first=first, today=today))
    return PACKAGE_LIFECYCLE.plan(package, target, facts=facts, occurred_on=PartialDate.parse(day), reason=reason)


def _listing(package: Package, facts: dict[str, Any], owner_id: int, on: date, chosen: str) -> Iterator[Change]:
    """Yield the package with the days of its longest paths, its items as the catalogue of the day has them, and their prerequisites."""
    catalogue = catalogue_of(owner_id, on)
    needs = chosen_of(catalogue, chosen.split())
    laid = {
        "catalogue_on": on, "chosen": chosen if len(needs) < len(catalogue) else "",  # all of it is no choice
        "statutory_days": longest({code: catalogue[code].statutory for code in needs}, needs),
        "promised_days": longest({code: catalogue[code].promised for code in needs}, needs),
    }  # fmt: skip
    change = Change(package, {**facts, **laid})
    yield change
    bodies, made = _bodies([catalogue[code] for code in needs]), {}
    for code in needs:
        made[code] = Change(PackageItem(owner_id=owner_id), _facts(change.result, catalogue[code], bodies))
        yield made[code]
    for code, wanted in needs.items():
        for each in wanted:
            yield Change(ItemNeed(owner_id=owner_id), {"item": made[code].result, "needs": made[each].result})


def _facts(package: Any, item: Item, bodies: dict[str, Party]) -> dict[str, Any]:
    return {
        "package": package, "item": item.code, "title": item.label, "phase": item.phase, "body": item.body,
        "holder": bodies.get(item.body), "specialist": package.agent, "statutory_days": item.statutory, "promised_days": item.promised,
        "demand": item.materials, "opened_on": package.entrusted_on,
    }  # fmt: skip


def _bodies(items: list[Item]) -> dict[str, Party]:
    """Return the parties that the catalogue names: by code, or else by a name that only one of them bears."""
    named, parties = {each.body for each in items}, Party.objects.current()
    by_name: dict[str, list[Party]] = {}
    for each in parties.filter(name__in=named):
        by_name.setdefault(each.name, []).append(each)
    return {
        **{name: found[0] for name, found in by_name.items() if len(found) == 1},
        **{each.code: each for each in parties.filter(code__in=named)},
    }  # fmt: skip
