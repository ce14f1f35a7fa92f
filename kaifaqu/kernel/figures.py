"""Figures: definitions computed over a scope, as known, for a reader; each opens its records."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import Error, models
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, decided, guard, onepass, units
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.events import Event, last_seq
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator, NotComputable, Ratio
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import field_of
from kaifaqu.kernel.world import World

OPEN, RELEASED, REFUSED, NOT_COMPUTABLE = "open", "released", "refused", "not_computable"
NAMED = 10  # records named in a reason
places: list[Callable[[type, World], AbstractContextManager[World] | None]] = []  # where large registers are measured faster
DOUBT = "doubt"  # beside a figure: the number of rows that leave it open


@dataclass
class Group:
    """One group of a figure: its key, its name in words, and its value or the reason why there is none."""

    key: Any
    label: str
    value: Decimal | None
    reason: str = ""


@dataclass
class Figure:
    """One figure: the value of a definition for a period, a scope and a world, and how it may be read.

    `status` is open (value and records), released (value only), refused (neither; `reason` names the missing right) or
    not_computable (`reason` says why; `incomplete` is what the present records add up to, to be looked at only).
    """

    indicator: Definition
    period: Period
    scope: frozenset[int]
    world: World
    by: Dimension | None = None
    asked: Definition | None = None  # the choice by which the indicator was found
    rule: str = ""  # the document in which the owner laid down its rule
    status: str = OPEN
    closed: bool = False  # this reader may not look at the records, whatever the status
    value: Decimal | None = None
    reason: str = ""
    incomplete: Decimal | None = None
    groups: list[Group] = field(default_factory=list)
    numerator: "Figure | None" = None
    denominator: "Figure | None" = None

    @property
    def display(self) -> str:
        """Return the value with its unit as people write it."""
        return "—" if self.value is None else units.display(self.value, self.indicator.unit)

    @property
    def rows(self) -> models.QuerySet | None:
        """Return the rows behind an open figure of one indicator, as known in its world."""
        if not isinstance(self.indicator, Indicator) or self.closed:
            return None
        condition = self.indicator.where(self.period, self.world)
        return self.world.rows(self.indicator.register).filter(condition, owner_id__in=self.scope).order_by("code", "id")

    @cached_property
    def records(self) -> list[Any]:
        """Return the records behind the figure; of a ratio those of both sides, each once; none where they are closed."""
        if self.closed:
            return []
        if self.numerator is not None and self.denominator is not None:
            both = [*self.denominator.records, *self.numerator.records]
            return list({(type(record), record.id): record for record in both}.values())
        return [] if self.rows is None else list(self.rows)

    @cached_property
    def data_date(self) -> date | None:
        """Return the day of the last event, known in this world, on the registers and owners of the figure."""
        labels = {register._meta.label_lower for register in (*_read(self), *([DatedRule] if self.rule else []))}
        seen = Event.objects.filter(subject__in=labels, party__in=self.scope, seq__lte=self.world.known or last_seq())
        at = seen.aggregate(at=Max("at"))["at"]
        return at and at.astimezone(clock.ZONE).date()


Leaf = tuple[Indicator, Period]


def evaluate(
    requests: Iterable[tuple[Definition, Period]], *, scope: Iterable[Any], by: Dimension | None = None,
    known: int | None = None, user=None,
) -> list[Figure]:
    """Return the figures of many definitions and periods over one scope, computed in one statement per register.

    `scope` are owners (parties or their ids); `known` is the number of an event, None for today (where something is
    written meanwhile, today up to that event); without `user` the figures are those of the installation itself.
    """
    owners, world, before = frozenset(getattr(owner, "pk", owner) for owner in scope), World(known), known or last_seq()
    figures = [_asked(definition, period, owners, world, by, user) for definition, period in requests]
    leaves: dict[type, dict[Leaf, None]] = defaultdict(dict)
    for figure in figures:
        for definition, period in _parts(figure, chosen=True) if figure.status not in (REFUSED, NOT_COMPUTABLE) else ():
            if isinstance(definition, Indicator):
                leaves[definition.register][definition, period] = None
    computed: dict[Leaf, Figure] = {}
    for register, wanted in leaves.items():
        try:
            with next(filter(None, (place(register, world) for place in places)), nullcontext(world)) as at:
                computed |= _measure(register, list(wanted), owners, world, at, by)
        except (Error, guard.NotPortable):  # the place has told why; the database does without it
            computed |= _measure(register, list(wanted), owners, world, world, by)
    composed = [_composed(figure, computed) for figure in figures]
    if known is None and (last := last_seq()) != before:  # one statement saw what another did not
        again = [(figure.asked or figure.indicator, figure.period) for figure in figures]
        return evaluate(again, scope=owners, by=by, known=last, user=user)
    return composed


def _asked(definition: Definition, period: Period, owners: frozenset[int], world: World, by: Dimension | None, user) -> Figure:
    """Return the figure with its definition chosen and the reader's right decided, still without a value."""
    figure = Figure(definition, period, owners, world, by, asked=definition)
    try:
        figure.rule = definition.words(period, owners, world)
        figure.indicator = definition.choose(period, owners, world)
    except NotComputable as problem:
        figure.status, figure.reason = NOT_COMPUTABLE, str(problem)
    if user is not None:
        for register in sorted(_read(figure), key=lambda each: each.register):
            _restrict(figure, register, owners, user)
    return figure


