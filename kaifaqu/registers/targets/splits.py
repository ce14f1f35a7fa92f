"""How a target is split by department and month: whether the parts sum to the whole, and in a sentence what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel import units
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.world import World
from kaifaqu.registers.targets.models import TargetShare

Months = dict[int, Decimal]


@dataclass
class Split:
    """The parts of one target of `amount`: of departments, of months, and of the months of a department.

    A part is not counted before those beside it sum to the whole: a split that is not complete says nothing.
    """

    amount: Decimal
    departments: dict[int, Decimal] = field(default_factory=dict)
    months: Months = field(default_factory=dict)
    within: dict[int, Months] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, amount: Decimal, shares: Iterable[Any]) -> "Split":
        """Return the split that these shares of a target are."""
        split = cls(amount)
        for share in shares:
            if share.month is None:
                split.departments[share.department_id] = share.amount
            elif share.department_id is None:
                split.months[share.month] = share.amount
            else:
                split.within[share.department_id][share.month] = share.amount
        return split

    def share(self, department: int) -> Decimal | None:
        """Return the department's part of the year; None where it has none, or the departments do not sum to the whole."""
        return self.departments.get(department) if _sum(self.departments) == self.amount else None

    def by_month(self, department: int = 0) -> Months:
        """Return the parts of the months, of a department its own; nothing where they do not sum to the whole."""
        months = self.within.get(department, {}) if department else self.months
        whole = self.share(department) if department else self.amount
        return months if whole is not None and _sum(months) == whole else {}

    def problems(self) -> Iterator[str]:
        """Yield a sentence for every split that has begun and does not sum to its whole."""
        names = {each.pk: str(each) for each in Party.objects.filter(pk__in={*self.departments, *self.within})}
        yield from _off(_("按部门分解"), self.departments, self.amount)
        yield from _off(_("按月分解"), self.months, self.amount)
        for department, months in self.within.items():
            name = names[department]
            if department not in self.departments:
                yield _("{name}按月分解了，还没有全年的数。").format(name=name)
            else:
                yield from _off(_("{name}按月分解").format(name=name), months, self.departments[department])
        if self.within and {*self.within} == {*self.departments} and not any(True for _each in _off("", self.months, self.amount)):
            yield from self._of_columns()

    def _of_columns(self) -> Iterator[str]:
        """Yield a sentence for each month of which the departments' parts do not sum to the month's."""
        for month in sorted(self.months):
            parts = {department: months[month] for department, months in self.within.items() if month in months}
            yield from _off(_("{month}月各部门").format(month=month), parts, self.months[month], begun=True)


def split_of(target: Any, world: World) -> Split:
    """Return how a target is split, as known in the world."""
    return Split.of(target.amount, world.rows(TargetShare).filter(target_id=target.id).order_by("id"))


def _sum(parts: dict[int, Decimal]) -> Decimal:
    return sum(parts.values(), Decimal(0))


def _off(label: str, parts: dict[int, Decimal], whole: Decimal, *, begun: bool = False) -> Iterator[str]:
    """Yield what is missing to the whole, or too much, where there are parts at all."""
    missing = whole - _sum(parts)
    if missing and (parts or begun):
        told = _("{label}合计 {sum}，应为 {whole}，少 {missing}。") if missing > 0 else _("{label}合计 {sum}，应为 {whole}，多 {missing}。")
        yield told.format(label=label, sum=units.text(_sum(parts)), whole=units.text(whole), missing=units.text(abs(missing)))
