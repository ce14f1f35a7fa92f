"""How the targets of a year stand on a day: target, time-proportional share, actual, gap, light, and what would close the gap."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, dated, units
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.figures import NOT_COMPUTABLE, REFUSED, Figure, evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.targets import pace, rules
from kaifaqu.registers.targets.bearing import Bearer, bearers
from kaifaqu.registers.targets.conditions import in_force
from kaifaqu.registers.targets.models import TargetShare, YearlyTarget
from kaifaqu.registers.targets.splits import Split, split_of

SHOWN = 20  # records that would close a gap


@dataclass
class Part:
    """How one department stands: its part of the target, what should be reached of it, and what is; None where nobody can say."""

    party: Any
    amount: Decimal
    pace: pace.Pace
    actual: Decimal | None
    colour: Colour | None
    why: str

    @property
    def gap(self) -> Decimal | None:
        """Return what is missing to the department's part."""
        return None if self.actual is None else self.amount - self.actual

    @property
    def rate(self) -> Decimal | None:
        """Return what is reached of the department's part, in per cent."""
        quotient = None if self.actual is None else units.ratio(self.actual * 100, self.amount)
        return None if quotient is None else units.round_half_up(quotient, 2)


@dataclass
class Standing:
    """How one target stands on a day: the record, its split, the figures, what should be reached, its light and why.

    `on` is the day of the actual figure: of one that is reported by month, the end of the last complete month. `nearest`
    are the records that would close the gap, nearest first, each with when it is expected and what it is worth; None
    where the reader may not see them. `line` is that of the target, where a page tells it.
    """

    borne: Bearer
    target: Any
    split: Split
    on: date
    figures: dict[str, Figure]
    pace: pace.Pace
    late: str = ""  # why the figure is not of the day that was asked for
    colour: Colour | None = None
    why: str = ""
    nearest: list[tuple[Any, str, Decimal]] | None = None
    rest: int = 0
    worth: Decimal = Decimal(0)
    parts: list[Part] = field(default_factory=list)
    earlier: list[Any] = field(default_factory=list)
    line: Any = None

    @property
    def missing(self) -> Decimal | None:
        """Return what is missing to the target, nothing where it is reached; None where nobody can say."""
        gap = self.figures["gap"].value
        return None if gap is None else max(gap, Decimal(0))

    @property
    def closing(self) -> str:
        """Return in words whether the records that would close the gap are enough."""
        if not self.missing:
            return ""
        told = {"worth": units.display(self.worth, self.borne.unit), "gap": units.display(self.missing, self.borne.unit)}
        if self.worth >= self.missing:
            return _("合计 {worth}，够补上差距 {gap}。").format(**told)
        return _("合计 {worth}，补不上差距 {gap}，还差 {rest}。").format(
            **told, rest=units.display(self.missing - self.worth, self.borne.unit))


def standings(owner: Party, year: int, on: date, world: World, user: User) -> list[Standing]:
    """Return how the owner's targets of the year stand on the day, as known in the world, for this reader."""
    held = world.rows(YearlyTarget).filter(in_force(year, on, world), owner_id=owner.pk)
    targets = {each.indicator: each for each in held}
    wanted = [each for each in bearers() if each.actual.code in targets]
    figures = _figures([(each, day) for each in wanted for day in _days(each, year, on)], owner, world, user)
    found = []
    for borne in wanted:
        days = [*_days(borne, year, on)]
        day = next((each for each in days if figures[borne.key, each]["actual"].status != NOT_COMPUTABLE), days[0])
        target, told = targets[borne.actual.code], figures[borne.key, day]
        split = split_of(target, world)
        standing = Standing(borne, target, split, day, told, pace.pace(target.amount, split.by_month(), year, day))
        if day != days[0]:
            standing.late = figures[borne.key, days[0]]["actual"].reason
        standing.earlier = [*_earlier(target, world)]
        _light(standing, owner, world)
        _nearest(standing, owner, world, user)
        standing.parts = [*_parts(standing, owner, world, user)]
        found.append(standing)
    return found


