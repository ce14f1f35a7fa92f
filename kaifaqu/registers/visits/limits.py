"""What holds a visit back: the yearly ceiling, days on which nobody should come, and another department that comes soon anyway."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _t

from kaifaqu.kernel import dated
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.world import World
from kaifaqu.registers.visits.kinds import JOINT
from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.models import DAY, QuietSpan, Visit, Visitor
from kaifaqu.registers.visits.rules import CEILING, YES

GOES_ON = (VisitStage.PLANNED, VisitStage.DONE)


@dataclass(frozen=True)
class Ceiling:
    """The owner's rule on a day: how many visits a year, which kinds count, what is near, and the document that says so."""

    yearly: int
    near: timedelta
    quiet: tuple[int, int]
    counted: tuple[str, ...]
    source: str
    is_default: bool

    @classmethod
    def of(cls, owner_id: int, on: date, world: World | None = None) -> "Ceiling":
        """Return the rule that held for the owner on the day, else the shipped default."""
        rule = dated.resolve(CEILING.code, owner_id, on, world or World())
        told = rule.content
        return cls(
            told["yearly"], timedelta(days=told["merge_within_days"]), (told["quiet"]["from_day"], told["quiet"]["to_day"]),
            tuple(kind for kind, said in told["counted"].items() if said == YES), rule.source, rule.record is None)

    def monthly(self, day: date) -> list[str]:
        """Return why nobody should come on the day of any month, if the rule says so."""
        first, last = self.quiet
        return [_t("每月 {first} 日至 {last} 日").format(first=first, last=last)] if first <= day.day <= last else []

    def is_reached_by(self, count: int) -> bool:
        """Tell whether a visit more than so many would be above the ceiling; by a rule of 0 none is."""
        return 0 < self.yearly <= count


@dataclass(frozen=True)
class Count:
    """How often an enterprise was or will be visited in a year, against the ceiling (0: there is none)."""

    year: int
    count: int
    ceiling: Ceiling

    @property
    def is_reached(self) -> bool:
        """Tell whether a further visit would be above the ceiling."""
        return self.ceiling.is_reached_by(self.count)


def counted(owner_id: int, enterprise_id: int, on: date, rule: Ceiling | None = None, but: int | None = None) -> Count:
    """Return the visits to the enterprise in the year of the day that count by the rule of that day, planned ones among them.

    The rule may be given by whoever has it already; `but` is a visit to be left out.
    """
    rule = rule or Ceiling.of(owner_id, on)
    return Count(on.year, _of_year(owner_id, enterprise_id, on, rule).exclude(pk=but).count(), rule)


def _of_year(owner_id: int, enterprise_id: int, on: date, rule: Ceiling) -> QuerySet:
    rows = Visit.objects.current().filter(enterprise_id=enterprise_id, owner_id=owner_id, stage__in=GOES_ON, kind__in=rule.counted)
    return rows.annotate(on=DAY).filter(on__year=on.year)


def refuse(visit: Visit, before: Visit | None = None) -> None:
    """Refuse a visit above the ceiling or on a quiet day that gives no reason; `before` is what stood there.

    Only what a change brings about is asked for: a visit that was planned within the ceiling stays so.
    """
    if visit.stage not in GOES_ON or visit.exception:
        return
    rule = Ceiling.of(visit.owner_id, _day(visit))
    if told := list(_concerns(visit, before, rule)):
        raise ValidationError(_t("{visit}：「例外理由」请写明：{concerns}（规则「{rule}」，依据：{source}）。").format(
            visit=visit.enterprise.name, concerns="；".join(told), rule=CEILING.label, source=rule.source))


def overlooked(visit: Visit) -> str:
    """Return what to look at where a visit is above the ceiling and gives no reason: two may have been entered at once."""
    if visit.day is None or visit.stage not in GOES_ON or visit.exception:
        return ""
    rule = Ceiling.of(visit.owner_id, visit.day)
    earlier = _of_year(visit.owner_id, visit.enterprise_id, visit.day, rule).filter(**({"pk__lt": visit.pk} if visit.pk else {})).count()
    if visit.kind not in rule.counted or not rule.is_reached_by(earlier):
        return ""
    return _t("这是 {year} 年的第 {number} 次，超出上限 {yearly} 次，没有写例外理由。").format(
        year=visit.day.year, number=earlier + 1, yearly=rule.yearly)


def _day(visit: Visit) -> date:
    assert visit.day is not None  # clean has demanded it
    return visit.day


