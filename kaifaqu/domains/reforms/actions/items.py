"""What is done with an item: it is handed in, taken in by the body or sent for what is missing, decided, and its result handed over."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases import keeping
from kaifaqu.cases.acting import HOLDER, Basis, Moving, On, Told, demand
from kaifaqu.cases.models import What
from kaifaqu.clocks.clocks import Pause
from kaifaqu.clocks.moments import Kind
from kaifaqu.domains.reforms.models import ItemNeed, Package, PackageItem
from kaifaqu.domains.reforms.packages import PackageKind
from kaifaqu.domains.reforms.packages_lifecycle import (
    DONE,
    ENTRUSTED,
    HANDLING,
    IDLE,
    PACKAGE_LIFECYCLE,
    UNFINISHED,
    ItemStage,
)
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import PartialDate

Papers = Annotated[str, _("需要补正的全部材料，逐项列出")]
ANEW = {"accepted_on": None, "responded_on": None, "responded_time": "", "asked": None}


@action("package_items.submit", right="package_items.edit", label=_("递交"))
def submit(item: PackageItem, *, by: User, version: int, holder: Party | None = None, on: On = None, text: Told = "") -> Iterator[Change]:
    """Plan that the agent hands the item in at its body; the first one of a package begins it.

    Raise ValidationError where something that it needs is not done, where no body is known, and of a package that is
    handed in as one or is over.
    """
    package, body = item.package, holder or item.holder
    if package.stage not in UNFINISHED:
        raise ValidationError(_t("{package} 已经{stage}，不能再递交事项。").format(package=package, stage=package.get_stage_display()))
    if package.kind == PackageKind.INTEGRATED and package.stage == ENTRUSTED:
        raise ValidationError(_t("{package} 是集成办理，请在办件包上办理「一次递交」。").format(package=package))
    waiting = [need.needs.title for need in _needs(item) if need.needs.stage not in DONE]
    if waiting:
        raise ValidationError(_t("{item}：前置事项还没有办结：{titles}。").format(item=item, titles="、".join(waiting)))
    if body is None:
        refuse_without_holder([item])
    move = Moving(item, by, What.ASSIGNED, on, text)
    yield from move.plan(ItemStage.ASSIGNED, {**ANEW, "holder": body, "received_on": move.day}, holder=body)
    if package.stage == ENTRUSTED:
        yield PACKAGE_LIFECYCLE.plan(package, HANDLING, facts={"submitted_on": move.day}, occurred_on=PartialDate.parse(move.day))


@action("package_items.accept", right="package_items.handle", label=_("受理"), of=HOLDER)
def accept(item: PackageItem, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
    """Plan that the body takes the item in: its clock begins. Where it was silent for too long, it begins with the reception."""
    move, papers, law = at_the_body(item, by, What.ACCEPTED, on, text), _papers(item), ""
    silent = papers is not None and not item.responded_on and papers.clock.due.is_past(move.day)
    if papers is not None and silent:
        law = _t("收到材料后没有按期一次告知，自收到之日起即为受理（{basis}）").format(basis=papers.named.basis)
        move = at_the_body(item, by, What.ACCEPTED, on, text, law)
    return move.plan(ItemStage.ACCEPTED, {**_answered(item, move), "accepted_on": item.received_on if silent else move.day})


@action("package_items.begin", right="package_items.handle", label=_("开始办理"), of=HOLDER)
def begin(item: PackageItem, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
    """Plan that the body works on the item."""
    return at_the_body(item, by, What.RESPONDED, on, text).plan(ItemStage.HANDLING)


@action("package_items.supplement", right="package_items.handle", label=_("一次告知补正"), of=HOLDER)
def supplement(item: PackageItem, *, by: User, version: int, text: Papers, on: On = None) -> Iterator[Change]:
    """Plan that the body tells at once everything that is missing; time stands still until it is there.

    Raise ValidationError the second time, and once the days in which it must be told are over.
    """
    demand(item, text, _t("需要补正的全部材料，逐项列出"))
    move, steps = at_the_body(item, by, What.PAUSED, on, text), item.steps()
    submitted = max((n for n, step in enumerate(steps) if step.kind == What.ASSIGNED), default=0)
    told = next((step for step in steps[submitted:] if step.kind == What.PAUSED), None)
    if told is not None:
        once = _t("{item}：{day} 已经告知过补正。需要补正的内容应一次全部告知，不能再次要求；材料仍不合格的，请办理「退回」。")
        raise ValidationError(once.format(item=item, day=told.on))
    papers = _papers(item)
    if papers is not None and papers.clock.due.is_past(move.day):
        late = _t("{item}：{received} 收到材料，应在 {due} 以前一次告知；已经逾期，自收到之日起即为受理（{basis}）。")
        raise ValidationError(late.format(
            item=item, received=item.received_on, due=papers.clock.due.at, basis=papers.named.basis))
    return move.plan(ItemStage.SUSPENDED, _answered(item, move), basis=papers.named.basis if papers else "")


@action("package_items.resume", right="package_items.handle", label=_("材料补齐"), of=HOLDER)
def resume(item: PackageItem, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
    """Plan that everything is there: what was taken in goes on, what was not is taken in with it."""
    move = at_the_body(item, by, What.RESUMED, on, text)
    return move.plan(ItemStage.HANDLING) if item.accepted_on else move.plan(ItemStage.ACCEPTED, {"accepted_on": move.day})


@action("package_items.suspend", right="package_items.handle", label=_("中止计时"), of=HOLDER)
def suspend(item: PackageItem, *, by: User, version: int, text: Told, basis: Basis, on: On = None) -> Iterator[Change]:
    """Plan that time stands still for what the law does not count, such as a hearing, a test or an expert review."""
    move = at_the_body(item, by, What.PUT_OFF, on, text)
    Pause(move.day, None, text, basis)  # refuses one without reason or basis
    return move.plan(ItemStage.LONG_TERM, basis=basis)


@action("package_items.take_up", right="package_items.handle", label=_("恢复计时"), of=HOLDER)
def take_up(item: PackageItem, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
    """Plan that time runs again."""
    return at_the_body(item, by, What.TAKEN_UP, on, text).plan(ItemStage.HANDLING)


@action("package_items.give_back", right="package_items.handle", label=_("退回"), of=HOLDER)
def give_back(item: PackageItem, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
    """Plan that the body gives the item back; handed in again, it begins anew."""
    demand(item, text, _t("退回的理由"))
    return at_the_body(item, by, What.OBJECTED, on, text).plan(ItemStage.REFUSED, {**ANEW, "received_on": None})


@action("package_items.resolve", right="package_items.handle", label=_("办结"), of=HOLDER)
def resolve(item: PackageItem, *, by: User, version: int, result: str, on: On = None) -> Iterator[Change]:
    """Plan the body's decision; of a package that is handed in as one, what waited for it alone is handed in with it."""
    demand(item, result, _t("办理结果"))
    move = at_the_body(item, by, What.RESOLVED, on, result)
    yield from move.plan(ItemStage.RESOLVED, {
        "resolved_on": move.day, "resolved_time": move.time, "result": result, "asked": None})
    text = _t("前置事项「{item}」办结，随即递交").format(item=item.title)
    for each in _released(item):
        yield from received(each, by, move.day, text)


