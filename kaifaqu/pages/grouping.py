"""One group of a figure, told as a figure of its own: its value, and the records that are counted in it."""

from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel.figures import Figure, Group
from kaifaqu.kernel.indicators import Indicator


@dataclass
class GroupFigure(Figure):
    """A figure of which only one group is told; of a ratio both sides are told of this group."""

    group: Group | None = None  # never None once narrowed(); a default is needed behind a parent's defaults

    @property
    def rows(self) -> Any:
        """Return the rows that are counted in the group, as known in the figure's world."""
        rows = super().rows
        if rows is None or self.by is None or self.group is None or not isinstance(self.indicator, Indicator):
            return rows
        if self.group not in self.groups:
            return rows.none()
        return rows.annotate(_group=self.by.key(self.indicator.register, self.world)).filter(_group=self.group.key)


def narrowed(figure: Figure, name: str) -> GroupFigure:
    """Return the figure narrowed to its group of this key, else of this label; of a group that nothing belongs to, no value and why."""
    named = {each.label: each for each in figure.groups} | {str(each.key): each for each in figure.groups}  # a label may be another's key
    group = named.get(name)
    if group is None:
        group = Group(name, name, None, figure.reason or _("没有记录属于「{group}」。").format(group=name))
    sides = {side: each and narrowed(each, name) for side in ("numerator", "denominator") for each in [getattr(figure, side)]}
    told = {each.name: getattr(figure, each.name) for each in fields(Figure)}
    return GroupFigure(**{**told, **sides, "value": group.value, "reason": group.reason, "group": group})