def _concerns(visit: Visit, before: Visit | None, rule: Ceiling) -> Any:
    day = _day(visit)
    if visit.kind not in rule.counted:
        return
    was_counted = before is not None and before.kind in rule.counted and before.stage in GOES_ON
    if not was_counted or (before.enterprise_id, before.day.year) != (visit.enterprise_id, day.year):  # type: ignore[union-attr]
        now = counted(visit.owner_id, visit.enterprise_id, day, rule, visit.pk)
        if now.is_reached:
            yield _t("{year} 年各部门已安排 {count} 次，上限 {yearly} 次").format(year=now.year, count=now.count, yearly=rule.yearly)
    if not was_counted or (before.enterprise_id, before.day) != (visit.enterprise_id, day):  # type: ignore[union-attr]
        for cause in quiet(visit.owner_id, day, visit.enterprise_id, rule):
            yield _t("{day} 是免打扰日（{cause}）").format(day=day, cause=cause)


def quiet(owner_id: int, day: date, enterprise_id: int | None = None, rule: Ceiling | None = None) -> list[str]:
    """Return why nobody should come on the day: to anybody, or to this enterprise."""
    whose = Q(enterprise=None) | Q(enterprise_id=enterprise_id) if enterprise_id else Q(enterprise=None)
    spans = QuietSpan.objects.current().filter(whose, QuietSpan.on(day), owner_id=owner_id).order_by("since", "id")
    return [*(rule or Ceiling.of(owner_id, day)).monthly(day), *spans.values_list("cause", flat=True)]


def near(visits: Iterable[Visit], among: QuerySet, rule: Ceiling) -> dict[int, list[Visit]]:
    """Return by visit those others so near that one may do for both, the nearest day first; all are read at once.

    Both are planned, count by the rule and go to the same enterprise; they are of different departments.
    """
    planned = [each for each in visits if each.stage == VisitStage.PLANNED and each.kind in rule.counted]
    if not planned:
        return {}
    days, others = [_day(each) for each in planned], defaultdict(list)
    for other in planned_near(among.filter(enterprise_id__in={each.enterprise_id for each in planned}), min(days), max(days), rule):
        others[other.enterprise_id].append(other)
    return {each.pk: sorted(
        (other for other in others[each.enterprise_id] if each.department_id != other.department_id and _apart(each, other) <= rule.near),
        key=lambda other: (_apart(each, other), other.pk)) for each in planned}


def _apart(one: Visit, other: Visit) -> timedelta:
    return abs(_day(one) - _day(other))


def planned_near(among: QuerySet, since: date, until: date, rule: Ceiling) -> QuerySet:
    """Return the planned visits, of those given, that count by the rule and are near a day of the span; calls are no visits."""
    return among.filter(
        stage=VisitStage.PLANNED, kind__in=rule.counted, planned_on__gte=since - rule.near, planned_on__lte=until + rule.near,
    ).select_related("department").order_by("planned_on", "id")


def parties(visit: Visit) -> set[int]:
    """Return the parties of a visit: whose it is, who joins it, and whose visits were merged into it."""
    merged = Visit.objects.current().filter(merged_into_id=visit.pk).values_list("department_id", "partner_id") if visit.pk else ()
    return {pk for pair in ((visit.department_id, visit.partner_id), *merged) for pk in pair if pk}


def came_to(visit: Visit) -> set[int]:
    """Return the parties of which somebody is entered."""
    return {*Visitor.objects.current().filter(visit_id=visit.pk).values_list("party_id", flat=True)}


def refuse_incomplete(visit: Visit, coming: set[int]) -> None:
    """Refuse a joint visit that is done without a person of each party; `coming` are parties whose person is entered with it."""
    if visit.kind != JOINT or visit.stage != VisitStage.DONE:
        return
    wanted = parties(visit)
    if len(wanted) < 2:
        raise ValidationError(_t("{visit}：「联合单位」请填写：联合走访要有别的单位参加；没有的，请改为一般的走访。").format(
            visit=visit.code))
    if missing := wanted - coming - came_to(visit):
        sentence = _t("{visit}：「方式」是联合走访，每个单位都要有人到场，还没有{parties}的参加人。请先加参加人，或改为一般的走访。")
        raise ValidationError(sentence.format(visit=visit.code, parties=names_of(missing)))


def names_of(parties: set[int]) -> str:
    """Return the names of the parties in the order of their codes."""
    return "、".join(Party.objects.filter(pk__in=parties).order_by("code").values_list("name", flat=True))
