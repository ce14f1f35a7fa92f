"""Figures of how things stand on a day: what has not come by then may still come."""

from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.indicators import Definition, Indicator, NotComputable
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World


class State(Indicator):
    """An indicator of what is missing, or has come, by the period's last day; of a day to come nothing of it is known."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable for a day to come, until which everything would seem to be missing."""
        if period.end > clock.today():
            raise NotComputable(_("{day} 还没有到，那天的情况还不知道。请改看 {today} 或过去的期间。").format(
                day=period.end, today=clock.today()))
        return self