def lights_of(owner_id: int, figures: Iterable[Figure], world: World, user: User) -> list[tuple[Colour, str] | None]:
    """Return for each figure its colour towards its yearly target and in words why; None where it has no target or value.

    Only whoever may see the owner's targets is told.
    """
    figures = list(figures)
    borne = {each.actual.code for each in bearers()}
    may = user.may("targets.view", owner_id)
    with_value = {id(each): each for each in figures if may and each.value is not None and (each.asked or each.indicator).code in borne}
    days = {id(each): min(each.period.end, clock.today()) for each in figures}
    held = {
        (end, each.indicator): each for end in {days[key] for key in with_value}
        for each in world.rows(YearlyTarget).filter(in_force(end.year, end, world), owner_id=owner_id)
    }
    shares = defaultdict(list)
    for share in world.rows(TargetShare).filter(target_id__in=[each.id for each in held.values()]).order_by("id") if held else ():
        shares[share.target_id].append(share)
    found: list[tuple[Colour, str] | None] = []
    for figure in figures:
        target = held.get((days[id(figure)], (figure.asked or figure.indicator).code)) if id(figure) in with_value else None
        if target is None:
            found.append(None)
            continue
        end = days[id(figure)]
        due = pace.pace(target.amount, Split.of(target.amount, shares[target.id]).by_month(), end.year, end)
        colour, why = pace.light(target.amount, cast(Decimal, figure.value), due, dated.resolve(
            rules.LIGHTS.code, owner_id, end, world).content)
        shown = units.display(target.amount, figure.indicator.unit)
        found.append((colour, _("全年目标 {target}，{why}").format(target=shown, why=why)))
    return found


def _days(borne: Bearer, year: int, on: date) -> Iterator[date]:
    """Yield the days of which the actual figure may be, the best first: the day, or the ends of the months until then."""
    last = min(on, date(year, 12, 31))
    if not borne.monthly or on.year < year:
        yield last
        return
    for month in range(last.month, 0, -1):
        end = date(year, month, monthrange(year, month)[1])
        if end <= last or month == last.month == 1:
            yield end


def _figures(
    asked: list[tuple[Bearer, date]], owner: Party, world: World, user: User,
) -> dict[tuple[str, date], dict[str, Figure]]:  # fmt: skip
    """Return by figure and day the target, the actual, the gap and the rate, all computed together."""
    names = ("target", "actual", "gap", "rate")
    requests = [(getattr(borne, name), Period.parse(day.isoformat())) for borne, day in asked for name in names]
    told = iter(evaluate(requests, scope=[owner], known=world.known, user=user))
    return {(borne.key, day): {name: next(told) for name in names} for borne, day in asked}


def _earlier(target: Any, world: World) -> Iterator[Any]:
    """Yield what the target has superseded, the latest first."""
    while target.supersedes_id and (target := world.rows(YearlyTarget).filter(id=target.supersedes_id).first()):
        yield target


def _rule(owner: Party, on: date, world: World) -> dict[str, int]:
    return dated.resolve(rules.LIGHTS.code, owner.pk, on, world).content


def _light(standing: Standing, owner: Party, world: World) -> None:
    actual = standing.figures["actual"]
    if actual.value is not None:
        rule = _rule(owner, standing.on, world)
        standing.colour, standing.why = pace.light(standing.target.amount, actual.value, standing.pace, rule)


def _nearest(standing: Standing, owner: Party, world: World, user: User) -> None:
    """Find the records that would close the gap, as far as the reader may see them."""
    closing = standing.borne.closing
    if not user.may(closing.register.right_to("view"), owner.pk) or standing.figures["actual"].status == REFUSED:
        return
    rows = sorted(world.rows(closing.register).filter(closing.where(standing.on, world), owner_id=owner.pk), key=lambda row: (
        closing.near(row), row.code))
    standing.nearest = [(row, closing.told(row), closing.worth(row)) for row in rows[:SHOWN]]
    standing.rest, standing.worth = max(len(rows) - SHOWN, 0), sum((closing.worth(row) for row in rows), Decimal(0))


def _parts(standing: Standing, owner: Party, world: World, user: User) -> Iterator[Part]:
    """Yield how the departments stand; one that bears the whole target alone has reached what the zone has."""
    split, borne, whole = standing.split, standing.borne, standing.figures["actual"]
    shares = {key: amount for key, amount in split.departments.items() if split.share(key) is not None}
    if not shares:
        return
    reached: dict[Any, Decimal | None] = {}
    if len(shares) == 1:
        reached = dict.fromkeys(shares, whole.value)
    elif borne.by is not None and whole.value is not None:
        figure = borne.actual.figure(whole.period, scope=[owner], by=borne.by, known=world.known, user=user)
        if figure.status != REFUSED:
            reached = {**dict.fromkeys(shares, Decimal(0)), **{group.key: group.value for group in figure.groups}}
    rule, names = _rule(owner, standing.on, world), Party.objects.in_bulk(shares)
    for key, amount in sorted(shares.items(), key=lambda share: names[share[0]].code):
        months, actual = split.by_month(key), reached.get(key)
        due = pace.pace(amount, months, standing.target.year, standing.on) if months else pace.of_part(amount, split.amount, standing.pace)
        colour, why = (None, "") if actual is None else pace.light(amount, actual, due, rule)
        yield Part(names[key], amount, due, actual, colour, why)


def years(owners: Iterable[int], world: World) -> list[int]:
    """Return the years for which these owners have targets, the latest first."""
    rows = world.rows(YearlyTarget).filter(owner_id__in=owners)
    return sorted(set(rows.values_list("year", flat=True)), reverse=True)