def _read(figure: Figure) -> frozenset[Any]:
    """Return the registers that the figure reads, by its definition and in this very world."""
    read: set[Any] = set()
    for definition, period in _parts(figure):
        if isinstance(definition, Indicator):
            read |= guard.registers_read(definition, figure.by) | guard.examine(definition, period, figure.world, figure.by)[1]
        else:
            read |= frozenset().union(*(guard.registers_read(part, figure.by) for part in definition.parts()))
    return frozenset(read)


def _restrict(figure: Figure, register: Any, owners: frozenset[int], user) -> None:
    """Lower the figure's status to what the reader may see of the register's records."""
    if owners <= user.owners(register.right_to("view")) or figure.status == REFUSED:
        return
    figure.closed = True
    if closed := owners - user.owners(register.right_to("figures")) - user.owners(register.right_to("view")):
        names = "、".join(map(str, Party.objects.visible_to(user).filter(id__in=closed).order_by("code")[:NAMED]))
        figure.status = REFUSED
        figure.reason = _("没有查看{owners}「{register}」的权限（{right}）。").format(
            owners=names, register=register._meta.verbose_name, right=register.right_to("view"))
    elif figure.status != NOT_COMPUTABLE:
        figure.status = RELEASED
        figure.reason = _("{register}只公布数字，记录不开放。").format(register=register._meta.verbose_name)


def _parts(figure: Figure, *, chosen: bool = False) -> Iterable[tuple[Definition, Period]]:
    """Yield what the figure is made of, of each ratio both sides; of a choice, where asked, the one that is meant."""
    waiting: list[tuple[Definition, Period]] = [(figure.indicator, figure.period)]
    while waiting:
        definition, period = waiting.pop()
        definition = definition.choose(period, figure.scope, figure.world) if chosen else definition
        if isinstance(definition, Ratio):
            waiting += definition.sides(period)
        else:
            yield definition, period


def _measure(
    register: Any, leaves: list[Leaf], owners: frozenset[int], world: World, at: World, by: Dimension | None
) -> dict[Leaf, Figure]:
    """Return the figures of the register's indicators in the world, all measured in one pass over the rows that `at` has of it."""
    for indicator, _period in leaves:
        guard.registers_read(indicator, by)
    leaves = sorted(leaves, key=lambda leaf: leaf[1].end)  # what is asked of one day stands together
    conditions = {leaf: guard.examine(*leaf, at)[0] for leaf in leaves}
    rows = at.rows(register).filter(owner_id__in=owners)
    doubts = _doubts(rows, conditions)
    measures: dict[Any, tuple[models.Aggregate, Q]] = {}
    for leaf in leaves:
        measures[leaf] = leaf[0].measure, conditions[leaf]
        if leaf in doubts:
            measures[leaf, DOUBT] = Count("id"), doubts[leaf]
    values = onepass.aggregate(rows, measures, by and by.key(register, at))
    whole = {leaf: measures[leaf] for leaf in leaves if by and not leaf[0].is_additive}
    totals = onepass.aggregate(rows, whole).get(None, {})
    keys = sorted(values, key=lambda key: (key is None, str(key)))
    labels = {key: by.name(key) if key is not None else str(_("未填")) for key in keys} if by else {}
    figures = {}
    for leaf in leaves:
        figure = figures[leaf] = Figure(leaf[0], leaf[1], owners, world, by)
        measured = {key: values[key][leaf] for key in keys}  # None: no row, or none with the fact
        figure.value = Decimal(totals[leaf] or 0) if leaf in totals else sum(filter(None, measured.values()), Decimal(0))
        if doubtful := {key for key in keys if values[key][leaf, DOUBT]} if leaf in doubts else set():
            _withdraw(figure, leaf[0].where(leaf[1], world))
        if by is not None:
            of_sum = bool(leaf[0].measured) and leaf[0].is_additive
            figure.groups = [
                Group(key, labels[key], None, _("缺少数据")) if key in doubtful else Group(key, labels[key], Decimal(value or 0))
                for key, value in measured.items() if key in doubtful or value or (of_sum and value is not None)
            ]
    return figures


