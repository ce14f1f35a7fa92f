"""Figures of how things stand on a day: what has not come by then may still come, and whose dates decide it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.kernel import clock, decided
from kaifaqu.kernel.indicators import Definition, Indicator, NotComputable, Ratio
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World

Hung = Iterable[tuple[type[Record], Q]]  # registers, and what is asked of their records on which others hang


class State(Indicator):
    """An indicator of what is missing, or has come, by the period's last day; of a day to come nothing of it is known."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable for a day to come, until which everything would seem to be missing."""
        if period.end > clock.today():
            raise NotComputable(_("{day} 还没有到，那天的情况还不知道。请改看 {today} 或过去的期间。").format(
                day=period.end, today=clock.today()))
        return self


@dataclass(frozen=True, kw_only=True, eq=False)
class Hanging(Indicator):
    """A measure over rows that hang on records of other registers; it has no value where a date of those cannot be decided.

    What a condition asks within another register is decided by the first day of an imprecise date, and nobody is told:
    whoever defines such a figure says of which registers the dates decide, and what is asked of them.
    """

    hangs: Callable[[Period, World], Hung]  # what is asked of the records on which rows hang, and of these alone

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable where a border falls inside a date; it names no record, for it may be closed."""
        def doubtful() -> dict[type[Record], int]:
            doubts: dict[type[Record], Q] = {}
            for register, condition in self.hangs(period, world):
                doubts[register] = doubts.get(register, Q()) | decided.undecided(condition, register)
            return {register: world.rows(register).filter(doubt, owner_id__in=scope).count() for register, doubt in doubts.items()}

        reasons = [
            _("有 {count} 条{register}的日期只精确到月或年，期界落在其中，无法判断，请在{register}台账补全。").format(
                count=count, register=register._meta.verbose_name)
            for register, count in world.once((Hanging, self.hangs, period, scope), doubtful).items() if count]
        if reasons:
            raise NotComputable(_("无法计算：{reasons}").format(reasons="".join(reasons)))
        return self


class Rate(Ratio):
    """One figure over another, of which either may say by itself that it has no value."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable as its sides do."""
        for side, asked in self.sides(period):
            side.choose(asked, scope, world)
        return self


class Difference(Rate):
    """One figure less another, of one unit."""

    above, below = gettext_lazy("总量"), gettext_lazy("减去")

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return what is left."""
        return numerator - denominator