@action("package_items.deliver", right="package_items.edit", label=_("交付结果"))
def deliver(item: PackageItem, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
    """Plan that the agent has handed the result over to the enterprise."""
    return Moving(item, by, What.VERIFIED, on, text).plan(ItemStage.CLOSED)


@action("package_items.send_back", right="package_items.edit", label=_("退回重办"))
def send_back(item: PackageItem, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
    """Plan that a decision has to be made again.

    Raise ValidationError once the package is over, and where the next ones have been handed in on the strength of it.
    """
    demand(item, text, _t("退回的原因"))
    package: Package = item.package
    if package.stage not in UNFINISHED:
        raise ValidationError(_t("{package} 已经{stage}，不能再退回重办。").format(package=package, stage=package.get_stage_display()))
    following = ItemNeed.objects.current().filter(needs=item, item__archived_at=None).exclude(item__stage__in=IDLE)
    if begun := [each.item.title for each in following.select_related("item").order_by("id")]:
        raise ValidationError(_t("{item}：等它办结的事项已经递交：{titles}。请先由承办单位退回这些事项，再退回重办。").format(
            item=item, titles="、".join(begun)))
    return Moving(item, by, What.SENT_BACK, on, text).plan(ItemStage.HANDLING, {"resolved_on": None, "resolved_time": ""})


@action("package_items.remind", right="package_items.remind", label=_("催办"), of=("party", *HOLDER))
def remind(item: PackageItem, *, by: User, version: int, text: Told = "", on: On = None) -> Iterator[Change]:
    """Plan that the enterprise, the body or the office asks how it stands."""
    if item.stage in (*IDLE, *DONE) or not item.offers("remind"):
        raise ValidationError(_t("{item}：状态是「{stage}」，现在不在办理。").format(item=item, stage=item.get_stage_display()))
    return Moving(item, by, What.REMINDED, on, text).plan()


@action("package_items.archive", right="package_items.edit", label=_("归档"))
def archive(item: PackageItem, *, by: User, version: int, reason: str) -> Iterator[Change]:
    """Plan the archiving of an item that is not needed: what waited for it waits for what it waited for itself."""
    if not reason:
        raise ValidationError(_t("{record}：归档请写明原因。").format(record=item))
    yield Change(item, {"archived_at": clock.now()}, reason=reason)
    pairs = list(ItemNeed.objects.current().filter(item__package=item.package).select_related("item", "needs").order_by("id"))
    known = {(each.item_id, each.needs_id) for each in pairs}
    for each in pairs:
        if item in (each.item, each.needs):
            yield Change(each, {"archived_at": clock.now()}, reason=reason)
    for later in (each.item for each in pairs if each.needs == item):
        for before in (each.needs for each in pairs if each.item == item):
            if (later.pk, before.pk) not in known:
                yield Change(ItemNeed(owner_id=item.owner_id), {"item": later, "needs": before})


def at_the_body(item: PackageItem, by: Any, what: What, on: date | None, *texts: str) -> Moving:
    """Return a step of the body; where the office takes it in the body's place, the step says so."""
    in_place = by is not SYSTEM and item.holder_id is not None and not by.may("package_items.handle", item.holder_id)
    return Moving(item, by, what, on, "\n".join(filter(None, (*texts, _t("（代录）") if in_place else ""))))


def received(item: PackageItem, by: Any, on: date | None, text: str = "") -> Iterator[Change]:
    """Plan that an item lies at its body as a part of a package that was handed in as one."""
    move = Moving(item, by, What.ASSIGNED, on, text)
    return move.plan(facts={**ANEW, "stage": ItemStage.ASSIGNED, "received_on": move.day}, holder=item.holder)


def refuse_without_holder(items: Iterable[PackageItem]) -> None:
    """Raise ValidationError that names the items for which no body is known, with what the catalogue says."""
    if lacking := [f"{each.title}（{each.body or '—'}）" for each in items if each.holder is None]:
        raise ValidationError(_t("还不知道由哪个单位承办：{items}。请在事项上填写「承办单位」，或在单位台账里登记后再递交。").format(
            items="、".join(lacking)))


def _needs(item: PackageItem) -> list[ItemNeed]:
    return list(ItemNeed.objects.current().filter(item=item, needs__archived_at=None).select_related("needs"))


def _released(item: PackageItem) -> Iterator[PackageItem]:
    """Yield the items that waited for this one and now for nothing more."""
    package: Package = item.package
    if package.kind != PackageKind.INTEGRATED or package.stage != HANDLING:
        return
    waiting = PackageItem.objects.current().filter(
        stage=ItemStage.REGISTERED, holder__isnull=False,
        pk__in=ItemNeed.objects.current().filter(needs=item).values("item")).select_related("package", "holder")
    for each in waiting.order_by("id"):
        if all(need.needs == item or need.needs.stage in DONE for need in _needs(each)):
            yield each


def _answered(item: PackageItem, move: Moving) -> dict[str, Any]:
    """Return that the body has answered, where it had not yet: by taking the item in, or by telling what is missing."""
    return {} if item.responded_on else {"responded_on": move.day, "responded_time": move.time}


def _papers(item: PackageItem) -> keeping.Running | None:
    """Return the clock within which the body tells what is missing; None of what does not lie with it."""
    return next((each for each in keeping.running(item, item.steps()) if each.kind is Kind.RESPONSE), None)
