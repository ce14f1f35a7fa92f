"""Figures that are asked otherwise from day to day: the same figure, over what its key says, such as a day or the rates of one."""

import copy
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from kaifaqu.kernel.indicators import Definition, Indicator, find
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World

Key = tuple[Hashable, ...]


class Variable(Indicator):
    """An indicator whose measure or condition a key decides, abstract: the same key gives the same definition."""

    def key(self, period: Period, scope: frozenset[int], world: World) -> Key:
        """Return what decides. Raise NotComputable where nothing does."""
        raise TypeError(f"{type(self).__name__} has no key.")

    def meant(self, key: Key) -> dict[str, Any]:
        """Return the measure, the condition or both, by their names, as the key has them."""
        raise TypeError(f"{type(self).__name__} has no variants.")

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return the figure by its key."""
        return _variant(self.code, self.key(period, scope, world))


@lru_cache(maxsize=500)
def _variant(code: str, key: Key) -> Definition:
    """Return the definition by a key: a copy, so that it stays in the catalogue once."""
    found: Any = find(code)
    variant = copy.copy(found)
    for name, value in found.meant(key).items():
        object.__setattr__(variant, name, value)
    return variant
