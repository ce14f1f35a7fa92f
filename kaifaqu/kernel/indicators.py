"""Indicators: a figure is a measure over a set of records. Definitions and their catalogue; `figures` computes them."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import NullIf
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kaifaqu.kernel import dated, units
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record, field_of, related
from kaifaqu.kernel.world import World

_catalogue: dict[str, "Definition"] = {}


@dataclass(frozen=True)
class Dimension:
    """What a figure can be grouped by: a column, or a path over foreign keys, in the same world.

    `transform` makes the group from the column (the first two digits of an industry); `name` says it in words.
    """

    code: str
    label: str | Promise
    path: str
    transform: Callable[[str], Any] = F
    name: Callable[[Any], str] = str

    def key(self, register: type[models.Model], world: World) -> Any:
        """Return the expression of a row's group."""
        return self._step(register, world, self.path.split("__"))

    def _step(self, register: type[models.Model], world: World, path: list[str]) -> Any:
        column, *rest = path
        if not rest:
            key = self.transform(column)  # an empty text is as little filled in as no text
            return NullIf(key, Value("")) if isinstance(field_of(register, column), models.CharField) else key
        target = related(field_of(register, column))
        rows = world.rows(target).filter(id=OuterRef(f"{column}_id"))
        return Subquery(rows.annotate(_group=self._step(target, world, rest)).values("_group")[:1])


@dataclass(frozen=True, kw_only=True, eq=False)
class Definition:
    """What every figure states about itself: code, name, unit, the rule it follows, since when and for what purpose."""

    code: str
    label: str | Promise
    unit: str
    basis: str | Promise
    valid_from: date | None = None
    reviewed_on: date | None = None
    purpose: str = "zone_management"
    by: tuple[Dimension, ...] = ()
    rule: str = ""  # the kind of dated rule that it follows
    released = staticmethod(lambda figure: figure)  # what is told to a reader to whom the records are closed

    def __post_init__(self) -> None:
        if self.code in _catalogue:
            raise ValueError(f"{self.code}: two definitions of one code.")
        _catalogue[self.code] = self

    def parts(self) -> Iterator["Indicator"]:
        """Yield the indicators that this figure is made of."""
        raise TypeError(f"{type(self).__name__} has no parts.")

    def choose(self, period: Period, scope: frozenset[int], world: World) -> "Definition":
        """Return the definition that is meant; only a choice between variants differs from itself."""
        return self

    def rules(self, period: Period, scope: frozenset[int], world: World) -> list[dated.Resolved]:
        """Return the rule that holds for each owner in scope."""
        held = dated.resolve_all(self.rule, period.end, world)
        return [held.get(owner) or dated.kinds()[self.rule].shipped() for owner in sorted(scope)]

    def words(self, period: Period, scope: frozenset[int], world: World) -> str:
        """Return the documents in which the owners laid down its rule; a shipped default says that it is one."""
        if not self.rule:
            return ""
        return "；".join(dict.fromkeys(rule.source for rule in self.rules(period, scope, world)))

    def figure(self, period: Period, *, scope: Iterable[Any], by: Dimension | None = None, known: int | None = None, user=None):
        """Return the figure of the period over the owners in `scope`, as known at event `known`, for this reader."""
        from kaifaqu.kernel.figures import evaluate  # stands above this room and computes what is defined here

        return evaluate([(self, period)], scope=scope, by=by, known=known, user=user)[0]


@dataclass(frozen=True, kw_only=True, eq=False)
class Indicator(Definition):
    """A measure over the rows of one register that fulfil a condition."""

    register: type[Record]
    where: Callable[[Period, World], Q]
    measure: models.Aggregate = field(default_factory=lambda: Count("id"))

    def parts(self) -> Iterator["Indicator"]:
        """Yield itself."""
        yield self

    @property
    def measured(self) -> str:
        """Return the column that is summed, or nothing for a count of records."""
        [source] = self.measure.get_source_expressions()[:1]
        name = getattr(source, "name", "") if isinstance(source, F) else ""
        return "" if name == "id" else name

    @property
    def is_additive(self) -> bool:
        """Tell whether the figure of a whole is the sum of its groups' figures."""
        return type(self.measure) in (models.Count, models.Sum) and not getattr(self.measure, "distinct", False)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ratio(Definition):
    """One figure over another, times `times` (100 for a percentage), rounded half up to `places` decimals."""

    numerator: Definition
    denominator: Definition
    times: int = 100
    places: int = 2

    def parts(self) -> Iterator[Indicator]:
        """Yield the indicators of numerator and denominator."""
        yield from self.numerator.parts()
        yield from self.denominator.parts()

    def sides(self, period: Period) -> tuple[tuple[Definition, Period], tuple[Definition, Period]]:
        """Return numerator and denominator, each with the period it is asked for."""
        return (self.numerator, period), (self.denominator, period)

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return the exact quotient, rounded once, or None when the denominator is zero."""
        quotient = units.ratio(numerator * self.times, denominator)
        return None if quotient is None else units.round_half_up(quotient, self.places)


class Share(Ratio):
    """A part of a whole, in per cent."""


class Growth(Ratio):
    """The change of a figure against the same period a year before, in per cent; both sides are the same figure."""

    def sides(self, period: Period) -> tuple[tuple[Definition, Period], tuple[Definition, Period]]:
        """Return the figure of the period and that of the year before."""
        return (self.numerator, period), (self.denominator, period.last_year())

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return the change in per cent of the base."""
        return super().compute(numerator - denominator, denominator)


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice(Definition):
    """A figure of which several definitions are in use: the owner's dated rule says which one is meant.

    The rule's content is {"variant": NAME}; its day is the last day of the period.
    """

    rule: str
    variants: Mapping[str, Definition]

    def parts(self) -> Iterator[Indicator]:
        """Yield the indicators of every variant."""
        for variant in self.variants.values():
            yield from variant.parts()

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return the variant of the owners in scope. Raise NotComputable when they have chosen differently."""
        chosen = {rule.content["variant"] for rule in self.rules(period, scope, world)}
        if len(chosen) != 1:
            raise NotComputable(_("范围内各单位采用的口径不同（{variants}），请分别查看。").format(
                variants="、".join(str(self.variants[each].label) for each in sorted(chosen))))
        return self.variants[chosen.pop()].choose(period, scope, world)


class NotComputable(ValueError):
    """A figure has no value; the sentence says why."""


def catalogue() -> dict[str, Definition]:
    """Return every definition by its code."""
    return dict(sorted(_catalogue.items()))


def find(code: str) -> Definition:
    """Return the definition. Raise LookupError that offers the nearest code when there is none."""
    if code in _catalogue:
        return _catalogue[code]
    near = difflib.get_close_matches(code, _catalogue, n=1, cutoff=0)
    raise LookupError(_("没有指标「{code}」。是否指 {near}？").format(code=code, near=near[0] if near else "—"))


def dimension(definition: Definition, code: str) -> Dimension:
    """Return the definition's dimension of this code. Raise LookupError that lists them when there is none."""
    for each in definition.by:
        if each.code == code:
            return each
    raise LookupError(_("指标「{label}」不能按「{code}」分组。可选：{codes}。").format(
        label=definition.label, code=code, codes="、".join(f"{each.code}（{each.label}）" for each in definition.by) or "—"))
