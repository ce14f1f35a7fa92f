"""Calls: how a text or a cell asks for a number. Which figure, of which period, in which group, against what, written how."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.kernel import dated, events, indicators, units
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.figures import NOT_COMPUTABLE, REFUSED, Figure, evaluate
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import field_of, related
from kaifaqu.kernel.world import World
from kaifaqu.pages import domains
from kaifaqu.pages.figures import before
from kaifaqu.pages.freezing import Number, traced
from kaifaqu.reporting import display
from kaifaqu.reporting.rules import DISPLAY

OWN, MISSING = "本期", "〔缺数〕"
PERIODS: dict[str, Callable[[Period], Period]] = {  # what a person writes: the period that it means in a document of the period `own`
    OWN: lambda own: own, "上期": before, "上年同期": lambda own: own.last_year(),
    "本年": lambda own: Period.parse(f"{own.end:%Y}"), "上年": lambda own: Period.parse(f"{own.end.year - 1}"),
    "累计": lambda own: Period.parse(f"{own.end:%Y}-01..{own.end:%m}"),
    "上年累计": lambda own: Period.parse(f"{own.end.year - 1}-01..{own.end:%m}"),
    "本月": lambda own: Period.parse(f"{own.end:%Y-%m}"), "上月": lambda own: before(Period.parse(f"{own.end:%Y-%m}")),
    "期末": lambda own: Period.parse(f"{own.end}"), "期初": lambda own: Period.parse(f"{own.day_before}"),
    "年初": lambda own: Period.parse(f"{own.end.year - 1}-12-31"),
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """A number as it was asked for: every option is the word that a person wrote; the empty word is the usual."""

    name: str
    period: str = OWN
    by: str = ""
    group: str = ""
    against: str = ""
    unit: str = ""
    places: int | None = None
    style: str = ""
    grain: str = ""


def definition_of(name: str) -> Definition:
    """Return the definition of this code, or of this name.

    Raise LookupError that offers the nearest code, or says that its domain is off.
    """
    return domains.find(_by_label()[name].code if name in _by_label() else name)


@cache
def _by_label() -> dict[str, Definition]:
    """Return the definitions by their Chinese names; a name that two of them have is none."""
    with override("zh-hans"):
        told = [(str(each.label), each) for each in indicators.catalogue().values()]
    names = [label for label, _each in told]
    return {label: each for label, each in told if names.count(label) == 1}


def period_of(words: str, own: Period) -> Period:
    """Return the period that words mean in a document of the period `own`. Raise ValueError that lists them for any others.

    Words: 本期, 上期, 上年同期, 本年, 上年, 累计 (this year to the end of the period), 上年累计, 本月, 上月, 期末, 期初, 年初,
    or a period as the kernel reads it.
    """
    if words in PERIODS:
        return PERIODS[words](own)
    try:
        return Period.parse(words)
    except ValueError as problem:
        raise ValueError(_("{problem}在模板里也可写：{words}。").format(problem=problem, words="、".join(PERIODS))) from None


@dataclass
class Asker:
    """Answers calls for one document: of its own period, over one scope, as known at one event, for one reader.

    Each figure is computed once; `expect` computes many in one pass over each register.
    """

    period: Period
    scope: frozenset[int]
    known: int
    user: Any = None
    _figures: dict[tuple[Definition, Period, str], Figure] = field(default_factory=dict)
    _dates: dict[tuple[Definition, str, str], date | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rule = self._rule()
        self.parties = {party.code: str(party) for party in Party.objects.filter(id__in=self.scope).order_by("code")}

    def expect(self, calls: Iterable[Call]) -> None:
        """Compute the figures of calls together; what is wrong with one of them is said when it is asked."""
        wanted: dict[Dimension | None, dict[tuple[Definition, Period], None]] = {}
        for call in calls:
            try:
                definition, period = definition_of(call.name), period_of(call.period, self.period)
                along = indicators.dimension(definition, call.by) if call.by else None
                for each in [period, *([self._against(call, period)] if call.against else [])]:
                    if (definition, each, call.by) not in self._figures:
                        wanted.setdefault(along, {})[definition, each] = None
            except (ValueError, LookupError):
                continue
        for along, requests in wanted.items():
            told = evaluate(requests, scope=self.scope, by=along, known=self.known, user=self.user)
            by = along.code if along else ""
            self._figures |= {(definition, period, by): figure for (definition, period), figure in zip(requests, told, strict=True)}

    def figure(self, definition: Definition, period: Period, by: str = "") -> Figure:
        """Return a figure of this document. Raise LookupError for a dimension that it does not have."""
        key = definition, period, by
        if key not in self._figures:
            along = indicators.dimension(definition, by) if by else None
            with override("zh-hans"):  # in which a document names its groups, whoever looks
                self._figures[key] = evaluate([(definition, period)], scope=self.scope, by=along, known=self.known, user=self.user)[0]
        return self._figures[key]

    def number(self, call: Call) -> Number:
        """Return the number that is asked for, with its trace; where it has none, `problem` says why.

        Raise LookupError or ValueError with a sentence for a call that nobody could answer.
        """
        definition, period = definition_of(call.name), period_of(call.period, self.period)
        figure = self.figure(definition, period, call.by)
        number = self._frozen(figure, definition, call)
        value, problem = self._value(figure, call)
        base, against = None, None
        if call.against:
            against = self._against(call, period)
            number.against = against.text
            base, missing = self._value(self.figure(definition, against, call.by), call)
            problem = problem or missing
        number.value = None if value is None else units.text(value)
        number.base = None if base is None else units.text(base)
        number.problem = problem
        if value is not None and not problem:
            try:
                number.shown = self._shown(value, base, number.unit, call)
            except display.Untold as untold:
                number.problem = str(untold)
        return number

    def _shown(self, value: Decimal, base: Decimal | None, unit: str, call: Call) -> str:
        """Return the number as it is written."""
        if base is not None:
            style = call.style or display.RATE
            if style not in display.CHANGES:
                raise ValueError(_("「{name}」写了「比较」，「写作」可填：{styles}。").format(
                    name=call.name, styles="、".join(display.CHANGES)))
            return display.changed(value, base, unit, self.rule, style=style, to=call.unit, places=call.places)
        if call.style in display.CHANGES:
            raise ValueError(_("「{name}」写作「{style}」，还要写明「比较」，如 比较=\"上年同期\"。").format(
                name=call.name, style=call.style))
        try:
            grain = Decimal(call.grain) if call.grain else None
            if grain is not None and not grain > 0:
                raise InvalidOperation
        except InvalidOperation:
            raise ValueError(_("「取整」请写大于 0 的数字，如 取整=100，不是「{grain}」。").format(grain=call.grain)) from None
        return display.written(value, unit, self.rule, to=call.unit, places=call.places, style=call.style, grain=grain)

    def _value(self, figure: Figure, call: Call) -> tuple[Decimal | None, str]:
        """Return the value of the figure or of the group that is asked for, and why there is none.

        Raise LookupError for a group that there is not: it would be told as zero.
        """
        if figure.status in (REFUSED, NOT_COMPUTABLE):
            return None, figure.reason
        if not call.group:
            return figure.value, ""
        for group in figure.groups:
            if call.group in (str(group.key), group.label):
                return group.value, group.reason
        known = _possible(figure)
        if call.group not in {*known, *known.values(), *((_("未填"),) if figure.by else ())}:
            raise LookupError(_("「组」里没有「{group}」，「分组」写的是「{by}」。可写：{groups}。").format(
                group=call.group, by=call.by, groups="、".join(list(dict.fromkeys(known.values()))[:20]) or "—"))
        return Decimal(0), ""

    def _frozen(self, figure: Figure, definition: Definition, call: Call) -> Number:
        """Return the number with everything that tells where it comes from, still without its value."""
        number = traced(figure, definition, self.parties, self.known, call.group)
        number.shown, number.by, number.style = MISSING, call.by, call.style
        if not figure.closed and (data_date := self._data_date(figure, call.by)) is not None:
            number.data_date = data_date.isoformat()
        return number

    def _data_date(self, figure: Figure, by: str) -> date | None:
        """Return the figure's data date, asked once for all its periods: it depends on the registers that are read."""
        key = figure.indicator, by, figure.rule
        if key not in self._dates:
            self._dates[key] = figure.data_date
        return self._dates[key]

    def _against(self, call: Call, period: Period) -> Period:
        return period_of(call.against, period)

    def _rule(self) -> dict[str, int]:
        """Return how numbers are written; where several owners differ, as it is shipped."""
        world = World(self.known)
        held = {owner: dated.resolve(DISPLAY.code, owner, self.period.end, world).content for owner in self.scope}
        told = list(held.values())
        return told[0] if told and all(each == told[0] for each in told) else DISPLAY.shipped().content


def _possible(figure: Figure) -> dict[str, str]:
    """Return the groups that a figure could have, also those that have no row: their keys, and what they are called."""
    if figure.by is None or not isinstance(figure.indicator, Indicator):
        return {}
    register, [*path, last] = figure.indicator.register, figure.by.path.split("__")
    for step in path:
        register = related(field_of(register, step))
    if last not in {each.name for each in register._meta.concrete_fields}:  # the dimension finds its groups elsewhere: those that there are
        return {str(each.key): each.label for each in figure.groups if each.key is not None}
    column, keys = field_of(register, last), figure.world.rows(register).annotate(_group=figure.by.transform(last))
    found = [key for key, _label in column.flatchoices] or keys.values_list("_group", flat=True).order_by("_group").distinct()
    with override("zh-hans"):
        return {str(key): figure.by.name(key) for key in found if key not in (None, "")}


def now(period: Period, scope: Iterable[int], user: Any = None, known: int | None = None) -> Asker:
    """Return who answers for a document of the period: as known at the event, by default at the last one."""
    return Asker(period, frozenset(scope), known or events.last_seq(), user)
