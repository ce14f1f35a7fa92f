"""When figures were last touched: the moment of the last version that was written of what they rest on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Subquery

from kaifaqu.kernel import guard
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.events import Event, Head
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.indicators import Given
from kaifaqu.kernel.records import Record


def rests_on(figure: Figure) -> frozenset[type[Record]]:
    """Return the registers that the figure reads, and the rules where it follows one."""
    read: frozenset[Any] = frozenset().union(*(guard.registers_read(part) for part in figure.indicator.parts()))
    return read | {DatedRule} if figure.rule or isinstance(figure.indicator, Given) else read


def last_data(figures: Iterable[Figure]) -> list[datetime | None]:
    """Return for each figure when the last version of a record was written in the registers that it reads, by the owners in scope.

    A record that left the figure's set has touched it too, so the registers are asked, not the rows that are in it now.
    Versions are written by changes of facts only, whereas events also note that a list was exported. Each version is numbered
    by its event, so the last one of a register is the first that is met from the end of its key: two statements for all
    figures, however many rows there are. None where the reader may not see the records, and where there is none.
    """
    figures = list(figures)
    asked = {(register, figure.scope) for figure in figures if not figure.closed for register in rests_on(figure)}
    names = {each: f"last_{place}" for place, each in enumerate(sorted(asked, key=lambda each: (each[0].register, sorted(each[1]))))}
    if not names:
        return [None] * len(figures)
    last = {
        name: Subquery(register.Version.objects.filter(owner_id__in=scope).order_by("-seq").values("seq")[:1])
        for (register, scope), name in names.items()}
    seqs = Head.objects.annotate(**last).values(*last).get()
    moments = dict(Event.objects.filter(seq__in={seq for seq in seqs.values() if seq}).values_list("seq", "at"))
    found = []
    for figure in figures:
        known = [seqs[names[register, figure.scope]] for register in rests_on(figure) if (register, figure.scope) in names]
        newest = max(filter(None, known), default=None) if not figure.closed else None
        found.append(moments[newest] if newest else None)
    return found
