"""What the product says, in the form in which the recount says it."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

from kaifaqu.kernel import indicators
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period

OF_THE_QUARTER = ("issues.", "services.visits", "stats.visits", "stats.decisions", "stats.activities")  # which B3 feeds, S4 the others


def dead(said: dict[str, Any]) -> list[str]:
    """Return the figures that came to nothing but nought and no answer, in whatever period, at whatever moment, in every group."""
    codes = {key.rpartition("|")[2] for key in said}
    return sorted(codes - {key.rpartition("|")[2] for key, value in said.items() if {value[1], *value[2].values()} - {None, "0"}})


def answers(owner: int, known: int | None, periods: list[str], by: str) -> dict[str, Any]:
    """Return every figure of the catalogue that can be grouped so, by "owner|known|period|by|code"."""
    requests: dict[Any, list] = defaultdict(list)  # by the way that a register's rows come to the dimension
    for definition in indicators.catalogue().values():
        if not by or by in {one.code for one in definition.by}:
            dimension = indicators.dimension(definition, by) if by else None
            requests[dimension and dimension.path] += [(definition, dimension, Period.parse(text)) for text in periods]
    told = {}
    for asked in requests.values():
        dimension = asked[0][1]
        pairs = [(definition, period) for definition, _same, period in asked]
        for figure in evaluate(pairs, scope={owner}, by=dimension, known=known):
            definition = figure.asked or figure.indicator
            key = "|".join((str(owner), str(known), str(figure.period), by, definition.code))
            told[key] = [figure.status, _spelt(figure.value), {str(group.key): _spelt(group.value) for group in figure.groups}]
    return told


def _spelt(value: Any) -> str | None:
    return None if value is None else str(Fraction(value))
