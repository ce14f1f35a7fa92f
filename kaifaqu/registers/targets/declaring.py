"""Declaring that a figure bears targets: from it come the figures of the target, of what is reached of it, and of the gap."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Definition, Dimension, Indicator, NotComputable, Ratio
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.targets.bearing import Bearer, Closing, Words, declare
from kaifaqu.registers.targets.conditions import in_force
from kaifaqu.registers.targets.models import YearlyTarget


@dataclass(frozen=True, kw_only=True, eq=False)
class TargetIndicator(Indicator):
    """What is laid down for a figure in the year in which a period ends, and holds on its last day; no document, no value."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable where an owner in scope has no target of the year."""
        held = world.rows(YearlyTarget).filter(self.where(period, world), owner_id__in=scope).values("owner_id").distinct()
        if held.count() < len(scope):
            raise NotComputable(_t("没有 {year} 年的「{label}」：请先按文件登记「全年目标」。").format(
                year=period.end.year, label=self.label))
        return self


class AgainstTarget(Ratio):
    """A figure over its target."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable as its sides do."""
        for side, asked in self.sides(period):
            side.choose(asked, scope, world)
        return self


class Gap(AgainstTarget):
    """What is missing to the target, in the figure's own unit; below zero, by how much it is exceeded."""

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return the target less what is reached, exactly."""
        return denominator - numerator


def bear(
    code: str, label: Words, actual: Definition, closing: Closing, *, monthly: bool = False, by: Dimension | None = None,
) -> Bearer:  # fmt: skip
    """Let a figure bear targets, which will be the figure `code`; its last word names the rate and the gap.

    `actual` is what is reached from New Year to the end of a period. Raise ValueError where it may bear none.
    """
    key = code.rpartition(".")[2]

    def where(period: Period, world: World) -> Q:
        return Q(indicator=actual.code) & in_force(period.end.year, period.end, world)

    target = TargetIndicator(
        code=code, label=format_lazy(_("全年{label}目标"), label=label), unit=actual.unit, register=YearlyTarget, where=where,
        measure=Sum("amount"),
        basis=_("文件下达的全年目标，见台账「全年目标」；后来的文件从它的日期起替代原来的"))
    rate = AgainstTarget(
        code=f"targets.achieved_rate.{key}", label=format_lazy(_("全年{label}目标完成率"), label=label), unit="%",
        basis=format_lazy(_("{above} ÷ {below}"), above=actual.label, below=target.label), numerator=actual, denominator=target)
    gap = Gap(
        code=f"targets.gap.{key}", label=format_lazy(_("全年{label}目标差距"), label=label), unit=actual.unit, times=1,
        basis=format_lazy(_("{below} − {above}；负数是超过"), above=actual.label, below=target.label), numerator=actual, denominator=target)
    return declare(Bearer(
        key=key, label=label, actual=actual, target=target, rate=rate, gap=gap, closing=closing, monthly=monthly, by=by))
