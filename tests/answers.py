"""What the product says, in the form in which the recount says it."""

from fractions import Fraction
from typing import Any

from kaifaqu.kernel import indicators
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period


def answers(owner: int, known: int | None, periods: list[str], by: str) -> dict[str, Any]:
    """Return every figure of the catalogue that can be grouped so, by "owner|known|period|by|code"."""
    definitions = [each for each in indicators.catalogue().values() if not by or by in {one.code for one in each.by}]
    requests = [(definition, Period.parse(text)) for definition in definitions for text in periods]
    dimension = indicators.dimension(definitions[0], by) if by else None
    told = {}
    for figure in evaluate(requests, scope={owner}, by=dimension, known=known):
        definition = figure.asked or figure.indicator
        key = "|".join((str(owner), str(known), str(figure.period), by, definition.code))
        told[key] = [figure.status, _spelt(figure.value), {str(group.key): _spelt(group.value) for group in figure.groups}]
    return told


def _spelt(value: Any) -> str | None:
    return None if value is None else str(Fraction(value))
