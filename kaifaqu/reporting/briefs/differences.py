"""What a restatement changes: number by number, and record by record why."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from kaifaqu.kernel import indicators
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.periods import Period
from kaifaqu.pages.explaining import Explanation, explain
from kaifaqu.pages.reading import Reader
from kaifaqu.reporting.document import Document, Number


@dataclass
class Difference:
    """One number that is another one: as it was and as it is (None where only one document has it), and why."""

    before: Number | None
    after: Number | None
    explanations: list[Explanation] = field(default_factory=list)

    @property
    def number(self) -> Number:
        """Return the number as it is, or else as it was."""
        found = self.after or self.before
        assert found is not None
        return found


def differences(before: Document, after: Document, reader: Reader) -> list[Difference]:
    """Return the numbers that differ between two documents of one template, each record by record explained.

    A number that cannot be told now is no difference: the later document has the reason among its problems.
    """
    pairs = [(one, other) for one, other in _pairs(before, after) if not (other and other.problem)]
    return [_explained(one, other, reader) for one, other in pairs if _told(one) != _told(other)]


def _pairs(before: Document, after: Document) -> Iterator[tuple[Number | None, Number | None]]:
    """Yield the numbers of two documents that ask the same, in the order of the later one; what only the earlier has, last."""
    waiting: dict[tuple[str, ...], list[Number]] = defaultdict(list)
    for each in before.numbers:
        waiting[_asked(each)].append(each)
    for each in after.numbers:
        found = waiting[_asked(each)]
        yield (found.pop(0) if found else None), each
    for rest in waiting.values():
        yield from ((each, None) for each in rest)


def _asked(number: Number) -> tuple[str, ...]:
    """Return what a number asks for."""
    about = "" if number.code else number.label  # a fact of a record
    return number.code, about, number.period, number.by, number.group, number.against, number.style


def _told(number: Number | None) -> tuple[str | None, ...]:
    return (None,) if number is None else (number.shown, number.value, number.base)


def _explained(before: Number | None, after: Number | None, reader: Reader) -> Difference:
    """Return a difference with its reasons: the same figure as known then and now, held against each other."""
    difference = Difference(before, after)
    if before is None or after is None or before.code not in indicators.catalogue():
        return difference
    definition = indicators.find(before.code)
    scope = list(Party.objects.filter(code__in=after.scope))
    asked = [before.period] if before.value != after.value else []
    asked += [before.against] if before.against and before.base != after.base else []
    for period in map(Period.parse, asked):
        then, now = (definition.figure(period, scope=scope, known=each.known, user=reader.user) for each in (before, after))
        difference.explanations += explain(then, now, reader)
    return difference
