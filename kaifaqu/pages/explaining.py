"""Why a figure is not what it was known to be: record by record, with what was done to each since."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from kaifaqu.kernel import guard
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.figures import OPEN, Figure
from kaifaqu.kernel.indicators import Indicator
from kaifaqu.kernel.records import references
from kaifaqu.pages.reading import Entry, Reader

NAMED = 50  # records that are told one by one


@dataclass
class Change:
    """One record that makes a difference: its part in the figure then and now, None where it had none, and why."""

    row: Any
    before: Decimal | None
    after: Decimal | None
    why: list[Entry] = field(default_factory=list)

    @property
    def difference(self) -> Decimal:
        """Return how much of the figure's change comes of it."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass
class Explanation:
    """What changed in one indicator: the figure then and now, the records that changed it, and how many more there are."""

    then: Figure
    now: Figure
    changes: list[Change]
    more: int

    @property
    def difference(self) -> Decimal | None:
        """Return by how much the figure changed; None where one of the two has no value."""
        return None if self.then.value is None or self.now.value is None else self.now.value - self.then.value


def explain(then: Figure, now: Figure, reader: Reader) -> list[Explanation]:
    """Return what changed from one figure to the other, of a ratio for each side; nothing where the records are closed."""
    if then.closed or now.closed or OPEN not in (then.status, now.status):
        return []
    if then.numerator and now.numerator and then.denominator and now.denominator:
        sides = ((then.numerator, now.numerator), (then.denominator, now.denominator))
        return [each for one, other in sides for each in explain(one, other, reader)]
    if not isinstance(then.indicator, Indicator) or then.indicator != now.indicator:
        return []
    changes = sorted(_changes(then, now), key=lambda change: (-abs(change.difference), change.row.code))
    _tell_why(changes[:NAMED], then, now, reader)
    return [Explanation(then, now, changes[:NAMED], max(0, len(changes) - NAMED))]


def _changes(then: Figure, now: Figure) -> Iterator[Change]:
    """Yield the records whose part in the figure is another one."""
    before, after = _parts(then), _parts(now)
    for key in {**before, **after}:
        (row, part), (row_now, part_now) = before.get(key, (None, None)), after.get(key, (None, None))
        if part != part_now or (row is None) != (row_now is None):
            yield Change(row_now or row, part, part_now)


def _parts(figure: Figure) -> dict[int, tuple[Any, Decimal | None]]:
    """Return by record its row and its part in the figure: an amount, also a computed one, or one where records are counted."""
    indicator = figure.indicator
    if isinstance(indicator, Indicator) and isinstance(indicator.measure, Sum) and figure.rows is not None:
        [what] = indicator.measure.get_source_expressions()[:1]
        return {row.id: (row, row.part_in_figure) for row in figure.rows.annotate(part_in_figure=what)}
    return {row.id: (row, Decimal(1)) for row in figure.records}


def _tell_why(changes: list[Change], then: Figure, now: Figure, reader: Reader) -> None:
    """Add to each change the events since then on its record, and on records that refer to it and that the figure reads."""
    since, until, indicator = then.world.known or 0, now.world.known, now.indicator
    assert isinstance(indicator, Indicator)
    read, by_record = guard.registers_read(indicator, None), {change.row.id: change for change in changes}
    subjects: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for change in changes:
        subjects[indicator.register._meta.label_lower, change.row.id].append(change)
    for other, key in references(indicator.register):
        if other not in read:
            continue
        for pk, about in other.objects.filter(**{f"{key.name}__in": [*by_record]}).values_list("id", key.attname):
            subjects[other._meta.label_lower, pk].append(by_record[about])
    found = Event.objects.filter(_of(subjects), seq__gt=since, **({} if until is None else {"seq__lte": until})).order_by("seq")
    for entry in reader.entries(list(found), with_facts=True):
        for change in subjects[entry.event.subject, entry.event.subject_id]:
            change.why.append(entry)


def _of(subjects: Iterable[tuple[str, int]]) -> Q:
    """Return the condition that an event is about one of these."""
    by_label: dict[str, list[int]] = defaultdict(list)
    for label, pk in subjects:
        by_label[label].append(pk)
    asked = [Q(subject=label, subject_id__in=keys) for label, keys in by_label.items()]
    return Q(*asked, _connector=Q.OR) if asked else Q(pk__in=[])
