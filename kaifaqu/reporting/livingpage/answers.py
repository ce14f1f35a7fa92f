"""Answers: each fact of the page beside what the records give now, and whether the two agree."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import access, dated, figures, indicators, units
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.indicators import Choice, Definition, Dimension
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record, field_of, registers
from kaifaqu.kernel.world import World
from kaifaqu.pages import domains
from kaifaqu.pages.grouping import narrowed
from kaifaqu.reporting.livingpage.statements import Statement, statements

EQUAL, DIFFERS, NOT_YET, REFUSED = "equal", "differs", "not yet", "refused"
VERDICTS = {EQUAL: _("一致"), DIFFERS: _("不一致"), NOT_YET: _("尚未实现"), REFUSED: _("无权查看")}
HUNDREDTH = Decimal("0.01")
LABEL = "代号"  # the unit of a name that is written in digits

AGREES: dict[str, Callable[[Decimal, Decimal], bool]] = {  # qualifier: the value and the number wanted, in one unit
    "exact": lambda value, wanted: value == wanted,
    "rounded": lambda value, wanted: units.round_half_up(value, _places(wanted)) == wanted,
    "near": lambda value, wanted: wanted * (1 - HUNDREDTH) <= value <= wanted,
    "about": lambda value, wanted: abs(value - wanted) <= wanted * HUNDREDTH,
    "more_than": lambda value, wanted: value >= wanted,
    "at_least": lambda value, wanted: value >= wanted,
    "at_most": lambda value, wanted: value <= wanted,
}


@dataclass
class Answer:
    """One fact with what is computed for it: the value in the statement's unit, or the reason why there is none.

    `listed` are the names that a dictionary has, where these are what the fact counts.
    """

    statement: Statement
    verdict: str = NOT_YET
    value: Decimal | None = None
    reason: str = ""
    figures: list[Figure] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)

    @property
    def verdict_words(self) -> str:
        """Return the verdict in words."""
        return str(VERDICTS[self.verdict])

    @property
    def restated(self) -> str:
        """Return the value in the statement's unit, and rounded as the page has it, where the figures do not say it so themselves."""
        if self.value is None:
            return ""
        wanted, unit = self.statement.wanted, self.statement.unit
        rounded = units.round_half_up(self.value, _places(wanted)) if self.statement.qualifier == "rounded" else self.value
        display = units.display(rounded, unit)
        if not self.figures:
            return display
        return "" if [each.display for each in self.figures] == [display] else f"{'=' if rounded == self.value else '≈'} {display}"

    @cached_property
    def records(self) -> list[Record]:
        """Return the records behind the figures, each once; none where they are closed to the reader."""
        found = [record for each in self.figures for record in each.records]
        return list({(type(record), record.pk): record for record in found}.values())


def answers(user: User | None = None) -> list[Answer]:
    """Return the page's facts with what the installation's records give, all computed together; without `user` for itself."""
    known = domains.catalogue()  # of a line of work that is off nothing is there
    wanted = {each: [known[code] for code in each.indicators if code in known] for each in statements()}
    scopes, world = _scopes(), World()
    asked: dict[tuple[tuple[str, ...], Dimension | None], dict[tuple[Definition, Period], None]] = {}  # by owners and the group's dimension
    for each, definitions in wanted.items():
        for definition in definitions:
            asked.setdefault((each.owners, _dimension(each, definition)), {})[definition, each.period] = None
    computed = {
        (owners, by, *pair): figure for (owners, by), pairs in asked.items()
        for pair, figure in zip(pairs, figures.evaluate(pairs, scope=scopes[owners], by=by, user=user), strict=True)}

    def figure(statement: Statement, definition: Definition) -> Figure:
        found = computed[statement.owners, _dimension(statement, definition), definition, statement.period]
        return narrowed(found, statement.group[1]) if statement.group else found

    return [
        _answer(each, [figure(each, definition) for definition in definitions])
        if definitions and len(definitions) == len(each.indicators) else _counted(each, scopes[each.owners], world)
        for each, definitions in wanted.items()
    ]


