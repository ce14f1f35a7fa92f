"""Which figures may bear a yearly target, as declared by the rooms that own them; this room knows none of those."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _t

from kaifaqu.kernel import indicators, units
from kaifaqu.kernel.indicators import Definition, Dimension
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World

Words = str | Promise
PURPOSE = "zone_management"  # facts kept for another purpose bear no target
_bearers: dict[str, "Bearer"] = {}


@dataclass(frozen=True, kw_only=True)
class Closing:
    """The records that would close the gap of a target: the indicator's own condition, turned.

    `where(day, world)` is the condition on records of the register that do not count yet on the day and may within its
    year; `worth` is how much of the gap one of them would close, in the indicator's unit; `near` is by what they are put
    in order, the nearest first; `told` says of one in words when it is expected.
    """

    register: type[Record]
    words: Words
    where: Callable[[date, World], Q]
    near: Callable[[Any], Any]
    told: Callable[[Any], str]
    worth: Callable[[Any], Decimal] = lambda record: Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """A figure that may bear a target: what is reached from New Year to the end of a period, and what belongs to it.

    `monthly` says that it is reported by month, and has a value only where a month is complete. `by` tells the
    departments apart, where a record says whose it is.
    """

    key: str
    label: Words
    actual: Definition
    target: Definition
    rate: Definition
    gap: Definition
    closing: Closing
    monthly: bool = False
    by: Dimension | None = None

    @property
    def unit(self) -> str:
        """Return the unit of the figure, in which its targets are given."""
        return self.actual.unit

    @property
    def is_counted(self) -> bool:
        """Tell whether its targets are whole numbers."""
        return self.unit in units.COUNTED


def declare(bearer: Bearer) -> Bearer:
    """Let the figure bear targets. Raise ValueError where it is made of facts that are kept for another purpose."""
    if problem := _purpose_problem(bearer.actual):
        raise ValueError(problem)
    _bearers[bearer.actual.code] = bearer
    return bearer


def bearers() -> Iterable[Bearer]:
    """Return the figures that may bear a target, in the order in which they were declared."""
    return _bearers.values()


def bearer(code: str) -> Bearer:
    """Return what may bear a target under the indicator's code. Raise LookupError where nothing does."""
    return _bearers[code]


def unit_of(code: str) -> str:
    """Return the unit of the targets of an indicator; nothing where it bears none."""
    return _bearers[code].unit if code in _bearers else ""


def choices() -> list[tuple[str, Words]]:
    """Return the codes of the figures that may bear a target, with what they are called."""
    return [(code, each.label) for code, each in _bearers.items()]


def demand(code: str) -> None:
    """Raise ValidationError, with the reason in law where there is one, for an indicator that may not bear a target."""
    if code in _bearers:
        return
    definition = indicators.catalogue().get(code)
    if definition is not None and (problem := _purpose_problem(definition)):
        raise ValidationError(problem)
    raise ValidationError(_t("「{indicator}」不能下达目标，可选：{choices}。").format(
        indicator=code if definition is None else definition.label, choices="、".join(str(each.label) for each in _bearers.values())))


def is_of_the_zone(definition: Definition) -> bool:
    """Tell whether a figure is made of facts that the zone keeps for itself; what enterprises report as statistics is not."""
    used = {definition.purpose, *(part.purpose for part in definition.parts())}
    return used <= {PURPOSE} and all(PURPOSE in part.register.purposes for part in definition.parts())


def _purpose_problem(definition: Definition) -> str:
    """Return why a figure of enterprises' statistical facts bears no target, or nothing."""
    if is_of_the_zone(definition):
        return ""
    return _t("「{label}」是企业的统计数字，不能下达目标：统计资料由企业依法独立报送，《统计法》禁止以任何方式要求其伪造、篡改；"
              "目标只对开发区和它的部门。").format(label=definition.label)