def _doubts(rows: models.QuerySet, conditions: dict[Leaf, Q]) -> dict[Leaf, Q]:
    """Return which rows leave a figure open: they cannot be decided or lack the measured fact; only where there may be any."""
    register = rows.model
    suspects = {leaf: decided.suspects(condition, register) for leaf, condition in conditions.items()}
    odd: dict[str, Q] = {}  # by column: the rows in which it may leave a condition undecided, or is missing
    for column in {column for each in suspects.values() for column in each}:
        odd[column] = Q(**{f"{column}__in": sorted(set().union(*(each.get(column, ()) for each in suspects.values())))})
    missing = {leaf[0].measured: Q(**{f"{leaf[0].measured}__isnull": True}) for leaf in conditions if leaf[0].measured}
    present = rows.aggregate(
        **{f"odd_{column}": Count("id", filter=each) for column, each in odd.items()},
        **{f"missing_{column}": Count("id", filter=each) for column, each in missing.items()})
    doubts = {}
    for leaf, condition in conditions.items():
        doubt = Q()
        if any(present[f"odd_{column}"] for column in suspects[leaf]):
            doubt |= decided.undecided(condition, register)
        if leaf[0].measured and present[f"missing_{leaf[0].measured}"]:
            doubt |= condition & missing[leaf[0].measured]
        if doubt:
            doubts[leaf] = doubt
    return doubts


def _withdraw(figure: Figure, condition: Q) -> None:
    """Take the value back and say which records are in the way."""
    indicator = figure.indicator
    assert isinstance(indicator, Indicator)
    rows = figure.world.rows(indicator.register)
    possible = rows.filter(decided.possible(condition, indicator.register), owner_id__in=figure.scope)
    figure.incomplete, figure.value, figure.status = figure.value, None, NOT_COMPUTABLE
    reasons = []
    undecided = possible.filter(decided.undecided(condition, indicator.register)).order_by("code")
    if names := [str(record) for record in undecided[:NAMED + 1]]:
        reasons.append(_("期界落在只精确到月或年的日期之中，无法判断：{records}。").format(records=_named(names)))
    if indicator.measured:
        counted = possible.filter(condition)
        lacking = counted.filter(**{f"{indicator.measured}__isnull": True}).order_by("code")
        if names := [str(record) for record in lacking[:NAMED + 1]]:
            reasons.append(_("{total} 条记录中有 {missing} 条缺少「{column}」：{records}。").format(
                total=counted.count(), missing=lacking.count(), records=_named(names),
                column=field_of(indicator.register, indicator.measured).verbose_name))
    figure.reason = _("无法计算：{reasons}").format(reasons="".join(reasons))


def _named(names: list[str]) -> str:
    return "、".join(names[:NAMED]) + (_("等") if len(names) > NAMED else "")


def _composed(figure: Figure, computed: dict[Leaf, Figure]) -> Figure:
    """Return the figure with its value, its groups and, for a ratio, its two sides."""
    if figure.status in (REFUSED, NOT_COMPUTABLE):
        return figure
    definition = figure.indicator
    try:
        if isinstance(definition, Ratio):
            _divide(figure, definition, computed)
        elif isinstance(definition, Indicator):
            leaf = computed[definition, figure.period]
            figure.value, figure.incomplete, figure.groups = leaf.value, leaf.incomplete, leaf.groups
            if leaf.status == NOT_COMPUTABLE:
                raise NotComputable(leaf.reason)
    except NotComputable as problem:
        figure.status, figure.reason = NOT_COMPUTABLE, str(problem)
        if figure.closed:  # the sentence names records
            figure.reason, figure.incomplete = _("记录中缺少数据，无法计算；记录不开放。"), None
    return definition.released(figure) if figure.closed else figure


def _divide(figure: Figure, ratio: Ratio, computed: dict[Leaf, Figure]) -> None:
    sides = []
    for definition, period in ratio.sides(figure.period):
        meant = definition.choose(period, figure.scope, figure.world)
        side = replace(figure, indicator=meant, period=period, asked=None, rule="", groups=[])
        sides.append(_composed(side, computed))
    figure.numerator, figure.denominator = upper, lower = sides
    for side in sides:
        if side.value is None:
            raise NotComputable(_("「{label}」{reason}").format(label=side.indicator.label, reason=side.reason))
    figure.value = ratio.compute(upper.value or Decimal(0), lower.value or Decimal(0))
    above, below = ({group.key: group for group in side.groups} for side in sides)
    for key, group in sorted((above | below).items(), key=lambda item: (item[0] is None, str(item[0]))):
        parts = [side.get(key, Group(key, group.label, Decimal(0))) for side in (above, below)]
        missing = any(part.value is None for part in parts)
        value = None if missing else ratio.compute(*(part.value or Decimal(0) for part in parts))
        figure.groups.append(Group(key, group.label, value, "" if value is not None else _("缺少数据") if missing else _("分母为 0")))
    if figure.value is None:
        raise NotComputable(_("「{label}」为 0，不能作分母。").format(label=lower.indicator.label))
