"""What a meeting looked at: its figures frozen on the day it was held, with last year's and the yearly target, read back for years."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.files.models import Content
from kaifaqu.kernel import clock, events, indicators, units
from kaifaqu.kernel.access import SYSTEM, User
from kaifaqu.kernel.figures import NOT_COMPUTABLE, REFUSED, Figure, evaluate
from kaifaqu.kernel.indicators import Definition
from kaifaqu.kernel.periods import Period
from kaifaqu.pages.freezing import LANGUAGE, Number, traced
from kaifaqu.registers.meetings.sessions import AgendaItem, Meeting

SIDES = ("now", "year_before", "target")


@dataclass
class Looked:
    """One frozen figure of a meeting: its number, that of the same period a year before, and that of the yearly target."""

    place: int
    now: Number
    year_before: Number | None
    target: Number | None

    @property
    def growth(self) -> str:
        """Return the change against the year before, of these two numbers; nothing where one of them is missing."""
        value, base = _value(self.now), _value(self.year_before)
        if value is None or base is None:
            return ""
        if self.now.unit == "%":
            return _("{points} 个百分点").format(points=_signed(value - base))
        share = units.ratio((value - base) * 100, base)
        return "" if share is None else f"{_signed(share)}%"

    @property
    def gap(self) -> str:
        """Return what is still missing to the yearly target, or that it is reached; nothing where one of the two is missing."""
        value, target = _value(self.now), _value(self.target)
        if value is None or target is None:
            return ""
        return _("已达到") if value >= target else units.display(target - value, self.now.unit)


def _value(number: Number | None) -> Decimal | None:
    return Decimal(number.value) if number is not None and number.value is not None else None


def _signed(change: Decimal) -> str:
    told = units.text(units.round_half_up(change, 1))
    return f"+{told}" if change > 0 else told


def freeze(meeting: Meeting, by: Any) -> str:
    """Keep the figures that the meeting looks at, as known now and as this person may see them; return their hash, or "".

    A figure is kept with unit, definition, records and their versions; of last year's period and of the target likewise.
    """
    asked, known = list(_asked(meeting)), events.last_seq()
    if not asked:
        return ""
    requests = list(dict.fromkeys(each for sides in asked for each in sides if each is not None))
    owners = {meeting.owner.code: str(meeting.owner)}
    with override(LANGUAGE):
        figures = dict(zip(requests, evaluate(requests, scope=[meeting.owner_id], known=known, user=_reader(by)), strict=True))

    def number(side: tuple[Definition, Period] | None) -> dict[str, Any] | None:
        return None if side is None else asdict(_number(figures[side], side[0], owners, known))

    return Content.keep({
        "kind": "figures", "meeting": meeting.code, "period": meeting.period, "known": known, "by": by.code,
        "at": clock.now().isoformat(), "figures": [dict(zip(SIDES, map(number, sides), strict=True)) for sides in asked],
    })  # fmt: skip


def _asked(meeting: Meeting) -> Iterator[tuple[tuple[Definition, Period] | None, ...]]:
    """Yield what the meeting looks at: each figure of its period, of the same period a year before, and the year's target."""
    period, catalogue = meeting.asked, indicators.catalogue()
    named = {definition.code: target for definition, target in meeting.component.looked_at()}
    items = AgendaItem.objects.current().filter(meeting=meeting).exclude(figure="").order_by("order", "id")
    for code in items.values_list("figure", flat=True):
        named.setdefault(code, None)
    for code, target in named.items():
        if code in catalogue:
            year = Period.parse(f"{period.end.year}")
            yield (catalogue[code], period), (catalogue[code], period.last_year()), None if target is None else (target, year)


def _reader(by: Any) -> User | None:
    return None if by is SYSTEM else by


def _number(figure: Figure, definition: Definition, owners: dict[str, str], known: int) -> Number:
    """Return a figure as it is kept."""
    number = traced(figure, definition, owners, known)
    if figure.status in (REFUSED, NOT_COMPUTABLE):
        number.problem = figure.reason
    else:
        with override(LANGUAGE):
            number.value, number.shown = text_of(figure), figure.display
    data_date = None if figure.closed else figure.data_date
    number.data_date = None if data_date is None else data_date.isoformat()
    return number


def frozen(sha256: str) -> list[Looked]:
    """Return the figures that were kept under a hash; none for "". Raise LookupError where they are damaged or not there."""
    if not sha256:
        return []
    told = Content.read(sha256)["figures"]
    sides = [{side: each[side] and Number(**each[side]) for side in SIDES} for each in told]
    return [Looked(place, **each) for place, each in enumerate(sides)]


def text_of(figure: Figure) -> str | None:
    """Return a figure's value as it would be kept; None where it has none."""
    return None if figure.value is None else units.text(figure.value)


def today(number: Number, owner_id: int, user: User) -> Figure | None:
    """Return the same figure as it is known today, as this person may see it; None where its definition is no more."""
    definition = indicators.catalogue().get(number.code)
    return None if definition is None else definition.figure(Period.parse(number.period), scope=[owner_id], user=user)