def _scopes() -> dict[tuple[str, ...], frozenset[int]]:
    """Return the parties that the page names as owners, by their codes; where an installation has none of them, its own party."""
    every = {each.owners for each in statements()}
    found = dict(Party.objects.current().filter(code__in={code for owners in every for code in owners}).values_list("code", "pk"))
    own = access.scope()
    return {owners: frozenset(found[code] for code in owners if code in found) or own for owners in every}


def _dimension(statement: Statement, definition: Definition) -> Dimension | None:
    """Return the definition's own dimension of the group that the statement is about: two registers reach their parks along two paths."""
    return indicators.dimension(definition, statement.group[0]) if statement.group else None


def tally(found: Iterable[Answer]) -> dict[str, int]:
    """Return how many answers have each verdict."""
    told = [each.verdict for each in found]
    return {verdict: told.count(verdict) for verdict in VERDICTS}


def _answer(statement: Statement, found: list[Figure]) -> Answer:
    """Return the answer that the figures give together. What a reader may not see has no verdict: that would tell it."""
    reason = "".join(dict.fromkeys(each.reason for each in found if each.value is None))
    if any(each.status == figures.REFUSED for each in found):
        return Answer(statement, REFUSED, reason=reason, figures=found)
    if statement.unit == LABEL and statement.group:  # no quantity: the fact is what the group is called, and records bear that name
        borne = all(each.value for each in found)
        return _judged(Answer(statement, value=Decimal(statement.group[1]), figures=found)) if borne else Answer(
            statement, DIFFERS, figures=found)
    values = [each.value and _in_unit(each.value, each.indicator.unit, statement.unit) for each in found]
    if None in values:
        return Answer(statement, DIFFERS, reason=reason, figures=found)
    return _judged(Answer(statement, value=sum(filter(None, values), Decimal(0)), figures=found))


def _in_unit(value: Decimal, unit: str, wanted: str) -> Decimal:
    """Return the value in the unit that is wanted; a day or a month in digits is no quantity, and stays what it is."""
    return value if unit == wanted else units.convert(value, unit, wanted)


def _counted(statement: Statement, owners: frozenset[int], world: World) -> Answer:
    """Return the answer that a dictionary gives; a fact without one, or whose line of work is not installed, is not there yet."""
    names = names_in(statement.dictionary, statement.period.end, owners, world) if statement.dictionary else []
    return _judged(Answer(statement, value=Decimal(len(names)), listed=names)) if names else Answer(statement)


def _judged(answer: Answer) -> Answer:
    assert answer.value is not None
    agrees = AGREES[answer.statement.qualifier](answer.value, answer.statement.wanted)
    answer.verdict = EQUAL if agrees else DIFFERS
    return answer


def names_in(dictionary: str, on: date, owners: frozenset[int] = frozenset(), world: World | None = None) -> list[str]:
    """Return the names of a dictionary, each once: the choices of a column, the figures of which a rule chooses the definition,
    or the rows of a table of the owners' rule of the day (the installation's where none is given), perhaps those that have a mark."""
    kind, _colon, place = dictionary.partition(":")
    if place:
        told = (_marked(kind, place, owner, on, world or World()) for owner in sorted(owners or access.scope()))
        return [*dict.fromkeys(label for labels in told for label in labels)]
    room, _dot, column = dictionary.rpartition(".")
    if column == "*":
        chosen = (each for each in indicators.catalogue().values() if isinstance(each, Choice))
        return [str(each.label) for each in chosen if each.code.startswith(f"{room}.")]
    return [str(name) for _code, name in field_of(registers()[room], column).choices or ()] if room in registers() else []


def _marked(kind: str, place: str, owner: int, on: date, world: World) -> list[str]:
    """Return what the rows are called in a table of the owner's rule of the day; where a mark is named, those that have it."""
    table, _dot, mark = place.partition(".")
    rows = dated.resolve(kind, owner, on, world).content.get(table, {})
    key = next(each.key for each in cast(Any, dated.kinds()[kind].check).items if each.path == table)
    return [key.value(code) for code, row in rows.items() if not mark or row.get(mark)]


def _places(number: Decimal) -> int:
    """Return how many decimals a number is written with."""
    return max(0, -int(number.as_tuple().exponent))
